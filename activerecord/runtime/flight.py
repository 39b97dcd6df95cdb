"""A driver's work in an asyncio task of its own, whose end is certain: by itself, by terminate(), or given up."""

import sys
from asyncio import AbstractEventLoop, Task, TimerHandle
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from activerecord.runtime.outcome import Outcome

__all__ = ["BREATH", "GRACE", "LOOKS", "MOMENT", "Flight"]

T = TypeVar("T")

GRACE = 5.0  # seconds: a server that is alive answers a cancel request within one or two
MOMENT = 0.5  # seconds: what terminate() cuts off needs a few turns of the loop to end, not a round trip

# What is late by the clock gets so many further looks, so many seconds apart. A loop that its program has blocked finds the
# bound over and the answer at hand at the same time: to read it, and to wake those who wait for it, takes it some turns.
LOOKS, BREATH = 5, 0.01

_given_up: set[Task[Any]] = set()  # asyncio itself holds its tasks weakly


class Flight(Generic[T]):
    """One piece of work under way. `landed` is called in the loop's thread, once, when it is over."""

    __slots__ = ("_alarm", "_landed", "_loop", "_terminate", "outcome", "over", "task")

    def __init__(
        self,
        loop: AbstractEventLoop,
        work: Coroutine[Any, Any, T],
        terminate: Callable[[], object] | None,
        landed: Callable[[], object],
    ) -> None:
        self.over = False
        self.outcome: Outcome[T] | None = None
        self._loop = loop
        self._terminate = terminate
        self._landed = landed
        self._alarm: TimerHandle | None = None
        self.task = loop.create_task(_Contained(work, self._land))

    def strike(self) -> None:
        """Cancel the work. Its own timeouts must go on to work in its clean-up: before 3.11.4 they take the request for theirs."""
        self.task.cancel()
        if sys.version_info < (3, 12):
            # takes back the count and not the cancellation; later Pythons might take back both
            self.task.uncancel()

    def limit(self, seconds: float) -> None:
        """From now on the work has this many seconds; then it is terminated, then cancelled, then given up."""
        if self._alarm is None and not self.over:
            self._alarm = self._loop.call_later(seconds, self._look_again, LOOKS)

    def unlimit(self) -> None:
        """Take the limit away, if it has not run out yet."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _land(self, outcome: Outcome[T]) -> None:
        self.unlimit()
        if self.over:
            _given_up.discard(self.task)
            return
        self.outcome = outcome
        self.over = True
        self._landed()

    def _look_again(self, looks: int) -> None:
        if looks:
            self._alarm = self._loop.call_later(BREATH, self._look_again, looks - 1)
        else:
            self._ring()

    def _ring(self) -> None:
        self._alarm = self._loop.call_later(MOMENT, self._force)
        if self._terminate is not None:
            self._terminate()

    def _force(self) -> None:
        self._alarm = self._loop.call_later(MOMENT, self._give_up)
        self.strike()

    def _give_up(self) -> None:
        _given_up.add(self.task)
        self.over = True
        self._landed()


class _Contained(Coroutine[Any, Any, None], Generic[T]):
    """A coroutine around the work that never raises, and tells the outcome in the very step in which the work ends.

    An interrupt or an exit is its caller's, and would end the loop that it went through. A task that is cancelled before
    its first step throws into its coroutine, which an `async def` would not notice.
    """

    __slots__ = ("_land", "_work")

    def __init__(self, work: Coroutine[Any, Any, T], land: Callable[[Outcome[T]], object]) -> None:
        self._work = work
        self._land = land

    def send(self, value: Any) -> Any:
        """See `Coroutine.send`."""
        return self._step(self._work.send, value)

    def throw(self, *error: Any) -> Any:
        """See `Coroutine.throw`."""
        return self._step(self._work.throw, *error)

    def close(self) -> None:
        """See `Coroutine.close`."""
        self._work.close()

    def __await__(self) -> Any:
        return self

    def _step(self, step: Callable[..., Any], *argument: Any) -> Any:
        try:
            return step(*argument)
        except StopIteration as done:
            outcome: Outcome[T] = Outcome(value=done.value)
        except BaseException as error:  # noqa: BLE001  # raised in the caller
            outcome = Outcome(error=error)
        self._land(outcome)
        raise StopIteration
