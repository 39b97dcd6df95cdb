"""What PostgreSQL (12 and newer) says differently."""

import datetime as dt
import ipaddress
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from activerecord.errors import UsageError
from activerecord.sql.compiler import Compiler
from activerecord.sql.dialect import Dialect, Terms
from activerecord.sql.dialects.postgresql_literal import postgresql_literal
from activerecord.sql.expression import Bind, Expression, Function, In, Label, Reference
from activerecord.types import Array, Boolean, Integer, Numeric, Unknown
from activerecord.types.postgresql import POSTGRESQL_CODECS, dump_plain

__all__ = ["POSTGRESQL", "PostgreSQLCompiler"]

# What a bind of nobody's type is told to be. A number that is compared with a column of another numeric type would
# otherwise be sent as that type: 2.5 as the integer 2. Ints are of the smallest type that functions take.
_NUMBERS: dict[type, str] = {bool: "boolean", float: "double precision", Decimal: "numeric"}
_OTHERS: dict[type, str] = {
    str: "text",
    bytes: "bytea",
    bytearray: "bytea",
    memoryview: "bytea",
    dt.date: "date",
    dt.time: "time",
    dt.timedelta: "interval",
    uuid.UUID: "uuid",
    ipaddress.IPv4Address: "inet",
    ipaddress.IPv6Address: "inet",
    ipaddress.IPv4Network: "cidr",
    ipaddress.IPv6Network: "cidr",
    dict: "jsonb",
    list: "jsonb",
}

# Functions that take values of any type, so that the server cannot tell what a bind among them is.
_TAKE_ANYTHING = frozenset(
    "concat concat_ws format json_build_array json_build_object jsonb_build_array jsonb_build_object num_nonnulls "
    "num_nulls pg_typeof quote_literal quote_nullable to_json to_jsonb".split()
)


class PostgreSQLCompiler(Compiler):
    """Standard SQL, but that the server must be told the types of some binds, and that its aggregates have other types."""

    def visit_bind(self, bind: Bind[Any]) -> str:
        """`$1`; a number that takes its type from nothing beside it is `$1::double precision`."""
        text = super().visit_bind(bind)
        return f"{text}::{_number(bind.binds[0])}" if bind.typed_as is None and _number(bind.binds[0]) else text

    def in_list(self, condition: In) -> str:
        """`operand = ANY ($1)`: the list is one bind, so that lists of every length have one text, and as many values."""
        kind = self.type_of(condition.operand)
        if isinstance(kind, Array):
            # An array of arrays is an array with one more dimension, of which `= ANY` looks at the elements.
            return super().in_list(condition)
        operand = self._operand(condition.operand)
        column = condition.operand.column if isinstance(condition.operand, Reference) else None
        listed = self._bind_list([bind.binds[0] for bind in condition.values], self._dump(kind), column)
        return f"{operand} {'<> ALL' if condition.negated else '= ANY'} ({listed})"

    def visit_function(self, function: Function[Any]) -> str:
        """`name(arguments)`; the sum, mean and extremes of what PostgreSQL has none of are asked for in another way."""
        first = function.arguments[0] if function.arguments else None
        kind = Unknown() if first is None else self.type_of(first)
        aggregate = _AGGREGATES.get((function.name, type(kind)))
        if aggregate is not None and first is not None:
            distinct = "DISTINCT " if function.distinct else ""
            return aggregate.format(f"{distinct}{self._operand(first)}")
        if function.name == "avg" and not isinstance(kind, Numeric | Unknown):
            return f"{super().visit_function(function)}::double precision"
        if function.name in _TAKE_ANYTHING:
            return f"{function.name}({', '.join(map(self._told, function.arguments))})"
        if function.name == "ifnull":
            return f"coalesce({self.visit_all(function.arguments)})"
        return super().visit_function(function)

    def _selected(self, column: Expression[Any]) -> str:
        """A bind that is selected is beside nothing that tells its type."""
        operand = column.operand if isinstance(column, Label) else column
        if not isinstance(operand, Bind):
            return super()._selected(column)
        text = self._told(operand)
        return f"{text} AS {self.dialect.quote(column.name)}" if isinstance(column, Label) else text

    def _told(self, operand: Expression[Any]) -> str:
        """The text of an operand, with its type where it is a bind."""
        text = self.visit(operand)
        if not isinstance(operand, Bind) or "::" in text:
            return text
        kind = self.type_of(operand)
        name = _plain(operand.binds[0]) if isinstance(kind, Unknown) else self.dialect.codec(kind).ddl
        return f"{text}::{name}" if name else text


# By the function and the type of its argument: PostgreSQL's sum of BIGINT is NUMERIC, and it has no sum of booleans.
_AGGREGATES: dict[tuple[str, type], str] = {
    ("sum", Integer): "sum({})::bigint",
    ("sum", Boolean): "sum(({})::integer)",
    ("avg", Boolean): "avg(({})::integer)::double precision",
    ("min", Boolean): "bool_and({})",
    ("max", Boolean): "bool_or({})",
}


def _number(value: Any) -> str | None:
    kind: type = value.__class__
    if kind is int:
        return "integer" if -(1 << 31) <= value < 1 << 31 else "bigint"
    return _NUMBERS.get(kind)


def _plain(value: Any) -> str | None:
    if isinstance(value, dt.datetime):
        return "timestamp" if value.utcoffset() is None else "timestamptz"
    kind: type = value.__class__
    return _number(value) or _OTHERS.get(kind)


_LEVELS = ("read uncommitted", "read committed", "repeatable read", "serializable")


def _begin(terms: Terms) -> Sequence[str]:
    """`BEGIN ISOLATION LEVEL ... READ ONLY DEFERRABLE`, in one statement."""
    level = terms.level
    if level not in (None, *_LEVELS):
        raise UsageError(
            f"PostgreSQL has the isolation levels {', '.join(map(repr, _LEVELS))}, not {terms.isolation!r}"
        )
    if terms.deferrable and not (level == "serializable" and terms.read_only):
        # the server would say nothing, and defer nothing
        raise UsageError('a deferrable transaction is one with isolation="serializable" and read_only=True')
    words = [
        "BEGIN",
        f"ISOLATION LEVEL {level.upper()}" if level else "",
        "READ ONLY" if terms.read_only else "",
        "DEFERRABLE" if terms.deferrable else "",
    ]
    return (" ".join(filter(None, words)),)


# What a transaction that writes is known by: its number, and the timeline of the server, since one that takes another's place
# after a failure counts on from where it was copied. A server that only follows another refuses the question.
_TIMELINE = "left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)"
_MARK = f"SELECT pg_current_xact_id_if_assigned()::text, {_TIMELINE}"
_FATE = f"SELECT CASE WHEN {_TIMELINE} = $2::text THEN pg_xact_status($1::text::xid8) END"


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _placeholder(number: int) -> str:
    return f"${number}"


def _fits(name: str) -> bool:
    """A longer name is cut off, with a notice that nobody reads. The limit is in bytes."""
    return len(name.encode()) < 64


POSTGRESQL = Dialect(
    name="postgresql",
    words=("postgresql", "postgres", "pgsql"),
    driver="asyncpg",
    quote=_quote,
    placeholder=_placeholder,
    codec=POSTGRESQL_CODECS,
    dump_plain=dump_plain,
    compiler=PostgreSQLCompiler,
    begin=_begin,
    returning=frozenset({"insert", "update", "delete"}),
    # The protocol counts them in 16 bits; the library takes them as signed.
    max_binds=32767,
    auto_key_clause="{} GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
    locked_read=" FOR UPDATE",
    mark=_MARK,
    fate=_FATE,
    literal=postgresql_literal,
    name_fits=_fits,
    drops_together=True,
    list_is_a_bind=True,
)
"""PostgreSQL."""
