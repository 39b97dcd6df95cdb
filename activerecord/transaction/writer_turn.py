"""The turn that the writers of a process take where the engine allows but one at a time."""

import os
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar, runtime_checkable

from activerecord import runtime
from activerecord.driver import Connection
from activerecord.errors import LockTimeout
from activerecord.runtime.keeper import sweep

__all__ = ["Work", "Write", "Writer", "take_turn", "writer_turn"]

T = TypeVar("T")
Work = Callable[[Connection], Coroutine[Any, Any, T]]

_turns: dict[tuple[int, str], runtime.Turnstile] = {}


@runtime_checkable
class Writer(Protocol):
    """Who takes the turn; as text, what for."""

    def end_connection(self) -> None:
        """End the connection at once: the server rolls back what was begun on it."""
        ...


class Write:
    """One write on its own while it has the turn; the same text may be at it twice. `connection` is what it is done on."""

    __slots__ = ("connection", "sql")

    def __init__(self, sql: str) -> None:
        self.sql = sql
        self.connection: Connection | None = None

    def __str__(self) -> str:
        return self.sql

    def end_connection(self) -> None:
        """See `Writer.end_connection`."""
        if self.connection is not None:
            self.connection.terminate()


def writer_turn(key: str) -> runtime.Turnstile:
    """The turn of all writers of this process that share a key; see `Driver.writer_key`."""
    # keyed by process, since a turn held at a fork would never be left in the child
    own = os.getpid(), key
    return _turns.get(own) or _turns.setdefault(own, runtime.Turnstile(evict=_evict))


async def take_turn(turn: runtime.Turnstile, writer: Writer, *, timeout: float, sql: str | None = None) -> None:
    """Enter, waiting for `timeout` seconds at most. Raises LockTimeout, naming who holds the turn."""
    if turn.try_enter(writer):
        return
    try:
        await turn.enter(writer, timeout=timeout)
    except TimeoutError as late:
        raise LockTimeout(
            f"the database has one writer at a time, and {late}; held by {turn.holder}",
            sql=sql,
        ) from None


def _evict(holder: object) -> None:
    """End what a writer left in the middle when its loop was closed: its lock is free as soon as its connection is closed."""
    sweep()
    if isinstance(holder, Writer):
        holder.end_connection()
