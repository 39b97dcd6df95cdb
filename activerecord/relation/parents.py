"""The rows that follow what is written: which they are, and which records of them are at hand."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple, TypeAlias, cast

from activerecord.errors import UnknownColumn, UsageError, nearest
from activerecord.mapper import Mapper
from activerecord.relation.association import Association, related
from activerecord.relation.keys import key_reader
from activerecord.relation.rows import lock_rows
from activerecord.relation.way import in_table, known
from activerecord.schema.naming import plural, snake_case

__all__ = [
    "AtHand",
    "Parent",
    "Rows",
    "Written",
    "at_hand",
    "column_of",
    "followed",
    "hold",
    "in_order",
    "parent_in",
    "parents_of",
]


class Written(NamedTuple):
    """One row that was written: its values by column before and after, as far as they are known and matter.

    `before` is None for a row that was inserted, `after` for one that was deleted. A column that a change left alone may stand
    in neither. `record` is the record that stands for the row; a row that links two records has none. `parents` are records
    at hand that it led to before. For the rows that are `gone` with it nothing is to be done.
    """

    mapper: Mapper[Any]
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    record: Any = None
    parents: tuple[Any, ...] = ()
    gone: "AbstractSet[Parent]" = frozenset()


class Rows(NamedTuple):
    """The rows of one table, as far as they are found by keys in the same columns."""

    target: Mapper[Any]
    columns: tuple[str, ...]


# a row, by the columns that it is found by and what these hold
Parent: TypeAlias = "tuple[Rows, tuple[Any, ...]]"

# the records at hand of each row
AtHand: TypeAlias = "dict[Parent, list[Any]]"


def followed(mapper: Mapper[Any]) -> tuple[Association[Any], ...]:
    """The relations of a model whose targets follow what is written."""
    relations = mapper.relations()
    if mapper.followed[0] is not relations:
        found = [cast("Association[Any]", each) for each in relations.values()]
        mapper.followed = relations, tuple([each for each in found if each.follow is not None])
    return mapper.followed[1]


def parent_in(
    association: Association[Any], values: Mapping[str, Any] | None
) -> "tuple[Association[Any], Parent] | None":
    """The row that one of these values leads to, and by which association; None where it leads nowhere."""
    way = None if values is None else association.by_values(values)
    if way is None or values is None:
        return None
    (hop,) = way.hops()
    key = tuple([values.get(name) for name in hop.here])
    return None if None in key else (way, (Rows(hop.target, hop.there), key))


def parents_of(association: Association[Any], row: Written) -> "list[tuple[Association[Any], Parent] | None]":
    """Where a row led to before it was written, and where it leads to now."""
    others: Mapping[str, Any] = {} if row.record is None else row.record.attributes
    found = [
        parent_in(association, None if values is None else {**others, **values}) for values in (row.before, row.after)
    ]
    return [None if parent is None or parent[1] in row.gone else parent for parent in found]


def at_hand(association: Association[Any], records: Iterable[Any], parents: Sequence[Any] = ()) -> AtHand:
    """The records that these have loaded by an association, and others, each under the row that it stands for."""
    held = [found for record in records if (found := related(record).get(association.name)) is not None]
    by_row: AtHand = {}
    for parent in _each_once([*[value for _, value in held], *parents]):
        way = association.alone(parent) if association.may_lead_to(parent.__mapper__) else None
        if way is None or parent.is_new:
            continue
        (hop,) = way.hops()
        key = key_reader(parent.__mapper__, hop.there)(parent)
        if key is not None:
            by_row.setdefault((Rows(hop.target, hop.there), key), []).append(parent)
    return by_row


def _each_once(records: Iterable[Any]) -> list[Any]:
    return list({id(record): record for record in records if record is not None}.values())


def column_of(association: Association[Any], option: str) -> str:
    """The column that the target keeps for `counter_cache` or `touch`. Raises UnknownColumn, UsageError."""
    assert association.follow is not None
    target, table = association.target, known(association.target)
    if target.connection != association.owner.connection:
        raise UsageError(
            f"{association.spelt} has {option}, and leads to another connection: no transaction is of both"
        )
    given = association.follow.touch if option == "touch" else association.follow.counter
    (name,) = in_table(target, (given if isinstance(given, str) else _counter(association),))
    if name not in table.columns:
        raise UnknownColumn(
            f"{association.spelt} has {option}, and {target.name} has no column {name!r} for it; "
            f'{nearest(name, table.columns)} ({option}="...")'
        )
    return name


def _counter(association: Association[Any]) -> str:
    back = association.inverse()
    name = back.name if back is not None and back.many else plural(snake_case(association.owner.name))
    return f"{name}_count"


async def hold(parents: "Iterable[Parent]", *, least: int) -> None:
    """Lock these rows, table by table and each in the order of its keys; of a table where they are so many at least.

    Two transactions that write the same rows then wait for each other at the first of them.
    """
    by_rows: dict[Rows, dict[tuple[Any, ...], None]] = {}
    for rows, key in parents:
        by_rows.setdefault(rows, {})[key] = None
    for rows in in_order(by_rows):
        if len(by_rows[rows]) >= least:
            await lock_rows(rows.target, rows.columns, list(by_rows[rows]))


def in_order(found: Iterable[Rows]) -> list[Rows]:
    """By the names of their tables, in which order all transactions are to come to them."""
    return sorted(found, key=lambda rows: (rows.target.schema_name or "", rows.target.table_name, rows.columns))
