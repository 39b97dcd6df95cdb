"""What SQLite (3.35 and newer) says differently."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from activerecord.errors import UsageError
from activerecord.sql.compiler import Compiler
from activerecord.sql.dialect import Dialect, Terms
from activerecord.sql.expression import Arithmetic, Expression, Function, InRows
from activerecord.sql.statement import Select
from activerecord.types import Numeric
from activerecord.types.sqlite import SQLITE_CODECS, dump_plain

__all__ = ["SQLITE", "SQLiteCompiler"]


class SQLiteCompiler(Compiler):
    """Standard SQL, but that OFFSET needs a LIMIT, a list of rows is a table of its own, and a Decimal is a number of one of two kinds."""

    def limits(self, select: Select) -> str:
        """`LIMIT -1 OFFSET ...`: SQLite's word for no limit is a negative one."""
        if select.offset is not None and select.limit is None:
            return f" LIMIT -1 OFFSET {self.visit(select.offset)}"
        return super().limits(select)

    def visit_arithmetic(self, arithmetic: Arithmetic[Any]) -> str:
        """A Decimal that is stored as a whole number is divided as a decimal number all the same."""
        if arithmetic.operator != "/" or not isinstance(self.type_of(arithmetic), Numeric):
            return super().visit_arithmetic(arithmetic)
        return f"({self._operand(arithmetic.left)} * 1.0 / {self._operand(arithmetic.right)})"

    def load_of(self, expression: Expression[Any]) -> Callable[[Any], Any] | None:
        """A Decimal that SQLite has computed is exact to 15 digits, and the rest of them is noise."""
        load = super().load_of(expression)
        if load is None or not _is_computed(expression) or not isinstance(self.type_of(expression), Numeric):
            return load
        return _to_15_digits(load)

    def row_list(self, condition: InRows) -> str:
        """`VALUES (...), (...)`."""
        return f"VALUES {super().row_list(condition)}"


@cache
def _to_15_digits(load: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: load(float(f"{value:.15g}") if isinstance(value, float) else value)


def _is_computed(expression: Expression[Any]) -> bool:
    if isinstance(expression, Function):
        return expression.name in ("sum", "avg") or any(map(_is_computed, expression.arguments))
    return isinstance(expression, Arithmetic)


def _begin(terms: Terms) -> Sequence[str]:
    """A transaction that may write takes the lock at once: one that read first fails at its first write, for good."""
    if terms.level not in (None, "serializable"):
        raise UsageError(f"SQLite has the isolation level 'serializable' and no other, not {terms.isolation!r}")
    if terms.deferrable:
        raise UsageError("SQLite has no deferrable transactions: its readers are never refused")
    return ("BEGIN",) if terms.read_only else ("BEGIN IMMEDIATE",)


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


SQLITE = Dialect(
    name="sqlite",
    words=("sqlite", "sqlite3"),
    driver="sqlite3",
    quote=_quote,
    placeholder=lambda _: "?",
    codec=SQLITE_CODECS,
    dump_plain=dump_plain,
    compiler=SQLiteCompiler,
    begin=_begin,
    returning=frozenset({"insert", "update", "delete"}),
    # SQLITE_MAX_VARIABLE_NUMBER since 3.32
    max_binds=32766,
    auto_key_clause="INTEGER PRIMARY KEY AUTOINCREMENT",
    index_in_schema=True,
    forward_keys=True,
)
"""SQLite, the engine in a file."""
