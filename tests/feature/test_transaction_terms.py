"""The terms of a transaction: how long it may take, how often it is run again, and what its end means."""

from collections.abc import AsyncGenerator, Callable, Coroutine
from functools import partial
from typing import Any

import anyio
import pytest

from activerecord import (
    ActiveRecord,
    Column,
    ConnectionLost,
    DeadlineExceeded,
    Deadlock,
    LockTimeout,
    Outcome,
    Transaction,
    TransactionClosed,
    UniqueViolation,
    UsageError,
    close,
    column,
    create_tables,
    deadline,
    parallel,
)
from activerecord.database import database
from activerecord.runtime import sleep
from activerecord.testing.runners import Runner, cut_short
from activerecord.transaction import current_transaction
from tests.feature.busy import SLOW_QUERY
from tests.feature.conftest import Run
from tests.proxy.fault import Fault
from tests.proxy.messages import answering, asking
from tests.proxy.proxy import proxied


class Item(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    name: Column[str]


@pytest.fixture
def items(database_url: str) -> str:
    ActiveRecord.configure(database_url)
    create_tables(Item)
    return database_url


async def names() -> list[str]:
    return await Item.query().order_by("id").async_pluck(Item.name)


# timeout=


def test_what_takes_too_long_is_stopped_and_rolled_back(items: str, engine: str, run: Run[Any]) -> None:
    told: list[str] = []

    async def note() -> None:
        await sleep(0)
        told.append("rolled back")

    async def main() -> None:
        tx = Item.async_transaction(timeout=0.2)
        with pytest.raises(DeadlineExceeded, match=r"the transaction opened at .*0\.2 s"):
            async with tx:
                tx.after_rollback(note)
                await Item.async_create(name="undone")
                await database().execute_text(SLOW_QUERY[engine])
        assert (tx.outcome, told) == (Outcome.ROLLED_BACK, ["rolled back"])
        assert await names() == []
        async with Item.async_transaction(timeout=5):
            await Item.async_create(name="kept")
        assert await names() == ["kept"]

    run(main)


def test_its_beginning_counts(items: str, async_runner: Runner) -> None:
    async def main() -> None:
        has_begun, may_end = anyio.Event(), anyio.Event()

        async def hold() -> None:
            async with Item.async_transaction(), anyio.create_task_group() as others:
                for _ in range(database().configuration.max_size - 1):
                    others.start_soon(anyio.sleep, 0)
                has_begun.set()
                await may_end.wait()

        async def begin() -> None:
            with pytest.raises(DeadlineExceeded):
                async with Item.async_transaction(timeout=0.05):
                    raise AssertionError("entered")
            may_end.set()

        async with anyio.create_task_group() as group:
            group.start_soon(hold)
            await has_begun.wait()
            group.start_soon(begin)
        assert await names() == []

    ActiveRecord.configure(f"{items}{'&' if '?' in items else '?'}max_size=1")
    if database().driver.shared(database().configuration):
        create_tables(Item)
    async_runner.run(main)


def test_a_nested_one_ends_alone(items: str, engine: str, run: Run[Any]) -> None:
    async def main() -> None:
        inner = Item.async_transaction(timeout=0.1)
        async with Item.async_transaction() as outer:
            await Item.async_create(name="kept")
            with pytest.raises(DeadlineExceeded):
                async with inner:
                    await Item.async_create(name="undone")
                    await sleep(5)
            assert inner.outcome is Outcome.ROLLED_BACK
        assert outer.outcome is Outcome.COMMITTED
        assert await names() == ["kept"]

    run(main)


def test_another_cancellation_is_not_taken_for_it(items: str, async_runner: Runner) -> None:
    async def work() -> None:
        async with Item.async_transaction(timeout=10):
            await Item.async_create(name="undone")
            await anyio.sleep(5)

    async def main() -> None:
        for manner in async_runner.manners:
            assert await cut_short(work, manner, after=0.05)
        assert await names() == []

    async_runner.run(main)


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), "2", True])
def test_a_timeout_is_a_time(items: str, seconds: Any, run: Run[Any]) -> None:
    async def main() -> None:
        with pytest.raises(UsageError, match="timeout takes seconds"):
            async with Item.async_transaction(timeout=seconds):
                raise AssertionError("entered")
        assert await names() == []

    run(main)


# deferrable


@pytest.mark.engines("postgresql")
def test_deferrable(items: str, run: Run[Any]) -> None:
    async def main() -> None:
        async with Item.async_transaction(isolation="serializable", read_only=True, deferrable=True):
            told = await database().execute_text("SHOW transaction_deferrable")
            assert told.rows == [("on",)]
        with pytest.raises(UsageError, match="read_only=True"):
            async with Item.async_transaction(deferrable=True):
                raise AssertionError("entered")
        assert await names() == []

    run(main)


@pytest.mark.engines("sqlite", "mysql")
def test_deferrable_is_refused_elsewhere(items: str, run: Run[Any]) -> None:
    async def main() -> None:
        with pytest.raises(UsageError, match="deferrable"):
            async with Item.async_transaction(isolation="serializable", read_only=True, deferrable=True):
                raise AssertionError("entered")
        assert await names() == []

    run(main)


# a decorated function


def test_a_function_runs_in_a_transaction_each_time(items: str, run: Run[Any]) -> None:
    @Item.async_transaction()
    async def add(name: str, *, fails: bool = False) -> str:
        """Add one."""
        await Item.async_create(name=name)
        if fails:
            raise LookupError
        return name

    async def main() -> None:
        assert add.__doc__ == "Add one."
        assert await add("a") == "a"
        with pytest.raises(LookupError):
            await add("b", fails=True)
        async with Item.async_transaction() as tx:
            await add("c")
            tx.rollback()
        assert await add("d") == "d"
        assert await names() == ["a", "d"]

    run(main)


def test_a_function_is_run_again(items: str, run: Run[Any]) -> None:
    rounds = 0

    @Item.async_transaction(retries=2)
    async def add(failures: int) -> int:
        nonlocal rounds
        rounds += 1
        await Item.async_create(name=f"{rounds}")
        if rounds <= failures:
            raise Deadlock("in the way")
        return rounds

    async def main() -> None:
        nonlocal rounds
        assert await add(2) == 3
        assert await names() == ["3"]
        rounds = 0
        with pytest.raises(Deadlock):
            await add(3)
        assert rounds == 3
        with pytest.raises(UsageError, match="inside a transaction"):
            async with Item.async_transaction():
                await add(0)

    run(main)


def test_a_plain_function(items: str) -> None:
    failures = [Deadlock("in the way")]

    @Item.transaction(retries=1)
    def add(name: str) -> str:
        Item.create(name=name)
        if failures:
            raise failures.pop()
        return name

    assert add("a") == "a"
    assert Item.query().pluck(Item.name) == ["a"]


def test_a_model_may_be_configured_after_its_functions_are_decorated(items: str, run: Run[Any]) -> None:
    class Later(Item):
        __connection__ = "later"
        __table_name__ = "items"

    @Later.async_transaction()
    async def count() -> int:
        return await Later.query().async_count()

    async def main() -> None:
        assert await count() == 0

    with pytest.raises(Exception, match="no connection is called"):
        run(main)
    ActiveRecord.configure({"later": items})
    if database("later").driver.shared(database("later").configuration):
        create_tables(Later)
    run(main)


def test_what_cannot_be_run_again(items: str, run: Run[Any]) -> None:
    async def main() -> None:
        with pytest.raises(UsageError, match="decorate a function"):
            async with Item.async_transaction(retries=1):
                raise AssertionError("entered")

    run(main)

    def generator() -> Any:
        yield 1

    with pytest.raises(UsageError, match="generator"):
        Item.transaction()(generator)


# run again after what went on


def test_work_that_hides_why_it_failed_is_run_again(items: str, run: Run[Any]) -> None:
    """A deadlock that is swallowed has closed the transaction all the same."""
    rounds = 0

    async def work() -> int:
        nonlocal rounds
        rounds += 1
        if rounds == 1:
            raise TransactionClosed("it has ended") from Deadlock("in the way")
        return rounds

    async def main() -> None:
        assert await Item.async_run_transaction(work) == 2
        with pytest.raises(TransactionClosed):
            await Item.async_run_transaction(_closed)

    run(main)


async def _closed() -> None:
    raise TransactionClosed("it was left")


# a scope that is aborted


def test_an_aborted_scope_may_be_rolled_back_quietly(items: str, run: Run[Any]) -> None:
    async def main() -> None:
        first = await Item.async_create(name="first")
        async with Item.async_transaction() as tx:
            with pytest.raises(UniqueViolation):
                await Item.async_create(id=first.id, name="twice")
            tx.rollback()
        assert tx.outcome is Outcome.ROLLED_BACK
        assert await names() == ["first"]

    run(main)


@pytest.mark.engines("postgresql")
def test_no_savepoint_is_set_in_an_aborted_scope(items: str, run: Run[Any]) -> None:
    async def main() -> None:
        first = await Item.async_create(name="first")
        with pytest.raises(TransactionClosed, match="UniqueViolation"):
            async with Item.async_transaction():
                with pytest.raises(UniqueViolation):
                    await Item.async_create(id=first.id, name="twice")
                async with Item.async_transaction():
                    raise AssertionError("entered")
        assert await names() == ["first"]

    run(main)


# what became of a COMMIT


@pytest.mark.engines("postgresql")
@pytest.mark.parametrize("size", [1, 5])
def test_a_lost_answer_of_commit_is_asked_for(database_url: str, size: int, run: Run[Any]) -> None:
    told: list[str] = []

    async def transact() -> Outcome:
        tx = Item.async_transaction()
        async with tx:
            tx.after_commit(lambda: told.append("committed"))
            tx.after_rollback(lambda: told.append("rolled back"))
            await Item.async_create(name="a")
        return tx.outcome

    async def main() -> None:
        proxy.arm(Fault.CUT, answering(b"COMMIT"))
        assert await transact() is Outcome.COMMITTED
        assert (told, await names()) == (["committed"], ["a"])
        for lost_at in (asking(b"COMMIT"), asking(b"txid_current_if_assigned")):
            proxy.arm(Fault.CUT, lost_at)
            with pytest.raises(ConnectionLost):
                await transact()
            assert proxy.struck is not None
            assert (told.pop(), await names()) == ("rolled back", ["a"])

    with proxied(database_url) as (proxy, url):
        ActiveRecord.configure(f"{url}&max_size={size}&max_idle=0&statement_cache_size=0")
        create_tables(Item)
        run(main)
        close()


@pytest.mark.engines("postgresql")
def test_only_what_may_have_written_is_marked(database_url: str, run: Run[Any]) -> None:
    async def marks(work: Coroutine[Any, Any, object]) -> bool:
        seen = proxy.record()
        async with Item.async_transaction():
            await work
        return any(message.by == "client" and b"txid_current" in message.data for message in seen)

    async def main() -> None:
        assert not await marks(Item.query().async_all())
        assert await marks(Item.async_create(name="a"))
        assert await marks(database().execute_text("SELECT 57"))

    with proxied(database_url) as (proxy, url):
        ActiveRecord.configure(f"{url}&statement_cache_size=0")
        create_tables(Item)
        run(main)
        close()


def test_a_cancelled_savepoint_spares_the_scope_around_it(items: str, async_runner: Runner) -> None:
    """SAVEPOINT is seen to its end, and undone."""

    async def main() -> None:
        async with Item.async_transaction():
            await Item.async_create(name="before")
            with anyio.CancelScope() as scope:
                scope.cancel()
                async with Item.async_transaction():
                    raise AssertionError("entered")
            await Item.async_create(name="after")
        assert await names() == ["before", "after"]

    async_runner.run(main)


@pytest.mark.engines("postgresql", "mysql")
def test_what_only_reads_has_nothing_to_lose(database_url: str, run: Run[Any]) -> None:
    async def main() -> None:
        tx = Item.async_transaction(read_only=True)
        proxy.arm(Fault.CUT, answering(b"COMMIT"))
        with pytest.raises(ConnectionLost):
            async with tx:
                assert await names() == []
        assert tx.outcome is Outcome.ROLLED_BACK

    with proxied(database_url) as (proxy, url):
        ActiveRecord.configure(url)
        create_tables(Item)
        run(main)
        close()


# what is decorated, and what is left elsewhere


class _Adding:
    async def __call__(self, name: str) -> str:
        return (await Item.async_create(name=name)).name


async def _add(name: str) -> str:
    return await _Adding()(name)


def test_whatever_is_called_may_be_decorated(items: str, run: Run[Any]) -> None:
    async def main() -> None:
        functions: list[Callable[[str], Coroutine[Any, Any, str]]] = [
            _add,
            partial(_add),
            _Adding(),
            _Adding().__call__,
        ]
        for number, function in enumerate(functions):
            assert await Item.async_transaction()(function)(f"{number}") == f"{number}"
        assert await names() == ["0", "1", "2", "3"]

    run(main)


def test_a_coroutine_that_would_run_too_late_is_refused(items: str) -> None:
    with pytest.raises(UsageError, match="gave a coroutine"):
        _ = Item.transaction()(lambda: _add("a"))()
    assert Item.query().count() == 0


def test_a_timeout_is_left_where_it_was_entered(items: str, async_runner: Runner) -> None:
    async def suspended() -> AsyncGenerator[None]:
        async with Item.async_transaction(timeout=5):
            await Item.async_create(name="undone")
            yield

    async def close_elsewhere(generator: AsyncGenerator[None]) -> None:
        with pytest.raises(UsageError, match="left by another task"):
            await generator.aclose()

    async def main() -> None:
        generator = suspended()
        await anext(generator)
        async with anyio.create_task_group() as group:
            group.start_soon(close_elsewhere, generator)
        assert await names() == []
        async with parallel() as others:
            count = others.start(Item.query().async_count())
        assert count.result == 0

    async_runner.run(main)


def test_what_cannot_be_decorated(items: str) -> None:
    async def add(*_: Any) -> None: ...

    wrongs: list[Any] = [staticmethod(add), classmethod(add), 57]
    for wrong in wrongs:
        with pytest.raises(UsageError, match="decorate"):
            Item.async_transaction()(wrong)
    with pytest.raises(UsageError, match="add is an async function: decorate it by async_transaction"):
        Item.transaction()(add)
    with pytest.raises(UsageError, match=r"is no async function: .* decorate it by transaction"):
        Item.async_transaction()(lambda: None)
    with pytest.raises(TypeError, match="positional"):
        Item.async_transaction(add)  # type: ignore[arg-type, call-arg]  # pyright: ignore[reportCallIssue]
    with pytest.raises(UsageError, match="retries is a whole number"):
        _ = Item.async_transaction(retries=-1)(add)
    with pytest.raises(UsageError, match="gave a generator"):
        _ = Item.transaction()(lambda: (number for number in range(3)))()


@pytest.mark.places("memory")
def test_the_callbacks_of_a_block_have_their_own_time(items: str, run: Run[Any]) -> None:
    told: list[str] = []

    async def tell() -> None:
        await sleep(0.3)
        told.append("committed")

    async def main() -> None:
        async with Item.async_transaction(timeout=0.2) as tx:
            tx.after_commit(tell)
        assert (told, tx.outcome) == (["committed"], Outcome.COMMITTED)

    run(main)


@pytest.mark.places("memory")
def test_those_of_a_function_are_part_of_its_time(items: str, run: Run[Any]) -> None:
    outcomes: list[Transaction] = []

    @Item.async_transaction(timeout=0.2)
    async def add() -> None:
        current = current_transaction(database())
        assert current is not None
        current.after_commit(lambda: sleep(5))
        outcomes.append(current)
        await Item.async_create(name="kept")

    async def main() -> None:
        with pytest.raises(DeadlineExceeded):
            await add()
        assert [tx.outcome for tx in outcomes] == [Outcome.COMMITTED]
        assert await names() == ["kept"]

    run(main)


@pytest.mark.places("memory")
def test_a_nested_one_is_kept_as_far_as_the_one_around_it(items: str, run: Run[Any]) -> None:
    async def main() -> None:
        async with Item.async_transaction() as outer:
            async with Item.async_transaction() as inner:
                await Item.async_create(name="undone")
            assert (outer.outcome, inner.outcome) == (Outcome.OPEN, Outcome.COMMITTED)
            outer.rollback()
        assert (outer.outcome, inner.outcome) == (Outcome.ROLLED_BACK, Outcome.ROLLED_BACK)
        assert await names() == []

    run(main)


@pytest.mark.parametrize("isolation", [5, b"serializable"])
def test_a_level_is_a_word(items: str, isolation: Any) -> None:
    with pytest.raises(UsageError, match="isolation is a level"):
        Item.async_transaction(isolation=isolation)


# what was kept is not run again, and what is refused harms nobody


def test_a_callback_that_fails_has_nothing_run_again(items: str, run: Run[Any]) -> None:
    rounds = 0

    async def work() -> None:
        nonlocal rounds
        rounds += 1
        current = current_transaction(database())
        assert current is not None
        with pytest.raises(UsageError, match="a callback is a function"):
            current.after_commit(57)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        current.after_commit(fail)
        await Item.async_create(name="a")

    def fail() -> None:
        raise LockTimeout("in a callback")

    async def main() -> None:
        with pytest.raises(LockTimeout):
            await Item.async_run_transaction(work)
        assert (rounds, await names()) == (1, ["a"])

    run(main)


def test_a_scope_that_comes_too_late_is_refused_alone(items: str, async_runner: Runner) -> None:
    """A task opens one inside a scope that is being left: the scope around it goes on."""

    async def late(has_come: anyio.Event) -> None:
        has_come.set()
        with pytest.raises(TransactionClosed):
            async with Item.async_transaction():
                raise AssertionError("entered")

    async def main() -> None:
        async with anyio.create_task_group() as group, Item.async_transaction() as outer:
            await Item.async_create(name="kept")
            async with Item.async_transaction():
                inner = current_transaction(database())
                assert inner is not None
                has_come = anyio.Event()
                await inner._turns.take("a test", database().configuration)  # pyright: ignore[reportPrivateUsage]
                group.start_soon(leave_turn, inner, has_come)
                group.start_soon(late, has_come)
            await Item.async_create(name="too")
        assert outer.outcome is Outcome.COMMITTED
        assert await names() == ["kept", "too"]

    async def leave_turn(inner: Transaction, has_come: anyio.Event) -> None:
        await has_come.wait()
        # by now the scope waits for its last turn, and the other behind it
        await anyio.sleep(0.05)
        inner._turns.leave()  # pyright: ignore[reportPrivateUsage]

    async_runner.run(main)


def test_a_connection_that_is_configured_anew_inside_is_refused(items: str, run: Run[Any]) -> None:
    async def main() -> None:
        with pytest.raises(TransactionClosed, match="configured anew"):
            async with Item.async_transaction():
                await Item.async_create(name="undone")
                ActiveRecord.configure(items)
                await Item.async_create(name="apart")
        if not database().driver.shared(database().configuration):
            assert await names() == []

    run(main)


@pytest.mark.engines("postgresql")
def test_a_deadline_before_commit_was_sent_leaves_no_doubt(database_url: str, async_runner: Runner) -> None:
    async def main() -> None:
        tx = Item.async_transaction()
        with pytest.raises(DeadlineExceeded), deadline(0.5):
            async with tx:
                await Item.async_create(name="undone")
                proxy.arm(Fault.FREEZE, asking(b"txid_current"))
        assert tx.outcome is Outcome.ROLLED_BACK
        proxy.mend()

    with proxied(database_url) as (proxy, url):
        ActiveRecord.configure(f"{url}&commit_timeout=1&statement_cache_size=0")
        create_tables(Item)
        async_runner.run(main)
        close()


def test_the_timeout_of_a_function_is_that_of_all_rounds(items: str, run: Run[Any]) -> None:
    rounds = 0

    @Item.async_transaction(retries=1000, timeout=0.3)
    async def work() -> None:
        nonlocal rounds
        rounds += 1
        await Item.async_create(name="undone")
        await sleep(0.02)
        raise Deadlock("in the way")

    async def main() -> None:
        with pytest.raises(DeadlineExceeded, match="work took longer"):
            await work()
        assert 1 <= rounds < 20
        assert await names() == []

    run(main)
