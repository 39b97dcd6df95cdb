"""Row locks of PostgreSQL, which locks rows of tables and nothing that was made of them."""

from collections.abc import Iterable, Sequence
from typing import Any

from activerecord.sql.call import Function
from activerecord.sql.compiler import Compiler
from activerecord.sql.compiler.statements import walk_here
from activerecord.sql.statement import FromItem, NamedTable, Rows, Select, Subquery
from activerecord.sql.window import Over

__all__ = ["PostgreSQLLocks"]

_INSTEAD = "lock the rows of the tables by a query of their own, and ask this without a lock"

# Those of the server that may stand in a query without GROUP BY. One that is not here is refused by the server itself.
_AGGREGATES = frozenset(
    "count sum avg min max string_agg array_agg json_agg jsonb_agg json_object_agg jsonb_object_agg bool_and bool_or every "
    "bit_and bit_or stddev stddev_pop stddev_samp variance var_pop var_samp".split()
)


class PostgreSQLLocks(Compiler):
    """The part of the compiler that writes locks."""

    def locks(self, select: Select) -> str:
        """As ever, where the rows are those of tables."""
        text = super().locks(select)
        assert select.lock is not None
        self._check_locked(select, select.lock.of)
        return text

    def _check_locked(self, rows: Rows, of: Iterable[str]) -> None:
        if not isinstance(rows, Select):
            raise self.unsupported("row locks of unions and their like", _INSTEAD)
        if _is_made(rows):
            raise self.unsupported("row locks of what is distinct, grouped or computed of several rows", _INSTEAD)
        optional = _optional(rows)
        for item in _items(rows):
            if of and item.name not in of:
                continue
            if item.name in optional:
                raise self.unsupported(
                    f"row locks where there may be no row, as of {item.name!r} in an outer join",
                    "name the others by of=",
                )
            self._check_item(item, of)

    def _check_item(self, item: FromItem, of: Iterable[str]) -> None:
        if isinstance(item, Subquery):
            self._check_locked(item.query, ())
        elif isinstance(item, NamedTable) and of:
            raise self.unsupported(f"row locks of common tables, as {item.name!r} here", _INSTEAD)


def _items(select: Select) -> Sequence[FromItem]:
    return [select.source, *[join.source for join in select.joins]]


def _optional(select: Select) -> set[str]:
    """The names of the sources that may have no row beside those of the others."""
    before, found = [select.source.name], set[str]()
    for join in select.joins:
        if join.kind in ("RIGHT", "FULL"):
            found.update(before)
        if join.kind in ("LEFT", "FULL"):
            found.add(join.source.name)
        before.append(join.source.name)
    return found


def _is_made(select: Select) -> bool:
    """Whether its rows are others than those that the tables have."""
    told: tuple[Any, ...] = (select.distinct_on, select.groups)
    if select.distinct or select.having is not None or any(told):
        return True
    return any(
        isinstance(node, Over) or (isinstance(node, Function) and node.name in _AGGREGATES)
        for column in select.columns
        for node in walk_here(column)
    )
