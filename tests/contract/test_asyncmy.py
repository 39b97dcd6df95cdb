"""What is special about asyncmy, MySQL and MariaDB: the traps of the library and of the servers, one test each."""

# pyright: reportPrivateUsage=false

import asyncio
import datetime as dt
import gc
import os
import socket
import ssl
import time
import traceback
import warnings
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any, cast

import pytest
from asyncmy import protocol
from asyncmy.errors import OperationalError

import activerecord_asyncmy
from activerecord.config import Configuration
from activerecord.errors import (
    CheckViolation,
    ConfigurationError,
    ConnectionFailed,
    ConnectionLost,
    DatabaseError,
    DataError,
    Deadlock,
    ForeignKeyViolation,
    InvalidValue,
    LockTimeout,
    NotNullViolation,
    ReadOnly,
    SerializationFailure,
    StatementTimeout,
    SyntaxError_,
    UniqueViolation,
    UsageError,
)
from activerecord.sql.dialect import Terms
from activerecord.sql.dialects.mysql import MARIADB, MYSQL
from activerecord.testing.contract import MYSQL_WORDS, Bench, Link, Subject
from activerecord.testing.runners import RUNNERS
from activerecord.types import Json
from activerecord_asyncmy import killing, packets
from activerecord_asyncmy import session as session_module
from activerecord_asyncmy.session import Session
from activerecord_asyncmy.settings import Settings
from activerecord_asyncmy.wire import Wire
from tests import servers
from tests.proxy import Proxy

pytestmark = pytest.mark.timeout(60)

SECRET = "the-secret-value"

DIGITS = " UNION ALL ".join(f"SELECT {digit} AS digit" for digit in range(10))


@pytest.fixture
def configuration() -> Configuration:
    return over_tcp()


def over_tcp(**options: Any) -> Configuration:
    database = servers.fresh_database("mysql")
    server = servers.mysql()
    assert server is not None
    return with_options(Configuration.read("test", server.url(database)), tls=False, **options)


def with_options(configuration: Configuration, **options: Any) -> Configuration:
    return replace(configuration, options=MappingProxyType({**configuration.options, **options}))


def bench_on(configuration: Configuration) -> Bench:
    return Bench(
        Subject("asyncmy", activerecord_asyncmy.driver, lambda: configuration, MYSQL_WORDS), RUNNERS["asyncio"]
    )


def run(make: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    return RUNNERS["asyncio"].run(make)


@asynccontextmanager
async def linked(configuration: Configuration, *tables: str) -> AsyncGenerator[Link]:
    async with bench_on(configuration).link(table=False) as link:
        for table in tables:
            await link.execute(table)
        yield link


async def failure(link: Link, sql: str, *binds: object) -> DatabaseError:
    """The error of a statement, which tells no value to anybody, and after which the connection is in step."""
    with pytest.raises(DatabaseError) as caught:
        await link.execute(sql, *binds)
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    if link.connection.usable():
        await link.answers()
    return caught.value


async def session_of(link: Link) -> int:
    number: int = await link.value("SELECT CONNECTION_ID()")
    return number


async def cancelled(work: Coroutine[Any, Any, Any], after: float) -> None:
    task = asyncio.create_task(work)
    await asyncio.sleep(after)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


# the library


def test_the_private_names_that_are_used_are_there(configuration: Configuration) -> None:
    async def body() -> None:
        async with linked(configuration) as link:
            session = link.connection
            assert isinstance(session, Session)
            library: Any = session._wire._connection
            assert library._client_flag & 1 << 16 == 0, "MULTI_STATEMENTS"
            await library.query("SELECT 1")
            assert library._result.rows == ((1,),)
            assert library._transport.get_extra_info("peername")
            assert library.server_capabilities
            assert library._stream_broken is False
            assert library._proto.transport is library._transport

    run(body)


def test_a_text_is_one_statement(configuration: Configuration) -> None:
    async def body() -> None:
        async with linked(configuration, "CREATE TABLE t (id INT)") as link:
            for attack in "SET @a = 1; DROP TABLE t", "COMMIT; DROP TABLE t", "SELECT 1; DROP TABLE t":
                assert type(await failure(link, attack)) is SyntaxError_
            assert await link.fetch("SELECT id FROM t") == []

    run(body)


def test_a_second_user_is_refused(configuration: Configuration) -> None:
    async def body() -> None:
        async with linked(configuration) as link:
            slow = asyncio.create_task(link.value("SELECT SLEEP(0.2) + 41"))
            await asyncio.sleep(0.05)
            with pytest.raises(UsageError):
                await link.value("SELECT 1")
            assert await slow == 41
            await link.answers()

    run(body)


def test_an_answer_that_cannot_be_read_ends_the_connection(configuration: Configuration) -> None:
    configuration = with_options(configuration, sql_mode="ALLOW_INVALID_DATES")

    async def body() -> None:
        async with linked(configuration, "CREATE TABLE t (d DATE)") as link:
            await link.execute("INSERT INTO t VALUES ('2020-02-31')")
            with pytest.raises(DataError):
                await link.fetch("SELECT d FROM t")
            assert not link.connection.usable() and not link.connection.in_transaction()
            with pytest.raises(ConnectionLost):
                await link.fetch("SELECT 1")

    run(body)


def test_a_zero_date_is_refused_and_where_there_is_one_it_reads_as_none(configuration: Configuration) -> None:
    async def body() -> None:
        async with linked(configuration, "CREATE TABLE t (d DATE, m DATETIME(6))") as link:
            for zero in "0000-00-00", "2020-00-01":
                assert type(await failure(link, "INSERT INTO t (d) VALUES (?)", zero)) is DataError
            await link.execute("SET sql_mode = ''")
            await link.execute("INSERT INTO t VALUES ('0000-00-00', '0000-00-00')")
            assert await link.fetch("SELECT d, m FROM t") == [(None, None)]
            await link.answers()

    run(body)


VALUES: list[tuple[Any, str]] = [
    (True, "TINYINT"),
    (2**64 - 1, "BIGINT UNSIGNED"),
    (-(2**63), "BIGINT"),
    (5e-324, "DOUBLE"),
    (0.1 + 0.2, "DOUBLE"),
    (Decimal("-12345678901234567890123456789012345.123456789012345678901234567891"), "DECIMAL(65,30)"),
    ("a\0 \U0001f680 '\\%?", "LONGTEXT"),
    (b"\0\xff'\\", "LONGBLOB"),
    (dt.date(1, 1, 1), "DATE"),
    (dt.datetime(1, 1, 1, 0, 0, 0, 1), "DATETIME(6)"),  # noqa: DTZ001
    (dt.datetime(9999, 12, 31, 23, 59, 59, 999999), "DATETIME(6)"),  # noqa: DTZ001
    (dt.timedelta(hours=-838, microseconds=-1), "TIME(6)"),
    ('{"a": [1, null]}', "JSON"),
    (None, "JSON"),
]


def test_values_of_every_kind_come_back(configuration: Configuration) -> None:
    async def body() -> None:
        async with linked(configuration) as link:
            for number, (value, kind) in enumerate(VALUES):
                await link.execute(f"CREATE TABLE t{number} (v {kind}) DEFAULT CHARSET utf8mb4")
                await link.execute(f"INSERT INTO t{number} VALUES (?)", value)
                assert await link.fetch(f"SELECT v FROM t{number}") == [(value,)]
                if value is not None:
                    # By the same value again, which shows that it went over exactly.
                    assert await link.fetch(f"SELECT v FROM t{number} WHERE v = ?", value) == [(value,)]

    run(body)


def test_bits_and_times_come_as_asyncmy_makes_them(configuration: Configuration) -> None:
    async def body() -> None:
        async with linked(
            configuration, "CREATE TABLE t (b BIT(9), y YEAR, e ENUM('a', 'b'), s SET('x', 'y'))"
        ) as link:
            await link.execute("INSERT INTO t VALUES (b'100000001', 2020, 'b', 'x,y')")
            assert await link.fetch("SELECT * FROM t") == [(b"\x01\x01", 2020, "b", "x,y")]
            assert await link.value("SELECT ?", dt.time(23, 59, 59, 1)) == dt.timedelta(0, 86399, 1)

    run(body)


class Whole(int):
    pass


def test_what_cannot_be_sent_is_refused_before(configuration: Configuration) -> None:
    aware = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    refused = [
        2**64,
        -(2**63) - 1,
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        Decimal("1E+999999"),
        "\ud800",
        object(),
    ]
    refused += [aware, aware.timetz(), dt.timedelta(days=40), {"a": 1}, [1], Decimal("1E-66")]

    async def body() -> None:
        async with linked(configuration) as link:
            for value in refused:
                with pytest.raises(DataError, match="bind 2"):
                    await link.fetch("SELECT ?, ?", 1, value)
            assert await link.fetch("SELECT ?, ?", Whole(7), bytearray(b"a")) == [(7, b"a")]

    run(body)


# stopping


def test_a_cancelled_statement_stops_on_the_server_and_the_connection_is_kept(configuration: Configuration) -> None:
    async def body() -> None:
        async with linked(configuration, "CREATE TABLE t (id INT)", "INSERT INTO t VALUES (1)") as link:
            before = await session_of(link)
            start = time.monotonic()
            await cancelled(link.execute("UPDATE t SET id = 2 WHERE SLEEP(1.5) = 0"), 0.1)
            assert time.monotonic() - start < 1.0
            assert link.connection.usable()
            assert await session_of(link) == before
            await asyncio.sleep(1.6)
            assert await link.value("SELECT id FROM t") == 1

    run(body)


def test_a_cancelled_statement_leaves_its_transaction_and_its_locks(configuration: Configuration) -> None:
    configuration = replace(configuration, lock_timeout=1.0)

    async def body() -> None:
        async with linked(configuration, "CREATE TABLE t (id INT PRIMARY KEY)") as link, linked(configuration) as other:
            await link.begin()
            await link.execute("INSERT INTO t VALUES (1)")
            await cancelled(link.fetch(MYSQL_WORDS.slow_query), 0.1)
            assert link.connection.usable() and link.connection.in_transaction()
            assert type(await failure(other, "INSERT INTO t VALUES (1)")) is LockTimeout
            await link.end("COMMIT")
            assert await other.value("SELECT count(*) FROM t") == 1

    run(body)


@pytest.mark.parametrize("runner", ["asyncio", "uvloop", "trio"])
def test_a_request_to_stop_never_hits_another_statement(configuration: Configuration, runner: str) -> None:
    import anyio

    async def body() -> None:
        bench = Bench(
            Subject("asyncmy", activerecord_asyncmy.driver, lambda: configuration, MYSQL_WORDS), RUNNERS[runner]
        )
        async with bench.link() as link:
            for number in range(200):
                # From before the statement is sent to long after its end.
                with anyio.move_on_after(number % 20 * 0.0003):
                    await link.fetch("SELECT SLEEP(0.002)")
                for again in range(3):
                    assert await link.value(f"SELECT {number * 10 + again}") == number * 10 + again
                assert await link.value("SELECT ?", number) == number
                with anyio.move_on_after(number % 20 * 0.0003):
                    await link.execute("INSERT INTO contract_rows (name) VALUES (?)", f"row {number}")
                await link.begin()
                assert link.connection.in_transaction()
                await link.end("ROLLBACK")
            assert link.connection.usable()

    RUNNERS[runner].run(body)


def test_a_request_that_came_too_late_is_taken(configuration: Configuration) -> None:
    """What the test before relies on: on some servers a request stays with an idle session."""

    async def body() -> None:
        async with linked(configuration) as link, linked(configuration) as other:
            session = link.connection
            assert isinstance(session, Session)
            await other.execute(f"KILL QUERY {await session_of(link)}")
            await session._absorb()
            await link.answers()
            assert session.usable()

    run(body)


def test_where_no_other_connection_can_be_opened_the_statement_is_given_up(
    configuration: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(_settings: Settings) -> Wire:
        raise OperationalError(1040, "Too many connections")

    async def body() -> None:
        async with linked(configuration) as link:
            monkeypatch.setattr(session_module, "open_wire", refused)
            start = time.monotonic()
            await cancelled(link.fetch("SELECT SLEEP(30)"), 0.1)
            assert time.monotonic() - start < 1.0
            assert not link.connection.usable()

    run(body)


def test_no_connection_is_left_where_the_server_does_not_answer_a_second_one(
    configuration: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(killing, "_BOUND", 0.3)
    proxy = Proxy(configuration.host or "", configuration.port or 0)

    async def body() -> None:
        link = await bench_on(replace(configuration, port=proxy.port)).connect()
        await link.answers()
        proxy.freeze()
        await cancelled(link.fetch("SELECT SLEEP(30)"), 0.1)
        assert not link.connection.usable()
        await asyncio.sleep(0.05)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    try:
        run(body)
    finally:
        proxy.close()


def test_a_verb_that_is_dropped_in_the_middle_ends_its_connection(configuration: Configuration) -> None:
    async def body() -> None:
        link = await bench_on(configuration).connect()
        verb = link.connection.fetch("SELECT SLEEP(0.2)", ())
        verb.send(None)
        verb.close()
        assert not link.connection.usable()
        await asyncio.sleep(0.05)
        with pytest.raises(ConnectionLost):
            await link.fetch("SELECT 1")

    run(body)


def test_a_verb_whose_task_is_cancelled_before_it_begins_is_closed(configuration: Configuration) -> None:
    async def body() -> None:
        link = await bench_on(configuration).connect()
        before = asyncio.all_tasks()
        verb = link.connection.fetch("SELECT 1", ())
        verb.send(None)
        (task,) = asyncio.all_tasks() - before
        task.cancel()
        await asyncio.sleep(0.05)
        assert not link.connection.usable()
        verb.close()

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        run(body)
        gc.collect()
    assert [str(each.message) for each in caught] == []


def test_a_connection_stays_in_its_loop(configuration: Configuration) -> None:
    place = bench_on(configuration)

    def elsewhere(link: Link) -> None:
        async def body() -> None:
            with pytest.raises(UsageError, match="event loop"):
                await link.fetch("SELECT 1")

        run(body)

    async def body() -> None:
        async with place.link(table=False) as link:
            await asyncio.to_thread(elsewhere, link)
            await link.answers()

    run(body)


# several results


def test_of_several_results_the_first_is_given_and_the_last_tells_of_the_transaction(
    configuration: Configuration,
) -> None:
    block = "BEGIN SELECT 1; SELECT 2; START TRANSACTION; INSERT INTO t VALUES (1); END"

    async def body() -> None:
        async with linked(configuration, "CREATE TABLE t (id INT)", f"CREATE PROCEDURE p() {block}") as link:
            texts = ["CALL p()"]
            if link.connection.dialect is MARIADB:
                texts.append(block.replace("BEGIN", "BEGIN NOT ATOMIC", 1))
            for text in texts:
                assert (await link.execute(text)).rows == [(1,)]
                assert link.connection.in_transaction()
                await link.answers()
                await link.end("ROLLBACK")
                assert not link.connection.in_transaction()

    run(body)


def test_an_error_after_the_first_result_is_that_of_its_statement(configuration: Configuration) -> None:
    block = "BEGIN SELECT 1; SIGNAL SQLSTATE '45000'; END"

    async def body() -> None:
        async with linked(configuration, f"CREATE PROCEDURE p() {block}") as link:
            assert (await failure(link, "CALL p()")).code == "1644"
            if link.connection.dialect is MARIADB:
                assert (await failure(link, block.replace("BEGIN", "BEGIN NOT ATOMIC", 1))).code == "1644"

    run(body)


def test_the_transaction_is_told_of_though_the_rows_fail(configuration: Configuration) -> None:
    def rows() -> Iterator[tuple[int]]:
        yield (1,)
        raise KeyError

    async def body() -> None:
        async with linked(configuration, "CREATE TABLE t (id INT)") as link:
            await link.execute("SET autocommit = 0")
            with pytest.raises(KeyError):
                await link.execute_many("INSERT INTO t VALUES (?)", rows())
            assert link.connection.in_transaction()
            await link.end("ROLLBACK")

    run(body)


def test_execute_many_stops_between_two_rows(configuration: Configuration) -> None:
    def rows() -> Iterator[tuple[int]]:
        yield from ((number,) for number in range(10**9))

    async def body() -> None:
        async with linked(configuration, "CREATE TABLE t (id INT)") as link:
            await link.begin()
            await cancelled(link.execute_many("INSERT INTO t VALUES (?)", rows()), 0.1)
            assert link.connection.usable() and link.connection.in_transaction()
            await link.end("ROLLBACK")
            assert await link.value("SELECT count(*) FROM t") == 0

    run(body)


# errors

TABLES = (
    "CREATE TABLE p (id INT PRIMARY KEY, a INT NOT NULL, UNIQUE KEY both_of_them (a, id)) ENGINE=InnoDB",
    """CREATE TABLE c (id INT PRIMARY KEY, p INT, s VARCHAR(5) NOT NULL, n TINYINT UNSIGNED, d DATE,
    CONSTRAINT to_p FOREIGN KEY (p) REFERENCES p (id), CONSTRAINT not_13 CHECK (n <> 13), UNIQUE KEY one_s (s))
    ENGINE=InnoDB DEFAULT CHARSET utf8mb4""",
    "INSERT INTO p VALUES (1, 1)",
    "INSERT INTO c (id, p, s) VALUES (1, 1, 'a')",
)
INTO_C = "INSERT INTO c (id, p, s, n, d) VALUES (?, ?, ?, ?, ?)"


def test_kinds_and_details(configuration: Configuration) -> None:
    async def body() -> None:
        async with linked(configuration, *TABLES) as link:
            error = await failure(link, INTO_C, 2, 1, "a", 1, None)
            assert (type(error), error.code, error.constraint) == (UniqueViolation, "1062", "one_s")
            error = await failure(link, INTO_C, 1, 1, "b", 1, None)
            assert (type(error), error.constraint) == (UniqueViolation, "PRIMARY")
            error = await failure(link, INTO_C, 2, 99, "b", 1, None)
            assert (type(error), error.code, error.constraint) == (ForeignKeyViolation, "1452", "to_p")
            assert (error.table, error.columns) == ("c", ("p",))
            error = await failure(link, "DELETE FROM p WHERE id = ?", 1)
            assert (type(error), error.code, error.constraint) == (ForeignKeyViolation, "1451", "to_p")
            error = await failure(link, INTO_C, 2, 1, None, 1, None)
            assert (type(error), error.code, error.columns) == (NotNullViolation, "1048", ("s",))
            error = await failure(link, "INSERT INTO c (id) VALUES (?)", 2)
            assert (type(error), error.code, error.columns) == (NotNullViolation, "1364", ("s",))
            error = await failure(link, INTO_C, 2, 1, "b", 13, None)
            assert (type(error), error.constraint) == (CheckViolation, "not_13")
            for binds, code, column in (
                ((2, 1, SECRET, 1, None), "1406", "s"),
                ((2, 1, "b", 256, None), "1264", "n"),
                ((2, 1, "b", SECRET, None), "1366", "n"),
                ((2, 1, "b", 1, SECRET), "1292", "d"),
            ):
                error = await failure(link, INTO_C, *binds)
                assert (type(error), error.code, error.columns) == (DataError, code, (column,))

    run(body)


def test_no_value_is_told(configuration: Configuration) -> None:
    tricky = f"{SECRET}' for key 'fake"

    async def body() -> None:
        async with linked(
            configuration, "CREATE TABLE t (a VARCHAR(90) UNIQUE, n INT) DEFAULT CHARSET utf8mb4"
        ) as link:
            await link.execute("INSERT INTO t VALUES (?, 1)", tricky)
            error = await failure(link, "INSERT INTO t VALUES (?, 1)", tricky)
            assert (error.constraint, type(error.__cause__).__module__) == ("a", "asyncmy.errors")
            assert type(await failure(link, "SELECT a FROM t WHERE n = CAST(? AS INT) + ~0 + ~0", SECRET)) is DataError
            assert type(await failure(link, "UPDATE t SET n = ? WHERE a > ''", SECRET)) is DataError
            await link.execute("CREATE TABLE u (a VARCHAR(90)) DEFAULT CHARSET utf8mb4")
            await link.execute_many("INSERT INTO u VALUES (?)", [(tricky,), (tricky,)])
            error = await failure(link, "ALTER TABLE u ADD UNIQUE KEY again (a)")
            assert (type(error), error.constraint) == (UniqueViolation, "again")

    run(body)


SYNTAX = [
    "SELEC 1",
    "SELECT * FROM nowhere",
    "SELECT nothing FROM p",
    "SELECT no_function(1)",
    "CREATE TABLE p (id INT)",
    "DROP TABLE nowhere",
    "INSERT INTO p VALUES (1)",
    "",
]


def test_what_cannot_be_read(configuration: Configuration) -> None:
    async def body() -> None:
        async with linked(configuration, *TABLES) as link:
            for sql in SYNTAX:
                error = await failure(link, sql)
                assert type(error) is SyntaxError_, sql
                assert error.code and error.__cause__ is not None

    run(body)


def test_a_deadlock_ends_the_transaction(configuration: Configuration) -> None:
    """Error packets carry no status, so asyncmy believes that the transaction is open, and what follows would commit."""

    async def body() -> None:
        async with linked(configuration, *TABLES) as link, linked(configuration) as other:
            await link.execute("INSERT INTO p VALUES (2, 2)")
            for each, key in (link, 1), (other, 2):
                await each.begin()
                await each.execute("UPDATE p SET a = a + 10 WHERE id = ?", key)
            waiting = asyncio.create_task(link.execute("UPDATE p SET a = a + 10 WHERE id = 2"))
            await asyncio.sleep(0.1)
            results = await asyncio.gather(
                waiting, other.execute("UPDATE p SET a = a + 10 WHERE id = 1"), return_exceptions=True
            )
            [victim] = [
                link for link, result in zip((link, other), results, strict=True) if isinstance(result, Deadlock)
            ]
            survivor = other if victim is link else link
            assert not victim.connection.in_transaction() and victim.connection.usable()
            assert survivor.connection.in_transaction()
            await survivor.end("ROLLBACK")
            await victim.answers()

    run(body)


def test_a_lock_timeout_undoes_the_statement_alone(configuration: Configuration) -> None:
    configuration = replace(configuration, lock_timeout=0.2)

    async def body() -> None:
        async with linked(configuration, *TABLES) as link, linked(configuration) as other:
            await link.begin()
            await link.execute("UPDATE p SET a = 5 WHERE id = 1")
            await other.begin()
            await other.execute("INSERT INTO p VALUES (7, 7)")
            start = time.monotonic()
            error = await failure(other, "UPDATE p SET a = 6 WHERE id = 1")
            assert (type(error), error.code) == (LockTimeout, "1205")
            assert 0.9 < time.monotonic() - start < 3, "a second is the least that the server knows"
            assert other.connection.in_transaction()
            await other.end("ROLLBACK")
            await link.end("ROLLBACK")

    run(body)


def test_the_lock_of_the_next_key_is_waited_for_as_long(configuration: Configuration) -> None:
    configuration = replace(configuration, lock_timeout=1.0)
    tables = "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, v TEXT)", "CREATE TABLE source (v INT)"

    async def body() -> None:
        async with linked(configuration, *tables) as link, linked(configuration) as other:
            await link.execute("INSERT INTO source VALUES (1), (2), (3), (4), (5)")
            if await link.value("SELECT @@innodb_autoinc_lock_mode") == 2:
                pytest.skip("the server is set to give keys without a lock")
            # It takes the lock with the first of its rows, and keeps it to its end.
            slow = asyncio.create_task(link.execute("INSERT INTO t (v) SELECT SLEEP(0.5) FROM source"))
            await asyncio.sleep(0.8)
            await other.begin()
            error = await failure(other, "INSERT INTO t (v) VALUES (?)", SECRET)
            assert (type(error), error.code) == (LockTimeout, "1467")
            assert other.connection.in_transaction() and not slow.done()
            await other.end("ROLLBACK")
            await slow

    run(body)


def test_keys_that_are_used_up(configuration: Configuration) -> None:
    async def body() -> None:
        async with linked(configuration, "CREATE TABLE t (id TINYINT AUTO_INCREMENT PRIMARY KEY, v TEXT)") as link:
            await link.execute("INSERT INTO t VALUES (127, 'a')")
            if link.connection.dialect is MYSQL:
                pytest.skip("MySQL tells that the last key is there already")
            error = await failure(link, "INSERT INTO t (v) VALUES (?)", SECRET)
            assert (type(error), error.code, error.columns) == (DataError, "167", ("id",))

    run(body)


def test_a_lock_of_a_table_is_waited_for_as_long(configuration: Configuration) -> None:
    configuration = replace(configuration, lock_timeout=1.0)

    async def body() -> None:
        async with linked(configuration, *TABLES) as link, linked(configuration) as other:
            await link.begin()
            await link.fetch("SELECT * FROM c")
            assert type(await failure(other, "ALTER TABLE c ADD COLUMN more INT")) is LockTimeout
            await link.end("ROLLBACK")

    run(body)


def test_the_smallest_statement_timeout_is_no_lack_of_one(configuration: Configuration) -> None:
    text = Settings.read(replace(configuration, statement_timeout=1e-9)).session(mariadb=True)
    assert "max_statement_time = 0.000001" in text


def test_a_statement_timeout(configuration: Configuration) -> None:
    configuration = replace(configuration, statement_timeout=0.3)

    async def body() -> None:
        async with linked(configuration) as link:
            start = time.monotonic()
            # A SLEEP that is stopped so counts as one that has ended.
            error = await failure(link, f"SELECT count(*) FROM {', '.join(f'({DIGITS}) AS t{n}' for n in range(9))}")
            assert (type(error), error.code) == (StatementTimeout, "1969")
            assert time.monotonic() - start < 2

    run(body)


def test_a_session_that_is_killed_is_lost(configuration: Configuration) -> None:
    async def body() -> None:
        for sql in "SELECT SLEEP(20)", "BEGIN":
            async with linked(configuration) as link, linked(configuration) as other:
                number = await session_of(link)
                slow = asyncio.create_task(failure(link, sql)) if "SLEEP" in sql else None
                await asyncio.sleep(0.05)
                await other.execute(f"KILL CONNECTION {number}")
                await asyncio.sleep(0.05)
                error = await (slow or failure(link, sql))
                assert type(error) is ConnectionLost
                assert not link.connection.usable() and not link.connection.in_transaction()

    run(body)


def test_a_session_that_ends_while_it_is_idle_is_not_usable(configuration: Configuration) -> None:
    async def body() -> None:
        async with linked(configuration) as link:
            idle = await bench_on(configuration).connect()
            await link.execute(f"KILL {await session_of(idle)}")
            await asyncio.sleep(0.1)
            assert not idle.connection.usable()
            with pytest.raises(ConnectionLost):
                await idle.fetch("SELECT 1")

    run(body)


def test_a_session_that_ended_while_it_was_idle_may_be_closed(configuration: Configuration) -> None:
    async def body() -> None:
        async with linked(configuration) as link:
            links = [await bench_on(configuration).connect()]
            await link.execute(f"KILL {await session_of(links[0])}")
            await asyncio.sleep(0.1)
            await links[0].close()
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                links.clear()
                gc.collect()

    run(body)


def test_collations_that_do_not_fit_are_told(configuration: Configuration) -> None:
    async def body() -> None:
        async with linked(configuration, "CREATE TABLE t (v VARCHAR(9)) DEFAULT CHARSET latin1") as link:
            assert "latin1" in str(await failure(link, "SELECT v FROM t WHERE v = ?", SECRET + "\u65e5"))

    run(body)


def test_an_interruption_by_somebody_else_is_no_loss(configuration: Configuration) -> None:
    async def body() -> None:
        async with linked(configuration) as link, linked(configuration) as other:
            number = await session_of(link)
            slow = asyncio.create_task(failure(link, "SELECT SLEEP(20)"))
            await asyncio.sleep(0.05)
            await other.execute(f"KILL QUERY {number}")
            error = await slow
            assert (type(error), error.code) == (DatabaseError, "1317")
            assert link.connection.usable()

    run(body)


def test_a_write_in_a_read_only_transaction(configuration: Configuration) -> None:
    async def body() -> None:
        async with linked(configuration, *TABLES) as link:
            for sql in MARIADB.begin(Terms("repeatable read", read_only=True)):
                await link.execute(sql)
            error = await failure(link, "INSERT INTO p VALUES (2, 2)")
            assert (type(error), error.code) == (ReadOnly, "1792")
            assert link.connection.in_transaction()
            await link.end("ROLLBACK")

    run(body)


def test_a_row_that_has_changed_since_the_snapshot(configuration: Configuration) -> None:
    async def body() -> None:
        async with linked(configuration, *TABLES) as link, linked(configuration) as other:
            if not await link.fetch("SHOW VARIABLES LIKE 'innodb_snapshot_isolation'"):
                pytest.skip("the server has no innodb_snapshot_isolation")
            await link.execute("SET innodb_snapshot_isolation = ON")
            await link.begin()
            await link.fetch("SELECT * FROM p")
            await other.execute("UPDATE p SET a = 2")
            error = await failure(link, "UPDATE p SET a = 3")
            assert (type(error), error.code) == (SerializationFailure, "1020")
            truth = await link.value("SELECT @@in_transaction")
            assert link.connection.in_transaction() == bool(truth)
            await link.end("ROLLBACK")

    run(body)


def test_ddl_that_fails_has_committed_all_the_same(configuration: Configuration) -> None:
    async def body() -> None:
        async with linked(configuration, *TABLES) as link:
            await link.begin()
            await link.execute("INSERT INTO p VALUES (2, 2)")
            error = await failure(link, "CREATE TABLE p (id INT)")
            assert type(error) is SyntaxError_
            assert not link.connection.in_transaction()
            assert await link.value("SELECT count(*) FROM p") == 2

    run(body)


def test_the_server_reads_documents_that_are_as_deep_as_ours(configuration: Configuration) -> None:
    async def body() -> None:
        async with linked(configuration, "CREATE TABLE t (v JSON)") as link:
            levels = 31 if link.connection.dialect is MARIADB else 100
            document: dict[str, Any] = {}
            for _ in range(levels - 1):
                document = {"a": document}
            codec = link.connection.dialect.codec(Json())
            assert codec.dump is not None and codec.load is not None
            await link.execute("INSERT INTO t VALUES (?)", codec.dump(document))
            assert codec.load(await link.value("SELECT v FROM t")) == document
            with pytest.raises(InvalidValue):
                codec.dump([document])

    run(body)


# what the server takes in one piece


def sent(*values: Any) -> bytes:
    """What asyncmy makes of values, without the command and the 9 bytes of the statement before them."""
    pack: Callable[[tuple[Any, ...], str], bytes] = cast(Any, protocol).pack_binary_params
    return pack(values, "utf8")


def too_large(error: DatabaseError) -> bool:
    return type(error) is DataError and "max_allowed_packet" in str(error)


@pytest.mark.parametrize("letter", ["x", "é", "\U0001f680", b"x"], ids=ascii)
def test_values_that_are_too_large_for_a_packet_are_not_sent(configuration: Configuration, letter: str | bytes) -> None:
    width = len(letter if isinstance(letter, bytes) else letter.encode())

    async def body() -> None:
        async with linked(configuration) as link:
            before = await session_of(link)
            limit = await link.value("SELECT @@max_allowed_packet")
            await link.begin()
            for count in limit // width + 1, 100_000_000 // width:
                assert too_large(await failure(link, "SELECT length(?)", letter * count))
                assert too_large(await failure(link, "SELECT ?, ?", letter * (count // 2), letter * (count // 2)))
            assert link.connection.in_transaction()
            fits = letter * (limit // width - 20)
            assert await link.value("SELECT length(?)", fits) == len(fits) * width
            await link.end("COMMIT")
            assert await session_of(link) == before

    run(body)


def test_the_largest_packet_is_sent_and_one_byte_more_is_not(configuration: Configuration) -> None:
    async def body() -> None:
        async with linked(configuration) as link:
            limit = await link.value("SELECT @@max_allowed_packet")
            for start, end in ("SELECT length('", "')"), ("SET @a = '", "'"):
                room = limit - 1 - len(start) - len(end)
                assert too_large(await failure(link, f"{start}{'x' * room}{end}"))
                await link.execute(f"{start}{'x' * (room - 1)}{end}")
            overhead = 1 + len(sent(b"x" * (limit - 100))) + 9 - (limit - 100)
            assert too_large(await failure(link, "SELECT length(?)", b"x" * (limit - overhead)))
            assert await link.value("SELECT length(?)", b"x" * (limit - overhead - 1)) == limit - overhead - 1

    run(body)


@pytest.mark.parametrize(
    "values",
    [
        ["x" * 250, "x" * 251, "é" * 40_000, b"x" * (1 << 24), ""],
        [True, 2**64 - 1, -1, 0.5, None, dt.date(2020, 1, 1), dt.timedelta(hours=-1, microseconds=1)],
        [dt.datetime(2020, 1, 1, 1, 1, 1, 1)] * 9,  # noqa: DTZ001
    ],
    ids=["texts", "plain", "moments"],
)
def test_the_size_of_values_is_what_asyncmy_sends(values: list[Any]) -> None:
    assert packets._weight(values) == 1 + 9 + len(sent(*values))
    more = [*values, Decimal("-" + "1" * 65), Decimal("-1E-65"), dt.time(1, 1)]
    assert packets._weight(more) >= 1 + 9 + len(sent(*more))


def test_the_server_is_asked_for_its_limit_once_and_for_large_statements_only(
    configuration: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    run_text = Wire.run

    async def noted(wire: Wire, sql: str) -> Any:
        asked.append(sql)
        return await run_text(wire, sql)

    async def body() -> None:
        async with linked(configuration) as link:
            monkeypatch.setattr(Wire, "run", noted)
            assert await link.value("SELECT length(?)", "x" * 100_000) == 100_000
            assert await link.value("SELECT length(?)", "x" * 500_000) == 500_000
            assert asked == []
            for _ in range(2):
                assert await link.value("SELECT length(?)", "x" * 2_000_000) == 2_000_000
            assert asked == ["SELECT @@max_allowed_packet"]
            monkeypatch.undo()

    run(body)


def test_rows_before_one_that_is_too_large_are_there(configuration: Configuration) -> None:
    async def body() -> None:
        async with linked(configuration, "CREATE TABLE t (v LONGTEXT)") as link:
            with pytest.raises(DataError, match="max_allowed_packet"):
                await link.connection.execute_many("INSERT INTO t VALUES (?)", [("a",), ("x" * 100_000_000,), ("b",)])
            assert await link.fetch("SELECT v FROM t") == [("a",)]

    run(body)


# the session


def test_a_session_is_set_to_what_is_relied_on(configuration: Configuration) -> None:
    configuration = replace(
        with_options(configuration, application_name="shop"), statement_timeout=1.5, lock_timeout=2.5
    )

    async def body() -> None:
        async with linked(configuration) as link:
            assert link.connection.dialect in (MYSQL, MARIADB)
            assert await link.value("SELECT VERSION() LIKE '%MariaDB%'") == (link.connection.dialect is MARIADB)
            names = "autocommit innodb_lock_wait_timeout lock_wait_timeout div_precision_increment".split()
            assert await link.fetch("SELECT " + ", ".join(f"@@{name}" for name in names)) == [(1, 3, 3, 16)]
            texts = "character_set_client character_set_connection character_set_results time_zone".split()
            assert await link.fetch("SELECT " + ", ".join(f"@@{name}" for name in texts)) == [
                ("utf8mb4", "utf8mb4", "utf8mb4", "+00:00")
            ]
            assert "STRICT_ALL_TABLES" in await link.value("SELECT @@sql_mode")
            assert await link.value("SELECT @@max_statement_time") == 1.5
            assert await link.value("SELECT 'a' = 'A' OR 'a' = 'a ' OR 'e' = 'é'") == 0

    run(body)


def test_a_key_of_zero_is_zero_and_affected_counts_the_rows_that_fit(configuration: Configuration) -> None:
    async def body() -> None:
        async with linked(configuration, "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a INT UNSIGNED)") as link:
            await link.execute("INSERT INTO t VALUES (0, 1)")
            assert await link.fetch("SELECT id, a - 2 FROM t") == [(0, -1)]
            assert (await link.execute("UPDATE t SET a = 1")).affected == 1

    run(body)


def test_prepared_statements_are_kept_to_their_number(configuration: Configuration) -> None:
    configuration = with_options(configuration, statement_cache_size=3)

    async def body() -> None:
        async with linked(configuration) as link:
            for number in (*range(10), 9, 8, 0):
                assert await link.value(f"SELECT ? + {number}", 1) == number + 1
            assert await link.value("SELECT ?", "x" * 20_000) == "x" * 20_000
            session = link.connection
            assert isinstance(session, Session)
            assert list(session._statements._kept) == ["SELECT ? + 8", "SELECT ? + 0", "SELECT ?"]
            [(_, closed)] = await link.fetch("SHOW SESSION STATUS LIKE 'Com_stmt_close'")
            assert int(closed) >= 8

    run(body)


def test_a_table_that_changes_under_a_prepared_statement(configuration: Configuration) -> None:
    async def body() -> None:
        async with linked(configuration, *TABLES) as link, linked(configuration) as other:
            assert await link.fetch("SELECT * FROM p WHERE id = ?", 1) == [(1, 1)]
            await other.execute("ALTER TABLE p ADD COLUMN more VARCHAR(5) NOT NULL DEFAULT 'm' FIRST")
            assert await link.fetch("SELECT * FROM p WHERE id = ?", 1) == [("m", 1, 1)]
            await other.execute("ALTER TABLE p DROP COLUMN more, MODIFY a BIGINT UNSIGNED NOT NULL")
            assert await link.fetch("SELECT * FROM p WHERE id = ?", 1) == [(1, 1)]

    run(body)


# opening


def test_tls_verifies_unless_it_is_told_not_to(configuration: Configuration) -> None:
    server = servers.mysql()
    assert server is not None
    if server.ca is None:
        pytest.skip("the server has no certificate of a known authority")
    bare = replace(configuration, options=MappingProxyType({}))

    async def cipher(**options: Any) -> str:
        async with linked(with_options(bare, **options)) as link:
            return str((await link.fetch("SHOW STATUS LIKE 'Ssl_cipher'"))[0][1])

    async def body() -> None:
        assert await cipher() == "" == await cipher(tls=False) == await cipher(ssl_mode="DISABLED")
        asked: list[dict[str, Any]] = [
            {"ssl_ca": server.ca},
            {"tls": True, "ssl_ca": server.ca},
            {"ssl_mode": "VERIFY_CA", "ssl_ca": server.ca},
            {"ssl_mode": "REQUIRED"},
            {"ssl_mode": "preferred"},
        ]
        for options in asked:
            assert await cipher(**options), options
        asked = [{"tls": True}, {"ssl": True}, {"ssl_mode": "VERIFY_CA"}, {"ssl_mode": "VERIFY_IDENTITY"}]
        for options in asked:
            with pytest.raises(ConnectionFailed) as caught:
                await cipher(**options)
            assert isinstance(caught.value.__cause__, Exception)

    run(body)


def test_a_certificate_is_for_its_host(configuration: Configuration) -> None:
    def context(**options: Any) -> ssl.SSLContext:
        bare = replace(configuration, options=MappingProxyType(options))
        return Settings.read(bare).context()

    assert context(tls=True).check_hostname and context(tls=True).verify_mode is ssl.CERT_REQUIRED
    assert not context(ssl_mode="VERIFY_CA").check_hostname
    assert context(ssl_mode="VERIFY_CA").verify_mode is ssl.CERT_REQUIRED
    assert context(ssl_mode="REQUIRED").verify_mode is ssl.CERT_NONE


@pytest.mark.parametrize(
    "options",
    [
        {"tls": True, "ssl_mode": "DISABLED"},
        {"ssl": False, "ssl_mode": "REQUIRED"},
        {"ssl": False, "tls": True},
        {"ssl_ca": "/ca.pem", "ssl_mode": "REQUIRED"},
        {"ssl_ca": "/ca.pem", "tls": False},
        {"ssl_cert": "/client.pem", "ssl_mode": "DISABLED"},
        {"ssl_key": "key.pem"},
        {"tls": True, "unix_socket": "/run/socket"},
        {"sql_mode": "STRICT_ALL_TABLES'; DROP TABLE t"},
        {"sql_mode": "no_backslash_escapes"},
        {"application_name": "x" * 101},
        {"ssl_mode": "perhaps"},
        {"connect_timeout": 0},
        {"statement_cache_size": -1},
    ],
)
def test_options_that_cannot_be(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        Settings.read(Configuration("test", "mysql", options=MappingProxyType(options)))


def test_a_certificate_that_is_not_there(configuration: Configuration) -> None:
    async def body() -> None:
        with pytest.raises(ConfigurationError, match="certificate"):
            await bench_on(replace(configuration, options=MappingProxyType({"ssl_ca": "/no/such.pem"}))).connect()

    run(body)


def test_the_password_is_asked_for_in_clear_text_over_tls_only(configuration: Configuration) -> None:
    settings = Settings.read(configuration)
    plugins = settings.arguments(tls=False)["auth_plugin_map"]
    assert set(plugins) == {"mysql_clear_password", "mysql_old_password", "dialog"}
    with pytest.raises(OperationalError, match="TLS"):
        plugins["mysql_clear_password"](None).authenticate(None)
    assert settings.arguments(tls=True)["auth_plugin_map"] == {}


def test_a_password_of_any_characters(configuration: Configuration) -> None:
    async def body() -> None:
        async with linked(configuration) as link:
            try:
                await link.execute("CREATE OR REPLACE USER odd_one IDENTIFIED BY 'пароль €'")
            except DatabaseError:
                pytest.skip("the user of the tests may not create others")
            try:
                odd = replace(configuration, username="odd_one", password="пароль €", database="")
                async with linked(odd) as other:
                    assert str(await other.value("SELECT CURRENT_USER()")).startswith("odd_one@")
            finally:
                await link.execute("DROP USER odd_one")

    run(body)


def test_a_connection_that_cannot_be_opened(configuration: Configuration) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    wrong: list[tuple[Configuration, str | tuple[str, ...]]] = [
        (replace(configuration, password=SECRET), "1045"),
        (replace(configuration, database="nowhere_at_all"), ("1049", "1044")),
        (replace(configuration, port=port), "2003"),
        (with_options(configuration, unix_socket="/no/such/socket"), "2003"),
    ]

    async def body() -> None:
        for each, code in wrong:
            with pytest.raises(ConnectionFailed) as caught:
                await bench_on(each).connect()
            assert caught.value.code and caught.value.code in code
            assert SECRET not in "".join(traceback.format_exception(caught.value))
            assert SECRET not in repr(Settings.read(each))

    run(body)


def test_a_server_that_does_not_answer(configuration: Configuration) -> None:
    async def body() -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            mute = with_options(replace(configuration, port=silent.getsockname()[1]), connect_timeout=0.3)
            start = time.monotonic()
            with pytest.raises(ConnectionFailed, match="did not answer in time"):
                await bench_on(mute).connect()
            assert time.monotonic() - start < 2

    run(body)


# ending


def test_one_that_was_forgotten_is_told(configuration: Configuration) -> None:
    async def body() -> None:
        link = await bench_on(configuration).connect()
        await link.answers()
        links = [link]
        del link
        with pytest.warns(ResourceWarning, match="never closed"):
            links.clear()

    run(body)


# uvloop tells of what it closes with its loop; made an error, that keeps it from ever closing it.
@pytest.mark.filterwarnings("ignore:unclosed resource:ResourceWarning")
@pytest.mark.parametrize("runner", ["asyncio", "uvloop"])
@pytest.mark.parametrize("tls", [False, True])
def test_terminate_works_when_the_loop_is_closed(configuration: Configuration, runner: str, *, tls: bool) -> None:
    server = servers.mysql()
    if tls and (server is None or server.ca is None):
        pytest.skip("the server has no certificate of a known authority")
    if tls:
        configuration = replace(configuration, options=MappingProxyType({"ssl_mode": "REQUIRED"}))
    left: list[Link] = []

    async def body() -> None:
        left.append(await bench_on(configuration).connect())
        await left[0].answers()

    RUNNERS[runner].run(body)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        left[0].connection.terminate()
        assert not left[0].connection.usable()
        left.clear()
        gc.collect()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_leaves_its_parents_connection_alone(configuration: Configuration) -> None:
    async def body() -> None:
        async with linked(configuration) as link:
            child = os.fork()
            if child == 0:
                code = 1
                try:
                    used = link.connection.usable()
                    link.connection.terminate()
                    del link
                    gc.collect()
                    code = 2 if used else 0
                finally:
                    os._exit(code)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0  # noqa: ASYNC222  # as long as the child takes
            await link.answers()

    with warnings.catch_warnings():
        # Of forking with threads, which a test runner may have.
        warnings.simplefilter("ignore", DeprecationWarning)
        run(body)


def test_the_end_of_a_loop_in_the_middle_of_a_statement(configuration: Configuration) -> None:
    left: list[Link] = []

    async def body() -> None:
        link = await bench_on(configuration).connect()
        left.append(link)
        left_alone = asyncio.create_task(link.fetch("SELECT SLEEP(20)"))
        await asyncio.sleep(0.1)
        assert not left_alone.done()

    start = time.monotonic()
    run(body)
    assert time.monotonic() - start < 6
    left[0].connection.terminate()
    assert not left[0].connection.usable()
