"""Finding the queries that stand inside a piece of SQL."""

from collections.abc import Iterator
from typing import Any

from activerecord.sql.expression import (
    Arithmetic,
    Between,
    Comparison,
    Function,
    In,
    IsNull,
    Label,
    Like,
    Logical,
    Nested,
    Not,
    Ordering,
)
from activerecord.sql.node import Node

__all__ = ["nested_in"]

# Where a piece of SQL keeps the pieces that may have a query inside.
_PARTS: dict[type[Node], tuple[str, ...]] = {
    Comparison: ("left", "right"),
    Arithmetic: ("left", "right"),
    IsNull: ("operand",),
    In: ("operand", "query"),
    Between: ("operand", "low", "high"),
    Like: ("operand",),
    Logical: ("parts",),
    Not: ("operand",),
    Ordering: ("operand",),
    Label: ("operand",),
    Function: ("arguments",),
}


def nested_in(node: Node) -> Iterator[Nested[Any]]:
    """The queries that stand inside a piece of SQL, without those inside these."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        nested: Any = found
        if isinstance(nested, Nested):
            yield nested
        else:
            for name in _PARTS.get(type(found), ()):
                part: Any = getattr(found, name)
                waiting += part if isinstance(part, tuple) else (part,)
