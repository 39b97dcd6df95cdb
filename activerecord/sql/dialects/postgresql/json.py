"""JSON documents on PostgreSQL: every one is treated as JSONB, whatever it is stored as."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, ClassVar

from activerecord.sql.compiler.json import Json
from activerecord.sql.compiler.templates import Texts
from activerecord.sql.document import JsonHasKey, JsonPath, JsonTest
from activerecord.sql.json import JsonRemove, JsonWrite
from activerecord.sql.steps import Step
from activerecord.types import Type

__all__ = ["PostgreSQLJson"]

_NUMBER = "CASE jsonb_typeof({x}) WHEN 'number' THEN ({x})::numeric END"
_LEAST, _GREATEST = -(1 << 63), (1 << 63) - 1

# One in another: the sides of an AND are computed in any order.
_INTEGER = (
    f"CASE jsonb_typeof({{x}}) WHEN 'number' THEN CASE WHEN ({{x}})::numeric BETWEEN {_LEAST} AND {_GREATEST} "
    "AND ({x})::numeric % 1 = 0 THEN ({x})::bigint END END"
)


class PostgreSQLJson(Json):
    """`-> $1::text`: a key leads into dicts only, an index into lists only, which a path in one text would not tell."""

    json_path = "NULLIF({x}, 'null'::jsonb)"

    json_values: ClassVar[Mapping[str, str]] = {
        "text": "CASE jsonb_typeof({x}) WHEN 'string' THEN {x} #>> '{}' END",
        "integer": _INTEGER,
        "number": "CASE jsonb_typeof({x}) WHEN 'number' THEN ({x})::double precision END",
        "decimal": _NUMBER,
        "comparable": _NUMBER,
        "boolean": "CASE jsonb_typeof({x}) WHEN 'boolean' THEN ({x})::boolean END",
        "length": "CASE jsonb_typeof({x}) WHEN 'array' THEN jsonb_array_length({x}) "
        "WHEN 'object' THEN (SELECT count(*) FROM jsonb_object_keys({x}))::integer END",
        "type": "jsonb_typeof({x})",
    }

    json_tests: ClassVar[Mapping[tuple[str, str], str]] = {
        **{
            ("equals", kind): "(NULLIF({x}, 'null'::jsonb) = {v})"
            for kind in ("text", "number", "integer", "boolean", "document")
        },
        **{("contains", kind): "({x} @> {v})" for kind in ("text", "number", "integer", "boolean", "document", "null")},
    }

    json_key = "(jsonb_typeof({x}) = 'object' AND {x} ? {k})"

    def json_at(self, path: JsonPath) -> Texts:
        """`(column::jsonb -> $1::text)`."""
        document = self.json_document(path.operand)
        return {"x": self.repeated(lambda: self._at(document, path.steps)[0])}

    def _at(self, document: Callable[[], str], steps: tuple[Step, ...]) -> tuple[str, Callable[[], str]]:
        """What is at the end of a path, and what writes the path as one array."""
        found = f"{document()}::jsonb"
        *places, whole = self.bind_parts(steps, [*map(_step, range(len(steps))), _texts])
        for step, place in zip(steps, places, strict=True):
            found = f"{found} -> {place()}::text" if isinstance(step, str) else _element(found, place(), step)
        return f"({found})", self.repeated(lambda: f"{whole()}::text[]")

    def json_key_text(self, test: JsonHasKey) -> Callable[[], str]:
        """`$1::text`."""
        return self.repeated(lambda: f"{self.bind(test.key, _step(0))}::text")

    def json_value_texts(self, value: "tuple[Any]", dump: Callable[[Any], Any]) -> Texts:
        """`$1::jsonb`."""
        return {"v": self.repeated(lambda: f"{self.bind(value, dump)}::jsonb")}

    def json_dump(self, test: JsonTest) -> Callable[[Any], Any]:
        """Every value is a document here, a Decimal one by its digits."""
        del test
        dump = self.json_document_dump()
        return lambda box: format(box[0], "f") if _is_finite(box[0]) else dump(box)

    def visit_jsonwrite(self, write: JsonWrite[Any]) -> str:
        """`CASE jsonb_typeof(parent) WHEN 'object' THEN jsonb_set(document, path, value) ELSE document END`."""
        document = self.json_document(write.operand)
        parent, _ = self._at(document, write.parent)
        text = whole = f"{document()}::jsonb"
        adds = "FALSE" if write.is_index else "TRUE"
        for steps, value in write.entries:
            path = self.bind(steps, _texts)
            text = f"jsonb_set({text}, {path}::text[], {self.json_entry(value)}, {adds})"
        return (
            f"CASE jsonb_typeof({parent}) WHEN '{'array' if write.is_index else 'object'}' THEN {text} ELSE {whole} END"
        )

    def visit_jsonremove(self, remove: JsonRemove[Any]) -> str:
        """`CASE WHEN part IS NULL THEN document ELSE document #- path END`."""
        document = self.json_document(remove.operand)
        part, path = self._at(document, remove.steps)
        return f"CASE WHEN {part} IS NULL THEN {document()}::jsonb ELSE {document()}::jsonb #- {path()} END"

    def json_bound(self, text: str) -> str:
        """`$1::jsonb`."""
        return f"{text}::jsonb"

    def json_computed(self, text: str, kind: Type) -> str:
        """`to_jsonb(value)`."""
        del kind
        return f"COALESCE(to_jsonb({text}), 'null'::jsonb)"


def _step(number: int) -> Callable[[Any], Any]:
    def dump(steps: Any) -> Any:
        step: Step = steps[number]
        return -1 - step if isinstance(step, int) and step < 0 else step

    return dump


def _element(found: str, place: str, step: int) -> str:
    """`->` would take the index 0 of a single value for the value itself."""
    index = "$i" if step >= 0 else "last - $i"
    return f"jsonb_path_query_first({found}, 'strict $[{index}]', jsonb_build_object('i', {place}::integer), TRUE)"


def _texts(steps: Any) -> list[str]:
    return list(map(str, steps))


def _is_finite(value: object) -> bool:
    return isinstance(value, Decimal) and value.is_finite()
