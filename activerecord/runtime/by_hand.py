"""Run a coroutine that never suspends, without any loop."""

from collections.abc import Coroutine
from typing import Any, TypeVar

from activerecord.errors import UsageError

__all__ = ["by_hand"]

T = TypeVar("T")


def by_hand(work: Coroutine[Any, Any, T]) -> T:
    """What `work` returns, run in the caller's own context and to its end at once.

    In plain sync code all that this library awaits answers without suspending. Raises UsageError if the work awaits
    something else (`asyncio.sleep` in a callback, say).
    """
    try:
        waits_for = work.send(None)
    except StopIteration as done:
        value: T = done.value
        return value
    stuck = UsageError(
        f"a sync verb ran into an await that only an event loop can serve ({type(waits_for).__name__}): "
        "call the async verb from a coroutine instead"
    )
    try:
        work.throw(stuck)
    except StopIteration:
        raise stuck from None
    finally:
        work.close()
    raise stuck
