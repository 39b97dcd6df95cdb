"""Whole statements: SELECT, what combines several, and what writes."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeGuard

from activerecord.errors import QueryError, nearest
from activerecord.sql.compiler.inserts import Inserts
from activerecord.sql.expression import Exists, Expression, Label, Nested, Star
from activerecord.sql.node import Node, alike
from activerecord.sql.reference import Reference
from activerecord.sql.statement import Compound, Delete, FromItem, Select, Source, Subquery, Update
from activerecord.sql.window import NamedWindow

__all__ = ["Statements", "walk_here"]


class Statements(Inserts):
    """The part of the compiler that writes statements."""

    def visit_select(self, select: Select) -> str:
        """`WITH ... SELECT ... FROM ... WHERE ... GROUP BY ... HAVING ... WINDOW ... ORDER BY ... LIMIT ... OFFSET ...`."""
        self._locks = self._locks or select.lock is not None
        if select.distinct:
            self._check_order(select)
        with self.reading(select), self.windows(_window_names(select)):
            clauses = [
                self.with_tables(select.tables),
                "SELECT ",
                self.hints(select.hints) if select.hints else "",
                self.distinct_on(select.distinct_on) if select.distinct_on else "DISTINCT " if select.distinct else "",
                ", ".join([self.selected(column) for column in select.columns]),
                " FROM ",
                self.visit(select.source),
                *[self.visit(join) for join in select.joins],
                self.conditioned(" WHERE ", select.where),
                self.clause(" GROUP BY ", *select.groups),
                self.conditioned(" HAVING ", select.having),
                self.clause(" WINDOW ", *select.windows),
                self.clause(" ORDER BY ", *select.orders),
                self.limits(select),
                self.locks(select) if select.lock is not None else "",
                _commented(select.comments),
            ]
        return "".join(clauses)

    def _check_order(self, select: Select) -> None:
        """Require that distinct rows are sorted by what they have."""
        columns = list(map(_unnamed, select.columns))
        for order in select.orders:
            if not self.is_selected(order.operand, columns):
                raise QueryError(
                    "distinct rows are sorted by what is selected, and the order is by something else, of which rows that are "
                    "alike may have several: select that too, or leave out distinct() or the order, reorder()"
                )

    def is_selected(self, operand: Expression[Any], columns: Sequence[Expression[Any]]) -> bool:
        """Whether each distinct row of these columns has one value of an expression."""
        if any(alike(column, operand) for column in columns):
            return True
        whole = [column.source for column in columns if isinstance(column, Star)]
        read = [node for node in walk_here(operand) if _is_reference(node)]
        return all(node.source in whole or any(alike(column, node) for column in columns) for node in read)

    def selected(self, column: Expression[Any]) -> str:
        """The text of a column of the answer, with its name."""
        text = self.visit(column)
        return f"{text} AS {self.dialect.quote(column.name)}" if isinstance(column, Label) else text

    def hints(self, hints: Iterable[str]) -> str:
        """`/*+ hint hint */ `."""
        return f"/*+ {' '.join(hints)} */ "

    def distinct_on(self, columns: Iterable[Expression[Any]]) -> str:
        """`DISTINCT ON (columns) `. Raises NotSupported."""
        del columns
        raise self.unsupported(
            "DISTINCT ON", "number the rows of each group, fn.row_number().over(...), and take those of number 1"
        )

    def limits(self, select: Select) -> str:
        """`LIMIT ... OFFSET ...`."""
        return self.clause(" LIMIT ", select.limit) + self.clause(" OFFSET ", select.offset)

    def locks(self, select: Select) -> str:
        """` FOR UPDATE OF table NOWAIT`."""
        lock = select.lock
        assert lock is not None
        of = f" OF {', '.join(map(self.dialect.quote, lock.of))}" if lock.of else ""
        sources = [select.source.name, *[join.source.name for join in select.joins]]
        for name in lock.of:
            if name not in sources:
                raise QueryError(f"the query does not read {name!r}, which of= names; {nearest(name, sources)}")
        for item in [select.source, *[join.source for join in select.joins]]:
            if _is_combined(item) and (not lock.of or item.name in lock.of):
                raise self.unsupported(
                    "row locks of unions and their like",
                    "lock the rows of the tables by a query of their own, and ask this without a lock",
                )
        wait = " NOWAIT" if lock.nowait else " SKIP LOCKED" if lock.skip_locked else ""
        return f" FOR {'SHARE' if lock.shared else 'UPDATE'}{of}{wait}"

    def visit_compound(self, compound: Compound) -> str:
        """`SELECT ... UNION ALL SELECT ...`."""
        widths = [len(self.answer(side)) for side in (compound.left, compound.right)]
        if widths[0] != widths[1]:
            raise QueryError(
                f"{compound.operator} of queries of {widths[0]} and {widths[1]} columns: select as many in both"
            )
        left = self.side(compound.left, bare=_goes_on(compound))
        right = self.side(compound.right, bare=isinstance(compound.right, Select))
        return f"{left} {compound.operator}{' ALL' if compound.every else ''} {right}"

    def side(self, rows: Node, *, bare: bool) -> str:
        """The text of one side of a union; one that says more than what its rows are is read out of a table of its own."""
        text = self.visit(rows)
        return text if bare and not _is_cut(rows) else f"SELECT * FROM ({text}) AS {self.dialect.quote('part')}"

    def visit_update(self, update: Update) -> str:
        """`UPDATE table SET column = value WHERE ...`."""
        with self.writing(update):
            tables = self.with_tables(update.tables)
            table = self.visit(update.source)
            pairs = zip(update.names, update.values, strict=True)
            assigned = ", ".join(
                [f"{self.assigned(update.source, name)} = {self.stored(value)}" for name, value in pairs]
            )
            text = f"{tables}UPDATE {table} SET {assigned}{self.conditioned(' WHERE ', update.where)}"
            return text + self.returning(update.source, update.returning) + _commented(update.comments)

    def assigned(self, source: Source, name: str) -> str:
        """A column that a value is given to. Raises UnknownColumn."""
        self.table(source.name).type_of(name)
        return self.dialect.quote(name)

    def visit_delete(self, delete: Delete) -> str:
        """`DELETE FROM table WHERE ...`."""
        with self.writing(delete):
            tables = self.with_tables(delete.tables)
            text = f"{tables}DELETE FROM {self.visit(delete.source)}{self.conditioned(' WHERE ', delete.where)}"
            return text + self.returning(delete.source, delete.returning) + _commented(delete.comments)


def walk_here(node: Node) -> Iterator[Node]:
    """A node and all that it is made of, but for queries inside of it."""
    yield node
    if not isinstance(node, Nested | Exists):
        for part in node.inner():
            yield from walk_here(part)


def _is_reference(node: Node) -> TypeGuard[Reference[Any]]:
    return isinstance(node, Reference)


def _unnamed(column: Expression[Any]) -> Expression[Any]:
    while isinstance(column, Label):
        column = column.operand
    return column


def _is_combined(item: FromItem) -> bool:
    """Whether its rows are those of several queries, or read from such."""
    if not isinstance(item, Subquery):
        return False
    query = item.query
    return isinstance(query, Compound) or _is_combined(query.source)


def _window_names(select: Select) -> list[str]:
    return [each.name for each in select.windows if isinstance(each, NamedWindow)]


def _commented(comments: Iterable[str]) -> str:
    return "".join([f" /* {comment} */" for comment in comments])


def _goes_on(compound: Compound) -> bool:
    """Whether the left side may stand as it is: engines differ in whether INTERSECT comes before the others."""
    left = compound.left
    return isinstance(left, Select) or (left.operator == "INTERSECT") is (compound.operator == "INTERSECT")


def _is_cut(rows: Node) -> bool:
    if not isinstance(rows, Select):
        return False
    is_limited = rows.limit is not None or rows.offset is not None
    return bool(is_limited or rows.orders or rows.tables or rows.lock or rows.comments or rows.hints)
