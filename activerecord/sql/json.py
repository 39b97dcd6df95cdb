"""Writing into JSON documents by a query: `json_set(User.settings, ("theme", "color"), "red")`."""

from collections.abc import Mapping
from typing import Any, TypeGuard, TypeVar, cast

from activerecord.errors import QueryError
from activerecord.sql.document import JsonPath
from activerecord.sql.expression import Expression, check_expression
from activerecord.sql.node import binds_of, shapes_of
from activerecord.sql.steps import Step, checked_steps, kinds_of_steps

__all__ = ["JsonRemove", "JsonWrite", "document", "json_merge", "json_remove", "json_set"]

T_co = TypeVar("T_co", covariant=True)


class JsonWrite(Expression[T_co], parts=("operand", "computed")):
    """A document with other values under some keys of one of its dicts, or at one index of one of its lists.

    `parent` leads to that dict or list, `entries` has the paths of what is in it, each with its value: an expression, or a
    value of Python's in a tuple, for it may be None. `computed` are those values that are expressions.
    """

    __slots__ = ("computed", "entries", "is_index", "operand", "parent")

    def __init__(
        self, operand: Expression[T_co], parent: tuple[Step, ...], entries: "tuple[tuple[Step, Any], ...]"
    ) -> None:
        self.operand = operand
        self.parent = parent
        self.entries = tuple([((*parent, step), _value(value)) for step, value in entries])
        self.computed = tuple([value for _, value in self.entries if isinstance(value, Expression)])
        shapes = tuple([(*kinds_of_steps(steps), _shape(value)) for steps, value in self.entries])
        binds = tuple([bind for steps, value in self.entries for bind in (steps, *_binds(value))])
        self.is_index = isinstance(entries[0][0], int)
        super().__init__(
            ("json write", kinds_of_steps(parent), shapes, operand.shape), (*operand.binds, parent, *binds)
        )


class JsonRemove(Expression[T_co], parts=("operand",)):
    """A document without what is at the end of a path."""

    __slots__ = ("operand", "steps")

    def __init__(self, operand: Expression[T_co], steps: tuple[Step, ...]) -> None:
        self.operand = operand
        self.steps = steps
        super().__init__(("json remove", kinds_of_steps(steps), operand.shape), (*operand.binds, steps))


def _is_computed(value: object) -> TypeGuard[Expression[Any]]:
    return isinstance(value, Expression)


def _value(value: Any) -> "Expression[Any] | tuple[Any]":
    return value if _is_computed(value) else (value,)


def _shape(value: "Expression[Any] | tuple[Any]") -> Any:
    return shapes_of([value]) if isinstance(value, Expression) else "value"


def _binds(value: "Expression[Any] | tuple[Any]") -> tuple[Any, ...]:
    return binds_of([value]) if isinstance(value, Expression) else (value,)


def document(column: Expression[Any]) -> JsonPath:
    """The whole document of a column, to ask as what is in it: `document(User.settings).has_key("theme")`, `.contains({...})`."""
    check_expression(column, "document")
    return JsonPath(column, ())


def json_set(document: Expression[T_co], path: "str | int | tuple[str | int, ...]", value: Any) -> Expression[T_co]:
    """The document with this value at the path, for `update_all` and to select.

    The last step is a key of a dict, which is added where it is missing, or an index that a list has. Where the path leads to
    neither, the document stays as it is, and NULL stays NULL. `value` is whatever JSON holds, None for null, or an expression.
    Raises QueryError.
    """
    check_expression(document, "json_set")
    steps = checked_steps(path if isinstance(path, tuple) else (path,))
    if not steps:
        raise QueryError("json_set needs a path of one step at least")
    return JsonWrite(document, steps[:-1], ((steps[-1], value),))


def json_remove(document: Expression[T_co], path: "str | int | tuple[str | int, ...]") -> Expression[T_co]:
    """The document without the key or the element at the path; as it is where there is none. Raises QueryError."""
    check_expression(document, "json_remove")
    steps = checked_steps(path if isinstance(path, tuple) else (path,))
    if not steps:
        raise QueryError("json_remove needs a path of one step at least")
    return JsonRemove(document, steps)


def json_merge(document: Expression[T_co], values: "Mapping[str, Any]") -> Expression[T_co]:
    """The document with these keys set, as `dict.update` does: what is under them is replaced whole.

    A document that is no dict stays as it is, and NULL stays NULL. Raises QueryError.
    """
    check_expression(document, "json_merge")
    if not isinstance(cast(object, values), Mapping):
        raise QueryError(f"json_merge takes a dict of keys and values, got {type(values).__name__}")
    entries = tuple(values.items())
    for step in checked_steps(tuple(values)):
        if not isinstance(step, str):
            raise QueryError(f"a key is text, got {type(step).__name__}")
    return JsonWrite(document, (), entries) if entries else document
