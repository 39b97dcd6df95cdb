"""The many records of a relation, as one record sees them."""

from collections.abc import Generator, Iterable, Sequence
from typing import Any, Generic, Protocol, TypeVar, cast, overload

from activerecord.mapper import Mapper
from activerecord.query.query import Query
from activerecord.relation.keys import keys_condition

__all__ = ["Many", "Source"]

T = TypeVar("T")


class Source(Protocol):
    """What a Many needs of its association."""

    name: str

    @property
    def target(self) -> Mapper[Any]:
        """The model that it leads to."""
        ...

    def own_key(self, record: Any) -> "tuple[Any, ...] | None":
        """The record's side of the association."""
        ...

    def target_columns(self) -> tuple[str, ...]:
        """The columns of the target that it goes by."""
        ...

    def is_loaded(self, record: Any) -> bool:
        """Whether the record has it at hand."""
        ...

    def load_now(self, record: Any) -> None:
        """Load it in plain sync code, or raise RelationNotLoaded."""
        ...

    async def obtain(self, record: Any) -> Any:
        """What the record has of it, loaded for its siblings too where it was not loaded."""
        ...


class Many(Sequence[T], Generic[T]):
    """The records of a has_many: a sequence of what is loaded.

    `await user.orders` gives a list, and loads it for all users of the same result at once. `user.orders.query()` is a
    fresh query, always asked of the database. Length, truth, iteration and indexing of what is not loaded raise
    RelationNotLoaded; in plain sync code they load it.
    """

    __slots__ = ("_record", "_source")

    def __init__(self, record: Any, source: Source) -> None:
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
        target = self._source.target
        key = self._source.own_key(self._record)
        table = target.known_table()
        query: Query[T] = Query(target)
        if key is None or table is None:
            return (
                query.where("1 = 0")
                if key is None
                else query.where(dict(zip(self._source.target_columns(), key, strict=True)))
            )
        return query.where(keys_condition(table, self._source.target_columns(), [key]))

    def where(self, /, *conditions: Any, **equals: Any) -> Query[T]:
        """A fresh query of those that fit these conditions, given as to `Query.where`."""
        return self.query().where(*conditions, **equals)

    def order_by(self, *orders: Any) -> Query[T]:
        """A fresh query of these records in an order, given as to `Query.order_by`."""
        return self.query().order_by(*orders)

    def __await__(self) -> Generator[Any, Any, list[T]]:
        return self._load().__await__()

    async def _load(self) -> list[T]:
        return [] if self._record.is_new else await self._source.obtain(self._record)

    def _loaded(self) -> list[T]:
        if not self.loaded:
            self._source.load_now(self._record)
        related: dict[str, tuple[Any, list[T]]] = self._record._related or {}
        return related[self._source.name][1] if self._source.name in related else []

    def __len__(self) -> int:
        return len(self._loaded())

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: int | slice) -> T | list[T]:
        return self._loaded()[index]

    def __eq__(self, other: object) -> bool:
        return list(self) == (list(cast("Iterable[Any]", other)) if isinstance(other, Many) else other)

    __hash__ = None  # type: ignore[assignment]
