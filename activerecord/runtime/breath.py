"""How long a loop may be kept by what is done in its own thread, one thing after the other."""

import threading
import time

from activerecord.runtime.waiting import checkpoint

__all__ = ["breathe", "is_breathless"]

# Seconds. A loop of short things, none of which waits, would starve all other tasks, and could not be cancelled.
_LONGEST = 0.5e-3


class _Thread(threading.local):
    """When each thread's loop was last let go on by `breathe`, in `time.monotonic` seconds."""

    breathed = 0.0


_thread = _Thread()


def is_breathless() -> bool:
    """Whether it is time to let others run."""
    return time.monotonic() - _thread.breathed > _LONGEST


async def breathe() -> None:
    """Let others run, and a cancellation in. Nothing in plain sync code."""
    await checkpoint()
    _thread.breathed = time.monotonic()
