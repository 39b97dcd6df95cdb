"""Statements of which the library made every word and that call nothing."""

from activerecord.sql.expression import (
    Between,
    Bind,
    Comparison,
    In,
    IsNull,
    Label,
    Like,
    Logical,
    Not,
    Ordering,
    Star,
)
from activerecord.sql.node import Node, walk
from activerecord.sql.reference import Reference
from activerecord.sql.statement import Join, Select, Source

__all__ = ["is_plain"]

_PLAIN = frozenset(
    {Between, Bind, Comparison, In, IsNull, Join, Label, Like, Logical, Not, Ordering, Reference, Select, Source, Star}
)


def is_plain(statement: Node) -> bool:
    """Whether it reads tables by conditions on their columns, and has no SQL of the program's own, no function, no query inside."""
    return all(node.__class__ in _PLAIN for node in walk(statement))
