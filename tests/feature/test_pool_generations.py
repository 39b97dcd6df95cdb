"""A server that was lost, or that takes no writes any more: no connection that is as old is lent again."""

import time

import anyio
import pytest

from activerecord import ActiveRecord, Column, ConnectionLost, ReadOnly, column, create_tables, pool_statistics
from activerecord.config import Configuration
from activerecord.database import database
from activerecord.pool import LoopPool
from activerecord.runtime import parallel, sleep
from activerecord.testing.runners import RUNNERS, Runner, cut_short
from tests.feature.busy import BRIEF, SLOW_QUERY, with_settings
from tests.feature.puppets import Puppet, Strings, as_puppet
from tests.feature.sessions import kill, session

# Makes the session that it is sent on refuse writes from then on, as that of a server does that is no primary any more.
REFUSE_WRITES = {
    "sqlite": "PRAGMA query_only = on",
    "postgresql": "SET default_transaction_read_only = on",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
}
LOST, READ_ONLY = ConnectionLost("as the test wants it"), ReadOnly("as the test wants it")


class Item(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    name: Column[str]


@pytest.fixture
def items(database_url: str) -> str:
    ActiveRecord.configure(with_settings(database_url, max_size=3))
    create_tables(Item)
    return database_url


async def fill(number: int) -> None:
    lender = database().lender()
    for lease in [await lender.acquire("a test") for _ in range(number)]:
        lender.release(lease)


async def lent_once(pool: LoopPool) -> Puppet:
    lease = await pool.acquire("a test")
    pool.release(lease)
    return as_puppet(lease.connection)


# what the pool does


@pytest.mark.parametrize("error", [LOST, READ_ONLY], ids=["lost", "read only"])
def test_none_of_the_old_ones_is_lent_again(runner: Runner, error: ConnectionLost | ReadOnly) -> None:
    async def main() -> None:
        strings = Strings()
        pool = strings.pool(max_size=4, min_size=4)
        await pool.fill()
        first, second = await pool.acquire("a test"), await pool.acquire("a test")
        pool.suspect(first.connection, error)
        new = await lent_once(pool)
        assert new not in strings.made[:4]
        # the others fail too, and say the same
        pool.suspect(second.connection, error)
        assert await lent_once(pool) is new
        # those that were idle are ended, those that are lent may end what they are at
        assert sum(puppet.is_open for puppet in strings.made[:4]) == 2
        pool.release(first)
        pool.release(second)
        assert not any(puppet.is_open for puppet in strings.made[:4])
        assert await lent_once(pool) is new
        assert (pool.statistics().open, strings.most) == (1, 4)

    runner.run(main)


def test_what_was_being_opened_at_that_moment_is_old(async_runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        strings = Strings()
        pool = strings.pool(max_size=2)
        failing = await pool.acquire("a test")
        reached, over = anyio.Event(), anyio.Event()

        async def slowly(configuration: Configuration) -> Puppet:
            puppet = await Strings.connect(strings, configuration)
            reached.set()
            await over.wait()
            return puppet

        monkeypatch.setattr(strings, "connect", slowly)
        async with anyio.create_task_group() as group:
            group.start_soon(lent_once, pool)
            await reached.wait()
            pool.suspect(failing.connection, LOST)
            over.set()
        pool.release(failing)
        assert (pool.statistics().opened, pool.statistics().open) == (2, 0)

    async_runner.run(main)


def test_a_suspected_server_is_not_waited_for(runner: Runner) -> None:
    async def main() -> None:
        strings = Strings()
        pool = strings.pool(max_size=3, min_size=3)
        await pool.fill()
        strings.frozen.add("close")
        failing = await pool.acquire("a test")
        pool.suspect(failing.connection, LOST)
        began = time.monotonic()
        pool.release(failing)
        await lent_once(pool)
        assert time.monotonic() - began < 0.5

    runner.run(main)


def test_writes_are_doubted_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    async def main() -> None:
        strings = Strings()
        pool = strings.pool(max_idle=0, ping_after=0)

        async def refused() -> None:
            lease = await pool.acquire("a test")
            pool.suspect(lease.connection, READ_ONLY)
            pool.release(lease)

        for seconds, made in [(0, 1), (0, 2), (59, 2), (2, 2), (0, 3), (61, 3), (0, 4)]:
            now[0] += seconds
            await refused()
            assert len(strings.made) == made
        assert pool.statistics().lost == 0

    RUNNERS["sync"].run(main)


# what makes it do so


@pytest.mark.places("server")
def test_a_lost_connection_takes_the_others_along(runner: Runner, items: str, engine: str) -> None:
    ActiveRecord.configure({"killer": items})

    async def main() -> None:
        await fill(3)
        with pytest.raises(ConnectionLost):
            async with Item.async_transaction():
                await kill(engine, await session(engine))
                await Item.query().async_count()
        seen = pool_statistics()
        assert (seen.lost, seen.open, seen.idle) == (1, 2, 2)
        assert await Item.query().async_count() == 0
        seen = pool_statistics()
        assert (seen.opened, seen.open, seen.idle) == (4, 1, 1)

    runner.run(main)


@pytest.mark.places("file", "server")
def test_a_refused_write_takes_the_connections_along(runner: Runner, items: str, engine: str) -> None:
    async def main() -> None:
        await fill(2)
        await database().execute_text(REFUSE_WRITES[engine])
        with pytest.raises(ReadOnly):
            await Item.async_create(name="a")
        await Item.async_create(name="b")
        assert pool_statistics().ended == 2
        assert await Item.query().async_pluck(Item.name) == ["b"]

    runner.run(main)


@pytest.mark.places("server")
def test_a_write_in_a_read_only_transaction_says_nothing_of_the_server(runner: Runner, items: str) -> None:
    async def main() -> None:
        await fill(2)
        for _ in range(2):
            with pytest.raises(ReadOnly):
                async with Item.async_transaction(read_only=True):
                    await database().execute_text("INSERT INTO items (name) VALUES ('a')")
        assert pool_statistics().opened == 2

    runner.run(main)


@pytest.mark.places("file", "server")
def test_a_cancelled_statement_says_nothing_of_the_server(async_runner: Runner, items: str, engine: str) -> None:
    async def main() -> None:
        await fill(3)
        for manner in async_runner.manners:
            assert await cut_short(lambda: database().execute_text(SLOW_QUERY[engine]), manner, after=0.05)
        await parallel([lambda: database().execute_text(BRIEF[engine])] * 2)
        # the one that was stopped may not have been worth keeping
        assert pool_statistics().lost == 0 and pool_statistics().opened == 3
        await sleep(0)

    async_runner.run(main)
