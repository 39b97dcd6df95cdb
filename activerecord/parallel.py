"""Parallel queries as structured tasks."""

from collections.abc import Awaitable, Coroutine, Iterable
from types import TracebackType
from typing import Any, Self, TypeVar, cast, overload

from activerecord import runtime
from activerecord.database import databases
from activerecord.errors import UsageError

__all__ = ["ParallelGroup", "gather", "parallel"]

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
T = TypeVar("T")


def parallel(*, limit: int | None = None) -> "ParallelGroup":
    """Run awaitables beside each other in a block, with handles for their results.

        async with parallel() as group:
            users = group.start(User.query().async_all())
            count = group.start(Order.query().async_count())
        print(users.result, count.result)

    When the block is left all have ended, and each handle has its `result`. The first failure cancels the others, and the
    block, and is raised itself; several at once are raised as a group. At most `limit` run at a time: without one, one
    less than the smallest pool that is configured has connections (but one at least), so that whatever they need a
    second connection for finds one. Inside a transaction their statements take turns on its connection.
    """
    return ParallelGroup(_limit("parallel", limit))


@overload
async def gather(a: Awaitable[A], /, *, limit: int | None = None) -> tuple[A]: ...
@overload
async def gather(a: Awaitable[A], b: Awaitable[B], /, *, limit: int | None = None) -> tuple[A, B]: ...
@overload
async def gather(
    a: Awaitable[A], b: Awaitable[B], c: Awaitable[C], /, *, limit: int | None = None
) -> tuple[A, B, C]: ...
@overload
async def gather(
    a: Awaitable[A], b: Awaitable[B], c: Awaitable[C], d: Awaitable[D], /, *, limit: int | None = None
) -> tuple[A, B, C, D]: ...
@overload
async def gather(
    a: Awaitable[A], b: Awaitable[B], c: Awaitable[C], d: Awaitable[D], e: Awaitable[E], /, *, limit: int | None = None
) -> tuple[A, B, C, D, E]: ...
@overload
async def gather(*awaitables: Awaitable[T], limit: int | None = None) -> tuple[T, ...]: ...
async def gather(*awaitables: Awaitable[Any], limit: int | None = None) -> tuple[Any, ...]:
    """Await all of these at once and give their results in order; for the `limit` and for failures see `parallel`."""
    jobs = _Jobs("gather")
    try:
        return tuple(await runtime.parallel([*map(jobs.add, awaitables)], limit=_limit("gather", limit)))
    finally:
        jobs.close()
        # those behind one that was refused
        _close(awaitables)


class ParallelGroup:
    """See `parallel`."""

    def __init__(self, limit: int) -> None:
        self._group = runtime.Group(limit=limit)
        self._jobs = _Jobs("start")

    def start(self, awaitable: Awaitable[T]) -> "runtime.Handle[T]":
        """Await this beside the others; `handle.result` when the block is left, or `await handle.wait()` inside it.

        Raises UsageError outside the block, and for what cannot be awaited, or not once more.
        """
        job = self._jobs.add(awaitable)
        try:
            return self._group.start(job)
        except UsageError:
            job.close()
            raise

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        try:
            return await self._group.__aexit__(kind, error, traceback)
        finally:
            self._jobs.close()


class _Job:
    """What is to be awaited, and whether that has begun."""

    __slots__ = ("_begun", "_jobs", "awaitable")

    def __init__(self, jobs: "_Jobs", awaitable: Any) -> None:
        self.awaitable = awaitable
        self._jobs = jobs
        self._begun = False

    def __str__(self) -> str:
        return f"{getattr(self.awaitable, '__qualname__', type(self.awaitable).__qualname__)} in parallel"

    async def __call__(self) -> Any:
        self._begun = True
        try:
            return await self.awaitable
        finally:
            self._jobs.forget(self)

    def close(self) -> None:
        """One that was never begun would warn that it was never awaited."""
        if not self._begun:
            _close([self.awaitable])


class _Jobs:
    """What one call or block was given, for a verb that refuses what it cannot await."""

    def __init__(self, verb: str) -> None:
        self._verb = verb
        # By the identity of what is awaited: a task may be given twice.
        self._jobs: dict[int, _Job] = {}

    def add(self, awaitable: Any) -> _Job:
        """Take one more."""
        if not isinstance(awaitable, Awaitable):
            raise UsageError(
                f"{self._verb} takes awaitables such as `User.query().async_all()`, got {type(awaitable).__name__}"
            )
        # a task may be awaited more than once, a coroutine may not
        given = id(cast("object", awaitable))
        if isinstance(awaitable, Coroutine) and (given in self._jobs or _is_over(cast("object", awaitable))):
            raise UsageError(
                f"{self._verb} was given one coroutine twice, which can be awaited only once: call the verb again for each"
            )
        job = self._jobs[given] = _Job(self, awaitable)
        return job

    def forget(self, job: _Job) -> None:
        """It has ended: a block that stays open for long keeps nothing of it."""
        self._jobs.pop(id(job.awaitable), None)

    def close(self) -> None:
        """Close what was not begun."""
        for job in self._jobs.values():
            job.close()


_NEVER = object()


def _is_over(coroutine: object) -> bool:
    """A coroutine that has ended has no frame any more."""
    return getattr(coroutine, "cr_frame", _NEVER) is None


def _close(awaitables: Iterable[Any]) -> None:
    for awaitable in awaitables:
        if isinstance(awaitable, Coroutine):
            awaitable.close()


def _limit(verb: str, limit: int | None) -> int:
    if limit is None:
        return max(1, min((each.configuration.max_size for each in databases().values()), default=_MANY) - 1)
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise UsageError(f"{verb} needs a limit of at least 1")
    return limit


# Where no connection is configured there is no pool to go by.
_MANY = 10
