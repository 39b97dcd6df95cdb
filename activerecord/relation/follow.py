"""What the one record of a belongs_to follows of the records that lead to it: how many they are, and when one was written."""

from typing import NamedTuple

from activerecord.errors import UsageError

__all__ = ["Follow", "followed_by"]


class Follow(NamedTuple):
    """`counter` is the column that counts, True for the usual one; `touch` the column of the moment. Empty for none."""

    counter: str | bool
    touch: str


def followed_by(*, touch: bool | str, counter_cache: bool | str) -> Follow | None:
    """What these options ask for; None where that is nothing. Raises UsageError."""
    for option, given in (("touch", touch), ("counter_cache", counter_cache)):
        if not isinstance(given, bool | str) or given == "":
            raise UsageError(f'{option} takes True or the name of a column: {option}="name"')
    if not touch and not counter_cache:
        return None
    return Follow(counter_cache, "updated_at" if touch is True else touch or "")
