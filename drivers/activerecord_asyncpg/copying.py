"""COPY: rows sent in the form that the server keeps them in, where asyncpg can write each of their types so."""

from collections.abc import Sequence
from typing import Any

from activerecord.driver import Binds
from activerecord.errors import NotSupported
from activerecord_asyncpg.binds import adapted, adapters
from activerecord_asyncpg.dialect import DIALECT
from activerecord_asyncpg.library import Attribute

__all__ = ["copied", "copying"]

# What asyncpg has a binary form of, or the house has given it one. Of others it finds out when the COPY has begun.
_SINGLE = (
    "bool int2 int4 int8 oid float4 float8 numeric text varchar bytea date time timetz timestamp timestamptz interval "
    "uuid json jsonb inet cidr int4range int8range numrange daterange tsrange tstzrange"
).split()
_COPIED = frozenset({*_SINGLE, *[f"{name}[]" for name in _SINGLE]})


def copying(table: str, schema: str | None, columns: Sequence[str]) -> tuple[str, str]:
    """The COPY, and the query whose columns are those that it writes."""
    name = f"{DIALECT.quote(schema)}.{DIALECT.quote(table)}" if schema else DIALECT.quote(table)
    names = ", ".join(map(DIALECT.quote, columns))
    return f"COPY {name} ({names}) FROM STDIN (FORMAT binary)", f"SELECT {names} FROM {name}"


def copied(columns: Sequence[Attribute], rows: Sequence[Binds]) -> list[Sequence[Any]]:
    """The rows as asyncpg may have them for columns of these types. Raises NotSupported, DataError."""
    for column in columns:
        if column.type.name not in _COPIED or column.type.schema != "pg_catalog":
            raise NotSupported(
                "asyncpg cannot copy values of every type, and one of these columns has another: use INSERT"
            )
    looks = adapters([column.type for column in columns])
    return [adapted(looks, row) for row in rows] if looks else list(rows)
