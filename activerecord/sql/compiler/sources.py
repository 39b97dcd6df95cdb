"""Where rows come from: tables, queries under a name, common tables, and what is known of the columns of each."""

from abc import abstractmethod
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from activerecord.errors import QueryError
from activerecord.sql.compiler.writer import Derived, Writer
from activerecord.sql.dialect import Answer, Dialect, TableLike
from activerecord.sql.expression import Expression, Label, Star
from activerecord.sql.function import Function
from activerecord.sql.insert import Insert
from activerecord.sql.node import Node
from activerecord.sql.reference import Reference, refer
from activerecord.sql.statement import (
    CommonTable,
    Compound,
    Delete,
    FromItem,
    Join,
    NamedTable,
    Rows,
    Select,
    Source,
    Subquery,
    Update,
)
from activerecord.sql.window import Over
from activerecord.types import Unknown

__all__ = ["Sources"]


class Sources(Writer):
    """The part of the compiler that writes FROM, JOIN and WITH."""

    def __init__(self, dialect: Dialect, tables: Iterable[TableLike]) -> None:
        super().__init__(dialect, tables)
        self._common: list[dict[str, Sequence[Answer]]] = []

    # texts

    def visit_source(self, source: Source) -> str:
        """The table's name, with its schema and alias where it has them."""
        quote = self.dialect.quote
        name = f"{quote(source.schema)}.{quote(source.table)}" if source.schema else quote(source.table)
        return f"{name} AS {quote(source.alias)}" if source.alias else name

    def visit_subquery(self, subquery: Subquery) -> str:
        """`(SELECT ...) AS name`."""
        name = self.dialect.quote(subquery.name)
        if subquery.lateral:
            return f"LATERAL ({self.visit(subquery.query)}) AS {name}"
        with self.aside():
            return f"({self.visit(subquery.query)}) AS {name}"

    def visit_namedtable(self, table: NamedTable) -> str:
        """`name AS alias`."""
        quote = self.dialect.quote
        return f"{quote(table.table)} AS {quote(table.alias)}" if table.alias else quote(table.table)

    def visit_join(self, join: Join) -> str:
        """` INNER JOIN source ON condition`."""
        source = self.visit(join.source)
        on = "" if join.condition is None else f" ON {self.condition(join.condition)}"
        return f" {join.kind} JOIN {source}{on}"

    def visit_commontable(self, table: CommonTable) -> str:
        """`name (columns) AS (query UNION ALL step)`."""
        quote = self.dialect.quote
        columns = f" ({', '.join(map(quote, table.columns))})" if table.columns else ""
        if isinstance(table.query, Insert | Update | Delete):
            self.check_writes()
        with self.aside():
            text = self.visit(table.query) if table.step is None else self._recursive(table, table.step)
        return f"{quote(table.name)}{columns} AS {self.materialized(table)}({text})"

    def _recursive(self, table: CommonTable, step: Rows) -> str:
        """`query UNION ALL step`."""
        widths = [len(self._common_table(table.name)), len(self.answer(step))]
        if widths[0] != widths[1]:
            raise QueryError(
                f"the common table {table.name!r} begins with {widths[0]} columns and its step has {widths[1]}: select as many in both"
            )
        return f"{self.side(table.query, bare=True)} UNION {'' if table.distinct else 'ALL '}{self.visit(step)}"

    @abstractmethod
    def side(self, rows: Node, *, bare: bool) -> str:
        """The text of one side of a union."""

    def check_writes(self) -> None:
        """Refuse a common table that writes. Raises NotSupported."""
        raise self.unsupported("common tables that write", "send two statements in a transaction")

    def materialized(self, table: CommonTable) -> str:
        """`MATERIALIZED `, `NOT MATERIALIZED `, or nothing where the engine decides."""
        return {None: "", True: "MATERIALIZED ", False: "NOT MATERIALIZED "}[table.materialized]

    def with_tables(self, tables: Sequence[CommonTable]) -> str:
        """`WITH RECURSIVE a AS (...), b AS (...) `, where there are some."""
        if not tables:
            return ""
        recursive = "RECURSIVE " if any(table.step is not None for table in tables) else ""
        return f"WITH {recursive}{self.visit_all(tables)} "

    # what is known of the columns

    @contextmanager
    def aside(self) -> Generator[None]:
        """Within the block the sources of the query at hand have no names: what is made for it cannot refer to them."""
        scope = self._scopes.pop()
        try:
            yield
        finally:
            self._scopes.append(scope)

    @contextmanager
    def reading(self, select: Select) -> Generator[None]:
        """Within the block the names of a query's sources mean these."""
        names: dict[str, TableLike] = {}
        with self.naming(select.tables), self.names(names):
            for item in (select.source, *[join.source for join in select.joins]):
                known = self._known(item)
                if item.name in names:
                    raise QueryError(f"{item.name!r} stands twice in the query: give one of them an alias")
                names[item.name] = known
            yield

    @contextmanager
    def writing(self, statement: Insert | Update | Delete) -> Generator[None]:
        """Within the block the name of the table that is written means it."""
        tables = () if isinstance(statement, Insert) else statement.tables
        source = statement.source
        with self.naming(tables), self.names({source.name: self.stored_table(source.schema, source.table)}):
            yield

    @contextmanager
    def naming(self, tables: Sequence[CommonTable]) -> Generator[None]:
        """Within the block these common tables are known."""
        if not tables:
            yield
            return
        known: dict[str, Sequence[Answer]] = {}
        self._common.append(known)
        try:
            for table in tables:
                known[table.name] = _renamed(table, self.answer(table.query))
            yield
        finally:
            self._common.pop()

    def _known(self, item: FromItem) -> TableLike:
        match item:
            case Source():
                self._check_hidden(item)
                return self.stored_table(item.schema, item.table)
            case Subquery():
                return Derived(item.name, self.answer(item.query))
            case NamedTable():
                return Derived(item.table, self._common_table(item.table))

    def _check_hidden(self, source: Source) -> None:
        """Require that the name of a table means the table: a common table of that name would be read in its place."""
        hiding = [name for known in self._common for name in known if name.lower() == source.table.lower()]
        if hiding and source.schema is None:
            raise QueryError(
                f"the common table {hiding[0]!r} hides the table {source.table!r}, which is read beside it: give it another name"
            )

    def _common_table(self, name: str) -> Sequence[Answer]:
        for known in reversed(self._common):
            if name in known:
                return known[name]
        raise QueryError(f"the query names no common table {name!r}: with_cte({name!r}, ...)")

    def answer(self, statement: Node) -> Sequence[Answer]:
        """The columns of what a statement gives."""
        match statement:
            case Select():
                with self.reading(statement):
                    return [answer for column in statement.columns for answer in self._given(column)]
            case Compound():
                return list(map(_better_known, self.answer(statement.left), self.answer(statement.right)))
            case Insert() | Update() | Delete():
                with self.writing(statement):
                    return self._stored(statement.source.name, statement.returning)
            case _:
                return []

    def _given(self, column: Expression[Any]) -> Sequence[Answer]:
        match column:
            case Star():
                return self._stored(column.source, self.table(column.source).names())
            case Label():
                return [self._answer(column.name, column.operand)]
            case Reference():
                return [self._answer(column.column, column)]
            case Function():
                return [self._answer(column.name, column)]
            case Over(function=Function(name=name)):
                return [self._answer(name, column)]
            case _:
                return [self._answer("value", column)]

    def _stored(self, source: str, names: Sequence[str]) -> Sequence[Answer]:
        return [self._answer(name, refer(source, name)) for name in names]

    def _answer(self, name: str, value: Expression[Any]) -> Answer:
        return Answer(name, self.type_of(value), self.load_of(value))


def _better_known(left: Answer, right: Answer) -> Answer:
    """A column of two queries: the name is the first one's, and so is the type, unless only the other knows it."""
    return replace(right, name=left.name) if isinstance(left.type, Unknown) else left


def _renamed(table: CommonTable, given: Sequence[Answer]) -> Sequence[Answer]:
    if not table.columns:
        return given
    if len(table.columns) != len(given):
        raise QueryError(
            f"the common table {table.name!r} names {len(table.columns)} columns, its query has {len(given)}"
        )
    return [replace(answer, name=name) for name, answer in zip(table.columns, given, strict=True)]
