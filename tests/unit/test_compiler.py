"""The SQL of queries, as SQLite is sent it; no database is opened."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from activerecord import ActiveRecord, Column, HasMany, Query, QueryError, UnknownColumn, column, fn, has_many
from activerecord.database import database, forget
from activerecord.sql.dialects import SQLITE
from activerecord.sql.expression import Bind, Expression, Reference
from activerecord.sql.statement import Delete, Insert, Select, Source, Update


class Buyer(ActiveRecord):
    __table_name__ = "buyers"
    id: Column[int] = column(primary_key=True)
    name: Column[str]
    age: Column[int | None]
    purchases: HasMany["Purchase"] = has_many(foreign_key="buyer_id")


class Purchase(ActiveRecord):
    __table_name__ = "purchases"
    id: Column[int] = column(primary_key=True)
    buyer_id: Column[int]
    total: Column[Decimal]
    state: Column[str] = column(name="status")


class Odd(ActiveRecord):
    __table_name__ = 'x" ; DROP TABLE y; --'
    id: Column[int] = column(primary_key=True)
    odd: Column[int] = column(name='a" b')


@pytest.fixture(autouse=True)
def unopened() -> Iterator[None]:
    ActiveRecord.configure("sqlite:///nowhere/at/all.db")
    yield
    forget(["default"])


B = '"buyers"'
ALL = f'SELECT {B}."id", {B}."name", {B}."age" FROM {B}'
FULL = "n"

CASES: list[tuple[Query[Any], str, list[Any]]] = [
    (Buyer.query(), ALL, []),
    (Buyer.where(name="ann"), f'{ALL} WHERE {B}."name" = ?', ["ann"]),
    (Buyer.where(name=None), f'{ALL} WHERE {B}."name" IS NULL', []),
    (Buyer.where(age=[1, 2]), f'{ALL} WHERE {B}."age" IN (?, ?)', [1, 2]),
    (Buyer.where(age=[1, 2, 3]), f'{ALL} WHERE {B}."age" IN (?, ?, ?, ?)', [1, 2, 3, 3]),
    (Buyer.where(age=[1, None]), f'{ALL} WHERE ({B}."age" IN (?) OR {B}."age" IS NULL)', [1]),
    (Buyer.where(age=[None]), f'{ALL} WHERE {B}."age" IS NULL', []),
    (Buyer.where(age=[]), f'{ALL} WHERE ({B}."age" IS NULL AND 1 = 0)', []),
    (Buyer.where(Buyer.age.not_in([])), f'{ALL} WHERE ({B}."age" IS NULL OR 1 = 1)', []),
    (Buyer.where(Buyer.age.not_in([1, None])), f'{ALL} WHERE ({B}."age" NOT IN (?) AND {B}."age" IS NOT NULL)', [1]),
    (Buyer.where(name="ann", age=3), f'{ALL} WHERE ({B}."name" = ? AND {B}."age" = ?)', ["ann", 3]),
    (Buyer.where({"name": "ann"}, Buyer.age > 3), f'{ALL} WHERE ({B}."name" = ? AND {B}."age" > ?)', ["ann", 3]),
    (Buyer.where(Buyer.age != 3), f'{ALL} WHERE {B}."age" <> ?', [3]),
    (Buyer.where(~(Buyer.age == 3)), f'{ALL} WHERE NOT ({B}."age" = ?)', [3]),
    (Buyer.where("age > ?", 3), f"{ALL} WHERE (age > ?)", [3]),
    (Buyer.where("age > ? AND name = ?", (3, "a")), f"{ALL} WHERE (age > ? AND name = ?)", [3, "a"]),
    (Buyer.where("age IN (?)", [3, 4]), f"{ALL} WHERE (age IN (?, ?))", [3, 4]),
    (Buyer.where("age > :a OR age < :a", a=3), f"{ALL} WHERE (age > ? OR age < ?)", [3, 3]),
    (Buyer.where("age > :a", {"a": 3}), f"{ALL} WHERE (age > ?)", [3]),
    (Buyer.where("age > 3 -- grown up"), f"{ALL} WHERE (age > 3 -- grown up\n)", []),
    (Buyer.query().where_not(age=3, name="a"), f'{ALL} WHERE NOT (({B}."age" = ? AND {B}."name" = ?))', [3, "a"]),
    (
        Buyer.where(age=1).or_where(age=2).where(age=3),
        f'{ALL} WHERE (({B}."age" = ? OR {B}."age" = ?) AND {B}."age" = ?)',
        [1, 2, 3],
    ),
    (Buyer.query().or_where(age=2), f'{ALL} WHERE {B}."age" = ?', [2]),
    (Buyer.where(Buyer.age.between(1, 2)), f'{ALL} WHERE {B}."age" BETWEEN ? AND ?', [1, 2]),
    (Buyer.where(Buyer.name.contains("50%")), f"{ALL} WHERE {B}.\"name\" LIKE ? ESCAPE '\\'", ["%50\\%%"]),
    (Buyer.query().order_by("name desc", Buyer.age), f'{ALL} ORDER BY {B}."name" DESC, {B}."age"', []),
    (Buyer.query().order_by(Buyer.age.desc().nulls_last()), f'{ALL} ORDER BY {B}."age" DESC NULLS LAST', []),
    (Buyer.query().order_by("name").reorder("age ASC"), f'{ALL} ORDER BY {B}."age"', []),
    (Buyer.query().order_by("name").reorder(), ALL, []),
    (Buyer.query().limit(3), f"{ALL} LIMIT ?", [3]),
    (Buyer.query().offset(3), f"{ALL} LIMIT -1 OFFSET ?", [3]),
    (Buyer.query().offset(3).limit(4), f"{ALL} LIMIT ? OFFSET ?", [4, 3]),
    (Buyer.query().distinct().select("name"), f'SELECT DISTINCT {B}."name" FROM {B}', []),
    (
        Buyer.query().select("name", fn.count().as_("n")).group_by("name").having(fn.count() > 1).order_by("n desc"),
        f'SELECT {B}."name", count(*) AS "n" FROM {B} GROUP BY {B}."name" HAVING count(*) > ? ORDER BY count(*) DESC',
        [1],
    ),
    (Buyer.query().select((Buyer.age + 1) * 2), f'SELECT (({B}."age" + ?) * ?) FROM {B}', [1, 2]),
    (Buyer.query().select(100 - Buyer.age), f'SELECT (? - {B}."age") FROM {B}', [100]),
    (Buyer.query().select(Buyer.name + "!"), f'SELECT ({B}."name" || ?) FROM {B}', ["!"]),
    (Buyer.query().select(fn.count(Buyer.name, distinct=True)), f'SELECT count(DISTINCT {B}."name") FROM {B}', []),
    (Buyer.query().select(fn.coalesce(Buyer.age, 0)), f'SELECT coalesce({B}."age", ?) FROM {B}', [0]),
    (
        Buyer.query().select("id").join(Purchase, Purchase.buyer_id == Buyer.id).where(Purchase.total > Decimal(5)),
        (
            f'SELECT {B}."id" FROM {B} INNER JOIN "purchases" ON "purchases"."buyer_id" = {B}."id" '
            'WHERE "purchases"."total" > ?'
        ),
        [5],
    ),
    (
        Buyer.query().select("id").left_join("purchases"),
        f'SELECT {B}."id" FROM {B} LEFT JOIN "purchases" ON "purchases"."buyer_id" = {B}."id"',
        [],
    ),
    (
        Buyer.where(Buyer.id.in_(Purchase.where(state="paid").select(Purchase.buyer_id)), age=3),
        (
            f'{ALL} WHERE ({B}."id" IN (SELECT "purchases"."buyer_id" FROM "purchases" WHERE "purchases"."status" = ?) '
            f'AND {B}."age" = ?)'
        ),
        ["paid", 3],
    ),
    (
        Buyer.where(id=Purchase.query().select("buyer_id").order_by("total desc").limit(2)),
        f'{ALL} WHERE {B}."id" IN (SELECT "purchases"."buyer_id" FROM "purchases" ORDER BY "purchases"."total" DESC LIMIT ?)',
        [2],
    ),
    (
        Buyer.where(Buyer.age > Buyer.query().select(fn.avg(Buyer.age))),
        f'{ALL} WHERE {B}."age" > (SELECT avg({B}."age") FROM {B})',
        [],
    ),
    (
        Purchase.query().select(Purchase.total / Decimal(2)),
        'SELECT ("purchases"."total" * 1.0 / ?) FROM "purchases"',
        [2],
    ),
    (
        Purchase.where(state="paid").order_by("state"),
        (
            'SELECT "purchases"."id", "purchases"."buyer_id", "purchases"."total", "purchases"."status" FROM "purchases" '
            'WHERE "purchases"."status" = ? ORDER BY "purchases"."status"'
        ),
        ["paid"],
    ),
    (
        Odd.where(odd=1),
        (
            'SELECT "x"" ; DROP TABLE y; --"."id", "x"" ; DROP TABLE y; --"."a"" b" FROM "x"" ; DROP TABLE y; --" '
            'WHERE "x"" ; DROP TABLE y; --"."a"" b" = ?'
        ),
        [1],
    ),
]


@pytest.mark.parametrize(("query", "sql", "binds"), CASES, ids=[sql[-60:] for _, sql, _ in CASES])
def test_the_text_of_a_query(query: Query[Any], sql: str, binds: list[Any]) -> None:
    assert query.to_sql() == (sql, binds)


def test_unknown_names_are_refused() -> None:
    for query in (
        Buyer.where(nmae="a"),
        Buyer.query().order_by("nmae"),
        Buyer.query().select("nmae"),
        Buyer.query().group_by("nmae"),
        Buyer.where(Buyer["nmae"] == 1),
        Buyer.where(nmae=[]),
    ):
        with pytest.raises(UnknownColumn, match="did you mean 'name'"):
            query.to_sql()
    with pytest.raises(QueryError, match="does not read 'purchases'"):
        Buyer.where(Purchase.total > Decimal(1)).to_sql()


def test_what_nests_too_deeply_is_refused() -> None:
    deep = Buyer.age == 1
    for _ in range(3000):
        deep = ~deep
    with pytest.raises(QueryError, match="nested too deeply"):
        Buyer.where(deep).to_sql()
    long: Expression[Any] = Buyer.age
    for _ in range(3000):
        long = long + 1
    with pytest.raises(QueryError, match="nested too deeply"):
        Buyer.where(long > 1).to_sql()


def test_a_long_sum_is_compiled_in_no_time() -> None:
    long: Expression[Any] = Purchase.total
    for _ in range(100):
        long = Decimal(1) + long * Decimal(2)
    sql, binds = Purchase.where(long > Decimal(5)).to_sql()
    assert sql.count("?") == len(binds) == 201


def compiled(statement: Any) -> str:
    table = Buyer.__mapper__.known_table()
    assert table is not None
    return SQLITE.compiler(SQLITE, (table,)).compile(statement).sql


def test_the_text_of_writes() -> None:
    source = Source("buyers")
    one: Expression[bool] = Reference[Any]("buyers", "id") == 1
    returning = f' RETURNING {B}."id", {B}."age"'
    assert (
        compiled(Insert(source, ("name", "age"), [["a", 1], ["b", None]], returning=("id", "age")))
        == f'INSERT INTO {B} ("name", "age") VALUES (?, ?), (?, ?){returning}'
    )
    assert compiled(Insert(source, (), [[]])) == f"INSERT INTO {B} DEFAULT VALUES"
    assert (
        compiled(Update.of_values(source, {"name": "x"}, one, returning=("id", "age")))
        == f'UPDATE {B} SET "name" = ? WHERE {B}."id" = ?{returning}'
    )
    assert compiled(Update(source, (("age", Reference[Any]("buyers", "age") + 1),), None)) == (
        f'UPDATE {B} SET "age" = ({B}."age" + ?)'
    )
    assert compiled(Delete(source, one)) == f'DELETE FROM {B} WHERE {B}."id" = ?'
    assert compiled(Delete(source, None)) == f"DELETE FROM {B}"


def test_a_schema_and_an_alias_are_quoted() -> None:
    table = replace(Buyer.schema(), schema='m"x')
    select = Select((Reference[Any]("b", "id"),), Source("buyers", schema='m"x', alias="b"), limit=Bind(1))
    sql = SQLITE.compiler(SQLITE, (table,)).compile(select).sql
    assert sql == 'SELECT "b"."id" FROM "m""x"."buyers" AS "b" LIMIT ?'


def test_binds_are_dumped_as_their_columns_are() -> None:
    assert Purchase.where(Purchase.total > Decimal("1.50")).to_sql()[1] == [1.5]
    assert Purchase.where(total=[1, Decimal(2)]).to_sql()[1] == [1, 2]
    assert database().statements.compiled >= 2
