"""Deadlines in plain sync code, where nothing cancels: what waits there looks for them, as it does for Ctrl-C."""

import math
import threading
from contextvars import ContextVar
from time import monotonic

__all__ = ["Expired", "ThreadDeadline", "expired", "is_expired", "next_deadline"]


class Expired(BaseException):
    """Breaks off what goes on in plain sync code past a deadline, as a cancellation does under a loop.

    It is no Exception, so that nothing on its way takes it for an error of its own. Its deadline makes one of it.
    """

    def __init__(self, deadline: "ThreadDeadline") -> None:
        super().__init__("a deadline passed")
        self.deadline = deadline


class ThreadDeadline:
    """A time (of the monotonic clock) by which the block inside must end. Of the thread that entered it, and no other.

    It may be left out of order, by a generator that is closed late, or stay in a context that was copied: one that was left
    counts no more.
    """

    __slots__ = ("_at", "_is_left", "_outer", "_thread")

    def __init__(self, seconds: float) -> None:
        self._at = monotonic() + seconds
        self._thread = threading.get_ident()
        self._is_left = False
        self._outer = _here()

    def enter(self) -> None:
        """Put it into force."""
        _innermost.set(self)

    def leave(self) -> None:
        """Put what was in force before into force again."""
        self._is_left = True
        if _innermost.get() is self:
            _innermost.set(self._outer)

    def is_here(self) -> bool:
        """Whether it is the running thread's: a context may be copied into another."""
        return self._thread == threading.get_ident()

    def in_force(self) -> "ThreadDeadline | None":
        """This one, or the next around it that was not left."""
        found: ThreadDeadline | None = self
        while found is not None and found._is_left:
            found = found._outer
        return found

    def outer(self) -> "ThreadDeadline | None":
        """The next one around it that is in force."""
        return None if self._outer is None else self._outer.in_force()

    def until(self) -> float:
        """When the first of it and those around it passes."""
        outer = self.outer()
        return self._at if outer is None else min(self._at, outer.until())

    def is_over(self) -> bool:
        """Whether its own time has passed, whatever the time of those around it."""
        return monotonic() >= self._at


_innermost: "ContextVar[ThreadDeadline | None]" = ContextVar("activerecord_deadline", default=None)


def _here() -> ThreadDeadline | None:
    found = _innermost.get()
    return found.in_force() if found is not None and found.is_here() else None


def next_deadline() -> float:
    """When the first of the deadlines in force passes, by the monotonic clock; infinity where there is none."""
    found = _here()
    return math.inf if found is None else found.until()


def is_expired() -> bool:
    """Whether a deadline of the running thread has passed."""
    return _innermost.get() is not None and expired() is not None


def expired() -> Expired | None:
    """What breaks off the running thread's work now: of the deadlines that have passed, the outermost's."""
    found, over = _here(), None
    while found is not None:
        over = found if found.is_over() else over
        found = found.outer()
    return None if over is None else Expired(over)
