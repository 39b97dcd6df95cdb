"""Columns that nobody declared: every type that is read from a server takes values, gives them back, and finds them."""

import datetime as dt
import ipaddress
import uuid
from decimal import Decimal
from typing import Any

import pytest

from activerecord import ActiveRecord, Range, Undeclared
from tests import raw, servers


class Row(Undeclared):
    __table_name__ = "reflected"
    __connection__ = "reflected"


MOMENT = dt.datetime(2024, 2, 29, 23, 59, 59, 999999, tzinfo=dt.UTC)
NAIVE = MOMENT.replace(tzinfo=None)

POSTGRESQL: dict[str, Any] = {
    "OID": 2**32 - 1,
    "REAL": 0.5,
    "NUMERIC(3,-2)": Decimal(1200),
    "NUMERIC(3,5)": Decimal("0.00123"),
    "CHAR(5)": "abcde",
    "NAME": "a name",
    "CITEXT": "Text",
    "mood": "very happy!",
    "code": "abcd",
    "TIME": dt.time(23, 59, 59, 999999),
    "TIMESTAMP": NAIVE,
    "TIMESTAMPTZ": MOMENT,
    "INTERVAL": dt.timedelta(days=-3, microseconds=1),
    "INET": ipaddress.ip_address("::1"),
    "CIDR": ipaddress.ip_network("10.0.0.0/8"),
    "INT4RANGE": Range(1, 3),
    "NUMRANGE": Range(Decimal("1.5"), None),
    "DATERANGE": Range(dt.date(2024, 1, 1), dt.date(2024, 2, 1)),
    "TSRANGE": Range(NAIVE, None),
    "TSTZRANGE": Range(None, MOMENT, upper_inclusive=True),
    "INT[]": [1, None, 3],
    "mood[]": ["sad", None],
    "codes": ["abcd"],
    "CHAR(2)[]": ["ab"],
    "JSONB[]": [{"a": 1}, [2]],
    "TIMESTAMPTZ[]": [MOMENT],
    "INT8RANGE[]": [Range(1, 2)],
    "UUID[]": [uuid.UUID(int=5)],
    "INET[]": [ipaddress.ip_address("1.2.3.4")],
    "JSONB": {"a": [1, None]},
}

MYSQL: dict[str, Any] = {
    "BIT(1)": True,
    "BIT(9)": b"\x01\x02",
    "TINYINT UNSIGNED": 255,
    "MEDIUMINT": -(2**23),
    "BIGINT UNSIGNED": 2**64 - 1,
    "INT(5) ZEROFILL": 7,
    "YEAR": 2155,
    "FLOAT": 0.5,
    "DECIMAL(5,2) UNSIGNED": Decimal("123.45"),
    "ENUM('sad','very happy!')": "very happy!",
    "SET('a','b')": "a,b",
    "BINARY(2)": b"\x00\xff",
    "TINYTEXT": "text",
    "TIME(6)": dt.time(23, 59, 59, 999999),
    "DATETIME(6)": NAIVE,
    "TIMESTAMP(6) NULL": MOMENT,
    "JSON": {"a": [1, None]},
}
MARIADB: dict[str, Any] = {"UUID": uuid.UUID(int=5), "INET4": "1.2.3.4", "INET6": "::1"}

# What is compared by no `=`, or by another one than that of a whole value.
UNORDERED = {"JSON", "JSONB[]", "BIT(9)"}


def check(engine: str, *script: str, values: dict[str, Any]) -> None:
    place, server = servers.fresh_database(engine), servers.server(engine)
    assert server is not None
    columns = ", ".join(f"c{number} {kind}" for number, kind in enumerate(values))
    with raw.connection(engine, place) as connection:
        connection.script(*script, f"CREATE TABLE reflected (id INT PRIMARY KEY, {columns})")
    ActiveRecord.configure({"reflected": server.url(place)})
    given = {f"c{number}": value for number, value in enumerate(values.values())}
    Row.create(id=1, **given)
    Row.create(id=2, **dict.fromkeys(given))
    full, empty = (Row.find(key).attributes for key in (1, 2))
    for kind, name in zip(values, given, strict=True):
        assert (full[name], type(full[name])) == (given[name], type(given[name])), kind
        assert empty[name] is None
        if kind not in UNORDERED:
            assert Row.where(**{name: given[name]}).count() == 1, kind


def test_types_of_postgresql() -> None:
    check(
        "postgresql",
        "CREATE EXTENSION citext; CREATE TYPE mood AS ENUM ('sad', 'very happy!');"
        "CREATE DOMAIN code AS VARCHAR(4); CREATE DOMAIN codes AS code[]",
        values=POSTGRESQL,
    )


def test_types_of_mysql() -> None:
    check("mysql", values=MYSQL)


def test_types_of_mariadb() -> None:
    with raw.connection("mysql", servers.fresh_database("mysql")) as connection:
        if "MariaDB" not in connection.rows("SELECT version()")[0][0]:
            pytest.skip("the server is no MariaDB")
    check("mysql", values=MARIADB)
