"""What cursors on MySQL and MariaDB rest on: a part of the protocol that asyncmy itself does not use."""

from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from asyncmy.connection import Connection

import activerecord_asyncmy
from activerecord.config import Configuration
from activerecord.testing.contract import MYSQL_WORDS, Bench, Link, Subject
from activerecord.testing.runners import RUNNERS
from activerecord_asyncmy import wire
from tests import servers

# By type, a value.
VALUES = {
    "TINYINT": "-5",
    "TINYINT(1)": "1",
    "SMALLINT UNSIGNED": "65535",
    "MEDIUMINT": "-7",
    "INT UNSIGNED": "4294967295",
    "INT(5) ZEROFILL": "42",
    "BIGINT UNSIGNED": "18446744073709551615",
    "FLOAT": "0.15",
    "DOUBLE": "1e300",
    "DECIMAL(65,30)": "12345678901234567890.123456789012345678901234567890",
    "DATE": "'2024-02-29'",
    "TIME(6)": "'-12:34:56.123456'",
    "DATETIME": "'2024-01-01'",
    "DATETIME(6)": "'2024-02-29 23:59:59.999999'",
    "TIMESTAMP(3) NULL": "'2024-02-29 23:59:59.123'",
    "YEAR": "2024",
    "CHAR(10)": "'ab'",
    "CHAR(5) CHARACTER SET latin1": "'é'",
    "VARCHAR(300)": "'naïve 中文'",
    "TINYTEXT": "'x'",
    "LONGTEXT": "repeat('é', 300000)",
    "BINARY(4)": "'ab'",
    "VARBINARY(20)": "x'00ff'",
    "LONGBLOB": "repeat(x'00ff', 200000)",
    "ENUM('a', 'b')": "'b'",
    "SET('a', 'b')": "'a,b'",
    "BIT(9)": "b'101010101'",
    "JSON": "'{\"a\": [1, 2.5, null]}'",
    "GEOMETRY": "ST_GeomFromText('POINT(1 2)')",
}
COMPUTED = (
    "c0 + 1, c2 / 3, sum(c3) OVER (), avg(c9) OVER (), concat(c16, c18), now(6) > 0, NULL, 'text', 1.5, "
    "coalesce(c13, c14), json_extract(c27, '$.a'), CAST(c18 AS BINARY), c0 = c1, count(*) OVER (), max(c24) OVER (), c26 + 0"
)


def on_a_link(body: Callable[[Link], Coroutine[Any, Any, None]]) -> None:
    """Run it with a connection to an empty database."""
    server = servers.server("mysql")
    name = servers.fresh_database("mysql")
    assert server is not None
    configuration = Configuration.read("contract", server.url(name, tls="off"))
    subject = Subject("mine", activerecord_asyncmy.driver, lambda: configuration, MYSQL_WORDS)

    async def main() -> None:
        async with Bench(subject, RUNNERS["asyncio"]).link(table=False) as link:
            await body(link)

    RUNNERS["asyncio"].run(main)


def test_every_type_comes_as_a_query_gives_it() -> None:
    async def body(link: Link) -> None:
        columns = ", ".join(f"c{number} {kind}" for number, kind in enumerate(VALUES))
        await link.execute(f"CREATE TABLE kinds (id INT PRIMARY KEY, {columns})")
        await link.execute(f"INSERT INTO kinds VALUES (1, {', '.join(VALUES.values())})")
        await link.execute("INSERT INTO kinds (id) VALUES (2)")
        sql = f"SELECT *, {COMPUTED} FROM kinds ORDER BY id"
        wanted = await link.fetch(sql)
        pull = await link.open_cursor(sql)
        found = await pull.rest(1)
        await pull.close()
        assert found == wanted
        assert [[type(value) for value in row] for row in found] == [[type(value) for value in row] for row in wanted]

    on_a_link(body)


def test_the_server_keeps_no_statement_of_a_cursor() -> None:
    async def body(link: Link) -> None:
        async def kept() -> int:
            ((_, number),) = await link.fetch("SHOW SESSION STATUS LIKE 'Com_stmt_close'")
            return int(number)

        before = await kept()
        for _ in range(20):
            pull = await link.open_cursor(MYSQL_WORDS.numbers.format(count=100))
            await pull.fetch(10)
            await pull.close()
        assert await kept() == before + 20

    on_a_link(body)


def test_what_a_server_does_not_keep_comes_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    class Old(Connection):
        """As if the server ended rows in the old way."""

        @property
        def server_capabilities(self) -> int | None:
            found: int | None = self.__dict__.get("capabilities")
            return None if found is None else found & ~(1 << 24)

        @server_capabilities.setter
        def server_capabilities(self, value: int) -> None:
            self.__dict__["capabilities"] = value

    monkeypatch.setattr(wire, "Connection", Old)

    async def body(link: Link) -> None:
        pull = await link.open_cursor(MYSQL_WORDS.numbers.format(count=25))
        found = await pull.fetch(10)
        await link.answers()
        found += await pull.rest(10)
        assert [number for number, _ in found] == list(range(1, 26))
        await pull.close()
        await link.answers()

    on_a_link(body)


def test_the_private_names_that_are_used_are_there() -> None:
    async def body(link: Link) -> None:
        connection: Any = link.connection
        statement = (await connection._wire.prepare("SELECT 1"))._statement
        assert statement._execute_header[4:] == b"\x00\x01\x00\x00\x00"
        assert isinstance(statement._statement_id, int)
        result = await statement.execute(())
        assert callable(result._read_binary_rowdata_packet)
        assert connection._wire._connection._deprecate_eof is True

    on_a_link(body)
