"""Relations that are joined to the records of a query, and made of the same rows."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, cast

from activerecord.driver import Row
from activerecord.errors import QueryError
from activerecord.mapper import Mapper
from activerecord.query.query import Query
from activerecord.relation.association import Association
from activerecord.relation.hop import Reached, reached
from activerecord.relation.keys import conjoined, paired
from activerecord.relation.limits import NUMBER, is_limited, limited, may_be_several, numbered
from activerecord.relation.loading import Loaded, Loading
from activerecord.relation.way import known
from activerecord.sql.dialect import Compiled
from activerecord.sql.expression import Expression, Label, Star
from activerecord.sql.reference import Reference, refer
from activerecord.sql.statement import Join, Subquery
from activerecord.strictness import Strictness

__all__ = ["JoinedTree"]


class _Branch(NamedTuple):
    """One relation that is joined.

    Of its columns in a row the first `width` are those of the record, which is there where that at `present` is not NULL. `number`
    is the place of one that the records are sorted by.
    """

    association: Association[Any]
    parent: int
    join: Join
    columns: tuple[Expression[Any], ...]
    width: int
    whole: int
    present: int
    number: int | None


class JoinedTree:
    """What is joined to each record of a query: relations of it, and relations of these."""

    def __init__(self, mapper: Mapper[Any], branches: "Sequence[_Branch]") -> None:
        self._mapper = mapper
        self._branches = branches
        self.joins = tuple([branch.join for branch in branches])
        self.columns = tuple([column for branch in branches for column in branch.columns])
        self.width = sum([branch.whole for branch in branches])
        self.many = next((branch.association.name for branch in branches if branch.association.many), None)

    @classmethod
    async def along(cls, mapper: Mapper[Any], paths: Iterable[tuple[str, ...]]) -> "JoinedTree":
        """What is joined along these paths; their tables are read now. Raises UnknownRelation."""
        places: dict[tuple[str, ...], int] = {}
        branches: list[_Branch] = []
        await mapper.table()
        for path in dict.fromkeys([whole[:end] for whole in paths for end in range(1, len(whole) + 1)]):
            parent = places.get(path[:-1], -1)
            owner = mapper if parent < 0 else branches[parent].association.target
            association = _association(owner, path[-1])
            await association.know()
            source = mapper.source_name if parent < 0 else branches[parent].join.source.name
            places[path] = len(branches)
            branches.append(await _branch(association, parent, source, f"{len(branches) + 1} {path[-1]}"))
        return cls(mapper, branches)

    def records(
        self, compiled: Compiled, rows: "Sequence[Row]", start: int, stop: int, strict: Strictness | None
    ) -> list[Any]:
        """The records of the rows, made of their columns from `start` to `stop`, with those that are joined to them."""
        heads = [row[start:stop] for row in rows]
        own = _part(compiled, start, stop)
        if self.many is None:
            owners = found = self._mapper.records(own, heads, strict=strict)
        else:
            self._check_key(own)
            owners = _each_once(self._mapper, own, heads, strict)
            found = list({id(owner): owner for owner in owners}.values())
        loading = Loading(self._mapper, found)
        met: list[Sequence[Any]] = []
        begin = len(compiled.names) - self.width
        for branch in self._branches:
            end = begin + branch.whole
            own = _part(compiled, begin, end)
            above = owners if branch.parent < 0 else met[branch.parent]
            met.append(_Hydrating(branch, own, [row[begin:end] for row in rows], above, strict).attached(loading))
            begin = end
        return found

    def _check_key(self, own: Compiled) -> None:
        key = known(self._mapper).primary_key
        if not key or not set(key) <= set(own.names):
            raise QueryError(
                f"with_joined({self.many!r}) gives a record in several rows, told by its primary key, which is not there: "
                f"with_({self.many!r})"
            )


async def _branch(association: Association[Any], parent: int, source: str, alias: str) -> _Branch:
    target, hops = association.target, association.hops()
    table = known(target)
    if association.many and not table.primary_key:
        raise QueryError(f"{target.name} has no primary key, by which its joined rows are told apart: with_(...)")
    names = table.names()
    hop = hops[0]
    if len(hops) == 1 and hop.narrow is None and not target.default_scopes:
        join = Join("LEFT", target.aliased(alias).source, paired(source, hop.here, alias, hop.there))
        present = names.index(hop.there[0])
        return _Branch(association, parent, join, (Star(alias),), len(names), len(names), present, None)
    rows, keys, more = await _rows(association)
    on = conjoined([refer(alias, key) == refer(source, here) for key, here in zip(keys, hop.here, strict=True)])
    beside = [refer(alias, name) for name in (*keys, *more)]
    columns = (*[refer(alias, name) for name in names], *beside)
    number = len(names) + len(keys) if more else None
    join = Join("LEFT", Subquery(rows.as_statement(), alias), on)
    return _Branch(association, parent, join, columns, len(names), len(columns), len(names), number)


async def _rows(association: Association[Any]) -> "tuple[Query[Any], Sequence[str], Sequence[str]]":
    """A query of what an association leads to, the names of the keys in it, and that of a number of each, where they have an order."""
    hops = association.hops()
    found = reached(hops)
    await found.query.know()
    target, source = hops[-1].target, found.query.source_name
    query, keys = found.query, found.keys
    more: tuple[Label[int], ...] = ()
    if not association.many and query.clauses.orders and not is_limited(query) and may_be_several(hops):
        query = query.limit(1)
    if is_limited(query) or (query.clauses.orders and association.many):
        cut = (limited if is_limited(query) else numbered)(Reached(query, found.keys), hops)
        query, keys, more = cut.query.reorder(), cut.keys, (Label(Reference[int](source, NUMBER), NUMBER),)
    labels = [Label[Any](key, f"key {place}") for place, key in enumerate(keys)]
    names = known(target).names()
    chosen = query.select(*[refer(source, name) for name in names], *labels, *more).reorder()
    return chosen, [label.name for label in labels], [label.name for label in more]


class _Hydrating(NamedTuple):
    """The columns of one branch in all rows, and in each the record above it, or None."""

    branch: _Branch
    compiled: Compiled
    rows: "Sequence[Row]"
    owners: Sequence[Any]
    strict: Strictness | None

    def attached(self, loading: Loading) -> Sequence[Any]:
        """Attach what is there to the owners; what was found in each row, None where there is nothing."""
        association = self.branch.association
        found = self._found(loading)
        by_key: dict[tuple[Any, ...], dict[int, Any]] = {}
        for place in self._in_order():
            owner, record = self.owners[place], found[place]
            if record is not None:
                by_key.setdefault(association.own_key(owner) or (), {})[id(record)] = record
        owners = {id(owner): owner for owner in self.owners if owner is not None}.values()
        keyed = [(owner, association.own_key(owner)) for owner in owners]
        association.attach(Loaded(keyed, {key: list(each.values()) for key, each in by_key.items()}))
        return found

    def _found(self, loading: Loading) -> Sequence[Any]:
        """The record of each row; a row that was met before in this load is the same object."""
        width, present = self.branch.width, self.branch.present
        target = self.branch.association.target
        places = [place for place, row in enumerate(self.rows) if row[present] is not None]
        rows = [self.rows[place][:width] for place in places]
        records = _each_once(target, _part(self.compiled, 0, width), rows, self.strict)
        found: list[Any] = [None] * len(self.rows)
        for place, record in zip(places, loading.meet(target, records), strict=True):
            found[place] = record
        return found

    def _in_order(self) -> Sequence[int]:
        number = self.branch.number
        places = range(len(self.rows))
        if number is None:
            return places
        return sorted(places, key=lambda place: self.rows[place][number] or 0)


def _each_once(mapper: Mapper[Any], compiled: Compiled, rows: "Sequence[Row]", strict: Strictness | None) -> list[Any]:
    """The record of each row; rows of one key have one, where there is a key."""
    primary_key = known(mapper).primary_key
    if not primary_key or not set(primary_key) <= set(compiled.names):
        return mapper.records(compiled, rows, strict=strict)
    places = [compiled.names.index(name) for name in primary_key]
    keys = [tuple([row[place] for place in places]) for row in rows]
    single = dict(zip(reversed(keys), reversed(rows), strict=True))
    order = list(dict.fromkeys(keys))
    made = mapper.records(compiled, [single[key] for key in order], strict=strict)
    records = dict(zip(order, made, strict=True))
    return [records[key] for key in keys]


def _part(compiled: Compiled, start: int, stop: int) -> Compiled:
    return replace(compiled, names=compiled.names[start:stop], loads=compiled.loads[start:stop])


def _association(mapper: Mapper[Any], name: str) -> Association[Any]:
    found = cast("Association[Any]", mapper.relation(name))
    if not isinstance(found, Association):
        raise QueryError(f"{mapper.name}.{name} cannot be loaded with a query")
    return found
