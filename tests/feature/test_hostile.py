"""No text of a user reaches the SQL, whatever it is and wherever it is given."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from types import new_class
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activerecord import (
    ActiveRecord,
    ActiveRecordError,
    Column,
    HasMany,
    Query,
    Undeclared,
    column,
    create_tables,
    drop_tables,
    exists,
    fn,
    has_many,
    tuple_,
)
from activerecord.database import database
from activerecord.testing.queries import count_queries

servers = pytest.mark.engines("postgresql", "mysql")

ATTACKS = [
    'x" ; DROP TABLE canaries; --',
    "x' ; DROP TABLE canaries; --",
    "'); DELETE FROM canaries; --",
    '"); DELETE FROM canaries; --',
    "1; DROP TABLE canaries",
    "1 OR 1=1",
    "' OR '1'='1",
    'id"; --',
    "id) UNION SELECT song FROM canaries --",
    "*",
    "id, song",
    "canaries.song",
    "song desc; --",
    "song desc",
    "song /* ",
    "`; DROP TABLE canaries; --",
    "[song]",
    "count(*)",
    "(SELECT song FROM canaries)",
    "\\'; DROP TABLE canaries; --",
    "?",
    "??",
    ":song",
    "$1",
    "@song",
    "%",
    "_",
    "\\",
    "a\0b",
    "\n",
    "\ud800",
    "\u2019; DROP TABLE canaries; --",
    "rowid",
    "sqlite_master",
    "x" * 100_000,
    "__class__",
    "__dict__",
    "__init__",
    "_row",
    "None",
    "",
    " ",
]


class Canary(ActiveRecord):
    __table_name__ = "canaries"
    id: Column[int] = column(primary_key=True)
    song: Column[str]
    perches: HasMany["Perch"] = has_many(foreign_key="canary_id")


class Perch(ActiveRecord):
    __table_name__ = "perches"
    id: Column[int] = column(primary_key=True)
    canary_id: Column[int]


class Wild(Undeclared):
    __table_name__ = "canaries"


def sing_in_memory() -> None:
    """A database with two canaries."""
    ActiveRecord.configure("sqlite:///:memory:")
    sing()


@pytest.fixture
def canaries(configured: str) -> None:
    sing()


def sing() -> None:
    create_tables(Canary, Perch)
    Canary.insert_all([{"song": "tweet"}, {"song": "trill"}])


def is_whole() -> bool:
    return Canary.query().order_by("id").tuples() == [(1, "tweet"), (2, "trill")] and Perch.query().count() == 0


Use = Callable[[str], Any]

# Everything that takes a name. Each raises an error of the library, or gives an answer that a plain name would give.
NAMES: dict[str, Use] = {
    "where keyword": lambda text: Canary.where(**{text: 1}).all(),
    "where dict": lambda text: Canary.where({text: ["a", None]}).all(),
    "where_not": lambda text: Canary.query().where_not({text: 1}).all(),
    "or_where": lambda text: Canary.where(id=1).or_where({text: 1}).all(),
    "having": lambda text: Canary.query().select("song").group_by("song").having({text: 1}).tuples(),
    "order_by": lambda text: Canary.query().order_by(text).all(),
    "order_by desc": lambda text: Canary.query().order_by(f"{text} desc").all(),
    "reorder": lambda text: Canary.query().reorder(text).first(),
    "select": lambda text: Canary.query().select(text).tuples(),
    "group_by": lambda text: Canary.query().select("song").group_by(text).tuples(),
    "pluck": lambda text: Canary.query().pluck(text, "song"),
    "sum": lambda text: Canary.query().sum(text),
    "average": lambda text: Canary.query().average(text),
    "min": lambda text: Canary.query().min(text),
    "max": lambda text: Canary.query().max(text),
    "count": lambda text: Canary.query().count(text),
    "join": lambda text: Canary.query().join(text).all(),
    "left_join": lambda text: Canary.query().left_join(text).all(),
    "with_": lambda text: Canary.query().with_(text).all(),
    "with_ path": lambda text: Canary.query().with_(f"perches.{text}").all(),
    "find_by": lambda text: Canary.find_by(**{text: 1}),
    "Model[...]": lambda text: Canary.where(Canary[text] == 1).all(),
    "Model[...] desc": lambda text: Canary.query().order_by(Canary[text].desc()).all(),
    "undeclared where": lambda text: Wild.where({text: 1}).all(),
    "undeclared order_by": lambda text: Wild.query().order_by(text).all(),
    "undeclared Model[...]": lambda text: Wild.where(Wild[text] == 1).all(),
    "undeclared join": lambda text: Wild.query().join(text).all(),
    "undeclared attributes": lambda text: Wild(**{text: 1}),
    "attributes": lambda text: Canary(**{text: 1}),
    "record[...]": lambda text: Canary.find(1)[text],
    "record[...] = ": lambda text: Canary.find(1).__setitem__(text, 1),
    "was": lambda text: Canary.find(1).was(text),
    "insert_all": lambda text: Canary.insert_all([]) or Canary.where({text: 1}).all(),
    "attribute": lambda text: getattr(Canary, text),
    "attribute of a record": lambda text: getattr(Canary.find(1), text),
    "connection": database,
    "alias": lambda text: Canary.alias(text).query().all(),
    "alias.column": lambda text: Canary.alias("c").query().where(getattr(Canary.alias("c"), text) == 1).all(),
    "alias[...]": lambda text: Canary.query().join(PERCHED, PERCHED[text] == Canary.id).all(),
    "join alias": lambda text: Canary.query().left_join("perches", alias=text).all(),
    "join path": lambda text: Canary.query().join(f"perches.{text}").all(),
    "subquery": lambda text: joined(SONGS.subquery(text)),
    "subquery column": lambda text: Canary.query().from_(Canary.query().select(Canary.song.as_(text))).tuples(),
    "cte": lambda text: joined(SONGS.cte(text)),
    "cte columns": lambda text: joined(SONGS.cte("named", columns=["id", text])),
    "recursive_cte": lambda text: joined(SONGS.recursive_cte(text, lambda table: SONGS.where(table.id == 0))),
    "lateral": lambda text: joined(SONGS.lateral(text)),
    "union": lambda text: Canary.query().union(Canary.query()).where({text: 1}).all(),
    "distinct_on": lambda text: Canary.query().distinct_on(text).all(),
    "for_update": lambda text: Canary.query().for_update(of=text).to_sql(),
    "comment": lambda text: Canary.query().comment(text).all(),
    "hint": lambda text: Canary.query().hint(text).all(),
    "function": lambda text: Canary.query().select(getattr(fn, text.strip("_"))(Canary.song)).tuples(),
    "driver": lambda text: ActiveRecord.configure({"default": {"driver": text, "database": ":memory:"}}),
    "driver_type": lambda text: ActiveRecord.configure(
        {"other": {"driver": "sqlite", "driver_type": text, "database": ":memory:"}}
    ),
    "journal_mode": lambda text: ActiveRecord.configure(
        {"other": {"driver": "sqlite", "database": "x.db", "journal_mode": text}}
    ),
    "isolation": lambda text: Canary.transaction(isolation=text).__enter__(),
}


SONGS: Query[Canary] = Canary.query().select("id", "song")
PERCHED: Any = Perch.alias("perched")


def joined(source: Any) -> list[Any]:
    return Canary.query().join(source, source.id == Canary.id).order_by(source.id).pluck(source.id)


# The places where nothing is configured anew.
PLACES = sorted(NAMES.keys() - {"driver", "driver_type", "journal_mode", "isolation"})


def attempt(use: Use, text: str) -> list[str]:
    """Use a text; the statements that were sent. Only the library's own errors, and AttributeError, may come out."""
    with count_queries(database()) as sent, suppress(ActiveRecordError, AttributeError):
        use(text)
    return list(sent)


def unquoted(sql: str) -> str:
    """The text without the names in it, which may be anything as long as they are quoted."""
    return re.sub(r'"(?:[^"]|"")*"|`(?:[^`]|``)*`', "name", sql)


def check_name(place: str) -> None:
    for text in ATTACKS:
        for sql in map(unquoted, attempt(NAMES[place], text)):
            assert "canaries;" not in sql, place
            assert "DROP" not in sql, place
            assert "DELETE" not in sql.replace("DELETE_RULE", ""), place
    assert is_whole(), place


@pytest.mark.parametrize("place", NAMES)
def test_names_from_outside(place: str) -> None:
    sing_in_memory()
    check_name(place)


@servers
def test_names_from_outside_on_a_server(canaries: None) -> None:
    for place in PLACES:
        check_name(place)


# Everything that takes a value. It comes back as it was given, or is refused.
VALUES: dict[str, Callable[[str], Any]] = {
    "where": lambda text: Canary.where(song=text).count() == 0,
    "where list": lambda text: Canary.where(song=[text, text + "x"]).count() == 0,
    "where text": lambda text: Canary.where("song = ?", text).count() == 0,
    "where named": lambda text: Canary.where("song = :song", song=text).count() == 0,
    "comparison": lambda text: Canary.where(Canary.song == text).count() == 0,
    "like": lambda text: Canary.where(Canary.song.contains(text + "~")).count() == 0,
    "starts_with": lambda text: Canary.where(Canary.song.starts_with(text + "~")).count() == 0,
    "function": lambda text: Canary.query().limit(1).pluck(fn.coalesce(None, text)) == [text],
    "concatenation": lambda text: Canary.where(id=1).pluck(Canary.song + text) == ["tweet" + text],
    "having": lambda text: (
        Canary.query().select("song").group_by("song").having(fn.max(Canary.song) == text).tuples() == []
    ),
    "find_by": lambda text: Canary.find_by(song=text) is None,
    "in": lambda text: Canary.where(Canary.song.in_([text])).all() == [],
    "a row": lambda text: Canary.where(tuple_(Canary.id, Canary.song) == (1, text)).all() == [],
    "rows": lambda text: Canary.where(tuple_(Canary.id, Canary.song).in_([(1, text), (2, text)])).all() == [],
    "exists": lambda text: Canary.where(exists(Perch.where(id=1)) | (Canary.song == text)).all() == [],
    "union": lambda text: Canary.where(song=text).union(Canary.where(song=[text, "-"])).all() == [],
    "cte": lambda text: joined(SONGS.where(song=text).cte("sung")) == [],
}


def check_value(place: str) -> None:
    for text in ATTACKS:
        with count_queries(database()) as sent:
            try:
                assert VALUES[place](text), (place, text)
            except ActiveRecordError:
                # SQLite's own bound of a pattern is 50,000 bytes
                assert {"\0", "\ud800"} & set(text) or len(text) > 50_000
        for sql in sent:
            assert "canaries;" not in sql, place
    assert is_whole(), place


@pytest.mark.parametrize("place", VALUES)
def test_values_from_outside(place: str) -> None:
    sing_in_memory()
    check_value(place)


@servers
def test_values_from_outside_on_a_server(canaries: None) -> None:
    for place in VALUES:
        check_value(place)


any_number = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
any_name = st.text() | st.text("\"'`[];-/*?:\\ ", max_size=8)
any_value = st.text() | st.text("\"'`[];-/*?:\\%_ ", min_size=1, max_size=8)


@any_number
@given(place=st.sampled_from(PLACES), text=any_name)
def test_any_name(place: str, text: str) -> None:
    sing_in_memory()
    attempt(NAMES[place], text)
    assert is_whole()


@servers
@any_number
@given(place=st.sampled_from(PLACES), text=any_name)
def test_any_name_on_a_server(canaries: None, place: str, text: str) -> None:
    attempt(NAMES[place], text)
    assert is_whole()


def check_any_value(place: str, text: str) -> None:
    try:
        assert VALUES[place](text) or text in ("", "tweet", "trill")
    except ActiveRecordError:
        assert "\0" in text
    assert is_whole()


@any_number
@given(place=st.sampled_from(sorted(VALUES)), text=any_value)
def test_any_value(place: str, text: str) -> None:
    sing_in_memory()
    check_any_value(place, text)


@servers
@any_number
@given(place=st.sampled_from(sorted(VALUES)), text=any_value)
def test_any_value_on_a_server(canaries: None, place: str, text: str) -> None:
    check_any_value(place, text)


@any_number
@given(text=st.text())
def test_any_label(text: str) -> None:
    sing_in_memory()
    check_any_label(text)


@servers
@any_number
@given(text=st.text())
def test_any_label_on_a_server(canaries: None, engine: str, text: str) -> None:
    # MariaDB and MySQL have names in UTF-8 of three bytes at most.
    check_any_label(text, takes_all=engine != "mysql")


def check_any_label(text: str, *, takes_all: bool = True) -> None:
    try:
        rows = Canary.query().select(Canary.song.as_(text)).order_by(Canary.id).dicts()
    except ActiveRecordError:
        assert not text or "\0" in text or (not takes_all and max(text) > "\uffff")
        return
    assert rows == [{text: "tweet"}, {text: "trill"}]
    assert Canary.query().select("id", Canary.song.as_(text)).first() is not None if text not in ("id", "ID") else True


USABLE = [text for text in ATTACKS if text and not {"\0", "\ud800"} & set(text)]


@pytest.mark.parametrize("name", USABLE, ids=range(len(USABLE)))
def test_a_column_may_have_any_name(name: str) -> None:
    sing_in_memory()
    check_column(name)


def usable_on(engine: str) -> list[str]:
    """MariaDB and MySQL refuse names that end with a blank or a line."""
    fitting = [name for name in USABLE if database().dialect.name_fits(name)]
    return [name for name in fitting if engine != "mysql" or name == name.rstrip()]


@servers
def test_a_column_of_a_server_may_have_any_name(canaries: None, engine: str) -> None:
    assert len(usable_on(engine)) > len(USABLE) - 5
    for name in usable_on(engine):
        check_column(name)


def check_column(name: str) -> None:
    def body(space: dict[str, Any]) -> None:
        space["__annotations__"] = {"id": Column[int], "odd": Column[str | None]}
        space["__table_name__"] = "odds"
        space["__module__"] = __name__
        space["id"] = column(primary_key=True)
        space["odd"] = column(name=name, unique=len(name) < 1000, default=name)

    model: Any = new_class("Odd", (ActiveRecord,), exec_body=body)
    create_tables(model)
    made = model.create(odd="a")
    made.odd = "b"
    assert made.save()
    assert model.where(odd="b").order_by("odd").pluck("odd") == ["b"]
    assert model.where({name: "b"}).order_by(model[name].desc()).one()[name] == "b"
    assert made.attributes == {"id": 1, name: "b"}
    assert model.create().odd == name
    assert model.insert_all([{name: "c"}, {name: "d"}]) == 2
    read: Any = new_class(
        "Odds", (ActiveRecord,), exec_body=lambda space: space.update(__table_name__="odds", __module__=__name__)
    )
    found = read.where({name: "c"}).one()
    found[name] = "e"
    assert found.save()
    assert read.query().order_by("id").dicts()[2] == {"id": 3, name: "e"}
    assert made.delete()
    drop_tables(model)
    assert is_whole()


@pytest.mark.parametrize("name", [text for text in USABLE if len(text) < 1000 and not text.startswith("sqlite_")])
def test_a_table_may_have_any_name(name: str) -> None:
    sing_in_memory()
    check_table(name)


@servers
def test_a_table_of_a_server_may_have_any_name(canaries: None, engine: str) -> None:
    for name in usable_on(engine):
        check_table(name)


def check_table(name: str) -> None:
    def body(space: dict[str, Any]) -> None:
        space["__annotations__"] = {"id": Column[int], "word": Column[str]}
        space["__table_name__"] = name
        space["__module__"] = __name__
        space["word"] = column(index=True, default="'); DROP TABLE canaries; --")

    model: Any = new_class("Odd", (ActiveRecord,), exec_body=body)
    create_tables(model)
    assert model.create().word == "'); DROP TABLE canaries; --"
    assert model.where(word="x").or_where(id=1).count() == 1
    found = model.find(1)
    found.word = name
    assert found.save() and found.reload().word == name
    read: Any = new_class(
        "Odds", (ActiveRecord,), exec_body=lambda space: space.update(__table_name__=name, __module__=__name__)
    )
    assert read.query().pluck("word") == [name]
    assert found.delete()
    drop_tables(model)
    assert is_whole()


@pytest.mark.parametrize("name", ["", "a\0b", 5, None])
def test_names_that_no_table_can_have(name: Any) -> None:
    if name is None:
        return
    with pytest.raises(ActiveRecordError):
        new_class("Odd", (ActiveRecord,), exec_body=lambda space: space.update(__table_name__=name))


def test_names_of_savepoints_are_ours(canaries: None) -> None:
    with count_queries(database()) as sent, Canary.transaction(), Canary.transaction():
        Canary.query().count()
    assert [sql for sql in sent if "SAVEPOINT" in sql] != []
    assert not any("canaries;" in sql for sql in sent)


# Where the engine quotes a value that it cannot use.
QUOTED = {
    "sqlite": "json_extract(song, ?) = 1",
    "postgresql": "song::jsonb @? CAST(? AS jsonpath)",
    "mysql": "song REGEXP ?",
}


def test_errors_do_not_quote_values(canaries: None, engine: str) -> None:
    secret = "hunter2"
    for call in (
        lambda: Canary.create(id=1, song=secret),
        lambda: Canary.where(QUOTED[engine], "$" + secret + "[").all(),
        lambda: Canary.where(id=secret).all(),
        lambda: Canary.where("song = ? AND", secret).all(),
    ):
        with pytest.raises(ActiveRecordError) as caught:
            call()
        assert secret not in str(caught.value)
        assert secret not in repr(caught.value)
    assert is_whole()


def test_the_engine_itself_agrees() -> None:
    """What the attacks would have done, had they got through."""
    raw = sqlite3.connect(":memory:")
    raw.executescript("CREATE TABLE canaries (song); SELECT 'x' ; DROP TABLE canaries; --'")
    assert raw.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    raw.close()
