"""SQL of the program's own as whole statements: its text in every dialect, and what is known of it beforehand."""

from typing import Any

import pytest

from activerecord import ActiveRecord, Column, QueryError, RawQuery, UsageError, WrongBinds, column
from activerecord.query.execution import StatementResult, async_execute, raw_statement
from activerecord.runtime import run_blocking
from activerecord.sql.plan import Explain
from activerecord.sql.text import Text, text_of
from tests.unit.snapshots import Case, Statement, against_snapshots


class Letter(ActiveRecord):
    __table_name__ = "letters"
    id: Column[int] = column(primary_key=True)
    to: Column[str]
    grams: Column[int]


def raw(sql: str, *values: Any, **named: Any) -> Statement:
    return raw_statement(text_of(sql, values, named)), []


async def explained(*, analyze: bool) -> Statement:
    prepared = await Letter.where(Letter.grams > 5, to=["ann", "bob"])._prepare()  # pyright: ignore[reportPrivateUsage]
    return Explain(prepared.select, analyze=analyze), prepared.tables


CASES: dict[str, Case] = {
    "values in order": lambda: raw("SELECT * FROM letters WHERE grams > ? AND \"to\" <> 'why?'", 5),
    "values by name": lambda: raw("SELECT :a WHERE :b > :a", a=1, b=2.5),
    "a list": lambda: raw("DELETE FROM letters WHERE grams IN (?) AND id < ?", [1, 2, 3], 9),
    "a literal question mark": lambda: raw("SELECT data ?? 'key' FROM letters WHERE id = ?", 1),
    "in dollars": lambda: raw("SELECT $a$?$a$, E'\\'?', ?", "x"),
    "a comment at its end": lambda: raw("SELECT ? -- the end?", "x"),
    "a plan": lambda: explained(analyze=False),
    "a plan that was tried": lambda: explained(analyze=True),
    "a plan of raw SQL": lambda: (Explain(raw_statement(Text("SELECT ?", (1,)))), []),
}
test_snapshots = against_snapshots("raw", CASES)


@pytest.mark.parametrize(
    ("sql", "writes"),
    [
        ("INSERT INTO a VALUES (1)", True),
        ("  update a SET b = 1", True),
        ("-- why\n/* so */ DELETE FROM a", True),
        ("/* SELECT */CREATE TABLE a (b int)", True),
        ("(SELECT 1)", None),
        ("SELECT 1", None),
        ("WITH a AS (SELECT 1) INSERT INTO b SELECT * FROM a", None),
        ("PRAGMA user_version = 1", None),
        ("inserted", None),
        ("-- INSERT", None),
        ("1", None),
    ],
)
def test_what_is_known_to_write(sql: str, writes: bool | None) -> None:
    assert raw_statement(Text(sql)).writes is writes
    assert raw_statement(Text(sql), writes=False).writes is False
    assert raw_statement(Text(sql), writes=True).writes is True


@pytest.mark.parametrize(
    "sql",
    ["BEGIN", "commit;", "ROLLBACK TO a", "/* a */ SAVEPOINT a", "START TRANSACTION", "start\n transaction read only"],
)
def test_what_scopes_see_to_is_refused(sql: str) -> None:
    with pytest.raises(UsageError, match="transaction"):
        raw_statement(Text(sql))


def test_start_may_begin_something_else() -> None:
    assert raw_statement(Text("START REPLICA")).writes is None


def test_a_result() -> None:
    result = StatementResult(("id", "to"), [(1, "ann"), (2, "bob")])
    assert result.dicts() == [{"id": 1, "to": "ann"}, {"id": 2, "to": "bob"}]
    assert (result.scalar(), result.scalars(), len(result), list(result)) == (1, [1, 2], 2, result.rows)
    assert (StatementResult().scalar(), StatementResult().scalars(), StatementResult().dicts()) == (None, [], [])


def test_a_result_with_two_columns_of_one_name_has_no_dicts() -> None:
    with pytest.raises(QueryError, match="'id'"):
        StatementResult(("id", "to", "id"), [(1, "ann", 1)]).dicts()


def test_a_raw_query_is_not_its_result() -> None:
    found = Letter.from_sql("SELECT * FROM letters")
    assert isinstance(found, RawQuery)
    assert repr(found) == "<RawQuery of Letter>"
    with pytest.raises(UsageError, match="not its result"):
        bool(found)


def test_wrong_binds_are_refused_at_once() -> None:
    with pytest.raises(WrongBinds):
        Letter.from_sql("SELECT * FROM letters WHERE id = ?")
    with pytest.raises(WrongBinds):
        run_blocking(lambda: async_execute("SELECT ?", connection="nowhere"), "execute")
