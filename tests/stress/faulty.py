"""A small program whose connections may break anywhere, what it has claimed by then, and whether that was true."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count

import anyio

from activerecord import ActiveRecord, Column, Outcome, async_create_tables, column, gather
from activerecord.database import Database, database
from activerecord.transaction import Transaction
from tests.stress.watching import Watch

__all__ = ["Entry", "Ledger", "Program", "broken_off", "entries", "judge", "prepare", "small", "streamed"]

# The amounts of the rows that no program touches.
STILL = (1, 2, 3, 4, 5)

# What is cancelled ends by itself after so many seconds: nobody can stop it whose connection has gone.
_LONG = {"postgresql": "SELECT 1 FROM pg_sleep(0.15)", "mysql": "SELECT SLEEP(0.15)"}
_CANCELLED_AFTER = 0.03


# No two ledgers of a process have the same.
_numbers = count(1)


class WrongTurn(Exception):
    """What a transaction of the program is undone for."""


class Entry(ActiveRecord):
    """A row. Two of a transfer sum up to nothing; transfer 0 is still; what is written alone has the amount 0."""

    __abstract__ = True
    id: Column[int] = column(primary_key=True)
    transfer: Column[int]
    amount: Column[int]


def entries(connection: str) -> type[Entry]:
    """The rows, by way of this connection."""

    class OfConnection(Entry):
        __table_name__ = "entries"
        __connection__ = connection

    return OfConnection


@dataclass(frozen=True, slots=True)
class Ledger:
    """What was begun, under its number, and what was claimed of it."""

    transfers: dict[int, Transaction] = field(default_factory=dict[int, Transaction])
    alone: set[int] = field(default_factory=set[int])
    acknowledged: set[int] = field(default_factory=set[int])
    numbers: Iterator[int] = field(default_factory=lambda: _numbers)

    def judge(self, found: list[tuple[int, int]]) -> str | None:
        """What is wrong with the rows of all this, (transfer, amount) each: a sentence, or None."""
        rows = Counter(number for number, _ in found)
        sums: Counter[int] = Counter()
        for number, amount in found:
            sums[number] += amount
        for number, transfer in self.transfers.items():
            allowed = {Outcome.COMMITTED: {2}, Outcome.UNKNOWN: {0, 2}}.get(transfer.outcome, {0})
            if rows[number] not in allowed or sums[number]:
                return f"{transfer!r} left {rows[number]} of 2 rows, whose sum is {sums[number]}"
        for number in self.alone:
            if rows[number] not in ({1} if number in self.acknowledged else {0, 1}):
                return (
                    f"a row was written {rows[number]} times, and this was acknowledged: {number in self.acknowledged}"
                )
        return None


class Program:
    """Something to do on a connection; the pool is empty before and after."""

    def __init__(self, connection: str) -> None:
        self.ledger = Ledger()
        self.model = entries(connection)
        self._connection = connection

    @property
    def database(self) -> Database:
        return database(self._connection)

    async def transfer(self, *, wrong: bool = False) -> None:
        """A transaction with a savepoint in it that writes two rows, or turns back."""
        number = next(self.ledger.numbers)
        scope = self.ledger.transfers[number] = self.model.async_transaction()
        async with scope:
            await self.model.async_create(transfer=number, amount=57)
            with suppress(WrongTurn):
                async with self.model.async_transaction():
                    await self.model.async_create(transfer=number, amount=-57)
                    if wrong:
                        raise WrongTurn
            mine = self.model.where(transfer=number)
            assert sorted(await mine.async_pluck("amount")) == ([57] if wrong else [-57, 57])
            if wrong:
                raise WrongTurn

    async def alone(self) -> None:
        """A row outside of transactions."""
        number = next(self.ledger.numbers)
        self.ledger.alone.add(number)
        await self.model.async_create(transfer=number, amount=0)
        self.ledger.acknowledged.add(number)

    async def read(self) -> None:
        """Rows that are known, alone and side by side."""
        still = self.model.where(transfer=0).order_by("amount")
        assert tuple(await still.async_pluck("amount")) == STILL
        highest, lowest = await gather(still.async_last(), still.async_first())
        assert highest is not None and lowest is not None
        assert (highest.amount, lowest.amount) == (STILL[-1], STILL[0])

    async def streams(self) -> None:
        """Known rows in batches, outside of transactions and inside of one that writes meanwhile."""
        still = self.model.where(transfer=0).order_by("amount")
        async with still.async_stream(batch=2) as rows:
            assert tuple([row.amount async for row in rows]) == STILL
        number = next(self.ledger.numbers)
        scope = self.ledger.transfers[number] = self.model.async_transaction()
        async with scope, still.async_stream(batch=2) as rows:
            async for row in rows:
                if row.amount in STILL[1:3]:
                    await self.model.async_create(transfer=number, amount=57 * (-1) ** row.amount)

    async def cancelled(self) -> None:
        """A statement that is cancelled, and another one."""
        with anyio.move_on_after(_CANCELLED_AFTER):
            await self.database.execute_text(_LONG[self.database.configuration.engine])
        ((answer,),) = (await self.database.execute_text("SELECT 57")).rows
        assert answer == 57

    async def close(self) -> None:
        """End the pool, in good order."""
        await self.database.close()


async def small(program: Program) -> None:
    """Every kind of statement of a transaction, a query, a gather, and the end of the connections."""
    await program.transfer()
    with suppress(WrongTurn):
        await program.transfer(wrong=True)
    await program.alone()
    await program.read()
    await program.close()


async def streamed(program: Program) -> None:
    """Rows in batches, and the end of the connections."""
    await program.streams()
    await program.close()


async def broken_off(program: Program) -> None:
    """A statement that is cancelled, and another one."""
    await program.cancelled()
    await program.close()


async def prepare() -> None:
    """The table, and the rows that stay as they are."""
    await async_create_tables(entries("direct"))
    await entries("direct").async_insert_all({"transfer": 0, "amount": amount} for amount in STILL)


async def judge(watch: Watch, programs: Iterable[Program]) -> None:
    """Require that the rows are as claimed, once the server has let go of all that was begun."""
    wrong = await watch.fault()
    assert wrong is None, wrong
    found = await database("direct").execute_text("SELECT transfer, amount FROM entries")
    rows = [(int(transfer), int(amount)) for transfer, amount in found.rows]
    for program in programs:
        wrong = program.ledger.judge(rows)
        assert wrong is None, wrong
