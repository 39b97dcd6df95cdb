"""The many records of a relation, as one record sees them."""

from collections.abc import Generator, Iterable, Sequence
from typing import Any, Generic, Protocol, TypeVar, cast, overload

from activerecord.query.query import Query

__all__ = ["Many", "Source"]

T = TypeVar("T")


class Source(Protocol):
    """What a Many needs of its association."""

    name: str

    def query_of(self, record: Any) -> Query[Any]:
        """A fresh query of what the record leads to."""
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
        return self._source.query_of(self._record)

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
