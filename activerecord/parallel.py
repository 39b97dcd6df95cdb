"""Parallel queries as structured tasks."""

from collections.abc import Awaitable, Coroutine
from typing import Any, TypeVar, overload

from activerecord import runtime
from activerecord.errors import UsageError

__all__ = ["gather"]

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
T = TypeVar("T")


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
    """Await all of these at once, at most `limit` at a time, and give their results in order.

    They are structured tasks: none outlives the call. The first failure cancels the others and is raised itself; several
    at once are raised as a group. Inside a transaction their statements take turns on its connection.
    """
    _check(awaitables, limit)
    started: set[int] = set()

    def job(index: int) -> "Any":
        async def run() -> Any:
            started.add(index)
            return await awaitables[index]

        return run

    try:
        return tuple(await runtime.parallel([job(index) for index in range(len(awaitables))], limit=limit))
    finally:
        for index, awaitable in enumerate(awaitables):
            # one that was never begun would warn that it was never awaited
            if index not in started and isinstance(awaitable, Coroutine):
                awaitable.close()


def _check(awaitables: tuple[Any, ...], limit: int | None) -> None:
    wrong = [type(given).__name__ for given in awaitables if not isinstance(given, Awaitable)]
    # a task may be awaited more than once, a coroutine may not
    coroutines: list[Coroutine[Any, Any, Any]] = [given for given in awaitables if isinstance(given, Coroutine)]
    twice = len(coroutines) - len({id(given) for given in coroutines})
    if wrong or twice or (limit is not None and limit < 1):
        for given in coroutines:
            given.close()
    if wrong:
        raise UsageError(f"gather takes awaitables such as `User.query().async_all()`, got {wrong[0]}")
    if twice:
        raise UsageError(
            "gather was given one coroutine twice, which can be awaited only once: call the verb again for each"
        )
    if limit is not None and limit < 1:
        raise UsageError("gather needs a limit of at least 1")
