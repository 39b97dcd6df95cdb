"""The driver that speaks to MySQL and MariaDB through asyncmy."""

from activerecord.driver import Driver
from activerecord_asyncmy.driver import AsyncmyDriver

__all__ = ["driver"]

driver: Driver = AsyncmyDriver()
