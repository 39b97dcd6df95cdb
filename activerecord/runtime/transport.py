"""A transport of asyncio's: ended at once whatever has become of its loop, and watched for a network that is dead."""

import socket
from asyncio import AbstractEventLoop
from collections.abc import Callable
from contextlib import suppress
from threading import get_ident
from typing import Any

__all__ = ["cut", "keep_alive"]

# Seconds of silence until the system asks whether the other side is still there, between two questions, and the number of
# questions without an answer after which it is not. A dead network ends a waiting statement in two minutes then.
_KEEPALIVE = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 6}


def cut(transport: Any, loop: AbstractEventLoop, thread: int, first: Callable[[], object] | None = None) -> None:
    """Close a transport and its socket. `first` is called before, unless the loop is closed. Never fails; may be repeated.

    `thread` is the one that the loop runs in: called in another, as by a finaliser, it is done there, in the loop's next turn.
    """
    if get_ident() != thread and not loop.is_closed():
        with suppress(RuntimeError):  # it has been closed just now
            loop.call_soon_threadsafe(_cut, transport, loop, first)
            return
    _cut(transport, loop, first)


def _cut(transport: Any, loop: AbstractEventLoop, first: Callable[[], object] | None) -> None:
    closed = loop.is_closed()
    if first is not None and not closed:
        with suppress(Exception):
            first()
    # A closed loop refuses to be told of the end.
    with suppress(Exception):
        transport.abort()
    _close_socket(transport, forget=closed)


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


def keep_alive(transport: Any) -> None:
    """Have the system end a TCP connection whose other side has been gone for two minutes. Does nothing for others."""
    found = transport.get_extra_info("socket")
    if found is None or found.family not in (socket.AF_INET, socket.AF_INET6):
        return
    with suppress(OSError):
        found.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _KEEPALIVE.items():
            if hasattr(socket, name):
                found.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
