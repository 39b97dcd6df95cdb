"""The many records of a relation, as one record sees them."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar, cast, overload

from activerecord import runtime
from activerecord.bounds import bounded
from activerecord.query.query import Query
from activerecord.relation import through
from activerecord.relation.association import Association
from activerecord.relation.pending import waiting

__all__ = ["Many"]

T = TypeVar("T")


class Many(Sequence[T], Generic[T]):
    """The records of a has_many: a sequence of what is loaded, and of what waits to be written.

    `await user.orders` gives a list, and loads it for all users of the same result at once. `user.orders.query()` is a
    fresh query, always asked of the database. Length, truth, iteration and indexing of what is not loaded raise
    RelationNotLoaded; in plain sync code they load it.

    The verbs that write come as pairs: `x` for plain sync code, `async_x` to await. Each is one transaction, in bulk; the
    records at hand are right after it, and as they were where it fails, or where a transaction around it is rolled back.
    The lists that other owners have loaded are left as they are.
    """

    __slots__ = ("_record", "_source")

    def __init__(self, record: Any, source: Association[Any]) -> None:
        self._record = record
        self._source = source

    def __repr__(self) -> str:
        return repr(self._loaded()) if self.loaded else f"<{self._source.name}: not loaded>"

    @property
    def loaded(self) -> bool:
        """Whether the records are at hand."""
        return self._record.is_new or self._source.is_loaded(self._record)

    def query(self) -> Query[T]:
        """A fresh query of these records."""
        return self._source.query_of(self._record)

    def where(self, /, *conditions: Any, **equals: Any) -> Query[T]:
        """A fresh query of those that fit these conditions, given as to `Query.where`."""
        return self.query().where(*conditions, **equals)

    def order_by(self, *orders: Any) -> Query[T]:
        """A fresh query of these records in an order, given as to `Query.order_by`; the relation's own comes after it."""
        query = self.query()
        return query.reorder(*orders).order_by(*query.clauses.orders)

    # writing

    def build(self, /, **values: Any) -> T:
        """A new record of the relation with these values, which the owner's `save()` writes along with it.

        It has the owner's key, where the owner has one, the values of the relation's `where={...}`, and leads back to the
        owner. The database is not asked.
        """
        made: T = through.build(self._source, self._record, values)
        return made

    async def async_create(self, /, **values: Any) -> T:
        """A new record of the relation with these values, saved. Raises UsageError for an owner that is new itself."""
        made: T = await through.create(self._source, self._record, values)
        return made

    def create(self, /, **values: Any) -> T:
        """A new record of the relation with these values, saved. Raises UsageError for an owner that is new itself."""
        return runtime.run_blocking(lambda: self.async_create(**values), "create")

    async def async_add(self, *records: T, timeout: float | None = None) -> None:
        """Have the owner lead to these too: `UPDATE ... SET user_id = ... WHERE id IN (...)`.

        New ones are inserted, many-to-many are linked, `INSERT INTO post_tags ...`; a pair that is linked already stays so
        once. With an owner that is new itself they wait for its `save()`. Raises UsageError for what is no such record, and
        StaleRecord where a row has gone.
        """
        with bounded(timeout, "add"):
            await through.add(self._source, self._record, records)

    add = runtime.blocking(async_add)

    async def async_remove(self, *records: T, timeout: float | None = None) -> None:
        """Have the owner lead to these no more: their key becomes NULL, many-to-many are unlinked, `DELETE FROM post_tags ...`.

        The records themselves stay. One that belongs to another owner by now is left to it. Raises UsageError where the key
        may not be NULL.
        """
        with bounded(timeout, "remove"):
            await through.remove(self._source, self._record, records)

    remove = runtime.blocking(async_remove)

    async def async_replace(self, records: Iterable[T], *, timeout: float | None = None) -> None:
        """Have the owner lead to these and to no others: those are removed, and what is missing is added."""
        with bounded(timeout, "replace"):
            await through.replace(self._source, self._record, records)

    replace = runtime.blocking(async_replace)

    def __await__(self) -> Generator[Any, Any, list[T]]:
        return self._load().__await__()

    async def _load(self) -> list[T]:
        found: list[T] = [] if self._record.is_new else await self._source.obtain(self._record)
        return [*found, *waiting(self._source, self._record)]

    def _loaded(self) -> list[T]:
        if not self.loaded:
            self._source.load_now(self._record)
        related: dict[str, tuple[Any, list[T]]] = self._record._related or {}
        held = related[self._source.name][1] if self._source.name in related else []
        waits = waiting(self._source, self._record)
        return [*held, *waits] if waits else held

    def __len__(self) -> int:
        return len(self._loaded())

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: int | slice) -> T | list[T]:
        return self._loaded()[index]

    def __iter__(self) -> Iterator[T]:
        # Sequence would ask by index, and so whether they are at hand again for each of them
        return iter(self._loaded())

    def __eq__(self, other: object) -> bool:
        return list(self) == (list(cast("Iterable[Any]", other)) if isinstance(other, Many) else other)

    __hash__ = None  # type: ignore[assignment]
