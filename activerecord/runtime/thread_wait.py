"""Block the thread, in plain sync code: for a while, or until something happens, within the deadlines in force."""

import math
from collections.abc import Callable
from contextvars import ContextVar
from time import monotonic, sleep

from activerecord.runtime import interrupts
from activerecord.runtime.thread_deadline import expired, next_deadline

__all__ = ["Watch", "block", "block_for", "interrupted", "take_interrupt", "watched"]

LONGEST = 3600.0  # seconds that one wait takes at most: a lock refuses to wait for centuries
GLANCE = 0.05  # seconds between two looks for Ctrl-C: no delay that a person notices, no work that a processor does


class Watch:
    """Over one call of a driver that runs in place: what interrupts it, and how long it may go on then.

    An unbroken watch notes interrupts and lets the wait go on; otherwise they go in, and `seconds` begin to count. What
    was struck once, or must not be, is broken off by no deadline.
    """

    __slots__ = ("_seconds", "_terminate", "is_unbroken", "rings_at", "struck")

    def __init__(self, seconds: float, terminate: Callable[[], object] | None, *, unbroken: bool = False) -> None:
        self._seconds = seconds
        self._terminate = terminate
        self.is_unbroken = unbroken
        self.rings_at = math.inf
        self.struck: BaseException | None = None

    def begin(self) -> None:
        """Let the seconds count from now on."""
        if self.rings_at == math.inf:
            self.rings_at = monotonic() + self._seconds

    def strike(self, error: BaseException) -> None:
        """Note an interrupt."""
        self.struck = error
        if not self.is_unbroken:
            self.begin()

    @property
    def outlasts_deadlines(self) -> bool:
        """Whether a deadline that passes now is to wait for the end of the call."""
        return self.is_unbroken or self.struck is not None

    def ring_if_due(self) -> None:
        """Terminate what is watched if its time is over. Once."""
        if monotonic() >= self.rings_at and self._terminate is not None:
            terminate, self._terminate = self._terminate, None
            self.rings_at = math.inf
            terminate()


watched: ContextVar[Watch | None] = ContextVar("activerecord_watch", default=None)


def block(wait: Callable[[float], bool], seconds: float | None = None, *, to_the_end: bool = False) -> bool:
    """Call `wait(seconds)` until it answers True; False when `seconds` are over, Expired at the deadline in force.

    `wait` takes -1 for ever, as a lock does. An interrupt breaks it off, but inside an unbroken watch; `to_the_end` no
    deadline does.
    """
    end = math.inf if seconds is None else monotonic() + seconds
    while True:
        watch = watched.get()
        outlasts = to_the_end or (watch is not None and watch.outlasts_deadlines)
        deadline = math.inf if outlasts else next_deadline()
        next_look = min(end, deadline, math.inf if watch is None else watch.rings_at)
        try:
            if _wait_until(next_look, wait):
                return True
            if monotonic() >= deadline and (over := expired()) is not None:
                raise over
        except BaseException as error:
            if watch is not None:
                watch.strike(error)
            if watch is None or not watch.is_unbroken:
                raise
        if watch is not None:
            watch.ring_if_due()
        if monotonic() >= end:
            return False


def _wait_until(time: float, wait: Callable[[float], bool]) -> bool:
    """What `wait` answers. A signal that is only noted breaks off no wait, so where they are held back it is a short one."""
    until = min(time, monotonic() + GLANCE) if interrupts.is_held() else time
    if wait(-1 if until == math.inf else max(0.0, min(until - monotonic(), LONGEST))):
        return True
    if interrupts.is_noted() and interrupts.take():
        raise KeyboardInterrupt
    return False


def interrupted() -> bool:
    """Whether what runs in this thread now is to be broken off: by Ctrl-C, or by a deadline. `take_interrupt` tells."""
    watch = watched.get()
    if interrupts.is_noted() and (watch is None or not watch.is_unbroken):
        return True
    return monotonic() >= next_deadline() and (watch is None or not watch.outlasts_deadlines)


def take_interrupt() -> BaseException | None:
    """What breaks off what runs in this thread now, for who raises it: it is not given again."""
    if not interrupted():
        return None
    return KeyboardInterrupt() if interrupts.take() else expired()


def block_for(seconds: float) -> None:
    """Sleep."""
    block(_never, seconds)


def _never(seconds: float) -> bool:
    sleep(seconds)
    return False
