"""What the contract is run over: one driver, databases to try it on, and a few words of its engine's SQL."""

from collections.abc import Callable
from dataclasses import dataclass

from activerecord.config import Configuration
from activerecord.driver import Driver

__all__ = ["SQLITE_WORDS", "Subject", "Words"]


@dataclass(frozen=True, slots=True)
class Words:
    """How an engine says what the contract needs and standard SQL does not have.

    `key` is the type of a column that makes its own keys; `binary` one that keeps bytes, `whole` one of 64 bits.
    `slow_query` and `slow_write` run for a minute or more when they are left alone; the second adds rows to
    `contract_rows`, by name. `numbers` is a query of `{count}` rows (number, text). `tells_last_id` says whether a
    Result has the key of an INSERT.
    """

    key: str
    whole: str
    binary: str
    slow_query: str
    slow_write: str
    numbers: str
    tells_last_id: bool


_COUNTER = "WITH RECURSIVE counter(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM counter WHERE i < {count})"
_MINUTES = _COUNTER.format(count=10_000_000_000)

SQLITE_WORDS = Words(
    key="INTEGER PRIMARY KEY",
    whole="INTEGER",
    binary="BLOB",
    slow_query=f"{_MINUTES} SELECT count(*) FROM counter",
    slow_write=f"INSERT INTO contract_rows (name) {_MINUTES} SELECT 'slow ' || i FROM counter",
    numbers=f"{_COUNTER} SELECT i, 'row ' || i FROM counter",
    tells_last_id=True,
)


@dataclass(frozen=True, slots=True)
class Subject:
    """One driver on one kind of database. `configure` gives a database that is empty, another one at each call."""

    name: str
    driver: Driver
    configure: Callable[[], Configuration]
    words: Words
