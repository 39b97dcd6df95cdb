"""The kinds of association: belongs_to, has_one and has_many."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, Never, Self, TypeVar, overload

from activerecord.errors import UnknownRelation, UsageError
from activerecord.relation.association import Association, related
from activerecord.relation.keys import Key, key_reader
from activerecord.relation.many import Many
from activerecord.schema.naming import snake_case
from activerecord.schema.table import ForeignKey

__all__ = ["BelongsTo", "HasMany", "HasOne", "belongs_to", "has_many", "has_one"]

T = TypeVar("T")


class _One(Association[T]):
    """An association with one record at most."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, record: None, owner: "type[Any]") -> Self: ...
        @overload
        def __get__(self, record: object, owner: "type[Any]") -> T: ...
        def __get__(self, record: object | None, owner: "type[Any]") -> Any: ...

    def read(self, record: Any) -> Any:
        """The record that it leads to, or None. Loaded at once in plain sync code, else RelationNotLoaded."""
        if not self._own_columns and self.owner.known_table() is None:
            # the loading finds out what the relation goes by
            self.load_now(record)
        if self.own_key(record) is None:
            return None
        if not self.is_loaded(record):
            self.load_now(record)
        return related(record)[self.name][1]

    def attach(self, keyed: Sequence[tuple[Any, Key]], found: Sequence[Any]) -> None:
        """Give each record its own of what was found, or None."""
        read = key_reader(self.target, self.target_columns())
        # the first wins, as it would in a query of its own
        by_key: dict[Any, Any] = {}
        for other in found:
            by_key.setdefault(read(other), other)
        for record, key in keyed:
            related(record)[self.name] = key, None if key is None else by_key.get(key)


class BelongsTo(_One[T], Generic[T]):
    """The one record whose key this record holds: `user: BelongsTo["User"] = belongs_to()` goes by `user_id`."""

    def own_columns(self) -> tuple[str, ...]:
        """The foreign key."""
        if self._own_columns:
            return self._named(self.owner, self._own_columns)
        guess = self._named(self.owner, (f"{self.name}_id",))
        table = self._known(self.owner)
        if guess[0] not in table.columns:
            raise UnknownRelation(
                f"{self.owner.name}.{self.name} goes by the column {guess[0]!r}, which the table {table.name!r} does not "
                f"have: declare it, or name the right one: belongs_to(foreign_key=...)"
            )
        return guess

    def target_columns(self) -> tuple[str, ...]:
        """The key of the target."""
        return self._named(self.target, self._target_columns) or self._known(self.target).primary_key

    def foreign_key(self, table: str) -> ForeignKey:
        """The constraint that the relation implies on its table. Raises UsageError for a target in no schema by name."""
        here, there = self.owner.schema_name, self.target.schema_name
        if here is not None and there is None:
            raise UsageError(
                f"{self.owner.name}.{self.name} leads from the schema {here!r} to {self.target.name}, which names none: "
                f"give {self.target.name} its __schema_name__"
            )
        schema = None if there == here else there
        return ForeignKey(
            table, self.own_columns(), self.target.table_name, self.target_columns(), target_schema=schema
        )

    if TYPE_CHECKING:

        def __set__(self, record: object, value: T) -> None: ...

    def assign(self, record: Any, value: Any) -> None:
        """Let a record lead to another, or to none: its foreign key becomes the other's key."""
        if value is None:
            self._assign(record, None, dict.fromkeys(self._loose_columns()))
            return
        if not isinstance(value, self.target.model):
            raise UsageError(f"{self.owner.name}.{self.name} takes a {self.target.name}, got {type(value).__name__}")
        key = key_reader(self.target, self.target_columns())(value)
        if key is None:
            raise UsageError(f"{self.owner.name}.{self.name}: save the {self.target.name} first, so that it has a key")
        self._assign(record, value, dict(zip(self.own_columns(), key, strict=True)))

    def _loose_columns(self) -> tuple[str, ...]:
        """The columns that become NULL where a record leads to none: a part that belongs to its own key stays."""
        table, own = self._known(self.owner), self.own_columns()
        loose = [name for name in own if name not in table.primary_key and table.column(name).nullable]
        return tuple(loose) or own

    def _assign(self, record: Any, value: Any, key: Mapping[str, Any]) -> None:
        for column, part in key.items():
            record[column] = part
        related(record)[self.name] = self.own_key(record), value


class _Has(Association[T]):
    """An association whose target holds the owner's key."""

    if TYPE_CHECKING:
        # Nothing can be assigned, so nothing has the right type.
        def __set__(self, record: object, value: Never) -> None: ...

    def own_columns(self) -> tuple[str, ...]:
        """The key of the owner."""
        return self._named(self.owner, self._own_columns) or self._known(self.owner).primary_key

    def target_columns(self) -> tuple[str, ...]:
        """The foreign key in the target: as given, as the one association back says, or `<owner>_id`."""
        return self._named(self.target, self._target_columns) or self._inverse_columns() or self._guess()

    def _inverse_columns(self) -> tuple[str, ...]:
        back: list[BelongsTo[Any]] = [
            found
            for found in self.target.relations().values()
            if isinstance(found, BelongsTo) and found.may_lead_to(self.owner)
        ]
        return back[0].own_columns() if len(back) == 1 else ()

    def _guess(self) -> tuple[str, ...]:
        guess = self._named(self.target, (f"{snake_case(self.owner.name)}_id",))
        table = self._known(self.target)
        if guess[0] not in table.columns:
            raise UnknownRelation(
                f"{self.owner.name}.{self.name} goes by the column {guess[0]!r} of {table.name!r}, which does not exist: "
                f"name the right one, foreign_key=..."
            )
        return guess


class HasOne(_Has["T | None"], _One["T | None"], Generic[T]):
    """The one record that holds this record's key, or None: `profile: HasOne["Profile"] = has_one()`."""


class HasMany(_Has["list[T]"], Generic[T]):
    """The records that hold this record's key: `orders: HasMany["Order"] = has_many()`."""

    many = True

    if TYPE_CHECKING:

        @overload
        def __get__(self, record: None, owner: "type[Any]") -> Self: ...
        @overload
        def __get__(self, record: object, owner: "type[Any]") -> Many[T]: ...
        def __get__(self, record: object | None, owner: "type[Any]") -> Any: ...

    def read(self, record: Any) -> Many[T]:
        """The records that it leads to, as far as they are loaded."""
        return Many(record, self)

    def attach(self, keyed: Sequence[tuple[Any, Key]], found: Sequence[Any]) -> None:
        """Give each record the list of its own."""
        read = key_reader(self.target, self.target_columns())
        by_key: dict[Any, list[Any]] = {}
        for other in found:
            by_key.setdefault(read(other), []).append(other)
        for record, key in keyed:
            related(record)[self.name] = key, [] if key is None else by_key.get(key, [])


def belongs_to(*, foreign_key: "str | tuple[str, ...]" = (), references: "str | tuple[str, ...]" = ()) -> Any:
    """A relation to the one record whose key this record holds.

    `foreign_key` names the column of this model (usually `<name>_id`), `references` that of the other (usually its key);
    tuples where the key is composite.
    """
    return BelongsTo[Any](own_columns=_names(foreign_key), target_columns=_names(references))


def has_one(*, foreign_key: "str | tuple[str, ...]" = (), references: "str | tuple[str, ...]" = ()) -> Any:
    """A relation to the one record that holds this record's key.

    `foreign_key` names the column of the other model (usually `<this model>_id`), `references` that of this one.
    """
    return HasOne[Any](own_columns=_names(references), target_columns=_names(foreign_key))


def has_many(*, foreign_key: "str | tuple[str, ...]" = (), references: "str | tuple[str, ...]" = ()) -> Any:
    """A relation to the records that hold this record's key.

    `foreign_key` names the column of the other model (usually `<this model>_id`), `references` that of this one.
    """
    return HasMany[Any](own_columns=_names(references), target_columns=_names(foreign_key))


def _names(given: "str | tuple[str, ...]") -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)
