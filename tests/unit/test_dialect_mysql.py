"""The SQL of queries, as MySQL and MariaDB are sent it; no database is opened."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from activerecord.errors import UsageError
from activerecord.sql.dialect import Dialect, Terms
from activerecord.sql.dialects.mysql import MARIADB, MYSQL
from activerecord.sql.expression import Arithmetic, Bind, In, Like, Nested, Ordering
from activerecord.sql.function import Function
from activerecord.sql.insert import Insert
from activerecord.sql.node import Node
from activerecord.sql.reference import Reference
from activerecord.sql.statement import Delete, Select, Source, Update
from activerecord.types import Boolean, Float, Integer, Json, Numeric, Text, Type

BOTH = pytest.mark.parametrize("dialect", [MYSQL, MARIADB], ids=["mysql", "mariadb"])


class Things:
    """A table as the compiler sees it."""

    name = "things"
    schema: str | None = None
    _types: Mapping[str, Type] = {
        "id": Integer(),
        "size": Float(),
        "price": Numeric(10, 2),
        "name": Text(),
        "data": Json(),
        "good": Boolean(),
    }

    def type_of(self, column: str) -> Type:
        return self._types[column]

    def names(self) -> tuple[str, ...]:
        return tuple(self._types)


SOURCE = Source("things")
ID, SIZE, PRICE, NAME, DATA = (Reference[Any]("things", name) for name in ("id", "size", "price", "name", "data"))
T = "`things`"


def sql(statement: Node, dialect: Dialect = MARIADB) -> str:
    return dialect.compiler(dialect, (Things(),)).compile(statement).sql


def selected(expression: Any, dialect: Dialect = MARIADB) -> str:
    return sql(Select((expression,), SOURCE), dialect).removeprefix("SELECT ").removesuffix(f" FROM {T}")


def where(condition: Any, dialect: Dialect = MARIADB) -> str:
    return sql(Select((ID,), SOURCE, where=condition), dialect).partition(" WHERE ")[2]


@BOTH
def test_names_and_values(dialect: Dialect) -> None:
    assert dialect.quote("a`b\"'") == "`a``b\"'`"
    assert where(ID == 1, dialect) == f"{T}.`id` = ?"
    assert dialect.placeholder(3) == "?"


@BOTH
def test_an_insert_of_defaults_alone(dialect: Dialect) -> None:
    assert sql(Insert(SOURCE, (), [()]), dialect) == f"INSERT INTO {T} () VALUES ()"
    assert sql(Insert(SOURCE, ("id",), [(1,), (2,)]), dialect) == f"INSERT INTO {T} (`id`) VALUES (?), (?)"


def test_mariadb_returns_what_it_inserts() -> None:
    assert MYSQL.returning == frozenset()
    assert MARIADB.returning == {"insert", "delete"}
    returning = Insert(SOURCE, ("name",), [("a",)], returning=("id", "name"))
    assert sql(returning) == f"INSERT INTO {T} (`name`) VALUES (?) RETURNING {T}.`id`, {T}.`name`"


@BOTH
def test_an_offset_needs_a_limit(dialect: Dialect) -> None:
    offset: Bind[int] = Bind(5, ID)
    base = f"SELECT {T}.`id` FROM {T}"
    assert sql(Select((ID,), SOURCE, offset=offset), dialect) == f"{base} LIMIT 18446744073709551615 OFFSET ?"
    assert sql(Select((ID,), SOURCE, limit=offset, offset=offset), dialect) == f"{base} LIMIT ? OFFSET ?"


@BOTH
def test_operators(dialect: Dialect) -> None:
    assert selected(Arithmetic("/", ID, Bind(2, ID)), dialect) == f"({T}.`id` DIV ?)"
    assert selected(Arithmetic("/", SIZE, Bind(2.0, SIZE)), dialect) == f"({T}.`size` / ?)"
    assert selected(Arithmetic("/", PRICE, ID), dialect) == f"({T}.`price` / {T}.`id`)"
    assert selected(Arithmetic("+", ID, Bind(2, ID)), dialect) == f"({T}.`id` + ?)"
    assert selected(Arithmetic("+", NAME, Bind("x", NAME)), dialect) == f"CONCAT({T}.`name`, ?)"
    assert selected(Function("length", (NAME,)), dialect) == f"char_length({T}.`name`)"


@BOTH
def test_like_escapes_by_a_backslash(dialect: Dialect) -> None:
    assert where(Like(NAME, "a%"), dialect) == f"{T}.`name` LIKE ? ESCAPE '\\\\'"


@BOTH
def test_where_nulls_go(dialect: Dialect) -> None:
    def order(ordering: Ordering) -> str:
        return sql(Select((ID,), SOURCE, orders=(ordering,)), dialect).partition(" ORDER BY ")[2]

    rising, falling = Ordering(NAME, descending=False), Ordering(NAME, descending=True)
    name = f"{T}.`name`"
    assert order(rising) == order(rising.nulls_first()) == name
    assert order(falling) == order(falling.nulls_last()) == f"{name} DESC"
    assert order(rising.nulls_last()) == f"{name} IS NULL, {name}"
    assert order(falling.nulls_first()) == f"{name} IS NOT NULL, {name} DESC"
    computed = Ordering(Arithmetic("+", ID, Bind(1, ID)), descending=False).nulls_last()
    assert order(computed) == f"({T}.`id` + ?) IS NULL, ({T}.`id` + ?)"


def nested(**clauses: Any) -> Nested[Any]:
    return Nested(Select((Reference[Any]("things", "id"),), SOURCE, **clauses))


@BOTH
def test_a_limited_list_is_a_table_of_its_own(dialect: Dialect) -> None:
    inner = f"SELECT {T}.`id` FROM {T}"
    assert where(In(ID, nested(), negated=False), dialect) == f"{T}.`id` IN ({inner})"
    limited = In(ID, nested(limit=Bind(3, ID)), negated=True)
    assert where(limited, dialect) == f"{T}.`id` NOT IN (SELECT * FROM ({inner} LIMIT ?) AS `limited`)"


@BOTH
def test_a_write_reads_its_own_table_beforehand(dialect: Dialect) -> None:
    inner = f"SELECT {T}.`id` FROM {T} LIMIT 18446744073709551615"
    condition = In(ID, nested(), negated=False)
    before = f"{T}.`id` IN (SELECT * FROM ({inner}) AS `before`)"
    assert sql(Delete(SOURCE, condition), dialect) == f"DELETE FROM {T} WHERE {before}"
    update = Update.of_values(SOURCE, {"name": "x"}, condition)
    assert sql(update, dialect) == f"UPDATE {T} SET `name` = ? WHERE {before}"


def test_json_is_a_type_of_its_own_on_mysql() -> None:
    assert where(DATA == {"a": 1}, MYSQL) == f"{T}.`data` = CAST(? AS JSON)"
    assert where(DATA == {"a": 1}, MARIADB) == f"{T}.`data` = ?"


@BOTH
def test_what_is_computed_is_loaded_as_its_type_says(dialect: Dialect) -> None:
    def loaded(expression: Any, value: Any) -> Any:
        [load] = dialect.compiler(dialect, (Things(),)).compile(Select((expression,), SOURCE)).loads
        return value if load is None else load(value)

    cases: list[tuple[Any, Any, Any]] = [
        (Function("sum", (ID,)), Decimal(6), 6),
        (Function("sum", (Reference[Any]("things", "good"),)), Decimal(2), 2),
        (Function("avg", (ID,)), Decimal("1.5000"), 1.5),
        (Function("sum", (SIZE,)), 1.5, 1.5),
        (Function("sum", (PRICE,)), Decimal("1.50"), Decimal("1.50")),
        (ID == 1, 1, True),
    ]
    for expression, given, expected in cases:
        found = loaded(expression, given)
        assert (found, type(found)) == (expected, type(expected))


@BOTH
def test_transactions(dialect: Dialect) -> None:
    assert list(dialect.begin(Terms())) == ["BEGIN"]
    assert list(dialect.begin(Terms("Read_Committed", read_only=True))) == [
        "SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
        "START TRANSACTION READ ONLY",
    ]
    with pytest.raises(UsageError, match="snapshot"):
        dialect.begin(Terms("snapshot"))
    with pytest.raises(UsageError, match="deferrable"):
        dialect.begin(Terms("serializable", read_only=True, deferrable=True))


@BOTH
def test_literals(dialect: Dialect) -> None:
    assert dialect.literal("it's \\") == "'it''s \\\\'"
    assert dialect.literal(b"\0") == "x'00'"
    assert dialect.literal(None) == "NULL"
