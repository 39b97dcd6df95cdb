"""Hops: the ways from one table to the next that an association is made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from activerecord.errors import QueryError
from activerecord.mapper import Mapper
from activerecord.query.clauses import Clauses, told
from activerecord.query.named import Named
from activerecord.query.query import Query
from activerecord.relation.elsewhere import rows_under, speaks_of
from activerecord.relation.keys import conjoined, paired
from activerecord.sql.expression import Condition, Nested
from activerecord.sql.reference import Reference, refer
from activerecord.sql.rows import InRowQuery, tuple_
from activerecord.sql.statement import Join

__all__ = ["Hop", "Narrow", "Reached", "in_turn", "joins", "led_to", "narrowed", "narrowed_first", "reached"]

Narrow: TypeAlias = Callable[[Query[Any]], Query[Any]]


@dataclass(frozen=True, slots=True)
class Hop:
    """The way from a row to those of another table: where its columns `here` have the values of their columns `there`.

    `narrow` says which of those rows are meant, and in which order. `is_one` says that there is one of them at most.
    `besides` are values that the other columns of those rows must have, by which `narrow` finds them: the name of a model.
    `is_link` says that those rows are no more than links.
    """

    here: tuple[str, ...]
    there: tuple[str, ...]
    target: Mapper[Any]
    narrow: Narrow | None = None
    is_one: bool = False
    besides: tuple[tuple[str, Any], ...] = ()
    is_link: bool = False


@dataclass(frozen=True, slots=True)
class Reached:
    """What a chain of hops leads to from any row: a query of the records, and the columns in it that say from which."""

    query: Query[Any]
    keys: tuple[Reference[Any], ...]


def reached(hops: Sequence[Hop]) -> Reached:
    """What the hops lead to.

    The tables on the way are joined under their own names, so that what narrows the query may speak of them; one that
    stands there already gets a number.
    """
    last = hops[-1]
    query = narrowed(Query(last.target), last.narrow)
    taken, name = {last.target.source_name}, last.target.source_name
    for hop, following in zip(reversed(hops[:-1]), reversed(hops[1:]), strict=True):
        way = _free(hop.target, taken)
        on = paired(way.source_name, following.here, name, following.there)
        query = _passing(query, last.target, hop, way, on)
        name = way.source_name
        taken.add(name)
    return Reached(query, tuple([refer(name, column) for column in hops[0].there]))


def _passing(query: Query[Any], end: Mapper[Any], hop: Hop, way: Mapper[Any], on: Condition) -> Query[Any]:
    """The query of an end, joined to the rows of a hop on the way there, whose model stands in it as `way`."""
    joined = query.join(way.model, on, alias=way.alias)
    if hop.narrow is None and not way.default_scopes:
        return joined
    narrow = narrowed(Query(way), hop.narrow)
    # what a merge of it alone says, and refuses
    told_of_way = Query(end).merge(narrow).clauses
    if way.source_name == hop.target.source_name or not speaks_of(told_of_way, hop.target.source_name):
        return joined.merge(narrow)
    # a function that names its model would mean the one at the end of the way, which is called so here
    rows, orders = rows_under(way.source_name, narrowed(Query(hop.target), hop.narrow))
    return query.join(Named(way.source_name, rows), on).order_by(*orders)


def narrowed(query: Query[Any], narrow: Narrow | None) -> Query[Any]:
    """The query, narrowed. Raises QueryError where that gives no query."""
    if narrow is None:
        return query
    found = narrow(query)
    if not isinstance(found, Query):
        raise QueryError(f"a function that narrows a relation gives a query back, not {type(found).__name__}")
    return found


def joins(hops: Sequence[Hop], kind: str, source: str, alias: str | None) -> tuple[Join, ...]:
    """The joins that lead from `source` along the hops, the last of them under an alias if one is given."""
    found: list[Join] = []
    for place, hop in enumerate(hops, 1):
        mapper = hop.target
        if alias is not None and (place == len(hops) or hop.is_link):
            # who needs the alias would have the links twice too
            mapper = mapper.aliased(alias if place == len(hops) else f"{alias}_{mapper.table_name}")
        on = paired(source, hop.here, mapper.source_name, hop.there)
        found.append(_join(kind, mapper, hop, on))
        source = mapper.source_name
    return tuple(found)


def _join(kind: str, mapper: Mapper[Any], hop: Hop, on: Condition) -> Join:
    """The join of a hop, whose model stands there as `mapper`."""
    clauses = _conditions(mapper, hop)
    if mapper.source_name != hop.target.source_name and speaks_of(clauses, hop.target.source_name):
        rows = narrowed(Query(hop.target).unscoped(), hop.narrow).reorder()
        return Join(kind, rows_under(mapper.source_name, rows)[0], on)
    return Join(kind, mapper.source, on if clauses.where is None else on & clauses.where)


def led_to(hops: Sequence[Hop], key: tuple[Any, ...]) -> Query[Any]:
    """A query of what the hops lead to from the row of this key: each record once, whatever the ways to it."""
    *way, last = hops
    query = narrowed(Query(last.target), last.narrow)
    there = [refer(last.target.source_name, name) for name in last.there]
    if not way:
        return query.where(_equal(there, key))
    found = reached(way)
    here = [refer(way[-1].target.source_name, name) for name in last.here]
    inner = Nested[Any](found.query.where(_equal(found.keys, key)).select(*here).as_statement())
    first, *others = there
    return query.where(InRowQuery(tuple_(*there), inner) if others else first.in_(inner))


def _equal(references: Sequence[Reference[Any]], key: tuple[Any, ...]) -> Condition:
    return conjoined([reference == part for reference, part in zip(references, key, strict=True)])


def _conditions(mapper: Mapper[Any], hop: Hop) -> Clauses:
    """What narrows the rows of a hop: conditions. Raises QueryError for what is none."""
    if hop.narrow is None:
        return Clauses()
    clauses = narrowed(Query(mapper), hop.narrow).known_clauses()
    others = told(clauses) - {"where", "orders"}
    if others:
        raise QueryError(
            f"{mapper.name} is narrowed by {min(others)}, which a join by relation cannot say: where(...) only"
        )
    return clauses.but(orders=())


def narrowed_first(query: Query[Any], narrow: Narrow | None) -> Query[Any]:
    """The query, narrowed; an order that is asked for comes before the one that it has."""
    if narrow is None or not query.clauses.orders:
        return narrowed(query, narrow)
    return narrowed(query.reorder(), narrow).order_by(*query.clauses.orders)


def in_turn(one: Narrow | None, other: Narrow | None) -> Narrow | None:
    """What narrows a query by one, then by the other."""
    if one is None or other is None:
        return one or other
    return lambda query: narrowed(narrowed(query, one), other)


def _free(mapper: Mapper[Any], taken: "set[str]") -> Mapper[Any]:
    """The model under a name that is free."""
    number, name = 2, mapper.table_name
    while name in taken:
        name, number = f"{mapper.table_name}_{number}", number + 1
    return mapper if name == mapper.source_name else mapper.aliased(name)
