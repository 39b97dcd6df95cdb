"""What a configuration says about a server, read and checked without any I/O but a look for the files it names."""

import math
import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from asyncmy.errors import OperationalError

from activerecord.config import Configuration, count, one_of, some_seconds, switch, text
from activerecord.errors import ConfigurationError

__all__ = ["MODES", "OPTIONS", "Settings"]

# MySQL's own words, from no TLS to a verified certificate with the host's name in it.
MODES = ("DISABLED", "PREFERRED", "REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY")
_VERIFIED = "VERIFY_IDENTITY"

# Bad values fail instead of being bent to fit; a key of 0 is 0, and a difference may be below zero, as everywhere else.
_STRICT = (
    "STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,"
    "NO_AUTO_VALUE_ON_ZERO,NO_UNSIGNED_SUBTRACTION"
)
# Under these a text of ours would mean something else.
_FOREIGN_MODES = frozenset({"NO_BACKSLASH_ESCAPES", "ORACLE"})

# Bytes of a name: asyncmy counts those of all attributes of a connection in one byte.
_NAME = 100

# Digits behind the point of a quotient or a mean of whole numbers; the server's own are 4.
_QUOTIENT = 16


def _sql_mode(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z_, ]*", value):
        raise ValueError("words such as STRICT_ALL_TABLES, with commas between them")
    words = [word.strip().upper() for word in value.split(",") if word.strip()]
    foreign = next((word for word in words if word in _FOREIGN_MODES), None)
    if foreign is not None:
        raise ValueError(f"any mode but {foreign}, under which the library's statements would mean something else")
    return ",".join(words)


def _name(value: Any) -> str:
    if len(text(value).encode(errors="replace")) > _NAME:
        raise ValueError(f"text of at most {_NAME} bytes")
    return text(value)


OPTIONS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "application_name": _name,
        "connect_timeout": some_seconds,
        "sql_mode": _sql_mode,
        "ssl": switch,
        "ssl_ca": text,
        "ssl_cert": text,
        "ssl_key": text,
        "ssl_mode": one_of(*MODES),
        "statement_cache_size": count,
        "tls": switch,
        "unix_socket": text,
    }
)


@dataclass(frozen=True, slots=True)
class Settings:
    """One server, who comes to it, and what a session is set to. Times are in seconds."""

    host: str
    port: int
    unix_socket: str | None
    user: str | None
    password: str | None = field(repr=False)
    database: str | None
    application_name: str | None
    mode: str
    ca: str | None
    certificate: str | None
    key: str | None
    sql_mode: str
    lock_timeout: float
    statement_timeout: float | None
    connect_timeout: float
    close_timeout: float
    statement_cache_size: int

    @classmethod
    def read(cls, configuration: Configuration) -> "Settings":
        """The settings in a configuration. Raises ConfigurationError, naming the setting, where they cannot work."""
        options = _options(configuration)
        host = configuration.host or "localhost"
        socket = options.get("unix_socket") or (host if host.startswith("/") else None)
        mode = _mode_of(configuration, options, over_socket=socket is not None)
        return cls(
            host="localhost" if host.startswith("/") else host,
            port=configuration.port or 3306,
            unix_socket=socket,
            user=configuration.username,
            password=configuration.password,
            database=configuration.database or None,
            application_name=options.get("application_name"),
            mode=mode,
            ca=options.get("ssl_ca"),
            certificate=options.get("ssl_cert"),
            key=options.get("ssl_key"),
            sql_mode=options.get("sql_mode", _STRICT),
            lock_timeout=configuration.lock_timeout,
            statement_timeout=configuration.statement_timeout,
            connect_timeout=options.get("connect_timeout", configuration.acquire_timeout or 10.0),
            close_timeout=configuration.close_timeout,
            statement_cache_size=options.get("statement_cache_size", 100),
        )

    @property
    def where(self) -> str:
        """The server, for messages."""
        return self.unix_socket or f"{self.host}:{self.port}"

    def arguments(self, *, tls: bool) -> dict[str, Any]:
        """What asyncmy is given. Raises OSError or ssl.SSLError where a file of a certificate cannot be read."""
        secret = tls or self.unix_socket is not None
        return {
            "host": self.host,
            "port": self.port,
            "unix_socket": self.unix_socket,
            "user": self.user,
            # As bytes: asyncmy writes text in Latin-1, and the server compares it with what was UTF-8.
            "password": (self.password or "").encode(),
            "database": self.database,
            "program_name": self.application_name,
            "connect_timeout": self.connect_timeout,
            "ssl": self.context() if tls else None,
            # A server may ask for the password as it is. A false one may too.
            "auth_plugin_map": {} if secret else dict.fromkeys(_PLAIN_PLUGINS, _RefusedPlugin),
        }

    def context(self) -> ssl.SSLContext:
        """How the server's certificate is verified, and which one is shown to it."""
        files = [path for path in (self.ca, self.certificate, self.key) if path]
        return _context(
            self.mode, self.ca, self.certificate, self.key, tuple(Path(path).stat().st_mtime_ns for path in files)
        )

    def session(self, *, mariadb: bool) -> str:
        """The one statement that a session begins with."""
        wait = max(1, math.ceil(self.lock_timeout))
        limit = self.statement_timeout or 0
        mode = (
            self.sql_mode
            if mariadb
            else f"{self.sql_mode},ONLY_FULL_GROUP_BY"
            if self.sql_mode == _STRICT
            else self.sql_mode
        )
        return ", ".join(
            (
                f"SET NAMES utf8mb4 COLLATE {'utf8mb4_nopad_bin' if mariadb else 'utf8mb4_0900_bin'}",
                "autocommit = 1",
                f"sql_mode = '{mode}'",
                "time_zone = '+00:00'",
                f"innodb_lock_wait_timeout = {wait}",
                f"lock_wait_timeout = {wait}",
                f"div_precision_increment = {_QUOTIENT}",
                f"max_statement_time = {_span(limit)}"
                if mariadb
                else f"max_execution_time = {math.ceil(limit * 1000)}",
            )
        )


def _span(limit: float) -> str:
    """In seconds, of which the server keeps the microseconds; zero is no limit."""
    return f"{max(limit, 1e-6) if limit else 0:.6f}"


class _RefusedPlugin:
    """Stands for the ways to log in that show the password to whoever is at the other end."""

    def __init__(self, _connection: object) -> None:
        pass

    def authenticate(self, _packet: object) -> object:
        """Refuse."""
        raise OperationalError(2061, "the server asks for the password in clear text, which is sent over TLS only")


_PLAIN_PLUGINS = ("mysql_clear_password", "mysql_old_password", "dialog")


def _options(configuration: Configuration) -> Mapping[str, Any]:
    """The options, parsed: also those of a configuration that came by no registry, since some go into a statement."""
    parsed: dict[str, Any] = {}
    for name, value in configuration.options.items():
        try:
            parsed[name] = OPTIONS[name](value)
        except (KeyError, ValueError) as error:
            raise _contradiction(configuration, f"the option {name!r} cannot be used: {error}") from None
    return parsed


def _mode_of(configuration: Configuration, options: Mapping[str, Any], *, over_socket: bool) -> str:
    wished = options.get("tls", options.get("ssl"))
    if options.get("ssl", wished) is not wished:
        raise _contradiction(configuration, "'ssl' says the opposite of 'tls'")
    mode: str | None = options.get("ssl_mode")
    if wished is not None and mode is not None and wished is (mode == "DISABLED"):
        raise _contradiction(configuration, "'ssl_mode' says the opposite of 'ssl' or 'tls'")
    if mode is None:
        # A certificate to verify or to show asks for TLS too.
        asked = wished or (wished is None and ("ssl_ca" in options or "ssl_cert" in options))
        mode = _VERIFIED if asked else "DISABLED"
    if "ssl_key" in options and "ssl_cert" not in options:
        raise _contradiction(configuration, "'ssl_key' needs 'ssl_cert'")
    if "ssl_ca" in options and mode not in ("VERIFY_CA", _VERIFIED):
        raise _contradiction(configuration, "'ssl_ca' is looked at with 'ssl_mode' VERIFY_CA and VERIFY_IDENTITY only")
    if "ssl_cert" in options and mode == "DISABLED":
        raise _contradiction(configuration, "'ssl_cert' is shown over TLS only, which is off")
    if over_socket and mode == "PREFERRED":
        return "DISABLED"
    if over_socket and mode != "DISABLED":
        raise _contradiction(configuration, "there is no TLS over a unix socket, which does not leave the machine")
    return mode


def _contradiction(configuration: Configuration, what: str) -> ConfigurationError:
    return ConfigurationError(f"connection {configuration.name!r}: {what}")


@lru_cache(maxsize=16)
def _context(mode: str, ca: str | None, certificate: str | None, key: str | None, _: tuple[int, ...]) -> ssl.SSLContext:
    """Kept until one of its files changes: reading the system's authorities takes milliseconds."""
    context = ssl.create_default_context(cafile=ca)
    context.check_hostname = mode == _VERIFIED
    context.verify_mode = ssl.CERT_REQUIRED if mode in ("VERIFY_CA", _VERIFIED) else ssl.CERT_NONE
    if certificate is not None:
        context.load_cert_chain(certificate, key)
    return context
