"""Rows taken in until there are enough for one batch, and no longer than the loop may be held."""

import time
from collections.abc import AsyncIterable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from activerecord import runtime
from activerecord.bulk.intake import Intake
from activerecord.errors import InvalidValue, QueryError

__all__ = ["Batch", "Batches", "check_rows"]

# Values of one batch, and rows: what a driver makes of so many holds the loop for some milliseconds.
_VALUES, _ROWS = 10_000, 2_000

# Characters and bytes of one batch: each server takes as much in one statement, and a thousand pictures are not held at once.
_WEIGHT = 1 << 19

# How often others may run while rows are taken in: looked at after so many rows, done after so many seconds.
_LOOK, _MOMENT = 32, 0.004


@dataclass(slots=True)
class Batch:
    """Rows that are sent together: as they were given, and as the driver takes them."""

    given: list[list[Any]] = field(default_factory=list[list[Any]])
    stored: list[list[Any]] = field(default_factory=list[list[Any]])


class Batches:
    """The rows of one call, batch by batch. No more of them are held than two batches.

    `store` turns values into what the driver takes. `most` is the number of rows of a batch, where the program sets it.
    Where the rows' values in the columns `apart` name rows of the table, no two of one batch name the same.
    """

    def __init__(
        self,
        rows: "Iterable[Any] | AsyncIterable[Any]",
        intake: Intake,
        store: Callable[[list[Any]], list[Any]],
        *,
        most: int | None = None,
        apart: Sequence[str] = (),
    ) -> None:
        self._intake = intake
        self._store = store
        self._most = most
        self._apart = apart
        self._places: tuple[int, ...] = ()
        self._source = rows
        self._later = rows.__aiter__() if isinstance(rows, AsyncIterable) else None
        self._now: Iterator[Any] = iter(()) if isinstance(rows, AsyncIterable) else iter(rows)
        self._held: tuple[list[Any], list[Any]] | None = None
        self._ended = False
        self._seen: set[Any] = set()
        self._weight = 0
        self._taken = 0
        self._since = 0.0

    async def next(self) -> Batch | None:
        """The next rows; None after the last. What the rows themselves raise comes out as it is."""
        self._since = time.monotonic()
        batch = self._begun()
        while not self._ended and self._held is None and not self._is_full(batch):
            self._ended = not await self._row_into(batch)
            if len(batch.given) % _LOOK == 0 and time.monotonic() - self._since > _MOMENT:
                await runtime.checkpoint()
                self._since = time.monotonic()
        return batch if batch.given else None

    async def close(self) -> None:
        """Let go of rows that come asynchronously and are not wanted any more."""
        close = getattr(self._source, "aclose", None)
        if self._later is not None and not self._ended and close is not None:
            await close()

    def _begun(self) -> Batch:
        """A new batch, with the row that had no place in the one before."""
        self._seen, self._weight = set(), 0
        batch = Batch()
        if self._held is not None:
            held, self._held = self._held, None
            self._put(batch, *held)
        return batch

    async def _row_into(self, batch: Batch) -> bool:
        """Take one row; whether there was one."""
        try:
            row = next(self._now) if self._later is None else await self._later.__anext__()
        except (StopIteration, StopAsyncIteration):
            return False
        self._taken += 1
        try:
            given = self._intake.values(row)
        except QueryError as error:
            raise self._numbered(error) from None
        try:
            stored = self._store(given)
        except InvalidValue as error:
            raise self._numbered(error) from None
        self._put(batch, given, stored)
        return True

    def _numbered(self, error: QueryError) -> QueryError:
        """The error with the number of the row that it is about, from 1."""
        return type(error)(f"row {self._taken}: {error}")

    def _put(self, batch: Batch, given: list[Any], stored: list[Any]) -> None:
        if self._apart and not self._is_apart(stored):
            self._held = given, stored
            return
        batch.given.append(given)
        batch.stored.append(stored)
        self._weight += sum([len(value) for value in stored if value.__class__ in _HEAVY])

    def _is_apart(self, stored: list[Any]) -> bool:
        if not self._places:
            self._places = tuple([self._intake.columns.index(name) for name in self._apart])
        named = tuple([stored[place] for place in self._places])
        if None in named:
            return True
        key = named if _is_hashable(named) else repr(named)
        if key in self._seen:
            return False
        self._seen.add(key)
        return True

    def _is_full(self, batch: Batch) -> bool:
        count = len(batch.given)
        if not count:
            return False
        most = self._most or min(_ROWS, max(1, _VALUES // max(1, len(self._intake.columns))))
        return count >= most or self._weight >= _WEIGHT


_HEAVY = frozenset({str, bytes, list})


def _is_hashable(value: object) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def check_rows(verb: str, rows: Any) -> None:
    """Raise QueryError for what no rows can be taken from."""
    kind = type(rows).__name__
    if isinstance(rows, str | bytes | Mapping) or not isinstance(rows, Iterable | AsyncIterable):
        raise QueryError(f"{verb} takes a list of dicts, got {kind}")
