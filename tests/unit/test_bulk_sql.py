"""The statements of bulk writes in every dialect, and what they take the values of rows as."""

from typing import Any

import pytest

from activerecord import ActiveRecord, Column, column, excluded
from activerecord.schema.table import Table
from activerecord.sql.dialects.mysql import MARIADB, MYSQL
from activerecord.sql.dialects.postgresql import POSTGRESQL
from activerecord.sql.dialects.sqlite import SQLITE
from activerecord.sql.expression import Expression, operand_of
from activerecord.sql.insert import Conflict, Excluded, InsertMany
from activerecord.sql.reference import Reference
from activerecord.sql.statement import Source
from tests.unit.snapshots import Case, Statement, against_snapshots


class Page(ActiveRecord):
    __table_name__ = "pages"
    id: Column[int] = column(primary_key=True)
    path: Column[str]
    hits: Column[int]


SOURCE = Source("pages")
COLUMNS = ("path", "hits")


def table() -> Table:
    found = Page.__mapper__.known_table()
    assert found is not None
    return found


def of(node: InsertMany) -> Statement:
    return node, [table()]


def taken_over(name: str) -> tuple[str, Expression[Any]]:
    return name, Excluded(Reference[Any]("pages", name))


COUNTED: tuple[tuple[str, Expression[Any]], ...] = (
    ("hits", Page.hits + excluded(Page.hits) * 2),
    ("path", operand_of("x", Page.path)),
)

CASES: dict[str, Case] = {
    "rows": lambda: of(InsertMany(SOURCE, COLUMNS)),
    "rows of defaults": lambda: of(InsertMany(SOURCE, (), returning=("id",))),
    "rows given back": lambda: of(InsertMany(SOURCE, COLUMNS, returning=("id", "hits"))),
    "rows as lists": lambda: of(InsertMany(SOURCE, COLUMNS, returning=("id",), types=("text", "pg_catalog.int4"))),
    "a taken key updates": lambda: of(InsertMany(SOURCE, COLUMNS, conflict=Conflict(("path",), [taken_over("hits")]))),
    "a taken key does nothing": lambda: of(InsertMany(SOURCE, COLUMNS, conflict=Conflict(("id", "path"), []))),
    "values beside the rows": lambda: of(
        InsertMany(SOURCE, COLUMNS, conflict=Conflict(("id",), COUNTED), returning=("id",))
    ),
    "values beside lists": lambda: of(
        InsertMany(SOURCE, COLUMNS, conflict=Conflict(("id",), COUNTED), types=("text", "integer"))
    ),
}

test_snapshots = against_snapshots("bulk", CASES)


@pytest.mark.parametrize("dialect", [SQLITE, MARIADB, MYSQL, POSTGRESQL], ids=lambda dialect: dialect.title)
def test_the_text_for_more_rows(dialect: Any) -> None:
    insert = InsertMany(SOURCE, COLUMNS, conflict=Conflict(("id",), COUNTED))
    compiled = dialect.compiler(dialect, [table()]).compile(insert)
    text = compiled.rows
    binds = text.binds([text.stored(["a", 1]), text.stored(["b", None])], compiled.binds(insert.binds))
    sql = text.text(2)
    if dialect is POSTGRESQL:
        assert 'VALUES ($3, $4), ($5, $6) ON CONFLICT ("id") DO UPDATE SET' in sql and sql.endswith('"path" = $2')
        assert binds == [2, "x", "a", 1, "b", None]
    else:
        assert "VALUES (?, ?), (?, ?)" in sql and sql.count("?") == 6
        assert binds == ["a", 1, "b", None, 2, "x"]
    assert sql.count(dialect.quote("path")) == 2


def test_lists_take_the_values_of_a_column_together() -> None:
    insert = InsertMany(SOURCE, COLUMNS, types=("text", "integer"))
    text = POSTGRESQL.compiler(POSTGRESQL, [table()]).compile(insert).rows
    assert text is not None
    assert text.text(1) == text.text(1000)
    assert text.binds([["a", 1], ["b", 2]], []) == [["a", "b"], [1, 2]]
