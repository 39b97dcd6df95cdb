"""The host of drivers that need no asyncio, under trio: their work runs in the caller's own task."""

import logging
import math
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import outcome as trio_outcome
import trio

from activerecord.runtime.flight import BREATH, GRACE, LOOKS, MOMENT
from activerecord.runtime.outcome import Outcome, captured, conclude
from activerecord.runtime.stepping import stepped
from activerecord.runtime.thread_wait import Watch, watched

__all__ = ["TrioInPlace"]

T = TypeVar("T")

_log = logging.getLogger("activerecord")


class TrioInPlace:
    """A run of trio. Its scopes cancel at every await; here a call is struck once and sheltered from then on."""

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
        shelter = trio.CancelScope()
        alarm = _Alarm(shelter, grace, terminate)
        caller = _Caller(shelter, alarm)
        result: Outcome[T] | None = None
        with shelter:
            result = await captured(stepped(work, paused=caller.shelter_if_struck, resumed=caller.note))
            caller.leave()
        return conclude(alarm.uncut(result), caller.cancellation, orphan)

    async def finish(self, work: Coroutine[Any, Any, T], *, bound: float, terminate: Callable[[], object]) -> T:
        """Run `work` to its end, whatever happens to the caller; see `Host.finish`."""
        watch, outer = Watch(bound, terminate, unbroken=True), watched.get()
        watched.set(watch)
        shelter = trio.CancelScope(shield=True)
        alarm = _Alarm(shelter, bound, terminate)
        result: Outcome[T] | None = None
        with shelter:
            result = await captured(stepped(work, paused=alarm.start))
            alarm.stop()
        watched.set(outer)
        return conclude(alarm.uncut(result), watch.struck or await _cancellation())


class _Caller:
    """The task that awaits a call in place, and whether it was cancelled: by a scope outside of the call, that is."""

    __slots__ = ("_alarm", "_shelter", "_struck", "cancellation")

    def __init__(self, shelter: trio.CancelScope, alarm: "_Alarm") -> None:
        self._shelter = shelter
        self._alarm = alarm
        self._struck: BaseException | None = None
        self.cancellation: BaseException | None = None

    def note(self, sent: object) -> None:
        """Look at what wakes the work. trio sends errors as values, to be unwrapped on the inside."""
        error = sent.error if isinstance(sent, trio_outcome.Error) else sent
        if isinstance(error, KeyboardInterrupt):
            self._accept(error)
        elif isinstance(error, trio.Cancelled) and self.cancellation is None:
            self._struck = error
            if self._comes_from_outside():
                self._accept(error)

    def shelter_if_struck(self) -> None:
        """The work waits again after it was struck: in its clean-up, if the cancellation was the caller's.

        Not earlier: a scope of the work's own must still see the cancellation on its way out, and the one that trio's
        checkpoints open for themselves has hidden until now who was cancelled.
        """
        if self._struck is not None and self.cancellation is None and _is_cancelled() and self._comes_from_outside():
            self._accept(self._struck)
        self._struck = None
        if self.cancellation is not None:
            self._shelter.shield = True

    def leave(self) -> None:
        """The work has ended, and left all the scopes of its own."""
        self._alarm.stop()
        if self._struck is not None and self.cancellation is None and _is_cancelled():
            self.cancellation = self._struck

    def _accept(self, error: BaseException) -> None:
        self.cancellation = error
        self._alarm.start()

    def _comes_from_outside(self) -> bool:
        """Whether the cancellation in force is one that a shield around the work would keep out."""
        self._shelter.shield = True
        outside = not _is_cancelled()
        self._shelter.shield = False
        return outside


class _Alarm:
    """Terminates what goes on too long, and soon after cuts it off by cancelling its shelter."""

    def __init__(self, shelter: trio.CancelScope, seconds: float, terminate: Callable[[], object] | None) -> None:
        self._shelter = shelter
        self._seconds = seconds
        self._terminate = terminate
        self._scope: trio.CancelScope | None = None
        self._timer: threading.Timer | None = None

    def start(self) -> None:
        """Let the seconds count from now on, if they do not yet."""
        if self._scope is not None:
            return
        self._scope = trio.CancelScope()
        try:
            trio.lowlevel.spawn_system_task(self._wait)
        except RuntimeError:  # the run is ending, and has no more system tasks
            self._wait_in_thread(trio.lowlevel.current_trio_token())

    def stop(self) -> None:
        if self._scope is not None:
            self._scope.cancel()
        if self._timer is not None:
            self._timer.cancel()

    def uncut(self, outcome: Outcome[T] | None) -> Outcome[T] | None:
        """The outcome, or None if the work ended only because it was cut off."""
        cut = self._shelter.cancel_called and outcome is not None and isinstance(outcome.error, trio.Cancelled)
        return None if cut else outcome

    async def _wait(self) -> None:
        assert self._scope is not None
        with self._scope:
            await trio.sleep(self._seconds)
            for _ in range(LOOKS):
                await trio.sleep(BREATH)
            self._ring()
            await trio.sleep(MOMENT)
            self._shelter.cancel()

    def _wait_in_thread(self, token: trio.lowlevel.TrioToken) -> None:
        def ring() -> None:
            self._ring()
            self._shelter.cancel()

        self._timer = threading.Timer(self._seconds, token.run_sync_soon, [ring])
        self._timer.daemon = True
        self._timer.start()

    def _ring(self) -> None:
        try:
            if self._terminate is not None:
                self._terminate()
        except Exception:  # noqa: BLE001  # in a system task it would end the whole run
            _log.exception("terminating a connection failed")


def _is_cancelled() -> bool:
    return trio.current_effective_deadline() == -math.inf


async def _cancellation() -> BaseException | None:
    try:
        await trio.lowlevel.checkpoint_if_cancelled()
    except (trio.Cancelled, KeyboardInterrupt) as error:
        return error
    return None
