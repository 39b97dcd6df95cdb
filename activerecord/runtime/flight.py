"""A driver's work in an asyncio task of its own, whose end is certain: by itself, by terminate(), or given up."""

from asyncio import AbstractEventLoop, CancelledError, Task, TimerHandle
from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

from activerecord.runtime.outcome import Outcome, captured

__all__ = ["GRACE", "MOMENT", "Flight"]

T = TypeVar("T")

GRACE = 5.0  # seconds: a server that is alive answers a cancel request within one or two
MOMENT = 0.5  # seconds: what terminate() cuts off needs a few turns of the loop to end, not a round trip

_given_up: set[Task[Any]] = set()  # asyncio itself holds its tasks weakly


class Flight(Generic[T]):
    """One piece of work under way. `landed` is called in the loop's thread, once, when it is over."""

    __slots__ = ("_alarm", "_landed", "_loop", "_terminate", "over", "task")

    def __init__(
        self,
        loop: AbstractEventLoop,
        work: Awaitable[T],
        terminate: Callable[[], object] | None,
        landed: Callable[[], object],
    ) -> None:
        self.over = False
        self._loop = loop
        self._terminate = terminate
        self._landed = landed
        self._alarm: TimerHandle | None = None
        self.task = loop.create_task(captured(work))
        self.task.add_done_callback(self._land)

    def limit(self, seconds: float) -> None:
        """From now on the work has this many seconds; then it is terminated, then cancelled, then given up."""
        if self._alarm is None and not self.over:
            self._alarm = self._loop.call_later(seconds, self._ring)

    def unlimit(self) -> None:
        """Take the limit away, if it has not run out yet."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def outcome(self) -> Outcome[T] | None:
        """What came of it once it is over; None if it was given up."""
        if not self.task.done():
            return None
        return Outcome(error=CancelledError()) if self.task.cancelled() else self.task.result()

    def _land(self, _: object) -> None:
        _given_up.discard(self.task)
        self.unlimit()
        if not self.over:
            self.over = True
            self._landed()

    def _ring(self) -> None:
        self._alarm = self._loop.call_later(MOMENT, self._force)
        if self._terminate is not None:
            self._terminate()

    def _force(self) -> None:
        self._alarm = self._loop.call_later(MOMENT, self._give_up)
        self.task.cancel()

    def _give_up(self) -> None:
        _given_up.add(self.task)
        self.over = True
        self._landed()
