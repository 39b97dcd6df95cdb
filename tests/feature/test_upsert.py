"""Rows inserted, or updated where they are there already: by which key, with what, and what comes back."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import anyio
import pytest

from activerecord import (
    ActiveRecord,
    Column,
    InvalidValue,
    NotNullViolation,
    NotSupported,
    QueryError,
    Undeclared,
    UniqueViolation,
    UnknownColumn,
    column,
    create_tables,
    excluded,
)
from activerecord.database import database
from activerecord.runtime import run_blocking
from activerecord.sql.cache import StatementCache
from activerecord.testing.queries import count_queries
from activerecord.testing.runners import RUNNERS, Runner


class Page(ActiveRecord):
    __table_name__ = "pages"
    id: Column[int] = column(primary_key=True)
    path: Column[str] = column(unique=True)
    hits: Column[int] = column(default=0)
    title: Column[str | None] = column(name="the title")
    made: Column[str] = column(default=lambda: "by default")


class Vote(ActiveRecord):
    __table_name__ = "votes"
    page_id: Column[int] = column(primary_key=True)
    user_id: Column[int] = column(primary_key=True)
    weight: Column[int]


class Anything(Undeclared):
    __table_name__ = "anything"


@pytest.fixture
def tables(configured: str) -> None:
    create_tables(Page, Vote)


def run(*statements: str) -> list[Any]:
    return [run_blocking(partial(database().execute_text, sql), "execute_text").rows for sql in statements][-1]


def without_returning() -> None:
    """As MySQL is, for which MariaDB stands in."""
    run_blocking(_without_returning, "settle")


async def _without_returning() -> None:
    dialect = await database().settle()
    database().statements = StatementCache(replace(dialect, returning=frozenset()))


def kept(*names: str) -> list[Any]:
    return Page.query().order_by("path").pluck("path", *names)


COUNTS = (3, 40, 2_500)


@pytest.mark.parametrize("count", COUNTS)
def test_rows_are_updated_or_inserted(tables: None, count: int) -> None:
    Page.insert_all({"path": f"{n:05}", "hits": n, "title": "old", "made": "first"} for n in range(0, count, 2))
    rows = [{"path": f"{n:05}", "hits": n * 10, "title": "new"} for n in range(count)]
    assert Page.upsert_all(rows, unique_by="path") == count
    # a default is for rows that are inserted, and no value to update with
    assert kept("hits", "title", "made") == [
        (f"{n:05}", n * 10, "new", "by default" if n % 2 else "first") for n in range(count)
    ]
    assert Page.upsert_all(iter(rows), unique_by=Page.path, update=["title"]) == count
    votes = [{"page_id": n, "user_id": n % 3, "weight": n} for n in range(count)]
    for weight in (1, 2):
        assert Vote.upsert_all({**vote, "weight": weight} for vote in votes) == count
    assert Vote.query().sum("weight") == 2 * count


@pytest.mark.parametrize("count", COUNTS)
def test_what_is_updated_is_said(tables: None, count: int) -> None:
    rows: list[dict[str, Any]] = [{"path": f"{n:05}", "hits": n, "title": f"t{n}"} for n in range(count)]
    for _ in range(2):
        Page.upsert_all(
            rows,
            unique_by=["path"],
            update={"hits": Page.hits + excluded(Page.hits), Page.title: "fixed", "made": "x"},
        )
    assert kept("hits", "title", "made") == [(f"{n:05}", 2 * n, "fixed", "x") for n in range(count)]
    leave: list[Any] = [(), []]
    for nothing in leave:
        assert Page.upsert_all(({**row, "hits": 5} for row in rows), unique_by="path", update=nothing) == count
    assert Page.query().sum("hits") == sum(2 * n for n in range(count))
    Page.upsert_all(({**row, "title": "again"} for row in rows), unique_by="path", update=("title",))
    assert Page.where(title="again").where(Page.made == "x").count() == count


@pytest.mark.parametrize("count", COUNTS)
def test_keys_come_back_in_the_order_of_the_input(tables: None, engine: str, count: int) -> None:
    Page.insert_all({"path": f"{n:05}"} for n in range(0, count, 2))
    there = dict(Page.query().pluck("path", "id"))
    rows: list[dict[str, Any]] = [{"path": f"{n:05}", "hits": n} for n in range(count, 0, -1)]
    keys = Page.upsert_all(rows, unique_by="path", returning=True)
    found = dict(Page.query().pluck("path", "id"))
    assert keys == [found[row["path"]] for row in rows]
    assert all(found[path] == key for path, key in there.items())
    given = Page.upsert_all(rows, unique_by="path", update={"hits": Page.hits + 1}, returning=("id", "hits"))
    assert given == [{"id": found[row["path"]], "hits": row["hits"] + 1} for row in rows]
    votes = [{"page_id": n, "user_id": -n, "weight": n} for n in range(count)]
    assert Vote.upsert_all(votes, returning=True) == [(n, -n) for n in range(count)]


@pytest.mark.parametrize("count", COUNTS)
def test_rows_that_are_left_as_they_were(tables: None, engine: str, count: int) -> None:
    Page.insert_all({"path": f"{n:05}"} for n in range(0, count, 2))
    rows = [{"path": f"{n:05}", "hits": 7} for n in range(count)]
    if engine == "mysql":
        with pytest.raises(NotSupported, match="MariaDB does not tell which rows it has left"):
            Page.upsert_all(rows, unique_by="path", update=(), returning=True)
        assert Page.query().count() == len(range(0, count, 2))
        return
    keys = Page.upsert_all(rows, unique_by="path", update=(), returning=True)
    found = dict(Page.query().pluck("path", "id"))
    assert keys == [found[row["path"]] if n % 2 else None for n, row in enumerate(rows)]


def test_rows_that_name_the_same_row_come_one_after_the_other(tables: None) -> None:
    for _ in range(2):
        rows = [
            {"path": "a", "hits": 1},
            {"path": "b", "hits": 10},
            {"path": "a", "hits": 100},
            {"path": "a", "hits": 1000},
        ]
        keys = Page.upsert_all(rows, unique_by="path", update={"hits": Page.hits + excluded(Page.hits)}, returning=True)
        assert keys[0] == keys[2] == keys[3] != keys[1]
    assert kept("hits") == [("a", 2202), ("b", 20)]
    Page.upsert_all([{"path": "a", "hits": 1}, {"path": "a", "hits": 2}], unique_by="path")
    assert kept("hits")[0] == ("a", 2)


def test_all_or_none(tables: None) -> None:
    Page.insert_all([{"path": "a", "hits": 1}])
    wrong: list[tuple[list[dict[str, Any]], type[Exception]]] = [
        ([{"path": "a", "hits": 5}, {"path": None, "hits": 5}], NotNullViolation),
        ([{"path": "a", "hits": 5}, {"path": "b", "hits": "x"}], InvalidValue),
        ([{"path": "a", "hits": 5}, {"path": "b"}], QueryError),
    ]
    for rows, kind in wrong:
        for batch in (None, 1):
            with pytest.raises(kind):
                Page.upsert_all(rows, unique_by="path", batch=batch)
            assert kept("hits") == [("a", 1)]


def test_the_key_must_be_one(tables: None, engine: str) -> None:
    model: Any = Page
    anything: Any = excluded
    wrong: list[tuple[Callable[[], Any], type[Exception], str]] = [
        (lambda: Page.upsert_all([{"path": "a"}]), QueryError, "the rows do not have id"),
        (
            lambda: Page.upsert_all([{"path": "a"}], unique_by="hits"),
            QueryError,
            "neither the primary key nor a unique",
        ),
        (lambda: Page.upsert_all([{"path": "a"}], unique_by=("id", "path")), QueryError, "neither the primary key"),
        (lambda: Page.upsert_all([{"hits": 1}], unique_by="path"), QueryError, "the rows do not have path"),
        (lambda: Page.upsert_all([{"path": "a"}], unique_by="paht"), UnknownColumn, "did you mean 'path'"),
        (lambda: Page.upsert_all([{"path": "a"}], unique_by=()), QueryError, "unique_by= takes"),
        (lambda: Page.upsert_all([{"path": "a"}], unique_by=Vote.page_id), QueryError, "columns of 'pages'"),
        (lambda: Page.upsert_all([{"path": "a"}], unique_by="path", update=["hits", "title"]), QueryError, "title"),
        (lambda: Page.upsert_all([{"path": "a"}], unique_by="path", update={"paht": 1}), UnknownColumn, "'path'"),
        (lambda: Page.upsert_all([{"path": "a"}], unique_by="path", update={"hits": "x"}), InvalidValue, "hits"),
        (lambda: model.upsert_all([{"path": "a"}], unique_by="path", update=5), QueryError, "update="),
        (lambda: anything("hits"), QueryError, "excluded takes a column"),
        (lambda: excluded(Page.hits + 1), QueryError, "excluded takes a column"),
    ]
    for call, kind, told in wrong:
        with pytest.raises(kind, match=told):
            call()
    assert Page.query().count() == 0
    assert Page.upsert_all([{"id": 5, "path": "a"}, {"id": 6, "path": "b"}][:0]) == 0


def test_a_key_that_the_model_does_not_declare(tables: None) -> None:
    run("CREATE UNIQUE INDEX once ON votes (weight, page_id)")
    rows = [{"page_id": 1, "user_id": n, "weight": 5} for n in range(3)]
    if database().dialect.names_conflict:
        assert Vote.upsert_all(rows, unique_by=("page_id", "weight")) == 3
        assert Vote.query().pluck("user_id") == [2]
    else:
        with pytest.raises(NotSupported, match="where page_id, user_id is taken"):
            Vote.upsert_all(rows, unique_by=("page_id", "weight"))


@pytest.mark.engines("mysql")
def test_an_engine_that_is_not_told_which_key_is_meant(tables: None) -> None:
    Page.insert_all([{"id": 1, "path": "a"}])
    with pytest.raises(
        NotSupported, match="MariaDB cannot be told that rows of 'pages' are known by path: where id is taken"
    ):
        Page.upsert_all([{"id": 1, "path": "b"}], unique_by="path")
    with pytest.raises(NotSupported, match="known by id: where path is taken"):
        Page.upsert_all([{"id": 1, "path": "b"}])
    run(
        "CREATE TABLE anything (id INTEGER AUTO_INCREMENT PRIMARY KEY, a INTEGER UNIQUE, b INTEGER UNIQUE, "
        "c INTEGER NOT NULL DEFAULT 0 UNIQUE)"
    )
    with pytest.raises(NotSupported, match="where c is taken"):
        Anything.upsert_all([{"a": 1}], unique_by="a")
    run("ALTER TABLE anything DROP COLUMN c")
    Anything.reload_schema()
    assert Anything.upsert_all([{"a": 1}, {"a": 1}], unique_by="a", update=()) == 2
    assert Anything.query().count() == 1


@pytest.mark.engines("mysql", "sqlite")
@pytest.mark.parametrize("count", COUNTS)
def test_an_engine_that_does_not_give_back_what_it_writes(tables: None, engine: str, count: int) -> None:
    without_returning()
    rows: list[dict[str, Any]] = [{"path": f"{n:05}", "hits": n} for n in range(count, 0, -1)]
    if engine == "sqlite":
        with pytest.raises(QueryError, match="could not be found again"):
            Page.insert_all(rows, returning=True)
        Page.insert_all(rows)
    else:
        keys = Page.insert_all(rows, returning=True)
        found = dict(Page.query().pluck("path", "id"))
        assert keys == [found[row["path"]] for row in rows]
        more = [{**row, "path": f"x{row['path']}"} for row in rows]
        assert [each["path"] for each in Page.insert_all(more, returning=("id", "path"))] == [
            each["path"] for each in more
        ]
        given = [{"id": 90_000 + n, "path": f"y{n}"} for n in range(count)]
        assert Page.insert_all(given, returning=("hits", "id")) == [{"hits": 0, "id": row["id"]} for row in given]
    updated = Page.upsert_all(rows, unique_by="path", update={"hits": Page.hits + 1}, returning=("path", "hits"))
    assert updated == [{"path": row["path"], "hits": row["hits"] + 1} for row in rows]


def test_what_the_engine_takes_for_equal(configured: str, engine: str) -> None:
    words = {
        "sqlite": "TEXT COLLATE NOCASE",
        "postgresql": 'TEXT COLLATE "nocase"',
        "mysql": "VARCHAR(50) COLLATE utf8mb4_general_ci",
    }
    if engine == "postgresql":
        run("CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false)")
    key = {
        "sqlite": "INTEGER PRIMARY KEY",
        "postgresql": "SERIAL PRIMARY KEY",
        "mysql": "INTEGER AUTO_INCREMENT PRIMARY KEY",
    }
    run(f"CREATE TABLE anything (id {key[engine]}, word {words[engine]} UNIQUE, number INTEGER)")
    first = Anything.insert_all([{"word": word} for word in ("Ann", "Bob", "Cid")], returning=True)
    rows = [{"word": word, "number": n} for n, word in enumerate(("dan", "cid", "BOB", "Ann"))]
    keys = Anything.upsert_all(rows, unique_by="word", returning=True)
    assert keys[1:] == first[::-1]
    if engine != "mysql":
        more = [{"word": "ANN", "number": 1}, {"word": "eve", "number": 2}, {"word": "Dan", "number": 3}]
        again = Anything.upsert_all(more, unique_by="word", update=(), returning=True)
        assert again == [None, Anything.where(word="eve").one().id, None]


def test_rows_whose_key_is_null_are_always_new(configured: str, engine: str) -> None:
    key = {
        "sqlite": "INTEGER PRIMARY KEY",
        "postgresql": "SERIAL PRIMARY KEY",
        "mysql": "INTEGER AUTO_INCREMENT PRIMARY KEY",
    }
    run(f"CREATE TABLE anything (id {key[engine]}, code INTEGER UNIQUE, number INTEGER)")
    rows = [{"code": code, "number": n} for n, code in enumerate((None, 1, None, 1))]
    for _ in range(2):
        assert Anything.upsert_all(rows, unique_by="code") == 4
    assert Anything.query().count() == 5
    if engine != "mysql":
        keys = Anything.upsert_all(rows, unique_by="code", returning=True)
        assert len({*keys}) == 3 and keys[1] == keys[3]


def test_columns_of_awkward_names(configured: str, engine: str) -> None:
    quote = database().dialect.quote
    names = ["order", "two words", 'q"uo`te', "(?, ?)", "percent %s", "dollar $1", "VALUES (?)"]
    columns = ", ".join(f"{quote(name)} INTEGER" for name in names)
    run(f"CREATE TABLE anything (id INTEGER PRIMARY KEY, {columns})")
    for count in (2, 40):
        rows = [{"id": count * 100 + n, **dict.fromkeys(names, n)} for n in range(count)]
        assert Anything.insert_all(rows) == count
        assert len(Anything.upsert_all(({**row, "order": -1} for row in rows), returning=("order", "(?, ?)"))) == count
        assert Anything.where({"order": -1, "(?, ?)": 1}).count() == (1 if count == 2 else 2)


def test_compiled_once(tables: None) -> None:
    def put(number: int) -> None:
        rows = [{"path": f"{number}.{n}", "hits": n} for n in range(number)]
        Page.upsert_all(rows, unique_by="path", update={"hits": Page.hits + number})

    put(2)
    before = database().statements.compiled
    for number in (1, 3, 9, 14):
        put(number)
    assert database().statements.compiled == before
    with count_queries(database()) as statements:
        put(5)
    assert len(statements) == 1


@pytest.mark.places("file", "server")
def test_two_at_once(tables: None, runner: Runner) -> None:
    if runner is not RUNNERS["asyncio"]:
        return

    async def main() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(4):
                rows = [{"path": f"{n}", "hits": 1} for n in range(30)]
                group.start_soon(_count_up, rows)

    runner.run(main)
    assert Page.query().sum("hits") == 120
    assert Page.query().count() == 30


async def _count_up(rows: list[dict[str, Any]]) -> None:
    await Page.async_upsert_all(rows, unique_by="path", update={"hits": Page.hits + excluded(Page.hits)})


def test_another_key_that_is_taken_is_an_error(tables: None) -> None:
    if not database().dialect.names_conflict:
        return
    Page.insert_all([{"id": 1, "path": "a"}])
    with pytest.raises(UniqueViolation):
        Page.upsert_all([{"id": 2, "path": "a"}], unique_by="id")
