"""Tables read from SQLite: the generators driven by hand."""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from activerecord.errors import UnknownTable
from activerecord.schema.reflection import Reading
from activerecord.schema.reflection.sqlite import READER
from activerecord.schema.table import ForeignKey, Index, Table
from activerecord.types import Boolean, Date, DateTime, Float, Integer, Json, Numeric, Text, Time, Unknown
from activerecord.types.sqlite import SQLITE_CODECS

T = TypeVar("T")

DATA = Path(os.environ.get("ACTIVERECORD_TEST_DATA", Path(__file__).parents[2] / ".." / "shared" / "data"))


def drive(connection: sqlite3.Connection, reading: Reading[T], *, most: int = 3) -> T:
    answer: list[tuple[Any, ...]] | None = None
    for _ in range(most + 1):
        try:
            question = next(reading) if answer is None else reading.send(answer)
        except StopIteration as end:
            result: T = end.value
            return result
        answer = connection.execute(*question).fetchall()
    raise AssertionError(f"more than {most} questions were asked")


def read(connection: sqlite3.Connection, name: str, schema: str | None = None) -> Table:
    return drive(connection, READER.read_table(name, schema))


def names(connection: sqlite3.Connection, schema: str | None = None) -> list[str]:
    return drive(connection, READER.table_names(schema))


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    opened = sqlite3.connect(":memory:")
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("body", "primary_key", "auto_key"),
    [
        ("a INTEGER PRIMARY KEY", ("a",), "a"),
        ("a integer primary key autoincrement", ("a",), "a"),
        ("a INTEGER NOT NULL, PRIMARY KEY (a)", ("a",), "a"),
        ("a INT PRIMARY KEY", ("a",), None),
        ("a BIGINT PRIMARY KEY", ("a",), None),
        ("a INTEGER PRIMARY KEY DESC", ("a",), None),
        ("a TEXT PRIMARY KEY", ("a",), None),
        ("a INTEGER, b INTEGER, PRIMARY KEY (b, a)", ("b", "a"), None),
        ("a INTEGER", (), None),
    ],
)
def test_primary_keys(
    connection: sqlite3.Connection, body: str, primary_key: tuple[str, ...], auto_key: str | None
) -> None:
    connection.execute(f"CREATE TABLE t ({body})")
    found = read(connection, "t")
    assert (found.primary_key, found.auto_key) == (primary_key, auto_key)
    assert found.columns["a"].has_default == (auto_key == "a")
    if auto_key:
        connection.execute("INSERT INTO t DEFAULT VALUES")
        assert connection.execute("SELECT a, rowid FROM t").fetchone() == (1, 1)


def test_a_table_without_rowid_has_no_auto_key(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE t (a INTEGER PRIMARY KEY) WITHOUT ROWID")
    found = read(connection, "t")
    assert (found.primary_key, found.auto_key, found.indexes) == (("a",), None, ())
    assert not found.columns["a"].nullable


def test_columns(connection: sqlite3.Connection) -> None:
    connection.execute(
        "CREATE TABLE t (a INTEGER PRIMARY KEY, b BOOL NOT NULL DEFAULT 0, c DECIMAL(10,2), d DEFAULT NULL, "
        "e DATETIME DEFAULT CURRENT_TIMESTAMP, f TEXT UNIQUE, g REAL AS (c * 2), h JSON AS (f) STORED)"
    )
    columns = read(connection, "t").columns
    assert [column.type for column in columns.values()] == [
        Integer(),
        Boolean(),
        Numeric(scale=2),
        Unknown(),
        DateTime(),
        Text(),
        Float(),
        Json(),
    ]
    assert {name for name, column in columns.items() if not column.nullable} == {"a", "b"}
    assert {name for name, column in columns.items() if column.has_default} == {"a", "b", "e"}
    assert {name for name, column in columns.items() if column.generated} == {"g", "h"}
    assert {name for name, column in columns.items() if column.unique} == {"f"}
    assert read(connection, "t").writable == ("a", "b", "c", "d", "e", "f")


def test_indexes(connection: sqlite3.Connection) -> None:
    connection.executescript(
        """
        CREATE TABLE t (a TEXT PRIMARY KEY, b, c, d UNIQUE, UNIQUE (b, c));
        CREATE INDEX one ON t (b);
        CREATE UNIQUE INDEX two ON t (c, a);
        CREATE UNIQUE INDEX partly ON t (c) WHERE b = 1;
        CREATE UNIQUE INDEX computed ON t (lower(b));
        """
    )
    found = read(connection, "t")
    assert found.indexes == (
        Index(("d",), unique=True),
        Index(("b", "c"), unique=True),
        Index(("b",), name="one"),
        Index(("c", "a"), unique=True, name="two"),
        Index(("c",), name="partly"),
    )
    assert [(name, column.unique, column.index) for name, column in found.columns.items()] == [
        ("a", False, False),
        ("b", False, True),
        ("c", False, True),
        ("d", True, True),
    ]


def test_foreign_keys(connection: sqlite3.Connection) -> None:
    connection.executescript(
        """
        CREATE TABLE Parent (Id INTEGER PRIMARY KEY, x, y, UNIQUE (x, y));
        CREATE TABLE pair (a, b, PRIMARY KEY (b, a));
        CREATE TABLE child (
            p INTEGER REFERENCES pArent ON DELETE CASCADE,
            q INTEGER REFERENCES PARENT (iD) ON DELETE SET NULL,
            b, a, x, y,
            nowhere REFERENCES absent, known REFERENCES absent (id),
            self REFERENCES child (p),
            FOREIGN KEY (b, a) REFERENCES pair,
            FOREIGN KEY (y, x) REFERENCES parent (y, x));
        CREATE TABLE grandchild (c REFERENCES child (p));
        """
    )
    child = read(connection, "Child")
    expected = (
        ForeignKey("child", ("p",), "Parent", ("Id",), on_delete="CASCADE"),
        ForeignKey("child", ("q",), "Parent", ("Id",), on_delete="SET NULL"),
        ForeignKey("child", ("known",), "absent", ("id",)),
        ForeignKey("child", ("self",), "child", ("p",)),
        ForeignKey("child", ("b", "a"), "pair", ("b", "a")),
        ForeignKey("child", ("y", "x"), "Parent", ("y", "x")),
    )
    assert child.foreign_keys == expected
    assert child.referenced_by == (expected[3], ForeignKey("grandchild", ("c",), "child", ("p",)))
    assert read(connection, "parent").referenced_by == (expected[0], expected[1], expected[5])
    assert read(connection, "pair").referenced_by == (expected[4],)


@pytest.mark.parametrize(
    ("body", "unique"),
    [
        ("id INTEGER PRIMARY KEY, a REFERENCES p, b", False),
        ("a INTEGER PRIMARY KEY REFERENCES p, b", True),
        ("a TEXT PRIMARY KEY REFERENCES p, b", True),
        ("a REFERENCES p, b, PRIMARY KEY (a, b)", False),
        ("a REFERENCES p UNIQUE, b", True),
        ("a REFERENCES p, b, UNIQUE (a, b)", False),
        ("a REFERENCES p, b); CREATE UNIQUE INDEX i ON t (a) WHERE b = 1; CREATE TABLE w (x", False),
        ("a REFERENCES p, b); CREATE UNIQUE INDEX i ON t (lower(a)); CREATE TABLE w (x", False),
    ],
)
def test_unique_foreign_keys(connection: sqlite3.Connection, body: str, unique: bool) -> None:
    connection.executescript(f"CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t ({body})")
    (key,) = read(connection, "p").referenced_by
    assert key == ForeignKey("t", ("a",), "p", ("id",), unique=unique)
    assert read(connection, "t").foreign_keys == (key,)


def test_a_view(connection: sqlite3.Connection) -> None:
    connection.executescript(
        "CREATE TABLE t (a INTEGER PRIMARY KEY, d DATE); CREATE VIEW v AS SELECT a, d, 1 AS b FROM t"
    )
    found = read(connection, "V")
    assert found.name == "v"
    assert found.is_view
    assert found.primary_key == ()
    assert [column.type for column in found.columns.values()] == [Integer(), Date(), Unknown()]
    assert not read(connection, "t").is_view


def test_a_virtual_table(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("CREATE VIRTUAL TABLE docs USING fts5 (title, body)")
    except sqlite3.OperationalError:
        pytest.skip("this SQLite has no FTS5")
    found = read(connection, "docs")
    assert found.writable == ("title", "body")
    assert {name for name, column in found.columns.items() if column.generated} == {"docs", "rank"}
    assert names(connection) == ["docs"]


def test_names_of_every_kind(connection: sqlite3.Connection) -> None:
    strange = [
        "order",
        "a b",
        'qu"ote',
        "it's",
        "back`tick",
        "[x]",
        "größe",
        "名前",
        "a.b",
        "%s",
        "?",
        "; DROP TABLE t; --",
    ]
    for index, name in enumerate(strange):
        quoted, target = ('"' + text.replace('"', '""') + '"' for text in (name, strange[index - 1]))
        connection.execute(f"CREATE TABLE {quoted} ({quoted} INTEGER PRIMARY KEY REFERENCES {target})")
        connection.execute(f'CREATE INDEX "i{index}\'" ON {quoted} ({quoted})')
    assert names(connection) == sorted(strange)
    for index, name in enumerate(strange):
        found = read(connection, name)
        assert (found.name, found.primary_key) == (name, (name,))
        assert found.indexes == (Index((name,), name=f"i{index}'"),)
        (key,) = found.foreign_keys
        assert key == ForeignKey(name, (name,), strange[index - 1], (strange[index - 1],), unique=True)
        assert [other.columns for other in found.referenced_by] == [(strange[(index + 1) % len(strange)],)]


def test_schemas(connection: sqlite3.Connection) -> None:
    connection.executescript(
        """
        ATTACH ':memory:' AS "o'ther"; ATTACH ':memory:' AS last;
        CREATE TABLE t (in_main); CREATE TABLE "o'ther".t (in_other);
        CREATE TABLE "o'ther".u (in_other PRIMARY KEY); CREATE TABLE last.u (in_last);
        CREATE TABLE "o'ther".v (u REFERENCES U);
        """
    )
    assert (read(connection, "t").schema, read(connection, "t").names()) == (None, ("in_main",))
    assert read(connection, "T", "O'THER").names() == ("in_other",)
    assert read(connection, "u").names() == ("in_other",)
    assert read(connection, "u").referenced_by == (ForeignKey("v", ("u",), "u", ("in_other",)),)
    assert read(connection, "u", "last").schema == "last"
    assert read(connection, "u", "last").referenced_by == ()
    assert names(connection, "last") == ["u"]
    connection.execute("CREATE TEMP TABLE t (in_temp)")
    assert read(connection, "t").names() == ("in_temp",)
    assert read(connection, "t", "main").names() == ("in_main",)


def test_an_unknown_table_is_told_from_the_nearest(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE customers (a)")
    with pytest.raises(UnknownTable, match="no table 'costumers'; did you mean 'customers'"):
        read(connection, "costumers")
    with pytest.raises(UnknownTable):
        read(connection, "customers", "nowhere")


def database(name: str) -> sqlite3.Connection:
    script = DATA / name / "sqlite.sql"
    if not script.exists():
        pytest.skip(f"the databases to test with are not at {DATA}; set ACTIVERECORD_TEST_DATA to where they are")
    connection = sqlite3.connect(":memory:")
    connection.executescript(script.read_text(encoding="utf-8"))
    return connection


@pytest.mark.parametrize("name", ["chinook", "northwind", "awkward"])
def test_real_databases(name: str) -> None:
    connection = database(name)
    try:
        tables = [read(connection, table) for table in names(connection)]
        assert len(tables) >= 11
        keys = {key for table in tables for key in table.foreign_keys}
        assert keys == {key for table in tables for key in table.referenced_by}
        for table in tables:
            for column in table.columns:
                check_column(connection, table, column)
    finally:
        connection.close()


def check_column(connection: sqlite3.Connection, table: Table, column: str) -> None:
    """Every value loads; written back as dumped it loads as the same."""
    codec = SQLITE_CODECS(table.type_of(column))
    quoted_table, quoted = ('"' + text.replace('"', '""') + '"' for text in (table.name, column))
    rows = connection.execute(f"SELECT {quoted} FROM {quoted_table} WHERE {quoted} IS NOT NULL").fetchall()
    loaded = [codec.load(value) if codec.load else value for (value,) in rows]
    loaded = [value for value in loaded if value is not None]
    connection.execute(f"CREATE TEMP TABLE copies (value {codec.ddl})")
    dumped = [codec.dump(value) if codec.dump else value for value in loaded]
    connection.executemany("INSERT INTO temp.copies VALUES (?)", [(value,) for value in dumped])
    copies = [value for (value,) in connection.execute("SELECT value FROM temp.copies ORDER BY rowid")]
    assert [codec.load(value) if codec.load else value for value in copies] == loaded
    connection.execute("DROP TABLE temp.copies")


def test_the_awkward_types() -> None:
    connection = database("awkward")
    try:
        types = {name: column.type for name, column in read(connection, "typed").columns.items()}
        assert (types["c_ts"], types["c_time"], types["c_date"]) == (DateTime(), Time(), Date())
        assert (types["c_json"], types["c_bool"], types["c_double"]) == (Json(), Boolean(), Float())
        line = read(connection, "line_item")
        assert line.primary_key == ("order_id", "line_no")
        assert line.auto_key is None
        assert set(line.columns) - set(line.writable) == {"total", "LABEL_UP"}
        profile = read(connection, "person").referenced_by
        assert [key.unique for key in profile if key.table == "person_profile"] == [True]
    finally:
        connection.close()
