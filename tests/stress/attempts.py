"""One of many pieces of work: cut short or not, and counted by how it ended."""

from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

from activerecord import ConnectionLost, OutcomeUnknown, RetryableError, TransactionClosed
from activerecord.testing.runners import Manner, cut_short
from tests.stress.killing import reject_unexpected

__all__ = ["attempt"]


async def attempt(
    work: Callable[[], Coroutine[Any, Any, object]], manner: Manner, ends: Counter[str], *, cut_after: float | None
) -> None:
    """Run the work, and count in `ends` whether it returned, was cancelled (after so many seconds), or met with what may be."""
    try:
        if cut_after is None:
            await work()
            end = "returned"
        else:
            end = "cancelled" if await cut_short(work, manner, after=cut_after) else "returned"
    except (RetryableError, ConnectionLost, OutcomeUnknown, TransactionClosed) as error:
        reject_unexpected(error)
        end = type(error).__name__
    ends[end] += 1
