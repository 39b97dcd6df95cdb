"""An asyncio loop that somebody else turns, a bounded number of passes at a time."""

import math
import sys
from asyncio import Handle, TimerHandle, events
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextvars import Context
from threading import get_ident
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar, TypeVarTuple

import sniffio

from activerecord.runtime.own_loop import OwnLoop

__all__ = ["GuestLoop"]

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

PASSES = 16  # in one turn, after its look at the selector: a chain of callbacks that answers a packet is shorter
TURN = 0.001  # seconds: the longest that a turn goes on while others wait, though a single pass is never cut


class GuestLoop(OwnLoop):
    """Turned by its host. `rearm(when)` is called as soon as something is due at `when` that was scheduled from outside.

    A turn does what `run_forever` does between its beginning and its end, without the cost of either (docs/design.md has
    the figures).
    """

    if TYPE_CHECKING:
        # The loop's own queues, which tell exactly what is due; a second book kept beside them has lost timers before.
        _ready: deque[Handle]
        _scheduled: list[TimerHandle]
        # What asyncio's event loops have had since Python 3.7; without one of them no call of the guest would work.
        _asyncgen_firstiter_hook: Callable[[AsyncGenerator[Any, Any]], None]
        _asyncgen_finalizer_hook: Callable[[AsyncGenerator[Any, Any]], None]

        def _check_closed(self) -> None: ...
        def _run_once(self) -> None: ...

    _thread_id: int | None
    _stopping: bool

    def __init__(self, rearm: Callable[[float], object]) -> None:
        self._rearm = rearm
        super().__init__()

    def call_soon(self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None) -> Handle:
        """See `AbstractEventLoop.call_soon`."""
        handle = super().call_soon(callback, *args, context=context)
        if self._thread_id is None:
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
        if self._thread_id is None:
            self._rearm(when)
        return handle

    def due(self) -> float:
        """When the loop wants its next turn, by its own clock, input and output apart: -inf is now, inf is never.

        A timer that was cancelled may still be counted: a turn too many, after which it is gone.
        """
        if self._ready:
            return -math.inf
        return self._scheduled[0].when() if self._scheduled else math.inf

    def launch(self, make: Callable[[], T]) -> T:
        """What `make` gives, called inside the loop. What it has scheduled for now is begun at once."""
        return self._inside(lambda: self._launch(make))

    def turn(self) -> None:
        """Run what is ready, without blocking and without starving the host."""
        self._inside(self._turn)

    def _launch(self, make: Callable[[], T]) -> T:
        made = make()
        # A look at the selector would cost more than all the rest, and what it found would not be what was made.
        self._run_ready()
        return made

    def _turn(self) -> None:
        end = monotonic() + TURN
        self._stopping = True  # so that the pass polls and does not wait
        try:
            self._run_once()
        except BaseException as error:  # noqa: BLE001  # raised by a callback that has no caller
            self._complain(error)
        for _ in range(PASSES):
            if not self._ready or monotonic() >= end:
                break
            self._run_ready()

    def _run_ready(self) -> None:
        """One pass over what is ready now, leaving the selector and the timers alone."""
        ready = self._ready
        for _ in range(len(ready)):
            handle = ready.popleft()
            try:
                if not handle.cancelled():
                    handle._run()
            except BaseException as error:  # noqa: BLE001  # raised by a callback that has no caller
                self._complain(error)

    def _inside(self, body: Callable[[], T]) -> T:
        """Call `body` as if the loop ran, with the host set aside."""
        self._check_closed()
        name, sniffio.thread_local.name = sniffio.thread_local.name, "asyncio"
        host = events._get_running_loop()  # trio may itself be a guest of asyncio
        generators = sys.get_asyncgen_hooks()
        events._set_running_loop(self)
        self._thread_id = get_ident()
        sys.set_asyncgen_hooks(firstiter=self._asyncgen_firstiter_hook, finalizer=self._asyncgen_finalizer_hook)
        try:
            return body()
        finally:
            sys.set_asyncgen_hooks(*generators)
            self._thread_id = None
            events._set_running_loop(host)
            sniffio.thread_local.name = name

    def _complain(self, error: BaseException) -> None:
        self.call_exception_handler({"message": "an asyncio callback raised through the loop", "exception": error})
