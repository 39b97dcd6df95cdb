"""What queries find in JSON documents is what Python finds in them, on every engine."""

import random
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activerecord import (
    ActiveRecord,
    Column,
    InvalidValue,
    NotSupported,
    QueryError,
    Undeclared,
    column,
    create_tables,
    execute,
    json_merge,
    json_remove,
    json_set,
)
from activerecord.database import database
from activerecord.sql.document import JsonPath
from activerecord.sql.expression import Expression
from activerecord.testing.queries import assert_queries
from activerecord.testing.runners import Runner
from activerecord.types import Json
from tests.feature.documents import (
    DOCUMENTS,
    Steps,
    at,
    boolean,
    equals,
    holds,
    holds_anywhere,
    kind,
    length,
    number,
    paths,
    removed,
    text,
    whole,
    written,
)
from tests.feature.held import ENGINES, engine_url

pytestmark = pytest.mark.places("file", "server")

Evaluate = Callable[[Any], Any]


class Document(ActiveRecord):
    __table_name__ = "documents"
    id: Column[int] = column(primary_key=True)
    body: Column[Any] = column(type=Json())


@pytest.fixture
def stored(configured: str) -> list[Any]:
    """The documents, one a row, in the order of their keys."""
    create_tables(Document)
    Document.insert_all([{"body": document} for document in DOCUMENTS])
    return DOCUMENTS


CHANCE = random.Random(4)
PATHS: list[Steps] = sorted({path for document in DOCUMENTS for path in paths(document)}, key=repr)
SOME: list[Steps] = [
    (),
    ("a",),
    ("a", 0),
    ("a", -1),
    ("b", 3),
    ("0",),
    (0,),
    (1, 0),
    (2, "a"),
    *CHANCE.sample(PATHS, 25),
]


def path_of(steps: Steps) -> JsonPath:
    path = JsonPath(Document.body, steps[:1])
    for step in steps[1:]:
        path = path[step]
    return path


def differs(value: Any, other: Any) -> bool:
    return not equals(value, other)


def of(contains: Callable[[Any, Any], bool], part: Any, value: Any) -> bool:
    return contains(value, part)


def keyed(key: str, value: Any) -> bool:
    return isinstance(value, dict) and key in value


def values(*expressions: Expression[Any]) -> list[list[Any]]:
    """The values of each expression, in the order of the documents."""
    labelled = [expression.as_(f"v{place}") for place, expression in enumerate(expressions)]
    rows = Document.query().order_by("id").select(*labelled).tuples()
    return [list(column_) for column_ in zip(*rows, strict=True)]


def found(steps: Steps, evaluate: Evaluate, *, null: Any = None) -> list[Any]:
    """What Python finds in each document; `null` where that is JSON's."""
    here = [at(document, steps) for document in DOCUMENTS]
    return [None if not each else null if each[0] is None else evaluate(each[0]) for each in here]


def test_documents_and_plain_values(stored: list[Any]) -> None:
    for steps in SOME:
        path = path_of(steps)
        asked = values(
            path, path.text(), path.integer(), path.number(), path.boolean(), path.type(), path.length(), path.is_null()
        )
        numbers = found(steps, number)
        wanted = [
            found(steps, lambda value: value),
            found(steps, text),
            found(steps, whole),
            [None if each is None else float(each) for each in numbers],
            found(steps, boolean),
            found(steps, kind, null="null"),
            found(steps, length),
            [value is None for value in found(steps, lambda value: value)],
        ]
        assert asked == wanted, steps
        assert [type(each) for each in asked[2]] == [type(each) for each in wanted[2]]


def test_the_digits_of_a_number(stored: list[Any]) -> None:
    [tenths] = values(Document.body["b"].decimal())
    assert tenths[-1] == Decimal("0.1")


def test_equal_to_values_of_python(stored: list[Any]) -> None:
    others: list[Any] = [
        "x",
        "hi",
        "",
        "null",
        "1",
        1,
        0,
        2.5,
        1 << 40,
        True,
        False,
        Decimal("2.5"),
        [],
        {},
        [1],
        {"a": 3},
    ]
    for steps in SOME[:16]:
        path = path_of(steps)
        here: list[Any] = [each for each in found(steps, lambda value: value) if length(each) is not None][:2]
        given_ = [*others, *here]
        plain = [float(other) if isinstance(other, Decimal) else other for other in given_]
        assert values(*[path == other for other in given_]) == [
            found(steps, partial(equals, other)) for other in plain
        ], steps
        assert values(*[path != other for other in given_[:6]]) == [
            found(steps, partial(differs, other)) for other in plain[:6]
        ], steps


def test_in_order(stored: list[Any]) -> None:
    for steps in SOME:
        path = path_of(steps)
        assert values(path < 2, path >= Decimal("2.5"), path > 0.5, path.between(0, 2.5)) == [
            found(steps, lambda value: None if number(value) is None else value < 2),
            found(steps, lambda value: None if number(value) is None else value >= 2.5),
            found(steps, lambda value: None if number(value) is None else value > 0.5),
            found(steps, lambda value: None if number(value) is None else 0 <= value <= 2.5),
        ], steps
        assert values(path.starts_with("hi"), path.in_(["x", 1, True])) == [
            found(steps, lambda value: None if text(value) is None else value.startswith("hi")),
            found(steps, lambda value: any(equals(value, other) for other in ("x", 1, True))),
        ], steps


def test_contained(stored: list[Any], engine: str) -> None:
    parts: list[Any] = [
        "x",
        1,
        2.5,
        True,
        [1],
        ["x", True],
        [],
        {},
        {"a": 1},
        {"é": {}},
        {"key": [1]},
        {"b": {"a": "x"}},
        None,
    ]
    contains = holds_anywhere if engine == "mysql" else holds
    for steps in SOME:
        path = path_of(steps)
        wanted = [found(steps, partial(of, contains, part), null=contains(None, part)) for part in parts]
        for part, asked, right in zip(parts, values(*[path.contains(part) for part in parts]), wanted, strict=True):
            assert asked == right, (steps, part)


def test_keys(stored: list[Any]) -> None:
    keys = ["a", "é", "0", "", "\\", 'a"b', "it's", "x y"]
    for steps in SOME[:16]:
        path = path_of(steps)
        assert values(*map(path.has_key, keys)) == [found(steps, partial(keyed, key), null=False) for key in keys], (
            steps
        )
    both = path_of(("a",))
    assert values(both.has_any_key("a", "b"), both.has_all_keys("a", "b")) == [
        found(("a",), lambda value: isinstance(value, dict) and bool({"a", "b"} & value.keys()), null=False),
        found(("a",), lambda value: isinstance(value, dict) and {"a", "b"} <= value.keys(), null=False),
    ]


def test_written(stored: list[Any], engine: str) -> None:
    body = Document.body
    for steps in [each for each in SOME if each and not any(isinstance(step, int) and step < 0 for step in each)]:
        if engine == "sqlite" and isinstance(steps[-1], str) and "\\" in steps[-1]:
            continue
        new = {"n": [None, True, "é\\"]}
        assert values(json_set(body, steps, new), json_set(body, steps, None), json_remove(body, steps)) == [
            [None if document is None else written(document, steps, new) for document in stored],
            [None if document is None else written(document, steps, None) for document in stored],
            [None if document is None else removed(document, steps) for document in stored],
        ], steps
    [merged, computed] = values(
        json_merge(body, {"a": 1, "ö": [2], "c": None}), json_set(body, "c", body["a"].integer())
    )
    assert merged == [{**each, "a": 1, "ö": [2], "c": None} if isinstance(each, dict) else each for each in stored]
    wholes = found(("a",), whole)
    assert computed == [
        {**each, "c": number_} if isinstance(each, dict) else each for each, number_ in zip(stored, wholes, strict=True)
    ]


def test_conditions_of_records(stored: list[Any], runner: Runner) -> None:
    async def main() -> None:
        wanted = [place for place, document in enumerate(stored, 1) if at(document, ("b",)) == (0.1,)]
        records = await Document.where(Document.body["b"] == 0.1).async_all()
        assert [record.id for record in records] == wanted == [len(stored)]

    runner.run(main)


def out_of_reach(engine: str, key: str) -> bool:
    """Whether the engine has no path to a key."""
    return {"sqlite": '"' in key, "mysql": key.startswith("-"), "postgresql": False}[engine]


@pytest.mark.parametrize("engine", ENGINES)
def test_hostile_keys(engine: str, tmp_path: Any) -> None:
    """Any key leads to its value and no other, or is refused by an error of ours, and nothing is sent."""
    ActiveRecord.configure(engine_url(engine, tmp_path))
    create_tables(Document)
    keys = (
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
        | st.text("\"'.[]\\$*{}#? `;-/é😀", max_size=8)
        | st.sampled_from(["k" * 1000, "a" * 63 + '"'])
    )

    @settings(
        deadline=None,
        derandomize=True,
        database=None,
        max_examples=60,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    @given(keys, keys, st.booleans())
    def leads_there(key: str, other: str, inside: bool) -> None:
        document = {other: 1, key: {"in": [2]} if inside else 2}
        try:
            record = Document.create(body=document)
        except InvalidValue:
            return
        path = Document.body[key]["in"][0] if inside else Document.body[key]
        rows = Document.where(id=record.id)
        try:
            assert rows.select(path.as_("v")).tuples() == [(2,)]
            assert len(key) < 6 or key not in rows.where(path == 2).to_sql()[0]
            assert rows.where(path == 2, Document.body[other] == (1 if other != key else 2)).count() == (
                other != key or not inside
            )
        except NotSupported:
            assert out_of_reach(engine, key) or out_of_reach(engine, other)
        changed = json_set(Document.body, key, "new")
        try:
            assert rows.select(changed.as_("v")).tuples() == [({**document, key: "new"},)]
            assert rows.select(json_remove(Document.body, key).as_("v")).tuples() == [
                ({other: 1} if other != key else {},)
            ]
        except NotSupported:
            assert out_of_reach(engine, key) or (engine == "sqlite" and "\\" in key)

    def refused_or_there(key: str) -> None:
        with pytest.raises(QueryError), assert_queries(0, database()):
            Document.where(Document.body[key] == 1).count()

    leads_there()
    refused_or_there("nul\0")
    refused_or_there("half\ud800")


def test_what_is_no_step() -> None:
    wrong: list[Any] = [1.5, None, True, b"a", 1 << 40, ["a"]]
    for step in wrong:
        with pytest.raises(QueryError):
            Document.body[step]
    with pytest.raises(QueryError, match="say what is compared"):
        _ = Document.body["a"] == Document.body["b"]
    with pytest.raises(QueryError):
        _ = Document.body["a"] < {}
    with pytest.raises(QueryError):
        json_set(Document.body, (), 1)


@pytest.mark.parametrize("engine", ENGINES)
def test_documents_that_others_have_written(engine: str, tmp_path: Any) -> None:
    """In columns of text, or of PostgreSQL's plain JSON, with letters as they are and with escapes."""
    ActiveRecord.configure(engine_url(engine, tmp_path))
    kind_ = {"sqlite": "text", "postgresql": "json", "mysql": "longtext"}[engine]
    execute(f"create table foreign_documents (id integer primary key, body {kind_}, note varchar(400))")
    texts = ['{"é": {"a b": "ü"}, "n": 1.50}', '{"\\u00e9": {"a b": "\\u00fc"}, "n": 1.5}', '{"n": "1.5"}', None]
    execute(
        "insert into foreign_documents (id, body, note) values (1, ?, ?), (2, ?, ?), (3, ?, ?), (4, ?, ?)",
        *[text_ for text_ in texts for _ in range(2)],
    )

    class Foreign(Undeclared):
        __table_name__ = "foreign_documents"

    for body in (Foreign.body, Foreign.note):
        rows = Foreign.query().order_by("id")
        assert rows.pluck(body["é"]["a b"]) == ["ü", "ü", None, None]
        assert rows.where(body["é"]["a b"] == "ü").ids() == [1, 2]
        assert rows.where(body["n"] == 1.5).ids() == [1, 2]
        assert rows.where(body["é"].has_key("a b")).ids() == [1, 2]
        assert rows.where(body["é"].contains({"a b": "ü"})).ids() == [1, 2]
        changed = rows.pluck(json_set(body, ("é", "a b"), "x"))
        assert [each and each["n"] for each in changed] == [1.5, 1.5, "1.5", None]
        assert [each and each.get("é") for each in changed] == [{"a b": "x"}, {"a b": "x"}, None, None]


@pytest.mark.parametrize("engine", ENGINES)
def test_one_text_for_all_keys_and_values(engine: str, tmp_path: Any) -> None:
    ActiveRecord.configure(engine_url(engine, tmp_path))
    create_tables(Document)
    Document.where(Document.body["a"]["b"] == "x").count()
    compiled = database().statements.compiled
    for key in ("c", "d e", "k" * 100):
        Document.where(Document.body[key]["b"] == key).count()
    assert database().statements.compiled == compiled


@pytest.mark.parametrize("engine", ENGINES)
def test_rows_are_changed(engine: str, tmp_path: Any) -> None:
    """What a query writes is what saving a record would have written."""
    ActiveRecord.configure(engine_url(engine, tmp_path))
    create_tables(Document)
    Document.insert_all([{"body": {"a": {"b": 1}, "c": [1, 2]}}, {"body": {"c": 2.5}}, {"body": [1]}])
    body = Document.body
    assert Document.where(body["c"].is_not_null()).update_all(body=json_set(body, ("a", "b"), 2.5)) == 2
    assert Document.where(id=2).update_all(body=json_merge(body, {"d": [None, True], "e": -0.5})) == 1
    assert Document.where(id=1).update_all(body=json_remove(body, ("c", 0))) == 1
    changed: list[Any] = [{"a": {"b": 2.5}, "c": [2]}, {"c": 2.5, "d": [None, True], "e": -0.5}, [1]]
    assert Document.query().order_by("id").pluck(body) == changed
    assert [Document.where(body=document).ids() for document in changed[:2]] == [[1], [2]]


def test_under_any_alias(stored: list[Any]) -> None:
    for name in ("a", "b", "j", "value"):
        other = Document.alias(name)
        rows = other.query().where(
            other.body["a"].contains([]) | other.body["a"].has_key("é") | (other.body["a"] == {"a": 1})
        )
        assert (
            rows.count()
            == Document.where(
                Document.body["a"].contains([]) | Document.body["a"].has_key("é") | (Document.body["a"] == {"a": 1})
            ).count()
        )
