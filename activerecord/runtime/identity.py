"""What a thing that lives as long as one loop, or one task, is known by."""

import asyncio
from collections.abc import Callable, Hashable
from typing import Any, cast
from weakref import ref

from activerecord.runtime.backend import ThreadToken, backend, token
from activerecord.runtime.fork import process

__all__ = ["run_identity", "running_task", "task_finder", "task_name"]


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


def task_finder() -> Callable[[], Hashable]:
    """What finds the `running_task`, for one who stays in the running loop (thread): it does not ask again which it is."""
    running = backend()
    if running == "asyncio":
        return _in_asyncio
    if running == "trio":
        from trio.lowlevel import current_task  # an optional dependency

        return lambda: ref(current_task())
    thread = token()
    return lambda: thread


def _in_asyncio() -> Hashable:
    return ref(asyncio.current_task())


def task_name(task: Hashable) -> str:
    """What the mark that `running_task` gave is called, for a message; what has ended has no name any more."""
    if isinstance(task, ThreadToken):
        return f"thread {task.name()!r}"
    found: Any = cast(Any, task)() if isinstance(task, ref) else None
    if found is None:
        return "a task that has ended"
    name: object = found.get_name() if isinstance(found, asyncio.Task) else found.name
    return f"task {name!r}"
