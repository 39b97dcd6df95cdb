"""The bell of a trio task."""

import threading
from collections.abc import Callable
from contextlib import suppress

import trio

from activerecord.runtime.backend import backend
from activerecord.runtime.thread_wait import watched

__all__ = ["TrioBell"]


class TrioBell:
    """See `activerecord.runtime.bells.Bell`."""

    __slots__ = ("_event", "_is_rung", "_thread", "_token")

    def __init__(self) -> None:
        self._event = trio.Event()
        self._is_rung = False
        self._token = trio.lowlevel.current_trio_token()
        self._thread = threading.get_ident()

    def ring(self) -> None:
        """See `Bell.ring`."""
        self._is_rung = True
        if (
            threading.get_ident() == self._thread
            and backend() == "trio"
            and trio.lowlevel.current_trio_token() is self._token
        ):
            self._event.set()
            return
        # A run that has ended says RunFinishedError, one that has crashed may have closed what would wake it: nobody waits.
        with suppress(RuntimeError, OSError):
            self._token.run_sync_soon(self._event.set)

    async def wait(self, timeout: float | None) -> bool:
        """See `Bell.wait`."""
        if timeout is None:
            await self._pause()
        else:
            with trio.move_on_after(timeout):
                await self._pause()
        return self._is_rung

    async def outlast(self, cancel: Callable[[], object]) -> None:
        """See `Bell.outlast`."""
        try:
            await self._pause()
        except (trio.Cancelled, KeyboardInterrupt):
            cancel()
            with trio.CancelScope(shield=True):
                while not self._is_rung:
                    try:
                        await self._event.wait()
                    except KeyboardInterrupt:
                        continue
            raise

    async def _pause(self) -> None:
        """Wait until it rings. Inside `Host.finish` even Ctrl-C has to wait; it is raised after the work."""
        while not self._is_rung:
            try:
                await self._event.wait()
            except KeyboardInterrupt as error:
                watch = watched.get()
                if watch is None or not watch.is_unbroken:
                    raise
                watch.strike(error)
