"""Lists in a column: JSON lists here, which a dialect may override by arrays of its own."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from activerecord.errors import QueryError
from activerecord.sql.arrays import ArrayItem, ArrayLength, ArrayTest, ArrayWith
from activerecord.sql.compiler.expressions import column_of
from activerecord.sql.compiler.templates import Templates, Texts
from activerecord.sql.document import JsonPath, JsonValue
from activerecord.sql.expression import Expression
from activerecord.types import Array, Boolean, Enumeration, Float, Integer, Json, Text, Type, Uuid

__all__ = ["Arrays", "ListDocument"]


class ListDocument(Expression[Any], parts=("operand",), gives=Json()):
    """A list as the JSON document that it is stored as."""

    __slots__ = ("operand",)

    def __init__(self, operand: Expression[Any]) -> None:
        self.operand = operand
        super().__init__(("list document", operand.shape), operand.binds)


class Arrays(Templates):
    """The part of the compiler that writes what is asked of lists. In templates, `{a}` is the list, `{v}` the values."""

    array_tests: ClassVar[Mapping[str, str]]
    """By the name of an ArrayTest."""

    array_length: ClassVar[str]
    """The number of elements."""

    array_changes: ClassVar[Mapping[str, str]]
    """By the name of an ArrayWith."""

    def visit_arraytest(self, test: ArrayTest) -> str:
        """Whether a list has elements."""
        return self.filled(self.array_tests[test.name], **self.array_texts(test.operand, test.binds[-1], test.name))

    def visit_arraylength(self, length: ArrayLength[Any]) -> str:
        """The number of elements."""
        return self.filled(self.array_length, a=self.array_text(length.operand))

    def visit_arraywith(self, change: ArrayWith[Any]) -> str:
        """A list with other elements."""
        return self.filled(
            self.array_changes[change.name], **self.array_texts(change.operand, change.binds[-1], change.name)
        )

    def visit_arrayitem(self, item: ArrayItem[Any]) -> str:
        """An element by its index: as of a JSON document. Raises NotSupported for elements that JSON has only as texts."""
        kind = self.array_kind(item.operand).item
        name = _VALUES.get(type(kind))
        if name is None:
            raise self.unsupported(f"single elements of lists of {type(kind).__name__}", "read the whole list")
        return self.visit(JsonValue[Any](name, JsonPath(ListDocument(item.operand), item.binds[-1])))

    def visit_listdocument(self, document: ListDocument) -> str:
        """The list as it is."""
        return self.operand(document.operand)

    def array_texts(self, operand: Expression[Any], values: list[Any], name: str) -> Texts:
        """The list, and the values as one list; the only value by itself where it is removed from an array."""
        del name
        dump = self.dump(self.array_kind(operand))
        return {"a": self.array_text(operand), "v": self.repeated(lambda: self.bind(values, dump, column_of(operand)))}

    def array_text(self, operand: Expression[Any]) -> Callable[[], str]:
        """What writes the list. Raises QueryError for what is none."""
        self.array_kind(operand)
        return self.repeated(lambda: self.operand(operand))

    def array_kind(self, operand: Expression[Any]) -> Array:
        """The type of a list. Raises QueryError for what is none."""
        kind = self.type_of(operand)
        if not isinstance(kind, Array):
            raise QueryError(
                f"array(...) takes a column of lists of one type, `Column[list[str]]`, not one of type "
                f"{type(kind).__name__}; a JSON document is asked itself: `column.contains(...)`"
            )
        return kind

    def type_of_arrayitem(self, item: ArrayItem[Any]) -> Type:
        """That of the elements."""
        return self.array_kind(item.operand).item

    def type_of_arraywith(self, change: ArrayWith[Any]) -> Type:
        """That of the list."""
        return self.array_kind(change.operand)


# How the elements are found in JSON, where that is what a column of their type holds.
_VALUES: dict[type[Type], str] = {
    Integer: "integer",
    Float: "number",
    Boolean: "boolean",
    Text: "text",
    Enumeration: "text",
    Uuid: "text",
}
