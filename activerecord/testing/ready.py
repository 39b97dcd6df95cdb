"""Knowing the moment when what a task waits for has come and the task has not yet been resumed."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeGuard

from activerecord.runtime import backend

__all__ = ["when_ready"]


def when_ready(awaited: object, call: Callable[[], object]) -> None:
    """Call `call` once the running task, which is about to suspend on `awaited`, is about to be resumed.

    Where that moment cannot be known (a bare yield to the loop), it is called now.
    """
    if backend() == "trio":
        _when_scheduled(call)
    elif _is_future(awaited) and not awaited.done():
        # Before the task's own callback, which is added once the suspension has reached the loop.
        awaited.add_done_callback(lambda _: call())
    else:
        call()


def _is_future(awaited: object) -> TypeGuard["asyncio.Future[Any]"]:
    return isinstance(awaited, asyncio.Future)


def _when_scheduled(call: Callable[[], object]) -> None:
    from trio.abc import Instrument  # optional dependency
    from trio.lowlevel import Task, add_instrument, current_task, remove_instrument  # optional dependency

    class Watch(Instrument):
        """Sees the one task become runnable."""

        def task_scheduled(self, task: Task) -> None:
            """Called by trio in the very call that reschedules a task."""
            if task is watched:
                remove_instrument(self)
                call()

    watched = current_task()
    add_instrument(Watch())
