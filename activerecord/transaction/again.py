"""A whole unit of work, run again where others at work were in its way."""

import inspect
import random
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from functools import wraps
from types import TracebackType
from typing import Any, Protocol, TypeVar, cast

from activerecord import runtime
from activerecord.errors import RetryableError, TransactionClosed, UsageError
from activerecord.transaction.state import Outcome

__all__ = ["RETRIES", "Attempt", "check_decorated", "check_retries", "name_of", "place_of", "run_again", "run_in"]

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


class Attempt(Protocol):
    """A transaction to be: what is asked of one here."""

    @property
    def outcome(self) -> Outcome:
        """How it ended."""
        ...

    async def __aenter__(self) -> object: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...


Begin = Callable[[], Attempt]

RETRIES = 3

# Seconds to wait before the first retry, at most; twice as long before each further one, up to the longest. How long of it
# is left to chance, so that two units that were in each other's way do not meet again.
_FIRST, _LONGEST = 0.02, 1.0


async def run_again(begin: Begin, work: Callable[[], Awaitable[T]], *, retries: int) -> T:
    """What `work` returns, run in a transaction that `begin` makes, and from the start again after a RetryableError."""
    check_retries(retries)
    patience = _FIRST
    for left in range(retries, -1, -1):
        attempt = begin()
        try:
            async with attempt:
                return await work()
        except (RetryableError, TransactionClosed) as error:
            # a callback may have failed after COMMIT
            if not left or attempt.outcome is not Outcome.ROLLED_BACK or not _may_succeed(error):
                raise
        await runtime.sleep(random.uniform(0, patience))
        patience = min(patience * 2, _LONGEST)
    raise AssertionError("unreachable: the last round returns or raises")


def check_retries(retries: int) -> None:
    """Raise UsageError for what is no number of retries."""
    if isinstance(retries, bool) or not isinstance(retries, int) or retries < 0:
        raise UsageError("retries is a whole number, zero or more")


def _may_succeed(error: Exception) -> bool:
    """Whether others were in the way: work that goes on after a RetryableError finds its transaction closed by it."""
    return isinstance(error, RetryableError) or isinstance(error.__cause__, RetryableError)


def run_in(begin: Begin, function: F, *, retries: int, bound: Callable[[str], AbstractContextManager[object]]) -> F:
    """The function, an async or a plain one, run in a transaction of its own each time it is called, and again as above.

    `bound(name)` is entered around all its rounds.
    """
    name = name_of(function)
    check_retries(retries)

    @wraps(function)
    async def run(*given: Any, **named: Any) -> Any:
        with bound(name):
            return await run_again(begin, lambda: function(*given, **named), retries=retries)

    @wraps(function)
    def run_plainly(*given: Any, **named: Any) -> Any:
        async def work() -> Any:
            value = function(*given, **named)
            if inspect.iscoroutine(value) or inspect.isgenerator(value):
                value.close()
                raise UsageError(
                    f"{name} gave a {type(value).__name__}, which would run after its transaction: write `async def` for what "
                    f"is awaited, and return a list"
                )
            return value

        async def rounds() -> Any:
            with bound(name):
                return await run_again(begin, work, retries=retries)

        cure = "await an async function, decorated by async_transaction(...)"
        return runtime.run_blocking(rounds, name, cure=cure)

    return cast("F", run if _is_async(function) else run_plainly)


def check_decorated(function: Callable[..., Any], *, is_async: bool | None) -> None:
    """Raise UsageError for what is no function to decorate: an async one, or a plain one, if that is told."""
    name = name_of(function)
    kind: type[object] = type(cast("object", function))
    if issubclass(kind, staticmethod | classmethod):
        raise UsageError(f"{name} is decorated below @{kind.__name__}, not above it")
    if not callable(function):
        raise UsageError(f"a transaction decorates a function, got {kind.__name__}")
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise UsageError(f"{name} is a generator, whose transaction would be open while others run: it cannot be")
    if is_async is True and not _is_async(function):
        raise UsageError(f"{name} is no async function: write `async def`, or decorate it by transaction(...)")
    if is_async is False and _is_async(function):
        raise UsageError(f"{name} is an async function: decorate it by async_transaction(...)")


def name_of(function: Callable[..., Any]) -> str:
    """What a message calls it; not everything that can be called has a name."""
    return getattr(function, "__qualname__", type(function).__qualname__)


def place_of(function: Callable[..., Any]) -> str | None:
    """Where it was written: a task's own beginning is in the event loop."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return None if code is None else f"{code.co_filename}:{code.co_firstlineno}, {name_of(function)}"


def _is_async(function: Callable[..., Any]) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__)
