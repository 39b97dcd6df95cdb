"""The driver for SQLite that comes with the library: Python's own sqlite3, under every event loop and without one."""

from activerecord.driver import Driver
from activerecord_sqlite3.driver import SQLiteDriver
from activerecord_sqlite3.session import Session

__all__ = ["driver"]

driver: Driver = SQLiteDriver("sqlite3", asyncio_only=False, reads_inline=True, opening=Session.open)
