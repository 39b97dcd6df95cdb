"""The host of asyncio-only drivers in plain sync code: a private loop of the thread, turned while a call lasts."""

import math
import signal
from asyncio import TimerHandle, events
from collections.abc import Callable, Coroutine
from types import FrameType, TracebackType
from typing import Any, Self, TypeVar

from activerecord.errors import UsageError
from activerecord.runtime.flight import GRACE, Flight
from activerecord.runtime.interrupts import is_held, is_noted, is_raised_here, set_handler, take
from activerecord.runtime.keeper import keeper
from activerecord.runtime.outcome import conclude
from activerecord.runtime.own_loop import OwnLoop
from activerecord.runtime.thread_deadline import Expired, expired, next_deadline

__all__ = ["Direct", "direct"]

T = TypeVar("T")

CLOSING = 5.0  # seconds: for the loop's own tasks, generators and threads to end

_TICK = 0.001  # seconds

_TURNS = 5  # a connection's last words, its end, what TLS makes of that, and telling its protocol


def direct() -> "Direct":
    """The host of the running thread, with the thread's private loop; it ends with the thread."""
    return keeper().ground(Direct)


class Direct:
    """One thread without an event loop of the user's. No task exists but while a driver's call is under way."""

    def __init__(self) -> None:
        self.loop = OwnLoop()

    async def call(
        self,
        work: Coroutine[Any, Any, T],
        *,
        orphan: Callable[[T], object] | None = None,
        grace: float = GRACE,
        terminate: Callable[[], object] | None = None,
    ) -> T:
        """Turn the private loop until `work` is done; see `Host.call`. What cancels it is Ctrl-C, or a deadline."""
        self._check()
        if (over := expired()) is not None:
            work.close()
            raise over
        with _Interrupts(self.loop, until=next_deadline()) as interrupts:
            flight = Flight(self.loop, work, terminate, self.loop.stop)
            self._turn_until(flight, interrupts, stop_for_interrupt=True)
            if flight.over:
                interrupts.forgive()
            else:
                flight.strike()
                flight.limit(grace)
                self._turn_until(flight, interrupts)
        return conclude(flight.outcome, interrupts.struck, orphan)

    async def finish(self, work: Coroutine[Any, Any, T], *, bound: float, terminate: Callable[[], object]) -> T:
        """Run `work` to its end; an interrupt, or a deadline that has passed, is raised after it. See `Host.finish`."""
        self._check()
        with _Interrupts(self.loop) as interrupts:
            flight = Flight(self.loop, work, terminate, self.loop.stop)
            flight.limit(bound)
            self._turn_until(flight, interrupts)
        return conclude(flight.outcome, interrupts.struck or expired())

    def catch_up(self) -> None:
        """Let the loop hear what came while nobody turned it. It waits for nothing."""
        self._check()
        for _ in range(_TURNS):
            self.loop.call_soon(self.loop.stop)
            self.loop.run_forever()

    async def close(self) -> None:
        """Wind the loop up and close it."""
        try:
            await self.finish(self.loop.wind_up(), bound=CLOSING, terminate=_nothing)
        finally:
            self.loop.close()

    def _check(self) -> None:
        if events._get_running_loop() is not None:
            raise UsageError("this host was found in plain sync code and is used under a running event loop: ask anew")

    def _turn_until(self, flight: Flight[Any], interrupts: "_Interrupts", *, stop_for_interrupt: bool = False) -> None:
        while not flight.over and not (stop_for_interrupt and interrupts.struck is not None):
            try:
                self.loop.run_forever()
            except BaseException as error:  # noqa: BLE001  # from a handler of signals; raised when the call has ended
                interrupts.struck = error


class _Interrupts:
    """While it is entered, Ctrl-C is noted and stops the loop, instead of breaking off whatever the loop is doing.

    Only Python's own handler is replaced: one of the user's may raise where it likes, and is caught a level higher. A
    deadline that passes, at the time `until`, does the same.
    """

    __slots__ = ("_loop", "_replaced", "_timer", "_until", "struck")

    def __init__(self, loop: OwnLoop, *, until: float = math.inf) -> None:
        self._loop = loop
        self._until = until
        self._timer: TimerHandle | None = None
        self._replaced: Any = None
        # one that was held back until now is let through here
        self.struck: BaseException | None = KeyboardInterrupt() if is_noted() and take() else None

    def __enter__(self) -> Self:
        if is_held() or is_raised_here():
            self._replaced = set_handler(signal.SIGINT, self._note)
        if self._until < math.inf:
            # a loop's clock is the monotonic one, and may ring a tick too early
            self._timer = self._loop.call_at(self._until + _TICK, self._expire)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._replaced is not None:
            set_handler(signal.SIGINT, self._replaced)
        if self._timer is not None:
            self._timer.cancel()

    def forgive(self) -> None:
        """What the work has answered came in time, though the deadline passed in the very turn of the loop."""
        if isinstance(self.struck, Expired):
            self.struck = None

    def _expire(self) -> None:
        if self.struck is None:
            self.struck = expired()
            self._loop.stop()

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.struck = KeyboardInterrupt()
        self._loop.call_soon_threadsafe(self._loop.stop)


def _nothing() -> None:
    pass
