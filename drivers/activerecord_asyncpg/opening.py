"""Opening a connection: one server after the other, each within its time."""

import ssl
from asyncio import AbstractEventLoop, get_running_loop
from collections.abc import Callable, Iterator
from threading import get_ident
from typing import Any

from activerecord.config import Configuration
from activerecord.errors import ConnectionFailed
from activerecord.runtime.transport import cut
from activerecord_asyncpg.library import (
    InterfaceError,
    InternalClientError,
    PostgresError,
    WrongServer,
    asyncpg_connect,
)
from activerecord_asyncpg.settings import Settings
from activerecord_asyncpg.tls import tls
from activerecord_asyncpg.values import set_codecs
from activerecord_asyncpg.wire import Wire

__all__ = ["open_wire"]

# The server is starting up or shutting down.
_NOT_NOW = "57P03"


async def open_wire(configuration: Configuration) -> Wire:
    """A connection to the first server that takes us. Raises ConnectionFailed, ConfigurationError."""
    settings = Settings.read(configuration)
    encryption = tls(settings)
    failure: ConnectionFailed | None = None
    for host, wanted in _attempts(settings):
        try:
            return await _open(settings, host, wanted, encryption)
        except (OSError, PostgresError, InterfaceError, InternalClientError, ValueError) as error:
            failure = _failed(settings, host, error)
            goes_on = isinstance(error, OSError | WrongServer) or getattr(error, "sqlstate", None) == _NOT_NOW
        if not goes_on:
            break
    assert failure is not None
    raise failure


def _attempts(settings: Settings) -> Iterator[tuple[str | None, str]]:
    # asyncpg gives all servers one time in common, which the first silent one eats; so it is given one at a time.
    wanted = settings.target_session_attrs
    for each in ("standby", "any") if wanted == "prefer-standby" else (wanted,):
        for host in settings.hosts:
            yield host, each


async def _open(settings: Settings, host: str | None, wanted: str, encryption: object) -> Wire:
    loop = _Loop(get_running_loop())
    try:
        wire = await _connected(settings, host, wanted, encryption, loop)
    except BaseException:
        loop.cut()
        raise
    try:
        await set_codecs(wire)
    except BaseException:
        wire.cut()
        raise
    return wire


async def _connected(settings: Settings, host: str | None, wanted: str, encryption: object, loop: "_Loop") -> Wire:
    wire: Wire = await asyncpg_connect(
        host=host,
        port=settings.port,
        user=settings.username,
        password=settings.password,
        database=settings.database,
        ssl=encryption,
        timeout=settings.connect_timeout,
        command_timeout=settings.silence(),
        server_settings=dict(settings.startup),
        target_session_attrs=wanted,
        # Statements are kept by us, with what is known of them; this one is for the library's own questions, and its
        # size tells whether statements may have names on the server at all. Nothing in it expires by a timer.
        statement_cache_size=min(settings.statement_cache_size, 10),
        max_cached_statement_lifetime=0,
        connection_class=Wire,
        loop=loop,
    )
    return wire


class _Loop:
    """The running loop as asyncpg has it to connect with.

    Before there is TLS, asyncpg waits for the server's word on it. Cancelled before it has begun to wait, it leaves that
    word with nobody to hear it, and asyncio would complain of the error that it ends with.

    Cancelled later, asyncpg closes what it has opened in good order: under TLS that waits for the server's word, and a loop
    that ends meanwhile would leave the socket open.
    """

    def __init__(self, loop: AbstractEventLoop) -> None:
        self._loop = loop
        self._opened: list[Any] = []

    def cut(self) -> None:
        """End all that was opened, at once."""
        for transport in self._opened:
            cut(transport, self._loop, get_ident())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loop, name)

    async def create_connection(self, factory: Callable[[], Any], *where: Any, **how: Any) -> Any:
        protocols: list[Any] = []

        def make() -> Any:
            protocols.append(factory())
            return protocols[-1]

        try:
            opened = await self._loop.create_connection(make, *where, **how)
        except BaseException:
            for word in [getattr(protocol, "on_data", None) for protocol in protocols]:
                if word is not None:
                    word.cancel()
            raise
        self._opened.append(opened[0])
        return opened

    async def create_unix_connection(self, *where: Any, **how: Any) -> Any:
        opened = await self._loop.create_unix_connection(*where, **how)
        self._opened.append(opened[0])
        return opened


def _failed(settings: Settings, host: str | None, error: BaseException) -> ConnectionFailed:
    place = "its usual place" if host is None else host
    return ConnectionFailed(
        f"cannot connect to PostgreSQL at {place}{'' if settings.port is None else f', port {settings.port}'}: "
        f"{_reason(settings, error)}",
        code=getattr(error, "sqlstate", None),
    )


def _reason(settings: Settings, error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {settings.connect_timeout:g} s"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the server's certificate is not to be trusted: {error.verify_message}"
    message = str(error.args[0]) if isinstance(error, PostgresError) and error.args else str(error)
    # No server has reason to quote it.
    return message if not settings.password or settings.password not in message else type(error).__name__
