"""What PostgreSQL says differently, and what the server must be told of types."""

import datetime as dt
import ipaddress
import uuid
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from activerecord.sql.compiler import Compiler
from activerecord.sql.compiler.expressions import column_of
from activerecord.sql.expression import Bind, Expression, In, Label
from activerecord.sql.function import Function
from activerecord.sql.rows import InRows
from activerecord.types import Array, Boolean, Integer, Numeric, Unknown

__all__ = ["PostgreSQLCompiler"]

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

    def in_list(self, condition: In, operand: str) -> str:
        """`operand = ANY ($1)`: the list is one bind, so that lists of every length have one text, and as many values."""
        kind = self.type_of(condition.operand)
        if isinstance(kind, Array):
            # An array of arrays is an array with one more dimension, of which `= ANY` looks at the elements.
            return super().in_list(condition, operand)
        listed = self.bind_whole(condition.values, self.dump(kind), column_of(condition.operand))
        return f"{operand} {'<> ALL' if condition.negated else '= ANY'} ({listed})"

    def row_list(self, condition: InRows) -> str:
        """`SELECT * FROM unnest($1::bigint[], $2::text[])`: a bind for each column, whatever the number of rows."""
        kinds = [self.type_of(operand) for operand in condition.operands]
        if any(isinstance(kind, Array | Unknown) for kind in kinds):
            return super().row_list(condition)
        arrays = [
            f"{self.bind_whole(values, dump, name)}::{self.dialect.codec(kind).ddl}[]"
            for (values, dump, name), kind in zip(self.row_columns(condition), kinds, strict=True)
        ]
        return f"SELECT * FROM unnest({', '.join(arrays)})"

    def distinct_on(self, columns: Iterable[Expression[Any]]) -> str:
        """`DISTINCT ON (columns) `."""
        return f"DISTINCT ON ({self.visit_all(columns)}) "

    def visit_function(self, function: Function[Any]) -> str:
        """`name(arguments)`; the sum, mean and extremes of what PostgreSQL has none of are asked for in another way."""
        first = function.arguments[0] if function.arguments else None
        kind = Unknown() if first is None else self.type_of(first)
        aggregate = _AGGREGATES.get((function.name, type(kind)))
        if aggregate is not None and first is not None:
            distinct = "DISTINCT " if function.distinct else ""
            return aggregate.format(f"{distinct}{self.operand(first)}")
        if function.name == "avg" and not isinstance(kind, Numeric | Unknown):
            return f"{super().visit_function(function)}::double precision"
        if function.name in _TAKE_ANYTHING:
            return f"{function.name}({', '.join(map(self._told, function.arguments))})"
        if function.name == "ifnull":
            return f"coalesce({self.visit_all(function.arguments)})"
        return super().visit_function(function)

    def selected(self, column: Expression[Any]) -> str:
        """A bind that is selected is beside nothing that tells its type."""
        operand = column.operand if isinstance(column, Label) else column
        if not isinstance(operand, Bind):
            return super().selected(column)
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
