"""What PostgreSQL says differently, and what the server must be told of types."""

import datetime as dt
import ipaddress
import uuid
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from activerecord.sql.compiler import Compiler
from activerecord.sql.compiler.expressions import column_of
from activerecord.sql.dialects.postgresql.arrays import PostgreSQLArrays
from activerecord.sql.dialects.postgresql.dates import PostgreSQLDates
from activerecord.sql.dialects.postgresql.functions import PostgreSQLFunctions
from activerecord.sql.dialects.postgresql.inserts import PostgreSQLInserts
from activerecord.sql.dialects.postgresql.json import PostgreSQLJson
from activerecord.sql.dialects.postgresql.locks import PostgreSQLLocks
from activerecord.sql.dialects.postgresql.search import PostgreSQLSearch
from activerecord.sql.expression import Bind, Expression, In, Label, Position
from activerecord.sql.node import alike
from activerecord.sql.reference import Reference
from activerecord.sql.rows import InRows
from activerecord.sql.statement import Select
from activerecord.types import Array, Unknown

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


class PostgreSQLCompiler(
    PostgreSQLJson,
    PostgreSQLArrays,
    PostgreSQLSearch,
    PostgreSQLDates,
    PostgreSQLFunctions,
    PostgreSQLInserts,
    PostgreSQLLocks,
    Compiler,
):
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
        listed = self.bind_whole(condition.values, self.dump_beside(kind), column_of(condition.operand))
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

    def locks(self, select: Select) -> str:
        """` FOR NO KEY UPDATE` where others may write keys that lead to the rows."""
        text = super().locks(select)
        lock = select.lock
        return text.replace(" FOR UPDATE", " FOR NO KEY UPDATE") if lock is not None and lock.keeps_keys else text

    def check_writes(self) -> None:
        """None is refused."""

    def is_selected(self, operand: Expression[Any], columns: Sequence[Expression[Any]]) -> bool:
        """Whether it is one of the columns itself."""
        if isinstance(operand, Reference | Position):
            return super().is_selected(operand, columns)
        return any(alike(column, operand) for column in columns)

    def distinct_on(self, columns: Iterable[Expression[Any]]) -> str:
        """`DISTINCT ON (columns) `."""
        return f"DISTINCT ON ({self.visit_all(columns)}) "

    def selected(self, column: Expression[Any]) -> str:
        """A bind that is selected is beside nothing that tells its type."""
        operand = column.operand if isinstance(column, Label) else column
        if not isinstance(operand, Bind):
            return super().selected(column)
        text = self.free(operand)
        return f"{text} AS {self.dialect.quote(column.name)}" if isinstance(column, Label) else text

    def free(self, node: Expression[Any]) -> str:
        """The text of an operand, with its type where it is a bind."""
        text = self.operand(node)
        if not isinstance(node, Bind) or "::" in text:
            return text
        name = _plain(node.binds[0]) if node.typed_as is None else self.dialect.codec(self.type_of(node)).ddl
        return f"{text}::{name}" if name else text


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
