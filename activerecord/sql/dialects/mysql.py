"""What MySQL (8.0.19 and newer) and MariaDB (10.6 and newer) say differently."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

from activerecord.errors import QueryError, UsageError
from activerecord.sql.compiler import Compiler
from activerecord.sql.dialect import Dialect, TableLike, Terms
from activerecord.sql.expression import (
    Arithmetic,
    Bind,
    Expression,
    Function,
    In,
    Like,
    Nested,
    Ordering,
    Reference,
)
from activerecord.sql.literal import literal
from activerecord.sql.statement import Delete, Insert, Select, Source, Update
from activerecord.types import Boolean, Float, Integer, Interval, Json, Text
from activerecord.types.mysql import MARIADB_CODECS, MYSQL_CODECS, dump_plain, key_type

__all__ = ["MARIADB", "MYSQL", "MariaDBCompiler", "MySQLCompiler"]

# The engine's word for no limit is the greatest one.
_NO_LIMIT = "18446744073709551615"

_LEVELS = ("read uncommitted", "read committed", "repeatable read", "serializable")

# Characters of a name, by the engine's own limit.
_NAME = 64


class MariaDBCompiler(Compiler):
    """Standard SQL, but for words that have another meaning here, and for what a subquery may not say."""

    def __init__(self, dialect: Dialect, tables: Mapping[str, TableLike]) -> None:
        super().__init__(dialect, tables)
        self._written: Source | None = None

    def visit_insert(self, insert: Insert) -> str:
        """`INSERT INTO table () VALUES ()` for the defaults of all columns."""
        if insert.columns:
            return super().visit_insert(insert)
        return f"INSERT INTO {self.visit(insert.source)} () VALUES (){self.returning(insert.source, insert.returning)}"

    def visit_update(self, update: Update) -> str:
        """As ever; its table is remembered, for the subqueries may not read it."""
        self._written = update.source
        return super().visit_update(update)

    def visit_delete(self, delete: Delete) -> str:
        """As ever; its table is remembered, for the subqueries may not read it."""
        self._written = delete.source
        return super().visit_delete(delete)

    def limits(self, select: Select) -> str:
        """`LIMIT 18446744073709551615 OFFSET ...`: OFFSET needs a LIMIT."""
        if select.offset is not None and select.limit is None:
            return f" LIMIT {_NO_LIMIT} OFFSET {self.visit(select.offset)}"
        return super().limits(select)

    def visit_in(self, condition: In) -> str:
        """A list that is limited is read out of a table of its own, which LIMIT is allowed in."""
        query = condition.query
        if query is None or not isinstance(query.query, Select) or not _is_limited(query.query):
            return super().visit_in(condition)
        word = "NOT IN" if condition.negated else "IN"
        return f"{self._operand(condition.operand)} {word} (SELECT * FROM ({self.visit(query.query)}) AS `limited`)"

    def visit_nested(self, nested: Nested[Any]) -> str:
        """A query of the table that the statement writes is read out beforehand, which its LIMIT makes sure of."""
        query = nested.query
        if self._written is None or not isinstance(query, Select) or not self._reads_written(query):
            return super().visit_nested(nested)
        whole = "" if _is_limited(query) else f" LIMIT {_NO_LIMIT}"
        return f"(SELECT * FROM ({self.visit(query)}{whole}) AS `before`)"

    def _reads_written(self, query: Select) -> bool:
        sources = [query.source, *[join.source for join in query.joins]]
        written = self._written
        return written is not None and any(
            isinstance(source, Source) and (source.schema, source.table) == (written.schema, written.table)
            for source in sources
        )

    def visit_like(self, condition: Like) -> str:
        r"""`operand LIKE pattern ESCAPE '\\'`: a backslash in quotes is written twice."""
        return f"{self._operand(condition.operand)} LIKE {self.visit(condition.pattern)} ESCAPE '\\\\'"

    def visit_arithmetic(self, arithmetic: Arithmetic[Any]) -> str:
        """Texts are joined by CONCAT, and whole numbers are divided by DIV."""
        left, right = self._operand(arithmetic.left), self._operand(arithmetic.right)
        if arithmetic.operator == "+" and isinstance(self.type_of(arithmetic.left), Text):
            return f"CONCAT({left}, {right})"
        divides = arithmetic.operator == "/" and isinstance(self.type_of(arithmetic), Integer)
        return f"({left} {'DIV' if divides else arithmetic.operator} {right})"

    def visit_function(self, function: Function[Any]) -> str:
        """`length` counts characters on other engines, and bytes here."""
        if function.name != "length":
            return super().visit_function(function)
        return f"char_length({self.visit_all(function.arguments)})"

    def visit_ordering(self, ordering: Ordering) -> str:
        """`operand IS NULL, operand`: NULLs are below all else, and there is no other word for where they go."""
        operand = self.visit(ordering.operand)
        order = f"{operand}{' DESC' if ordering.descending else ''}"
        if ordering.nulls is None or (ordering.nulls == "LAST") is ordering.descending:
            return order
        if ordering.operand.binds:
            raise QueryError(
                "MySQL has no NULLS FIRST or LAST, and an order by an expression with values in it cannot be said without: "
                "select the expression in an inner query and order the outer one by it"
            )
        return f"{self._operand(ordering.operand)} IS {'NOT ' if ordering.nulls == 'FIRST' else ''}NULL, {order}"

    def load_of(self, expression: Expression[Any]) -> Callable[[Any], Any] | None:
        """Sums and means of whole numbers come as decimal numbers."""
        load = super().load_of(expression)
        if isinstance(expression, Reference):
            return load
        kind = self.type_of(expression)
        if isinstance(kind, Float):
            return _from_decimal(float, load)
        return _from_decimal(int, load) if isinstance(kind, Integer | Boolean | Interval) else load


def _is_limited(select: Select) -> bool:
    return select.limit is not None or select.offset is not None


@cache
def _from_decimal(make: type, load: Callable[[Any], Any] | None) -> Callable[[Any], Any]:
    def loaded(value: Any) -> Any:
        made = make(value) if isinstance(value, Decimal) else value
        return made if load is None else load(made)

    return loaded


class MySQLCompiler(MariaDBCompiler):
    """MariaDB's SQL, but that JSON is a type of its own, which equals no text."""

    def visit_bind(self, bind: Bind[Any]) -> str:
        """`CAST(? AS JSON)` where a document is meant."""
        text = super().visit_bind(bind)
        return f"CAST({text} AS JSON)" if isinstance(self.type_of(bind), Json) else text


def _begin(terms: Terms) -> Sequence[str]:
    """The level is set for the next transaction alone, by a statement before it."""
    if terms.level not in (None, *_LEVELS):
        raise UsageError(f"MySQL has the isolation levels {', '.join(map(repr, _LEVELS))}, not {terms.isolation!r}")
    if terms.deferrable:
        raise UsageError("MySQL has no deferrable transactions")
    begin = "START TRANSACTION READ ONLY" if terms.read_only else "BEGIN"
    return (begin,) if terms.level is None else (f"SET TRANSACTION ISOLATION LEVEL {terms.level.upper()}", begin)


def _quote(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _literal(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.date | dt.time):
        return f"'{value}'"
    # In quotes a backslash begins an escape.
    return literal(value.replace("\\", "\\\\") if isinstance(value, str) else value)


def _table_options(collation: str) -> str:
    return f" ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={collation}"


MYSQL = Dialect(
    name="mysql",
    words=("mysql", "mariadb"),
    driver="asyncmy",
    quote=_quote,
    placeholder=lambda _: "?",
    codec=MYSQL_CODECS,
    dump_plain=dump_plain,
    compiler=MySQLCompiler,
    begin=_begin,
    returning=frozenset(),
    # They are counted in 16 bits.
    max_binds=65535,
    auto_key_clause="{} AUTO_INCREMENT PRIMARY KEY",
    locked_read=" FOR UPDATE",
    literal=_literal,
    # Without the parentheses a LONGTEXT, a LONGBLOB and JSON have no default.
    default_clause="DEFAULT ({})",
    key_type=key_type,
    # Equal are texts that are the same, blanks at their end included, and their order is that of their code points.
    table_options=_table_options("utf8mb4_0900_bin"),
    name_fits=lambda name: len(name) <= _NAME,
    index_in_table=True,
    drops_together=True,
    transactional_ddl=False,
)
"""MySQL, and what it has in common with MariaDB."""

MARIADB = replace(
    MYSQL,
    codec=MARIADB_CODECS,
    compiler=MariaDBCompiler,
    returning=frozenset({"insert", "delete"}),
    table_options=_table_options("utf8mb4_nopad_bin"),
    drop_key="ALTER TABLE IF EXISTS {} DROP FOREIGN KEY IF EXISTS {}",
)
"""MariaDB."""
