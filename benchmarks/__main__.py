"""`python -m benchmarks`: the time of each verb as a ratio to the raw driver's on the same work, in the same run.

Rounds of ours and of the raw driver alternate, and the ratio is that of their medians, so it holds when the machine's speed
drifts. Times are microseconds for one piece of work.
"""

import argparse
import asyncio
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

import aiosqlite
import trio

from activerecord import close
from benchmarks.guest import Compared, compare
from benchmarks.work import ASYNC, SYNC, Async, prepare
from tests import servers

Figures = dict[str, tuple[float, float]]


def measure_sync(path: str, rounds: int) -> Figures:
    """Ours and the sqlite3 module's time for each piece of work in plain sync code."""
    figures: Figures = {}
    connection = sqlite3.connect(path, isolation_level=None)
    for name, work in SYNC.items():
        pairs = [
            (_timed(work.ours, work.times), _timed(partial(work.raw, connection), work.times)) for _ in range(rounds)
        ]
        figures[name] = _medians(pairs)
    connection.close()
    return figures


def measure_asyncio(path: str, rounds: int, runner: Callable[[Coroutine[Any, Any, Figures]], Figures]) -> Figures:
    """Ours and aiosqlite's time for each piece of work on an asyncio loop."""

    async def main() -> Figures:
        figures: Figures = {}
        async with aiosqlite.connect(path, isolation_level=None) as connection:
            for name, work in ASYNC.items():
                pairs = [(await _timed_async(work, None), await _timed_async(work, connection)) for _ in range(rounds)]
                figures[name] = _medians(pairs)
        return figures

    return runner(main())


def measure_trio(rounds: int, reference: Figures) -> Figures:
    """Our time for each piece of work on trio, beside aiosqlite's on asyncio."""

    async def main() -> Figures:
        return {
            name: (statistics.median([await _timed_async(work, None) for _ in range(rounds)]), reference[name][1])
            for name, work in ASYNC.items()
        }

    return trio.run(main)


def _timed(work: Callable[[], object], times: int) -> float:
    start = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - start) / times


async def _timed_async(work: Async, connection: aiosqlite.Connection | None) -> float:
    start = time.perf_counter()
    for _ in range(work.times):
        await (work.ours() if connection is None else work.raw(connection))
    return (time.perf_counter() - start) / work.times


def _medians(pairs: list[tuple[float, float]]) -> tuple[float, float]:
    return statistics.median(ours for ours, _ in pairs), statistics.median(raw for _, raw in pairs)


def report(title: str, figures: Figures) -> None:
    """Print one table."""
    print(f"\n{title:<32}{'ours us':>10}{'raw us':>10}{'ratio':>8}")
    for name, (ours, raw) in figures.items():
        print(f"  {name:<30}{ours * 1e6:>10.1f}{raw * 1e6:>10.1f}{ours / raw:>8.2f}")


def report_loops(figures: dict[str, Compared]) -> None:
    """Print the table of the two loops."""
    print(
        f"\n{'asyncpg on asyncio and on trio':<40}{'raw us':>10}{'asyncio us':>12}{'trio us':>10}{'trio/asyncio':>14}"
    )
    for name, found in figures.items():
        times = f"{found.raw * 1e6:>10.1f}{found.asyncio * 1e6:>12.1f}{found.trio * 1e6:>10.1f}"
        print(f"  {name:<38}{times}{found.trio / found.asyncio:>14.2f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="rounds of each piece of work")
    rounds = parser.parse_args().rounds
    print(f"Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}, {rounds} rounds")
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "bench.db")
        prepare(path)
        report("plain sync, beside sqlite3", measure_sync(path, rounds))
        figures = measure_asyncio(path, rounds, asyncio.run)
        report("asyncio, beside aiosqlite", figures)
        report("trio, beside aiosqlite on asyncio", measure_trio(rounds, figures))
        close()
    server = servers.postgres()
    if server is None:
        print("\nasyncpg: not measured, since no PostgreSQL is installed (scripts/servers installs it)")
    else:
        report_loops(compare(server.url(servers.fresh_database("postgresql")), rounds))
        close()
    servers.end()


if __name__ == "__main__":
    main()
