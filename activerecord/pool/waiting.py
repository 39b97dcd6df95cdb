"""Waiting until a connection comes free: not for ever, counted, and refused where it would be in vain."""

import time
from collections.abc import Awaitable, Callable, Collection
from typing import Protocol

from activerecord.config import Configuration
from activerecord.pool.lease import Lease, all_inherited
from activerecord.pool.refusals import exhausted, waits_for_itself
from activerecord.pool.statistics import Counters

__all__ = ["Enter", "wait"]


class Enter(Protocol):
    """Waits for its turn; raises TimeoutError where it does not come within `timeout` seconds."""

    def __call__(self, lease: Lease, /, *, timeout: float) -> Awaitable[None]: ...


async def wait(
    lease: Lease,
    enter: Enter,
    *,
    size: int,
    holders: Callable[[], Collection[Lease]],
    configuration: Configuration,
    counters: Counters,
) -> None:
    """Enter within `acquire_timeout`; from then on the lease is held.

    `holders` has those of all `size` connections. Raises PoolTimeout, or at once UsageError where the caller is inside of
    all that they hold.
    """
    if all_inherited(holders()):
        raise waits_for_itself(configuration, size, holders())
    counters.begin_wait()
    try:
        await enter(lease, timeout=configuration.acquire_timeout)
    except TimeoutError:
        counters.timeouts += 1
        raise exhausted(configuration, size, holders(), waiting=counters.waiting - 1) from None
    finally:
        began, lease.since = lease.since, time.monotonic()
        counters.end_wait(lease.since - began)
