"""What a configuration says about a PostgreSQL database, read and checked without any I/O.

Options: `sslmode` (disable, allow, prefer, require, verify-ca, verify-full), or `tls`/`ssl` (true is verify-full);
`sslrootcert`, `sslcert`, `sslkey` (files); `application_name`; `search_path`; `time_zone`; `options` (as psql's
PGOPTIONS: "-c name=value ..."); `connect_timeout` (seconds for each server); `statement_cache_size` (0 behind PgBouncer);
`target_session_attrs` (any, primary, standby, prefer-standby, read-write, read-only).

`host` may be a folder with the server's socket, or several names or folders, separated by commas, that are tried in
their order.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from activerecord.config import Configuration, count, one_of, some_seconds, switch, text
from activerecord.errors import ConfigurationError

__all__ = ["OPTIONS", "Settings"]


OPTIONS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "sslmode": one_of("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
        "tls": switch,
        "ssl": switch,
        "sslrootcert": text,
        "sslcert": text,
        "sslkey": text,
        "application_name": text,
        "search_path": text,
        "time_zone": text,
        "options": text,
        "connect_timeout": some_seconds,
        "statement_cache_size": count,
        "target_session_attrs": one_of("any", "primary", "standby", "prefer-standby", "read-write", "read-only"),
    }
)

# Seconds beyond its own statement_timeout that the server may be silent until it is taken for dead.
_SLACK = 5.0

# Modes in which the files of certificates are looked at.
_IN_EARNEST = ("require", "verify-ca", "verify-full")


@dataclass(frozen=True, slots=True)
class Settings:
    """One PostgreSQL database and how to reach it. Times are in seconds.

    `sslmode` None is asyncpg's own (prefer, over TCP). `startup` are settings of the server's that go with the first
    message, so that they cost no round trip.
    """

    hosts: tuple[str | None, ...]
    port: int | None
    username: str | None
    password: str | None = field(repr=False)
    database: str | None
    sslmode: str | None
    sslrootcert: str | None
    sslcert: str | None
    sslkey: str | None
    startup: Mapping[str, str]
    connect_timeout: float
    statement_timeout: float | None
    close_timeout: float
    statement_cache_size: int
    target_session_attrs: str

    @classmethod
    def read(cls, configuration: Configuration) -> "Settings":
        """The settings in a configuration. Raises ConfigurationError, naming the setting, where they cannot work."""
        options = {name: OPTIONS[name](value) for name, value in configuration.options.items()}
        mode = _mode(configuration.name, options)
        for name in "sslrootcert", "sslcert", "sslkey":
            if name in options and mode not in _IN_EARNEST:
                raise _wrong(configuration, f"{name!r} is looked at with 'sslmode' {', '.join(_IN_EARNEST)} only")
        if "sslkey" in options and "sslcert" not in options:
            raise _wrong(configuration, "'sslkey' is the key of 'sslcert', which is not given")
        return cls(
            hosts=_hosts(configuration),
            port=configuration.port,
            username=configuration.username,
            password=configuration.password,
            database=configuration.database or None,
            sslmode=mode,
            sslrootcert=options.get("sslrootcert"),
            sslcert=options.get("sslcert"),
            sslkey=options.get("sslkey"),
            startup=_startup(configuration, options),
            connect_timeout=options.get("connect_timeout", 10.0),
            statement_timeout=configuration.statement_timeout,
            close_timeout=configuration.close_timeout,
            statement_cache_size=options.get("statement_cache_size", 100),
            target_session_attrs=options.get("target_session_attrs", "any"),
        )

    def silence(self, statements: int = 1) -> float | None:
        """Seconds after which a server that was sent so many statements is taken for dead; None for no limit."""
        return None if self.statement_timeout is None else statements * self.statement_timeout + _SLACK


def _mode(name: str, options: Mapping[str, Any]) -> str | None:
    asked = {options[key] for key in ("tls", "ssl") if key in options}
    if asked and ("sslmode" in options or len(asked) > 1):
        raise ConfigurationError(f"connection {name!r}: give one of 'sslmode', 'tls' and 'ssl'")
    if asked:
        return "verify-full" if True in asked else "disable"
    # Who names an authority wants it asked.
    mode: str | None = options.get("sslmode", "verify-full" if "sslrootcert" in options else None)
    return mode


def _hosts(configuration: Configuration) -> tuple[str | None, ...]:
    if not configuration.host:
        return (None,)
    hosts = [host.strip() for host in configuration.host.split(",")]
    if not all(hosts):
        raise _wrong(configuration, "'host' names nothing between two commas")
    return tuple(hosts)


def _startup(configuration: Configuration, options: Mapping[str, Any]) -> Mapping[str, str]:
    given = {
        "application_name": options.get("application_name"),
        "search_path": options.get("search_path"),
        "TimeZone": options.get("time_zone", "UTC"),
        "options": options.get("options"),
        "lock_timeout": _milliseconds(configuration.lock_timeout),
        "statement_timeout": _milliseconds(configuration.statement_timeout),
    }
    return {name: value for name, value in given.items() if value is not None}


def _milliseconds(time: float | None) -> str | None:
    """Zero is no limit for the server, and no patience for us."""
    return None if time is None else str(min(max(1, round(time * 1000)), (1 << 31) - 1))


def _wrong(configuration: Configuration, message: str) -> ConfigurationError:
    return ConfigurationError(f"connection {configuration.name!r}: {message}")
