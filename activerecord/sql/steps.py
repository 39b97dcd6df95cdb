"""The way into a JSON document: keys and indexes, and what kind of value is looked for at its end."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeAlias, cast

from activerecord.errors import InvalidValue, QueryError

__all__ = ["Step", "checked_steps", "is_flat", "kind_of_value", "kinds_of_steps"]

Step: TypeAlias = str | int

# Keys that everyone who writes JSON writes in the same way: nothing in them is ever escaped.
_PLAIN = re.compile(r"[A-Za-z0-9_ .:@#$*!?|^~,;=+()\[\]{}-]*")

# The engines count elements in 32 bits.
_LARGEST = 1 << 31

# Whole numbers below this are what they are in floating point too.
_EXACT = 1 << 53


def checked_steps(steps: Sequence[Any]) -> tuple[Step, ...]:
    """The steps, each a key or an index. Raises QueryError for others, and for keys that no document can have."""
    for step in steps:
        if isinstance(step, str):
            _check_key(step)
        elif not isinstance(step, int) or isinstance(step, bool):
            raise QueryError(f"a step into a JSON document is a key or an index, got {type(step).__name__}")
        elif not -_LARGEST < step < _LARGEST:
            raise QueryError("an index is a number of 32 bits")
    return tuple(steps)


def _check_key(key: str) -> None:
    if "\0" in key:
        raise QueryError("a key cannot hold a NUL character: not every engine can look for it")
    if not key.isascii() and any("\ud800" <= letter <= "\udfff" for letter in key):
        raise QueryError("a key cannot hold half of a surrogate pair")


def kinds_of_steps(steps: Sequence[Step]) -> tuple[str, ...]:
    """What decides the text of each step: a "key", an "odd key", which may be written in several ways, an "index" or one from the "end"."""
    return tuple([_kind(step) for step in steps])


def _kind(step: Step) -> str:
    if isinstance(step, str):
        return "key" if _PLAIN.fullmatch(step) else "odd key"
    return "index" if step >= 0 else "end"


def kind_of_value(value: object) -> str:
    """How a value compares: as "text", "number", "integer", "boolean" or whole "document". Raises QueryError for other types."""
    match value:
        case bool():
            return "boolean"
        case str():
            return "text"
        case int():
            return "number" if -_EXACT < value < _EXACT else "integer"
        case float() | Decimal():
            return "number"
        case dict() | list() | tuple():
            return "document"
        case _:
            raise QueryError(
                f"what is in a JSON document compares with str, int, float, Decimal, bool, dict, list and None, not with "
                f"{type(value).__name__}; of a column or a query say what is compared: `.text() == ...`"
            )


def is_flat(document: object) -> bool:
    """Whether no list in the document holds a list or a dict. Raises InvalidValue for one without end."""
    try:
        return _is_flat(document)
    except RecursionError:
        raise InvalidValue("a JSON document is nested too deeply, or contains itself") from None


def _is_flat(document: object) -> bool:
    if isinstance(document, Mapping):
        return all(map(_is_flat, cast("Mapping[str, object]", document).values()))
    if not isinstance(document, list | tuple):
        return True
    return not any(isinstance(item, Mapping | list | tuple) for item in cast("Sequence[object]", document))
