"""The contract: how statements fail."""

import time

from activerecord.errors import (
    CheckViolation,
    DatabaseError,
    DataError,
    ForeignKeyViolation,
    LockTimeout,
    NotNullViolation,
    SyntaxError_,
    UniqueViolation,
    WrongBinds,
)
from activerecord.testing.contract.bench import Bench, Link
from activerecord.testing.contract.check import Checks, raised

__all__ = ["FAILURES"]

FAILURES = Checks()

INSERT = "INSERT INTO contract_rows (name, amount, parent) VALUES (?, ?, ?)"
SECRET = "the-secret-value"


async def _refused(link: Link, kind: type[DatabaseError], sql: str, *binds: object) -> DatabaseError:
    """Require that the statement fails so, tells what it should and no value, and leaves the connection sound."""
    error = await raised(kind, link.execute(sql, *binds))
    assert type(error) is kind, f"{type(error).__name__} instead of {kind.__name__}"
    assert error.sql == link.text(sql)
    assert SECRET not in str(error) and SECRET not in repr(error), "the message has a bound value"
    assert not link.connection.in_transaction()
    await link.answers()
    return error


@FAILURES.add()
async def a_unique_violation(bench: Bench) -> None:
    async with bench.link() as link:
        await link.execute(INSERT, SECRET, 1, None)
        error = await _refused(link, UniqueViolation, INSERT, SECRET, 1, None)
        assert error.code and error.__cause__ is not None
        assert error.columns in {(), ("name",)} and error.table in {None, "contract_rows"}
        assert await link.count() == 1


@FAILURES.add()
async def a_not_null_violation(bench: Bench) -> None:
    async with bench.link() as link:
        error = await _refused(link, NotNullViolation, INSERT, None, 1, None)
        assert error.columns in {(), ("name",)} and error.table in {None, "contract_rows"}


@FAILURES.add()
async def a_check_violation(bench: Bench) -> None:
    async with bench.link() as link:
        error = await _refused(link, CheckViolation, INSERT, SECRET, -1, None)
        assert error.constraint in {None, "amount_not_negative"}


@FAILURES.add()
async def a_foreign_key_violation(bench: Bench) -> None:
    async with bench.link() as link:
        await _refused(link, ForeignKeyViolation, INSERT, SECRET, 1, 12345)
        await link.execute(INSERT, "parent", 1, None)
        key = await link.value("SELECT id FROM contract_rows")
        await link.execute(INSERT, "child", 1, key)
        await _refused(link, ForeignKeyViolation, "DELETE FROM contract_rows WHERE name = ?", "parent")


@FAILURES.add()
async def what_cannot_be_read_is_a_syntax_error(bench: Bench) -> None:
    async with bench.link() as link:
        for sql in "SELEC 1", "SELECT * FROM no_such_table", "SELECT no_such_column FROM contract_rows", "SELECT (":
            await _refused(link, SyntaxError_, sql)


@FAILURES.add()
async def two_statements_in_one_text_are_refused(bench: Bench) -> None:
    async with bench.link() as link:
        attack = "SELECT 1; DELETE FROM contract_rows"
        await link.execute(INSERT, "a", 1, None)
        await _refused(link, SyntaxError_, attack)
        assert await link.count() == 1
        assert await link.value("SELECT 'a; b' /* ; */ ;") == "a; b"


@FAILURES.add()
async def a_nul_character_in_the_text_is_refused(bench: Bench) -> None:
    async with bench.link() as link:
        await _refused(link, SyntaxError_, "SELECT 1 \0 + 1")


@FAILURES.add()
async def the_wrong_number_of_binds_is_refused(bench: Bench) -> None:
    async with bench.link() as link:
        for binds in (), ("a", 1), ("a", 1, None, SECRET):
            error = await raised(WrongBinds, link.execute(INSERT, *binds))
            assert SECRET not in str(error)
        await raised(WrongBinds, link.fetch("SELECT 1", 1))
        await raised(WrongBinds, link.execute_many(INSERT, [("a",)]))
        assert await link.count() == 0
        await link.answers()


@FAILURES.add()
async def a_value_that_the_engine_cannot_take_is_a_data_error(bench: Bench) -> None:
    async with bench.link() as link:
        await _refused(link, DataError, INSERT, "a", 2**64, None)
        await _refused(link, DataError, INSERT, "lone \ud800 surrogate", 1, None)
        await _refused(link, DataError, INSERT, object(), 1, None)
        error = await raised(DataError, link.execute_many(INSERT, [("a", 1, None), ("b", -(2**70), None)]))
        assert str(2**70) not in str(error)
        await link.answers()


@FAILURES.add()
async def an_error_in_a_transaction_leaves_the_truth(bench: Bench) -> None:
    async with bench.link() as link:
        await link.begin()
        await link.execute(INSERT, "a", 1, None)
        await raised(UniqueViolation, link.execute(INSERT, "a", 1, None))
        assert link.connection.in_transaction()
        await link.end("ROLLBACK")
        assert not link.connection.in_transaction()
        assert await link.count() == 0


@FAILURES.add()
async def a_failing_execute_many_is_undone_by_rollback(bench: Bench) -> None:
    async with bench.link() as link:
        await link.begin()
        rows = [(f"row {i}", i, None) for i in range(50)] + [("row 0", 1, None)]
        await raised(UniqueViolation, link.execute_many(INSERT, rows))
        await link.end("ROLLBACK")
        assert await link.count() == 0


@FAILURES.add(lambda bench: not bench.shared and not bench.driver.waits_for_locks)
async def a_taken_lock_is_told_at_once(bench: Bench) -> None:
    async with bench.link() as first, bench.link(table=False) as second:
        await first.begin()
        await first.execute(INSERT, "a", 1, None)
        start = time.monotonic()
        await raised(LockTimeout, second.begin())
        assert time.monotonic() - start < 0.5, "it waited for the lock"
        assert not second.connection.in_transaction()
        await first.end("COMMIT")
        await second.begin()
        await second.end("ROLLBACK")
