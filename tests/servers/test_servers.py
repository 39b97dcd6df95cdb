"""The servers of the tests: as they are meant to be, used again and again, and gone with the run."""

import asyncio
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast

import asyncmy
import asyncpg  # pyright: ignore[reportMissingTypeStubs]
import pytest

from tests import servers
from tests.servers.run import VARIABLE

pytestmark = pytest.mark.timeout(100)

_asyncpg, _asyncmy = cast("Any", asyncpg), cast("Any", asyncmy)
ROOT = Path(__file__).parents[2]


def found(engine: str) -> servers.Server:
    server = servers.server(engine)
    if server is None:
        pytest.skip(f"no {engine} server is installed")
    return server


def tls(server: servers.Server) -> ssl.SSLContext:
    if server.ca is None:
        pytest.skip("without openssl, or on a server that was there before, nobody knows who signed its certificate")
    return ssl.create_default_context(cafile=server.ca)


async def postgres(server: servers.Server, database: str, **options: Any) -> Any:
    who = {"user": server.user, "password": server.password, "database": database, "port": server.port}
    return await _asyncpg.connect(**{"host": server.host, "timeout": 10, **who, **options})


async def mysql(server: servers.Server, database: str, **options: Any) -> Any:
    who = {"user": server.user, "password": server.password, "db": database}
    where = {} if "unix_socket" in options else {"host": server.host, "port": server.port}
    return await _asyncmy.connect(**{"connect_timeout": 10, **where, **who, **options})


async def ask(connection: Any, sql: str) -> list[Any]:
    """The rows of a query, as plain lists."""
    if hasattr(connection, "fetch"):
        return [list(row) for row in await connection.fetch(sql)]
    async with connection.cursor() as cursor:
        await cursor.execute(sql)
        return [list(row) for row in await cursor.fetchall()]


def asked(connect: Callable[[], Awaitable[Any]], *texts: str) -> list[Any]:
    """The rows of the last of the statements, on a connection of their own."""

    async def main() -> list[Any]:
        connection = await connect()
        try:
            rows: list[Any] = []
            for sql in texts:
                rows = await ask(connection, sql)
            return rows
        finally:
            # asyncmy's own `close` says nothing to the server.
            await getattr(connection, "ensure_closed", connection.close)()

    return asyncio.run(main())


def test_postgresql_is_reached_by_tcp_and_by_its_socket() -> None:
    server, name = found("postgresql"), servers.fresh_database("postgresql")
    # Nobody is superuser in the tests: what needs one would fail in many a user's place.
    sql = (
        "SELECT current_database(), current_setting('is_superuser'), ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
    )
    assert asked(lambda: postgres(server, name, ssl=False), sql) == [[name, "off", False]]
    assert asked(lambda: postgres(server, name, ssl=tls(server)), sql) == [[name, "off", True]]
    assert asked(lambda: postgres(server, name, ssl=False, host=server.socket), sql) == [[name, "off", False]]


@pytest.mark.parametrize("place", ["tcp", "socket"])
def test_postgresql_asks_for_the_password(place: str) -> None:
    server = found("postgresql")
    host = server.host if place == "tcp" else server.socket
    with pytest.raises(_asyncpg.InvalidPasswordError):
        asked(lambda: postgres(server, "postgres", password="wrong", host=host), "SELECT 1")


def test_mysql_is_reached_by_tcp_and_by_its_socket() -> None:
    server, name = found("mysql"), servers.fresh_database("mysql")
    sql = "SELECT DATABASE(), (SELECT VARIABLE_VALUE <> '' FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'ssl_cipher')"
    assert asked(lambda: mysql(server, name), sql) == [[name, 0]]
    assert asked(lambda: mysql(server, name, ssl=tls(server)), sql) == [[name, 1]]
    assert asked(lambda: mysql(server, name, unix_socket=server.socket), sql) == [[name, 0]]


@pytest.mark.parametrize("place", ["tcp", "socket"])
def test_mysql_asks_for_the_password(place: str) -> None:
    server = found("mysql")
    where = {"unix_socket": server.socket} if place == "socket" else {}
    with pytest.raises(_asyncmy.errors.OperationalError, match="Access denied"):
        asked(lambda: mysql(server, "mysql", password="wrong", **where), "SELECT 1")


def test_the_servers_settings_are_not_ours() -> None:
    """What our sessions set, they must set themselves."""
    if found("postgresql").admin is None or found("mysql").admin is None:
        pytest.skip("a server that was there before")
    name, other = servers.fresh_database("postgresql"), servers.fresh_database("mysql")
    assert asked(lambda: postgres(found("postgresql"), name), "SHOW TimeZone") == [["Asia/Kolkata"]]
    sql = "SELECT @@global.time_zone, @@global.sql_mode, @@collation_database, @@have_ssl"
    assert asked(lambda: mysql(found("mysql"), other), sql) == [["+05:30", "", "utf8mb4_general_ci", "YES"]]


def test_a_database_comes_back_empty() -> None:
    server, name = found("postgresql"), servers.fresh_database("postgresql")

    async def main() -> None:
        left = await postgres(server, name)
        await ask(left, "CREATE SCHEMA other")
        await ask(left, "CREATE TABLE other.t AS SELECT 1 AS i")
        await ask(left, "CREATE TYPE mood AS ENUM ('happy')")
        await ask(left, "BEGIN")
        await ask(left, "SELECT * FROM other.t")
        servers.give_back("postgresql", name)
        assert servers.fresh_database("postgresql") == name
        with pytest.raises((_asyncpg.PostgresError, _asyncpg.InterfaceError, ConnectionError)):
            await ask(left, "SELECT 1")
        left.terminate()

    asyncio.run(main())
    sql = (
        "SELECT relnamespace::regnamespace::text FROM pg_class WHERE relnamespace::regnamespace::text !~ '^(pg_|info)'"
    )
    assert asked(lambda: postgres(server, name), sql) == []
    assert asked(lambda: postgres(server, name), "CREATE TABLE t (i int)", "SELECT * FROM t") == []


def test_a_database_of_mysql_comes_back_empty() -> None:
    server, name = found("mysql"), servers.fresh_database("mysql")
    asked(lambda: mysql(server, name), "CREATE TABLE t (i int)")
    with servers.given_back():
        other = servers.fresh_database("mysql")
        assert other != name
    servers.give_back("mysql", name)
    assert servers.fresh_database("mysql") == name
    assert asked(lambda: mysql(server, name), "SHOW TABLES") == []
    assert servers.fresh_database("mysql") == other


@pytest.mark.timeout(30)
def test_who_is_at_work_in_a_database_of_mysql_is_thrown_out() -> None:
    server, name = found("mysql"), servers.fresh_database("mysql")

    async def main() -> None:
        left = await mysql(server, name)
        async with left.cursor() as cursor:
            await cursor.execute("CREATE TABLE t (i int)")
            await cursor.execute("BEGIN")
            await cursor.execute("SELECT i FROM t")
            running = asyncio.create_task(cursor.execute("SELECT SLEEP(60)"))
            await asyncio.sleep(0.1)
            servers.give_back("mysql", name)
            assert await asyncio.to_thread(servers.fresh_database, "mysql") == name
            with pytest.raises(_asyncmy.errors.MySQLError):
                await running
        left.close()

    asyncio.run(main())


OWNER = """
import sys, time
from tests import servers
for engine in sys.argv[1:]:
    servers.server(engine)
print(servers.folder(), flush=True)
time.sleep(100)
"""


def pids(folder: str) -> list[str]:
    """The processes with the folder in their command line."""
    listed = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if folder in line]


@pytest.mark.parametrize("engines", [["postgresql", "mysql"], []], ids=["started", "not started"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_nothing_outlives_a_run_that_is_ended(engines: list[str], number: signal.Signals) -> None:
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    command = [sys.executable, "-c", OWNER, *engines]
    with subprocess.Popen(
        command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as owner:
        assert owner.stdout is not None
        folder = owner.stdout.readline().decode().strip()
        assert Path(folder).is_dir()
        owner.send_signal(number)
    if engines or number == signal.SIGINT:
        gone(folder)
    else:
        # Without a keeper there is nobody to remove what a killed owner leaves: an empty folder.
        shutil.rmtree(folder)
    assert not pids(folder)


def gone(folder: str) -> None:
    end = time.monotonic() + 20
    while (Path(folder).exists() or pids(folder)) and time.monotonic() < end:
        time.sleep(0.05)
    assert not Path(folder).exists()


def test_a_forked_child_that_ends_is_not_the_end_of_the_run() -> None:
    program = """
import os, sys
from tests import servers
place = servers.folder()
if not os.fork():
    sys.exit()
os.wait()
assert place.is_dir() and os.environ["ACTIVERECORD_TEST_RUN"] == str(place)
"""
    variables = {name: value for name, value in os.environ.items() if name != VARIABLE}
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=variables, check=True, timeout=60)


@pytest.mark.parametrize("ci", ["", "true"])
def test_a_run_without_an_engine_says_so_and_fails_under_ci(ci: str, tmp_path: Path) -> None:
    for engine, state in {"postgresql": None, "mysql": {"failed": "for another reason"}}.items():
        (tmp_path / f"{engine}.asked").touch()
        (tmp_path / f"{engine}.json").write_text(json.dumps(state))
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        str(ROOT / "tests/servers/test_servers.py"),
    ]
    result = subprocess.run(
        [*command, "-k", "test_postgresql_is_reached"],
        env=os.environ | {VARIABLE: str(tmp_path), "CI": ci},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "NOT TESTED: postgresql. To test it, install PostgreSQL (Debian: postgresql)" in result.stdout
    assert "NOT TESTED: mysql" not in result.stdout
    assert result.returncode == (1 if ci else 0)
