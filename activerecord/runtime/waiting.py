"""What waits without a driver: sleep and checkpoint."""

import anyio
import anyio.lowlevel

from activerecord.runtime.backend import backend
from activerecord.runtime.thread_deadline import expired
from activerecord.runtime.thread_wait import block_for

__all__ = ["checkpoint", "raise_if_cancelled", "sleep"]


async def sleep(seconds: float) -> None:
    """Wait that long; in plain sync code the thread does."""
    if backend() is None:
        block_for(seconds)
    else:
        await anyio.sleep(seconds)


async def checkpoint() -> None:
    """Let other tasks run, and a cancellation in. Nothing in plain sync code."""
    if backend() is not None:
        await anyio.lowlevel.checkpoint()


async def raise_if_cancelled() -> None:
    """Let in what has cancelled the caller already: a deadline too that passed while the program did not wait. Else nothing."""
    if backend() is not None:
        # a loop that was blocked takes a turn or two to hear of the time
        while anyio.current_effective_deadline() <= anyio.current_time():
            await anyio.lowlevel.checkpoint()
    elif (over := expired()) is not None:
        raise over
