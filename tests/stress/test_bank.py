"""However transfers between accounts end, no money is lost or made, and what was acknowledged is kept."""

from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from activerecord import ActiveRecord, async_create_tables
from activerecord.database import database
from activerecord.testing.runners import RUNNERS, Manner, Runner
from tests.feature.busy import with_settings
from tests.feature.cells import Cell
from tests.stress.bank import ACCOUNTS, Account, Bank, Entry
from tests.stress.killing import killing
from tests.stress.lengths import length
from tests.stress.places import FILES, SERVERS
from tests.stress.soundness import fault
from tests.stress.watching import watching

pytestmark = [pytest.mark.stress, pytest.mark.timeout(180)]

ROUNDS = length(bounded=3, long=20)  # transfers of each worker
SEEDS = length(bounded=range(1), long=range(5))
BETWEEN_KILLS = 0.2  # seconds


def _cells() -> Iterator[tuple[Runner, Manner, Cell]]:
    ways: list[tuple[str, Manner]] = [("asyncio", "task"), ("asyncio", "scope"), ("trio", "scope"), ("uvloop", "task")]
    for name, manner in ways:
        for cell in (*FILES, *SERVERS) if name in RUNNERS else ():
            yield RUNNERS[name], manner, cell


async def _traded(bank: Bank, seed: int) -> None:
    await async_create_tables(Account, Entry)
    await bank.prepare()
    with anyio.fail_after(120):
        async with killing(database(), seed=seed, every=BETWEEN_KILLS) as killer:
            await bank.trade(ROUNDS)
            # it strikes by the clock, and they may be done before
            while not killer.deaths and database().writer is None:
                await bank.trade(1)
    async with watching(database()) as watch:
        assert await watch.fault() is None
    assert await fault(database()) is None
    await bank.judge()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("loop", "manner", "cell"),
    [pytest.param(*cell, id="-".join((cell[0].name, cell[1], str(cell[2])))) for cell in _cells()],
)
def test_bank(loop: Runner, manner: Manner, cell: Cell, seed: int, tmp_path: Path) -> None:
    settings = {"max_size": 8, "acquire_timeout": 60, "lock_timeout": 60}
    ActiveRecord.configure(with_settings(cell.url(tmp_path), **settings))
    bank = Bank(manner, seed)
    loop.run(lambda: _traded(bank, seed))
    assert bank.audits
    assert bank.ends["returned"] > ACCOUNTS / 2, bank.ends
    assert bank.ends["cancelled"], bank.ends
