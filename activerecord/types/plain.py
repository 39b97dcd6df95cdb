"""What a value goes through that is bound without a column: it is stored by its own Python type."""

from collections.abc import Callable, Mapping
from typing import Any

from activerecord.errors import InvalidValue

__all__ = ["dump_of"]

Dump = Callable[[Any], Any]


def dump_of(value: Any, dumps: Mapping[type, Dump]) -> Dump:
    """The dump of the value's class, else of the first class in order that it is an instance of. Raises InvalidValue."""
    dump = dumps.get(value.__class__) or next((each for kind, each in dumps.items() if isinstance(value, kind)), None)
    if dump is None:
        supported = ", ".join(kind.__name__ for kind in dumps)
        raise InvalidValue(f"a value of type {type(value).__name__} cannot be bound; supported are {supported}")
    return dump
