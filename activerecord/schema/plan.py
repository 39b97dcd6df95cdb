"""What is sent to make or drop several tables, in an order that their keys allow."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from activerecord.schema.ddl import add_key, create_table, drop_key, drop_tables
from activerecord.schema.table import ForeignKey, Table
from activerecord.sql.dialect import Dialect

__all__ = ["Step", "creation", "dependency_order", "removal"]

Place: TypeAlias = tuple[str | None, str]


class Step(NamedTuple):
    """One statement, and the table that it makes, if it makes one."""

    sql: str
    makes: Table | None = None


def creation(tables: Iterable[Table], dialect: Dialect, *, if_not_exists: bool) -> list[Step]:
    """The statements that make the tables. See `create_table` for what it raises.

    Keys that point at a table that is made later are added at the end, where the engine wants their target to be there.
    """
    ordered = dependency_order(tables)
    later = [] if dialect.forward_keys else _forward(ordered)
    steps: list[Step] = []
    for table in ordered:
        without = [key for owner, key in later if owner is table]
        first, *others = create_table(table, dialect, if_not_exists=if_not_exists, without=without)
        steps += [Step(first, table), *map(Step, others)]
    return [*steps, *(Step(add_key(table, key, dialect)) for table, key in later)]


def removal(tables: Iterable[Table], dialect: Dialect) -> list[str]:
    """The statements that drop the tables, those that refer to others first."""
    ordered = dependency_order(tables)
    keys = [drop_key(table, key, dialect) for table, key in _forward(ordered)] if dialect.drop_key else []
    return [*keys, *drop_tables(reversed(ordered), dialect)]


def dependency_order(tables: Iterable[Table]) -> list[Table]:
    """Each table once, and after those that its foreign keys point at.

    In a cycle the first table given comes first, with keys that point forward.
    """
    waiting: dict[Place, Table] = {}
    for table in tables:
        waiting.setdefault((table.schema, table.name), table)
    ordered: list[Table] = []
    while waiting:
        free = (place for place, table in waiting.items() if not any(goal in waiting for goal in _goals(table)))
        ordered.append(waiting.pop(next(free, next(iter(waiting)))))
    return ordered


def _forward(ordered: Sequence[Table]) -> list[tuple[Table, ForeignKey]]:
    """The keys that point at a table further on, each with its own table."""
    later = {(table.schema, table.name) for table in ordered}
    found: list[tuple[Table, ForeignKey]] = []
    for table in ordered:
        later.discard((table.schema, table.name))
        found += [(table, key) for key in table.foreign_keys if _goal(table, key) in later]
    return found


def _goals(table: Table) -> Iterator[Place]:
    own = table.schema, table.name
    return (goal for key in table.foreign_keys if (goal := _goal(table, key)) != own)


def _goal(table: Table, key: ForeignKey) -> Place:
    return key.target_schema or table.schema, key.target
