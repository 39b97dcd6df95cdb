"""What one waits on, and who can ring it from anywhere: a bell for asyncio, and one for a plain thread."""

import threading
from asyncio import AbstractEventLoop, CancelledError, Future, InvalidStateError, events, get_running_loop
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from activerecord.runtime.shield import shielded
from activerecord.runtime.thread_wait import block

__all__ = ["Bell", "LoopBell", "ThreadBell"]


class Bell(Protocol):
    """Made where one will wait; rung from any thread."""

    def ring(self) -> None:
        """Wake who waits, now and for ever. Does nothing once the loop is gone."""
        ...

    async def wait(self, timeout: float | None) -> bool:
        """Wait until it rings; False when the time ran out."""
        ...

    async def outlast(self, cancel: Callable[[], object]) -> None:
        """Wait until it rings, however often one is cancelled meanwhile; see `Wakeup.outlast`."""
        ...


class LoopBell:
    """A bell in an asyncio loop. Futures and no cancel scopes: what waits on it may be moved to another task."""

    __slots__ = ("_futures", "_is_rung", "_loop")

    def __init__(self) -> None:
        self._loop: AbstractEventLoop = get_running_loop()
        self._is_rung = False
        self._futures: list[Future[None]] = []

    def ring(self) -> None:
        """See `Bell.ring`."""
        self._is_rung = True
        if events._get_running_loop() is self._loop:
            self._wake()
            return
        try:
            self._loop.call_soon_threadsafe(self._wake)
        except RuntimeError:
            if not self._loop.is_closed():
                raise

    async def wait(self, timeout: float | None) -> bool:
        """See `Bell.wait`."""
        if self._is_rung:
            return True
        future: Future[None] = self._loop.create_future()
        self._futures.append(future)
        timer = None if timeout is None else self._loop.call_later(timeout, _resolve, future)
        try:
            await future
        finally:
            self._futures.remove(future)
            if timer is not None:
                timer.cancel()
        return self._is_rung

    async def outlast(self, cancel: Callable[[], object]) -> None:
        """See `Bell.outlast`."""
        struck: CancelledError | None = None
        try:
            await self.wait(None)
            return
        except CancelledError as error:
            struck = error
        cancel()
        while not self._is_rung:
            struck = await shielded(self._struck_in_wait()) or struck
        raise struck

    async def _struck_in_wait(self) -> CancelledError | None:
        try:
            await self.wait(None)
        except CancelledError as error:
            return error
        return None

    def _wake(self) -> None:
        for future in self._futures:
            _resolve(future)


class ThreadBell:
    """A bell for a thread without a loop: a lock that is held until it rings."""

    __slots__ = ("_gate", "_is_rung")

    def __init__(self) -> None:
        self._gate = threading.Lock()
        self._gate.acquire()
        self._is_rung = False

    def ring(self) -> None:
        """See `Bell.ring`."""
        if not self._is_rung:
            self._is_rung = True
            self._open()

    async def wait(self, timeout: float | None) -> bool:
        """See `Bell.wait`."""
        return self._is_rung or block(self._pass, timeout)

    async def outlast(self, cancel: Callable[[], object]) -> None:
        """See `Bell.outlast`."""
        struck: BaseException | None = None
        while not self._is_rung:
            try:
                block(self._pass, to_the_end=struck is not None)
            except BaseException as error:  # noqa: BLE001  # raised once it has rung
                if struck is None:
                    cancel()
                struck = error
        if struck is not None:
            raise struck

    def _pass(self, seconds: float) -> bool:
        """Pass the gate and leave it open for the next; an interrupt in between leaves `_is_rung` to tell."""
        if self._gate.acquire(timeout=seconds):
            self._open()
        return self._is_rung

    def _open(self) -> None:
        with suppress(RuntimeError):  # somebody else has opened it already
            self._gate.release()


def _resolve(future: "Future[None]") -> None:
    # asked for first, it could still be cancelled by a signal handler before it is told
    with suppress(InvalidStateError):
        future.set_result(None)
