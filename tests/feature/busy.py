"""Statements that keep each engine busy, and how tests of transactions and pools are set up and cut short."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import anyio

from activerecord.testing.contract import MYSQL_WORDS, POSTGRES_WORDS, SQLITE_WORDS
from activerecord.testing.runners import Manner

__all__ = ["BRIEF", "ONE_STATE", "SLOW_QUERY", "SLOW_WRITE", "cut_at", "with_settings"]

_WORDS = {"sqlite": SQLITE_WORDS, "postgresql": POSTGRES_WORDS, "mysql": MYSQL_WORDS}

# By engine. They take minutes, and end at once when they are told to; the second adds rows to `items`.
SLOW_QUERY = {engine: words.slow_query for engine, words in _WORDS.items()}
SLOW_WRITE = {engine: words.slow_write.replace("contract_rows", "items") for engine, words in _WORDS.items()}

# Some 50 ms.
BRIEF = {
    "sqlite": """
        WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 300000)
        SELECT max(n) FROM numbers
    """,
    "postgresql": "SELECT 1 FROM pg_sleep(0.05)",
    "mysql": "SELECT SLEEP(0.05)",
}

# The isolation to ask for where a transaction does not see one state of the database by itself.
ONE_STATE = {"postgresql": "repeatable read"}


def with_settings(url: str, **settings: object) -> str:
    """The URL with these settings, and with those that make tests quick: no file is synced.

    However short a test's patience is, opening a connection to a server has its time, on a busy machine too.
    """
    usual = {"synchronous": "off"} if url.startswith("sqlite") else {"connect_timeout": 10}
    asked = "&".join(f"{name}={value}" for name, value in {**usual, **settings}.items())
    return f"{url}{'&' if '?' in url else '?'}{asked}"


async def cut_at(reached: anyio.Event, work: Callable[[], Coroutine[Any, Any, object]], manner: Manner) -> bool:
    """Run `work()` and cancel it once it has reached that; whether the cancellation came out of it."""
    if manner == "task":
        return await _by_task(reached, work)
    scope = anyio.CancelScope()
    async with anyio.create_task_group() as group:
        with scope:
            group.start_soon(_cancel, reached, scope)
            await work()
    return scope.cancelled_caught


async def _cancel(reached: anyio.Event, scope: anyio.CancelScope) -> None:
    await reached.wait()
    scope.cancel()


async def _by_task(reached: anyio.Event, work: Callable[[], Coroutine[Any, Any, object]]) -> bool:
    task = asyncio.create_task(work())
    await reached.wait()
    task.cancel()
    await asyncio.wait([task])
    return task.cancelled()
