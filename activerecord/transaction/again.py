"""A whole unit of work, run again where others at work were in its way."""

import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from activerecord import runtime
from activerecord.errors import RetryableError, UsageError
from activerecord.transaction.scope import Transaction

__all__ = ["RETRIES", "run_again"]

T = TypeVar("T")

RETRIES = 3

# Seconds to wait before the first retry, at most; twice as long before each further one, up to the longest. How long of it
# is left to chance, so that two units that were in each other's way do not meet again.
_FIRST, _LONGEST = 0.02, 1.0


async def run_again(begin: Callable[[], Transaction], work: Callable[[], Awaitable[T]], *, retries: int) -> T:
    """What `work` returns, run in a transaction that `begin` makes, and from the start again after a RetryableError."""
    if isinstance(retries, bool) or not isinstance(retries, int) or retries < 0:
        raise UsageError("retries is a whole number, zero or more")
    patience = _FIRST
    for left in range(retries, -1, -1):
        try:
            async with begin():
                return await work()
        except RetryableError:
            if not left:
                raise
        await runtime.sleep(random.uniform(0, patience))
        patience = min(patience * 2, _LONGEST)
    raise AssertionError("unreachable: the last round returns or raises")
