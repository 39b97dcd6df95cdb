"""How strict a program is about relations that are loaded later than the records."""

from collections.abc import Set as AbstractSet
from typing import Any, Literal, TypeAlias

from activerecord.errors import UsageError

__all__ = ["STRICTNESSES", "Strictness", "checked_strictness", "strictest"]

# raise: it is refused. log: it is done, and a warning logged. off: it is done.
Strictness: TypeAlias = Literal["raise", "log", "off"]

# The strictest first.
STRICTNESSES: tuple[Strictness, ...] = ("raise", "log", "off")


def checked_strictness(word: Any, place: str) -> Strictness:
    """The word, if it is one. Raises UsageError that names where it was told."""
    for known in STRICTNESSES:
        if isinstance(word, str) and word == known:
            return known
    got = repr(word) if isinstance(word, str) else type(word).__name__
    raise UsageError(f"{place} is 'raise', 'log' or 'off', got {got}")


def strictest(told: "AbstractSet[Strictness | None]") -> Strictness | None:
    """What holds for the records that several of others lead to: the strictest told. None, nothing told, is no 'off'."""
    if None in told and "off" in told:
        told = told - {"off"}
    return next((word for word in STRICTNESSES if word in told), None)
