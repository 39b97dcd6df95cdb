"""JSON documents on SQLite, which has them as text: its functions take the document and a path in it."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from activerecord.errors import NotSupported
from activerecord.sql.compiler.json import Json, boxed
from activerecord.sql.compiler.templates import Texts
from activerecord.sql.document import JsonHasKey, JsonPath, JsonTest
from activerecord.sql.json import JsonRemove, JsonWrite
from activerecord.sql.steps import Step, kinds_of_steps
from activerecord.types import Boolean, Type
from activerecord.types import Json as JsonType
from activerecord.types.json_text import dump_json

__all__ = ["SQLiteJson"]

Dump = Callable[[Any], Any]

_TYPE = "json_type({d}, {p})"
_FOUND = "json_extract({d}, {p})"
_IS_NUMBER = f"{_TYPE} IN ('integer', 'real')"
_NUMBER = f"CASE WHEN {_IS_NUMBER} THEN {_FOUND} END"
_LEAST, _GREATEST = -(1 << 63), (1 << 63) - 1

# Each test gives NULL only where there is nothing, or null.
_OTHERWISE = f"WHEN {_TYPE} <> 'null' THEN 0 END"

# A number is one, however it is written.
_KIND = "CASE {0}.type WHEN 'integer' THEN 'real' ELSE {0}.type END"


def _parts(name: str, tree: str) -> str:
    return f"SELECT {name}.fullkey, {_KIND.format(name)}, {name}.atom FROM {tree} AS {name}"


_DOCUMENT = "json_tree({d} -> {p})"
_SAME = (
    f"NOT EXISTS ({_parts('_a', _DOCUMENT)} EXCEPT {_parts('_b', 'json_tree({v})')}) "
    f"AND NOT EXISTS ({_parts('_b', 'json_tree({v})')} EXCEPT {_parts('_a', _DOCUMENT)})"
)

# An element of a list is found in any place of the list that stands where its own stands.
_WITHIN = (
    "NOT EXISTS (SELECT 1 FROM json_tree({v}) AS _b WHERE NOT EXISTS ("
    f"SELECT 1 FROM {_DOCUMENT} AS _a WHERE {_KIND.format('_a')} = {_KIND.format('_b')} AND _a.atom IS _b.atom "
    "AND CASE typeof(_b.key) WHEN 'integer' THEN _a.path = _b.path AND typeof(_a.key) = 'integer' "
    "ELSE _a.fullkey = _b.fullkey END))"
)


def _element(fits: str) -> str:
    each = f"SELECT 1 FROM json_each({{d}}, {{p}}) AS _a WHERE typeof(_a.key) <> 'text' AND {fits}"
    return f"CASE WHEN {_TYPE} IS NOT NULL THEN EXISTS ({each}) END"


class SQLiteJson(Json):
    """`json_extract(column, path)`; from SQLite 3.38."""

    json_path = "NULLIF({d} -> {p}, 'null')"

    json_values: ClassVar[Mapping[str, str]] = {
        "text": f"CASE {_TYPE} WHEN 'text' THEN {_FOUND} END",
        "integer": f"CASE WHEN {_IS_NUMBER} AND {_FOUND} BETWEEN {_LEAST} AND {_GREATEST} "
        f"AND {_FOUND} = CAST({_FOUND} AS INTEGER) THEN CAST({_FOUND} AS INTEGER) END",
        "number": f"CASE WHEN {_IS_NUMBER} THEN CAST({_FOUND} AS REAL) END",
        "decimal": _NUMBER,
        "comparable": _NUMBER,
        "boolean": f"CASE {_TYPE} WHEN 'true' THEN 1 WHEN 'false' THEN 0 END",
        "length": f"CASE {_TYPE} WHEN 'array' THEN json_array_length({{d}}, {{p}}) "
        "WHEN 'object' THEN (SELECT count(*) FROM json_each({d}, {p})) END",
        "type": f"CASE {_TYPE} WHEN 'text' THEN 'string' WHEN 'integer' THEN 'number' WHEN 'real' THEN 'number' "
        f"WHEN 'true' THEN 'boolean' WHEN 'false' THEN 'boolean' ELSE {_TYPE} END",
    }

    json_tests: ClassVar[Mapping[tuple[str, str], str]] = {
        ("equals", "text"): f"CASE WHEN {_TYPE} = 'text' THEN {_FOUND} = {{v}} {_OTHERWISE}",
        ("equals", "number"): f"CASE WHEN {_IS_NUMBER} THEN {_FOUND} = {{v}} {_OTHERWISE}",
        ("equals", "integer"): f"CASE WHEN {_IS_NUMBER} THEN {_FOUND} = {{v}} {_OTHERWISE}",
        ("equals", "boolean"): f"CASE WHEN {_TYPE} IN ('true', 'false') THEN ({_TYPE} = 'true') = {{v}} {_OTHERWISE}",
        ("equals", "document"): f"CASE WHEN {_TYPE} <> 'null' THEN {_SAME} END",
        ("contains", "text"): _element("_a.type = 'text' AND _a.atom = {v}"),
        ("contains", "number"): _element("_a.type IN ('integer', 'real') AND _a.atom = {v}"),
        ("contains", "integer"): _element("_a.type IN ('integer', 'real') AND _a.atom = {v}"),
        ("contains", "boolean"): _element("_a.type IN ('true', 'false') AND _a.atom = {v}"),
        ("contains", "null"): _element("_a.type = 'null' AND {v} = 'null'"),
        ("contains", "document"): f"CASE WHEN {_TYPE} IS NOT NULL THEN {_WITHIN} END",
    }

    json_key = f"CASE WHEN {_TYPE} IS NOT NULL THEN EXISTS (SELECT 1 FROM json_each({{d}}, {{p}}) AS _a WHERE _a.key = {{k}}) END"

    def json_at(self, path: JsonPath) -> Texts:
        """The document, and the path in it."""
        document = self.json_document(path.operand)
        return {"d": document, "p": self.repeated(lambda: self._path(document, path.steps))}

    def json_key_text(self, test: JsonHasKey) -> Callable[[], str]:
        """The key itself."""
        return self.repeated(lambda: self.bind(test.key, lambda steps: steps[0]))

    def json_is_plain(self, test: JsonTest) -> bool:
        """A list is asked for a plain value too."""
        return test.kind not in ("document", "null")

    def json_document_dump(self) -> Dump:
        """JSON text, which is read as such: a lone float too."""
        return boxed(dump_json)

    def json_template(self, test: JsonTest) -> str:
        """What a test is written as. Raises NotSupported."""
        if test.name == "contains" and not test.is_flat:
            raise self.unsupported(
                "containment of lists that hold lists or dicts",
                "ask for each of them by its index, `path[0].contains(...)`",
            )
        return super().json_template(test)

    def _path(self, document: Callable[[], str], steps: tuple[Step, ...]) -> str:
        """A path in one text; where a key may be written in several ways, the document is asked how it is."""
        return self._found(document, steps, len(steps), [])[0]()

    def _found(
        self, document: Callable[[], str], steps: tuple[Step, ...], end: int, more: list[Dump]
    ) -> tuple[Callable[[], str], list[Callable[[], str]]]:
        """What writes the first steps of a path, and places for what else is wanted of it."""
        odd = [place for place, kind in enumerate(kinds_of_steps(steps[:end])) if kind == "odd key"]
        cuts = [slice(start, stop) for start, stop in zip([0, *[place + 1 for place in odd]], [*odd, end], strict=True)]
        places = self.bind_parts(steps, [*map(_dump_of, cuts), *map(_key, odd), *more])

        def text() -> str:
            written = places[0]()
            for number, cut in enumerate(cuts[1:]):
                key = f"json_each({document()}, {written}) WHERE key = {places[len(cuts) + number]()}"
                written = f"(SELECT fullkey FROM {key})"
                if cut.start < cut.stop:
                    written = f"({written} || {places[number + 1]()})"
            return written

        return self.repeated(text), places[len(cuts) + len(odd) :]

    # documents written anew

    def visit_jsonwrite(self, write: JsonWrite[Any]) -> str:
        """`CASE json_type(document, parent) WHEN 'object' THEN json_set(document, path, value) ELSE document END`."""
        document = self.json_document(write.operand)
        start = document()
        parent = self._path(document, write.parent)
        kind, verb = ("array", "json_replace") if write.is_index else ("object", "json_set")
        whole = document()
        entries = [f"{self._written(document, steps)}, {self.json_entry(value)}" for steps, value in write.entries]
        return f"CASE json_type({start}, {parent}) WHEN '{kind}' THEN {verb}({whole}, {', '.join(entries)}) ELSE {document()} END"

    def _written(self, document: Callable[[], str], steps: tuple[Step, ...]) -> str:
        """The path of what may not be there yet."""
        if kinds_of_steps(steps)[-1] != "odd key":
            return self._path(document, steps)
        last = len(steps) - 1
        parent, (key, step) = self._found(document, steps, last, [_key(last), _escaped])
        known = f"(SELECT fullkey FROM json_each({document()}, {parent()}) WHERE key = {key()})"
        return f"COALESCE({known}, {parent()} || {step()})"

    def visit_jsonremove(self, remove: JsonRemove[Any]) -> str:
        """`CASE WHEN json_type(document, path) IS NULL THEN document ELSE json_remove(document, path) END`."""
        document = self.json_document(remove.operand)
        path = self.repeated(lambda: self._path(document, remove.steps))
        return self.filled(
            f"CASE WHEN {_TYPE} IS NULL THEN {{d}} ELSE json_remove({{d}}, {{p}}) END", d=document, p=path
        )

    def json_bound(self, text: str) -> str:
        """`json(?)`."""
        return f"json({text})"

    def json_computed(self, text: str, kind: Type) -> str:
        """A number or a text is taken for what it is."""
        if isinstance(kind, Boolean):
            return f"json(CASE {text} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END)"
        return f"json(COALESCE({text}, 'null'))" if isinstance(kind, JsonType) else text


def _dump_of(part: slice) -> Dump:
    """What writes a part of a path without odd keys; the first begins at the document."""

    def dump(steps: Any) -> str:
        written = [f'."{step}"' if isinstance(step, str) else f"[{_index(step)}]" for step in steps[part]]
        return f"{'$' if part.start == 0 else ''}{''.join(written)}"

    return dump


def _index(index: int) -> str:
    return str(index) if index >= 0 else f"#{index}"


def _key(place: int) -> Dump:
    def dump(steps: Any) -> str:
        key: str = steps[place]
        if '"' in key:
            # before 3.45 no path in its words leads there
            raise NotSupported("SQLite has no path to a key with a quotation mark in it: read the whole document")
        return key

    return dump


def _escaped(steps: Any) -> str:
    """The last key, which may be new."""
    key: str = steps[-1]
    if "\\" in key:
        # what it stands for changed with 3.45
        raise NotSupported("SQLite adds no key with a backslash in it: write the whole document")
    return f'."{key}"'
