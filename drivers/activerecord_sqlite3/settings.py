"""What a configuration says about a SQLite database, read and checked without touching the file."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from activerecord.config import Configuration, one_of, positive_int, switch, text
from activerecord.errors import ConfigurationError

__all__ = ["MEMORY", "OPTIONS", "Settings"]

MEMORY = ":memory:"


OPTIONS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "journal_mode": one_of("wal", "delete", "truncate", "persist", "memory", "off"),
        "synchronous": one_of("off", "normal", "full", "extra"),
        "foreign_keys": switch,
        "read_only": switch,
        "cached_statements": positive_int,
    }
)

_SERVER_SETTINGS = ("host", "port", "username", "password")


@dataclass(frozen=True, slots=True)
class Settings:
    """One SQLite database and how to open it.

    `database` is a path or ":memory:". `journal_mode` is what a file is put in where it can be changed; `synchronous`
    None leaves SQLite's own (full). `cached_statements` is the number of prepared statements kept; `statement_timeout`
    is in seconds.
    """

    database: str
    journal_mode: str = "wal"
    synchronous: str | None = None
    foreign_keys: bool = True
    read_only: bool = False
    cached_statements: int = 128
    statement_timeout: float | None = None

    @classmethod
    def read(cls, configuration: Configuration) -> "Settings":
        """The settings in a configuration. Raises ConfigurationError, naming the setting, where they cannot work."""
        _refuse_server_settings(configuration)
        # Parsed again, since they go into the text of a PRAGMA, which takes no binds.
        options = {name: OPTIONS[name](value) for name, value in configuration.options.items()}
        settings = cls(_database(configuration), statement_timeout=configuration.statement_timeout, **options)
        if settings.in_memory and {"journal_mode", "read_only"} & configuration.options.keys():
            raise ConfigurationError(
                f"connection {configuration.name!r}: 'journal_mode' and 'read_only' are for files, not for {MEMORY!r}"
            )
        return settings

    @property
    def in_memory(self) -> bool:
        """Whether the database is in memory, and so in one connection."""
        return self.database == MEMORY

    @property
    def target(self) -> str:
        """The database as a URI, in which no character of a path has a meaning of its own."""
        if self.in_memory:
            return "file::memory:"
        return f"{Path(os.path.abspath(self.database)).as_uri()}?mode={'ro' if self.read_only else 'rwc'}"

    @property
    def writer_key(self) -> str | None:
        """The real path of the file, where it may be written."""
        if self.in_memory or self.read_only:
            return None
        return os.path.normcase(os.path.realpath(self.database))


def _refuse_server_settings(configuration: Configuration) -> None:
    given = [name for name in _SERVER_SETTINGS if getattr(configuration, name) is not None]
    if not given:
        return
    cure = " A path has three slashes in a URL: 'sqlite:///shop.db'." if "host" in given else ""
    raise ConfigurationError(
        f"connection {configuration.name!r}: SQLite has no server, so {given[0]!r} means nothing.{cure}"
    )


def _database(configuration: Configuration) -> str:
    try:
        database = text(configuration.database)
    except ValueError as error:
        raise ConfigurationError(f"connection {configuration.name!r}: 'database' takes {error}") from None
    if not database.strip():
        raise ConfigurationError(
            f"connection {configuration.name!r}: 'database' is empty; give a path, or {MEMORY!r} for a database in memory"
        )
    if database.endswith(("/", os.sep)):
        raise ConfigurationError(
            f"connection {configuration.name!r}: 'database' is the directory {database!r}; give a file in it"
        )
    return database
