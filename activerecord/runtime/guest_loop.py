"""An asyncio loop that somebody else turns, a bounded number of passes at a time."""

import math
from asyncio import Handle, TimerHandle, events
from collections import deque
from collections.abc import Callable
from contextvars import Context
from time import monotonic
from typing import TypeVarTuple

import sniffio

from activerecord.runtime.own_loop import OwnLoop

__all__ = ["GuestLoop"]

Ts = TypeVarTuple("Ts")

PASSES = 16  # in one turn: a chain of callbacks that answers a packet is shorter
TURN = 0.001  # seconds: the longest that a turn goes on while others wait, though a single pass is never cut


class GuestLoop(OwnLoop):
    """Turned by its host. `rearm(when)` is called as soon as something is due at `when` that was scheduled from outside."""

    # The loop's own queues, which tell exactly what is due; a second book kept beside them has lost timers before.
    _ready: deque[Handle]
    _scheduled: list[TimerHandle]

    def __init__(self, rearm: Callable[[float], object]) -> None:
        self._rearm = rearm
        self._turning = False
        super().__init__()

    def call_soon(self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None) -> Handle:
        """See `AbstractEventLoop.call_soon`."""
        handle = super().call_soon(callback, *args, context=context)
        if not self._turning:
            self._rearm(-math.inf)
        return handle

    def call_at(
        self,
        when: float,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> TimerHandle:
        """See `AbstractEventLoop.call_at`."""
        handle = super().call_at(when, callback, *args, context=context)
        if not self._turning:
            self._rearm(when)
        return handle

    def due(self) -> float:
        """When the loop wants its next turn, by its own clock, input and output apart: -inf is now, inf is never.

        A timer that was cancelled may still be counted: a turn too many, after which it is gone.
        """
        if self._ready:
            return -math.inf
        return self._scheduled[0].when() if self._scheduled else math.inf

    def turn(self, passes: int = PASSES) -> None:
        """Run what is ready, without blocking and without starving the host, which is set aside meanwhile."""
        name, sniffio.thread_local.name = sniffio.thread_local.name, "asyncio"
        host = events._get_running_loop()  # trio may itself be a guest of asyncio
        events._set_running_loop(None)
        self._turning = True
        end = monotonic() + TURN
        try:
            self._pass()
            while passes > 1 and self._ready and monotonic() < end:
                passes -= 1
                self._pass()
        finally:
            self._turning = False
            events._set_running_loop(host)
            sniffio.thread_local.name = name

    def _pass(self) -> None:
        self.stop()  # before run_forever: it polls once, runs what is ready, and returns
        try:
            self.run_forever()
        except BaseException as error:  # noqa: BLE001  # raised by a callback that has no caller
            self.call_exception_handler({"message": "an asyncio callback raised through the loop", "exception": error})
