"""Tables read from MySQL and MariaDB: the generators driven by hand, on a real server and on answers written down."""

from collections.abc import Iterator
from typing import Any

import pytest

from activerecord.errors import UnknownTable
from activerecord.schema.table import ForeignKey, Index
from activerecord.types import (
    Binary,
    Boolean,
    Date,
    DateTime,
    Float,
    Integer,
    Json,
    Numeric,
    Text,
    Time,
    Type,
    Unknown,
    Uuid,
)
from activerecord.types.mysql_declared import type_from_mysql
from tests import raw, servers
from tests.unit.reading import Catalogue, unnamed


@pytest.fixture
def place() -> str:
    return servers.fresh_database("mysql")


@pytest.fixture
def connection(place: str) -> Iterator[raw.Raw]:
    with raw.connection("mysql", place) as opened:
        yield opened


@pytest.fixture
def elsewhere(connection: raw.Raw, place: str) -> Iterator[str]:
    """Another database; keys between the two go before either is used again."""
    name = servers.fresh_database("mysql")
    yield name
    connection.script("SET foreign_key_checks = 0")
    for database in place, name:
        connection.script(f"DROP DATABASE {database}", f"CREATE DATABASE {database}")


@pytest.fixture
def catalogue(connection: raw.Raw) -> Catalogue:
    return Catalogue("mysql", connection.rows, questions=5)


@pytest.fixture
def mariadb(connection: raw.Raw) -> None:
    ((version,),) = connection.rows("SELECT version()")
    if "MariaDB" not in version:
        pytest.skip("the server is no MariaDB")


def test_a_table_is_three_questions(connection: raw.Raw) -> None:
    connection.script("CREATE TABLE t (a INT PRIMARY KEY, b TEXT)")
    assert Catalogue("mysql", connection.rows, questions=3).read("t").primary_key == ("a",)


@pytest.mark.parametrize(
    ("body", "primary_key", "auto_key"),
    [
        ("a INT AUTO_INCREMENT PRIMARY KEY", ("a",), "a"),
        ("a BIGINT UNSIGNED AUTO_INCREMENT, b INT UNIQUE, PRIMARY KEY (a)", ("a",), "a"),
        ("a SERIAL PRIMARY KEY", ("a",), "a"),
        ("a INT PRIMARY KEY DEFAULT 7", ("a",), None),
        ("a VARCHAR(9) PRIMARY KEY DEFAULT 'x'", ("a",), None),
        ("a INT AUTO_INCREMENT, b INT DEFAULT 1, PRIMARY KEY (b, a), KEY (a)", ("b", "a"), None),
        ("a INT AUTO_INCREMENT UNIQUE", (), None),
    ],
)
def test_primary_keys(
    connection: raw.Raw, catalogue: Catalogue, body: str, primary_key: tuple[str, ...], auto_key: str | None
) -> None:
    connection.script(f"CREATE TABLE t ({body})")
    found = catalogue.read("t")
    assert (found.primary_key, found.auto_key) == (primary_key, auto_key)
    assert found.columns["a"].has_default and not found.columns["a"].nullable
    connection.script("INSERT INTO t () VALUES ()")
    if auto_key:
        assert connection.rows("SELECT a FROM t") == [(1,)]


TYPES: dict[str, Type] = {
    "BOOLEAN": Boolean(),
    "TINYINT(1)": Boolean(),
    "BIT": Boolean(),
    "BIT(9)": Unknown(),
    "TINYINT": Integer(8),
    "TINYINT(1) UNSIGNED": Integer(8, signed=False),
    "TINYINT(2)": Integer(8),
    "SMALLINT": Integer(16),
    "SMALLINT UNSIGNED": Integer(16, signed=False),
    "MEDIUMINT": Integer(24),
    "INT": Integer(32),
    "INT(5) ZEROFILL": Integer(32, signed=False),
    "BIGINT": Integer(64),
    "BIGINT UNSIGNED": Integer(64, signed=False),
    "YEAR": Integer(16, signed=False),
    "FLOAT": Float(32),
    "FLOAT(7,3) UNSIGNED": Float(32),
    "DOUBLE": Float(),
    "REAL": Float(),
    "DECIMAL": Numeric(10, 0),
    "DECIMAL(38,10)": Numeric(38, 10),
    "DECIMAL(5,2) UNSIGNED": Numeric(5, 2),
    "CHAR(5)": Text(5),
    "VARCHAR(7)": Text(7),
    "NATIONAL VARCHAR(7)": Text(7),
    "TINYTEXT": Text(),
    "TEXT": Text(),
    "MEDIUMTEXT": Text(),
    "LONGTEXT": Text(),
    "ENUM('tinyint(1)','int unsigned')": Text(),
    "SET('a','b')": Text(),
    "BINARY(16)": Binary(),
    "VARBINARY(7)": Binary(),
    "TINYBLOB": Binary(),
    "BLOB": Binary(),
    "LONGBLOB": Binary(),
    "DATE": Date(),
    "TIME(6)": Time(),
    "DATETIME(6)": DateTime(zone=False),
    "TIMESTAMP(6) NULL": DateTime(zone=True),
    "JSON": Json(),
    "POINT": Unknown(),
}


def test_types(connection: raw.Raw, catalogue: Catalogue) -> None:
    connection.script(f"CREATE TABLE t ({', '.join(f'c{number} {kind}' for number, kind in enumerate(TYPES))})")
    found = [column.type for column in catalogue.read("t").columns.values()]
    assert dict(zip(TYPES, found, strict=True)) == TYPES


@pytest.mark.usefixtures("mariadb")
def test_types_of_mariadb(connection: raw.Raw, catalogue: Catalogue) -> None:
    connection.script(
        "CREATE TABLE t (a UUID, b INET4, c INET6, `d``d` JSON, e LONGTEXT CHECK (json_valid(e)),"
        "f LONGTEXT CHECK (json_valid(f) AND f <> '1'), g LONGTEXT, h TEXT CHECK (json_valid(h)),"
        "i LONGTEXT, CONSTRAINT g CHECK (json_valid(i)))",
        "CREATE TABLE other (g JSON)",
    )
    assert [column.type for column in catalogue.read("t").columns.values()] == [
        *(Uuid(), Text(), Text(), Json(), Json()),
        *(Text(), Text(), Text(), Text()),
    ]


@pytest.mark.parametrize(
    ("declared", "kind"),
    [
        # as MySQL gives them: whole numbers without widths
        ("int", Integer(32)),
        ("int unsigned", Integer(32, signed=False)),
        ("tinyint unsigned", Integer(8, signed=False)),
        ("year", Integer(16, signed=False)),
        ("json", Json()),
        ("vector(3)", Unknown()),
        ("", Unknown()),
    ],
)
def test_types_of_mysql(declared: str, kind: Type) -> None:
    assert type_from_mysql(declared) == kind


def test_columns(connection: raw.Raw, catalogue: Catalogue) -> None:
    connection.script(
        "CREATE TABLE t (a INT NOT NULL, b INT DEFAULT 1, c INT DEFAULT NULL, d VARCHAR(9) DEFAULT 'NULL',"
        "e INT AS (a * 2) VIRTUAL, f INT AS (a * 3) STORED, g INT NOT NULL AUTO_INCREMENT UNIQUE,"
        "h VARCHAR(9) DEFAULT (concat('x', 'y')), i TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,"
        "j DATETIME ON UPDATE CURRENT_TIMESTAMP, k VARCHAR(9) DEFAULT '', l BIT(1) DEFAULT b'0')"
    )
    columns = catalogue.read("t").columns
    assert "".join(columns) == "abcdefghijkl"
    assert {name for name, column in columns.items() if not column.nullable} == {"a", "g", "i"}
    assert {name for name, column in columns.items() if column.has_default} == {"b", "d", "g", "h", "i", "k", "l"}
    assert {name for name, column in columns.items() if column.generated} == {"e", "f"}


def test_indexes(connection: raw.Raw, catalogue: Catalogue) -> None:
    connection.script(
        "CREATE TABLE t (a VARCHAR(9) PRIMARY KEY, b INT, c INT, d INT UNIQUE, e TEXT, f INT, UNIQUE two (c, b))",
        "CREATE INDEX one ON t (b DESC)",
        "CREATE UNIQUE INDEX start ON t (e(5))",
        "CREATE FULLTEXT INDEX words ON t (e)",
    )
    found = catalogue.read("t")
    assert sorted(found.indexes, key=lambda index: index.name or "") == [
        Index(("d",), unique=True, name="d"),
        Index(("b",), name="one"),
        Index(("e",), unique=True, name="start"),
        Index(("c", "b"), unique=True, name="two"),
        Index(("e",), name="words"),
    ]
    assert [(name, column.unique, column.index) for name, column in found.columns.items()] == [
        ("a", False, False),
        ("b", False, True),
        ("c", False, False),
        ("d", True, True),
        ("e", True, True),
        ("f", False, False),
    ]


def test_foreign_keys(connection: raw.Raw, catalogue: Catalogue, place: str, elsewhere: str) -> None:
    connection.script(
        "CREATE TABLE Parent (id INT PRIMARY KEY, x INT, y INT, UNIQUE (x, y), UNIQUE (y, x))",
        "CREATE TABLE pair (a INT, b INT, PRIMARY KEY (b, a))",
        f"CREATE TABLE {elsewhere}.outside (id INT PRIMARY KEY)",
        "CREATE TABLE child (p INT UNIQUE, q INT, b INT, a INT, x INT, y INT, self INT, r INT, z INT,"
        "CONSTRAINT k9 FOREIGN KEY (p) REFERENCES Parent (id) ON DELETE CASCADE,"
        "CONSTRAINT k8 FOREIGN KEY (q) REFERENCES Parent (id) ON DELETE SET NULL,"
        "CONSTRAINT k7 FOREIGN KEY (b, a) REFERENCES pair (b, a) ON DELETE NO ACTION,"
        "CONSTRAINT k6 FOREIGN KEY (y, x) REFERENCES Parent (y, x) ON DELETE RESTRICT,"
        "CONSTRAINT k5 FOREIGN KEY (self) REFERENCES child (p),"
        f"CONSTRAINT k4 FOREIGN KEY (r) REFERENCES {elsewhere}.outside (id))",
        f"CREATE TABLE {elsewhere}.child (p INT, FOREIGN KEY (p) REFERENCES {place}.Parent (id))",
        "CREATE TABLE grandchild (c INT, CONSTRAINT g FOREIGN KEY (c) REFERENCES child (p))",
    )
    child = catalogue.read("child")
    expected = (
        ForeignKey("child", ("p",), "Parent", ("id",), "CASCADE", "k9", unique=True),
        ForeignKey("child", ("q",), "Parent", ("id",), "SET NULL", "k8"),
        ForeignKey("child", ("b", "a"), "pair", ("b", "a"), None, "k7"),
        ForeignKey("child", ("y", "x"), "Parent", ("y", "x"), None, "k6"),
        ForeignKey("child", ("self",), "child", ("p",), None, "k5"),
    )
    assert child.foreign_keys == expected
    assert child.referenced_by == (expected[4], ForeignKey("grandchild", ("c",), "child", ("p",), None, "g"))
    assert set(catalogue.read("Parent").referenced_by) == {expected[0], expected[1], expected[3]}
    assert catalogue.read("pair").referenced_by == (expected[2],)
    assert catalogue.read("outside", elsewhere).referenced_by == ()


@pytest.mark.parametrize(
    ("body", "unique"),
    [
        ("id INT PRIMARY KEY, a INT, b INT", False),
        ("a INT PRIMARY KEY, b INT", True),
        ("a INT, b INT, PRIMARY KEY (a, b)", False),
        ("a INT UNIQUE, b INT", True),
        ("a INT, b INT, UNIQUE (b, a)", False),
    ],
)
def test_unique_foreign_keys(connection: raw.Raw, catalogue: Catalogue, body: str, unique: bool) -> None:
    connection.script(
        "CREATE TABLE p (id INT PRIMARY KEY)",
        f"CREATE TABLE t ({body}, CONSTRAINT k FOREIGN KEY (a) REFERENCES p (id))",
        "CREATE TABLE u (a INT UNIQUE)",
    )
    (key,) = catalogue.read("p").referenced_by
    assert key == ForeignKey("t", ("a",), "p", ("id",), None, "k", unique=unique)
    assert catalogue.read("t").foreign_keys == (key,)


def test_a_view(connection: raw.Raw, catalogue: Catalogue) -> None:
    connection.script(
        "CREATE TABLE t (a INT AUTO_INCREMENT PRIMARY KEY, d DATE, v VARCHAR(9))",
        "CREATE VIEW v AS SELECT a, d, v, 1 = 1 AS b FROM t",
    )
    found = catalogue.read("v")
    assert found.is_view and not catalogue.read("t").is_view
    assert (found.primary_key, found.auto_key, found.foreign_keys) == ((), None, ())
    assert [column.type for column in found.columns.values()][:3] == [Integer(32), Date(), Text(9)]
    assert catalogue.names() == ["t", "v"]


@pytest.mark.usefixtures("mariadb")
def test_tables_of_mariadb(connection: raw.Raw, catalogue: Catalogue) -> None:
    connection.script(
        "CREATE SEQUENCE s",
        "CREATE TABLE t (a INT PRIMARY KEY, b INT, since TIMESTAMP(6) AS ROW START, till TIMESTAMP(6) AS ROW END,"
        "PERIOD FOR SYSTEM_TIME (since, till), secret INT INVISIBLE DEFAULT 1) WITH SYSTEM VERSIONING",
    )
    assert catalogue.names() == ["t"]
    found = catalogue.read("t")
    assert not found.is_view
    assert found.writable == ("a", "b", "secret")


STRANGE = [
    "order",
    "a b",
    'qu"ote',
    "it's",
    "back`tick",
    "back\\slash",
    "größe",
    "grosse",
    "名前",
    "a.b",
    "%s",
    "?",
    "; DROP TABLE t; --",
    "x" * 64,
]


def test_names_of_every_kind(connection: raw.Raw, catalogue: Catalogue) -> None:
    for index, name in enumerate(STRANGE):
        quoted, target = ("`" + text.replace("`", "``") + "`" for text in (name, STRANGE[index - 1]))
        key = f", CONSTRAINT `k'{index}` FOREIGN KEY ({quoted}) REFERENCES {target} ({target})" if index else ""
        connection.script(f"CREATE TABLE {quoted} ({quoted} INT PRIMARY KEY{key})")
    assert sorted(catalogue.names()) == sorted(STRANGE)
    for index, name in enumerate(STRANGE):
        found = catalogue.read(name)
        assert (found.name, found.primary_key, found.names()) == (name, (name,), (name,))
        assert unnamed(found.foreign_keys) == [
            (name, (name,), STRANGE[index - 1], (STRANGE[index - 1],), None, True) for _ in range(min(index, 1))
        ]
        assert [other.table for other in found.referenced_by] == STRANGE[index + 1 : index + 2]


def test_the_case_of_a_name_matters_where_it_does_to_the_server(connection: raw.Raw, catalogue: Catalogue) -> None:
    ((folds,),) = connection.rows("SELECT @@lower_case_table_names")
    connection.script("CREATE TABLE Mixed (a INT PRIMARY KEY)", "CREATE TABLE kid (a INT UNIQUE REFERENCES Mixed (a))")
    if folds:
        assert catalogue.read("MIXED").primary_key == ("a",)
        return
    connection.script("CREATE TABLE mixed (b INT PRIMARY KEY, c INT UNIQUE)")
    assert catalogue.read("Mixed").names() == ("a",)
    assert catalogue.read("mixed").names() == ("b", "c")
    assert catalogue.read("Mixed").indexes == ()
    assert catalogue.read("mixed").referenced_by == ()
    with pytest.raises(UnknownTable):
        catalogue.read("MIXED")


def test_schemas(connection: raw.Raw, catalogue: Catalogue, place: str) -> None:
    other = servers.fresh_database("mysql")
    connection.script(
        "CREATE TABLE t (here INT)", f"CREATE TABLE {other}.t (there INT)", f"CREATE TABLE {other}.u (a INT)"
    )
    assert (catalogue.read("t").schema, catalogue.read("t").names()) == (None, ("here",))
    assert (catalogue.read("t", other).schema, catalogue.read("t", other).names()) == (other, ("there",))
    assert catalogue.read("t", place).names() == ("here",)
    assert (catalogue.names(), catalogue.names(other)) == (["t"], ["t", "u"])
    assert catalogue.read("TABLES", "information_schema").is_view
    with pytest.raises(UnknownTable, match="known: 't'"):
        catalogue.read("u")


def test_an_unknown_table_is_told_from_the_nearest(connection: raw.Raw, catalogue: Catalogue) -> None:
    connection.script("CREATE TABLE customers (a INT)")
    with pytest.raises(UnknownTable, match="no table 'costumers'; did you mean 'customers'"):
        catalogue.read("costumers")
    with pytest.raises(UnknownTable, match="there are none"):
        catalogue.read("customers", "nowhere")


def test_answers_of_mysql() -> None:
    """Of a server that gives its own texts as bytes, knows no default of NULL, and has its constraints without tables."""
    column = (b"place", b"t", b"BASE TABLE", "8.4.3", 2)
    answers: dict[str, list[tuple[Any, ...]]] = {
        "COLUMNS": [
            (*column, b"id", b"int unsigned", b"NO", None, b"auto_increment"),
            (*column, b"text", b"varchar(9)", b"YES", b"NULL", b""),
            (*column, b"made", b"datetime(6)", b"YES", b"now(6)", b"DEFAULT_GENERATED on update CURRENT_TIMESTAMP(6)"),
            (*column, b"long", b"longtext", b"YES", None, b""),
            (*column, b"double", b"int", b"YES", None, b"VIRTUAL GENERATED"),
        ],
        "KEY_COLUMN_USAGE": [(b"kid", b"k", b"NO ACTION", b"t_id", b"t", b"id")],
        "STATISTICS": [
            (b"kid", b"computed", 0, None),
            (b"kid", b"u", 0, b"t_id"),
            (b"t", b"PRIMARY", 0, b"id"),
            (b"t", b"computed", 0, None),
            (b"t", b"ix", 1, b"text"),
        ],
    }

    def ask(sql: str, *binds: Any) -> list[tuple[Any, ...]]:
        assert sql.count("?") == len(binds)
        (rows,) = [rows for table, rows in answers.items() if f"FROM information_schema.{table}" in sql]
        return rows

    found = Catalogue("mysql", ask, questions=3).read("t")
    assert (found.primary_key, found.auto_key, found.generated) == (("id",), "id", ("double",))
    assert {name for name, column in found.columns.items() if column.has_default} == {"id", "text", "made"}
    assert found.any_case
    assert found.columns["long"].type == Text()
    assert found.indexes == (Index(("text",), name="ix"),)
    assert found.referenced_by == (ForeignKey("kid", ("t_id",), "t", ("id",), None, "k", unique=True),)
