"""One driver of SQLite on one database, with its verbs called as the library calls them."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, TypeVar

from activerecord.config import Configuration
from activerecord.runtime import run_blocking
from activerecord.testing.contract import SQLITE_WORDS, Bench, Subject
from activerecord.testing.runners import RUNNERS
from tests.contract.subjects import SQLITE_DRIVERS

__all__ = ["bench_on", "configuration", "in_sync"]

T = TypeVar("T")


def configuration(database: object, **options: Any) -> Configuration:
    """A configuration of SQLite."""
    return replace(Configuration("test", "sqlite", database=str(database)), options=options)


def bench_on(driver: str, database: object, *, runner: str = "sync", **options: Any) -> Bench:
    """A driver on a database that may have been there before."""
    config = configuration(database, **options)
    shared = SQLITE_DRIVERS[driver].shared(config)
    return Bench(Subject(driver, SQLITE_DRIVERS[driver], lambda: config, SQLITE_WORDS, shared=shared), RUNNERS[runner])


def in_sync(make: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run without an event loop."""
    return run_blocking(make, "in_sync")
