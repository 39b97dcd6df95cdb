"""JSON documents: what is at the end of a path, what it is compared with, what is asked of it."""

from decimal import Decimal
from typing import Any, TypeVar

from activerecord.errors import QueryError
from activerecord.sql.expression import (
    Between,
    Bind,
    Comparison,
    Condition,
    Expression,
    In,
    IsNull,
    Not,
    all_of,
    any_of,
    listed,
    present,
)
from activerecord.sql.node import Shape
from activerecord.sql.steps import Step, checked_steps, is_flat, kind_of_value, kinds_of_steps
from activerecord.types import Boolean

__all__ = ["JsonHasKey", "JsonPath", "JsonTest", "JsonValue"]

T_co = TypeVar("T_co", covariant=True)


class JsonPath(Expression[Any], parts=("operand",)):
    """What a JSON document has at the end of a path: a document again; None where there is nothing, or JSON's null.

    It compares with values of Python as JSON does: a text equals a text and no number, 1 equals 1.0 and not true, dicts and
    lists equal what they hold. `text`, `integer`, `number`, `decimal` and `boolean` give plain values of SQL, None where the
    document has something else.
    """

    __slots__ = ("operand", "steps")

    def __init__(self, operand: Expression[Any], steps: "tuple[Any, ...]") -> None:
        self.operand = operand
        self.steps: tuple[Step, ...] = checked_steps(steps)
        super().__init__(("json", kinds_of_steps(self.steps), operand.shape), (*operand.binds, self.steps))

    def __getitem__(self, step: "str | int") -> "JsonPath":
        """One step further."""
        return JsonPath(self.operand, (*self.steps, step))

    def __eq__(self, other: object) -> Condition:  # type: ignore[override]
        """Whether it is this value of Python's; None: nothing, or null."""
        return IsNull(self, negated=False) if other is None else JsonTest("equals", self, other)

    def __ne__(self, other: object) -> Condition:  # type: ignore[override]
        """Whether it is there, and another value."""
        return IsNull(self, negated=True) if other is None else Not(JsonTest("equals", self, other))

    def __lt__(self, other: Any) -> Condition:
        """Whether it is a value of the same kind, and less."""
        return Comparison("<", self._like(other), Bind[Any](other))

    def __le__(self, other: Any) -> Condition:
        """Whether it is a value of the same kind, and not greater."""
        return Comparison("<=", self._like(other), Bind[Any](other))

    def __gt__(self, other: Any) -> Condition:
        """Whether it is a value of the same kind, and greater."""
        return Comparison(">", self._like(other), Bind[Any](other))

    def __ge__(self, other: Any) -> Condition:
        """Whether it is a value of the same kind, and not less."""
        return Comparison(">=", self._like(other), Bind[Any](other))

    def __hash__(self) -> int:
        return hash(self.shape)

    def in_(self, values: Any) -> Condition:
        """Whether it equals one of these values."""
        found = any_of(*[self == value for value in listed(values)])
        return In(self, (), negated=False) if found is None else found

    def not_in(self, values: Any) -> Condition:
        """Whether it equals none of these values."""
        return Not(self.in_(values))

    def between(self, low: Any, high: Any) -> Condition:
        """Whether it is a value of the same kind, from `low` to `high`, both included."""
        return Between(self._like(low), Bind[Any](low), Bind[Any](_alike(low, high)))

    def like(self, pattern: str) -> Condition:
        """Whether it is a text that fits the pattern."""
        return self.text().like(pattern)

    def starts_with(self, text: str) -> Condition:
        """Whether it is a text that starts so."""
        return self.text().starts_with(text)

    def ends_with(self, text: str) -> Condition:
        """Whether it is a text that ends so."""
        return self.text().ends_with(text)

    def contains(self, value: Any) -> Condition:  # pyright: ignore[reportIncompatibleMethodOverride]  # no text alone
        """Whether it holds this value: a list every element, a dict every key with a value that holds the one given.

        A text, number or bool is held by a list that has it as an element, and by what equals it. For a part of a text, ask
        `.text().contains(...)`. MySQL and MariaDB find it in lists inside lists too. SQLite takes no lists of lists or dicts.
        """
        return JsonTest("contains", self, value)

    def has_key(self, key: str) -> Condition:
        """Whether it is a dict with this key, be its value null."""
        if not isinstance(key, str):
            raise QueryError(f"a key is text, got {type(key).__name__}")
        return JsonHasKey(self, key)

    def has_any_key(self, *keys: str) -> Condition:
        """Whether it is a dict with one of these keys, of which one is given at least."""
        return _some(any_of(*map(self.has_key, keys)))

    def has_all_keys(self, *keys: str) -> Condition:
        """Whether it is a dict with all these keys, of which one is given at least."""
        return _some(all_of(*map(self.has_key, keys)))

    def text(self) -> Expression[str | None]:
        """The text, where it is one."""
        return JsonValue("text", self)

    def integer(self) -> Expression[int | None]:
        """The whole number of 64 bits, where it is one: 5.0 is 5."""
        return JsonValue("integer", self)

    def number(self) -> Expression[float | None]:
        """The number in floating point, where it is one."""
        return JsonValue("number", self)

    def decimal(self) -> Expression[Decimal | None]:
        """The number by its digits, where it is one; SQLite keeps 15 of them."""
        return JsonValue("decimal", self)

    def boolean(self) -> Expression[bool | None]:
        """True or False, where it is that."""
        return JsonValue("boolean", self)

    def length(self) -> Expression[int | None]:
        """The number of elements of a list, or of keys of a dict."""
        return JsonValue("length", self)

    def type(self) -> Expression[str | None]:
        """One of "object", "array", "string", "number", "boolean" and "null"; None where there is nothing."""
        return JsonValue("type", self)

    def _like(self, value: Any) -> "JsonValue[Any]":
        """What of it compares with the value."""
        kind = kind_of_value(present(value))
        if kind == "document":
            raise QueryError("a dict or a list is neither less nor greater than another")
        return JsonValue("comparable" if kind in ("number", "integer") else kind, self)


class JsonValue(Expression[T_co], parts=("path",)):
    """What is at the end of a path as a plain value of SQL, or something that is said of it."""

    __slots__ = ("name", "path")

    def __init__(self, name: str, path: JsonPath) -> None:
        self.name = name
        self.path = path
        super().__init__(("json value", name, path.shape), path.binds)


class JsonTest(Expression[bool], parts=("path",), gives=Boolean()):
    """Whether what is at the end of a path equals a value of Python's, or contains it. The value is one bind, in a tuple: it may be None."""

    __slots__ = ("is_flat", "kind", "name", "path")

    def __init__(self, name: str, path: JsonPath, value: Any) -> None:
        self.name = name
        self.path = path
        self.kind = "null" if value is None else kind_of_value(value)
        self.is_flat = is_flat(value)
        shape: Shape = ("json test", name, self.kind, self.is_flat, path.shape)
        super().__init__(shape, (*path.binds, (value,)))


class JsonHasKey(Expression[bool], parts=("path",), gives=Boolean()):
    """Whether there is a dict with a key at the end of a path."""

    __slots__ = ("key", "path")

    def __init__(self, path: JsonPath, key: str) -> None:
        self.path = path
        self.key: tuple[Step, ...] = checked_steps((key,))
        super().__init__(("json key", kinds_of_steps(self.key), path.shape), (*path.binds, self.key))


def _alike(low: Any, high: Any) -> Any:
    kinds = [{"integer": "number"}.get(kind, kind) for kind in map(kind_of_value, (low, present(high)))]
    if kinds[0] != kinds[1]:
        raise QueryError(f"no value lies between a {kinds[0]} and a {kinds[1]}")
    return high


def _some(condition: Condition | None) -> Condition:
    if condition is None:
        raise QueryError("no key was given")
    return condition
