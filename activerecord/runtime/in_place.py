"""The host of drivers that need no asyncio, in plain sync code: their work runs where it is and blocks the thread."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from activerecord.runtime.flight import GRACE
from activerecord.runtime.outcome import Outcome, captured, conclude
from activerecord.runtime.thread_deadline import expired
from activerecord.runtime.thread_wait import Watch, watched

__all__ = ["InPlace"]

T = TypeVar("T")


class InPlace:
    """A thread without a loop. What interrupts a call is raised in the wait that it struck, once; so is a deadline."""

    __slots__ = ()

    async def call(
        self,
        work: Coroutine[Any, Any, T],
        *,
        orphan: Callable[[T], object] | None = None,
        grace: float = GRACE,
        terminate: Callable[[], object] | None = None,
    ) -> T:
        """Run `work`; see `Host.call`. Past a deadline it is not begun."""
        if (over := expired()) is not None:
            work.close()
            raise over
        watch = Watch(grace, terminate)
        return conclude(await _run(work, watch), watch.struck, orphan)

    async def finish(self, work: Coroutine[Any, Any, T], *, bound: float, terminate: Callable[[], object]) -> T:
        """Run `work` to its end; an interrupt, or a deadline that has passed, is raised after it. See `Host.finish`."""
        watch = Watch(bound, terminate, unbroken=True)
        watch.begin()
        return conclude(await _run(work, watch), watch.struck or expired())


async def _run(work: Coroutine[Any, Any, T], watch: Watch) -> Outcome[T]:
    outer = watched.get()
    watched.set(watch)
    try:
        return await captured(work)
    finally:
        watched.set(outer)
