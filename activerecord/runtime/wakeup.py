"""Wait in a task, or in a plain thread, for something that happens in another thread."""

from collections.abc import Callable

from activerecord.runtime.backend import backend
from activerecord.runtime.bells import Bell, LoopBell, ThreadBell

__all__ = ["Wakeup"]


class Wakeup:
    """Something that happens once. Made where one will wait for it, set from any thread at any time.

    Setting it again, or after the waiting loop was closed, does nothing.
    """

    __slots__ = ("_bell", "_is_set")

    def __init__(self) -> None:
        self._is_set = False
        self._bell = _bell()

    def set(self) -> None:
        """Let it have happened."""
        self._is_set = True
        self._bell.ring()

    def is_set(self) -> bool:
        """Whether it has happened."""
        return self._is_set

    async def wait(self, timeout: float | None = None) -> bool:
        """Wait until it happens; False if it did not within `timeout` seconds.

        In plain sync code the thread blocks, until Ctrl-C if need be. No checkpoint if it has happened already.
        """
        return self._is_set or await self._bell.wait(timeout)

    async def outlast(self, cancel: Callable[[], object]) -> None:
        """Wait to the end, even if the caller is cancelled (in plain sync code: interrupted) meanwhile.

        `cancel()` is called then, once; it asks for the end but need not bring it. The cancellation is raised after it.
        """
        if not self._is_set:
            await self._bell.outlast(cancel)


def _bell() -> Bell:
    running = backend()
    if running == "asyncio":
        return LoopBell()
    if running == "trio":
        from activerecord.runtime.trio_bell import TrioBell  # an optional dependency

        return TrioBell()
    return ThreadBell()
