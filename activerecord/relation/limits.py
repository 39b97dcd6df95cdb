"""Limits that count what each record leads to by itself: the newest three orders of each user."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from activerecord.errors import QueryError
from activerecord.mapper import Mapper
from activerecord.query.clauses import Clauses
from activerecord.query.query import Query
from activerecord.query.terminals import check_records
from activerecord.relation.hop import Hop, Reached
from activerecord.schema.table import Table
from activerecord.sql.expression import Expression, Label, Ordering, Star
from activerecord.sql.function import fn
from activerecord.sql.reference import Reference, refer
from activerecord.sql.statement import Subquery
from activerecord.sql.window import Over, Window

__all__ = ["NUMBER", "is_limited", "keys_of", "limited", "may_be_several", "numbered"]

# What stands beside the records' own columns, under names that no table is likely to have. MySQL takes none that begins with
# a space.
_KEY, _ORDER, _WAY, NUMBER = "key {}", "order {}", "the way", "the number"


def is_limited(query: Query[Any]) -> bool:
    """Whether the query has a limit or an offset."""
    return query.clauses.limit is not None or query.clauses.offset is not None


def may_be_several(hops: Sequence[Hop]) -> bool:
    """Whether a row may lead to more than one record, as far as the tables say."""
    last = hops[-1]
    table = _table(last.target)
    is_key = set(last.there) == set(table.primary_key)
    return len(hops) > 1 or not (is_key or (len(last.there) == 1 and table.column(last.there[0]).unique))


def limited(found: Reached, hops: Sequence[Hop]) -> Reached:
    """The query, its limit and offset counted for each value of the keys by itself: by the numbers of the rows in its order.

    A record that is reached in several ways counts once, where it comes first. Without an order they are counted by key.
    """
    clauses = found.query.clauses
    cut = numbered(found, hops)
    number = Reference[int](hops[-1].target.source_name, NUMBER)
    after = clauses.offset or 0
    if after:
        cut = replace(cut, query=cut.query.where(number > after))
    if clauses.limit is not None:
        cut = replace(cut, query=cut.query.where(number <= after + clauses.limit))
    return cut


def numbered(found: Reached, hops: Sequence[Hop]) -> Reached:
    """The query of all rows, sorted by their numbers in its order, counted for each value of the keys by itself."""
    target, clauses = hops[-1].target, found.query.clauses
    names = _names(target, clauses)
    numbering = _Numbering(target, found.keys, _orders(target, clauses))
    rows = clauses.but(orders=(), limit=None, offset=None, paths=(), joined=(), distinct=False)
    once = keys_of(target) if len(hops) > 1 or clauses.joins or clauses.distinct else ()
    query = numbering.of_each_once(rows, once) if once else numbering.of(rows)
    source = target.source_name
    told = Clauses(
        columns=tuple([refer(source, name) for name in names]),
        source=Subquery(query.as_statement(), source),
        orders=(Ordering(Reference[int](source, NUMBER), descending=False),),
        paths=clauses.paths,
        joined=clauses.joined,
        strict=clauses.strict,
    )
    return Reached(Query(target, told), numbering.keys)


class _Numbering(NamedTuple):
    """Rows of a query numbered, those of equal keys by themselves, in an order."""

    target: Mapper[Any]
    by: tuple[Reference[Any], ...]
    orders: tuple[Ordering, ...]

    @property
    def keys(self) -> tuple[Reference[Any], ...]:
        """The keys as columns of the numbered rows."""
        return tuple([self._column(_KEY.format(place)) for place, _ in enumerate(self.by)])

    def of(self, rows: Clauses) -> Query[Any]:
        """The rows, with their keys and numbers."""
        return self._asking(rows, self._labelled_keys(), _numbered(self.by, self.orders, NUMBER))

    def of_each_once(self, rows: Clauses, each: tuple[Reference[Any], ...]) -> Query[Any]:
        """The same, of each record only the first row."""
        labels = [Label(order.operand, _ORDER.format(place)) for place, order in enumerate(self.orders)]
        ways = self._asking(rows, [*self._labelled_keys(), *labels], _numbered((*self.by, *each), self.orders, _WAY))
        orders = tuple([order.of(self._column(label.name)) for order, label in zip(self.orders, labels, strict=True)])
        first = Clauses(source=self._table(ways), where=self._column(_WAY) == 1)
        return self._asking(first, [], _numbered(self.keys, orders, NUMBER))

    def _asking(self, rows: Clauses, more: "Sequence[Label[Any]]", number: Label[int]) -> Query[Any]:
        columns = rows.columns or (Star(self.target.source_name),)
        return Query(self.target, rows.but(columns=(*columns, *more, number)))

    def _labelled_keys(self) -> "list[Label[Any]]":
        return [Label(key, _KEY.format(place)) for place, key in enumerate(self.by)]

    def _table(self, query: Query[Any]) -> Subquery:
        return Subquery(query.as_statement(), self.target.source_name)

    def _column(self, name: str) -> Reference[Any]:
        return Reference(self.target.source_name, name)


def _numbered(by: Sequence[Expression[Any]], orders: tuple[Ordering, ...], name: str) -> Label[int]:
    return Label(Over(fn.row_number(), Window(None, tuple(by), orders)), name)


def _orders(target: Mapper[Any], clauses: Clauses) -> tuple[Ordering, ...]:
    if clauses.orders:
        return clauses.orders
    keys = keys_of(target)
    if not keys:
        raise QueryError(f"{target.name} has no primary key, so a limit for each record needs an order_by(...)")
    return tuple([Ordering(key, descending=False) for key in keys])


def keys_of(target: Mapper[Any]) -> tuple[Reference[Any], ...]:
    """The key of the records of a model as columns; empty where their table has none."""
    return tuple([refer(target.source_name, name) for name in _table(target).primary_key])


def _names(target: Mapper[Any], clauses: Clauses) -> list[str]:
    """The names of the columns that records are made of. Raises QueryError for an expression without one."""
    table = _table(target)
    check_records(target.source_name, clauses, table)
    return [name for column in clauses.columns or (Star(""),) for name in _name(column, table)]


def _name(column: Expression[Any], table: Table) -> Sequence[str]:
    match column:
        case Star():
            return table.names()
        case Label():
            return (column.name,)
        case Reference():
            return (column.column,)
        case _:
            raise QueryError("an expression that is selected beside a limit for each record needs a label: as_(...)")


def _table(mapper: Mapper[Any]) -> Table:
    found = mapper.known_table()
    assert found is not None
    return found
