"""Cascades: all rows that are to be deleted with one row, and the order in which they can go."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from activerecord.errors import DeleteRestricted, QueryError, UsageError
from activerecord.mapper import Mapper
from activerecord.query.query import Query
from activerecord.relation.association import Association
from activerecord.relation.dependent import dependents
from activerecord.relation.hop import Hop, narrowed
from activerecord.relation.keys import keys_condition
from activerecord.relation.limits import is_limited
from activerecord.relation.parents import followed
from activerecord.relation.rows import in_parts, read_columns
from activerecord.relation.way import known
from activerecord.schema.table import Table
from activerecord.schema.writable import refuse_view
from activerecord.sql.reference import Reference, refer

__all__ = ["Cascade", "Fall", "Row", "leading_here", "of_model"]

# a model, and the key of one of its rows; where several stand for one table, the first of them that was met
Row: TypeAlias = "tuple[Mapper[Any], tuple[Any, ...]]"


class Fall(NamedTuple):
    """One row that goes because another does, which it leads to by the relation."""

    association: Association[Any]
    owner: Row
    other: Row


@dataclass(slots=True)
class Cascade:
    """The rows that go, each with what its columns hold that matter to others, and why each of them goes.

    The first is the one that is deleted by the program.
    """

    rows: dict[Row, dict[str, Any]] = field(default_factory=dict[Row, dict[str, Any]])
    falls: list[Fall] = field(default_factory=list[Fall])
    _columns: dict[Mapper[Any], tuple[str, ...]] = field(default_factory=dict["Mapper[Any]", "tuple[str, ...]"])
    # the model that stands for each table, and as which models each row was met
    _standing: dict[tuple[Any, ...], Mapper[Any]] = field(default_factory=dict["tuple[Any, ...]", "Mapper[Any]"])
    _met_as: dict[Row, list[Mapper[Any]]] = field(default_factory=dict["Row", "list[Mapper[Any]]"])

    @classmethod
    async def of(cls, mapper: Mapper[Any], key: tuple[Any, ...]) -> "Cascade":
        """What goes with the row of this key, level by level; empty where the row has gone. Raises DeleteRestricted.

        Nobody else changes these rows before the transaction ends.
        """
        cascade = cls()
        columns = await cascade._know(mapper)
        found = await read_columns(mapper, await mapper.table(), [key], columns)
        level = {mapper: [cascade.row_of(mapper, its) for its in found]}
        for row, values in zip(level[mapper], found.values(), strict=True):
            cascade._meet(row, mapper, dict(zip(columns, values, strict=True)))
        while level:
            level = await cascade._next(level)
        return cascade

    def row_of(self, mapper: Mapper[Any], key: tuple[Any, ...]) -> Row:
        """The row of this key, which is the same by whichever model of its table it is met."""
        table = known(mapper)
        place = mapper.connection, mapper.schema_name, mapper.table_name, table.primary_key
        return self._standing.setdefault(place, mapper), key

    def by_model(self, rows: Iterable[Row]) -> dict[Mapper[Any], list[Row]]:
        """The rows by each model as which they were met."""
        found: dict[Mapper[Any], list[Row]] = {}
        for row in rows:
            for mapper in self._met_as[row]:
                found.setdefault(mapper, []).append(row)
        return found

    def _meet(self, row: Row, mapper: Mapper[Any], values: dict[str, Any]) -> bool:
        """Take in a row with what it holds; whether it was not met yet as one of that model."""
        met = self._met_as.setdefault(row, [])
        if mapper in met:
            return False
        met.append(mapper)
        self.rows.setdefault(row, {}).update(values)
        return True

    async def _know(self, mapper: Mapper[Any]) -> tuple[str, ...]:
        """The columns of a model that are to be known of its rows, with all tables read that its relations go by."""
        if mapper not in self._columns:
            table = _deletable(await mapper.table())
            for association in (*dependents(mapper), *followed(mapper)):
                await association.know()
            names = [name for each in dependents(mapper) for name in each.hops()[0].here]
            names += [name for each in followed(mapper) for name in each.columns_held()]
            self._columns[mapper] = tuple(dict.fromkeys([*table.primary_key, *names]))
        return self._columns[mapper]

    async def _next(self, level: "dict[Mapper[Any], list[Row]]") -> "dict[Mapper[Any], list[Row]]":
        """The rows that go with those of one level and were not known yet, by model."""
        fresh: dict[Mapper[Any], list[Row]] = {}
        for mapper, owners in level.items():
            for association in dependents(mapper):
                if association.target.connection != mapper.connection:
                    raise UsageError(
                        f"{association.spelt} has dependent, and leads to another connection: no transaction is of both"
                    )
                if association.dependent == "restrict":
                    await self._restrict(association, owners)
                elif association.dependent == "destroy":
                    found = await self._fell(association, owners)
                    if found:
                        fresh.setdefault(association.target, []).extend(found)
        return fresh

    async def _restrict(self, association: Association[Any], owners: Sequence[Row]) -> None:
        (hop, *_) = association.hops()
        for part in await in_parts(hop.target, len(hop.there), list(self.by_key(hop, owners))):
            query = leading_here(association, part).limit(1)
            if await (await _locked(hop, query)).select(_references(hop, hop.there)[0]).async_tuples():
                raise DeleteRestricted(
                    f"this {association.owner.name} cannot be deleted: {association.spelt} are there "
                    f"(dependent='restrict')"
                )

    async def _fell(self, association: Association[Any], owners: Sequence[Row]) -> list[Row]:
        (hop,) = association.hops()
        columns = tuple(dict.fromkeys([*await self._know(hop.target), *hop.there]))
        by_key, fresh, target = self.by_key(hop, owners), list[Row](), hop.target
        table = await target.table()
        for part in await in_parts(target, len(hop.there), list(by_key)):
            query = (await _locked(hop, leading_here(association, part))).select(*_references(hop, columns))
            for held in await query.async_tuples():
                values = dict(zip(columns, held, strict=True))
                row = self.row_of(target, tuple([values[name] for name in table.primary_key]))
                if self._meet(row, target, values):
                    fresh.append(row)
                # of a key that the engine holds to be equal, though it is spelt otherwise, any may be the owner
                its = by_key.get(tuple([values[name] for name in hop.there]), owners)
                self.falls += [Fall(association, owner, row) for owner in its]
        return fresh

    def by_key(self, hop: Hop, owners: Iterable[Row]) -> "dict[tuple[Any, ...], list[Row]]":
        """The rows by what they hold in the columns that a hop starts from, those left out that hold NULL."""
        found: dict[tuple[Any, ...], list[Row]] = {}
        for owner in owners:
            key = tuple([self.rows[owner][name] for name in hop.here])
            if None not in key:
                found.setdefault(key, []).append(owner)
        return found

    # the order

    def in_order(self) -> "tuple[list[list[Row]], list[Fall]]":
        """The rows as they can go, those first that no others lead to; and which of the falls go round in circles."""
        circular = self._circular()
        ranks = self._ranks(circular)
        levels: dict[int, list[Row]] = {}
        for row, rank in ranks.items():
            levels.setdefault(rank, []).append(row)
        return [levels[rank] for rank in sorted(levels, reverse=True)], [
            fall for fall in self.falls if fall in circular
        ]

    def _circular(self) -> "set[Fall]":
        """The falls by which a row leads back to one that it is reached from; without them there are no circles."""
        leads = _by_owner(self.falls)
        found, done, around = set[Fall](), set[Row](), set[Row]()
        way = [(first, iter(leads.get(first, ()))) for first in list(self.rows)[:1]]
        while way:
            row, further = way[-1]
            around.add(row)
            fall = next((each for each in further if each.other not in done), None)
            if fall is None:
                way.pop()
                around.discard(row)
                done.add(row)
            elif fall.other in around:
                found.add(fall)
            else:
                way.append((fall.other, iter(leads.get(fall.other, ()))))
        return found

    def _ranks(self, circular: "set[Fall]") -> dict[Row, int]:
        """By how many others, at most, each row is reached from the first."""
        straight = [fall for fall in self.falls if fall not in circular]
        leads, awaited = _by_owner(straight), dict.fromkeys(self.rows, 0)
        for fall in straight:
            awaited[fall.other] += 1
        ranks, ready = dict.fromkeys(self.rows, 0), [row for row, number in awaited.items() if not number]
        while ready:
            row = ready.pop()
            for fall in leads.get(row, ()):
                ranks[fall.other] = max(ranks[fall.other], ranks[row] + 1)
                awaited[fall.other] -= 1
                if not awaited[fall.other]:
                    ready.append(fall.other)
        return ranks


def _by_owner(falls: Iterable[Fall]) -> dict[Row, list[Fall]]:
    found: dict[Row, list[Fall]] = {}
    for fall in falls:
        found.setdefault(fall.owner, []).append(fall)
    return found


def leading_here(association: Association[Any], keys: "list[tuple[Any, ...]]") -> Query[Any]:
    """A query of the rows that lead to one of these keys by the relation's first hop. Raises UsageError for a limited one."""
    hop = association.hops()[0]
    query = narrowed(Query(hop.target), hop.narrow).reorder()
    if is_limited(query):
        raise UsageError(
            f"{association.spelt} has dependent and a limit: which records it means is not told by the rows"
        )
    return query.where(keys_condition(_references(hop, hop.there), keys))


def of_model(rows: Iterable[Row]) -> dict[Mapper[Any], list[Row]]:
    """The rows of each table, by the model that stands for it."""
    found: dict[Mapper[Any], list[Row]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row)
    return found


async def _locked(hop: Hop, query: Query[Any]) -> Query[Any]:
    locks = (await hop.target.database().settle()).locks_rows
    return query.for_update() if locks else query


def _references(hop: Hop, columns: Sequence[str]) -> list[Reference[Any]]:
    return [refer(hop.target.source_name, name) for name in columns]


def _deletable(table: Table) -> Table:
    refuse_view(table)
    if not table.primary_key:
        raise QueryError(
            f"table {table.name!r} has no primary key, so its rows cannot be destroyed: dependent='delete'"
        )
    return table
