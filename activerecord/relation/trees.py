"""Trees of new records, written as a whole: what one save finds, in which order it goes in, and how it is undone."""

from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from typing import Any, Self

from activerecord import runtime
from activerecord.errors import UsageError
from activerecord.mapper import Mapper
from activerecord.relation.association import Association, related
from activerecord.relation.effects import before_write, carry_out, has_effects, hold_parents
from activerecord.relation.levels import Levels
from activerecord.relation.linking import Pair, key_of, link_pairs
from activerecord.relation.moving import move
from activerecord.relation.parents import Written
from activerecord.relation.pending import appended, back_of, put, waiting
from activerecord.relation.ties import Link, Need, is_linked, link_of, needs_of
from activerecord.transaction import Transaction

__all__ = ["Tree", "holds", "save_tree"]

# Records that are looked at before others may run.
_LOOK = 512


async def save_tree(root: Any) -> None:
    """Write a record, which its caller has claimed, and all new ones that it was given: all of them or none."""
    tree = Tree(root.__mapper__)
    with tree:
        tree.own(root)
        await tree.reach([root])
        async with root.__mapper__.database().transaction() as scope:
            written = await tree.write(scope)
            if written:
                await carry_out(written)


class Tree:
    """The records that one verb writes: new ones, and those that get a key or a link. Entered, it lets no other task write them."""

    def __init__(self, mapper: "Mapper[Any]") -> None:
        self._database = mapper.database()
        self._found: dict[int, Any] = {}
        self._root: Any = None
        self._needs: dict[tuple[int, tuple[str, ...]], Need] = {}
        self._links: list[tuple[Association[Any], Any, list[Any]]] = []
        self._given: list[tuple[Association[Any], Any, list[Any]]] = []
        self._firm: set[tuple[int, tuple[str, ...]]] = set()
        self._known: set[int] = set()
        self._claims = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._claims.close()

    def own(self, root: Any) -> None:
        """Have the changes of this record, which is claimed already, be written too."""
        self._root = root

    async def reach(self, records: Iterable[Any]) -> None:
        """Find all records that wait to be written with these."""
        await self._walk(deque(records))

    async def _walk(self, ahead: "deque[Any]") -> None:
        while ahead:
            record = ahead.popleft()
            if id(record) in self._found:
                continue
            await self._meet(record)
            for name in list(record._pending or ()):
                association = record.__mapper__.relation(name)
                await self._know(association)
                others = waiting(association, record)
                ahead += self.tie(association, record, others)
            if len(self._found) % _LOOK == 0:
                await runtime.checkpoint()

    async def _meet(self, record: Any) -> None:
        mapper: Mapper[Any] = record.__mapper__
        table = mapper.known_table() or await mapper.table()
        if mapper.database() is not self._database:
            raise UsageError(
                f"{mapper.name} is on connection {mapper.connection!r}, another than what it is to be saved with: save each by itself"
            )
        if record is not self._root:
            record._claim()
            self._claims.callback(record._leave)
            record._settle(table)
        self._found[id(record)] = record

    async def _know(self, association: Association[Any]) -> None:
        if id(association) not in self._known:
            await association.know()
            self._known.add(id(association))

    def insist(self, association: Association[Any], owner: Any, others: list[Any]) -> None:
        """Have a record lead to these, whatever waits with them."""
        self.tie(association, owner, others)
        self._firm.update(self._needs)

    def tie(self, association: Association[Any], owner: Any, others: list[Any]) -> list[Any]:
        """Have a record lead to these, which are given back, but for what was insisted to be otherwise.

        Raises UsageError where one is to lead to two by the same columns.
        """
        if not others:
            return others
        way = association.alone(others[0])
        if is_linked(way):
            self._links.append((way, owner, others))
        elif not self._need(way, owner, others):
            return []
        self._given.append((association, owner, others))
        return others

    def _need(self, association: Association[Any], owner: Any, others: list[Any]) -> bool:
        for need in needs_of(association, owner, others):
            key = id(need.holder), need.columns
            other = self._needs.setdefault(key, need)
            if other.parent is not need.parent and key in self._firm and association.holds_key:
                return False
            if other.parent is not need.parent:
                raise UsageError(
                    f"one {type(need.holder).__name__} was given to two {type(need.parent).__name__}, by {association.spelt} and "
                    f"{other.association.spelt}, and its columns ({', '.join(need.columns)}) hold one key"
                )
        return True

    # writing

    async def write(self, scope: Transaction) -> list[Written]:
        """Write all of it, and attach what was written; what others are to be told of."""
        root_first = self._root is not None and not self._root.is_new and not self._needs_of_root()
        written = await self._write_root() if root_first else []
        fresh = [record for record in self._found.values() if record.is_new]
        ids = {id(record) for record in fresh}
        await hold_parents([*self._ahead(ids), *[Written(r.__mapper__, None, r.attributes, r) for r in fresh]])
        await Levels(fresh, list(self._needs.values())).insert()
        written += [Written(r.__mapper__, None, r.attributes, r) for r in fresh if has_effects(r.__mapper__)]
        if self._root is not None and not root_first and id(self._root) not in ids:
            written += await self._write_root()
        written += await self._move(ids)
        written += await self._link()
        await self._attach(scope, ids)
        return written

    def _needs_of_root(self) -> list[Need]:
        return [need for need in self._needs.values() if need.holder is self._root]

    async def _write_root(self) -> list[Written]:
        """Write what has changed of a root that has a row."""
        root, mapper = self._root, self._root.__mapper__
        values = {column: value for need in self._needs_of_root() for column, value in need.values().items()}
        if values:
            root._assign_until_undone(values)
        if not root.changes:
            return []
        before = await before_write(root, root._known_before(), deletes=False)
        await hold_parents([Written(mapper, before, root.attributes, root)])
        await root._update(await mapper.table())
        return [Written(mapper, before, root.attributes, root)] if has_effects(mapper) else []

    async def _move(self, fresh: "set[int]") -> list[Written]:
        """Give the rows that were there before the keys that they are to have, by one UPDATE for each key."""
        groups: dict[tuple[int, type[Any], tuple[str, ...]], list[Need]] = {}
        for need in self._needs.values():
            if id(need.holder) not in fresh and need.holder is not self._root:
                groups.setdefault((id(need.parent), need.holder.__class__, need.columns), []).append(need)
        written: list[Written] = []
        for needs in groups.values():
            mapper = needs[0].holder.__mapper__
            written += await move(mapper, [need.holder for need in needs], needs[0].values())
        return written

    def _ahead(self, fresh: "set[int]") -> list[Written]:
        """What will be moved, as far as it is known beforehand."""
        found: list[Written] = []
        for need in self._needs.values():
            holder = need.holder
            if id(holder) not in fresh and has_effects(holder.__mapper__):
                values = {} if id(need.parent) in fresh else need.values()
                found.append(
                    Written(holder.__mapper__, holder._known_before(), {**holder.attributes, **values}, holder)
                )
        return found

    async def _link(self) -> list[Written]:
        """Put in the rows of link tables, by one INSERT for each relation."""
        pairs: dict[int, tuple[Link, list[Pair]]] = {}
        for association, owner, others in self._links:
            link = link_of(association)
            _, held = pairs.setdefault(id(association), (link, []))
            near = key_of(owner, link.owner)
            held += [(near, key_of(other, link.target)) for other in others]
        return [done for link, held in pairs.values() for done in await link_pairs(link, held)]

    async def _attach(self, scope: Transaction, fresh: "set[int]") -> None:
        """Have the records hold each other as loaded, and wait for nothing, until that is undone."""
        for number, (association, owner, others) in enumerate(self._given, 1):
            name, key = association.name, association.own_key(owner)
            _waits_no_more(scope, owner, name, others)
            if association.many and id(owner) not in fresh:
                scope.on_undo(appended(owner, name, key, others))
            else:
                holds(scope, owner, name, key, list(others) if association.many else others[0])
            back = back_of(association)
            for place, other in enumerate(others if back is not None else (), number):
                assert back is not None
                _waits_no_more(scope, other, back.name)
                holds(scope, other, back.name, back.own_key(other), owner)
                if place % _LOOK == 0:
                    await runtime.checkpoint()


def _waits_no_more(scope: Transaction, record: Any, name: str, others: Sequence[Any] | None = None) -> None:
    """Have these others, or all, wait no more with a record."""
    waits: dict[str, list[Any]] = record._pending or {}
    pending = list(waits.get(name, ()))
    gone = {id(other) for other in (pending if others is None else others)}
    if not gone.isdisjoint(map(id, pending)):
        put(record, name, [other for other in pending if id(other) not in gone])
        scope.on_undo(lambda: put(record, name, pending))


def holds(scope: Transaction, record: Any, name: str, key: Any, value: Any) -> None:
    """Have a record hold this as loaded, until that is undone."""
    held = related(record)
    before = held.get(name)
    held[name] = key, value

    def undo() -> None:
        if before is None:
            related(record).pop(name, None)
        else:
            related(record)[name] = before

    scope.on_undo(undo)
