"""The sample databases read on every engine: each tells the same of them."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest

from activerecord.schema.table import Table
from activerecord.types import Numeric, Type, Unknown, Uuid
from tests import raw
from tests.feature.loading import DATA, copies_given_back, copy_of
from tests.unit.reading import Catalogue, unnamed

SAMPLES = ("chinook", "northwind", "awkward")

# What SQLite stores as text: what it is on the others, by table and column.
OTHERWISE: dict[str, dict[tuple[str, str], type[Type]]] = {
    "postgresql": {("typed", "c_decbig"): Numeric, ("typed", "c_uuid"): Uuid, ("person", "uid"): Uuid},
    "mysql": {("typed", "c_decbig"): Numeric},
}


@pytest.fixture(scope="module", params=SAMPLES)
def sample(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def expected(sample: str) -> Iterator[dict[str, Table]]:
    """The tables as they are read from SQLite."""
    script = DATA / sample / "sqlite.sql"
    if not script.exists():
        pytest.skip(f"the databases to test with are not at {DATA}; set ACTIVERECORD_TEST_DATA to where they are")
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(script.read_text(encoding="utf-8"))

        def ask(sql: str, *binds: Any) -> list[Any]:
            return connection.execute(sql, binds).fetchall()

        catalogue = Catalogue("sqlite", ask, questions=3)
        yield {name: catalogue.read(name) for name in catalogue.names()}


@pytest.fixture(scope="module", params=["postgresql", "mysql"])
def engine(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def found(sample: str, expected: dict[str, Table], engine: str) -> Iterator[dict[str, Table]]:
    """The tables as they are read from the engine."""
    with ExitStack() as stack:
        stack.enter_context(copies_given_back())
        connection = stack.enter_context(raw.connection(engine, copy_of(sample, engine)))
        catalogue = Catalogue(engine, connection.rows, questions=5)
        yield {name: catalogue.read(name) for name in catalogue.names()}


def test_tables_and_columns(found: dict[str, Table], expected: dict[str, Table]) -> None:
    assert {name: table.is_view for name, table in found.items()} == {
        name: table.is_view for name, table in expected.items()
    }
    for name, table in found.items():
        assert table.names() == expected[name].names()
        nullable = {column for column, told in table.columns.items() if told.nullable}
        assert table.is_view or nullable == {c for c, told in expected[name].columns.items() if told.nullable}, name


def test_keys(found: dict[str, Table], expected: dict[str, Table], engine: str) -> None:
    for name, table in found.items():
        assert table.primary_key == expected[name].primary_key
        assert sorted(unnamed(table.foreign_keys)) == sorted(unnamed(expected[name].foreign_keys))
        assert sorted(unnamed(table.referenced_by)) == sorted(unnamed(expected[name].referenced_by))
        # SQLite fills every key that is the rowid.
        assert table.auto_key in {expected[name].auto_key, None}
        always: set[str | None] = {table.auto_key} if (engine, name) == ("postgresql", "strict_identity") else set()
        assert {*table.generated} - always == {*expected[name].generated}


def test_types(found: dict[str, Table], expected: dict[str, Table], engine: str) -> None:
    for name, table in found.items():
        for column, told in table.columns.items():
            like = type(expected[name].columns[column].type)
            wanted = OTHERWISE[engine].get((name, column), like)
            # Views compute without a declared type.
            assert isinstance(told.type, wanted) or (table.is_view and like is Unknown), (name, column, told.type)
    for place, kind in OTHERWISE[engine].items() if "typed" in found else ():
        assert not isinstance(expected[place[0]].columns[place[1]].type, kind), place
