"""How long things may take: deadlines of the program's, timeouts of verbs and configurations, and the bounds of all else."""

import threading
import time
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from time import monotonic
from typing import Any

import anyio
import pytest
from anyio.abc import TaskStatus

from activerecord import (
    ActiveRecord,
    Column,
    ConnectionFailed,
    ConnectionLost,
    DeadlineExceeded,
    HasMany,
    Outcome,
    OutcomeUnknown,
    PoolTimeout,
    Query,
    UsageError,
    async_close,
    close,
    column,
    create_tables,
    deadline,
    has_many,
)
from activerecord.database import database
from activerecord.runtime import parallel, sleep
from activerecord.testing.runners import Runner, cut_short
from tests.feature.busy import SLOW_QUERY, SLOW_WRITE, with_settings
from tests.proxy import Fault, Proxy, answering, proxied

pytestmark = pytest.mark.timeout(120)

SERVERS = pytest.mark.places("server")

# Seconds: long enough for a statement that is quick, on a busy machine too; and what a stop may take on top of it.
SHORT, PROMPT = 0.4, 2.0

Body = Callable[[], Coroutine[Any, Any, object]]


class Item(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    name: Column[str]
    item_id: Column[int | None] = column(references="items.id")
    parts: HasMany["Item"] = has_many(foreign_key="item_id")


@pytest.fixture
def items(database_url: str) -> str:
    """The table, with a row in it."""
    ActiveRecord.configure(with_settings(database_url, max_size=2))
    create_tables(Item)
    Item.create(name="there")
    return database_url


def slow(engine: str) -> "Query[Item]":
    """A query that takes minutes."""
    return Item.where(f"({SLOW_QUERY[engine]}) IS NOT NULL")


@contextmanager
def prompt(least: float = 0.0) -> Generator[None]:
    """What is inside takes no longer than it should."""
    start = monotonic()
    yield
    assert least <= monotonic() - start < least + PROMPT


# the program's own scope


def test_what_is_under_way_is_stopped_and_all_goes_on(runner: Runner, engine: str, items: str) -> None:
    async def body() -> None:
        with prompt(SHORT), pytest.raises(DeadlineExceeded, match=r"0\.4 s") as caught, deadline(SHORT):
            await database().execute_text(SLOW_QUERY[engine])
        assert isinstance(caught.value, TimeoutError)
        # the connection is free, and so is the server
        assert await Item.query().async_count() == 1
        await parallel([lambda: Item.query().async_count()] * 4)

    runner.run(body)


def test_what_comes_in_time_stands(runner: Runner, items: str) -> None:
    async def body() -> None:
        with deadline(30):
            assert await Item.query().async_count() == 1
            assert (await Item.async_create(name="new")).id
        with pytest.raises(ValueError, match="mine"), deadline(30):
            await Item.query().async_count()
            raise ValueError("mine")

    runner.run(body)


def test_a_transaction_inside_is_rolled_back(runner: Runner, engine: str, items: str) -> None:
    async def body() -> None:
        tx = Item.async_transaction()
        with prompt(SHORT), pytest.raises(DeadlineExceeded), deadline(SHORT):
            async with tx:
                await Item.async_create(name="lost")
                await slow(engine).async_all()
        assert tx.outcome is Outcome.ROLLED_BACK
        assert await Item.query().async_pluck(Item.name) == ["there"]

    runner.run(body)


def test_a_write_is_stopped(runner: Runner, engine: str, items: str) -> None:
    async def body() -> None:
        with prompt(SHORT), pytest.raises(DeadlineExceeded), deadline(SHORT):
            await database().execute_text(SLOW_WRITE[engine], writes=True)
        assert await Item.query().async_count() == 1
        await Item.async_create(name="next")

    runner.run(body)


@pytest.mark.parametrize("nested", [(SHORT, 60), (60, SHORT)])
def test_the_earliest_of_nested_ones_counts(
    runner: Runner, engine: str, items: str, nested: tuple[float, float]
) -> None:
    outer, inner = nested

    async def body() -> None:
        with prompt(SHORT), pytest.raises(DeadlineExceeded, match=r"0\.4 s"), deadline(outer), deadline(inner):
            await slow(engine).async_all()

    runner.run(body)


@pytest.mark.engines("sqlite")
@pytest.mark.places("memory")
def test_in_code_without_async(items: str) -> None:
    tx = Item.transaction()
    with prompt(SHORT), pytest.raises(DeadlineExceeded, match=r"0\.4 s"), deadline(SHORT), tx:
        Item.create(name="lost")
        slow("sqlite").all()
    assert tx.outcome is Outcome.ROLLED_BACK
    assert Item.query().count() == 1
    with pytest.raises(DeadlineExceeded, match=r"all took longer than its timeout of 0\.3 s"):
        slow("sqlite").all(timeout=0.3)


@pytest.mark.engines("sqlite")
@pytest.mark.places("memory")
@pytest.mark.parametrize("seconds", [0, -1, float("nan"), True, "2", None, [], "soon", 10**400])
def test_what_is_no_time_is_refused(items: str, seconds: Any) -> None:
    with pytest.raises(UsageError, match="above zero"):
        deadline(seconds)
    if seconds is not None:
        with pytest.raises(UsageError, match="above zero"):
            Item.query().all(timeout=seconds)


def test_a_cancellation_of_the_callers_stays_one(runner: Runner, engine: str, items: str) -> None:
    async def work() -> None:
        with deadline(60):
            await slow(engine).async_all(timeout=60)

    async def body() -> None:
        for manner in runner.manners:
            with prompt(SHORT):
                assert await cut_short(work, manner, after=SHORT)
            assert await Item.query().async_count() == 1

    runner.run(body)


def test_a_commit_is_not_begun_too_late(runner: Runner, items: str) -> None:
    """Though the program did not wait for anything when the deadline passed."""

    async def body() -> None:
        outer, inner = Item.async_transaction(), Item.async_transaction()
        # where creating took as long, on a busy machine, the outcome is the same
        with pytest.raises(DeadlineExceeded), deadline(SHORT / 4):
            async with outer:
                await Item.async_create(name="lost")
                time.sleep(SHORT / 3)  # noqa: ASYNC251  # the program's own work
        assert outer.outcome is Outcome.ROLLED_BACK
        async with Item.async_transaction():
            with pytest.raises(DeadlineExceeded), deadline(SHORT / 4):
                async with inner:
                    await Item.async_create(name="lost")
                    time.sleep(SHORT / 3)  # noqa: ASYNC251
            await Item.async_create(name="kept")
        assert await Item.query().order_by("id").async_pluck(Item.name) == ["there", "kept"]

    runner.run(body)


@SERVERS
def test_a_commit_that_has_begun_is_seen_to_its_end(runner: Runner, items: str) -> None:
    with proxied(items) as (proxy, through):
        ActiveRecord.configure(with_settings(through))

        async def body() -> None:
            # the server's answer is late, and it is waited for
            proxy.arm(Fault.FREEZE, answering(b"COMMIT"))
            late = threading.Timer(2 * SHORT, proxy.mend)
            tx = Item.async_transaction()
            with pytest.raises(DeadlineExceeded), deadline(SHORT):
                async with tx:
                    await Item.async_create(name="kept")
                    late.start()
            late.join()
            assert tx.outcome is Outcome.COMMITTED
            assert await Item.query().async_count() == 2

        runner.run(body)


# timeouts of verbs

SLOW_VERBS: "dict[str, Callable[[Query[Item]], Coroutine[Any, Any, object]]]" = {
    "all": lambda query: query.async_all(timeout=0.1),
    "first": lambda query: query.async_first(timeout=0.1),
    "last": lambda query: query.async_last(timeout=0.1),
    "one": lambda query: query.async_one(timeout=0.1),
    "one_or_none": lambda query: query.async_one_or_none(timeout=0.1),
    "find": lambda query: query.async_find(1, timeout=0.1),
    "find_or_none": lambda query: query.async_find_or_none(1, timeout=0.1),
    "count": lambda query: query.async_count(timeout=0.1),
    "exists": lambda query: query.async_exists(timeout=0.1),
    "sum": lambda query: query.async_sum("id", timeout=0.1),
    "average": lambda query: query.async_average("id", timeout=0.1),
    "min": lambda query: query.async_min("id", timeout=0.1),
    "max": lambda query: query.async_max("id", timeout=0.1),
    "pluck": lambda query: query.async_pluck("id", timeout=0.1),
    "ids": lambda query: query.async_ids(timeout=0.1),
    "dicts": lambda query: query.async_dicts(timeout=0.1),
    "tuples": lambda query: query.async_tuples(timeout=0.1),
}


@pytest.mark.engines("sqlite")
@pytest.mark.places("memory")
@pytest.mark.parametrize("verb", SLOW_VERBS)
def test_each_verb_of_a_query_takes_a_timeout(runner: Runner, engine: str, items: str, verb: str) -> None:
    async def body() -> None:
        with prompt(), pytest.raises(DeadlineExceeded, match=rf"^{verb} took longer than its timeout of 0\.1 s"):
            await SLOW_VERBS[verb](slow(engine))

    runner.run(body)


@SERVERS
def test_each_verb_of_a_record_takes_a_timeout(runner: Runner, items: str) -> None:
    """It covers all that the verb waits for. What waits differs from runner to runner, and not from verb to verb."""
    with proxied(items) as (proxy, through):
        ActiveRecord.configure(with_settings(through, close_timeout=2 * SHORT))
        verbs: dict[str, Callable[[Item], Coroutine[Any, Any, object]]] = {
            "save": lambda item: item.async_save(timeout=SHORT),
            "delete": lambda item: item.async_delete(timeout=SHORT),
            "reload": lambda item: item.async_reload(timeout=SHORT),
            "load": lambda item: item.async_load(Item.parts, timeout=SHORT),
            "find": lambda _: Item.async_find(1, timeout=SHORT),
            "insert_all": lambda _: Item.async_insert_all([{"name": "a"}], timeout=SHORT),
            "run_transaction": lambda _: Item.async_run_transaction(Item.query().async_count, timeout=SHORT),
        }

        async def body() -> None:
            for name in verbs if runner.name in ("asyncio", "sync") else ("save", "find"):
                verb, item = verbs[name], await Item.async_find(1)
                item.name = "other"
                proxy.freeze()
                with (
                    prompt(),
                    pytest.raises(DeadlineExceeded, match=rf"^{name} took longer than its timeout of 0\.4 s"),
                ):
                    await verb(item)
                proxy.mend()
                # a record whose write was broken off can be written again
                assert (await item.async_reload()).name in ("there", "other")

        runner.run(body)


def test_waiting_for_a_connection_counts(runner: Runner, engine: str, items: str) -> None:
    if runner.name == "sync":
        pytest.skip("nobody else could hold it")

    async def body() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(2):
                group.start_soon(slow(engine).async_all)
            await sleep(SHORT)
            with prompt(SHORT), pytest.raises(DeadlineExceeded, match="count took longer"):
                await Item.query().async_count(timeout=SHORT)
            group.cancel_scope.cancel()

    runner.run(body)


def test_the_timeout_of_the_configuration(runner: Runner, engine: str, items: str) -> None:
    ActiveRecord.configure(with_settings(items, timeout=SHORT))
    if ":memory:" in items:
        create_tables(Item)
        Item.create(name="there")

    async def body() -> None:
        with prompt(SHORT), pytest.raises(DeadlineExceeded, match=r"a statement on connection 'default' .* 0\.4 s"):
            await slow(engine).async_all()
        with prompt(SHORT), pytest.raises(DeadlineExceeded):
            async with Item.async_transaction():
                await Item.async_create(name="lost")
                await slow(engine).async_all()
        # each has its own time
        for _ in range(20):
            assert await Item.query().async_count() == 1
            await sleep(0.03)

    runner.run(body)


# what bounds what, where a server has gone silent: the table in the guide


class Frozen:
    """A server behind a proxy that has fallen silent at a certain point, and how long what comes then takes."""

    def __init__(self, proxy: Proxy, runner: Runner) -> None:
        self.proxy = proxy
        self.runner = runner

    def within(self, seconds: float, error: type[BaseException] | None, work: Body) -> None:
        """It takes so long, and ends so; then the server is back, and all goes on."""

        async def body() -> None:
            with prompt(0.7 * seconds):
                if error is None:
                    await work()
                else:
                    with pytest.raises(error):
                        await work()
            self.proxy.mend()
            assert await Item.query().async_count() == 1

        self.runner.run(body)


CONNECT, CLOSE, COMMIT, ACQUIRE = 0.9, 0.5, 1.1, 0.7

# So many that their goodbyes, one after the other, would be too late.
SEVERAL = 6


async def open_several() -> None:
    """Have all connections of the pool open, and idle; in plain sync code there is one."""
    await parallel([lambda: database().execute_text("SELECT 1")] * SEVERAL)


@pytest.fixture
def frozen(runner: Runner, items: str) -> Generator[Frozen]:
    with proxied(items) as (proxy, through):
        bounds: dict[str, object] = {
            "connect_timeout": CONNECT,
            "close_timeout": CLOSE,
            "commit_timeout": COMMIT,
            "acquire_timeout": ACQUIRE,
        }
        ActiveRecord.configure(with_settings(through, max_size=SEVERAL, **bounds))
        yield Frozen(proxy, runner)


@SERVERS
def test_opening_is_bounded_by_connect_timeout(frozen: Frozen) -> None:
    """A deaf server: it takes the connection, and never says a byte."""
    frozen.proxy.freeze()
    frozen.within(CONNECT, ConnectionFailed, Item.query().async_count)


@SERVERS
def test_opening_is_broken_off_by_a_deadline(frozen: Frozen) -> None:
    frozen.proxy.freeze()
    frozen.within(0.3, DeadlineExceeded, lambda: Item.query().async_count(timeout=0.3))


@SERVERS
def test_waiting_for_a_connection_is_bounded_by_acquire_timeout(frozen: Frozen) -> None:
    if frozen.runner.name == "sync":
        pytest.skip("nobody else could hold it")

    async def work() -> None:
        async def hold(*, task_status: TaskStatus[None]) -> None:
            async with Item.async_transaction():
                task_status.started()
                await sleep(60)

        async with anyio.create_task_group() as group:
            for _ in range(SEVERAL):
                await group.start(hold)
            frozen.proxy.freeze()
            with pytest.raises(PoolTimeout):
                await Item.query().async_count()
            frozen.proxy.mend()
            group.cancel_scope.cancel()

    frozen.within(ACQUIRE, None, work)


@SERVERS
def test_a_statement_is_bounded_by_its_deadline_and_the_stop_by_close_timeout(frozen: Frozen) -> None:
    async def work() -> None:
        await Item.query().async_count()
        frozen.proxy.freeze()
        await Item.query().async_count(timeout=0.3)

    frozen.within(0.3, DeadlineExceeded, work)


@SERVERS
def test_a_cancellation_is_bounded_by_close_timeout(frozen: Frozen) -> None:
    async def work() -> None:
        await Item.query().async_count()
        frozen.proxy.freeze()
        manner = frozen.runner.manners[0]
        assert await cut_short(Item.query().async_count, manner, after=0.2)

    frozen.within(0.2, None, work)


@SERVERS
def test_begin_is_bounded_by_close_timeout(frozen: Frozen) -> None:
    async def work() -> None:
        await Item.query().async_count()
        frozen.proxy.freeze()
        async with Item.async_transaction():
            pytest.fail("it cannot have begun")

    frozen.within(CLOSE, ConnectionLost, work)


@SERVERS
def test_rollback_is_bounded_by_close_timeout(frozen: Frozen) -> None:
    async def work() -> None:
        async with Item.async_transaction():
            await Item.async_create(name="lost")
            frozen.proxy.freeze()
            raise LookupError

    frozen.within(CLOSE, LookupError, work)


@SERVERS
def test_commit_is_bounded_by_commit_timeout(frozen: Frozen) -> None:
    async def work() -> None:
        async with Item.async_transaction():
            await Item.query().async_count()
            frozen.proxy.freeze()

    frozen.within(COMMIT, OutcomeUnknown, work)


@SERVERS
def test_closing_is_bounded_by_close_timeout(frozen: Frozen) -> None:
    async def work() -> None:
        await open_several()
        frozen.proxy.freeze()
        await async_close()

    frozen.within(0, None, work)


@SERVERS
def test_the_end_of_a_loop_is_bounded_by_close_timeout(frozen: Frozen) -> None:
    async def body() -> None:
        await open_several()
        frozen.proxy.freeze()

    with prompt():
        frozen.runner.run(body)


@SERVERS
def test_asking_whether_a_connection_lives_is_broken_off_too(database_url: str, runner: Runner) -> None:
    """And once one was silent, none of its age is asked: the next caller opens another at once."""

    async def main() -> None:
        await parallel([Item.query().async_count] * 3)
        await sleep(0.05)
        proxy.freeze()
        with prompt(SHORT), pytest.raises(DeadlineExceeded):
            await Item.query().async_count(timeout=SHORT)
        proxy.mend()
        with prompt():
            assert await Item.query().async_count() == 1

    with proxied(database_url) as (proxy, through):
        ActiveRecord.configure(with_settings(through, max_size=3, ping_after=0.02, close_timeout=10))
        create_tables(Item)
        Item.create(name="there")
        runner.run(main)
        close()
