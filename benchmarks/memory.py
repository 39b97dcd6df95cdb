"""`python -m benchmarks.memory`: by how much the process grows while it writes and reads very many rows, on each engine.

Rows come from a generator and go in by `insert_all`, then all are read as records by `async_stream`. The size is that of
the process, looked at a thousand times on the way, above what it was before.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import anyio

from activerecord import ActiveRecord, Column, async_create_tables, column
from tests import servers

ENGINES = ("sqlite", "postgresql", "mysql")
PAGE = 4096
URL = "ACTIVERECORD_MEMORY_URL"


class Reading(ActiveRecord):
    """A row of three columns."""

    id: Column[int] = column(primary_key=True)
    name: Column[str]
    value: Column[float]


class Growth:
    """The most megabytes that the process had above what it had at the start."""

    def __init__(self, rows: int) -> None:
        self._step = max(1, rows // 1000)
        self._start = _size()
        self.most = 0.0

    def look(self, number: int) -> None:
        """Look at the size, at each thousandth of the rows."""
        if number % self._step == 0:
            self.most = max(self.most, _size() - self._start)


def _size() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 1e6


async def measure(rows: int) -> None:
    """Write the rows, read them, and print what both took."""
    await async_create_tables(Reading)
    # what is made once is made now
    await Reading.async_insert_all(_made(1000))
    await Reading.query().everywhere().async_delete_all()

    writing, began = Growth(rows), time.perf_counter()
    await Reading.async_insert_all(_seen(rows, writing))
    wrote = time.perf_counter() - began

    reading, began = Growth(rows), time.perf_counter()
    found = 0
    async with Reading.query().async_stream(batch=1000) as records:
        async for found, _ in _numbered(records):
            reading.look(found)
    read = time.perf_counter() - began
    if found != rows:
        raise SystemExit(f"{found} of {rows} rows came back")
    print(
        f"{rows:>10,} rows   written {writing.most:6.1f} MB {wrote:6.1f} s   read {reading.most:6.1f} MB {read:6.1f} s"
    )


def _made(rows: int) -> Iterator[dict[str, Any]]:
    for number in range(rows):
        yield {"name": f"reading {number}", "value": number / 7}


def _seen(rows: int, growth: Growth) -> Iterator[dict[str, Any]]:
    for number, row in enumerate(_made(rows), 1):
        growth.look(number)
        yield row


async def _numbered(records: AsyncIterator[Reading]) -> AsyncIterator[tuple[int, Reading]]:
    number = 0
    async for record in records:
        number += 1
        yield number, record


def main() -> None:
    """Measure each engine in a process of its own, which finds the database's URL in its environment."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    if URL in os.environ:
        ActiveRecord.configure(os.environ[URL])
        anyio.run(measure, rows)
        return
    again = [sys.executable, "-m", "benchmarks.memory", "--rows", str(rows)]
    with tempfile.TemporaryDirectory() as folder:
        for engine in ENGINES:
            server = servers.server(engine) if engine != "sqlite" else None
            if engine != "sqlite" and server is None:
                print(f"{engine:<12} is not installed")
                continue
            url = server.url(servers.fresh_database(engine)) if server else f"sqlite:///{folder}/memory.db"
            print(f"{engine:<12}", end="", flush=True)
            subprocess.run(again, env={**os.environ, URL: url}, check=True)  # noqa: S603  # this program


if __name__ == "__main__":
    main()
