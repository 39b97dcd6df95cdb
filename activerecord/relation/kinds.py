"""The kinds of association: belongs_to, has_one and has_many."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, Never, TypeVar, overload

from activerecord.errors import UsageError
from activerecord.query.path import Relation
from activerecord.relation.association import Association, related
from activerecord.relation.keys import key_reader
from activerecord.relation.many import Many
from activerecord.relation.pending import checked, keep, let_go, put, waiting
from activerecord.schema.table import ForeignKey

__all__ = ["BelongsTo", "HasMany", "HasOne"]

T = TypeVar("T")


class _One(Association[T]):
    """An association with one record at most."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, record: None, owner: "type[Any]") -> Relation[T]: ...
        @overload
        def __get__(self, record: object, owner: "type[Any]") -> T: ...
        def __get__(self, record: object | None, owner: "type[Any]") -> Any: ...

    def read(self, record: Any) -> Any:
        """The record that it leads to, or None. Loaded at once in plain sync code, else RelationNotLoaded."""
        if self._held is None and (self.owner.known_table() is None or self.target.known_table() is None):
            # the loading finds out what the relation goes by
            self.load_now(record)
        others = waiting(self, record)
        if others:
            return others[0]
        if self.own_key(record) is None:
            return None
        if not self.is_loaded(record):
            self.load_now(record)
        return related(record)[self.name][1]

    def value(self, found: Sequence[Any]) -> Any:
        """The first, as it would be in a query of its own, or None."""
        return found[0] if found else None


class BelongsTo(_One[T], Generic[T]):
    """The one record whose key this record holds: `user: BelongsTo["User"] = belongs_to()` goes by `user_id`."""

    def own_columns(self) -> tuple[str, ...]:
        """The foreign key."""
        return self.hops()[0].here

    def target_columns(self) -> tuple[str, ...]:
        """The key of the target."""
        return self.hops()[0].there

    def foreign_key(self, table: str) -> ForeignKey:
        """The constraint that the relation implies on its table. Raises UsageError for a target in no schema by name."""
        here, there = self.owner.schema_name, self.target.schema_name
        if here is not None and there is None:
            raise UsageError(
                f"{self.spelt} leads from the schema {here!r} to {self.target.name}, which names none: "
                f"give {self.target.name} its __schema_name__"
            )
        schema = None if there == here else there
        return ForeignKey(
            table, self.own_columns(), self.target.table_name, self.target_columns(), target_schema=schema
        )

    if TYPE_CHECKING:

        def __set__(self, record: object, value: T) -> None: ...

    def assign(self, record: Any, value: Any) -> None:
        """Let a record lead to another, or to none: its foreign key becomes the other's key.

        A new one is saved along, before the record, and its key filled in then.
        """
        if value is None:
            put(record, self.name, None)
            self._assign(record, None, dict.fromkeys(self._loose_columns()))
            return
        if not isinstance(value, self.target.model):
            raise UsageError(f"{self.spelt} takes a {self.target.name}, got {type(value).__name__}")
        key = key_reader(self.target, self.target_columns())(value)
        if key is None and not value.is_new:
            raise UsageError(f"{self.spelt}: this {self.target.name} has no key to lead to")
        parts = dict.fromkeys(self._loose_columns()) if key is None else dict(zip(self.own_columns(), key, strict=True))
        self._assign(record, value, parts)
        put(record, self.name, [value] if value.is_new else None)

    def _loose_columns(self) -> tuple[str, ...]:
        """The columns that become NULL where a record leads to none: a part that belongs to its own key stays."""
        table, own = self.owner.known_table(), self.own_columns()
        assert table is not None
        loose = [name for name in own if name not in table.primary_key and table.column(name).nullable]
        return tuple(loose) or own

    def _assign(self, record: Any, value: Any, key: Mapping[str, Any]) -> None:
        for column, part in key.items():
            record[column] = part
        related(record)[self.name] = self.own_key(record), value


class HasOne(_One["T | None"], Generic[T]):
    """The one record that holds this record's key, or None: `profile: HasOne["Profile"] = has_one()`."""

    if TYPE_CHECKING:
        # To a saved record nothing can be assigned, and which one is new no checker knows.
        def __set__(self, record: object, value: Never) -> None: ...

    def assign(self, record: Any, value: Any) -> None:
        """Give a new record its other, which is written with it. Raises UsageError for a saved one."""
        _give(
            self, record, [] if value is None else checked(self, [value]), "set it from the other side, and save that"
        )


class HasMany(Association["list[T]"], Generic[T]):
    """The records that hold this record's key: `orders: HasMany["Order"] = has_many()`."""

    many = True

    if TYPE_CHECKING:

        @overload
        def __get__(self, record: None, owner: "type[Any]") -> "Relation[list[T]]": ...
        @overload
        def __get__(self, record: object, owner: "type[Any]") -> Many[T]: ...
        def __get__(self, record: object | None, owner: "type[Any]") -> Any: ...

        def __set__(self, record: object, value: Never) -> None: ...

    def assign(self, record: Any, value: Any) -> None:
        """Give a new record its others, which are written with it. Raises UsageError for a saved one."""
        cure = f"`await record.{self.name}.async_replace([...])` writes which they are"
        _give(self, record, checked(self, value), cure)

    def read(self, record: Any) -> Many[T]:
        """The records that it leads to, as far as they are loaded."""
        return Many(record, self)

    def value(self, found: Sequence[Any]) -> "list[T]":
        """A list of them."""
        return list(found)


def _give(association: Association[Any], record: Any, others: list[Any], cure: str) -> None:
    if not record.is_new:
        raise UsageError(f"{association.spelt} of a saved record cannot be assigned: {cure}")
    let_go(association, record, waiting(association, record))
    keep(association, record, others)
