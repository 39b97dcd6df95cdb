"""The joined strategy: relations that come with the records, in one statement."""

from dataclasses import replace
from typing import Any, Self, TypeVar

from activerecord.driver import Row
from activerecord.errors import QueryError
from activerecord.mapper import Beside
from activerecord.query.clauses import Clauses, Finish, JoinWish, Prepared, QueryCore
from activerecord.query.path import Relation, path_of
from activerecord.schema.table import Table
from activerecord.sql.dialect import Compiled
from activerecord.sql.expression import Star

__all__ = ["Joined"]

R = TypeVar("R")


class Joined(QueryCore[R]):
    """The verb that joins what it loads."""

    __slots__ = ()

    def with_joined(self, *paths: "str | Relation[Any] | list[Any]") -> Self:
        """Load these relations in the same statement: `with_joined("user", "user.profile")`.

        `SELECT orders.*, "1 user".* FROM orders LEFT JOIN users AS "1 user" ON ...`. Made for relations to one record; with one to
        many, the columns of a record come again for each of them, so a limit or offset raises QueryError: `with_` loads these
        for any query. A column in SQL of the program's own may need its table's name beside it. What gives no records
        (count, pluck, dicts, writes) goes without. Raises UnknownRelation when run.
        """
        given = [path for path in paths for path in (path if isinstance(path, list) else [path])]
        return self._told(joined=(*self._clauses.joined, *[path_of(path) for path in given]))

    async def _prepare_records(self, finish: Finish | None = None) -> Prepared:
        """The statement that gives records, with what is joined to them."""
        clauses = self._clauses
        beside = await self._mapper.beside(self._mapper, clauses.joined) if clauses.joined else None

        def joining(table: Table) -> Clauses:
            found = clauses if finish is None else finish(table)
            return found if beside is None else _told_beside(found, beside, self._mapper.source_name)

        return await self._prepare(joining, beside)

    def _made(
        self,
        prepared: Prepared,
        compiled: Compiled,
        rows: "list[Row]",
        *,
        start: int = 0,
        width: int | None = None,
    ) -> list[R]:
        """The records of these rows, made of so many columns from `start` on, with what is joined to them."""
        stop = prepared.width(compiled) if width is None else width
        if prepared.beside is not None:
            return prepared.beside.records(compiled, rows, start, stop, self._clauses.strict)
        if start or stop < len(compiled.names):
            compiled = replace(compiled, names=compiled.names[start:stop], loads=compiled.loads[start:stop])
            rows = [row[start:stop] for row in rows]
        return self._mapper.records(compiled, rows, strict=self._clauses.strict)


def _told_beside(clauses: Clauses, beside: Beside, source: str) -> Clauses:
    """The clauses with what is joined. Raises QueryError where rows do not stand for records any more."""
    if clauses.groups or clauses.having is not None or clauses.distinct_on:
        raise QueryError(
            "what is joined to groups of rows belongs to none of them: with_(...) instead of with_joined(...)"
        )
    if beside.many is not None and (clauses.limit is not None or clauses.offset is not None):
        raise QueryError(
            f"with_joined({beside.many!r}) gives a row for each of many, so a limit or offset would count these: "
            f"with_({beside.many!r})"
        )
    wishes = [JoinWish(join.kind, item=join.source, condition=join.condition) for join in beside.joins]
    columns = clauses.columns or (Star(source),)
    return clauses.but(columns=(*columns, *beside.columns), joins=(*clauses.joins, *wishes))
