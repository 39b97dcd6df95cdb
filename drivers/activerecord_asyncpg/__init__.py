"""The driver that speaks to PostgreSQL through asyncpg."""

from activerecord.driver import Driver
from activerecord_asyncpg.driver import AsyncpgDriver

__all__ = ["driver"]

driver: Driver = AsyncpgDriver()
