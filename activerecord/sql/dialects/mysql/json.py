"""JSON documents on MySQL, where they are a type of their own, and on MariaDB, where they are text."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from activerecord.errors import NotSupported
from activerecord.sql.compiler.json import Json
from activerecord.sql.compiler.templates import Texts
from activerecord.sql.document import JsonHasKey, JsonPath
from activerecord.sql.json import JsonRemove, JsonWrite
from activerecord.sql.steps import Step, kinds_of_steps
from activerecord.types import Boolean, Type
from activerecord.types import Json as JsonType

__all__ = ["MariaDBJson", "MySQLJson"]

Dump = Callable[[Any], Any]

_IS_NUMBER = "JSON_TYPE({x}) IN ('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL')"
_NUMBER = f"CASE WHEN {_IS_NUMBER} THEN CAST({{x}} AS DOUBLE) END"
_LEAST, _GREATEST = -(1 << 63), (1 << 63) - 1

# Each test gives NULL only where there is nothing, or null.
_OTHERWISE = "WHEN JSON_TYPE({x}) <> 'NULL' THEN FALSE END"

# In floating point first: there the server has no bounds to complain about.
_INTEGER = (
    f"CASE WHEN {_IS_NUMBER} THEN CASE WHEN CAST({{x}} AS DOUBLE) BETWEEN -1e19 AND 1e19 "
    f"AND CAST({{x}} AS DOUBLE) = FLOOR(CAST({{x}} AS DOUBLE)) "
    f"THEN CASE WHEN CAST({{x}} AS DECIMAL(30)) BETWEEN {_LEAST} AND {_GREATEST} "
    f"THEN CAST(CAST({{x}} AS DECIMAL(30)) AS SIGNED) END END END"
)


def _text(collation: str) -> str:
    return f"CONVERT(JSON_UNQUOTE({{x}}) USING utf8mb4) COLLATE {collation}"


def _values(collation: str) -> dict[str, str]:
    """The plain values; texts are compared by code point, blanks at their end included."""
    return {
        "text": f"CASE JSON_TYPE({{x}}) WHEN 'STRING' THEN {_text(collation)} END",
        "integer": _INTEGER,
        "number": _NUMBER,
        "decimal": f"CASE WHEN {_IS_NUMBER} THEN CAST({{x}} AS DECIMAL(65, 30)) END",
        "comparable": _NUMBER,
        "boolean": f"CASE JSON_TYPE({{x}}) WHEN 'BOOLEAN' THEN {_text(collation)} = 'true' END",
        "length": "CASE WHEN JSON_TYPE({x}) IN ('ARRAY', 'OBJECT') THEN JSON_LENGTH({x}) END",
        "type": f"CASE WHEN {_IS_NUMBER} THEN 'number' ELSE LOWER(JSON_TYPE({{x}})) END",
    }


def _tests(collation: str, equals: str, contains: str) -> dict[tuple[str, str], str]:
    same = {
        "text": f"CASE WHEN JSON_TYPE({{x}}) = 'STRING' THEN {_text(collation)} = {{v}} {_OTHERWISE}",
        "number": f"CASE WHEN {_IS_NUMBER} THEN CAST({{x}} AS DOUBLE) = {{v}} {_OTHERWISE}",
        "integer": f"CASE WHEN {_IS_NUMBER} THEN COALESCE({_INTEGER} = {{v}}, FALSE) {_OTHERWISE}",
        "boolean": f"CASE WHEN JSON_TYPE({{x}}) = 'BOOLEAN' THEN ({_text(collation)} = 'true') = {{v}} {_OTHERWISE}",
        "document": f"CASE WHEN JSON_TYPE({{x}}) <> 'NULL' THEN {equals} END",
    }
    return {
        **{("equals", kind): template for kind, template in same.items()},
        **{("contains", kind): contains for kind in (*same, "null")},
    }


class MariaDBJson(Json):
    """`JSON_EXTRACT(column, path)`.

    MariaDB compares keys and texts as they are written: one with letters beyond ASCII, or escapes, is looked for in both ways.
    """

    # not NULLIF, to which the text "null" is null too
    json_path = "CASE WHEN JSON_TYPE({x}) <> 'NULL' THEN {x} END"
    json_values: ClassVar[Mapping[str, str]] = _values("utf8mb4_nopad_bin")
    json_tests: ClassVar[Mapping[tuple[str, str], str]] = _tests(
        "utf8mb4_nopad_bin",
        "(JSON_EQUALS({x}, {v}) OR JSON_EQUALS({x}, {w}))",
        "(JSON_CONTAINS({x}, {v}) OR JSON_CONTAINS({x}, {w}))",
    )
    json_key = "JSON_CONTAINS_PATH({x}, 'one', {k})"

    json_counts: ClassVar[bool] = True
    """Whether elements are counted here that the path counts from the end."""

    def json_at(self, path: JsonPath) -> Texts:
        """What the path leads to."""
        document = self.json_document(path.operand)
        return {"x": self.repeated(lambda: self._at(document, path.steps)[0])}

    def _at(self, document: Callable[[], str], steps: tuple[Step, ...]) -> tuple[str, Callable[[], str]]:
        """What is at the end of a path, and what writes the whole path."""
        text = document()
        spellings = self.json_spellings(steps)
        links = [self._link(steps, part, escaped=escaped) for escaped in spellings for part in _parts(steps)]
        whole = [self.json_dump_of(slice(None), escaped=escaped) for escaped in spellings]
        places = iter(self.bind_parts(steps, [*[dump for link in links for dump in link], *whole]))
        writers = [[next(places) for _ in link] for link in links]
        count = len(writers) // len(spellings)
        found = self._nested(lambda: text, writers[:count])()
        if len(spellings) > 1:
            found = f"COALESCE({found}, {self._nested(document, writers[count:])()})"
        return found, self._whole(document, list(places))

    def _link(self, steps: tuple[Step, ...], part: slice, *, escaped: bool) -> list[Dump]:
        """What writes a part of a path; a number and a text where it begins with an index that counts from the end."""
        path = self.json_dump_of(part, escaped=escaped)
        if not self.json_counts or not any(map(_is_from_end, steps[part][:1])):
            return [path]
        # the path without its beginning, up to the bracket that closes it
        return [lambda given: -given[part.start], lambda given: path(given).partition("]")[2]]

    def _nested(self, document: Callable[[], str], links: list[list[Callable[[], str]]]) -> Callable[[], str]:
        text = document
        for link in links:
            text = partial(self._from_end if len(link) > 1 else _extract, text, *link)
        return text

    def _from_end(self, document: Callable[[], str], number: Callable[[], str], rest: Callable[[], str]) -> str:
        """An element by its number from the end. In a path, a negative index is for all rows what it is for the first."""
        text = self.repeated(document)
        found = text()
        enough = f"JSON_LENGTH({text()}) >= {number()}"
        place = f"CONCAT('$[', JSON_LENGTH({text()}) - {number()}, ']', {rest()})"
        return f"JSON_EXTRACT({found}, IF({enough}, {place}, NULL))"

    def _whole(self, document: Callable[[], str], paths: list[Callable[[], str]]) -> Callable[[], str]:
        """The path as it is spelt in the document, where there is a choice."""
        if len(paths) == 1:
            return self.repeated(paths[0])
        first, second = paths
        return self.repeated(lambda: f"IF(JSON_CONTAINS_PATH({document()}, 'one', {second()}), {second()}, {first()})")

    def json_key_text(self, test: JsonHasKey) -> Callable[[], str]:
        """`'$."key"'`, in one or two spellings."""
        dumps = [self.json_dump_of(slice(None), escaped=escaped) for escaped in self.json_spellings(test.key)]
        return lambda: ", ".join([place() for place in self.bind_parts(test.key, dumps)])

    def json_spellings(self, steps: tuple[Step, ...]) -> tuple[bool, ...]:
        """Whether the keys are written with escapes: so, and where they are not the only way to write them, without too."""
        return (True, False) if "odd key" in kinds_of_steps(steps) else (True,)

    def json_dump_of(self, part: slice, *, escaped: bool) -> Dump:
        """What writes a part of a path; one that ends before an index stands for all elements."""

        def dump(steps: Any) -> str:
            self.json_check_keys(steps)
            return _path(steps[part], self.json_index, every=part.stop is not None, escaped=escaped)

        return dump

    def json_check_keys(self, steps: tuple[Step, ...]) -> None:
        """Raise NotSupported for a key that the server has no path to."""
        if any(isinstance(step, str) and step.startswith("-") for step in steps):
            raise NotSupported("MariaDB has no path to a key that begins with a hyphen: read the whole document")

    def json_index(self, index: int) -> str:
        """An index in a path."""
        return str(index)

    def json_value_texts(self, value: "tuple[Any]", dump: Dump) -> Texts:
        """The value with escapes, as it is written here, and as others may have written it."""
        parts: list[Callable[[], str]] = []

        def place(number: int) -> Callable[[], str]:
            def write() -> str:
                if not parts:
                    parts.extend(self.bind_parts(value, [dump, lambda box: _without_escapes(dump(box))]))
                return parts[number]()

            return self.repeated(write)

        return {"v": place(0), "w": place(1)}

    # documents written anew

    def visit_jsonwrite(self, write: JsonWrite[Any]) -> str:
        """`CASE JSON_TYPE(parent) WHEN 'OBJECT' THEN JSON_SET(document, path, value) ELSE document END`."""
        document = self.json_document(write.operand)
        parent, _ = self._at(document, write.parent)
        kind, verb = ("ARRAY", "JSON_REPLACE") if write.is_index else ("OBJECT", "JSON_SET")
        whole = document()
        entries = [f"{self._path(document, steps)}, {self.json_entry(value)}" for steps, value in write.entries]
        changed = self.json_changed(f"{verb}({whole}, {', '.join(entries)})")
        return f"CASE JSON_TYPE({parent}) WHEN '{kind}' THEN {changed} ELSE {document()} END"

    def json_changed(self, text: str) -> str:
        """A document as it is written here, so that equal ones have equal texts."""
        return f"JSON_COMPACT({text})"

    def _path(self, document: Callable[[], str], steps: tuple[Step, ...]) -> str:
        self._refuse_from_end(steps)
        dumps = [self.json_dump_of(slice(None), escaped=escaped) for escaped in self.json_spellings(steps)]
        return self._whole(document, self.bind_parts(steps, dumps))()

    def _refuse_from_end(self, steps: tuple[Step, ...]) -> None:
        if self.json_counts and any(map(_is_from_end, steps)):
            raise self.unsupported("writing by an index from the end of a list", "give the index from its beginning")

    def visit_jsonremove(self, remove: JsonRemove[Any]) -> str:
        """`CASE WHEN part IS NULL THEN document ELSE JSON_REMOVE(document, path) END`."""
        document = self.json_document(remove.operand)
        self._refuse_from_end(remove.steps)
        part, path = self._at(document, remove.steps)
        whole = document()
        changed = self.json_changed(f"JSON_REMOVE({document()}, {path()})")
        return f"CASE WHEN {part} IS NULL THEN {whole} ELSE {changed} END"

    def json_bound(self, text: str) -> str:
        """A text would be taken for a text."""
        return f"JSON_EXTRACT({text}, '$')"

    def json_computed(self, text: str, kind: Type) -> str:
        """A number or a text is taken for what it is."""
        if isinstance(kind, Boolean):
            return f"JSON_EXTRACT(CASE {text} WHEN TRUE THEN 'true' WHEN FALSE THEN 'false' ELSE 'null' END, '$')"
        return f"JSON_EXTRACT(COALESCE({text}, 'null'), '$')" if isinstance(kind, JsonType) else text


class MySQLJson(MariaDBJson):
    """As MariaDB, but that the server reads what it stores: there is one way to write it."""

    json_values: ClassVar[Mapping[str, str]] = _values("utf8mb4_0900_bin")
    json_tests: ClassVar[Mapping[tuple[str, str], str]] = _tests(
        "utf8mb4_0900_bin", "{x} = CAST({v} AS JSON)", "JSON_CONTAINS({x}, {v})"
    )

    json_counts: ClassVar[bool] = False

    def json_spellings(self, steps: tuple[Step, ...]) -> tuple[bool, ...]:
        """With escapes."""
        del steps
        return (True,)

    def json_check_keys(self, steps: tuple[Step, ...]) -> None:
        """None."""

    def json_index(self, index: int) -> str:
        """`last-1` is the one before the last."""
        return str(index) if index >= 0 else f"last-{-1 - index}"

    def json_value_texts(self, value: "tuple[Any]", dump: Dump) -> Texts:
        """The value as it is written here."""
        return Json.json_value_texts(self, value, dump)

    def json_changed(self, text: str) -> str:
        """The server writes it in one way."""
        return text

    def json_bound(self, text: str) -> str:
        """`CAST(? AS JSON)`."""
        return f"CAST({text} AS JSON)"

    def json_computed(self, text: str, kind: Type) -> str:
        """A number or a text is taken for what it is."""
        if isinstance(kind, Boolean):
            return f"CAST(CASE {text} WHEN TRUE THEN 'true' WHEN FALSE THEN 'false' ELSE 'null' END AS JSON)"
        return f"COALESCE({text}, CAST('null' AS JSON))" if isinstance(kind, JsonType) else text


def _parts(steps: Sequence[Step]) -> list[slice]:
    """The path cut before each index: the server takes the index 0 of what is no list for the thing itself.

    All elements of what is no list are nothing, so it is asked for these, and then for one of them.
    """
    cuts = [0, *[place for place, step in enumerate(steps) if isinstance(step, int)]]
    return [slice(start, end) for start, end in zip(cuts, [*cuts[1:], None], strict=True)]


def _extract(document: Callable[[], str], path: Callable[[], str]) -> str:
    return f"JSON_EXTRACT({document()}, {path()})"


def _is_from_end(step: Step) -> bool:
    return isinstance(step, int) and step < 0


def _path(steps: Sequence[Step], index: Callable[[int], str], *, every: bool, escaped: bool) -> str:
    written = [
        f".{json.dumps(step, ensure_ascii=escaped)}" if isinstance(step, str) else f"[{index(step)}]" for step in steps
    ]
    return f"${''.join(written)}{'[*]' if every else ''}"


def _without_escapes(text: Any) -> Any:
    if not isinstance(text, str) or "\\u" not in text:
        return text
    plain = json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":"))
    # half of a surrogate pair can only be written as an escape
    return text if any("\ud800" <= letter <= "\udfff" for letter in plain) else plain
