"""A whole unit of work, run again where others at work were in its way."""

import inspect
import random
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from functools import wraps
from typing import Any, TypeVar, cast

from activerecord import runtime
from activerecord.errors import RetryableError, TransactionClosed, UsageError

__all__ = ["RETRIES", "name_of", "run_again", "run_in"]

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])
Begin = Callable[[], AbstractAsyncContextManager[object]]

RETRIES = 3

# Seconds to wait before the first retry, at most; twice as long before each further one, up to the longest. How long of it
# is left to chance, so that two units that were in each other's way do not meet again.
_FIRST, _LONGEST = 0.02, 1.0


async def run_again(begin: Begin, work: Callable[[], Awaitable[T]], *, retries: int) -> T:
    """What `work` returns, run in a transaction that `begin` makes, and from the start again after a RetryableError."""
    if isinstance(retries, bool) or not isinstance(retries, int) or retries < 0:
        raise UsageError("retries is a whole number, zero or more")
    patience = _FIRST
    for left in range(retries, -1, -1):
        try:
            async with begin():
                return await work()
        except (RetryableError, TransactionClosed) as error:
            if not left or not _may_succeed(error):
                raise
        await runtime.sleep(random.uniform(0, patience))
        patience = min(patience * 2, _LONGEST)
    raise AssertionError("unreachable: the last round returns or raises")


def _may_succeed(error: Exception) -> bool:
    """Whether others were in the way: work that goes on after a RetryableError finds its transaction closed by it."""
    return isinstance(error, RetryableError) or isinstance(error.__cause__, RetryableError)


def run_in(begin: Begin, function: F, *, retries: int) -> F:
    """The function, an async or a plain one, run in a transaction of its own each time it is called, and again as above."""
    name = name_of(function)
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise UsageError(f"{name} is a generator, whose transaction would be open while others run: it cannot be")

    @wraps(function)
    async def run(*given: Any, **named: Any) -> Any:
        return await run_again(begin, lambda: function(*given, **named), retries=retries)

    @wraps(function)
    def run_plainly(*given: Any, **named: Any) -> Any:
        async def work() -> Any:
            value = function(*given, **named)
            if inspect.iscoroutine(value):
                value.close()
                raise UsageError(f"{name} gave a coroutine, which would run after its transaction: write `async def`")
            return value

        cure = "await an async function, decorated by async_transaction(...)"
        return runtime.run_blocking(lambda: run_again(begin, work, retries=retries), name, cure=cure)

    return cast("F", run if _is_async(function) else run_plainly)


def name_of(function: Callable[..., Any]) -> str:
    """What a message calls it; not everything that can be called has a name."""
    return getattr(function, "__qualname__", type(function).__qualname__)


def _is_async(function: Callable[..., Any]) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__)
