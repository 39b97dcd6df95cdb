"""Histories of concurrent transactions show no anomaly that their isolation level forbids, on each engine and level."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import get_args

import anyio
import pytest

from activerecord import ActiveRecord, async_create_tables
from activerecord.database import database
from activerecord.testing.runners import RUNNERS, Manner, Runner
from tests.feature.busy import with_settings
from tests.feature.cells import Cell
from tests.stress.history import Kind, anomalies
from tests.stress.killing import killing
from tests.stress.lengths import length
from tests.stress.lists import Load, LongList
from tests.stress.places import FILES, SERVERS
from tests.stress.soundness import fault
from tests.stress.watching import watching

pytestmark = [pytest.mark.stress, pytest.mark.timeout(120)]

ROUNDS = length(bounded=20, long=80)  # transactions of each worker
SEEDS = length(bounded=range(1), long=range(6))
BETWEEN_KILLS = 0.1  # seconds


def _and(kinds: frozenset[Kind], *more: Kind) -> frozenset[Kind]:
    return kinds.union(more)


# What may not be seen at any level.
ALWAYS: frozenset[Kind] = frozenset({"garbage", "internal", "lost", "G0"})
COMMITTED = _and(ALWAYS, "fork", "G1a", "G1b", "G1c")
ONE_STATE = _and(COMMITTED, "read skew")
SNAPSHOT = _and(ONE_STATE, "G-single")
EVERYTHING: frozenset[Kind] = frozenset(get_args(Kind))

FORBIDDEN: Mapping[tuple[str, str], frozenset[Kind]] = {
    # One writer at a time, and readers of a snapshot: https://www.sqlite.org/isolation.html
    ("sqlite", "serializable"): EVERYTHING,
    # Its lowest level is READ COMMITTED, its REPEATABLE READ a snapshot whose writer gives way to one that came first:
    # https://www.postgresql.org/docs/current/transaction-iso.html
    ("postgresql", "read uncommitted"): COMMITTED,
    ("postgresql", "read committed"): COMMITTED,
    ("postgresql", "repeatable read"): SNAPSHOT,
    ("postgresql", "serializable"): EVERYTHING,
    # Reads see one snapshot, but writes work on what was committed last, so that a transaction that writes what it has read
    # overwrites others (G-single): https://mariadb.com/kb/en/set-transaction/ says so of `innodb_snapshot_isolation`, which
    # is off by default until 11.6; measured for MySQL by https://jepsen.io/analyses/mysql-8.0.34. One that only reads sees
    # one state.
    ("mysql", "read uncommitted"): ALWAYS,
    ("mysql", "read committed"): COMMITTED,
    ("mysql", "repeatable read"): ONE_STATE,
    ("mysql", "serializable"): EVERYTHING,
}


def _cells() -> Iterator[tuple[Runner, Manner, Cell, str]]:
    """Every level on asyncio and trio; of uvloop the strictest is enough."""
    for cell in (*FILES, *SERVERS):
        for engine, level in FORBIDDEN:
            if engine == cell.engine:
                yield RUNNERS["asyncio"], "task", cell, level
                if "trio" in RUNNERS:
                    yield RUNNERS["trio"], "scope", cell, level
                if "uvloop" in RUNNERS and level == "serializable":
                    yield RUNNERS["uvloop"], "scope", cell, level


async def _loaded(load: Load, seed: int) -> None:
    await async_create_tables(LongList)
    await load.prepare()
    with anyio.fail_after(60):
        async with killing(database(), seed=seed, every=BETWEEN_KILLS):
            await load.run(ROUNDS)
    async with watching(database()) as watch:
        assert await watch.fault() is None
    assert await fault(database()) is None
    await load.read_all()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("loop", "manner", "cell", "level"),
    [pytest.param(*cell, id="-".join((cell[0].name, str(cell[2]), cell[3]))) for cell in _cells()],
)
def test_history(  # noqa: PLR0917  # parametrised
    loop: Runner, manner: Manner, cell: Cell, level: str, seed: int, tmp_path: Path
) -> None:
    forbidden = FORBIDDEN[cell.engine, level]
    settings = {"max_size": 6, "acquire_timeout": 60, "lock_timeout": 60}
    ActiveRecord.configure(with_settings(cell.url(tmp_path), **settings))
    load = Load(level, manner, seed=seed, rewrites="G-single" in forbidden)
    loop.run(lambda: _loaded(load, seed))
    assert not [found for found in anomalies(load.history) if found.kind in forbidden][:5]
    assert load.ends["returned"] > len(load.history) / 10, load.ends
    assert load.ends["cancelled"], load.ends
