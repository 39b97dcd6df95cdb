"""What a thing that lives as long as one loop, or one task, is known by."""

import asyncio
from collections.abc import Hashable
from weakref import ref

from activerecord.runtime.backend import backend, token
from activerecord.runtime.fork import process

__all__ = ["run_identity", "running_task"]


def run_identity() -> Hashable:
    """The running loop (in plain sync code: the thread) and the process. Never equal to that of another run."""
    return token(), process()


def running_task() -> Hashable:
    """What is equal to itself in the running task only (in plain sync code: in the thread). Keeps no task alive."""
    running = backend()
    if running == "asyncio":
        task = asyncio.current_task()
        assert task is not None
        return ref(task)
    if running == "trio":
        from trio.lowlevel import current_task  # an optional dependency

        return ref(current_task())
    return token()
