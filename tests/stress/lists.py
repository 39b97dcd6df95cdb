"""A load of transactions on a few lists, each recorded for the checker: what it read, what it appended, how it ended."""

import random
import time
from collections import Counter
from collections.abc import Sequence
from functools import partial
from itertools import count
from typing import Literal, TypeAlias

import anyio

from activerecord import ActiveRecord, Column, column
from activerecord.database import database
from activerecord.runtime import sleep
from activerecord.testing.runners import Manner
from activerecord.transaction import Outcome
from tests.stress.attempts import attempt
from tests.stress.history import Append, Read, Record

__all__ = ["Load", "LongList"]

KEYS = (1, 2, 3, 4, 5)
WORKERS = 8
LONGEST = 0.03  # seconds until the last of the cancellations

Verb: TypeAlias = Literal["read", "append", "rewrite", "undone"]
Step: TypeAlias = tuple[Verb, int]

# The elements of a list stand in one text, each behind a comma.
_APPEND = {
    "sqlite": "UPDATE long_lists SET items = items || {} WHERE id = {}",
    "postgresql": "UPDATE long_lists SET items = items || {} WHERE id = {}",
    "mysql": "UPDATE long_lists SET items = concat(items, {}) WHERE id = {}",
}
_REWRITE = "UPDATE long_lists SET items = {} WHERE id = {}"


class LongList(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    items: Column[str] = column(length=10_000)


class Load:
    """Workers that read, append and read again, at one isolation level; some are cancelled, some lose their session.

    With `rewrites` some appends are a read and a write of the whole list, which loses updates where the level allows it.
    """

    def __init__(self, level: str | None, manner: Manner, *, seed: int, rewrites: bool) -> None:
        self._level = level
        self._manner: Manner = manner
        self._random = random.Random(seed)
        self._verbs: list[Verb] = ["read", "read", "append", "append", "undone"]
        if rewrites:
            self._verbs.append("rewrite")
        self._numbers, self._elements = count(1), count(1)
        self.history: list[Record] = []
        self.ends: Counter[str] = Counter()

    async def prepare(self) -> None:
        await LongList.async_insert_all({"id": key, "items": ""} for key in KEYS)

    async def run(self, rounds: int) -> None:
        """So many transactions by each worker, and at last one that reads everything."""

        async def worker() -> None:
            for _ in range(rounds):
                await self._one()

        async with anyio.create_task_group() as group:
            for _ in range(WORKERS):
                group.start_soon(worker)

    async def read_all(self) -> None:
        await self._transact(self._record(), [("read", key) for key in KEYS], read_only=True)

    # one transaction

    def _record(self) -> Record:
        self.history.append(Record(next(self._numbers)))
        return self.history[-1]

    async def _one(self) -> None:
        reads_only = self._random.random() < 0.2
        steps = [self._step(reads_only) for _ in range(self._random.randint(2, 4))]
        work = partial(self._transact, self._record(), steps, read_only=reads_only)
        cut_after = self._random.uniform(0, LONGEST) if self._random.random() < 0.15 else None
        await attempt(work, self._manner, self.ends, cut_after=cut_after)

    def _step(self, reads_only: bool) -> Step:
        return "read" if reads_only else self._random.choice(self._verbs), self._random.choice(KEYS)

    async def _transact(self, record: Record, steps: Sequence[Step], *, read_only: bool) -> None:
        tx = LongList.async_transaction(isolation=self._level, read_only=read_only)
        record.begun = time.monotonic()
        try:
            async with tx:
                for verb, key in steps:
                    await self._take(record, verb, key)
                    await sleep(self._random.choice([0, 0, 0.001]))
        finally:
            record.outcome, record.ended = tx.outcome, time.monotonic()

    async def _take(self, record: Record, verb: Verb, key: int) -> None:
        if verb == "read":
            await self._read(record, key)
        elif verb == "append":
            await self._append(record, key)
        elif verb == "rewrite":
            await self._rewrite(record, key)
        else:
            await self._append_and_undo(key)

    async def _read(self, record: Record, key: int) -> str:
        text = (await LongList.async_find(key)).items
        record.operations.append(Read(key, tuple(int(element) for element in text.split(",")[1:])))
        return text

    async def _append(self, record: Record, key: int) -> None:
        element = next(self._elements)
        # before it is sent: nobody may read it from one that was rolled back, however far that came
        record.operations.append(Append(key, element))
        await _write(_APPEND[database().dialect.name], f",{element}", key)

    async def _rewrite(self, record: Record, key: int) -> None:
        text, element = await self._read(record, key), next(self._elements)
        record.operations.append(Append(key, element))
        await _write(_REWRITE, f"{text},{element}", key)

    async def _append_and_undo(self, key: int) -> None:
        """In a nested scope that is rolled back; to the checker a transaction of its own, which nobody may see."""
        undone = self._record()
        undone.outcome = Outcome.ROLLED_BACK
        async with LongList.async_transaction() as nested:
            await self._append(undone, key)
            nested.rollback()


async def _write(sql: str, text: str, key: int) -> None:
    placeholder = database().dialect.placeholder
    await database().execute_text(sql.format(placeholder(1), placeholder(2)), (text, key), writes=True)
