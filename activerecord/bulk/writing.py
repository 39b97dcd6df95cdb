"""One call of a bulk verb: batch after batch written, in one transaction, and what is wanted of the rows put in order."""

from collections.abc import AsyncIterable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any, TypeAlias

from activerecord.bulk.batches import Batch, Batches
from activerecord.bulk.intake import Intake, refuse_generated
from activerecord.bulk.pairing import Pairing, in_order_made, loaded
from activerecord.bulk.wanted import Wanted
from activerecord.bulk.ways import Ways
from activerecord.driver import Row
from activerecord.errors import QueryError, SchemaChanged
from activerecord.mapper import Mapper
from activerecord.sql.insert import Conflict
from activerecord.sql.storing import Store
from activerecord.transaction import current_transaction

__all__ = ["Decide", "Progress", "Writing"]

Progress: TypeAlias = Callable[[int], object]

# What is to become of rows whose key is taken, once the first row tells which columns there are.
Decide: TypeAlias = Callable[[Intake], Conflict]


class Writing:
    """One call: its rows, its table, and what is wanted back. `conflict` is there for an upsert."""

    def __init__(
        self,
        mapper: "Mapper[Any]",
        intake: Intake,
        *,
        returning: object = None,
        conflict: "Decide | None" = None,
        batch: int | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._mapper = mapper
        self._table = intake.table
        self._intake = intake
        self._database = mapper.database()
        self._decide = conflict
        self._conflict: Conflict | None = None
        self._wanted = None if returning is None else Wanted.read(returning, intake)
        self._most = batch
        self._progress = progress
        self._ways = Ways(self._database, self._table, mapper.source, None)
        self.count = 0
        """How many rows have been written so far."""
        self.answers: list[Any] = []
        """What is wanted of each of them, in the order of the input."""

    async def run(self, rows: "Iterable[Any] | AsyncIterable[Any]", *, apart: Sequence[str] = ()) -> None:
        """Write all rows or none."""
        await self._database.settle()
        batches = Batches(rows, self._intake, self._storing, most=self._most, apart=apart)
        try:
            first = await batches.next()
            if first is None:
                return
            second = await batches.next()
            waiting = [first] if second is None else [first, second]
            first = second = None
            try:
                await self._write_all(waiting, batches)
            except SchemaChanged:
                scope = current_transaction(self._database)
                if self.count or (scope is not None and scope.is_broken()):
                    raise
                # the first statement found it out: nothing was written, and no row was let go of
                await self._write_all(waiting, batches)
        finally:
            await batches.close()

    async def _write_all(self, waiting: list[Batch], batches: Batches) -> None:
        """Write the batches that wait, one or two, and those after them."""
        has_more = len(waiting) > 1
        async with await self._scope(waiting[0], is_only=not has_more):
            while waiting:
                await self._write(waiting[0])
                del waiting[0]
                following = await batches.next() if has_more and not waiting else None
                waiting += [] if following is None else [following]

    def _storing(self) -> Store:
        """What makes of the values of a row what the driver takes."""
        if self._decide is not None:
            self._conflict = self._ways.conflict = self._decide(self._intake)
        text = self._ways.compiled(self._intake.columns).rows
        assert text is not None
        return text.stored

    async def _scope(self, batch: Batch, *, is_only: bool) -> AbstractAsyncContextManager[object]:
        """A transaction, unless one statement does it all: that is done as a whole by itself."""
        if is_only and self._progress is None:
            groups = self._groups(batch)
            if len(groups) == 1:
                columns, places = groups[0]
                if await self._is_whole(columns, len(places)):
                    return nullcontext()
        return self._database.transaction()

    async def _is_whole(self, columns: tuple[str, ...], count: int) -> bool:
        """Whether so many rows go in by one statement, and nothing that is done with its answer can fail."""
        if self._wanted is None:
            return await self._ways.is_one_statement(columns, count)
        # a key that is counted is a plain number, and tells the order; a transaction of the program's goes on if it fails
        return (
            self._conflict is None
            and self._wanted.columns == self._table.primary_key
            and self._is_counted(columns)
            and current_transaction(self._database) is None
            and await self._ways.is_one_answer(columns, count)
        )

    async def _write(self, batch: Batch) -> None:
        answers: list[Any] = [None] * len(batch.given)
        for columns, places in self._groups(batch):
            refuse_generated(self._table, columns)
            group = self._part(batch, columns, places)
            if self._wanted is None:
                await self._ways.add(columns, group.stored)
                continue
            for place, answer in zip(places, await self._answered(self._wanted, columns, group), strict=True):
                answers[place] = answer
        self.count += len(batch.given)
        if self._wanted is not None:
            self.answers += answers
        if self._progress is not None:
            self._progress(self.count)

    def _groups(self, batch: Batch) -> list[tuple[tuple[str, ...], Sequence[int]]]:
        """The columns to write, with the rows that have values for them: two groups, where only some ask for a key.

        Not every engine makes a key where it is given NULL. Keys that are given come first, so that none is made of theirs.
        """
        columns, auto = self._intake.columns, self._table.auto_key
        if auto is None or auto not in columns:
            return [(columns, range(len(batch.given)))]
        place = columns.index(auto)
        asking = [number for number, row in enumerate(batch.given) if row[place] is None]
        given = [number for number, row in enumerate(batch.given) if row[place] is not None]
        without = columns[:place] + columns[place + 1 :]
        return [(names, numbers) for names, numbers in ((columns, given), (without, asking)) if numbers]

    def _part(self, batch: Batch, columns: tuple[str, ...], places: Sequence[int]) -> Batch:
        """The rows at these places, with the values of these columns."""
        if columns is self._intake.columns:
            return (
                batch
                if len(places) == len(batch.given)
                else Batch([batch.given[p] for p in places], [batch.stored[p] for p in places])
            )
        kept = [self._intake.columns.index(name) for name in columns]
        given = [[batch.given[p][k] for k in kept] for p in places]
        return Batch([*given], [[batch.stored[p][k] for k in kept] for p in places])

    # what is wanted back

    async def _answered(self, wanted: Wanted, columns: tuple[str, ...], group: Batch) -> list[Any]:
        """Write a group, and what is wanted of each row."""
        gives = "insert" in self._database.dialect.returning
        by = self._table.primary_key if self._conflict is None else self._conflict.columns
        if by and columns and {*by} <= {*columns}:
            places = [columns.index(name) for name in by]
            keys = [[row[place] for place in places] for row in group.given]
            if not any(None in key for key in keys) and _are_hashable(keys):
                return await self._by_key(
                    Pairing(self._mapper, self._table, wanted, by), columns, group, keys, gives=gives
                )
        if self._conflict is None and self._is_counted(columns):
            return await self._counted(wanted, columns, group, gives=gives)
        if not gives:
            raise self._unknown_key()
        return [await self._alone(wanted, columns, row) for row in group.stored]

    def _is_counted(self, columns: tuple[str, ...]) -> bool:
        """Whether the engine counts a key for each row."""
        auto = self._table.auto_key
        return auto is not None and self._table.primary_key == (auto,) and auto not in columns

    async def _by_key(
        self, pairing: Pairing, columns: tuple[str, ...], group: Batch, keys: list[list[Any]], *, gives: bool
    ) -> list[Any]:
        is_kept = self._conflict is not None and not self._conflict.names
        if gives:
            rows = await self._add(columns, group.stored, pairing.columns)
        else:
            await self._add(columns, group.stored)
            rows = await pairing.read(keys)
        return await pairing.in_order(keys, rows, all_there=not is_kept)

    async def _counted(self, wanted: Wanted, columns: tuple[str, ...], group: Batch, *, gives: bool) -> list[Any]:
        """Rows with keys that the engine counts, which tell their order."""
        key = self._table.primary_key
        if gives:
            # wanted itself, it comes once
            asked = wanted.columns if key[0] in wanted.columns else wanted.columns + key
            rows = await self._add(columns, group.stored, asked)
            self._check_count(rows, group)
            return wanted.answers(in_order_made(rows, asked.index(key[0])))
        keys = await self._keys_made(columns, group)
        if wanted.columns == key:
            return wanted.answers(keys)
        pairing = Pairing(self._mapper, self._table, wanted, key)
        return await pairing.in_order(keys, await pairing.read(keys), all_there=True)

    async def _keys_made(self, columns: tuple[str, ...], group: Batch) -> list[list[Any]]:
        """Add rows to a table whose engine tells the first key of each statement, and counts from there."""
        if not self._database.dialect.made_keys:
            raise self._unknown_key()
        keys: list[list[Any]] = []
        for part in self._ways.parts(columns, group.stored):
            await self._ways.add(columns, part)
            first, step = (await self._database.execute_text(self._database.dialect.made_keys, writes=False)).rows[0]
            keys += [[first + number * step] for number in range(len(part))]
        return keys

    async def _alone(self, wanted: Wanted, columns: tuple[str, ...], row: list[Any]) -> Any:
        """One row by itself, where nothing tells which of several rows one that comes back is."""
        rows = await self._add(columns, [row], wanted.columns)
        return wanted.answers(rows)[0] if rows else None

    async def _add(
        self, columns: tuple[str, ...], rows: Sequence[Sequence[Any]], returning: tuple[str, ...] = ()
    ) -> list[Row]:
        """Add rows; those that come back, loaded."""
        found = await self._ways.add(columns, rows, returning)
        return loaded(self._ways.compiled(columns, returning=returning).loads, found) if returning else found

    def _check_count(self, rows: Sequence[Row], group: Batch) -> None:
        if len(rows) != len(group.stored):
            raise QueryError(
                f"the database has kept {len(rows)} of {len(group.stored)} rows for {self._table.name!r}, so their keys cannot "
                f"be told apart: write them without returning="
            )

    def _unknown_key(self) -> QueryError:
        return QueryError(
            f"{self._database.dialect.title} does not give back the rows that it inserts, and those of {self._table.name!r} "
            f"could not be found again: give them keys, or write them without returning="
        )


def _are_hashable(keys: Sequence[Sequence[Any]]) -> bool:
    try:
        hash(tuple([part for key in keys for part in key]))
    except TypeError:
        return False
    return True
