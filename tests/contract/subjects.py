"""Our drivers, each on every kind of place where its databases can be: what the contract is run over."""

import itertools
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import activerecord_aiosqlite
import activerecord_asyncmy
import activerecord_asyncpg
import activerecord_sqlite3
from activerecord.config import Configuration
from activerecord.driver import Driver
from activerecord.testing.contract import MYSQL_WORDS, POSTGRES_WORDS, SQLITE_WORDS, Subject, Words
from tests import servers

__all__ = ["DRIVERS", "SQLITE_DRIVERS", "SUBJECTS", "TARGETS"]

SQLITE_DRIVERS: dict[str, Driver] = {"sqlite3": activerecord_sqlite3.driver, "aiosqlite": activerecord_aiosqlite.driver}

_numbers = itertools.count(1)


@cache
def _folder() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="contract-")


def _file() -> Configuration:
    return Configuration("contract", "sqlite", database=str(Path(_folder().name, f"{next(_numbers)}.db")))


def _memory() -> Configuration:
    return Configuration("contract", "sqlite", database=":memory:")


def _tcp(engine: str) -> Configuration:
    """Skips the test where there is no server of the engine."""
    database = servers.fresh_database(engine)
    server = servers.server(engine)
    assert server is not None
    # TLS has tests of its own, and takes time.
    return Configuration.read("contract", server.url(database, tls="off"))


def _socket(engine: str) -> Configuration:
    configuration, server = _tcp(engine), servers.server(engine)
    if server is None or server.socket is None:
        raise servers.Missing("of a server that was there before, nobody says where its socket is")
    # Both engines' drivers take a path for a host.
    return replace(configuration, host=server.socket)


DRIVERS: dict[str, Driver] = SQLITE_DRIVERS | {
    "asyncpg": activerecord_asyncpg.driver,
    "asyncmy": activerecord_asyncmy.driver,
}
WORDS: dict[str, Words] = {"asyncpg": POSTGRES_WORDS, "asyncmy": MYSQL_WORDS} | dict.fromkeys(
    SQLITE_DRIVERS, SQLITE_WORDS
)

# By driver, the kinds of places and what makes an empty database there.
TARGETS: Mapping[str, Mapping[str, Callable[[], Configuration]]] = {
    **{name: {"file": _file, "memory": _memory} for name in SQLITE_DRIVERS},
    **{
        name: {"tcp": partial(_tcp, engine), "socket": partial(_socket, engine)}
        for engine, name in servers.DRIVERS.items()
    },
}

SUBJECTS = [
    Subject(f"{name}-{target}", DRIVERS[name], configure, WORDS[name], shared=target == "memory")
    for name, targets in TARGETS.items()
    for target, configure in targets.items()
]
