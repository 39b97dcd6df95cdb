"""What paths of relations lead to, for queries that ask about it."""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol, cast

from activerecord.mapper import Beyond, Mapper
from activerecord.query.query import Query
from activerecord.relation.hop import Hop, Narrow, Reached, narrowed, narrowed_first, reached
from activerecord.relation.limits import is_limited, keys_of, limited
from activerecord.schema.table import Table

__all__ = ["know_along", "reached_along"]


class _Leading(Protocol):
    """An association, as far as a path along it needs to know it."""

    @property
    def target(self) -> Mapper[Any]: ...

    def hops(self) -> tuple[Hop, ...]: ...

    async def know(self) -> Table: ...

    def check(self) -> None: ...


async def know_along(first: _Leading, further: Sequence[str], narrow: Narrow | None) -> None:
    """Have the tables read that the path goes by, and what narrows it. Raises UnknownRelation."""
    await first.know()
    for name in further:
        first = cast("_Leading", first.target.relation(name))
        await first.know()
    await narrowed(Query(first.target), narrow).know()


def reached_along(first: _Leading, further: Sequence[str], narrow: Narrow | None) -> Beyond:
    """What the path leads to, each record once from a row. Raises UnknownRelation, UsageError where a table is not read yet."""
    hops = [hop for leading in _along(first, further) for hop in leading.hops()]
    found = reached(hops)
    here = hops[0].here
    query, each = narrowed_first(found.query, narrow), keys_of(hops[-1].target)
    if is_limited(query):
        cut = limited(Reached(query, found.keys), hops)
        return Beyond(cut.query.reorder(), cut.keys, here)
    if not (len(hops) > 1 or query.clauses.joins or query.clauses.distinct):
        each = ()
    return Beyond(_bare(query), found.keys, here, each)


def _along(first: _Leading, further: Sequence[str]) -> Iterator[_Leading]:
    first.check()
    yield first
    for name in further:
        first = cast("_Leading", first.target.relation(name))
        first.check()
        yield first


def _bare(query: Query[Any]) -> Query[Any]:
    """The query without what makes no difference to which records there are."""
    return query if query.clauses.distinct_on else query.reorder()
