"""Connections that have been idle for long, or have grown old: asked before they are lent, or ended in good order."""

import time
from functools import partial

import anyio
import pytest

from activerecord import ActiveRecord, ConfigurationError, ConnectionFailed, connected, pool_statistics
from activerecord.config import Configuration
from activerecord.database import database, databases
from activerecord.driver import Connection, Driver
from activerecord.drivers import find_driver
from activerecord.pool import Lease, LoopPool
from activerecord.pool.shelf import Shelf
from activerecord.runtime import parallel, sleep
from activerecord.testing.runners import Runner, cut_short
from tests.feature.busy import with_settings
from tests.feature.puppets import Puppet, Strings, Verb, as_puppet

SEVERAL_CONNECTIONS = pytest.mark.places("file", "server")
SHORT, LONGER = 0.03, 0.05


async def opened(pool: LoopPool, number: int) -> list[Puppet]:
    """So many connections of the pool, all idle; the last is the one that is lent next."""
    leases = [await pool.acquire("a test") for _ in range(number)]
    for lease in leases:
        pool.release(lease)
    return [as_puppet(lease.connection) for lease in leases]


async def lent_once(pool: LoopPool) -> Puppet:
    lease = await pool.acquire("a test")
    pool.release(lease)
    return as_puppet(lease.connection)


async def all_obtainable(pool: LoopPool) -> None:
    """Require that as many connections as there may be can be had at once, and that each is alive."""
    leases: list[Lease] = []
    for _ in range(pool.configuration.max_size):
        leases.append(await pool.acquire("a test that counts"))
        assert leases[-1].connection.usable()
    assert len({lease.connection for lease in leases}) == len(leases)
    for lease in leases:
        pool.release(lease)
    assert pool.statistics().lent == 0


# how long they may be idle


def test_what_is_idle_for_too_long_ends_in_good_order(runner: Runner) -> None:
    async def main() -> None:
        strings = Strings()
        pool = strings.pool(max_size=3, max_idle=SHORT)
        old = await opened(pool, 3)
        await sleep(LONGER)
        assert await lent_once(pool) not in old
        assert [puppet.said for puppet in old] == [["close"]] * 3
        assert (pool.statistics().ended, pool.statistics().open, strings.most) == (3, 1, 3)
        await all_obtainable(pool)

    runner.run(main)


def test_what_is_used_again_and_again_is_not_idle_and_the_others_are(runner: Runner) -> None:
    async def main() -> None:
        strings = Strings()
        pool = strings.pool(max_size=3, max_idle=0.2)
        *others, used = await opened(pool, 3)
        end = time.monotonic() + 0.3
        while time.monotonic() < end:
            assert await lent_once(pool) is used
            await sleep(0.01)
        assert [puppet.said for puppet in others] == [["close"]] * 2 and used.said == []

    runner.run(main)


def test_no_fewer_than_min_size_are_kept(runner: Runner) -> None:
    async def main() -> None:
        strings = Strings()
        pool = strings.pool(max_size=4, min_size=2, max_idle=SHORT)
        await opened(pool, 4)
        for _ in range(3):
            await sleep(LONGER)
            await lent_once(pool)
            assert pool.statistics().open == 2
        assert len(strings.made) == 4

    runner.run(main)


def test_those_that_are_kept_all_the_same_are_not_looked_at_each_time() -> None:
    shelf = Shelf(Configuration.read("main", {"driver": "sqlite", "min_size": 1, "max_idle": 10}))
    kept = shelf.new(Puppet(Strings()), generation=0)  # type: ignore[arg-type]
    shelf.put(kept, time.monotonic() - 11)
    assert shelf.due < time.monotonic()
    assert shelf.expired(0) is None and len(shelf) == 1
    assert shelf.due > time.monotonic() + 9


def test_those_that_are_lent_count_to_min_size(runner: Runner) -> None:
    async def main() -> None:
        strings = Strings()
        pool = strings.pool(max_size=4, min_size=2, max_idle=SHORT)
        await opened(pool, 4)
        lent = [await pool.acquire("a test"), await pool.acquire("a test")]
        await sleep(LONGER)
        lent.append(await pool.acquire("a test"))
        assert pool.statistics().open == 3 and pool.statistics().idle == 0
        for lease in lent:
            pool.release(lease)

    runner.run(main)


# how old they may be


def test_what_is_too_old_ends_while_it_is_idle_and_when_it_comes_back(runner: Runner) -> None:
    async def main() -> None:
        strings = Strings()
        pool = strings.pool(max_size=2, min_size=2, max_lifetime=SHORT)
        lent, idle = await pool.acquire("a test"), (await opened(pool, 1))[0]
        await sleep(LONGER)
        assert await lent_once(pool) is not idle
        assert idle.said == ["close"]
        assert lent.connection.usable()
        pool.release(lent)
        assert not lent.connection.usable()
        await all_obtainable(pool)

    runner.run(main)


def test_connections_of_the_same_age_do_not_end_together() -> None:
    shelf = Shelf(Configuration.read("main", {"driver": "sqlite", "max_lifetime": 1000}))
    began = time.monotonic()
    left = [shelf.new(Puppet(Strings()), generation=0).ends - began for _ in range(500)]  # type: ignore[arg-type]
    assert 900 <= min(left) < 910 and 990 < max(left) < 1001


def test_never_is_never(runner: Runner) -> None:
    async def main() -> None:
        strings = Strings()
        pool = strings.pool(max_lifetime=0, max_idle=None, ping_after="0")
        (only,) = await opened(pool, 1)
        await sleep(LONGER)
        assert await lent_once(pool) is only and only.said == []

    runner.run(main)


@SEVERAL_CONNECTIONS
def test_real_connections_end_too(runner: Runner, database_url: str) -> None:
    ActiveRecord.configure(with_settings(database_url, max_idle=0.1, max_lifetime=30, ping_after=0.001))

    async def ask() -> None:
        assert (await database().execute_text("SELECT 57")).rows == [(57,)]

    async def main() -> None:
        lender = database().lender()
        for lease in [await lender.acquire("a test") for _ in range(3)]:
            lender.release(lease)
        assert pool_statistics().idle == 3
        await sleep(0.12)
        await ask()
        seen = pool_statistics()
        assert (seen.opened, seen.ended, seen.open, seen.idle, seen.lost) == (4, 3, 1, 1, 0)
        await sleep(0.01)
        await ask()
        assert pool_statistics().opened == 4

    runner.run(main)


# a server that is not there any more


@pytest.mark.parametrize("fault", ["frozen", "failing"])
def test_connections_that_cannot_end_in_good_order_hold_nobody_up(runner: Runner, fault: str) -> None:
    async def main() -> None:
        strings = Strings()
        pool = strings.pool(max_size=4, max_idle=SHORT, close_timeout=30)
        old = await opened(pool, 4)
        getattr(strings, fault).add("close")
        await sleep(LONGER)
        began = time.monotonic()
        assert await lent_once(pool) not in old
        assert time.monotonic() - began < 1.5
        assert not any(puppet.is_open for puppet in old)
        strings.frozen.clear()
        await all_obtainable(pool)

    runner.run(main)


@pytest.mark.parametrize("fault", ["frozen", "failing"])
def test_what_does_not_answer_is_not_lent(runner: Runner, fault: str) -> None:
    async def main() -> None:
        strings = Strings()
        pool = strings.pool(max_size=3, ping_after=SHORT, close_timeout=0.4)
        old = await opened(pool, 3)
        getattr(strings, fault).add("fetch")
        await sleep(LONGER)
        began = time.monotonic()
        assert await lent_once(pool) not in old
        assert time.monotonic() - began < 0.8
        assert not any(puppet.is_open for puppet in old)
        # the first had all the time that there is, where it said nothing
        assert old[-1].said[0] == "SELECT 1"
        seen = pool.statistics()
        assert (seen.lost, seen.open, seen.idle, seen.lent) == (3, 1, 1, 0)
        getattr(strings, fault).clear()
        await all_obtainable(pool)

    runner.run(main)


def test_what_answers_is_lent_and_asked_only_after_a_quiet_spell(runner: Runner) -> None:
    async def main() -> None:
        pool = Strings().pool(ping_after=0.2)
        (only,) = await opened(pool, 1)
        assert await lent_once(pool) is only and only.said == []
        await sleep(0.22)
        assert await lent_once(pool) is only and only.said == ["SELECT 1"]
        assert await lent_once(pool) is only and only.said == ["SELECT 1"]

    runner.run(main)


def test_one_that_was_ended_while_it_was_idle_is_passed_over(runner: Runner) -> None:
    async def main() -> None:
        pool = Strings().pool(max_size=2)
        living, dead = await opened(pool, 2)
        dead.is_open = False
        assert await lent_once(pool) is living
        assert (pool.statistics().lost, pool.statistics().open) == (1, 1)

    runner.run(main)


def test_where_none_can_be_opened_either_the_books_are_right(runner: Runner) -> None:
    async def main() -> None:
        strings = Strings()
        pool = strings.pool(max_size=2)
        for puppet in await opened(pool, 2):
            puppet.is_open = False
        strings.failing.add("open")
        with pytest.raises(ConnectionFailed):
            await pool.acquire("a test")
        seen = pool.statistics()
        assert (seen.opened, seen.ended, seen.lost, seen.open, seen.lent, seen.acquired) == (2, 2, 2, 0, 0, 2)
        strings.failing.clear()
        await all_obtainable(pool)

    runner.run(main)


# cancelled in the middle of it


@pytest.mark.parametrize("verb", ["close", "fetch", "open"])
def test_a_cancellation_in_the_middle_loses_nothing(async_runner: Runner, verb: Verb) -> None:
    async def main() -> None:
        for manner in async_runner.manners:
            strings = Strings()
            pool = strings.pool(
                max_size=2, max_idle=SHORT if verb == "close" else 0, ping_after=SHORT, close_timeout=0.1
            )
            if verb != "open":
                await opened(pool, 2)
                await sleep(LONGER)
            strings.frozen.add(verb)
            assert await cut_short(partial(lent_once, pool), manner, after=0.02)
            assert pool.statistics().lent == 0
            strings.frozen.clear()
            await all_obtainable(pool)
            assert strings.most <= 2 and len(strings.open_now) == pool.statistics().open

    async_runner.run(main)


def test_who_is_cancelled_already_waits_for_no_goodbye(async_runner: Runner) -> None:
    async def main() -> None:
        strings = Strings()
        pool = strings.pool(max_size=2, max_idle=SHORT, close_timeout=30)
        old = await opened(pool, 2)
        strings.frozen.add("close")
        await sleep(LONGER)
        began = time.monotonic()
        with anyio.CancelScope() as scope:
            scope.cancel()
            await lent_once(pool)
        assert scope.cancelled_caught
        assert time.monotonic() - began < 0.5
        assert all(puppet.is_open for puppet in old), "they are left to the next"
        assert pool.statistics().lent == 0
        strings.frozen.clear()
        await all_obtainable(pool)

    async_runner.run(main)


def test_a_cancellation_at_every_step_loses_nothing(async_runner: Runner) -> None:
    async def main() -> None:
        strings = Strings()
        pool = strings.pool(max_size=3, max_idle=0.004, ping_after=0.002, max_lifetime=0.05, close_timeout=0.05)

        async def work() -> None:
            for _ in range(20):
                lease = await pool.acquire("a test")
                try:
                    await anyio.sleep(0.001)
                finally:
                    pool.release(lease)
                await anyio.sleep(0.003)

        for manner in async_runner.manners:
            for number in range(40):
                await cut_short(work, manner, after=number * 0.0003)
                assert pool.statistics().lent == 0
        await all_obtainable(pool)
        assert strings.most <= 3 and len(strings.open_now) == pool.statistics().open
        await pool.close()
        assert not strings.open_now and pool.statistics().open == 0

    async_runner.run(main)


def test_many_at_once_never_open_more_than_there_may_be(async_runner: Runner) -> None:
    async def main() -> None:
        strings = Strings()
        pool = strings.pool(max_size=4, max_idle=0.003, ping_after=0.001, max_lifetime=0.02)

        async def work() -> None:
            for number in range(15):
                lease = await pool.acquire("a test")
                assert lease.connection.usable()
                await anyio.sleep(0.0005 * (number % 3))
                pool.release(lease)
                await anyio.sleep(0.002 * (number % 4))

        await parallel([work] * 12)
        assert strings.most <= 4 and pool.statistics().lent == 0
        assert pool.statistics().acquired == 180
        await pool.close()
        assert not strings.open_now

    async_runner.run(main)


# min_size


def test_connected_opens_as_many_as_are_always_there(runner: Runner, database_url: str) -> None:
    async def main() -> None:
        async with connected(with_settings(database_url, min_size=3, max_size=4)):
            seen = pool_statistics()
            assert (seen.open, seen.idle) == ((1, 1) if seen.max_size == 1 else (3, 3))
        assert not databases()

    runner.run(main)


def test_filling_opens_at_once_what_is_missing(async_runner: Runner) -> None:
    async def main() -> None:
        strings = Strings()
        pool = strings.pool(min_size=3, max_size=3)
        await pool.fill()
        await pool.fill()
        assert (len(strings.made), pool.statistics().idle) == (3, 3)

    async_runner.run(main)


def test_filling_that_fails_raises_one_error_and_can_be_ended(runner: Runner) -> None:
    async def main() -> None:
        strings = Strings()
        pool = strings.pool(min_size=3, max_size=3)
        await opened(pool, 1)
        strings.failing.add("open")
        with pytest.raises(ConnectionFailed):
            await pool.fill()
        assert (pool.statistics().lent, pool.statistics().open) == (0, 1)
        await pool.close()
        assert not strings.open_now

    runner.run(main)


@SEVERAL_CONNECTIONS
def test_connected_that_cannot_open_them_all_leaves_nothing_open(
    runner: Runner, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = with_settings(database_url, min_size=4)
    driver = find_driver(Configuration.read("main", url))
    connect, made, places = driver.connect, list[Connection](), [1, 2]

    async def only_two(self: Driver, configuration: Configuration) -> Connection:
        if not places:
            raise ConnectionFailed("the server has no more")
        places.pop()
        made.append(await connect(configuration))
        return made[-1]

    monkeypatch.setattr(type(driver), "connect", only_two)

    async def main() -> None:
        with pytest.raises(ConnectionFailed):
            async with connected(url):
                raise AssertionError("entered")
        assert len(made) == 2 and not any(each.usable() for each in made)
        assert not databases()

    runner.run(main)


# the settings


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"min_size": 3, "max_size": 2}, "'min_size' is 3, and 'max_size' allows no more than 2"),
        ({"min_size": 11}, "'min_size' is 11"),
        ({"min_size": -1}, "'min_size' takes a whole number, zero or more"),
        ({"max_lifetime": -1}, "'max_lifetime' takes seconds"),
        ({"max_idle": "long"}, "'max_idle' takes seconds"),
        ({"ping_after": True}, "'ping_after' takes seconds"),
    ],
)
def test_senseless_settings_are_refused_by_name(settings: dict[str, object], told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        Configuration.read("main", {"driver": "sqlite", **settings})


def test_the_usual_settings() -> None:
    usual = Configuration.read("main", "sqlite:///a.db")
    assert (usual.min_size, usual.max_lifetime, usual.max_idle, usual.ping_after) == (0, 3600, 600, 30)
    never = Configuration.read("main", "sqlite:///a.db?max_lifetime=0&max_idle=0&ping_after=0&min_size=1")
    assert (never.min_size, never.max_lifetime, never.max_idle, never.ping_after) == (1, None, None, None)
    never = Configuration.read("main", {"driver": "sqlite", "max_lifetime": None, "max_idle": None, "ping_after": None})
    assert (never.max_lifetime, never.max_idle, never.ping_after) == (None, None, None)
