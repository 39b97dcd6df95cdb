"""A connection's configuration as a value, read from a dict or a URL. Reading one opens nothing."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from os import PathLike, fspath
from types import MappingProxyType
from typing import Any, TypeAlias, cast
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from activerecord.errors import ConfigurationError

__all__ = [
    "COMMON_KEYS",
    "Configuration",
    "Settings",
    "count",
    "one_of",
    "positive_int",
    "seconds",
    "some_seconds",
    "switch",
    "text",
]

Settings: TypeAlias = str | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Configuration:
    """How to reach one database, and how hard to hold on to it. Its password is in no repr, log or error.

    `engine` is the word given as `driver` ("sqlite", "pgsql", ...); `driver_type` names the driver's package, or is
    None for the engine's usual one. Sizes are connections, times are seconds; a `timeout` or
    `statement_timeout` of None is none.
    Connections are ended at the age of `max_lifetime` (each up to a tenth earlier, by chance), or `max_idle` seconds after
    their last use as long as more than `min_size` are open; after `ping_after` seconds without use they must answer before
    they are lent. None is never. `resolve_commit` has a server that can tell (PostgreSQL) asked what became of a COMMIT
    whose answer was lost, for one short query before each. `cursor_secret` is what the cursors of pages are signed with; it
    is in no repr, log or error either. `options` are the driver's own.
    """

    name: str
    engine: str
    driver_type: str | None = None
    database: str = ""
    host: str | None = None
    port: int | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    async_mode: bool = True
    max_size: int = 10
    min_size: int = 0
    max_lifetime: float | None = 3600.0
    max_idle: float | None = 600.0
    ping_after: float | None = 30.0
    acquire_timeout: float = 10.0
    lock_timeout: float = 10.0
    statement_timeout: float | None = None
    close_timeout: float = 5.0
    commit_timeout: float = 30.0
    timeout: float | None = None
    resolve_commit: bool = True
    cursor_secret: str | None = field(default=None, repr=False)
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    @classmethod
    def read(cls, name: str, settings: Settings) -> "Configuration":
        """The configuration called `name` that a URL or a dict of settings describes.

        Raises ConfigurationError where a setting is missing or has an unusable value. Keys that are not common to all
        drivers go to `options`, for the driver to judge.
        """
        given: Mapping[str, Any] = _from_url(name, settings) if isinstance(settings, str) else settings
        if not isinstance(given, Mapping):
            raise ConfigurationError(f"connection {name!r}: expected a URL or a dict, got {type(given).__name__}")
        common: dict[str, Any] = {}
        options: dict[str, Any] = {}
        for key, value in given.items():
            if not isinstance(key, str):
                raise ConfigurationError(f"connection {name!r}: keys are strings, got {type(key).__name__}")
            parse = _PARSERS.get(key)
            if parse is None:
                options[key] = value
            elif value is not None or key in _ENDLESS:
                common[_FIELDS.get(key, key)] = _parsed(name, key, value, parse)
        if not common.get("engine"):
            raise ConfigurationError(f"connection {name!r}: 'driver' is missing, e.g. 'driver': 'sqlite'")
        return cls(name=name, options=MappingProxyType(options), **common)._checked()

    def _checked(self) -> "Configuration":
        """The same. Raises ConfigurationError where two settings do not go together."""
        if self.min_size > self.max_size:
            raise ConfigurationError(
                f"connection {self.name!r}: 'min_size' is {self.min_size}, and 'max_size' allows no more than {self.max_size}"
            )
        return self


def text(value: Any) -> str:
    """A setting that is text; a path will do."""
    if isinstance(value, PathLike):
        value = fspath(cast("PathLike[str]", value))
    if not isinstance(value, str):
        raise ValueError("text")
    if "\0" in value:
        raise ValueError("text without a NUL character")
    return value


def _secret(value: Any) -> str:
    """A setting that nobody is to guess."""
    if not isinstance(value, str) or len(value) < _SHORTEST_SECRET:
        raise ValueError(f"text of {_SHORTEST_SECRET} characters or more")
    return value


# 64 bits, where they are written as hexadecimal digits.
_SHORTEST_SECRET = 16


def positive_int(value: Any) -> int:
    """A setting that is a whole number above zero; its digits will do."""
    number = _whole(value)
    if number is None or number < 1:
        raise ValueError("a whole number above zero")
    return number


def count(value: Any) -> int:
    """A setting that is a whole number, zero or more; its digits will do."""
    number = _whole(value)
    if number is None or number < 0:
        raise ValueError("a whole number, zero or more")
    return number


def _whole(value: Any) -> int | None:
    if isinstance(value, str) and value.isdecimal() and len(value) < _DIGITS:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


# No setting is as large as this has digits, and Python refuses to read numbers of thousands of them.
_DIGITS = 20


def seconds(value: Any) -> float:
    """A setting that is a time in seconds, zero or more; its digits will do."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = -1.0
    if isinstance(value, bool) or not 0.0 <= number < float("inf"):
        raise ValueError("seconds, zero or more")
    return number


def _limit(value: Any) -> float | None:
    """A setting that is a time in seconds where zero, which a URL can say, means no limit; so does None."""
    return None if value is None else seconds(value) or None


def some_seconds(value: Any) -> float:
    """A setting that is a time in seconds, more than zero; its digits will do."""
    try:
        time = seconds(value)
    except ValueError:
        time = 0.0
    if not time:
        raise ValueError("seconds, more than zero")
    return time


def one_of(*words: str) -> Callable[[Any], str]:
    """A setting that is one of these words, in any case; "verify_full" is "verify-full" too."""
    spelt = {_folded(word): word for word in words}

    def parse(value: Any) -> str:
        word = spelt.get(_folded(value)) if isinstance(value, str) else None
        if word is None:
            raise ValueError("one of " + ", ".join(words))
        return word

    return parse


def _folded(word: str) -> str:
    return word.lower().replace("_", "-")


def switch(value: Any) -> bool:
    """A setting that is on or off; the usual words for it will do."""
    words = {"1": True, "true": True, "on": True, "yes": True, "0": False, "false": False, "off": False, "no": False}
    if isinstance(value, str) and value.lower() in words:
        return words[value.lower()]
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


_PARSERS: Mapping[str, Callable[[Any], Any]] = {
    "driver": text,
    "driver_type": text,
    "database": text,
    "host": text,
    "port": positive_int,
    "username": text,
    "user": text,
    "password": text,
    "async_mode": switch,
    "max_size": positive_int,
    "min_size": count,
    "max_lifetime": _limit,
    "max_idle": _limit,
    "ping_after": _limit,
    "acquire_timeout": seconds,
    "lock_timeout": seconds,
    "statement_timeout": _limit,
    "close_timeout": some_seconds,
    "commit_timeout": some_seconds,
    "timeout": _limit,
    "resolve_commit": switch,
    "cursor_secret": _secret,
}
# Elsewhere None says that nothing is given; here, where the usual is a limit, that there is to be none.
_ENDLESS = frozenset({"max_lifetime", "max_idle", "ping_after"})
_FIELDS = {"driver": "engine", "user": "username"}

COMMON_KEYS = frozenset(_PARSERS)


def _parsed(name: str, key: str, value: Any, parse: Callable[[Any], Any]) -> Any:
    try:
        return parse(value)
    except ValueError as error:
        raise ConfigurationError(f"connection {name!r}: {key!r} takes {error}, got {_told(value)}") from None


def _told(value: Any) -> str:
    """What was given, if it is a number. Text is not repeated: in a URL it may be a password that went astray."""
    if isinstance(value, str):
        return value if _SMALL_NUMBER.fullmatch(value) else "other text"
    # Python refuses to write numbers of thousands of digits
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and -1e5 < value < 1e5
    return str(value) if is_number else type(value).__name__


# One with a few digits, which are no password.
_SMALL_NUMBER = re.compile(r"-?\d{1,5}(\.\d{1,3})?", re.ASCII)


def _from_url(name: str, url: str) -> dict[str, Any]:
    """The settings that `engine+driver://user:password@host:port/database?option=value` spells."""
    scheme, separator, _ = url.partition("://")
    if not separator or not scheme:
        raise ConfigurationError(f"connection {name!r}: expected a URL such as 'sqlite:///shop.db'")
    engine, _, driver_type = scheme.partition("+")
    if any(character in url for character in "\t\r\n"):
        raise ConfigurationError(f"connection {name!r}: tabs and line breaks within a URL are written %09, %0D and %0A")
    parts, port = _split(url)
    # Raised out here, for the library's own errors quote the URL, password and all.
    if parts is None:
        raise ConfigurationError(
            f"connection {name!r}: the host or the port of the URL cannot be read; '/', '?', '#' and '@' within a name or "
            f"a password are written %2F, %3F, %23 and %40, and a database comes after a third '/'"
        )
    if parts.fragment:
        raise ConfigurationError(f"connection {name!r}: '#' within a URL is written %23")
    settings: dict[str, Any] = {"driver": engine, "database": unquote(parts.path[1:])}
    if driver_type:
        settings["driver_type"] = driver_type
    given = {"host": parts.hostname, "port": port, "username": parts.username, "password": parts.password}
    settings |= {
        key: unquote(value) if isinstance(value, str) else value for key, value in given.items() if value is not None
    }
    for key, value in parse_qsl(parts.query, keep_blank_values=True):
        if not key.isidentifier():
            raise ConfigurationError(f"connection {name!r}: '?' within a URL is written %3F, but before its options")
        if key in settings:
            raise ConfigurationError(f"connection {name!r}: {key!r} is given twice")
        settings[key] = value
    return settings


def _split(url: str) -> tuple[SplitResult | None, int | None]:
    """The parts of a URL and its port; None where it has no such parts."""
    try:
        parts = urlsplit(url)
        return parts, parts.port
    except ValueError:
        return None, None
