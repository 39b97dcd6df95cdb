"""The host of asyncio-only drivers under trio: an asyncio loop is turned inside trio, without a thread."""

import math
from collections.abc import Callable, Coroutine
from typing import Any, Literal, NoReturn, TypeVar

import trio

from activerecord.runtime.flight import GRACE, Flight
from activerecord.runtime.guest_loop import GuestLoop
from activerecord.runtime.keeper import keeper
from activerecord.runtime.outcome import conclude

__all__ = ["Guest", "guest"]

T = TypeVar("T")

POLL = (
    0.005  # seconds: how often a second caller looks again while the run of trio is ending and nobody drives the loop
)
CLOSING = 5.0  # seconds: for the loop's own tasks, generators and threads to end

_guest: "trio.lowlevel.RunVar[Guest | None]" = trio.lowlevel.RunVar("activerecord_guest", None)


def guest() -> "Guest":
    """The guest of the running trio; it ends with it."""
    found = _guest.get()
    if found is None or found.loop.is_closed():
        found = keeper().ground(Guest)
        _guest.set(found)
    return found


class Guest:
    """One run of trio with an asyncio loop in it.

    A system task waits until the loop's selector has something to tell or a timer is due, and turns it. Once system
    tasks are gone, at the end of the run, whoever has called turns the loop itself.
    """

    def __init__(self) -> None:
        self.loop = GuestLoop(self._rearm)
        self._state: Literal["new", "driven", "ended"] = "new"
        self._waiting: trio.CancelScope | None = None
        self._wakes_at = math.inf
        self._flights = 0

    @trio.lowlevel.enable_ki_protection
    async def call(
        self,
        work: Coroutine[Any, Any, T],
        *,
        orphan: Callable[[T], object] | None = None,
        grace: float = GRACE,
        terminate: Callable[[], object] | None = None,
    ) -> T:
        """Run `work` in the guest loop; see `Host.call`."""
        caller = _Caller()
        flight = self._take_off(work, terminate, caller)
        caller.on_strike = lambda: _break_off(flight, grace)
        if not self._is_driven():
            flight.limit(grace)  # nothing else would bound what a finaliser waits for
        await self._land(flight, caller)
        return conclude(flight.outcome, caller.struck, orphan)

    @trio.lowlevel.enable_ki_protection
    async def finish(self, work: Coroutine[Any, Any, T], *, bound: float, terminate: Callable[[], object]) -> T:
        """Run `work` to its end, whatever happens to the caller; see `Host.finish`."""
        caller = _Caller()
        flight = self._take_off(work, terminate, caller)
        flight.limit(bound)
        await self._land(flight, caller)
        return conclude(flight.outcome, caller.struck)

    async def close(self) -> None:
        """Wind the loop up and close it."""
        try:
            await self.finish(self.loop.wind_up(), bound=CLOSING, terminate=_nothing)
        finally:
            self.loop.close()

    def _take_off(
        self, work: Coroutine[Any, Any, T], terminate: Callable[[], object] | None, caller: "_Caller"
    ) -> Flight[T]:
        """The work, begun here and now: most of it sends something first."""
        return self.loop.launch(lambda: Flight(self.loop, work, terminate, caller.wake))

    async def _land(self, flight: Flight[Any], caller: "_Caller") -> None:
        """Wait until the flight is over. A cancellation is noted in the caller."""
        self._flights += 1
        try:
            if flight.over:
                self.loop.turn()  # its timers are swept away, though nobody else may get to turn the loop
                return
            if self._is_driven():
                self._rearm(self.loop.due())
                await caller.blocked()
            else:
                await self._turn_until_over(flight, caller)
        finally:
            self._flights -= 1

    async def _turn_until_over(self, flight: Flight[Any], caller: "_Caller") -> None:
        with trio.CancelScope() as shelter:
            while not flight.over:
                try:
                    await self._idle()
                except (trio.Cancelled, KeyboardInterrupt) as error:
                    caller.strike(error)
                    shelter.shield = True
                self.loop.turn()

    def _is_driven(self) -> bool:
        if self._state == "new":
            try:
                trio.lowlevel.spawn_system_task(self._drive)
                self._state = "driven"
            except RuntimeError:  # the run is ending
                self._state = "ended"
        return self._state == "driven"

    async def _drive(self) -> None:
        try:
            while True:
                self.loop.turn()
                await self._idle()
        except trio.Cancelled:
            with trio.CancelScope(shield=True):
                while self._flights:  # of other system tasks, which are being cancelled as well
                    self.loop.turn()
                    await self._idle()
            raise
        finally:
            self._state = "ended"

    async def _idle(self) -> None:
        """Wait until the loop wants another turn; never without a checkpoint."""
        due = self.loop.due()
        patience = due - self.loop.time()
        if patience <= 0:
            await trio.lowlevel.checkpoint()
        elif self._waiting is not None:
            await trio.sleep(min(patience, POLL))
        else:
            self._wakes_at = due
            self._waiting = trio.CancelScope(deadline=trio.current_time() + patience)
            with self._waiting:
                try:
                    await trio.lowlevel.wait_readable(self.loop.selector_fileno())
                finally:
                    self._waiting = None

    def _rearm(self, when: float) -> None:
        """Wake whoever waits for the loop if something is due before that."""
        if self._waiting is not None and when < self._wakes_at:
            self._waiting.cancel()


class _Caller:
    """The trio task that awaits a host. Rescheduled only if it is blocked: work may be over before it gets so far.

    `struck` is the last cancellation that came meanwhile; the first calls `on_strike`.
    """

    __slots__ = ("_is_blocked", "_task", "on_strike", "struck")

    def __init__(self) -> None:
        self._task = trio.lowlevel.current_task()
        self._is_blocked = False
        self.struck: BaseException | None = None
        self.on_strike: Callable[[], object] = _nothing

    def wake(self) -> None:
        if self._is_blocked:
            self._is_blocked = False
            trio.lowlevel.reschedule(self._task)

    async def blocked(self) -> None:
        """Wait for `wake`. A cancellation does not end the wait: the call has to end first."""
        self._is_blocked = True
        await trio.lowlevel.wait_task_rescheduled(self._outlast)

    def strike(self, error: BaseException) -> None:
        first, self.struck = self.struck is None, error
        if first:
            self.on_strike()

    def _outlast(self, raise_cancel: Callable[[], NoReturn]) -> trio.lowlevel.Abort:
        try:
            raise_cancel()
        except BaseException as error:  # noqa: BLE001  # raised again once the call has ended
            self.strike(error)
        return trio.lowlevel.Abort.FAILED


def _break_off(flight: Flight[Any], grace: float) -> None:
    flight.strike()
    flight.limit(grace)


def _nothing() -> None:
    pass
