"""A server is killed and started anew under load, or throws sessions out: what was acknowledged is there, and all goes on."""

import random
import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import anyio
import pytest

from activerecord import ActiveRecord, ConnectionLost, OutcomeUnknown, TransactionClosed, async_close
from activerecord.database import database
from activerecord.runtime import sleep
from activerecord.testing.runners import RUNNERS, Runner
from tests import servers
from tests.feature.busy import with_settings
from tests.feature.cells import Cell
from tests.feature.sessions import ending
from tests.servers.private import Private, private
from tests.stress.faulty import Program, entries, judge, prepare
from tests.stress.lengths import length
from tests.stress.places import SERVERS
from tests.stress.soundness import fault as unsound
from tests.stress.watching import watching

pytestmark = [pytest.mark.stress, pytest.mark.timeout(120)]

WORKERS, SIZE = 20, 5

# Seconds: of work before each kill and after the last one; without a server; and between two tries of a worker's.
SPELL = length(bounded=0.4, long=3.0)
OUTAGE, PAUSE = 0.1, 0.02
# After so many seconds with a server again every transaction succeeds.
RECOVERY = 0.5

# Transactions that are done, and that are struck, while sessions are killed.
STRUCK = length(bounded=WORKERS, long=20 * WORKERS)

KILLS = length(bounded=2, long=8)
SEEDS = length(bounded=(1,), long=tuple(range(1, 9)))

# What a transaction may be told when its server goes.
EXPECTED = (ConnectionLost, OutcomeUnknown, TransactionClosed)

on_servers = pytest.mark.parametrize("cell", SERVERS, ids=str)
on_both = pytest.mark.parametrize("loop", [RUNNERS["asyncio"], RUNNERS["trio"]], ids=lambda loop: loop.name)


class Load:
    """Workers that make transfers until they are told to stop; what came of those that began since `begin`."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.seen: Counter[str] = Counter()
        self._over = False

    def begin(self) -> None:
        """Count anew."""
        self.seen = Counter()

    def stop(self) -> None:
        self._over = True

    async def work(self) -> None:
        while not self._over:
            seen = self.seen
            try:
                await self.program.transfer()
                seen["done"] += 1
            except EXPECTED as error:
                seen[type(error).__name__] += 1
                await sleep(PAUSE)


async def aside(work: Callable[[], object]) -> None:
    """Wait for what blocks, in a thread that ends with it."""
    thread = threading.Thread(target=work)
    thread.start()
    while thread.is_alive():
        await sleep(0.005)
    thread.join()


@contextmanager
def own_server(engine: str) -> Generator[Private]:
    """A server for this test alone."""
    folder = Path(tempfile.mkdtemp(dir=servers.folder()))
    try:
        with private(engine, folder) as found:
            yield found
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def judged(program: Program) -> None:
    assert await unsound(program.database) is None
    async with watching(database("direct")) as watch:
        await judge(watch, [program])
    await async_close()


def configure(url: str) -> Program:
    ActiveRecord.configure({"direct": url, "loaded": with_settings(url, max_size=SIZE)})
    return Program("loaded")


@pytest.mark.alone
@on_servers
@on_both
def test_a_server_that_is_killed_under_load(loop: Runner, cell: Cell) -> None:
    with own_server(cell.engine) as server:
        program = configure(server.url())
        load = Load(program)

        async def killed() -> None:
            for number in range(KILLS):
                await sleep(SPELL)
                assert load.seen["done"] > WORKERS
                gently = cell.engine == "postgresql" and number % 2
                await aside(server.interrupt if gently else server.kill)
                await sleep(OUTAGE)
                await aside(server.start)
                assert load.seen["ConnectionFailed"]
                await sleep(RECOVERY)
                load.begin()
            await sleep(SPELL)
            load.stop()

        async def main() -> None:
            await prepare()
            async with anyio.create_task_group() as group:
                for _ in range(WORKERS):
                    group.start_soon(load.work)
                await killed()
            assert set(load.seen) == {"done"} and load.seen["done"] > WORKERS
            await judged(program)

        loop.run(main)


@pytest.mark.alone
def test_a_number_that_is_given_twice_tells_of_nothing() -> None:
    """What is not on disk when PostgreSQL crashes is forgotten, and the next transaction has the number of the lost one."""
    with own_server("postgresql") as server:
        configure(server.url())
        direct, entry = database("direct"), entries("direct")

        async def asked(sql: str, *binds: object) -> tuple[object, ...]:
            return tuple((await direct.execute_text(sql, binds)).rows[0])

        async def main() -> None:
            await prepare()
            async with entry.async_transaction() as lost:
                # a number, and nothing to be written down for it
                await asked("SELECT txid_current()::text")
                mark = await asked(direct.dialect.mark)
                await aside(server.kill)
                lost.rollback()
            await aside(server.start)
            async with entry.async_transaction():
                await entry.async_create(transfer=1, amount=0)
                again = await asked(direct.dialect.mark)
            assert again[0] == mark[0]
            assert await asked(direct.dialect.fate, *mark) == (None,)
            assert await asked(direct.dialect.fate, *again) == ("committed",)
            async with entry.async_transaction() as undone:
                await entry.async_create(transfer=2, amount=0)
                mark = await asked(direct.dialect.mark)
                undone.rollback()
            assert await asked(direct.dialect.fate, *mark) == ("aborted",)
            await async_close()

        RUNNERS["asyncio"].run(main)


@pytest.mark.parametrize("seed", SEEDS)
@on_servers
@on_both
def test_sessions_that_are_killed_under_load(loop: Runner, cell: Cell, seed: int, tmp_path: Path) -> None:
    url, chance, over = cell.url(tmp_path), random.Random(seed), threading.Event()
    program = configure(url)
    load = Load(program)

    def kill() -> None:
        with ending(url) as end:
            while not over.wait(chance.uniform(0, 0.06)):
                end(chance)

    async def main() -> None:
        await prepare()
        async with anyio.create_task_group() as group:
            group.start_soon(aside, kill)
            for _ in range(WORKERS):
                group.start_soon(load.work)
            # Once every one of them could have been struck.
            while min(load.seen["done"], load.seen.total() - load.seen["done"]) < STRUCK:
                await sleep(PAUSE)
            over.set()
            await sleep(RECOVERY)
            load.begin()
            await sleep(SPELL)
            load.stop()
        assert set(load.seen) == {"done"} and load.seen["done"] > WORKERS
        await judged(program)

    loop.run(main)
