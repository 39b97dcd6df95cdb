"""The contract: how a connection ends."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

from activerecord.errors import ConnectionLost
from activerecord.runtime import parallel, sleep
from activerecord.testing.contract.bench import Bench, Link
from activerecord.testing.contract.check import Checks, raised

__all__ = ["ENDING"]

ENDING = Checks()


@ENDING.add()
async def a_new_connection_is_usable_and_in_no_transaction(bench: Bench) -> None:
    async with bench.link(table=False) as link:
        assert link.connection.usable() and not link.connection.in_transaction()
        await link.answers()


@ENDING.add()
async def a_connection_may_be_closed_twice(bench: Bench) -> None:
    for ends in ("close", "close"), ("close", "terminate"), ("terminate", "close"), ("terminate", "terminate"):
        link = await bench.connect()
        for end in ends:
            if end == "close":
                await link.close()
            else:
                link.connection.terminate()
            assert not link.connection.usable() and not link.connection.in_transaction()


@ENDING.add()
async def a_connection_that_ended_is_lost(bench: Bench) -> None:
    for gracefully in True, False:
        link = await bench.connect()
        if gracefully:
            await link.close()
        else:
            link.connection.terminate()
        await raised(ConnectionLost, link.fetch("SELECT 1"))
        await raised(ConnectionLost, link.execute("SELECT 1"))
        await raised(ConnectionLost, link.execute_many("SELECT ?", [(1,)]))


@ENDING.add()
async def terminate_lets_go_of_a_running_statement(bench: Bench) -> None:
    for _ in range(3):
        link = await bench.connect()
        start = time.monotonic()
        await raised(ConnectionLost, _terminated_meanwhile(bench, link))
        assert time.monotonic() - start < 1.0
        assert not link.connection.usable()


@ENDING.add()
async def terminate_undoes_what_runs(bench: Bench) -> None:
    if bench.shared:
        return
    async with bench.link() as link:
        other = await bench.connect()
        await other.begin()
        await other.execute("INSERT INTO contract_rows (name) VALUES (?)", "a")
        await raised(ConnectionLost, _terminated_meanwhile(bench, other))
        await sleep(0.1)
        assert await link.count() == 0


async def _terminated_meanwhile(bench: Bench, link: Link) -> None:
    """A slow query whose connection is terminated while it runs."""
    if bench.runner.name != "sync":
        await parallel([lambda: link.fetch(bench.words.slow_query), lambda: _terminate_soon(link)])
    elif bench.driver.asyncio_only:
        await link.call(_terminated_by_its_loop(bench, link))
    else:
        # Such a driver waits by what may be woken from any thread.
        timer = threading.Timer(0.05, link.connection.terminate)
        timer.start()
        try:
            await link.fetch(bench.words.slow_query)
        finally:
            timer.join()


async def _terminate_soon(link: Link) -> None:
    await sleep(0.05)
    link.connection.terminate()


async def _terminated_by_its_loop(bench: Bench, link: Link) -> Any:
    asyncio.get_running_loop().call_later(0.05, link.connection.terminate)
    return await link.connection.fetch(bench.words.slow_query, ())


@ENDING.add()
async def many_connections_leave_nothing(bench: Bench) -> None:
    """What they leave is looked for after every demand."""
    links = [await bench.connect() for _ in range(10)]
    for link in links:
        await link.answers()
    ends: list[Callable[[], Awaitable[None]]] = [link.close for link in links]
    await parallel(ends)
