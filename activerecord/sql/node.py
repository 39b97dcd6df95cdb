"""A node is a piece of SQL: its shape decides the text, its binds are the values."""

from collections.abc import Hashable, Iterable
from typing import Any, TypeAlias

__all__ = ["Node", "Shape", "binds_of", "shapes_of"]

Shape: TypeAlias = tuple[Hashable, ...]


class Node:
    """An immutable piece of SQL.

    Two nodes of equal `shape` have the same text in any one dialect, whatever their values, so a text that was compiled
    once serves them all. `binds` holds the values in the order in which the text mentions them.
    """

    __slots__ = ("binds", "shape")

    shape: Shape
    binds: tuple[Any, ...]

    def __init__(self, shape: Shape, binds: tuple[Any, ...] = ()) -> None:
        self.shape = shape
        self.binds = binds


def shapes_of(nodes: Iterable[Node]) -> Shape:
    """The shapes of several nodes, in order."""
    return tuple([node.shape for node in nodes])


def binds_of(nodes: Iterable[Node | None]) -> tuple[Any, ...]:
    """The binds of several nodes, in order; those that are missing have none."""
    return tuple([value for node in nodes if node is not None for value in node.binds])
