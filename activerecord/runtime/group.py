"""Tasks of one block: started together, bounded in number, none of them left over, their results at hand."""

from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import nullcontext
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, cast

import anyio
from anyio.abc import TaskGroup

from activerecord.errors import UsageError
from activerecord.runtime.backend import backend
from activerecord.runtime.waiting import checkpoint

__all__ = ["Group", "Handle", "parallel"]

T = TypeVar("T")
Job = Callable[[], Awaitable[T]]


class Handle(Generic[T]):
    """One task of a group: `result` once it is `done`; inside the block, `await handle.wait()`."""

    __slots__ = ("__weakref__", "_ended", "_error", "_group", "_has_ended", "_job", "_result", "done")

    def __init__(self, group: "Group", job: Job[T]) -> None:
        self.done = False
        """Whether it has a result."""
        self._group = group
        self._job = job
        self._result: T | None = None
        self._ended: anyio.Event | None = None
        self._has_ended = False
        self._error: BaseException | None = None

    @property
    def result(self) -> T:
        """What it gave. Raises UsageError as long as it has not, and where it failed."""
        if self._error is not None:
            raise UsageError(f"the task has no result: it failed ({type(self._error).__name__})") from self._error
        if not self.done and self._group.was_left:
            raise UsageError("the task has no result: its group failed before it had one")
        if not self.done:
            raise UsageError("the result is there when the block is left; inside it: `await handle.wait()`")
        return cast("T", self._result)

    async def wait(self) -> T:
        """What it gives, as soon as it is there."""
        if not self.done:
            await self._group.wait_for(self)
        if self._error is not None:
            # Its group is about to be cancelled, with whoever waits inside.
            await checkpoint()
            raise self._error
        return self.result

    async def run(self) -> None:
        """Do the work."""
        try:
            self._result = await self._job()
            self.done = True
        except BaseException as error:
            self._error = error
            raise
        finally:
            self._has_ended = True
            if self._ended is not None:
                self._ended.set()

    async def ended(self) -> None:
        """Wait until it has ended, well or not."""
        if not self._has_ended:
            self._ended = self._ended or anyio.Event()
            await self._ended.wait()


class Group:
    """`async with Group(limit=5) as group`: what is started inside has ended when the block is left.

    The first failure cancels the rest and is raised itself; several at once come as a group. At most `limit` run at a
    time: one must not wait for another of them then, which may have no place. In plain sync code they run one after
    another, each when its result is wanted or the block is left.
    """

    def __init__(self, *, limit: int | None = None) -> None:
        self._limit = limit
        self._places: anyio.Semaphore | None = None
        self._tasks: TaskGroup | None = None
        self._due: deque[Handle[Any]] = deque()
        self._is_open = self._was_entered = False
        self._stray: BaseException | None = None

    def start(self, job: Job[T]) -> Handle[T]:
        """Have it run beside the others, in a task that has its name. Raises UsageError outside the block."""
        if not self._is_open:
            raise UsageError("tasks are started inside the block of their group: `async with parallel() as group:`")
        handle = Handle(self, job)
        if self._tasks is None:
            self._due.append(handle)
        else:
            self._tasks.start_soon(self._run, handle, name=str(job))
        return handle

    @property
    def was_left(self) -> bool:
        """Whether the block is over."""
        return self._was_entered and not self._is_open

    async def wait_for(self, handle: Handle[Any]) -> None:
        """Wait until a task has ended; in plain sync code run those that come before it, and it."""
        if self._tasks is not None:
            await handle.ended()
        while not handle.done and self._due:
            await self._due.popleft().run()

    async def __aenter__(self) -> Self:
        if self._was_entered:
            raise UsageError("a group of parallel tasks is entered once: make another")
        self._was_entered = True
        if backend() is not None:
            self._places = None if self._limit is None else anyio.Semaphore(self._limit, fast_acquire=True)
            self._tasks = await anyio.create_task_group().__aenter__()
        self._is_open = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        try:
            if self._tasks is None:
                await self._finish(error)
                return None
            handled = await _alone(self._tasks.__aexit__(kind, error, traceback))
        finally:
            self._is_open = False
        if self._stray is not None and error is None:
            raise UsageError(
                "a task of the group was cancelled, and not by the group: what it awaited was cancelled elsewhere"
            ) from self._stray
        return handled

    async def _finish(self, error: BaseException | None) -> None:
        while self._due and error is None:
            await self._due.popleft().run()

    async def _run(self, handle: Handle[Any]) -> None:
        async with self._places or nullcontext():
            try:
                await handle.run()
            except anyio.get_cancelled_exc_class() as error:
                # Where the group was cancelled, it raises that.
                self._stray = error
                raise


async def _alone(ending: Coroutine[Any, Any, T]) -> T:
    """What it gives; of a group of failures the one, where the others are the same or came of it."""
    failures: BaseExceptionGroup[BaseException]
    try:
        return await ending
    except BaseExceptionGroup as several:
        failures = several
    there = {id(failure): failure for failure in failures.exceptions}
    # One whose cause is another's failure, as in a transaction that this has ended, is no news.
    first = [failure for failure in there.values() if id(failure.__cause__) not in there]
    raise first[0] if len(first) == 1 else failures


async def parallel(jobs: "Sequence[Job[Any]]", *, limit: int | None = None) -> list[Any]:
    """The results of all jobs, in their order; see `Group`."""
    async with Group(limit=limit) as group:
        handles = [group.start(job) for job in jobs]
    return [handle.result for handle in handles]
