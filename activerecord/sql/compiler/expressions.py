"""Expressions: columns, values, comparisons, lists, conditions."""

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from activerecord.errors import QueryError
from activerecord.sql.compiler.writer import Dump, Writer
from activerecord.sql.expression import (
    Between,
    Bind,
    Comparison,
    Exists,
    Expression,
    In,
    IsNull,
    Label,
    Like,
    Logical,
    Nested,
    Not,
    Ordering,
    Position,
    Star,
)
from activerecord.sql.reference import Reference
from activerecord.sql.rows import InRowQuery, InRows, Row
from activerecord.types import DateTime, Type, Unknown, type_for

__all__ = ["Expressions", "column_of", "like"]


class Expressions(Writer):
    """The part of the compiler that writes expressions."""

    def visit_reference(self, reference: Reference[Any]) -> str:
        """`source.column`."""
        self.table(reference.source).type_of(reference.column)
        return f"{self.dialect.quote(reference.source)}.{self.dialect.quote(reference.column)}"

    def visit_star(self, star: Star) -> str:
        """Every column of a source by name, so that the order of the answer is ours to know."""
        quote = self.dialect.quote
        return ", ".join([f"{quote(star.source)}.{quote(name)}" for name in self.table(star.source).names()])

    def visit_bind(self, bind: Bind[Any]) -> str:
        """A placeholder."""
        if bind.typed_as is None:
            return self.bind(bind.binds[0], self.dialect.dump_plain)
        return self.bind(bind.binds[0], self.dump_beside(self.type_of(bind)), column_of(bind.typed_as))

    def visit_comparison(self, comparison: Comparison) -> str:
        """`left = right`, or `(a, b) = (c, d)`."""
        left, operator, right = comparison.left, self.operator(comparison), comparison.right
        if isinstance(left, Row) and isinstance(right, Row):
            return f"{self.row(left)} {operator} {self.row(right)}"
        return f"{self.operand(left)} {operator} {self.operand(right)}"

    def operator(self, comparison: Comparison) -> str:
        """The word or sign between the two."""
        return comparison.operator

    def visit_between(self, condition: Between) -> str:
        """`operand BETWEEN low AND high`."""
        operand, low, high = map(self.operand, (condition.operand, condition.low, condition.high))
        return f"{operand} {'NOT ' if condition.negated else ''}BETWEEN {low} AND {high}"

    def visit_isnull(self, condition: IsNull) -> str:
        """`operand IS NULL`."""
        return f"{self.operand(condition.operand)} IS {'NOT ' if condition.negated else ''}NULL"

    def visit_in(self, condition: In) -> str:
        """`operand IN (...)`; NULL in the list is asked for apart."""
        if condition.query is not None:
            return f"{self.operand(condition.operand)} {_in(condition)} {self.visit(condition.query)}"
        # the operand is named where nothing is asked of it as well: a misspelt column is refused, and its binds count
        operand, again = self.operand_twice(condition.operand)
        if not condition.values:
            return self._in_nothing(condition, operand)
        listed = self.in_list(condition, operand)
        if not condition.has_null:
            return listed
        null, joint = ("IS NOT NULL", "AND") if condition.negated else ("IS NULL", "OR")
        return f"({listed} {joint} {again()} {null})"

    def in_list(self, condition: In, operand: str) -> str:
        """`operand IN (?, ?)`, over values that are there."""
        dump = self.dump_beside(self.type_of(condition.operand))
        rows = self.bind_rows([(condition.values, dump, column_of(condition.operand))])
        return f"{operand} {_in(condition)} ({', '.join([place for [place] in rows])})"

    def _in_nothing(self, condition: In, operand: str) -> str:
        if condition.has_null:
            return f"{operand} IS {'NOT ' if condition.negated else ''}NULL"
        return f"({operand} IS NULL OR 1 = 1)" if condition.negated else f"({operand} IS NULL AND 1 = 0)"

    def visit_row(self, row: Row) -> str:
        """Refused where it is compared with nothing. Raises QueryError."""
        del row
        raise QueryError(
            "values taken together, tuple_(...), compare with others or with a query, and stand nowhere else: "
            "select, group or sort by the columns one by one, and ask each of them whether it is NULL"
        )

    def row(self, row: Row) -> str:
        """`(a, b)`."""
        return f"({self.visit_all(row.values)})"

    def visit_inrows(self, condition: InRows) -> str:
        """`(a, b) IN ((...), (...))`."""
        operands = self.visit_all(condition.operands)
        return f"({operands}) IN ({self.row_list(condition)})"

    def row_list(self, condition: InRows) -> str:
        """`(...), (...)`."""
        return ", ".join([f"({', '.join(row)})" for row in self.bind_rows(self.row_columns(condition))])

    def row_columns(self, condition: InRows) -> list[tuple[Sequence[Any], Dump | None, str | None]]:
        """The list of values for each of several operands, with its dump and its column's name."""
        lists = condition.binds[len(condition.binds) - len(condition.operands) :]
        return [
            (values, self.dump_beside(self.type_of(operand)), column_of(operand))
            for values, operand in zip(lists, condition.operands, strict=True)
        ]

    def visit_inrowquery(self, condition: InRowQuery) -> str:
        """`(a, b) IN (SELECT ...)`."""
        return f"{self.row(condition.row)} IN {self.visit(condition.query)}"

    def visit_nested(self, nested: Nested[Any]) -> str:
        """`(SELECT ...)`."""
        return f"({self.visit(nested.query)})"

    def visit_exists(self, condition: Exists) -> str:
        """`EXISTS (SELECT ...)`."""
        return f"EXISTS ({self.visit(condition.query)})"

    def visit_like(self, condition: Like) -> str:
        r"""`operand LIKE pattern ESCAPE '\'`."""
        return f"{self.operand(condition.operand)} {like(condition)} {self.visit(condition.pattern)} ESCAPE '\\'"

    def visit_logical(self, condition: Logical) -> str:
        """`(a AND b)`."""
        return "(" + f" {condition.operator} ".join(map(self.condition, condition.conditions)) + ")"

    def visit_not(self, condition: Not) -> str:
        """`NOT (condition)`."""
        return f"NOT ({self.condition(condition.operand)})"

    def visit_label(self, label: Label[Any]) -> str:
        """`operand`: its name belongs to the answer, and stands nowhere else."""
        return self.operand(label.operand)

    def visit_ordering(self, ordering: Ordering) -> str:
        """`operand DESC NULLS LAST`."""
        nulls = f" NULLS {ordering.nulls}" if ordering.nulls else ""
        return f"{self.visit(ordering.operand)}{' DESC' if ordering.descending else ''}{nulls}"

    def visit_position(self, position: Position[Any]) -> str:
        """The number of the column."""
        return str(position.number)

    def free(self, node: Expression[Any]) -> str:
        """As `operand`, of a part that stands beside nothing that tells the type of a value."""
        return self.operand(node)

    def operand(self, node: Expression[Any]) -> str:
        """The text of a node inside another operator, in parentheses where it needs them."""
        return _closed(node, self.visit(node))

    def operand_twice(self, node: Expression[Any]) -> tuple[str, Callable[[], str]]:
        """As `operand`, and what gives the text a second time when its turn has come: see `visit_twice`."""
        text, again = self.visit_twice(node)
        return _closed(node, text), lambda: _closed(node, again())

    # types

    def type_of_reference(self, reference: Reference[Any]) -> Type:
        """A column has its own."""
        return self.table(reference.source).type_of(reference.column)

    def type_of_bind(self, bind: Bind[Any]) -> Type:
        """A value has that of what stands beside it, else that of its own class."""
        if bind.typed_as is not None:
            return self.type_of(bind.typed_as)
        value = bind.binds[0]
        if isinstance(value, dt.datetime):
            return DateTime(zone=value.tzinfo is not None)
        return _OF_CLASS.get(value.__class__, _UNKNOWN)

    def type_of_label(self, label: Label[Any]) -> Type:
        """A name changes nothing."""
        return self.type_of(label.operand)

    def type_of_position(self, position: Position[Any]) -> Type:
        """A column has its own."""
        return self.type_of(position.operand)

    def type_of_nested(self, nested: Nested[Any]) -> Type:
        """A query of one column has that column's."""
        answer = self.answer(nested.query)
        return answer[0].type if len(answer) == 1 else Unknown()


def column_of(expression: Expression[Any]) -> str | None:
    """The name of the column that an expression is, for errors about values that are meant for it."""
    return expression.column if isinstance(expression, Reference) else None


def like(condition: Like) -> str:
    """The word of the condition."""
    return "NOT LIKE" if condition.negated else "LIKE"


def _in(condition: In) -> str:
    return "NOT IN" if condition.negated else "IN"


def _closed(node: Expression[Any], text: str) -> str:
    return f"({text})" if isinstance(node, _LOOSE) else text


# Operands that need parentheses when they stand inside another operator.
_LOOSE = (Comparison, IsNull, In, InRows, InRowQuery, Between, Like, Not)

_UNKNOWN = Unknown()

# The types of values that nothing else tells the type of.
_OF_CLASS: dict[type, Type] = {
    kind: type_for(kind)[0] for kind in (bool, int, float, str, bytes, Decimal, dt.date, dt.time, dt.timedelta, UUID)
}
