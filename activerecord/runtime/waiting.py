"""What waits without a driver: sleep, checkpoint, deadline, and work done in parallel."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import anyio
import anyio.lowlevel

from activerecord.runtime.backend import backend
from activerecord.runtime.thread_wait import block_for, thread_deadline

__all__ = ["checkpoint", "deadline", "parallel", "sleep"]

Job = Callable[[], Awaitable[Any]]


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


def deadline(seconds: float | None) -> AbstractContextManager[object]:
    """A block that is broken off by TimeoutError when it takes longer; None: never.

    In plain sync code only this package's own waits are broken off (`sleep`, `Wakeup`, `Turnstile`): a driver's call is
    bounded by the driver. A driver must not open one inside its own coroutines: under asyncio those may be moved to
    another task, which a scope cannot follow.
    """
    if seconds is None:
        return nullcontext()
    return thread_deadline(seconds) if backend() is None else anyio.fail_after(seconds)


async def parallel(jobs: Sequence[Job], *, limit: int | None = None) -> list[Any]:
    """The results of all jobs, in their order; at most `limit` jobs at a time. In plain sync code one after another.

    The first failure cancels the rest. It is raised itself if it is the only one, otherwise they come as a group.
    """
    if backend() is None or len(jobs) < 2:
        return [await job() for job in jobs]
    failures: BaseExceptionGroup[BaseException]
    try:
        return await _together(jobs, limit or len(jobs))
    except BaseExceptionGroup as group:
        failures = group
    raise failures.exceptions[0] if len(failures.exceptions) == 1 else failures


async def _together(jobs: Sequence[Job], limit: int) -> list[Any]:
    results: list[Any] = [None] * len(jobs)
    places = anyio.Semaphore(limit)

    async def run(index: int, job: Job) -> None:
        async with places:
            results[index] = await job()

    async with anyio.create_task_group() as group:
        for index, job in enumerate(jobs):
            group.start_soon(run, index, job)
    return results
