"""The driver that speaks to SQLite through aiosqlite, for those whose program has it already."""

from activerecord.driver import Driver
from activerecord_aiosqlite.session import Session
from activerecord_sqlite3.driver import SQLiteDriver

__all__ = ["driver"]

driver: Driver = SQLiteDriver("aiosqlite", asyncio_only=True, reads_inline=False, opening=Session.open)
