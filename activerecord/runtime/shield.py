"""Keep the cancellations of anyio's scopes out of a short wait in an asyncio task."""

from collections.abc import Awaitable
from typing import TypeVar

import anyio

__all__ = ["shielded"]

T = TypeVar("T")


async def shielded(pause: Awaitable[T]) -> T:
    """What `pause` gives, which must not raise. `Task.cancel` is no scope's, and gets in.

    Without it a cancelled scope strikes at every turn of the loop.
    """
    scope = anyio.CancelScope(shield=True)
    scope.__enter__()
    # No `with`: this coroutine may be dropped while it waits, and a scope refuses to be left outside of its own task.
    result = await pause
    scope.__exit__(None, None, None)
    return result
