"""Why no connection is lent, in words."""

from collections.abc import Collection

from activerecord.config import Configuration
from activerecord.errors import PoolTimeout, UsageError
from activerecord.pool.lease import Lease

__all__ = ["closed", "exhausted", "waits_for_itself"]

# Who comes after these is told by their number.
_NAMED = 10


def closed(configuration: Configuration) -> UsageError:
    """The pool was closed under its user."""
    return UsageError(
        f"connection {configuration.name!r} was closed or configured anew while it was wanted: begin again from its models"
    )


def exhausted(configuration: Configuration, size: int, holders: Collection[Lease], *, waiting: int) -> PoolTimeout:
    """Nothing became free in time. `waiting` is how many still wait."""
    others = f", for which {waiting} more wait" if waiting else ""
    return PoolTimeout(
        f"connection {configuration.name!r}: none of {size} connection(s) became free within "
        f"{configuration.acquire_timeout:g} s{others}; held by: {_named(holders)}"
    )


def waits_for_itself(configuration: Configuration, size: int, holders: Collection[Lease]) -> UsageError:
    """All are held by the scopes that the caller is inside of."""
    return UsageError(
        f"connection {configuration.name!r}: all of {size} connection(s) are held by what this runs inside of, so that "
        f"waiting for one would be for ever; set a larger max_size, or do it inside one transaction. "
        f"Held by: {_named(holders)}"
    )


def _named(holders: Collection[Lease]) -> str:
    named = [str(lease) for lease in [*holders][:_NAMED]]
    if len(holders) > _NAMED:
        named.append(f"and {len(holders) - _NAMED} more")
    return "; ".join(named) or "nobody any more"
