"""Parts of a query's rows: those beyond a place in its order, and the places that they have themselves."""

from collections.abc import Sequence
from typing import Any, Generic, NamedTuple, TypeGuard, TypeVar

from activerecord.driver import Row
from activerecord.errors import QueryError
from activerecord.query.clauses import Clauses, Prepared
from activerecord.query.joined import Joined
from activerecord.query.keyset import Place, Term, beyond
from activerecord.query.terminals import check_records
from activerecord.query.unique import check_unique
from activerecord.schema.table import Table, TableColumn
from activerecord.sql.dialect import Compiled, Dialect
from activerecord.sql.expression import Bind, Condition, Expression, Label, Ordering, Star, all_of
from activerecord.sql.node import alike
from activerecord.sql.reference import Reference, refer
from activerecord.sql.statement import FromItem, Source

__all__ = ["Course", "Part", "Parts", "with_key"]

R = TypeVar("R")


class Course(NamedTuple):
    """The order of a query in which every row has a place of its own: its own terms, and the key after them.

    `columns` is what is selected for it, of which the first `added` are no part of the answer. `positions` tells where in a
    row the values of the terms are, `key` where those of the key.
    """

    prepared: Prepared
    dialect: Dialect
    terms: tuple[Term, ...]
    columns: tuple[Expression[Any], ...]
    added: int
    positions: tuple[int, ...]
    key: tuple[int, ...]

    def beyond(self, place: Place, *, inclusive: bool = False, backwards: bool = False) -> Condition:
        """The rows after a place, or before it, and with `inclusive` those at it."""
        terms = [term.reversed() for term in self.terms] if backwards else self.terms
        values = [None if value is None else self._bind(value, term) for value, term in zip(place, terms, strict=True)]
        return beyond(terms, values, inclusive=inclusive, by_rows=self.dialect.row_ranges)

    def _bind(self, value: Any, term: Term) -> Expression[Any]:
        if _is_expression(value):
            return value
        return Bind(value, None if self.dialect.any_value else term.operand)


def _is_expression(value: object) -> TypeGuard[Expression[Any]]:
    return isinstance(value, Expression)


class Part(Generic[R]):
    """Some records in a row, each with its place. `more` tells whether there are others beyond them."""

    def __init__(self, course: Course, compiled: Compiled, rows: Sequence[Row], *, more: bool) -> None:
        self.course = course
        self.more = more
        self.records: list[R] = []
        self._loads = compiled.loads
        self._rows = rows

    def place(self, index: int) -> tuple[Any, ...]:
        """The place of a record, as `Course.beyond` takes it."""
        if self.course.dialect.any_value:
            # What is stored need not be as its column says, and what was computed may have more digits than it is loaded with.
            row = self._rows[index]
            return tuple([row[position] for position in self.course.positions])
        return self._loaded(index, self.course.positions)

    def keys(self) -> list[Any]:
        """The keys of the records; tuples where the key is composite."""
        found = [self._loaded(index, self.course.key) for index in range(len(self._rows))]
        return [key[0] for key in found] if len(self.course.key) == 1 else found

    def _loaded(self, index: int, positions: Sequence[int]) -> tuple[Any, ...]:
        row, loads = self._rows[index], self._loads
        return tuple([_load(row[position], loads[position]) for position in positions])


def _load(value: Any, load: Any) -> Any:
    return value if value is None or load is None else load(value)


class Parts(Joined[R]):
    """What reads a query part by part."""

    __slots__ = ()

    async def _course(self, verb: str, *, descending: bool = False) -> Course:
        """The order to go by; without one the key, rising or `descending`. Raises QueryError for rows without a place of their own."""
        self._refuse(verb)
        await self._mapper.database().settle()
        prepared = await self._prepare()
        dialect = self._mapper.database().dialect
        table, source = prepared.table, self._mapper.source_name
        if not table.primary_key:
            raise QueryError(f"table {table.name!r} has no primary key, so {verb} cannot tell its rows apart")
        clauses = self.known_clauses()
        orders = with_key(clauses.orders, table, source, descending=descending)
        check_unique(prepared, orders, verb)
        terms = tuple([_term(order, dialect, prepared) for order in orders])
        key = [refer(source, name) for name in table.primary_key]
        wanted = [*[term.operand for term in terms], *key]
        own = clauses.columns or (Star(source),)
        # The columns of a query that stands in place of the table are in an order of their own.
        shown = own if self._clauses.source is None else ()
        missing = _missing(wanted, shown, table)
        if self._clauses.distinct and not all(_is_selected(operand, own) for operand in missing):
            raise QueryError(
                f"{verb}: a distinct query is sorted by what it selects, its key among that; leave out select(...), or distinct()"
            )
        columns = (*[_added(operand, number) for number, operand in enumerate(missing)], *own)
        positions = [_position(operand, columns, table) for operand in wanted]
        found = tuple([position for position in positions if position is not None])
        return Course(prepared, dialect, terms, columns, len(missing), found[: len(terms)], found[len(terms) :])

    async def _part(
        self, course: Course, where: Condition | None, count: int, *, ahead: int = 0, backwards: bool = False
    ) -> Part[R]:
        """The first `count` records that also fit a condition; the last of them, where they are read `backwards`.

        With a row read `ahead` it is known whether there are more; without, there are none only if fewer came.
        """
        orders = tuple([(term.reversed() if backwards else term).ordering for term in course.terms])
        clauses = self._clauses.but(
            columns=course.columns,
            where=all_of(self._clauses.where, where),
            orders=orders,
            limit=count + ahead,
        )
        return await self._read(course, clauses, count, backwards=backwards)

    async def _read(self, course: Course, clauses: Clauses, count: int, *, backwards: bool) -> Part[R]:
        prepared = await self._prepare_records(lambda _: clauses)
        check_records(self._mapper.source_name, self._clauses, prepared.table)
        paths = self._clauses.paths
        after = await self._mapper.after_load(self._mapper, paths) if paths else None
        compiled, rows = await self._fetched(prepared)
        more = len(rows) == clauses.limit
        rows = rows[:count]
        if backwards:
            rows.reverse()
        part = Part[R](course, compiled, rows, more=more)
        part.records = self._made(prepared, compiled, rows, start=course.added)
        if after is not None and rows:
            await after(part.records)
        return part

    def _refuse(self, verb: str) -> None:
        """Require that the rows are those of the table, one after another. Raises QueryError."""
        clauses = self._clauses
        told = {
            "group_by": bool(clauses.groups),
            "having": clauses.having is not None,
            "distinct_on": bool(clauses.distinct_on),
            "offset": clauses.offset is not None,
        }
        word = next((word for word, is_told in told.items() if is_told), None)
        if word is not None:
            raise QueryError(f"{verb} does not go with {word}: it finds its place by the values of rows of the table")


def with_key(
    orders: Sequence[Ordering], table: Table, source: str, *, descending: bool = False
) -> tuple[Ordering, ...]:
    """The order, ended by the key, which goes the way that the last of it goes, so that an index of both is of use."""
    named = [_column(order.operand) for order in orders]
    descending = orders[-1].descending if orders else descending
    missing = [name for name in table.primary_key if (source, name) not in named]
    return (*orders, *[Ordering(refer(source, name), descending=descending) for name in missing])


def _column(operand: Expression[Any]) -> tuple[str, str] | None:
    return (operand.source, operand.column) if isinstance(operand, Reference) else None


def _term(order: Ordering, dialect: Dialect, prepared: Prepared) -> Term:
    last = order.descending is not dialect.nulls_high if order.nulls is None else order.nulls == "LAST"
    operand, sources = order.operand, [prepared.select.source, *[join.source for join in prepared.select.joins]]
    column = _stored(operand, sources, prepared) if isinstance(operand, Reference) else None
    if column is not None and column.ranked:
        raise QueryError(
            f"{column.name!r} is sorted by its place in a list of texts, and compared as text, so no place in its order can be told: "
            f"order by a text made of it, fn.lower(column)"
        )
    # Of a joined table it may be missing, whatever its declaration says.
    is_there = column is not None and not column.nullable and _column(operand) == (sources[0].name, column.name)
    return Term(order, not is_there, last)


def _stored(reference: Reference[Any], sources: Sequence[FromItem], prepared: Prepared) -> TableColumn | None:
    """The column of a table that is meant; None for one of a query."""
    source = next((source for source in sources if source.name == reference.source), None)
    if not isinstance(source, Source):
        return None
    named = (source.schema, source.table)
    table = next((table for table in prepared.tables if (table.schema, table.name) == named), None)
    return None if table is None else table.column(reference.column)


def _missing(
    wanted: Sequence[Expression[Any]], columns: Sequence[Expression[Any]], table: Table
) -> list[Expression[Any]]:
    found: list[Expression[Any]] = []
    for operand in wanted:
        if _position(operand, [*columns, *found], table) is None:
            found.append(operand)
    return found


def _added(operand: Expression[Any], number: int) -> Expression[Any]:
    """A column of no name that anybody else gives. Twice a label is not what the rows are sorted by: that stays as it was told."""
    return Label(Label(operand, "sorted"), f" {number}")


def _is_selected(operand: Expression[Any], columns: Sequence[Expression[Any]]) -> bool:
    """Whether it is one of all the columns that are selected."""
    stars = [column.source for column in columns if isinstance(column, Star)]
    return isinstance(operand, Reference) and operand.source in stars


def _position(operand: Expression[Any], columns: Sequence[Expression[Any]], table: Table) -> int | None:
    """Where in a row the value of an expression is; None where it is not selected."""
    position = 0
    for column in columns:
        if isinstance(column, Star):
            if isinstance(operand, Reference) and operand.source == column.source and operand.column in table.columns:
                return position + table.names().index(operand.column)
            position += len(table.names())
            continue
        if alike(operand, _unnamed(column)):
            return position
        position += 1
    return None


def _unnamed(column: Expression[Any]) -> Expression[Any]:
    while isinstance(column, Label):
        column = column.operand
    return column
