"""asyncpg under trio at full load: many connections over TLS, random cancellations, timers and threads at once."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import pytest
import trio

from activerecord.config import Configuration
from activerecord.driver import Connection
from activerecord.drivers import check, find_driver
from activerecord.runtime import host
from tests import servers

pytestmark = [pytest.mark.stress, pytest.mark.timeout(90)]

T = TypeVar("T")

CONNECTIONS = 20
QUERIES = 200  # of each connection
IDLE = 1.0  # seconds


class Load:
    """Tasks that each ask their own questions on a connection of their own, some of them cut short."""

    def __init__(self, configuration: Configuration, seed: int) -> None:
        self._driver = find_driver(configuration)
        self._configuration = check(configuration, self._driver)
        self._random = random.Random(seed)
        self.happened: Counter[str] = Counter()

    async def call(self, work: Coroutine[Any, Any, T], terminate: Callable[[], object] | None = None) -> T:
        return await host(asyncio_only=True).call(work, terminate=terminate)

    async def connect(self) -> Connection:
        return await self.call(self._driver.connect(self._configuration))

    async def one(self, number: int, *, task_status: trio.TaskStatus[Connection] = trio.TASK_STATUS_IGNORED) -> None:
        connection = await self.connect()
        task_status.started(connection)
        for query in range(QUERIES):
            if not connection.usable():
                connection.terminate()
                self.happened["reconnected"] += 1
                connection = await self.connect()
            await self._ask(connection, number * QUERIES + query)
        await self.call(connection.close())

    async def _ask(self, connection: Connection, value: int) -> None:
        """A question whose answer nobody else gets; every third may be cut short before, within and after its answer."""
        kind = value % 3
        if kind == 0:
            assert await self.call(connection.fetch("SELECT $1::int", [value])) == [(value,)]
            self.happened["answered"] += 1
        elif kind == 1:
            with trio.move_on_after(self._random.uniform(0, 0.004)) as scope:
                rows = await self.call(connection.fetch("SELECT $1::int, pg_sleep(0.002)", [value]))
                assert rows[0][0] == value
                self.happened["answered"] += 1
            self.happened["cut short"] += scope.cancelled_caught
        else:
            await self.call(_timer_and_thread(value))
            self.happened["looped"] += 1


async def _timer_and_thread(value: int) -> None:
    """What drivers use of asyncio beside sockets."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(30):
        await asyncio.sleep(0.0005)
        assert await loop.run_in_executor(None, lambda: value) == value


@pytest.fixture
def load() -> Load:
    name = servers.fresh_database("postgresql")
    server = servers.postgres()
    if server is None or server.ca is None:
        pytest.skip("no PostgreSQL with TLS of our own")
    url = server.url(name, sslmode="verify-full", sslrootcert=server.ca, application_name=name)
    return Load(Configuration.read("load", url), seed=57)


def test_nothing_hangs_and_nothing_is_lost(load: Load) -> None:
    async def main() -> None:
        async with trio.open_nursery() as nursery:
            for number in range(CONNECTIONS):
                nursery.start_soon(load.one, number)
        watcher = await load.connect()
        sessions = await load.call(
            watcher.fetch(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = current_database() AND pid <> pg_backend_pid()",
                (),
            )
        )
        assert sessions == [(0,)]
        encrypted = await load.call(watcher.fetch("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", ()))
        assert encrypted == [(True,)]
        await load.call(watcher.close())

    trio.run(main)
    happened = load.happened
    assert happened["answered"] + happened["cut short"] + happened["looped"] == CONNECTIONS * QUERIES
    assert happened["cut short"] > CONNECTIONS
    assert happened["looped"] > CONNECTIONS


def test_an_idle_loop_costs_nothing(load: Load) -> None:
    async def main() -> float:
        connections = [await load.connect() for _ in range(CONNECTIONS)]
        await trio.sleep(0.1)
        before = time.thread_time()
        await trio.sleep(IDLE)
        spent = time.thread_time() - before
        for connection in connections:
            await load.call(connection.close())
        return spent

    # One turn of the loop takes about 0.0001 s of this thread's time: a loop that polled would take hundreds.
    assert trio.run(main) < 0.01
