"""Block the thread, in plain sync code: for a while, or until something happens, within the deadlines in force."""

import math
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic, sleep

from activerecord.runtime import interrupts

__all__ = ["Watch", "block", "block_for", "interrupted", "take_interrupt", "thread_deadline", "watched"]

GLANCE = 0.05  # seconds between two looks for Ctrl-C: no delay that a person notices, no work that a processor does

_deadline: ContextVar[float] = ContextVar("activerecord_deadline", default=math.inf)


class Watch:
    """Over one call of a driver that runs in place: what interrupts it, and how long it may go on then.

    An unbroken watch notes interrupts and lets the wait go on; otherwise they go in, and `seconds` begin to count.
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

    def ring_if_due(self) -> None:
        """Terminate what is watched if its time is over. Once."""
        if monotonic() >= self.rings_at and self._terminate is not None:
            terminate, self._terminate = self._terminate, None
            self.rings_at = math.inf
            terminate()


watched: ContextVar[Watch | None] = ContextVar("activerecord_watch", default=None)


@contextmanager
def thread_deadline(seconds: float) -> Generator[None, None, None]:
    """Have the waits inside the block raise TimeoutError once that many seconds are over."""
    outer = _deadline.get()
    _deadline.set(min(outer, monotonic() + seconds))
    try:
        yield
    finally:
        _deadline.set(outer)


def block(wait: Callable[[float], bool], seconds: float | None = None) -> bool:
    """Call `wait(seconds)` until it answers True; False when `seconds` are over, TimeoutError at the deadline in force.

    `wait` takes -1 for ever, as a lock does. An interrupt breaks it off, but inside an unbroken watch.
    """
    end = math.inf if seconds is None else monotonic() + seconds
    while True:
        watch = watched.get()
        unbroken = watch is not None and watch.is_unbroken
        deadline = math.inf if unbroken else _deadline.get()
        next_look = min(end, deadline, math.inf if watch is None else watch.rings_at)
        try:
            if _wait_until(next_look, wait):
                return True
        except BaseException as error:
            if watch is not None:
                watch.strike(error)
            if not unbroken:
                raise
        if watch is not None:
            watch.ring_if_due()
        now = monotonic()
        if now >= end:
            return False
        if now >= deadline:
            raise TimeoutError("the deadline passed")


def _wait_until(time: float, wait: Callable[[float], bool]) -> bool:
    """What `wait` answers. A signal that is only noted breaks off no wait, so where they are held back it is a short one."""
    until = min(time, monotonic() + GLANCE) if interrupts.is_held() else time
    if wait(-1 if until == math.inf else max(0.0, until - monotonic())):
        return True
    if interrupts.is_noted() and interrupts.take():
        raise KeyboardInterrupt
    return False


def interrupted() -> bool:
    """Whether Ctrl-C was pressed and may break off what runs in this thread now. `take_interrupt` lets it through."""
    watch = watched.get()
    return interrupts.is_noted() and (watch is None or not watch.is_unbroken)


def take_interrupt() -> bool:
    """Whether there was a Ctrl-C to let through: who is told so raises KeyboardInterrupt."""
    return interrupted() and interrupts.take()


def block_for(seconds: float) -> None:
    """Sleep."""
    block(_never, seconds)


def _never(seconds: float) -> bool:
    sleep(seconds)
    return False
