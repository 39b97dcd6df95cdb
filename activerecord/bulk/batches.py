"""Rows taken in until there are enough for one batch, and no longer than the loop may be held."""

import time
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from activerecord import runtime
from activerecord.bulk.intake import Intake
from activerecord.errors import QueryError
from activerecord.sql.storing import Store

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

    given: list[Sequence[Any]] = field(default_factory=list[Sequence[Any]])
    stored: list[list[Any]] = field(default_factory=list[list[Any]])


class Batches:
    """The rows of one call, batch by batch. No more of them are held than two batches.

    `storing()`, asked once the first row tells the columns, gives what turns values into what the driver takes. `most` is the number of rows of a batch, where the program sets it.
    Where the rows' values in the columns `apart` name rows of the table, no two of one batch name the same.
    """

    def __init__(
        self,
        rows: "Iterable[Any] | AsyncIterable[Any]",
        intake: Intake,
        storing: Callable[[], Store],
        *,
        most: int | None = None,
        apart: Sequence[str] = (),
    ) -> None:
        self._intake = intake
        self._storing = storing
        self._store: Store | None = None
        self._most = most
        self._apart = apart
        self._places: tuple[int, ...] = ()
        self._source = rows
        self._later = rows.__aiter__() if isinstance(rows, AsyncIterable) else None
        self._now: Iterator[Any] = iter(()) if isinstance(rows, AsyncIterable) else iter(rows)
        self._held: tuple[Sequence[Any], list[Any]] | None = None
        self._ended = False
        self._seen: set[Any] = set()
        self._weight = 0
        self._taken = 0
        self._since = 0.0

    async def next(self) -> Batch | None:
        """The next rows; None after the last. What the rows themselves raise comes out as it is."""
        self._since = time.monotonic()
        batch = self._begun()
        while not self._ended and self._held is None and (room := self._room(batch)):
            if self._later is None:
                self._ended = not self._rows_into(batch, self._now, min(room, _LOOK))
            else:
                self._ended = not await self._row_into(batch, self._later)
            if time.monotonic() - self._since > _MOMENT:
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

    async def _row_into(self, batch: Batch, rows: AsyncIterator[Any]) -> bool:
        """Take one row; whether there was one."""
        try:
            row = await anext(rows)
        except StopAsyncIteration:
            return False
        return self._rows_into(batch, iter((row,)), 1)

    def _rows_into(self, batch: Batch, rows: Iterator[Any], most: int) -> bool:
        """Take so many rows, or as many as there is room for; whether there were some more."""
        taken = 0
        values, store = self._intake.values, self._store
        # to the end where the loop is not left
        for row in islice(rows, most):
            taken += 1
            self._taken += 1
            try:
                given = values(row)
                if store is None:
                    store = self._store = self._storing()
                stored = store(given)
            except QueryError as error:
                raise self._numbered(error) from None
            self._put(batch, given, stored)
            if self._held is not None or self._weight >= _WEIGHT:
                return True
        return taken == most

    def _numbered(self, error: QueryError) -> QueryError:
        """The error with the number of the row that it is about, from 1."""
        return type(error)(f"row {self._taken}: {error}")

    def _put(self, batch: Batch, given: Sequence[Any], stored: list[Any]) -> None:
        if self._apart and not self._is_apart(stored):
            self._held = given, stored
            return
        batch.given.append(given)
        batch.stored.append(stored)
        for value in stored:
            if value.__class__ in _HEAVY:
                self._weight += len(value)

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

    def _room(self, batch: Batch) -> int:
        """How many more rows it may have, at most."""
        count = len(batch.given)
        if not count:
            # the first of them tells how many columns there are
            return 1
        if self._weight >= _WEIGHT:
            return 0
        most = self._most or min(_ROWS, max(1, _VALUES // max(1, len(self._intake.columns))))
        return max(0, most - count)


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
