"""A connection of asyncpg that can be ended from anywhere, at any time."""

import socket
from asyncio import AbstractEventLoop
from contextlib import suppress
from threading import get_ident
from typing import TYPE_CHECKING, Any

from activerecord_asyncpg.library import PreparedStatement, connection_class

__all__ = ["Wire"]

# Seconds of silence until the system asks whether the other side is still there, between two questions, and the number of
# questions without an answer after which it is not. A dead network ends a waiting statement in two minutes then.
_KEEPALIVE = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 6}

if TYPE_CHECKING:

    class _Connection:
        """What is used of asyncpg's connections."""

        def __init__(self, *parts: Any) -> None: ...
        async def execute(self, query: str, *, timeout: float | None = None) -> str: ...
        async def prepare(self, query: str, *, name: str | None = None) -> PreparedStatement: ...
        async def reload_schema_state(self) -> None: ...
        async def set_type_codec(
            self, typename: str, *, schema: str, encoder: Any, decoder: Any, format: str
        ) -> None: ...
        async def close(self, *, timeout: float | None = None) -> None: ...
        def terminate(self) -> None: ...
        def is_closed(self) -> bool: ...
        def is_in_transaction(self) -> bool: ...

else:
    _Connection = connection_class


class Wire(_Connection):
    """asyncpg's connection with its transport at hand."""

    def __init__(self, protocol: Any, transport: Any, loop: AbstractEventLoop, *parts: Any) -> None:
        super().__init__(protocol, transport, loop, *parts)
        self.loop = loop
        self._pipe = transport
        self._thread = get_ident()
        _keep_alive(transport)

    def __del__(self) -> None:
        """Nothing: who owns the connection tells of one that was forgotten."""

    def cut(self) -> None:
        """End the session at once, whatever has become of its loop. Never fails."""
        if not self.loop.is_closed() and get_ident() != self._thread:
            # A finaliser of another thread: the transport is its loop's.
            with suppress(RuntimeError):
                self.loop.call_soon_threadsafe(self._cut)
                return
        self._cut()

    def _cut(self) -> None:
        closed = self.loop.is_closed()
        if not closed:
            with suppress(Exception):
                self.terminate()
        # A closed loop refuses to be told of the end.
        _close_socket(self._pipe, forget=closed)


def _keep_alive(transport: Any) -> None:
    found = transport.get_extra_info("socket")
    if found is None or found.family not in (socket.AF_INET, socket.AF_INET6):
        return
    with suppress(OSError):
        found.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _KEEPALIVE.items():
            if hasattr(socket, name):
                found.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _close_socket(transport: Any, *, forget: bool) -> None:
    """Close what asyncio would close in a later turn of its loop, which may never come.

    uvloop has no such socket; it closes all that it has with the loop. To `forget` it keeps the transport from telling,
    when it is freed, that it was not closed.
    """
    protocol = getattr(transport, "_ssl_protocol", None)
    inner: Any = transport if protocol is None else getattr(protocol, "_transport", None)
    found = getattr(inner, "_sock", None)
    # While the loop still looks at the socket, its number must not be given to another.
    if not isinstance(found, socket.socket) or not (forget or inner.is_closing()):
        return
    with suppress(OSError):
        found.close()
    if forget:
        # What asyncio's own transports look at when they are freed.
        setattr(inner, "_sock", None)  # noqa: B010
        setattr(transport, "_closed", True)  # noqa: B010
