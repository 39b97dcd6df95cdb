"""Writing through a relation: what becomes of rows and records when others are added to one, or taken from it."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from activerecord.errors import UsageError
from activerecord.mapper import Mapper
from activerecord.query.query import Query
from activerecord.relation.association import Association, related
from activerecord.relation.effects import carry_out
from activerecord.relation.linking import key_of, linked_to, unlink
from activerecord.relation.moving import release, rows_of
from activerecord.relation.parents import Written
from activerecord.relation.pending import back_of, checked, keep, left_out, let_go, waiting
from activerecord.relation.scoped import leaves_out, values_of
from activerecord.relation.ties import is_linked, link_of, loose_columns
from activerecord.relation.trees import Tree, holds
from activerecord.sql.reference import refer
from activerecord.transaction import Transaction

__all__ = ["add", "build", "create", "remove", "replace"]


def build(association: Association[Any], owner: Any, values: "dict[str, Any]") -> Any:
    """A new record of the relation, which waits to be written with its owner."""
    made = _made(association, owner, values)
    keep(association, owner, [made])
    return made


async def create(association: Association[Any], owner: Any, values: "dict[str, Any]") -> Any:
    """A new record of the relation, written. Raises UsageError for an owner that is new itself."""
    await association.know()
    if owner.is_new:
        raise UsageError(
            f"{association.spelt}: save the {association.owner.name} first, or build(...) what is saved along with it"
        )
    made = _made(association, owner, values)
    await _write(association, owner, [made])
    return made


async def add(association: Association[Any], owner: Any, others: Sequence[Any]) -> None:
    """Have the owner lead to these too; with a new owner they wait."""
    found = checked(association, others)
    await association.know()
    if owner.is_new:
        is_linked(association)
        keep(association, owner, found)
    elif found:
        await _write(association, owner, found)


async def remove(association: Association[Any], owner: Any, others: Sequence[Any]) -> None:
    """Have the owner lead to these no more. Those that only wait are let go."""
    found = checked(association, others)
    await association.know()
    written = [other for other in found if not other.is_new]
    if not owner.is_new and written:
        async with owner.__mapper__.database().transaction() as scope:
            await _carry_out(await _released(scope, association, owner, await _rows(association, written)))
            scope.on_undo(left_out(owner, association.name, association.own_key(owner), written))
    let_go(association, owner, found)


async def replace(association: Association[Any], owner: Any, others: Any) -> None:
    """Have the owner lead to these and to no others."""
    found = checked(association, others)
    await association.know()
    waits = waiting(association, owner)
    if owner.is_new:
        is_linked(association)
        let_go(association, owner, waits)
        keep(association, owner, found)
        return
    with Tree(association.owner) as tree:
        tree.insist(association, owner, found)
        await tree.reach(found)
        async with owner.__mapper__.database().transaction() as scope:
            effects = await _released(scope, association, owner, await _rows_but(association, owner, found))
            await _carry_out([*effects, *await tree.write(scope)])
            holds(scope, owner, association.name, association.own_key(owner), found)
    let_go(association, owner, [other for other in waits if not any(other is each for each in found)])


async def _write(association: Association[Any], owner: Any, others: list[Any]) -> None:
    with Tree(association.owner) as tree:
        tree.insist(association, owner, others)
        await tree.reach(others)
        async with owner.__mapper__.database().transaction() as scope:
            await _carry_out(await tree.write(scope))


async def _carry_out(written: Sequence[Written]) -> None:
    if written:
        await carry_out(written)


def _made(association: Association[Any], owner: Any, values: "dict[str, Any]") -> Any:
    if not isinstance(owner, association.owner.model):
        raise UsageError(f"{association.spelt} is of a {association.owner.name}, got {type(owner).__name__}")
    given = values_of(association.narrow)
    made: Any = association.target.model(**{**given, **values})
    return made


# taking away

# Rows by their keys, each with the records of it that are at hand.
Rows: TypeAlias = "Mapping[tuple[Any, ...], Sequence[Any]]"


async def _released(scope: Transaction, association: Association[Any], owner: Any, rows: Rows) -> list[Written]:
    """Take others from the owner, in the database and in the records that are at hand."""
    if not rows:
        return []
    if is_linked(association):
        link = link_of(association)
        gone = await unlink(link, key_of(owner, link.owner), list(rows))
        return [each._replace(parents=(owner,)) for each in gone]
    (hop,) = association.hops()
    held = {**dict(zip(hop.there, key_of(owner, hop.here), strict=True)), **dict(hop.besides)}
    released = await release(hop.target, rows, _loose(association, hop.there), held)
    written = [each._replace(parents=(owner,)) for each in released]
    back = back_of(association)
    for other in [record for records in rows.values() for record in records] if back is not None else ():
        assert back is not None
        if back.own_key(other) is None:
            holds(scope, other, back.name, None, None)
    return written


async def _rows(association: Association[Any], others: Sequence[Any]) -> Rows:
    """The rows that are to be taken away: of a link table's relation by what it links, else by their own keys."""
    if is_linked(association):
        return {key_of(other, link_of(association).target): [other] for other in others}
    return rows_of(await association.target.table(), others)


async def _rows_but(association: Association[Any], owner: Any, kept: Sequence[Any]) -> Rows:
    """What the owner leads to by now, but for these; nobody else takes it away before the transaction ends."""
    stays = await _rows(association, [other for other in kept if not other.is_new])
    held = related(owner).get(association.name)
    at_hand = await _rows(association, held[1] if held is not None else ())
    return {key: at_hand.get(key, ()) for key in await _present(association, owner) if key not in stays}


async def _present(association: Association[Any], owner: Any) -> "list[tuple[Any, ...]]":
    query, mapper = association.query_of(owner), association.target
    if not is_linked(association):
        table = await mapper.table()
        locks = (await mapper.database().settle()).locks_rows
        return await _keys(query.for_update() if locks else query, mapper, table.primary_key)
    link = link_of(association)
    linked = await linked_to(link, key_of(owner, link.owner))
    if not leaves_out(association.hops()[-1].narrow) and not mapper.default_scopes:
        return linked
    visible = {*await _keys(query, mapper, link.target)}
    return [key for key in linked if key in visible]


async def _keys(query: Query[Any], mapper: "Mapper[Any]", columns: Sequence[str]) -> "list[tuple[Any, ...]]":
    return await query.select(*[refer(mapper.source_name, name) for name in columns]).async_tuples()


def _loose(association: Association[Any], columns: Sequence[str]) -> tuple[str, ...]:
    target = association.target
    loose = loose_columns(target.known_table(), columns)
    if not loose:
        raise UsageError(
            f"{association.spelt} cannot let go of a {target.name}: its {', '.join(columns)} may not be NULL. Delete it, "
            f"`await record.async_delete()`, or add it to another {association.owner.name}"
        )
    return loose
