"""Our drivers, each on a file and in memory: what the contract is run over."""

import itertools
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import activerecord_aiosqlite
import activerecord_sqlite3
from activerecord.config import Configuration
from activerecord.driver import Driver
from activerecord.testing.contract import SQLITE_WORDS, Subject

__all__ = ["DRIVERS", "SUBJECTS", "TARGETS"]

DRIVERS: dict[str, Driver] = {"sqlite3": activerecord_sqlite3.driver, "aiosqlite": activerecord_aiosqlite.driver}

_numbers = itertools.count(1)


@cache
def _folder() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="contract-")


def _file() -> Configuration:
    return Configuration("contract", "sqlite", database=str(Path(_folder().name, f"{next(_numbers)}.db")))


def _memory() -> Configuration:
    return Configuration("contract", "sqlite", database=":memory:")


TARGETS: dict[str, Callable[[], Configuration]] = {"file": _file, "memory": _memory}

SUBJECTS = [
    Subject(f"{name}-{target}", driver, configure, SQLITE_WORDS)
    for name, driver in DRIVERS.items()
    for target, configure in TARGETS.items()
]
