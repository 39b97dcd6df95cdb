"""One value per running loop, closed when that loop ends."""

import asyncio
import weakref
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

from activerecord.runtime.backend import token
from activerecord.runtime.fork import bury, on_fork
from activerecord.runtime.hosts import host
from activerecord.runtime.keeper import Keeper, keeper, sweep

__all__ = ["LoopLocal"]

T = TypeVar("T")


class LoopLocal(Generic[T]):
    """A value for each running loop, and in plain sync code for each thread; made on first use.

    It is closed when the loop ends (`asyncio.run`, `uvloop.run`, `trio.run`, `anyio.run`, also by an error), in plain
    sync code when the thread does, or at exit: `close` gets `bound` seconds, shielded from cancellations; then
    `terminate` is called, which must not wait or fail. The values of a loop that was closed without finalising its
    async generators are terminated at the next `get` anywhere. A forked child forgets all values without closing them.
    """

    def __init__(
        self,
        make: Callable[[], T],
        close: Callable[[T], Coroutine[Any, Any, None]],
        terminate: Callable[[T], object],
        *,
        bound: float = 5.0,
    ) -> None:
        self.make = make
        self.close = close
        self.terminate = terminate
        self.bound = bound
        self._held: dict[Hashable, _Held[T]] = {}
        _all.add(self)

    def peek(self) -> T | None:
        """The running loop's value if it was made."""
        held = self._held.get(token())
        return None if held is None else held.value

    def get(self) -> T:
        """The running loop's value."""
        run = token()
        held = self._held.get(run)
        if held is None:
            sweep()
            kept = keeper()
            held = self._held[run] = _Held(self, kept, self.make())
            kept.hold(held)
        return held.value

    async def aclose(self) -> None:
        """Close the running loop's value now; the next `get` makes another."""
        held = self._held.get(token())
        if held is not None:
            await held.close()

    def discard(self) -> T | None:
        """Forget every value, of every loop, and terminate those of other loops: in the loop's own thread if it runs.

        The running loop's own is given back, for the caller to close.
        """
        own = self._held.pop(token(), None)
        for held in list(self._held.values()):
            held.discard()
        if own is None:
            return None
        own.keeper.release(own)
        return own.value

    def forget(self, held: "_Held[T]") -> bool:
        """Take a value out; False if that was done before."""
        if self._held.get(held.keeper.run) is not held:
            return False
        del self._held[held.keeper.run]
        held.keeper.release(held)
        return True

    def bury(self) -> None:
        """Forget what was inherited by a fork."""
        bury(dict(self._held))
        self._held.clear()


class _Held(Generic[T]):
    """A value in the hands of its loop's keeper."""

    def __init__(self, local: LoopLocal[T], kept: Keeper, value: T) -> None:
        self.local = local
        self.keeper = kept
        self.value = value

    async def close(self) -> None:
        """End the value in good order."""
        if self.local.forget(self):
            await host(asyncio_only=False).finish(
                self.local.close(self.value), bound=self.local.bound, terminate=self._terminate
            )

    def abandon(self) -> None:
        """End the value at once, its loop being gone."""
        if self.local.forget(self):
            self._terminate()

    def discard(self) -> None:
        """End the value at once, in the thread of its loop if that runs."""
        if self.local.forget(self):
            _in_thread_of(self.keeper.run, self._terminate)

    def _terminate(self) -> None:
        self.local.terminate(self.value)


def _in_thread_of(run: Hashable, call: Callable[[], object]) -> None:
    send: Callable[[Callable[[], object]], object] | None = getattr(run, "run_sync_soon", None)
    if isinstance(run, asyncio.AbstractEventLoop) and run.is_running():
        send = run.call_soon_threadsafe
    try:
        (send or _at_once)(call)
    except RuntimeError:  # the loop ended at this very moment
        call()


def _at_once(call: Callable[[], object]) -> None:
    call()


_all: "weakref.WeakSet[LoopLocal[Any]]" = weakref.WeakSet()


def _after_fork() -> None:
    for local in list(_all):
        local.bury()


on_fork(_after_fork)
