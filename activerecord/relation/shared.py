"""Loads under way: what tasks of one loop want of the same records at the same moment is loaded by one of them."""

from collections.abc import Hashable, Sequence
from typing import Any, Protocol

from activerecord import runtime
from activerecord.hydration import Origin
from activerecord.transaction import inside_transaction

__all__ = ["Later", "load_shared"]


class Later(Protocol):
    """A relation that is loaded later than the records."""

    name: str

    def is_loaded(self, record: Any) -> bool:
        """Whether a record has it at hand."""
        ...

    def family(self, record: Any) -> list[Any]:
        """The record, and those that it is loaded for along with it."""
        ...

    async def load_later(self, record: Any, family: Sequence[Any]) -> None:
        """Load it for all of a record's family."""
        ...


class _UnderWay:
    """One load that a task has begun: for which records, and who waits for its end."""

    __slots__ = ("_records", "_waiting", "has_failed")

    def __init__(self, records: Sequence[Any]) -> None:
        # the load holds them until its end
        self._records = {id(record) for record in records}
        self._waiting: list[runtime.Wakeup] = []
        self.has_failed = False

    def is_for(self, record: Any) -> bool:
        return id(record) in self._records

    async def ended(self) -> None:
        wakeup = runtime.Wakeup()
        self._waiting.append(wakeup)
        await wakeup.wait()

    def end(self) -> None:
        for wakeup in self._waiting:
            wakeup.set()


async def load_shared(relation: Later, record: Any) -> None:
    """Load a relation for a record's family, or wait for the task that does so already. It may have to be called again.

    The load belongs to the task that began it. Where that is cancelled, the next caller begins anew; where it failed, each
    who waited loads by itself, as none gets another's error. What is read in a transaction is nobody else's.
    """
    origin: Origin | None = record._origin
    if origin is None or runtime.backend() is None or inside_transaction():
        await relation.load_later(record, relation.family(record))
        return
    place = relation.name, runtime.run_identity()
    other: _UnderWay | None = origin.under_way.get(place)
    if other is None or not other.is_for(record):
        await _load_for_others(relation, record, origin.under_way, place)
        return
    await other.ended()
    if other.has_failed and not relation.is_loaded(record):
        await relation.load_later(record, relation.family(record))


async def _load_for_others(relation: Later, record: Any, under_way: "dict[Hashable, Any]", place: Hashable) -> None:
    family = relation.family(record)
    own = under_way[place] = _UnderWay(family)
    try:
        await relation.load_later(record, family)
    except Exception:
        own.has_failed = True
        raise
    finally:
        if under_way.get(place) is own:
            del under_way[place]
        own.end()
