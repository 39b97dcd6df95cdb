"""A bank: transfers between accounts in every way there is, cut short at random, and a ledger that knows of each."""

import random
from collections import Counter
from collections.abc import Mapping
from functools import partial
from itertools import count

import anyio

from activerecord import (
    ActiveRecord,
    Column,
    ConnectionLost,
    OutcomeUnknown,
    TransactionClosed,
    column,
)
from activerecord.database import database
from activerecord.runtime import sleep
from activerecord.testing.runners import Manner
from activerecord.transaction import Outcome, Transaction, current_transaction
from tests.feature.busy import ONE_STATE
from tests.stress.attempts import attempt
from tests.stress.killing import reject_unexpected

__all__ = ["Account", "Bank", "Entry"]

ACCOUNTS = 100
BUSY = 6  # accounts that half of the transfers are about, so that they meet
EACH = 1000
WORKERS = 50
LONGEST = 0.2  # seconds until the last of the cancellations
RETRIES = 20

# Levels at which what was read may be written back: an update in between makes one of the two fail, or wait.
_STRICT = {"sqlite": ["serializable"], "postgresql": ["repeatable read", "serializable"], "mysql": ["serializable"]}


class Account(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    balance: Column[int]


class Entry(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    source: Column[int]
    target: Column[int]
    amount: Column[int]


class Bank:
    """`ends` counts how transfers ended, `audits` how often all balances were read meanwhile."""

    def __init__(self, manner: Manner, seed: int) -> None:
        self._manner: Manner = manner
        self._random = random.Random(seed)
        self._numbers = count(1)
        self._told: dict[int, Transaction] = {}
        self._called_back: set[int] = set()
        self.ends: Counter[str] = Counter()
        self.audits = 0

    async def prepare(self) -> None:
        await Account.async_insert_all({"id": number, "balance": EACH} for number in range(ACCOUNTS))

    async def trade(self, rounds: int) -> None:
        """So many transfers by each worker, under the eyes of an auditor."""

        async def worker() -> None:
            for _ in range(rounds):
                await self._attempt()

        async with anyio.create_task_group() as auditing:
            auditing.start_soon(self._audit)
            async with anyio.create_task_group() as group:
                for _ in range(WORKERS):
                    group.start_soon(worker)
            auditing.cancel_scope.cancel()

    # what must be true

    async def judge(self) -> None:
        """Once all is over: nothing is lost, nothing is half done, and the ledger knows what was acknowledged."""
        balances = dict(await Account.query().async_pluck(Account.id, Account.balance))
        entries = await Entry.query().async_all()
        kept = {entry.id for entry in entries}
        assert sum(balances.values()) == ACCOUNTS * EACH
        assert balances == _reckoned(entries)
        by_outcome = {
            outcome: {number for number, tx in self._told.items() if tx.outcome is outcome} for outcome in Outcome
        }
        assert by_outcome[Outcome.OPEN] == set()
        assert by_outcome[Outcome.COMMITTED] <= kept, "an acknowledged transfer is lost"
        assert not by_outcome[Outcome.ROLLED_BACK] & kept, "a transfer was kept, and is said to be rolled back"
        assert self._called_back == by_outcome[Outcome.COMMITTED]

    async def _audit(self) -> None:
        isolation = ONE_STATE.get(database().dialect.name)
        while True:
            try:
                async with Account.async_transaction(isolation=isolation, read_only=True):
                    first = await Account.query().async_sum(Account.balance)
                    await sleep(0.005)
                    balances = await Account.query().async_pluck(Account.balance)
            except (ConnectionLost, OutcomeUnknown, TransactionClosed) as error:
                reject_unexpected(error)
                continue
            assert (len(balances), sum(balances), first) == (ACCOUNTS, ACCOUNTS * EACH, ACCOUNTS * EACH)
            self.audits += 1

    # one transfer

    async def _attempt(self) -> None:
        way = self._random.choice([self._by_raw_statements, self._by_records, self._again_and_again])
        source, target = self._accounts()
        work = partial(way, source, target, self._random.randint(1, 50))
        cut_after = self._random.uniform(0, LONGEST) if self._random.random() < 0.3 else None
        await attempt(work, self._manner, self.ends, cut_after=cut_after)

    def _accounts(self) -> tuple[int, int]:
        numbers = range(BUSY if self._random.random() < 0.5 else ACCOUNTS)
        source, target = self._random.sample(numbers, 2)
        return source, target

    async def _by_raw_statements(self, source: int, target: int, amount: int) -> None:
        """At the engine's own level. The accounts are locked as they come: two transfers may wait for each other."""
        async with Account.async_transaction() as tx:
            await self._enter(tx, source, target, amount)
            await _add(source, -amount)
            await sleep(0)
            await _add(target, amount)

    async def _by_records(self, source: int, target: int, amount: int) -> None:
        isolation = self._random.choice(_STRICT[database().dialect.name])
        async with Account.async_transaction(isolation=isolation) as tx:
            await self._enter(tx, source, target, amount)
            await self._move(source, target, amount)

    async def _again_and_again(self, source: int, target: int, amount: int) -> None:
        isolation = self._random.choice(_STRICT[database().dialect.name])

        async def work() -> None:
            tx = current_transaction(database())
            assert tx is not None
            await self._move(source, target, amount)
            await self._enter(tx, source, target, amount)

        await Account.async_run_transaction(work, retries=RETRIES, isolation=isolation)

    async def _enter(self, tx: Transaction, source: int, target: int, amount: int) -> None:
        number = next(self._numbers)
        self._told[number] = tx
        tx.after_commit(lambda: self._called_back.add(number))
        await Entry.async_create(id=number, source=source, target=target, amount=amount)

    async def _move(self, source: int, target: int, amount: int) -> None:
        """Read both, write both; now and then in a scope of its own, after one that is undone."""
        if self._random.random() < 0.7:
            await _move(source, target, amount)
            return
        async with Account.async_transaction() as undone:
            await _move(source, target, 1_000_000)
            undone.rollback()
        async with Account.async_transaction():
            await _move(source, target, amount)


async def _move(source: int, target: int, amount: int) -> None:
    payer, payee = await Account.async_find(source), await Account.async_find(target)
    payer.balance -= amount
    payee.balance += amount
    await payer.async_save()
    await payee.async_save()


async def _add(account: int, amount: int) -> None:
    placeholder = database().dialect.placeholder
    sql = f"UPDATE accounts SET balance = balance + {placeholder(1)} WHERE id = {placeholder(2)}"
    await database().execute_text(sql, (amount, account), writes=True)


def _reckoned(entries: list[Entry]) -> Mapping[int, int]:
    """The balances, by the ledger alone."""
    balances = dict.fromkeys(range(ACCOUNTS), EACH)
    for entry in entries:
        balances[entry.source] -= entry.amount
        balances[entry.target] += entry.amount
    return balances
