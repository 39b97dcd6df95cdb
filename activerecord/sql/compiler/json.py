"""JSON documents: paths into them, plain values out of them, tests, and documents that are written anew.

Each dialect says in templates what it writes: `{x}` is what is at the end of a path, `{d}` the document and `{p}` the path,
`{v}` a value. A part that stands in a template several times is written as often, its values counted once.
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from activerecord.errors import QueryError
from activerecord.sql.compiler.templates import Templates, Texts
from activerecord.sql.document import JsonHasKey, JsonPath, JsonTest, JsonValue
from activerecord.sql.expression import Expression
from activerecord.sql.json import JsonRemove, JsonWrite
from activerecord.types import Array, Boolean, Float, Integer, Numeric, Text, Type, Unknown
from activerecord.types import Json as JsonType

__all__ = ["Json", "boxed"]


class Json(Templates):
    """The part of the compiler that writes what is in JSON documents."""

    json_path: ClassVar[str]
    """The document at the end of a path, NULL where that is JSON's null."""

    json_values: ClassVar[Mapping[str, str]]
    """The plain values, by the name of a JsonValue."""

    json_tests: ClassVar[Mapping[tuple[str, str], str]]
    """The tests, by the name of a JsonTest and the kind of value."""

    json_key: ClassVar[str]
    """Whether there is a dict with a key, `{k}`."""

    def visit_jsonpath(self, path: JsonPath) -> str:
        """The document at the end of the path."""
        return self.filled(self.json_path, **self.json_at(path))

    def visit_jsonvalue(self, value: JsonValue[Any]) -> str:
        """A plain value of SQL."""
        return self.filled(self.json_values[value.name], **self.json_at(value.path))

    def visit_jsontest(self, test: JsonTest) -> str:
        """Whether it equals or contains a value."""
        value = test.binds[-1]
        texts = self.json_value_texts(value, self.json_dump(test))
        return self.filled(self.json_template(test), **self.json_at(test.path), **texts)

    def json_template(self, test: JsonTest) -> str:
        """What a test is written as. Raises NotSupported."""
        return self.json_tests[test.name, test.kind]

    def visit_jsonhaskey(self, test: JsonHasKey) -> str:
        """Whether there is a dict with a key."""
        return self.filled(self.json_key, **self.json_at(test.path), k=self.json_key_text(test))

    @abstractmethod
    def json_at(self, path: JsonPath) -> Texts:
        """What the templates need of a path."""

    @abstractmethod
    def json_key_text(self, test: JsonHasKey) -> Callable[[], str]:
        """What writes the key."""

    def json_value_texts(self, value: "tuple[Any]", dump: Callable[[Any], Any]) -> Texts:
        """What the templates need of a value."""
        return {"v": self.repeated(lambda: self.bind(value, dump))}

    def json_dump(self, test: JsonTest) -> Callable[[Any], Any]:
        """What the value of a test goes through."""
        return boxed(self.dialect.dump_plain) if self.json_is_plain(test) else self.json_document_dump()

    def json_is_plain(self, test: JsonTest) -> bool:
        """Whether the value of a test is bound as a plain one, and not as a document."""
        return test.name == "equals" and test.kind != "document"

    def json_document_dump(self) -> Callable[[Any], Any]:
        """What turns a value into a whole document."""
        return boxed(self.dump(JsonType()))

    def json_document(self, operand: Expression[Any]) -> Callable[[], str]:
        """What writes the whole document. Raises QueryError for what is none."""
        kind = self.type_of(operand)
        if isinstance(kind, Array):
            raise QueryError("the column holds a list of values of one type: array(...) has its elements")
        if not isinstance(kind, JsonType | Text | Unknown):
            raise QueryError(f"only a JSON document has keys and elements, not a value of type {type(kind).__name__}")
        return self.repeated(lambda: self.operand(operand))

    # documents written anew

    @abstractmethod
    def visit_jsonwrite(self, write: JsonWrite[Any]) -> str:
        """The document with other values in it."""

    @abstractmethod
    def visit_jsonremove(self, remove: JsonRemove[Any]) -> str:
        """The document without a part of it."""

    def json_entry(self, value: "Expression[Any] | tuple[Any]") -> str:
        """A value as a part of a document."""
        if not isinstance(value, Expression):
            return self.json_bound(self.bind(value, self.json_document_dump()))
        return self.json_computed(self.operand(value), self.type_of(value))

    @abstractmethod
    def json_bound(self, text: str) -> str:
        """A document that is bound, as a part of another."""

    @abstractmethod
    def json_computed(self, text: str, kind: Type) -> str:
        """A value that is computed, as a part of a document; NULL as null."""

    # types

    def type_of_jsonpath(self, path: JsonPath) -> Type:
        """A document."""
        del path
        return JsonType()

    def type_of_jsonvalue(self, value: JsonValue[Any]) -> Type:
        """What its name says."""
        return _TYPES.get(value.name, Unknown())

    def type_of_jsonwrite(self, write: JsonWrite[Any]) -> Type:
        """A document."""
        del write
        return JsonType()

    def type_of_jsonremove(self, remove: JsonRemove[Any]) -> Type:
        """A document."""
        del remove
        return JsonType()


def boxed(dump: Callable[[Any], Any] | None) -> Callable[[Any], Any]:
    """The dump of a value in a tuple, in which None is no NULL."""
    return lambda box: box[0] if dump is None else dump(box[0])


_TYPES: dict[str, Type] = {
    "text": Text(),
    "integer": Integer(),
    "number": Float(),
    "decimal": Numeric(),
    "boolean": Boolean(),
    "length": Integer(),
    "type": Text(),
}
