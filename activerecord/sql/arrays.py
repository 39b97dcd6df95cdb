"""Columns that hold lists: `array(User.tags).has("new")`."""

from collections.abc import Iterable
from typing import Any, Generic, TypeVar, cast

from activerecord.errors import QueryError
from activerecord.sql.expression import Condition, Expression, check_expression
from activerecord.types import Boolean, Integer

__all__ = ["ArrayItem", "ArrayLength", "ArrayOf", "ArrayTest", "ArrayWith", "array"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class ArrayItem(Expression[T_co], parts=("operand",)):
    """An element of a list by its index."""

    __slots__ = ("from_end", "index", "operand")

    def __init__(self, operand: Expression[Any], index: int) -> None:
        if not isinstance(index, int) or isinstance(index, bool) or not -(1 << 31) < index < (1 << 31) - 1:
            raise QueryError("an index is a number of 32 bits")
        self.operand = operand
        self.index = index
        self.from_end = index < 0
        super().__init__(("array item", self.from_end, operand.shape), (*operand.binds, (index,)))


class ArrayLength(Expression[T_co], parts=("operand",), gives=Integer()):
    """The number of elements of a list."""

    __slots__ = ("operand",)

    def __init__(self, operand: Expression[Any]) -> None:
        self.operand = operand
        super().__init__(("array length", operand.shape), operand.binds)


class ArrayTest(Expression[bool], parts=("operand",), gives=Boolean()):
    """Whether a list has an element ("has"), all ("contains"), no others ("within") or any of several ("overlaps"). The values are one bind."""

    __slots__ = ("name", "operand")

    def __init__(self, name: str, operand: Expression[Any], values: list[Any]) -> None:
        if any(value is None or isinstance(value, Expression) for value in values):
            raise QueryError("a list is asked for values, of which None is none")
        self.name = name
        self.operand = operand
        super().__init__(("array test", name, operand.shape), (*operand.binds, values))


class ArrayWith(Expression[T_co], parts=("operand",)):
    """A list with values at its end ("concat"), or without a value ("remove"). The values are one bind."""

    __slots__ = ("name", "operand")

    def __init__(self, name: str, operand: Expression[Any], values: list[Any]) -> None:
        self.name = name
        self.operand = operand
        super().__init__(("array with", name, operand.shape), (*operand.binds, values))


class ArrayOf(Generic[T]):
    """What can be asked of a column that holds lists of `T`; see `array`. Of a NULL nothing is true and nothing false."""

    __slots__ = ("_operand",)

    def __init__(self, operand: Expression[Any]) -> None:
        self._operand = operand

    def has(self, value: T) -> Condition:
        """Whether the value is an element: `tags @> $1`."""
        return ArrayTest("has", self._operand, [value])

    def contains(self, values: Iterable[T]) -> Condition:
        """Whether all these values are elements: `tags @> $1`."""
        return ArrayTest("contains", self._operand, _listed(values))

    def contained_by(self, values: Iterable[T]) -> Condition:
        """Whether every element is one of these values: `tags <@ $1`."""
        return ArrayTest("within", self._operand, _listed(values))

    def overlaps(self, values: Iterable[T]) -> Condition:
        """Whether one of these values is an element: `tags && $1`."""
        return ArrayTest("overlaps", self._operand, _listed(values))

    def length(self) -> "Expression[int | None]":
        """The number of elements."""
        return ArrayLength(self._operand)

    def __getitem__(self, index: int) -> "Expression[T | None]":
        """An element by its index, as Python counts: 0 is the first, -1 the last. None where there is none."""
        return ArrayItem(self._operand, index)

    __iter__ = None

    def append(self, value: T) -> Expression[list[T]]:
        """The list with one more element, for `update_all`; a NULL becomes a list."""
        return ArrayWith("concat", self._operand, [value])

    def concat(self, values: Iterable[T]) -> Expression[list[T]]:
        """The list with more elements; a NULL becomes a list."""
        return ArrayWith("concat", self._operand, _listed(values))

    def remove(self, value: T) -> Expression[list[T]]:
        """The list without the elements that equal the value."""
        return ArrayWith("remove", self._operand, [value])


def _listed(values: Iterable[Any]) -> list[Any]:
    if isinstance(values, str | bytes | Expression) or not isinstance(cast(object, values), Iterable):
        raise QueryError(f"expected a list of values, got {type(values).__name__}")
    return list(values)


def array(column: "Expression[list[T] | None]") -> ArrayOf[T]:
    """What can be asked of a column that holds lists, `Column[list[str]]`: an array on PostgreSQL, a JSON list elsewhere."""
    check_expression(column, "array")
    return ArrayOf(column)
