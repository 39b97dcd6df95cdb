"""A node is a piece of SQL: its shape decides the text, its binds are the values."""

import datetime as dt
from collections.abc import Hashable, Iterable, Iterator
from decimal import Decimal
from typing import Any, ClassVar, TypeAlias, cast
from uuid import UUID

from activerecord.errors import QueryError

__all__ = ["PLAIN", "Node", "Shape", "alike", "binds_of", "shapes_of", "walk"]

Shape: TypeAlias = tuple[Hashable, ...]

# No engine reads anything deeper, and Python hashes what is deeper by far without a look at how much stack is left.
_DEEPEST = 4_000


class Node:
    """An immutable piece of SQL.

    Two nodes of equal `shape` have the same text in any one dialect, whatever their values, so a text that was compiled
    once serves them all. `binds` holds the values in the order in which a compiler comes by them; the list of an IN is one
    of them, as a tuple, whatever its length. `parts`, which a class is declared with, names the attributes that hold the nodes
    it is made of: a node, a tuple of nodes, or None. One that is nested too deeply raises QueryError.
    """

    __slots__ = ("binds", "depth", "shape")

    parts: ClassVar[tuple[str, ...]] = ()

    shape: Shape
    binds: tuple[Any, ...]

    def __init_subclass__(cls, *, parts: tuple[str, ...] | None = None, **options: Any) -> None:
        super().__init_subclass__(**options)
        if parts is not None:
            cls.parts = parts

    def __init__(self, shape: Shape, binds: tuple[Any, ...] = ()) -> None:
        self.shape = shape
        self.binds = binds
        self.depth: int = _depth(self) if self.parts else 0

    def inner(self) -> "Iterator[Node]":
        """The nodes that this one is made of."""
        for name in self.parts:
            part: object = getattr(self, name)
            if isinstance(part, tuple):
                yield from cast("tuple[Node, ...]", part)
            elif part is not None:
                yield cast("Node", part)


def _depth(node: Node) -> int:
    """How many levels a node has. Each node of each query goes through it, so it calls nothing."""
    deepest = 0
    for name in node.parts:
        part: Any = getattr(node, name)
        if part.__class__ is tuple:
            for each in part:
                if each.depth > deepest:  # noqa: PLR1730  # a call costs more than all the rest
                    deepest = each.depth
        elif part is not None and part.depth > deepest:
            deepest = part.depth
    if deepest >= _DEEPEST:
        raise QueryError("the expression is nested too deeply")
    return deepest + 1


def walk(node: Node) -> Iterator[Node]:
    """A node and all that it is made of, down to the last."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        if found.parts:
            waiting.extend(found.inner())


def shapes_of(nodes: Iterable[Node]) -> Shape:
    """The shapes of several nodes, in order."""
    return tuple([node.shape for node in nodes])


def alike(one: Node, other: Node) -> bool:
    """Whether two nodes have the same text and equal values."""
    return one.shape == other.shape and _are_equal(one.binds, other.binds)


def _are_equal(some: tuple[Any, ...], others: tuple[Any, ...]) -> bool:
    return len(some) == len(others) and all(map(_is_equal, some, others))


def _is_equal(one: Any, other: Any) -> bool:
    """Whether two values are one to any database. What else may be given compares in ways of its own."""
    if one is other:
        return True
    kind = one.__class__
    if kind is not other.__class__:
        return False
    if kind is tuple:
        return _are_equal(one, other)
    if kind is Decimal:
        # some of these raise an error where they are compared
        return bool(one.as_tuple() == other.as_tuple())
    return kind in PLAIN and bool(one == other)


PLAIN = frozenset({str, bytes, bool, int, float, dt.date, dt.datetime, dt.time, dt.timedelta, UUID})
"""The classes of values that are themselves and no part of SQL, nor a list of others; Decimal and what is derived may be too."""


def binds_of(nodes: Iterable[Node | None]) -> tuple[Any, ...]:
    """The binds of several nodes, in order; those that are missing have none."""
    return tuple([value for node in nodes if node is not None for value in node.binds])
