"""The right to use one connection, whose it is, and which of them a scope has handed on to what runs inside it."""

import sys
import time
from collections.abc import Collection, Hashable
from contextvars import ContextVar

from activerecord import runtime
from activerecord.driver import Connection

__all__ = ["Lease", "all_inherited", "caller", "held", "hold", "let_go"]

# More of a statement than this tells no more about who holds a connection.
_LONGEST = 200


class Lease:
    """The right to use one connection until it is given back.

    `purpose` says for what, `since` from when (`time.monotonic` seconds), `task` whose: a mark of the task, or of the
    thread, that keeps neither alive.
    """

    __slots__ = ("connection", "purpose", "since", "task")

    def __init__(self, purpose: str, task: Hashable) -> None:
        self.purpose = purpose
        self.task = task
        self.since = time.monotonic()
        self.connection: Connection

    def __str__(self) -> str:
        return f"{_line(self.purpose)} for {time.monotonic() - self.since:.1f} s, by {runtime.task_name(self.task)}"


def _line(text: str) -> str:
    """The text in one line, its end cut off where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 3]}..."


# What the scopes hold that the running task is inside of. By value: a scope may be left in another context than it was
# entered in, where a token would be refused.
_held: ContextVar[tuple[Lease, ...]] = ContextVar("activerecord_held", default=())


def held() -> tuple[Lease, ...]:
    """The leases of the scopes around the caller, those that it inherited too; the outermost first."""
    return _held.get()


def hold(lease: Lease) -> None:
    """Have what runs inside from now on know that it must not wait for this lease to be given back."""
    _held.set((*_held.get(), lease))


def let_go(lease: Lease) -> None:
    """End what `hold` began. Does nothing in a context that does not have the lease."""
    _held.set(tuple(each for each in _held.get() if each is not lease))


def all_inherited(leases: Collection[Lease]) -> bool:
    """Whether these, of which there are some, all belong to scopes around the caller, who would wait for itself."""
    inherited = _held.get()
    return bool(inherited) and bool(leases) and all(lease in inherited for lease in leases)


def caller() -> str:
    """Where the program called the library from: file and line of the nearest frame that is none of its own."""
    frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]  # the documented way to a line number without building a traceback
    while frame.f_back is not None and _is_ours(frame.f_globals.get("__name__", "")):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] == __name__.partition(".")[0]
