"""asyncpg's traps, each of those that can reach us, and what PostgreSQL's errors become."""

import datetime as dt
import gc
import os
import re
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import activerecord_asyncpg
from activerecord.config import Configuration
from activerecord.drivers import check
from activerecord.errors import (
    CheckViolation,
    ConfigurationError,
    ConnectionFailed,
    ConnectionLost,
    DatabaseError,
    DataError,
    Deadlock,
    ForeignKeyViolation,
    IntegrityError,
    LockTimeout,
    NotNullViolation,
    ReadOnly,
    SchemaChanged,
    SerializationFailure,
    StatementTimeout,
    SyntaxError_,
    UniqueViolation,
    UsageError,
)
from activerecord.runtime import parallel, sleep
from activerecord.sql.dialect import Terms
from activerecord.testing import RUNNERS, Footprint
from activerecord.testing.contract import POSTGRES_WORDS, Bench, Link, Subject
from activerecord.testing.runners import cut_short
from activerecord_asyncpg import settings as settings_module
from activerecord_asyncpg.settings import Settings
from activerecord_asyncpg.tls import tls
from tests import servers
from tests.contract.places import in_sync
from tests.proxy import Proxy

pytestmark = pytest.mark.timeout(60)

DRIVER = activerecord_asyncpg.driver
SECRET = "the-secret-value"
LOOPS = ["asyncio", "uvloop", "trio"]

loops = pytest.mark.parametrize("runner", LOOPS)
runners = pytest.mark.parametrize("runner", [*LOOPS, "sync"])


def configuration(database: str | None = None, **settings: Any) -> Configuration:
    """A database of the run's server over TCP, an empty one unless it is named."""
    name = database or servers.fresh_database("postgresql")
    server = servers.postgres()
    assert server is not None
    common = {
        "driver": "postgresql",
        "host": server.host,
        "port": server.port,
        "user": server.user,
        "password": server.password,
    }
    return check(Configuration.read("test", {**common, "database": name, **settings}), DRIVER)


def bench(runner: str = "sync", **settings: Any) -> Bench:
    given = configuration(**settings)
    return Bench(Subject("asyncpg", DRIVER, lambda: given, POSTGRES_WORDS), RUNNERS[runner])


def with_link(work: Callable[[Link], Coroutine[Any, Any, None]], **settings: Any) -> None:
    """Give `work` a connection in sync code."""

    async def body() -> None:
        async with bench(**settings).link(table=False) as link:
            await work(link)

    in_sync(body)


async def fail(link: Link, sql: str, *binds: object) -> DatabaseError:
    with pytest.raises(DatabaseError) as caught:
        await link.execute(sql, *binds)
    error = caught.value
    shown = f"{error!r} {error} {error.__cause__!r} {error.__cause__} {error.__context__}"
    assert SECRET not in shown and error.sql == link.text(sql)
    if link.connection.usable() and not link.connection.in_transaction():
        await link.answers()
    return error


@contextmanager
def through_proxy(**settings: Any) -> Generator[tuple[Proxy, Configuration]]:
    direct = configuration(sslmode="disable", **settings)
    proxy = Proxy(direct.host or "", direct.port or 0)
    try:
        yield proxy, replace(direct, port=proxy.port)
    finally:
        proxy.close()


# errors


SCHEMA = (
    "CREATE TABLE parent (id integer PRIMARY KEY)",
    (
        'CREATE TABLE child (a text, "B, c" text, p integer REFERENCES parent, short varchar(3), must text NOT NULL, '
        'n integer CONSTRAINT positive CHECK (n > 0), CONSTRAINT two UNIQUE (a, "B, c"))'
    ),
    "CREATE UNIQUE INDEX folded ON child (lower(a))",
    "CREATE TABLE span (s int4range, EXCLUDE USING gist (s WITH &&))",
)


def test_constraints_are_told_with_their_names_and_columns() -> None:
    async def work(link: Link) -> None:
        for sql in SCHEMA:
            await link.execute(sql)
        insert = 'INSERT INTO child (a, "B, c", must) VALUES (?, ?, ?)'
        await link.execute(insert, SECRET, SECRET, "x")
        unique = await fail(link, insert, SECRET, SECRET, "x")
        assert (type(unique), unique.table, unique.constraint) == (UniqueViolation, "child", "two")
        assert (unique.columns, unique.code) == (("a", "B, c"), "23505")
        folded = await fail(link, insert, SECRET.upper(), "other", "x")
        assert (type(folded), folded.constraint, folded.columns) == (UniqueViolation, "folded", ())
        missing = await fail(link, "INSERT INTO child (must, p) VALUES ('x', ?)", 57)
        assert (type(missing), missing.table, missing.columns) == (ForeignKeyViolation, "child", ("p",))
        await link.execute("INSERT INTO parent VALUES (1)")
        await link.execute("INSERT INTO child (must, p) VALUES ('x', 1)")
        used = await fail(link, "DELETE FROM parent")
        assert (type(used), used.constraint, used.columns) == (ForeignKeyViolation, "child_p_fkey", ())
        null = await fail(link, "INSERT INTO child (a) VALUES (?)", SECRET)
        assert (type(null), null.table, null.columns) == (NotNullViolation, "child", ("must",))
        refused = await fail(link, "INSERT INTO child (must, n) VALUES (?, -1)", SECRET)
        assert (type(refused), refused.constraint) == (CheckViolation, "positive")
        await link.execute("INSERT INTO span VALUES ('[1,3)')")
        assert type(await fail(link, "INSERT INTO span VALUES ('[2,4)')")) is IntegrityError

    with_link(work)


@pytest.mark.parametrize(
    ("sql", "binds", "kind", "code"),
    [
        ("SELECT ?::varchar(3)::text || CAST(? AS varchar)::integer", ["x", SECRET], DataError, "22P02"),
        ("INSERT INTO child (must, short) VALUES ('x', ?)", [SECRET], DataError, "22001"),
        ("SELECT CAST(CAST(? AS text) AS date)", [SECRET], DataError, "22007"),
        ("SELECT ?::bigint * 9223372036854775807", [2], DataError, "22003"),
        ("SELECT 1 / ?::integer", [0], DataError, "22012"),
        ("SELECT CAST(? AS jsonb)", ['{"a": "' + SECRET], DataError, "22P02"),
        ("SELECT ?::integer", [SECRET], DataError, None),
        ("SELECT ?::integer", [2.5], DataError, None),
        ("SELECT ?::date", [SECRET], DataError, None),
        ("SELEC ?", [SECRET], SyntaxError_, "42601"),
        ("SELECT no_such_function(?::text)", [SECRET], SyntaxError_, "42883"),
        ("SELECT 1 FROM no_such_schema.t", [], SyntaxError_, "42P01"),
        ("CREATE TABLE no_such_schema.t (a int)", [], SyntaxError_, "3F000"),
        ("CREATE TABLE child (a int)", [], DatabaseError, "42P07"),
        ("SELECT * FROM pg_catalog.pg_authid", [], DatabaseError, "42501"),
        ("COMMIT PREPARED 'none'", [], SyntaxError_, "42704"),
    ],
)
def test_statements_that_fail(sql: str, binds: list[object], kind: type[DatabaseError], code: str | None) -> None:
    async def work(link: Link) -> None:
        for each in SCHEMA[:2]:
            await link.execute(each)
        error = await fail(link, sql, *binds)
        assert (type(error), error.code) == (kind, code)

    with_link(work)


def test_a_write_in_a_transaction_that_only_reads() -> None:
    async def work(link: Link) -> None:
        await link.execute("CREATE TABLE t (a int)")
        for sql in DRIVER.dialect.begin(Terms("repeatable read", read_only=True)):
            await link.execute(sql)
        assert await link.value("SHOW transaction_isolation") == "repeatable read"
        error = await fail(link, "INSERT INTO t VALUES (1)")
        assert (type(error), error.code) == (ReadOnly, "25006")
        await link.end("ROLLBACK")

    with_link(work)


def test_timeouts_of_the_server() -> None:
    async def body() -> None:
        place = bench(lock_timeout=0.2, statement_timeout=0.5)
        async with place.link() as first, place.link(table=False) as second:
            error = await fail(first, "SELECT pg_sleep(30)")
            assert (type(error), error.code) == (StatementTimeout, "57014")
            await first.begin()
            await first.execute("LOCK TABLE contract_rows")
            start = time.monotonic()
            error = await fail(second, "DELETE FROM contract_rows")
            assert (type(error), error.code) == (LockTimeout, "55P03")
            assert 0.1 < time.monotonic() - start < 0.5
            await first.end("ROLLBACK")

    in_sync(body)


@loops
def test_a_deadlock_ends_one_of_the_two(runner: str) -> None:
    place = bench(runner)

    async def body() -> None:
        async with place.link() as first, place.link(table=False) as second:
            await first.execute("INSERT INTO contract_rows (id, name, amount) VALUES (1, 'a', 0), (2, 'b', 0)")
            outcomes: list[object] = []

            async def cross(link: Link, one: int, other: int) -> None:
                await link.begin()
                await link.execute("UPDATE contract_rows SET amount = 1 WHERE id = ?", one)
                await sleep(0.1)
                try:
                    await link.execute("UPDATE contract_rows SET amount = 1 WHERE id = ?", other)
                    outcomes.append(None)
                except DatabaseError as error:
                    outcomes.append((type(error), error.code))
                await link.end("ROLLBACK")

            await parallel([partial(cross, first, 1, 2), partial(cross, second, 2, 1)])
            assert sorted(map(str, outcomes)) == sorted(map(str, [None, (Deadlock, "40P01")]))

    place.runner.run(body)


def test_a_serialization_failure() -> None:
    async def body() -> None:
        place = bench()
        async with place.link() as first, place.link(table=False) as second:
            await first.execute("INSERT INTO contract_rows (id, name, amount) VALUES (1, 'a', 0)")
            for sql in DRIVER.dialect.begin(Terms("serializable")):
                await first.execute(sql)
            await first.count()
            await second.execute("UPDATE contract_rows SET amount = 1")
            error = await fail(first, "UPDATE contract_rows SET amount = 2")
            assert (type(error), error.code) == (SerializationFailure, "40001")
            await first.end("ROLLBACK")

    in_sync(body)


@runners
def test_a_connection_that_the_server_ends_is_lost(runner: str) -> None:
    place = bench(runner)

    async def body() -> None:
        async with place.link(table=False) as killer:
            idle, working = await place.connect(), await place.connect()
            await working.begin()
            for link in idle, working:
                pid = await link.value("SELECT pg_backend_pid()")
                assert await killer.value("SELECT pg_terminate_backend(?, 5000)", pid)
                with pytest.raises(ConnectionLost) as caught:
                    await link.fetch("SELECT 1")
                assert type(caught.value) is ConnectionLost
                assert not link.connection.usable() and not link.connection.in_transaction()
            suicide = await place.connect()
            with pytest.raises(ConnectionLost) as caught:
                await suicide.fetch("SELECT pg_terminate_backend(pg_backend_pid())")
            assert caught.value.code == "57P01"

    place.runner.run(body)


@runners
def test_the_end_of_a_session_that_is_told_before_the_wire_is_cut(runner: str) -> None:
    place = bench(runner)
    fields = b"SFATAL\0VFATAL\0C57P01\0Mgoing down\0\0"

    async def body() -> None:
        async with place.link(table=False) as link:
            wire = vars(link.connection)["_wire"]
            wire._protocol.data_received(b"E" + (len(fields) + 4).to_bytes(4, "big") + fields)
            with pytest.raises(ConnectionLost, match="was ended by the server") as caught:
                await link.fetch("SELECT 1")
            assert caught.value.sql == "SELECT 1"
            assert not link.connection.usable()

    place.runner.run(body)


def test_a_type_that_asyncpg_does_not_know_is_an_error_and_no_more() -> None:
    async def work(link: Link) -> None:
        await link.begin()
        with pytest.raises(DatabaseError) as caught:
            await link.fetch("SELECT CAST(? AS gtsvector)", "a")
        assert type(caught.value) is DatabaseError
        assert link.connection.usable() and link.connection.in_transaction()
        await link.end("COMMIT")

    with_link(work)


def test_commit_of_a_transaction_that_failed_says_that_nothing_was_kept() -> None:
    async def work(link: Link) -> None:
        await link.execute("CREATE TABLE t (a int)")
        for commit in (
            "COMMIT",
            "END",
            "  commit /* it; */",
            "/* a; /* ROLLBACK */ comment */ COMMIT",
            "-- ROLLBACK\nCOMMIT",
            "; COMMIT AND NO CHAIN",
            "PREPARE TRANSACTION 'none'",
        ):
            await link.begin()
            await link.execute("INSERT INTO t VALUES (1)")
            await fail(link, "SELECT 1 / 0")
            with pytest.raises(DatabaseError, match="nothing was kept"):
                await link.execute(commit)
            assert not link.connection.in_transaction()
            assert await link.value("SELECT count(*) FROM t") == 0
        for rollback in "ROLLBACK", "abort", "/* a /* b */ c */ -- COMMIT\n;ROLLBACK":
            await link.begin()
            await fail(link, "SELECT 1 / 0")
            await link.execute(rollback)
            assert not link.connection.in_transaction()
        await link.begin()
        await link.execute("SAVEPOINT s")
        await fail(link, "SELECT 1 / 0")
        await link.execute("/* back */ ROLLBACK TO s")
        await link.end("COMMIT")

    with_link(work)


def test_a_plan_for_an_older_schema_is_told_of_and_made_again() -> None:
    async def body() -> None:
        place = bench()
        async with place.link() as link, place.link(table=False) as other:
            everything = "SELECT * FROM contract_rows"
            await link.execute(everything)
            await other.execute("ALTER TABLE contract_rows ADD COLUMN more text")
            # who loads the rows by their types has to look at these again, so it is told, once
            assert type(await fail(link, everything)) is SchemaChanged
            assert (await link.execute(everything)).columns[-1] == "more"
            await other.execute("ALTER TABLE contract_rows DROP COLUMN more")
            await link.begin()
            assert type(await fail(link, everything)) is SchemaChanged
            await link.end("ROLLBACK")
            assert await link.fetch(everything) == []
            await link.execute("DISCARD ALL")
            assert await link.fetch(everything) == []

    in_sync(body)


# values


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 'infinity'::date",
        "SELECT '-infinity'::timestamp",
        "SELECT ARRAY['infinity'::timestamptz]",
        "SELECT daterange('2024-01-01', 'infinity')",
        "SELECT '0044-03-15 BC'::date",
        "SELECT '0044-03-15 BC'::timestamp FROM generate_series(1, 5000)",
        "SELECT '10000-01-01'::timestamptz",
        "SELECT '1 month'::interval",
        "SELECT '24:00'::time",
    ],
)
def test_what_is_stored_and_has_no_form_in_python_is_an_error_and_no_more(sql: str) -> None:
    async def work(link: Link) -> None:
        await link.begin()
        error = await fail(link, sql)
        assert type(error) is DataError and "AS TEXT" in str(error)
        assert link.connection.usable() and link.connection.in_transaction()
        await link.answers()
        await link.end("COMMIT")

    with_link(work)


@pytest.mark.parametrize("verb", ["fetch", "execute"])
def test_the_column_of_what_has_no_form_in_python_is_named(verb: str) -> None:
    async def work(link: Link) -> None:
        await link.execute(
            "CREATE TABLE t (id int, born date, made timestamp, seen timestamptz, kept interval, days daterange, "
            "hours tstzrange[], opens time, shuts timetz)"
        )
        await link.execute("CREATE TYPE pair AS (a int, b date)")
        await link.execute('ALTER TABLE t ADD couple pair, ADD "At, ""last" timestamptz')
        run = getattr(link, verb)
        for column, stored in [
            ("born", "infinity"),
            ("made", "-infinity"),
            ("seen", "10000-01-01"),
            ("kept", "1 month"),
            ("kept", "999999999 days 10000000 hours"),
            ("days", "[2024-01-01,infinity)"),
            ("hours", '{"[-infinity,2024-01-01 12:00Z)"}'),
            ("opens", "24:00"),
            ("shuts", "24:00+01"),
            ("couple", "(1,infinity)"),
            ('At, "last', "infinity"),
        ]:
            quoted = column.replace('"', '""')
            await link.execute("DELETE FROM t")
            await link.execute("INSERT INTO t (id, made, seen) VALUES (1, '2024-01-01', '2024-01-01')")
            await link.execute(f"INSERT INTO t (id, \"{quoted}\") VALUES (2, '{stored}')")
            with pytest.raises(DataError) as caught:
                await run("SELECT * FROM t ORDER BY id")
            assert caught.value.columns == (column,), column
            assert f"column {column!r}: a stored " in str(caught.value) and "AS TEXT)" in str(caught.value)
            assert caught.value.sql == "SELECT * FROM t ORDER BY id"
            # what was missed is of that statement alone
            await run(f'SELECT id, CAST("{quoted}" AS TEXT) FROM t')

    with_link(work)


def test_a_moment_that_is_naive_or_aware_where_the_column_is_not() -> None:
    async def work(link: Link) -> None:
        await link.execute("CREATE TABLE t (naive timestamp, aware timestamptz, spans tstzrange, at time, att timetz)")
        naive, aware = moment(naive=True), moment(naive=False)
        for condition, value, said in [
            ("aware > ?", naive, r"bind 1 is naive, and the server expects aware values there \(timestamptz\): "),
            ("naive > ?", aware, r"bind 1 is aware, and the server expects naive values there \(timestamp\): "),
            ("aware = ANY(?)", [aware, naive], r"bind 1 is naive.*\(timestamptz\)"),
            ("at = ?", aware.timetz(), r"bind 1 is aware.*\(time\)"),
            ("att = ?", naive.time(), r"bind 1 is naive.*\(timetz\)"),
            ("aware > ?", "2024", "bind 1, of type str, does not fit"),
        ]:
            error = await fail(link, f"SELECT 1 FROM t WHERE {condition}", value)
            assert type(error) is DataError and re.match(said, str(error)), str(error)
            assert "2024" not in f"{error} {error.__cause__}"
        with pytest.raises(DataError, match="bind 2 is naive"):
            await link.execute_many("INSERT INTO t VALUES (?, ?)", [(naive, aware), (naive, naive)])
        await link.answers()

    with_link(work)


def test_nothing_is_changed_to_fit() -> None:
    async def work(link: Link) -> None:
        from_datetime = DRIVER.dialect.dump_plain
        assert from_datetime(None) is None
        for sql, value in [
            ("SELECT ?::integer", 2.0),
            ("SELECT ?::integer[]", [1, 2.0]),
            ("SELECT ?::bigint[]", [[1], [Decimal(2)]]),
            ("SELECT ?::timestamptz", moment(naive=True)),
            ("SELECT ?::timestamp", moment(naive=False)),
            ("SELECT ?::date", moment(naive=True)),
            ("SELECT ?::time", moment(naive=False).timetz()),
            ("SELECT ?::boolean", 1),
            ("SELECT ?::text", 1),
        ]:
            assert type(await fail(link, sql, value)) is DataError, sql
        assert str(await link.value("SELECT ?::numeric", 0.1)) == "0.1"
        assert (
            await link.value("SELECT ?::numeric[]::text", [[0.1, None], [Decimal("0.2"), 3]]) == "{{0.1,NULL},{0.2,3}}"
        )
        assert await link.value("SELECT ?::timestamptz::text", moment(naive=False)) == "2024-01-31 12:00:00+00"

    with_link(work)


def moment(*, naive: bool) -> Any:
    return dt.datetime(2024, 1, 31, 12, tzinfo=None if naive else dt.UTC)


# statements


def test_statements_are_kept_up_to_a_number() -> None:
    async def work(link: Link) -> None:
        held = "SELECT count(*) FROM pg_prepared_statements"
        for number in range(12):
            assert await link.value(f"SELECT {number}") == number
        # One that has just been given up may still wait for the next word to the server.
        assert await link.value(held) <= 6
        for number in range(12):
            await link.value(f"SELECT {number}")
        assert await link.value(held) <= 6
        await link.value(f"SELECT length('{'x' * 20_000}')")
        assert await link.value(held) <= 6

    with_link(work, statement_cache_size=5)


def test_behind_pgbouncer_no_statement_has_a_name() -> None:
    async def work(link: Link) -> None:
        for _ in range(3):
            assert await link.value("SELECT ?::integer", 57) == 57
            assert await link.fetch("SELECT '{1}'::integer[], now() IS NULL") == [([1], False)]
        assert await link.value("SELECT count(*) FROM pg_prepared_statements") == 0

    with_link(work, statement_cache_size=0)


def test_two_statements_on_one_connection_are_refused() -> None:
    place = bench("asyncio")

    async def body() -> None:
        async with place.link(table=False) as link:
            with pytest.raises(UsageError, match="one statement at a time"):
                await parallel([lambda: link.fetch("SELECT pg_sleep(0.2)"), lambda: link.fetch("SELECT 1")])
            await link.answers()

    place.runner.run(body)


def test_a_verb_that_is_dropped_in_the_middle_ends_its_connection() -> None:
    place = bench("asyncio")

    async def body() -> None:
        link = await place.connect()
        verb = link.connection.fetch("SELECT pg_sleep(0.2)", ())
        verb.send(None)
        verb.close()
        assert not link.connection.usable()
        with pytest.raises(ConnectionLost):
            await link.fetch("SELECT 1")

    place.runner.run(body)


@pytest.mark.parametrize(
    "sql", ["COPY t FROM STDIN", "/* all */ copy (SELECT 1) TO stdout", "-- all\nCOPY t\nFROM STDIN"]
)
def test_copy_to_or_from_us_is_refused(sql: str) -> None:
    async def work(link: Link) -> None:
        await link.execute("CREATE TABLE t (id integer)")
        for verb in link.fetch, link.execute:
            with pytest.raises(UsageError, match="COPY"):
                await verb(sql)
        await link.answers()

    with_link(work)


def test_a_text_without_a_statement_answers_nothing() -> None:
    async def work(link: Link) -> None:
        for sql in "", " -- nothing":
            assert await link.fetch(sql) == []
            assert (await link.execute(sql)).columns == ()
        await link.answers()

    with_link(work)


def test_many_statements_may_take_as_long_as_each_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings_module, "_SLACK", 0.1)

    async def work(link: Link) -> None:
        await link.execute("CREATE TABLE t (id integer)")
        await link.execute_many("INSERT INTO t SELECT $1 FROM pg_sleep(0.02)", [(number,) for number in range(50)])
        assert await link.value("SELECT count(*) FROM t") == 50

    with_link(work, statement_timeout=0.3)


# connections


def test_settings_go_with_the_first_message() -> None:
    async def work(link: Link) -> None:
        shown = {name: await link.value(f"SHOW {name}") for name in expected}
        assert shown == expected

    expected = {
        "application_name": "it's ours",
        "search_path": '"$user", other',
        "statement_timeout": "1500ms",
        "lock_timeout": "2s",
        "TimeZone": "UTC",
        "work_mem": "5MB",
    }
    asked = {name: expected[name] for name in ("application_name", "search_path")}
    with_link(work, **asked, statement_timeout=1.5, lock_timeout=2, options="-c work_mem=5MB")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"sslmode": "perhaps"}, "verify-full"),
        ({"sslmode": "require", "tls": True}, "give one of"),
        ({"sslmode": "prefer", "sslcert": "x"}, "looked at with"),
        ({"sslmode": "require", "sslkey": "x"}, "not given"),
        ({"statement_cache_size": -1}, "zero or more"),
        ({"connect_timeout": 0}, "more than zero"),
        ({"host": "a,,b"}, "between two commas"),
        ({"no_such_option": 1}, "unknown key"),
    ],
)
def test_what_cannot_work_is_refused_without_io(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        check(Configuration.read("test", {"driver": "postgresql", **settings}), DRIVER)


async def connected(given: Configuration) -> None:
    place = Bench(Subject("asyncpg", DRIVER, lambda: given, POSTGRES_WORDS), RUNNERS["sync"])
    async with place.link(table=False) as link:
        await link.answers()


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": SECRET},
        {"database": "no_such_database"},
        {"port": 1},
        {"host": "/no/such/folder"},
        {"username": "x"},
    ],
)
def test_a_connection_that_cannot_be_opened(wrong: dict[str, Any]) -> None:
    given = replace(configuration(), **wrong)
    with pytest.raises(ConnectionFailed) as caught:
        in_sync(lambda: connected(given))
    assert SECRET not in f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__context__!r}"
    assert (given.password or "-") not in str(caught.value)


def cases(*options: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    return options


def test_tls_is_verified_when_it_is_asked_for(tmp_path: Path) -> None:
    server = servers.postgres()
    if server is None or server.ca is None:
        pytest.skip("the server has no certificate of ours")
    given = configuration()

    def encrypted(host: str = server.host, **options: Any) -> bool:
        asked = check(replace(given, host=host, options=options), DRIVER)
        found: list[bool] = []

        async def body() -> None:
            async with Bench(Subject("x", DRIVER, lambda: asked, POSTGRES_WORDS), RUNNERS["sync"]).link(
                table=False
            ) as link:
                found.append(await link.value("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))

        in_sync(body)
        return found[0]

    assert not encrypted(sslmode="disable")
    for options in cases(
        {},
        {"sslmode": "require"},
        {"sslmode": "verify-ca", "sslrootcert": server.ca},
        {"tls": True, "sslrootcert": server.ca},
        {"sslrootcert": server.ca},
    ):
        assert encrypted(**options), options
    for strict in cases({"tls": True}, {"ssl": "true"}, {"sslmode": "verify-ca"}, {"sslmode": "verify-full"}):
        with pytest.raises(ConnectionFailed, match="not to be trusted"):
            encrypted(**strict)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        encrypted(tls=True, sslrootcert=str(tmp_path / "none.pem"))


def test_the_authorities_are_read_once_and_again_when_their_file_has_changed(tmp_path: Path) -> None:
    """They take the loop tens of milliseconds, for each connection of a pool that grows."""
    server = servers.postgres()
    if server is None or server.ca is None:
        pytest.skip("the server has no certificate of ours")
    file = tmp_path / "ca.pem"
    file.write_text(Path(server.ca).read_text())

    def context(**options: Any) -> object:
        return tls(Settings.read(replace(configuration(), options=options)))

    for options in cases({"sslmode": "require"}, {"tls": True}, {"sslrootcert": str(file)}):
        assert context(**options) is context(**options), options
    before = context(sslrootcert=str(file))
    os.utime(file, (1, 1))
    assert context(sslrootcert=str(file)) is not before
    assert context(sslmode="require") is not context(sslmode="verify-ca")


def test_a_silent_server_takes_its_own_time_and_not_that_of_the_next() -> None:
    given = configuration()
    with socket.create_server(("127.0.0.2", given.port or 0)) as silent:
        host = f"{silent.getsockname()[0]},{given.host}"
        start = time.monotonic()
        in_sync(lambda: connected(check(replace(given, host=host, options={"connect_timeout": 0.5}), DRIVER)))
        assert 0.4 < time.monotonic() - start < 2
        with pytest.raises(ConnectionFailed, match=r"no answer within 0\.5 s"):
            in_sync(
                lambda: connected(check(replace(given, host="127.0.0.2", options={"connect_timeout": 0.5}), DRIVER))
            )


@pytest.mark.parametrize(
    ("wanted", "works"), [("primary", True), ("read-write", True), ("prefer-standby", True), ("standby", False)]
)
def test_the_kind_of_server_that_is_wanted(wanted: str, works: bool) -> None:
    given = configuration(target_session_attrs=wanted)
    if works:
        in_sync(lambda: connected(given))
    else:
        with pytest.raises(ConnectionFailed):
            in_sync(lambda: connected(given))


# dead networks


@runners
def test_a_cancellation_on_a_dead_network_gives_up_the_connection(runner: str) -> None:
    with through_proxy() as (proxy, given):
        place = Bench(Subject("asyncpg", DRIVER, lambda: given, POSTGRES_WORDS), RUNNERS[runner])

        async def body() -> None:
            link = await place.connect()
            await link.answers()
            proxy.freeze()
            before = time.monotonic()
            assert await cut_short(lambda: link.fetch("SELECT 1"), place.runner.manners[-1], after=0.1)
            assert time.monotonic() - before < 4.5
            assert not link.connection.usable()

        place.runner.run(body)


@runners
def test_closing_on_a_dead_network_is_bounded(runner: str) -> None:
    with through_proxy(close_timeout=0.3) as (proxy, given):
        place = Bench(Subject("asyncpg", DRIVER, lambda: given, POSTGRES_WORDS), RUNNERS[runner])

        async def body() -> None:
            await (await place.connect()).close()
            before = Footprint.now()
            link = await place.connect()
            proxy.freeze()
            start = time.monotonic()
            await link.close()
            assert time.monotonic() - start < 1.5
            assert not link.connection.usable()
            await sleep(0.05)
            # The proxy's own two sockets are still there.
            assert [each for each in before.grown() if each != "descriptor socket"] == []

        place.runner.run(body)


@loops
def test_terminate_ends_what_is_closing_on_a_dead_network(runner: str) -> None:
    with through_proxy(close_timeout=30) as (proxy, given):
        place = Bench(Subject("asyncpg", DRIVER, lambda: given, POSTGRES_WORDS), RUNNERS[runner])

        async def body() -> None:
            link = await place.connect()
            proxy.freeze()
            start = time.monotonic()

            async def terminated() -> None:
                await sleep(0.1)
                link.connection.terminate()

            await parallel([lambda: link.call(link.connection.close()), terminated])
            assert time.monotonic() - start < 1.5

        place.runner.run(body)


@loops
def test_terminate_beside_a_cancelled_task_leaves_nothing(runner: str) -> None:
    place = bench(runner)

    async def body() -> None:
        await (await place.connect()).close()
        await sleep(0.05)
        before = Footprint.now()
        for _ in range(5):
            links = [await place.connect() for _ in range(3)]

            async def ended(links: list[Link] = links) -> None:
                await sleep(0.05)
                for link in links:
                    link.connection.terminate()

            with pytest.raises((ConnectionLost, ExceptionGroup)):
                await parallel([*[partial(link.fetch, "SELECT pg_sleep(30)") for link in links], ended])
        await sleep(0.05)
        assert not before.leaked()

    place.runner.run(body)


# loops, threads, processes


def test_a_connection_stays_in_its_loop() -> None:
    place = bench("asyncio")
    link = place.runner.run(place.connect)

    async def body() -> None:
        with pytest.raises((UsageError, ConnectionLost)):
            await link.fetch("SELECT 1")

    place.runner.run(body)
    link.connection.terminate()


# uvloop closes what it has with the loop, and warns of it: where warnings are errors, it never ends.
@pytest.mark.parametrize("runner", ["asyncio", "trio"])
def test_terminate_closes_the_socket_though_the_loop_is_closed(runner: str) -> None:
    place = bench(runner)
    watch = bench(database=place.configuration.database)
    place.runner.run(place.connect).connection.terminate()
    before = Footprint.now()
    link = place.runner.run(place.connect)
    link.connection.terminate()
    del link
    assert not before.leaked()

    async def alone() -> None:
        async with watch.link(table=False) as other:
            for _ in range(100):
                others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                if await other.value(others) == 0:
                    return
                await sleep(0.02)
            raise AssertionError("the server still has the connection")

    in_sync(alone)


@runners
def test_a_connection_that_is_forgotten_is_closed_and_told_of(runner: str) -> None:
    place = bench(runner)

    async def forget() -> None:
        await (await place.connect()).close()
        await sleep(0.05)
        before = Footprint.now()
        link: Link | None = await place.connect()
        assert link is not None
        await link.answers()
        with pytest.warns(ResourceWarning, match="never closed") as caught:  # noqa: PT031  # the last name of it, then the circles
            link = None
            gc.collect()
        assert len(caught) == 1
        await sleep(0.05)
        assert not before.leaked()

    place.runner.run(forget)


def test_a_connection_of_the_parent_is_not_used_after_a_fork() -> None:
    text = """
        import gc, os, sys
        from activerecord.config import Configuration
        from activerecord.errors import ConnectionLost
        from activerecord.testing import RUNNERS
        from activerecord.testing.contract import POSTGRES_WORDS, Bench, Subject
        from tests.contract.places import in_sync
        import activerecord_asyncpg

        given = Configuration.read("test", sys.argv[1])
        bench = Bench(Subject("x", activerecord_asyncpg.driver, lambda: given, POSTGRES_WORDS), RUNNERS["sync"])

        async def body():
            async with bench.link() as link:
                await link.begin()
                await link.execute("INSERT INTO contract_rows (name) VALUES ('a')")
                child = os.fork()
                if child == 0:
                    assert not link.connection.usable() and not link.connection.in_transaction()
                    try:
                        await link.connection.fetch("SELECT 1", ())
                    except ConnectionLost as error:
                        assert "another process" in str(error), error
                        link.connection.terminate()
                        del link.connection
                        gc.collect()
                        os._exit(7)
                    os._exit(1)
                assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
                await link.end("COMMIT")
                assert await link.count() == 1
            print("sound", flush=True)

        in_sync(body)
    """
    server, root = servers.postgres(), Path(__file__).parents[2]
    url = None if server is None else server.url(servers.fresh_database("postgresql"))
    if url is None:
        pytest.skip("no server")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(text), url],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(root), str(root / "drivers")])},
    )
    assert (done.stdout, done.stderr, done.returncode) == ("sound\n", "", 0)


@pytest.mark.parametrize("runner", ["asyncio", "uvloop"])
def test_a_connect_that_is_cancelled_leaves_no_socket_where_its_loop_ends_with_it(runner: str) -> None:
    given = configuration(sslmode="require")

    async def connect() -> None:
        (await DRIVER.connect(given)).terminate()

    # what a loop's library opens once and keeps
    RUNNERS[runner].run(connect)
    before = Footprint.now()
    for moment in range(40):
        RUNNERS[runner].run(partial(cut_short, connect, "task", after=moment * 0.0005))
    # a transport that was not closed says so when it is freed
    gc.collect()
    assert not before.leaked()
