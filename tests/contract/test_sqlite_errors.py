"""What both drivers of SQLite tell of a failure: the kind by its code, the details where they are certain."""

import sqlite3
from pathlib import Path

import pytest

from activerecord.errors import (
    DatabaseError,
    DataError,
    IntegrityError,
    NotNullViolation,
    SerializationFailure,
    SyntaxError_,
    UniqueViolation,
)
from activerecord.testing.contract import Link
from tests.contract.places import bench_on, in_sync
from tests.contract.subjects import SQLITE_DRIVERS

pytestmark = [pytest.mark.timeout(30), pytest.mark.parametrize("driver", SQLITE_DRIVERS)]

SCHEMA = (
    "CREATE TABLE t (id INTEGER PRIMARY KEY, a, b NOT NULL, UNIQUE (a, b))",
    'CREATE TABLE "x.y, z" ("a, b" UNIQUE, "c.d" NOT NULL)',
    "CREATE TABLE w (k TEXT PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE strict_one (n INTEGER) STRICT",
    "CREATE TRIGGER no_13 BEFORE INSERT ON t WHEN new.a = 13 BEGIN SELECT RAISE(ABORT, 'unlucky; or so'); END",
)


async def fail(link: Link, sql: str, *binds: object) -> DatabaseError:
    with pytest.raises(DatabaseError) as caught:
        await link.execute(sql, *binds)
    await link.answers()
    return caught.value


def test_kinds_and_details(driver: str) -> None:
    async def body() -> None:
        async with bench_on(driver, ":memory:").link(table=False) as link:
            for sql in SCHEMA:
                await link.execute(sql)
            await link.execute("INSERT INTO t VALUES (1, 1, 1)")
            await link.execute('INSERT INTO "x.y, z" VALUES (1, 1)')
            two = await fail(link, "INSERT INTO t (a, b) VALUES (1, 1)")
            assert (type(two), two.table, two.columns, two.code) == (
                UniqueViolation,
                "t",
                ("a", "b"),
                "SQLITE_CONSTRAINT_UNIQUE",
            )
            key = await fail(link, "INSERT INTO t VALUES (1, 2, 2)")
            assert (type(key), key.table, key.columns) == (UniqueViolation, "t", ("id",))
            missing = await fail(link, "INSERT INTO t (a) VALUES (1)")
            assert (type(missing), missing.table, missing.columns) == (NotNullViolation, "t", ("b",))
            for sql in 'INSERT INTO "x.y, z" VALUES (1, 1)', 'INSERT INTO "x.y, z" VALUES (2, NULL)':
                error = await fail(link, sql)
                assert isinstance(error, IntegrityError) and (error.table, error.columns) == (None, ())
            assert type(await fail(link, "INSERT INTO t (a, b) VALUES (13, 1)")) is IntegrityError
            assert type(await fail(link, "INSERT INTO strict_one VALUES ('x')")) is DataError
            assert type(await fail(link, "INSERT INTO t (id, b) VALUES ('x', 1)")) is DataError
            assert type(await fail(link, "SELECT zeroblob(2000000000)")) is DataError

    in_sync(body)


def test_what_compiles_and_fails_is_no_syntax_error(driver: str) -> None:
    async def body() -> None:
        async with bench_on(driver, ":memory:").link(table=False) as link:
            for sql in (
                "COMMIT",
                "RELEASE no_such_savepoint",
                "SELECT abs(-9223372036854775807 - 1)",
                "SELECT json('{')",
            ):
                error = await fail(link, sql)
                assert type(error) is DatabaseError and error.code == "SQLITE_ERROR", sql
            error = await fail(link, "SELECT json_extract('{}', ?)", "the-secret-path")
            assert "secret" not in str(error) and error.__cause__ is None and error.__context__ is None
            many = ", ".join("?" * 300_000)
            with pytest.raises((SyntaxError_, DatabaseError)):
                await link.fetch(f"SELECT 1 IN ({many})", *range(300_000))
            await link.answers()

    in_sync(body)


def test_several_statements_by_sqlites_own_reading(driver: str) -> None:
    async def body() -> None:
        async with bench_on(driver, ":memory:").link(table=False) as link:
            for sql in "SELECT 1; SELECT 2", "SELECT ';'; SELECT 2 --", "/* ; */ SELECT 1; x":
                with pytest.raises(SyntaxError_, match="one statement"):
                    await link.fetch(sql)
            assert await link.fetch("SELECT ';' /* ; */ ; -- ;") == [(";",)]

    in_sync(body)


def test_a_stored_text_that_is_no_utf8_is_told_without_its_value(driver: str) -> None:
    async def body() -> None:
        async with bench_on(driver, ":memory:").link(table=False) as link:
            error = await fail(link, "SELECT CAST(x'736563726574ff' AS TEXT)")
            assert type(error) is DataError
            shown = f"{error!r} {error.__cause__!r} {error.__context__!r}"
            assert "secret" not in shown and "AS BLOB" in str(error)

    in_sync(body)


def test_counts_of_statements_that_begin_with_another_word(driver: str) -> None:
    async def body() -> None:
        async with bench_on(driver, ":memory:").link(table=False) as link:
            await link.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a UNIQUE)")
            sql = "WITH n(i) AS (VALUES (1), (2), (3)) INSERT INTO t (a) SELECT i FROM n"
            assert (await link.execute(sql)).affected == 3
            assert (await link.execute("WITH n(i) AS (VALUES (1)) SELECT i FROM n")).affected == 0
            upsert = "INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 9"
            result = await link.execute(upsert)
            assert (result.affected, result.last_id) == (1, None)
            assert (await link.execute("INSERT OR IGNORE INTO t (a) VALUES (9)")).last_id is None

    in_sync(body)


def test_a_read_that_grew_old_is_a_serialization_failure(driver: str, tmp_path: Path) -> None:
    async def body() -> None:
        bench = bench_on(driver, tmp_path / "x.db")
        async with bench.link() as first, bench.link(table=False) as second:
            await first.execute("BEGIN")
            assert await first.count() == 0
            await second.execute("INSERT INTO contract_rows (name) VALUES ('a')")
            error = await fail(first, "INSERT INTO contract_rows (name) VALUES ('b')")
            assert type(error) is SerializationFailure
            assert first.connection.in_transaction()
            await first.end("ROLLBACK")

    in_sync(body)


def test_an_error_keeps_no_statement_open(driver: str, tmp_path: Path) -> None:
    async def body() -> list[BaseException]:
        bench = bench_on(driver, tmp_path / "x.db")
        async with bench.link() as link:
            await link.execute("INSERT INTO contract_rows (name) VALUES (CAST(x'ff' AS TEXT)), ('b')")
            kept = await fail(link, "SELECT name FROM contract_rows")
            other = sqlite3.connect(tmp_path / "x.db", timeout=0)
            # Not while anybody reads.
            assert other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
            other.close()
            return [kept]

    in_sync(body)
