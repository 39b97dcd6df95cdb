"""A node is a piece of SQL: its shape decides the text, its binds are the values."""

from collections.abc import Hashable, Iterable, Iterator
from typing import Any, ClassVar, TypeAlias, cast

__all__ = ["Node", "Shape", "binds_of", "shapes_of", "walk"]

Shape: TypeAlias = tuple[Hashable, ...]


class Node:
    """An immutable piece of SQL.

    Two nodes of equal `shape` have the same text in any one dialect, whatever their values, so a text that was compiled
    once serves them all. `binds` holds the values in the order in which a compiler comes by them; the list of an IN is one
    of them, as a tuple, whatever its length. `parts`, which a class is declared with, names the attributes that hold the nodes
    it is made of: a node, a tuple of nodes, or None.
    """

    __slots__ = ("binds", "shape")

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

    def inner(self) -> "Iterator[Node]":
        """The nodes that this one is made of."""
        for name in self.parts:
            part: object = getattr(self, name)
            if isinstance(part, tuple):
                yield from cast("tuple[Node, ...]", part)
            elif part is not None:
                yield cast("Node", part)


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


def binds_of(nodes: Iterable[Node | None]) -> tuple[Any, ...]:
    """The binds of several nodes, in order; those that are missing have none."""
    return tuple([value for node in nodes if node is not None for value in node.binds])
