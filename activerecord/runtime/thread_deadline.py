"""Deadlines in plain sync code, where nothing cancels: what waits there looks for them, as it does for Ctrl-C."""

import math
import threading
from contextvars import ContextVar
from time import monotonic

__all__ = ["Expired", "ThreadDeadline", "expired", "next_deadline"]


class Expired(BaseException):
    """Breaks off what goes on in plain sync code past a deadline, as a cancellation does under a loop.

    It is no Exception, so that nothing on its way takes it for an error of its own. Its deadline makes one of it.
    """

    def __init__(self, deadline: "ThreadDeadline") -> None:
        super().__init__("a deadline passed")
        self.deadline = deadline


class ThreadDeadline:
    """A time (of the monotonic clock) by which the block inside must end. Of the thread that entered it, and no other."""

    __slots__ = ("_at", "_thread", "outer", "until")

    def __init__(self, seconds: float) -> None:
        self._at = monotonic() + seconds
        self._thread = threading.get_ident()
        self.outer = _here()
        self.until: float = min(self._at, math.inf if self.outer is None else self.outer.until)

    def enter(self) -> None:
        """Put it into force."""
        _innermost.set(self)

    def leave(self) -> None:
        """Put what was in force before into force again."""
        _innermost.set(self.outer)

    def is_here(self) -> bool:
        """Whether it is the running thread's: a context may be copied into another."""
        return self._thread == threading.get_ident()

    def is_over(self) -> bool:
        """Whether its own time has passed, whatever the time of those around it."""
        return monotonic() >= self._at


_innermost: "ContextVar[ThreadDeadline | None]" = ContextVar("activerecord_deadline", default=None)


def _here() -> ThreadDeadline | None:
    found = _innermost.get()
    return found if found is not None and found.is_here() else None


def next_deadline() -> float:
    """When the first of the deadlines in force passes, by the monotonic clock; infinity where there is none."""
    found = _here()
    return math.inf if found is None else found.until


def expired() -> Expired | None:
    """What breaks off the running thread's work now: of the deadlines that have passed, the outermost's."""
    found, over = _here(), None
    if found is None or monotonic() < found.until:
        return None
    while found is not None:
        over = found if found.is_over() else over
        found = found.outer
    return None if over is None else Expired(over)
