"""Clearing the way of a delete: what becomes of the records that lead to the one that goes, and of theirs."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from activerecord.driver import Result
from activerecord.errors import UsageError
from activerecord.mapper import Mapper
from activerecord.relation.association import Association, related
from activerecord.relation.cascade import Cascade, Fall, Row, leading_here, of_model
from activerecord.relation.dependent import dependents
from activerecord.relation.effects import before_write, carry_out
from activerecord.relation.keys import keys_condition
from activerecord.relation.parents import Parent, Rows, Written
from activerecord.relation.rows import in_parts
from activerecord.relation.ties import loose_columns
from activerecord.relation.trees import holds
from activerecord.sql.expression import Condition
from activerecord.sql.reference import refer
from activerecord.sql.statement import Delete, Update
from activerecord.transaction import Transaction

__all__ = ["delete_with_others"]


async def delete_with_others(record: Any, delete: Callable[[], Awaitable[Result]]) -> Result:
    """Delete a record's row by `delete`, and do before it what its relations ask for, all in one transaction.

    First all is found that goes with it, and locked; then the keys that are to be NULL become so, and the rows are deleted, those
    first that no others lead to. Raises DeleteRestricted before anything is written.
    """
    mapper: Mapper[Any] = record.__mapper__
    async with mapper.database().transaction() as scope:
        before = await before_write(record, record._known_before(), deletes=True)
        table = await mapper.table()
        cascade = await Cascade.of(mapper, tuple([record.was(name) for name in table.primary_key]))
        clearing = _Clearing(cascade)
        written = await clearing.clear()
        result = await delete()
        clearing.show(scope, record)
        if result.affected:
            written.append(Written(mapper, before, None, record, gone=clearing.gone))
        await carry_out(written)
    return result


@dataclass(frozen=True, slots=True)
class _Clearing:
    """What is done about the rows of a cascade; the first of them is deleted by the caller."""

    cascade: Cascade
    # the rows that are no more, as others lead to them by their keys
    gone: "set[Parent]" = field(default_factory=set["Parent"])

    async def clear(self) -> list[Written]:
        """Do it all, and tell which rows were deleted."""
        for mapper, rows in self.cascade.by_model(self.cascade.rows).items():
            columns = (await mapper.table()).primary_key
            self.gone.update([(Rows(mapper, columns), key) for _, key in rows])
        levels, circular = self.cascade.in_order()
        await self._cut(circular)
        for association, keys in self._all("nullify", list(self.cascade.rows)):
            await self._nullify(association, keys)
        written: list[Written] = []
        for level in levels:
            for association, keys in self._all("delete", level):
                await self._delete(association, keys)
            for mapper, rows in of_model([row for row in level if row != self._first]).items():
                await _delete_rows(mapper, [key for _, key in rows])
                written += [Written(mapper, self.cascade.rows[row], None, gone=self.gone) for row in rows]
        return written

    @property
    def _first(self) -> Row:
        return next(iter(self.cascade.rows))

    def _all(self, word: str, rows: Sequence[Row]) -> "list[tuple[Association[Any], list[tuple[Any, ...]]]]":
        """The relations of these rows' models that say this word, each with the keys that it starts from."""
        found: list[tuple[Association[Any], list[tuple[Any, ...]]]] = []
        for mapper, owners in self.cascade.by_model(rows).items():
            for association in dependents(mapper):
                if association.dependent == word:
                    keys = self.cascade.by_key(association.hops()[0], owners)
                    found.append((association, list(keys)))
        return found

    async def _nullify(self, association: Association[Any], keys: "list[tuple[Any, ...]]") -> None:
        (hop,) = association.hops()
        values = _nulls(association)
        for part in await in_parts(hop.target, len(hop.there), keys):
            await leading_here(association, part).async_update_all(values)

    async def _delete(self, association: Association[Any], keys: "list[tuple[Any, ...]]") -> None:
        hop = association.hops()[0]
        for part in await in_parts(hop.target, len(hop.there), keys):
            await leading_here(association, part).async_delete_all()

    async def _cut(self, circular: Sequence[Fall]) -> None:
        """Make the keys NULL by which rows lead round in a circle, so that one of them can go first, as far as they may be."""
        by_association: dict[Association[Any], dict[tuple[Any, ...], None]] = {}
        for fall in circular:
            by_association.setdefault(fall.association, {})[fall.other[1]] = None
        for association, keys in by_association.items():
            (hop,) = association.hops()
            loose = loose_columns(hop.target.known_table(), hop.there)
            if loose:
                await _update_rows(hop.target, dict.fromkeys(loose), list(keys))

    # the records at hand

    def show(self, scope: Transaction, record: Any) -> None:
        """Have the records at hand show what has become of them, until it is undone."""
        left, seen = [record], {id(record)}
        while left:
            owner = left.pop()
            for association in dependents(owner.__mapper__):
                held = related(owner).get(association.name)
                if held is None or association.dependent == "restrict":
                    continue
                key, value = held
                holds(scope, owner, association.name, key, association.value(()))
                others = value if association.many else [value]
                for other in others:
                    if other is not None and id(other) not in seen and self._changes(association, key, other):
                        seen.add(id(other))
                        left.append(other)

    def _changes(self, association: Association[Any], key: Any, other: Any) -> bool:
        """Whether the row of a record at hand has gone; what else has become of it the record is told."""
        (hop, *further) = association.hops()
        if further or other.is_new or other._writing or not _has_key(other, hop.there, key):
            # of links the other side stays, and one that is written by another task learns by that
            return False
        if association.dependent == "nullify":
            # what the program has assigned meanwhile is still to be saved
            other._hold_values(_nulls(association), but=other.changes)
            return False
        table = hop.target.known_table()
        assert table is not None
        if association.dependent == "destroy":
            row = self.cascade.row_of(hop.target, tuple([other.was(name) for name in table.primary_key]))
            if row not in self.cascade.rows:
                return False
        other._drop(table)
        return association.dependent == "destroy"


def _has_key(record: Any, columns: Sequence[str], key: Any) -> bool:
    held: dict[str, Any] = record._known_before() or {}
    return bool(tuple([held.get(name) for name in columns]) == key)


def _nulls(association: Association[Any]) -> dict[str, Any]:
    """What the columns become that lead to a row no more. Raises UsageError where they may not be NULL."""
    (hop,) = association.hops()
    table = hop.target.known_table()
    loose = loose_columns(table, hop.there)
    if not loose:
        raise UsageError(
            f"{association.spelt} has dependent='nullify', and {', '.join(hop.there)} of {hop.target.name} may not be NULL"
        )
    return dict.fromkeys([*loose, *loose_columns(table, [name for name, _ in hop.besides])])


async def _delete_rows(mapper: "Mapper[Any]", keys: "list[tuple[Any, ...]]") -> None:
    table = await mapper.table()
    for part in await in_parts(mapper, len(table.primary_key), keys):
        await mapper.database().execute(Delete(mapper.source, await _own(mapper, part)), (table,))


async def _update_rows(mapper: "Mapper[Any]", values: dict[str, Any], keys: "list[tuple[Any, ...]]") -> None:
    table = await mapper.table()
    for part in await in_parts(mapper, len(table.primary_key), keys):
        statement = Update.of_values(mapper.source, values, await _own(mapper, part))
        await mapper.database().execute(statement, (table,))


async def _own(mapper: "Mapper[Any]", keys: "list[tuple[Any, ...]]") -> Condition:
    table = await mapper.table()
    return keys_condition([refer(mapper.source_name, name) for name in table.primary_key], keys)
