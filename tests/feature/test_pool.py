"""Pools: how many connections, who gets them, and when they end."""

import asyncio
import gc
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import closing, suppress
from contextvars import Context
from pathlib import Path
from typing import Any

import anyio
import pytest
import trio

from activerecord import (
    ActiveRecord,
    Column,
    ConfigurationError,
    ConnectionFailed,
    LockTimeout,
    PoolTimeout,
    TransactionClosed,
    UsageError,
    async_close,
    close,
    column,
    connected,
    create_tables,
    pool_statistics,
)
from activerecord.database import database, databases
from activerecord.runtime import host, sleep
from activerecord.sql.dialect import Terms
from activerecord.testing.leaks import Footprint
from activerecord.testing.runners import RUNNERS, Runner, cut_short
from tests.feature.busy import ONE_STATE, cut_at, with_settings
from tests.feature.sessions import sessions

SEVERAL_CONNECTIONS = pytest.mark.places("file", "server")
IN_A_FILE = pytest.mark.places("file")
IN_MEMORY = pytest.mark.places("memory")


class Item(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    name: Column[str]


@pytest.fixture
def items(database_url: str) -> str:
    ActiveRecord.configure(with_settings(database_url, max_size=3, acquire_timeout=0.3))
    create_tables(Item)
    return database_url


async def add(name: str = "a") -> None:
    await Item.async_create(name=name)


async def count() -> int:
    return await Item.query().async_count()


async def once(url: str) -> None:
    """Have the loop make what it makes once and keeps: a guest loop under trio, uvloop's door to nowhere."""

    async def nothing() -> None: ...

    await host(asyncio_only=True).call(nothing())
    async with connected(url):
        await database().execute_text("SELECT 1")


async def left_open(before: Footprint) -> list[str]:
    """What is open that was not before. A loop closes sockets in later turns."""
    end = time.monotonic() + 2
    while before.grown() and time.monotonic() < end:
        await sleep(0.005)
    return before.leaked(within=0)


def still_open(url: str) -> list[object]:
    """The descriptors of the file of the test, or the sessions of its server.

    A thread closes its connection a moment after it was told to, and a server notices a moment later.
    """
    end = time.monotonic() + 2
    while True:
        found = _connections(url)
        if not found or time.monotonic() > end:
            return found
        time.sleep(0.005)


def _connections(url: str) -> list[object]:
    if url.startswith("sqlite"):
        return [target for target in Footprint.now().descriptors if target.endswith("test.db")]
    return [*sessions(url)]


def in_thread(work: Callable[[], Any]) -> Any:
    """What `work` gives in a thread of its own."""
    answers: list[Any] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            answers.append(work())
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failures:
        raise failures[0]
    return answers[0]


# how many, and who gets them


@SEVERAL_CONNECTIONS
def test_max_size_is_kept_and_used(items: str, async_runner: Runner) -> None:
    async def main() -> None:
        open_now: list[int] = []
        most = 0
        all_used = anyio.Event()

        async def hold(number: int) -> None:
            nonlocal most
            async with Item.async_transaction(read_only=True):
                open_now.append(number)
                most = max(most, len(open_now))
                if most == 3:
                    all_used.set()
                # opening one may take longer than another is held
                with anyio.move_on_after(5):
                    await all_used.wait()
                await anyio.sleep(0.005)
                open_now.remove(number)

        async with anyio.create_task_group() as group:
            for number in range(10):
                group.start_soon(hold, number)
        assert most == 3

    async_runner.run(main)


def test_who_waits_in_vain_is_told_who_holds_them(items: str, async_runner: Runner) -> None:
    async def main() -> None:
        in_memory = database().driver.shared(database().configuration)
        size = 1 if in_memory else 3
        all_held, over = anyio.Event(), anyio.Event()
        held: list[int] = []

        async def hold() -> None:
            async with Item.async_transaction(read_only=True):
                held.append(1)
                if len(held) == size:
                    all_held.set()
                await over.wait()

        async with anyio.create_task_group() as group:
            for _ in range(size):
                group.start_soon(hold)
            await all_held.wait()
            began = time.monotonic()
            with pytest.raises(PoolTimeout, match=rf"none of {size} connection.*test_pool\.py:\d+ for 0\.\d s"):
                await count()
            assert 0.2 < time.monotonic() - began < 1
            over.set()
        assert await count() == 0

    async_runner.run(main)


def test_who_comes_first_is_served_first(database_url: str, async_runner: Runner) -> None:
    ActiveRecord.configure(with_settings(database_url, max_size=1))
    create_tables(Item)

    async def main() -> None:
        served: list[int] = []

        async def wait(number: int) -> None:
            async with Item.async_transaction(read_only=True):
                served.append(number)

        async with anyio.create_task_group() as group, Item.async_transaction(read_only=True):
            for number in range(8):
                # not as a child of the scope that is open
                group.start_soon(_apart, wait, number)
                await anyio.sleep(0.001)
        assert served == list(range(8))

    async_runner.run(main)


async def _apart(work: Callable[[int], Any], number: int) -> None:
    """Run in a task of its own, with none of the scopes that the group's owner has open."""
    async with anyio.create_task_group() as group:
        _ = Context().run(group.start_soon, work, number)


def test_a_waiter_that_is_cancelled_takes_nothing_along(items: str, async_runner: Runner) -> None:
    async def main() -> None:
        over = anyio.Event()

        async def hold(started: anyio.Event) -> None:
            async with Item.async_transaction(read_only=True):
                started.set()
                await over.wait()

        size = 1 if database().driver.shared(database().configuration) else 3
        async with anyio.create_task_group() as group:
            for _ in range(size):
                started = anyio.Event()
                group.start_soon(hold, started)
                await started.wait()
            for manner in async_runner.manners:
                assert await cut_short(count, manner, after=0.01)
            over.set()
        async with anyio.create_task_group() as group:
            for _ in range(6):
                group.start_soon(count)

    async_runner.run(main)


@IN_A_FILE
def test_a_file_that_another_process_has_for_itself_is_waited_for(database_url: str, runner: Runner) -> None:
    ActiveRecord.configure(with_settings(database_url, lock_timeout=0.3))
    create_tables(Item)
    close()

    async def begin() -> None:
        async with Item.async_transaction():
            await add()

    async def main() -> None:
        with closing(sqlite3.connect(database_url.partition(":///")[2], isolation_level=None)) as other:
            other.execute("PRAGMA locking_mode = EXCLUSIVE")
            other.execute("BEGIN EXCLUSIVE")
            for work in (count, add, begin):
                began = time.monotonic()
                with pytest.raises(LockTimeout):
                    await work()
                assert 0.2 < time.monotonic() - began < 1
        await begin()
        assert await count() == 1

    runner.run(main)


# when they end


@SEVERAL_CONNECTIONS
def test_a_loop_that_ends_closes_its_connections(items: str, async_runner: Runner) -> None:
    close()
    before = Footprint.now()

    async def main() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(3):
                group.start_soon(count)

    for _ in range(4):
        async_runner.run(main)
        assert not before.leaked()


def test_every_kind_of_loop_after_another(items: str) -> None:
    asyncio.run(add("asyncio"))
    trio.run(add, "trio")
    anyio.run(add, "anyio")
    anyio.run(add, "anyio on trio", backend="trio")
    Item.create(name="sync")
    for _ in range(3):
        assert asyncio.run(count()) == trio.run(count) == anyio.run(count) == Item.query().count() == 5


def test_a_loop_that_ends_by_an_error_closes_its_connections(items: str, async_runner: Runner) -> None:
    async def main() -> None:
        await add()
        raise LookupError

    for _ in range(3):
        with pytest.raises(LookupError):
            async_runner.run(main)
    assert async_runner.run(count) == 3


@SEVERAL_CONNECTIONS
def test_a_thread_that_ends_closes_its_connections(items: str) -> None:
    # SQLite itself keeps descriptors of a file for as long as this thread holds a lock on it
    close()
    before = Footprint.now()
    for _ in range(3):
        in_thread(lambda: Item.create(name="a"))
    assert not before.leaked()
    assert Item.query().count() == 3


def test_loops_in_threads_at_once(items: str, engine: str) -> None:
    rounds, isolation = 4, ONE_STATE.get(engine)
    if not items.endswith(":memory:"):
        ActiveRecord.configure(with_settings(items))

    async def work() -> None:
        for _ in range(rounds):
            async with Item.async_transaction(isolation=isolation):
                before = await count()
                await add()
                assert await count() == before + 1

    def in_sync_code() -> None:
        for _ in range(rounds):
            with Item.transaction(isolation=isolation):
                before = Item.query().count()
                Item.create(name="sync")
                assert Item.query().count() == before + 1

    kinds: list[Callable[[], object]] = [lambda: asyncio.run(work()), lambda: trio.run(work), in_sync_code]
    failures: list[BaseException] = []

    def run(kind: Callable[[], object]) -> None:
        try:
            kind()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=[kind]) for kind in kinds * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert Item.query().count() == rounds * len(threads)


@SEVERAL_CONNECTIONS
def test_loops_in_threads_again_and_again_have_a_pool_each(items: str) -> None:
    close()
    before = Footprint.now()
    seen: list[tuple[int, int, int]] = []

    async def work() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(6):
                group.start_soon(count)
        found = pool_statistics()
        seen.append((found.acquired, found.lent, found.max_size))
        assert 1 <= found.opened == found.open <= 3

    def again_and_again(run: Callable[[Callable[[], Any]], object]) -> None:
        for _ in range(5):
            run(work)

    runs = [runner.run for runner in RUNNERS.values() if runner.name != "sync"]
    threads = [threading.Thread(target=again_and_again, args=[run]) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [(6, 0, 3)] * 5 * len(runs)
    assert pool_statistics().opened == 0
    assert not before.leaked()


@IN_MEMORY
def test_a_database_in_memory_is_the_same_everywhere(items: str) -> None:
    Item.create(name="sync")
    asyncio.run(add("asyncio"))
    trio.run(add, "trio")
    in_thread(lambda: Item.create(name="thread"))
    in_thread(lambda: asyncio.run(add("asyncio in a thread")))
    expected = ["sync", "asyncio", "trio", "thread", "asyncio in a thread"]

    async def names() -> list[str]:
        return await Item.query().order_by("id").async_pluck(Item.name)

    assert Item.query().order_by("id").pluck(Item.name) == expected
    assert asyncio.run(names()) == expected
    assert trio.run(names) == expected
    assert in_thread(Item.query().order_by("id").pluck(Item.name).copy) == expected


# close and connected


def test_close_ends_what_is_open_and_the_next_statement_opens_again(items: str, runner: Runner) -> None:
    in_memory = database().driver.shared(database().configuration)

    async def main() -> None:
        await add()
        await async_close()
        assert not still_open(items)
        before = Footprint.now()
        if in_memory:
            assert (await database().execute_text("SELECT count(*) FROM sqlite_master")).rows == [(0,)]
        else:
            assert await count() == 1
        await async_close()
        assert not before.leaked()

    runner.run(main)


def test_connected_lasts_as_long_as_its_block(database_url: str, runner: Runner) -> None:
    async def main() -> None:
        await once(database_url)
        before = Footprint.now()
        for _ in range(2):
            async with connected({"default": database_url, "other": "sqlite:///:memory:"}):
                await database("other").execute_text("CREATE TABLE things (id INTEGER)")
                await database().execute_text("SELECT 1")
            assert not databases()
            assert not await left_open(before)
        with pytest.raises(ConfigurationError):
            database()

    runner.run(main)


@IN_A_FILE
def test_connected_refuses_what_cannot_be_opened(tmp_path: Path, driver: str, runner: Runner) -> None:
    async def main() -> None:
        with pytest.raises(ConnectionFailed):
            async with connected(f"sqlite+{driver}:///{tmp_path / 'no' / 'such' / 'folder.db'}"):
                raise AssertionError("entered")
        assert not databases()

    runner.run(main)


def test_connected_closes_all_when_it_is_cancelled(database_url: str, async_runner: Runner) -> None:
    async def main() -> None:
        await once(database_url)
        before = Footprint.now()
        for manner in async_runner.manners:
            reached = anyio.Event()

            async def work(reached: anyio.Event = reached) -> None:
                async with connected({"default": database_url, "other": "sqlite:///:memory:"}):
                    await database().execute_text("SELECT 1")
                    reached.set()
                    await anyio.sleep(5)

            assert await cut_at(reached, work, manner)
            assert not databases()
            assert not await left_open(before)

    async_runner.run(main)


def test_connected_leaves_alone_what_was_configured_inside(database_url: str, runner: Runner) -> None:
    async def main() -> None:
        async with connected(database_url):
            ActiveRecord.configure("sqlite:///:memory:")
        assert (await database().execute_text("SELECT 57")).rows == [(57,)]

    runner.run(main)


# configured anew


def test_configured_anew_in_sync_code(items: str) -> None:
    Item.create(name="a")
    in_thread(lambda: Item.query().all())
    before = Footprint.now()
    ActiveRecord.configure("sqlite:///:memory:")
    # their descriptors are closed, whichever thread had them
    assert not still_open(items)
    create_tables(Item)
    assert Item.query().count() == 0
    assert not [line for line in before.grown() if "test.db" in line]


def test_configured_anew_in_a_loop(items: str, async_runner: Runner) -> None:
    async def main() -> None:
        await add()
        ActiveRecord.configure("sqlite:///:memory:")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            gc.collect()
        await anyio.sleep(0.05)
        assert not still_open(items)
        assert (await database().execute_text("SELECT 57")).rows == [(57,)]

    async_runner.run(main)


def test_what_is_lent_when_configured_anew_ends_in_good_order(items: str, async_runner: Runner) -> None:
    async def main() -> None:
        old = database()
        async with old.transaction():
            await old.execute_text("INSERT INTO items (name) VALUES ('a')")
            ActiveRecord.configure({"default": "sqlite:///:memory:"})
            await old.execute_text("INSERT INTO items (name) VALUES ('b')")
            rows = (await old.execute_text("SELECT name FROM items")).rows
            assert rows == [("a",), ("b",)]
        with pytest.raises(UsageError, match="configured anew"):
            await old.execute_text("SELECT 1")
        await anyio.sleep(0.05)
        assert not still_open(items)

    async_runner.run(main)
    if not items.endswith(":memory:"):
        ActiveRecord.configure(items)
        assert Item.query().order_by("id").pluck(Item.name) == ["a", "b"]


def test_who_waits_when_configured_anew_is_told(items: str, async_runner: Runner) -> None:
    # with the usual time to wait: it must not be over before the configuration has changed, however busy the machine
    ActiveRecord.configure(with_settings(items, max_size=3))

    async def main() -> None:
        old = database()
        size = 1 if old.driver.shared(old.configuration) else 3
        over, told = anyio.Event(), anyio.Event()

        async def hold(started: anyio.Event) -> None:
            async with old.transaction(Terms(read_only=True)):
                started.set()
                await over.wait()

        async def wait() -> None:
            with pytest.raises(UsageError, match="configured anew"):
                await old.execute_text("SELECT 1")
            told.set()

        async with anyio.create_task_group() as group:
            for _ in range(size):
                started = anyio.Event()
                group.start_soon(hold, started)
                await started.wait()
            group.start_soon(wait)
            await anyio.sleep(0.01)
            ActiveRecord.configure({"default": "sqlite:///:memory:"})
            over.set()
            await told.wait()

    async_runner.run(main)


def test_configured_anew_while_another_loop_is_at_work(items: str) -> None:
    began, configured = threading.Event(), threading.Event()
    seen: list[object] = []

    async def work() -> None:
        old = database()
        async with old.transaction():
            await old.execute_text("INSERT INTO items (name) VALUES ('a')")
            began.set()
            while not configured.is_set():
                await anyio.sleep(0.001)
            seen.append((await old.execute_text("SELECT name FROM items")).rows)
        with suppress(UsageError, TransactionClosed):
            await old.execute_text("SELECT 1")
            seen.append("still there")

    for run in (lambda: asyncio.run(work()), lambda: trio.run(work)):
        began.clear()
        configured.clear()
        seen.clear()
        ActiveRecord.configure(with_settings(items))
        create_tables(Item, if_not_exists=True)
        thread = threading.Thread(target=run)
        thread.start()
        began.wait()
        ActiveRecord.configure("sqlite:///:memory:")
        configured.set()
        thread.join()
        assert len(seen) == 1 and ("a",) in list(seen[0])  # type: ignore[call-overload]


# processes


def run_program(text: str, *arguments: str) -> str:
    """What a program prints, to either stream; every warning is an error there."""
    program = PREFACE + textwrap.dedent(text)
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", program, *arguments],
        capture_output=True,
        text=True,
        timeout=40,
        check=False,
        env={"PYTHONPATH": ":".join(sys.path), "PATH": ""},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


PREFACE = """
import asyncio, logging, os, sys, threading
import trio
from activerecord import ActiveRecord, Column, column, create_tables

class Item(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    name: Column[str]

# how long a turn of the loop takes depends on the machine
logging.getLogger("asyncio").setLevel(logging.ERROR)
ActiveRecord.configure(sys.argv[1])
create_tables(Item)

async def add():
    await Item.async_create(name="a")
    await Item.query().async_all()
"""


def test_a_process_that_exits_with_connections_open_says_nothing(database_url: str) -> None:
    program = """
        Item.create(name="a")
        asyncio.run(add())
        trio.run(add)
        thread = threading.Thread(target=lambda: Item.create(name="a"))
        thread.start()
        thread.join()
        loop = asyncio.new_event_loop()
        loop.run_until_complete(add())
        loop.close()
        ActiveRecord.configure({"other": "sqlite:///:memory:"})
        assert Item.query().count() == 5
        transaction = Item.transaction()
        transaction.__enter__()
        Item.create(name="never committed")
    """
    assert run_program(program, database_url) == ""


@SEVERAL_CONNECTIONS
def test_configuring_anew_in_a_program_says_nothing(database_url: str) -> None:
    program = """
        Item.query().all()
        ActiveRecord.configure("sqlite:///:memory:")
        create_tables(Item)
        Item.query().all()
        ActiveRecord.configure("sqlite:///:memory:")
    """
    assert run_program(program, database_url) == ""


def test_a_forked_child_begins_afresh(database_url: str) -> None:
    program = """
        Item.create(name="parent")
        in_memory = ":memory:" in sys.argv[1]
        if in_memory:
            expected = 0
        child = os.fork()
        if child == 0:
            if in_memory:
                create_tables(Item)
            Item.create(name="child")
            assert Item.query().count() == (1 if in_memory else 2)
            with Item.transaction():
                Item.create(name="child")
            asyncio.run(add())
            trio.run(add)
            sys.exit(0)
        assert os.waitpid(child, 0)[1] == 0
        assert Item.query().count() == (1 if in_memory else 5)
        Item.create(name="parent")
        with Item.transaction():
            child = os.fork()
            if child == 0:
                try:
                    Item.create(name="child")
                except Exception as error:
                    assert "another event loop or thread" in str(error), error
                    os._exit(0)
                os._exit(1)
            assert os.waitpid(child, 0)[1] == 0
            Item.create(name="parent")
        assert Item.query().count() == (3 if in_memory else 7)
    """
    assert run_program(program, database_url) == ""


@SEVERAL_CONNECTIONS
@pytest.mark.parametrize("kind", ["asyncio", "trio"])
def test_a_child_that_is_forked_inside_a_loop_has_loops_of_its_own(database_url: str, kind: str) -> None:
    program = """
        from activerecord import pool_statistics

        def in_the_child(failures):
            try:
                assert pool_statistics().opened == 0
                asyncio.run(add())
                asyncio.run(add())
                trio.run(add)
                Item.create(name="child")
                assert Item.query().count() == 5
            except BaseException as error:
                failures.append(repr(error))

        def fork():
            child = os.fork()
            if child == 0:
                failures = []
                # the thread of the fork is inside of the parent's loop, and trio knows no way out of it
                thread = threading.Thread(target=in_the_child, args=[failures])
                thread.start()
                thread.join()
                print(*failures, flush=True)
                os._exit(len(failures))
            assert os.waitpid(child, 0)[1] == 0

        async def main():
            await add()
            async with Item.async_transaction(read_only=True):
                await Item.query().async_all()
                fork()
                await Item.query().async_all()
            # the parent's connections have lived through the child's end
            assert await Item.query().async_count() == 5
            assert pool_statistics().opened == 1, pool_statistics()

        if sys.argv[2] == "asyncio":
            asyncio.run(main())
        else:
            trio.run(main)
    """
    assert run_program(program, database_url, kind).strip() == ""
