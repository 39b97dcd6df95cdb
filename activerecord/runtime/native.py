"""The host under asyncio: a driver's awaits land where they are."""

from asyncio import AbstractEventLoop, CancelledError, Future, Task, current_task
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar, cast

from activerecord.runtime.flight import GRACE, Flight
from activerecord.runtime.outcome import conclude, foreign
from activerecord.runtime.shield import shielded
from activerecord.runtime.stepping import stepped

__all__ = ["Native"]

T = TypeVar("T")


class Native:
    """asyncio, whatever its loop.

    Work is awaited in place until a cancellation comes; what is left of it then moves to a task of its own, because anyio
    cancels again at every await and its shields do not stop `Task.cancel`.
    """

    __slots__ = ()

    async def call(
        self,
        work: Coroutine[Any, Any, T],
        *,
        orphan: Callable[[T], object] | None = None,
        grace: float = GRACE,
        terminate: Callable[[], object] | None = None,
    ) -> T:
        """Await `work`; see `Host.call`."""
        caller = _Caller()
        try:
            value = await stepped(work, leave=caller.is_struck)
        except CancelledError as error:
            if caller.is_cancelled():
                raise
            raise foreign(error) from error
        if caller.struck is None:
            return value
        rest = cast("Coroutine[Any, Any, T]", stepped(work, error=caller.struck, paused=caller.reconsider))
        flight = Flight(caller.loop, rest, terminate, caller.wake)
        await caller.see_out(flight, grace)
        return conclude(flight.outcome, caller.struck if caller.is_cancelled() else None, orphan)

    async def finish(self, work: Coroutine[Any, Any, T], *, bound: float, terminate: Callable[[], object]) -> T:
        """Run `work` to its end, whatever happens to the caller; see `Host.finish`."""
        caller = _Caller()
        flight = Flight(caller.loop, work, terminate, caller.wake)
        flight.limit(bound)
        await caller.outlast(flight)
        return conclude(flight.outcome, caller.struck)


class _Caller:
    """The task that awaits a host, and the cancellation that struck it meanwhile."""

    # what most calls never need
    _bell: Future[None] | None = None
    _sheltered = False
    struck: CancelledError | None = None

    def __init__(self) -> None:
        task = current_task()
        assert task is not None
        self._task: Task[Any] = task
        # A cancellation that was asked for but not delivered yet is counted already, and is news all the same.
        self._before = task.cancelling() - bool(getattr(task, "_must_cancel", False))

    @property
    def loop(self) -> AbstractEventLoop:
        """The task's own."""
        return self._task.get_loop()

    def is_cancelled(self) -> bool:
        """Whether it is the caller that was cancelled: a timeout inside the work takes its own request back."""
        return self._task.cancelling() > self._before

    def is_struck(self, error: CancelledError) -> bool:
        """Note a CancelledError that came by way of the caller's task, rather than from a future that was cancelled."""
        if self.is_cancelled():
            self.struck = error
        return self.struck is not None

    def reconsider(self) -> None:
        """Once the work has taken its own timeout back, wake the caller: it may be cancelled in earnest again."""
        if self._sheltered and not self.is_cancelled():
            self.wake()

    def wake(self) -> None:
        if self._bell is not None and not self._bell.done():
            self._bell.set_result(None)

    async def see_out(self, flight: Flight[Any], grace: float) -> None:
        """Wait for the work that a cancellation went into. If that was not the caller's, the next one goes in too."""
        while not flight.over:
            if self.is_cancelled():
                flight.limit(grace)
                await self._pause_shielded()
            else:
                flight.unlimit()
                if await self._is_struck_in_pause() and self.is_cancelled():
                    flight.strike()

    async def outlast(self, flight: Flight[Any]) -> None:
        """Wait for work that no cancellation may reach."""
        while not flight.over:
            if self.struck is None:
                await self._is_struck_in_pause()
            else:
                await self._pause_shielded()

    async def _pause_shielded(self) -> None:
        """Wait, struck already: that is what is delivered. A later one may be of the work's own timeout, which knows this task."""
        struck = self.struck
        self._sheltered = True
        await shielded(self._is_struck_in_pause())
        self._sheltered = False
        self.struck = struck

    async def _is_struck_in_pause(self) -> bool:
        """Wait until woken or struck; a wake that finds nobody waiting is seen by the loops above, which look first."""
        self._bell = self.loop.create_future()
        try:
            await self._bell
        except CancelledError as error:
            self.struck = error
            return True
        return False
