"""Tasks of one loop that want one relation of the same result at the same moment: one of them loads it for all."""

import asyncio
import copy
import threading
from collections.abc import Callable, Coroutine
from functools import partial
from time import perf_counter
from typing import Any

import anyio
import pytest

from activerecord import DatabaseError, DeadlineExceeded, StrictLoadingViolation, pool_statistics
from activerecord.database import Database
from activerecord.relation import Association
from activerecord.runtime import checkpoint, sleep
from activerecord.testing.queries import assert_queries, count_queries
from activerecord.testing.runners import RUNNERS, Manner, Runner
from tests.feature.test_loading_later import USERS, Order, User, ids, shop, users
from tests.feature.test_polymorphic import Comment, Post, blog

__all__ = ["blog", "shop"]

TASKS = 20
Work = Callable[[int], Coroutine[Any, Any, object]]
Answers = dict[int, object]


async def steps(count: int) -> None:
    for _ in range(count):
        await checkpoint()


async def at_once(work: Work, count: int = TASKS) -> Answers:
    """What so many tasks give that start at the same moment; an error in place of what one raised."""
    return await at_once_but(work, count, frozenset(), checkpoint, "scope")


async def at_once_but(
    work: Work, count: int, cut: frozenset[int], pause: Callable[[], Coroutine[Any, Any, None]], manner: Manner
) -> Answers:
    """The same where some are cancelled after a pause; of these there is no answer if the cancellation came out."""
    answers: Answers = {}
    scopes = [anyio.CancelScope() for _ in range(count)]
    tasks: dict[int, asyncio.Task[None]] = {}

    async def one(number: int) -> None:
        try:
            answers[number] = await work(number)
        except Exception as error:  # the test looks at it
            answers[number] = error

    async def scoped(number: int) -> None:
        with scopes[number]:
            await one(number)

    with anyio.fail_after(10):
        async with anyio.create_task_group() as group:
            for number in range(count):
                if manner == "task":
                    tasks[number] = asyncio.create_task(one(number))
                else:
                    group.start_soon(scoped, number)
                # trio starts tasks in any order, and the first shall be the one that loads
                await steps(2 if number == 0 else 0)
            await pause()
            for number in cut:
                if manner == "task":
                    tasks[number].cancel()
                scopes[number].cancel()
            if tasks:
                await asyncio.wait(tasks.values())
    return answers


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each load takes a while before its query and after it."""
    fetch: Any = Association[Any].fetch

    async def slowly(self: Association[Any], *given: Any) -> Any:
        await sleep(0.02)
        found = await fetch(self, *given)
        await sleep(0.02)
        return found

    monkeypatch.setattr(Association, "fetch", slowly)


def of_user(number: int) -> list[int]:
    return [number, number + USERS]


def check_whole(found: list[Any]) -> None:
    """Nothing is half attached, and nothing is left under way."""
    assert len({user.orders.loaded for user in found}) == 1
    origin = found[0]._origin
    assert origin is not None and not origin.under_way


# what is shared


def test_twenty_tasks_cost_one_query(shop: Database, async_runner: Runner) -> None:
    async def main() -> None:
        found = await users().limit(TASKS).async_all()

        async def work(number: int) -> list[int]:
            return ids(await found[number].orders)

        with assert_queries(1, shop):
            answers = await at_once(work)
        assert answers == {number: of_user(number + 1) for number in range(TASKS)}
        check_whole(found)

    async_runner.run(main)


def test_records_that_were_written_meanwhile_share_too(shop: Database, some_async_runner: Runner) -> None:
    async def main() -> None:
        found = await users().limit(3).async_all()
        for user in found[1:]:
            user.name = "other"
            await user.async_save()

        async def work(number: int) -> list[int]:
            return ids(await found[number].orders)

        with assert_queries(1, shop):
            assert await at_once(work, 3) == {0: [1, 101], 1: [2, 102], 2: [3, 103]}

    some_async_runner.run(main)


def test_each_has_a_list_of_its_own(shop: Database, some_async_runner: Runner) -> None:
    async def main() -> None:
        user = await User.async_find(1)

        async def work(number: int) -> list[Order]:
            return await user.orders

        with assert_queries(1, shop):
            answers = list((await at_once(work)).values())
        assert answers == [answers[0]] * TASKS
        assert len({id(answer) for answer in answers}) == TASKS

    some_async_runner.run(main)


def test_one_query_for_each_relation(shop: Database, some_async_runner: Runner) -> None:
    async def main() -> None:
        found = await users().limit(6).async_all()

        async def work(number: int) -> object:
            user = found[number // 3]
            if number % 3 == 0:
                return ids(await user.orders)
            if number % 3 == 1:
                return ids(await user.items)
            profile = await user.async_load(User.profile)
            return profile and profile.id

        with assert_queries(3, shop):
            answers = await at_once(work, 6)
        assert answers == {0: [1, 101], 1: [1, 101], 2: None, 3: [2, 102], 4: [2, 102], 5: 2}

    some_async_runner.run(main)


def test_loops_in_many_tasks_cost_as_much_as_one(shop: Database, some_async_runner: Runner) -> None:
    async def main() -> None:
        found = await users().limit(TASKS).async_all()

        async def work(number: int) -> list[int]:
            return [item.id for order in await found[number].orders for item in await order.items]

        with assert_queries(2, shop):
            answers = await at_once(work)
        assert answers == {number: of_user(number + 1) for number in range(TASKS)}

    some_async_runner.run(main)


def test_one_of_several_models(blog: Database, some_async_runner: Runner) -> None:
    async def main() -> None:
        comments = await Comment.query().order_by("id").async_all()

        async def work(number: int) -> object:
            return type(await comments[number].async_load(Comment.commentable))

        with assert_queries(2, blog):
            answers = await at_once(work, 4)
        assert answers[0] is Post

    some_async_runner.run(main)


# what is not


@pytest.mark.places("file", "server")
def test_what_is_read_in_a_transaction_is_nobody_elses(shop: Database, slow: None, async_runner: Runner) -> None:
    async def main() -> None:
        found = await users().limit(3).async_all()

        async def work(number: int) -> list[int]:
            if number != 1:
                return ids(await found[number].orders)
            async with User.async_transaction() as tx:
                await Order.async_create(id=1000, user_id=2)
                mine = ids(await found[number].orders)
                tx.rollback()
            return mine

        with count_queries(shop) as statements:
            answers = await at_once(work, 3)
        assert answers == {0: [1, 101], 1: [2, 102, 1000], 2: [3, 103]}
        assert sum("SELECT" in sql and "later_orders" in sql for sql in statements) == 2

    async_runner.run(main)


@pytest.mark.places("server")
def test_tasks_in_different_transactions_load_each_for_itself(
    shop: Database, slow: None, some_async_runner: Runner
) -> None:
    async def main() -> None:
        found = await users().limit(3).async_all()

        async def work(number: int) -> list[int]:
            async with User.async_transaction() as tx:
                await Order.async_create(id=1000 + number, user_id=number + 1)
                mine = ids(await found[number].orders)
                tx.rollback()
            return mine

        answers = await at_once(work, 3)
        assert answers == {number: [number + 1, number + 101, number + 1000] for number in range(3)}

    some_async_runner.run(main)


@pytest.mark.places("file", "server")
@pytest.mark.parametrize("other", ["uvloop", "trio", "sync"])
def test_loops_in_different_threads_load_each_for_itself(shop: Database, slow: None, other: str) -> None:
    if other not in RUNNERS:
        pytest.skip(f"{other} is not installed")
    found = RUNNERS["asyncio"].run(lambda: users().limit(2).async_all())
    answers: Answers = {}

    def thread(number: int, runner: Runner) -> None:
        async def main() -> list[int]:
            return ids(await found[number].orders)

        answers[number] = runner.run(main)

    with assert_queries(2, shop):
        threads = [
            threading.Thread(target=thread, args=(number, runner))
            for number, runner in enumerate([RUNNERS["asyncio"], RUNNERS[other]])
        ]
        for each in threads:
            each.start()
        for each in threads:
            each.join(10)
    assert answers == {0: [1, 101], 1: [2, 102]}


def test_who_is_not_loaded_for_loads_by_himself(shop: Database, slow: None, some_async_runner: Runner) -> None:
    async def main() -> None:
        found = await users().limit(2).async_all()
        found.append(copy.copy(found[1]))

        async def work(number: int) -> list[int]:
            # the others have begun by then
            await sleep(0.005 if number == 2 else 0)
            return ids(await found[number].orders)

        with assert_queries(2, shop):
            assert await at_once(work, 3) == {0: [1, 101], 1: [2, 102], 2: [2, 102]}

    some_async_runner.run(main)


def test_a_key_that_changes_while_one_waits(shop: Database, slow: None, async_runner: Runner) -> None:
    async def main() -> None:
        found = await Order.query().order_by("id").limit(3).async_all()

        async def work(number: int) -> object:
            if number == 3:
                while not statements:
                    await sleep(0.001)
                found[2].user_id = 50
                return None
            owner = await found[number].async_load(Order.user)
            return owner and owner.id

        with assert_queries(2, shop) as statements:
            assert await at_once(work, 4) == {0: 1, 1: 2, 2: 50, 3: None}

    async_runner.run(main)


def test_strict_loading_refuses_each(shop: Database, some_async_runner: Runner) -> None:
    async def main() -> None:
        found = await users().strict_loading().limit(3).async_all()

        async def work(number: int) -> object:
            return await found[number].orders

        answers = await at_once(work, 3)
        assert [type(answer) for answer in answers.values()] == [StrictLoadingViolation] * 3

    some_async_runner.run(main)


# failures and cancellations


def test_each_has_an_error_of_its_own(shop: Database, async_runner: Runner) -> None:
    async def main() -> None:
        found = await users().limit(5).async_all()

        async def work(number: int) -> list[int]:
            return ids(await found[number].orders)

        await shop.execute_text("ALTER TABLE later_orders RENAME TO elsewhere")
        errors = list((await at_once(work, 5)).values())
        assert all(isinstance(error, DatabaseError) for error in errors)
        assert len({id(error) for error in errors}) == 5
        check_whole(found)
        await shop.execute_text("ALTER TABLE elsewhere RENAME TO later_orders")
        with assert_queries(1, shop):
            assert await at_once(work, 5) == {number: of_user(number + 1) for number in range(5)}

    async_runner.run(main)


@pytest.mark.places("server")
def test_different_relations_are_loaded_side_by_side(
    shop: Database, async_runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch: Any = Association[Any].fetch
    under_way: list[int] = [0]

    async def counting(*given: Any) -> Any:
        under_way.append(under_way[-1] + 1)
        await sleep(0.02)
        found = await fetch(*given)
        under_way.append(under_way[-1] - 1)
        return found

    async def main() -> None:
        found = await users().limit(2).async_all()

        async def work(number: int) -> object:
            return await found[number % 2].async_load([User.orders, User.profile][number // 2])

        await at_once(work, 4)
        assert under_way == [0, 1, 2, 1, 0]

    monkeypatch.setattr(Association, "fetch", counting)
    async_runner.run(main)


@pytest.mark.places("memory")
def test_after_a_failure_nobody_waits_for_another(
    shop: Database, async_runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    under_way: list[int] = [0]

    async def failing(*given: Any) -> Any:
        under_way.append(under_way[-1] + 1)
        await sleep(0.02)
        under_way.append(under_way[-1] - 1)
        raise DatabaseError("of its own")

    async def main() -> None:
        found = await users().limit(5).async_all()

        async def work(number: int) -> object:
            return await found[number].orders

        errors = list((await at_once(work, 5)).values())
        assert len({id(error) for error in errors}) == 5 and all(isinstance(error, DatabaseError) for error in errors)
        # one alone, then all the others side by side: with a server that does not answer none waits for five time limits
        assert under_way == [0, 1, 0, 1, 2, 3, 4, 3, 2, 1, 0]
        check_whole(found)

    monkeypatch.setattr(Association, "fetch", failing)
    async_runner.run(main)


def test_who_has_less_time_waits_no_longer(shop: Database, slow: None, async_runner: Runner) -> None:
    async def main() -> None:
        found = await users().limit(3).async_all()

        async def work(number: int) -> list[int]:
            # the first has begun by then; in the end it has too little time too, and the last one begins anew
            await sleep(0.002 * number)
            timeout = (0.03, 0.01, None)[number]
            return ids(await found[number].async_load(User.orders, timeout=timeout))

        answers = await at_once(work, 3)
        assert [type(answers[number]) for number in (0, 1)] == [DeadlineExceeded] * 2
        assert answers[2] == [3, 103]
        check_whole(found)

    async_runner.run(main)


CUTS = {
    "the loader": frozenset({0}),
    "one who waits": frozenset({2}),
    "the loader and the next": frozenset({0, 1}),
    "all but the last": frozenset({0, 1, 2, 3}),
    "all": frozenset({0, 1, 2, 3, 4}),
}


def test_cut_at_any_moment_nobody_hangs_and_nobody_else_is_cut(shop: Database, async_runner: Runner) -> None:
    async def sweep() -> None:
        begun = perf_counter()
        for user in await users().limit(5).async_all():
            await user.orders
        whole = perf_counter() - begun
        for moment in range(20):
            cut = list(CUTS.values())[moment % len(CUTS)]
            await attempt(cut, async_runner.manners[moment % len(async_runner.manners)], whole * moment / 18)

    async def attempt(cut: frozenset[int], manner: Manner, after: float) -> None:
        found = await users().limit(5).async_all()

        async def work(number: int) -> list[int]:
            return ids(await found[number].orders)

        with count_queries(shop) as statements:
            answers = await at_once_but(work, 5, cut, partial(sleep, after), manner)
        # only who was cancelled may have no answer, and each answer is right
        assert {0, 1, 2, 3, 4} - cut <= answers.keys()
        assert answers == {number: of_user(number + 1) for number in answers}
        assert len(statements) <= 1 + len(cut)
        check_whole(found)
        assert pool_statistics().lent == 0
        assert [ids(await user.orders) for user in found] == [of_user(user.id) for user in found]

    async_runner.run(sweep)


# Turns of the loop before a load's query, and after it.
TURNS = 6


@pytest.fixture
def arrived(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Each load takes some turns of the loop before its query and after it; filled when the rows are there."""
    fetch: Any = Association[Any].fetch
    told: list[bool] = []

    async def in_turns(self: Association[Any], *given: Any) -> Any:
        await steps(TURNS)
        found = await fetch(self, *given)
        told.append(True)
        await steps(TURNS)
        return found

    monkeypatch.setattr(Association, "fetch", in_turns)
    return told


@pytest.mark.engines("sqlite")
@pytest.mark.places("memory")
@pytest.mark.parametrize("cut", CUTS.values(), ids=CUTS)
def test_cut_at_every_turn_of_the_loop(
    shop: Database, arrived: list[bool], async_runner: Runner, cut: frozenset[int]
) -> None:
    async def main() -> None:
        counts = range(3 * TURNS)
        all_answered = {await attempt(manner, count) for count in counts for manner in async_runner.manners}
        assert all_answered == {True, False}

    async def pause(count: int) -> None:
        await steps(min(count, TURNS))
        while count >= TURNS and not arrived:
            await checkpoint()
        await steps(count - TURNS)

    async def attempt(manner: Manner, count: int) -> bool:
        found = await users().limit(5).async_all()
        arrived.clear()

        async def work(number: int) -> list[int]:
            return ids(await found[number].orders)

        answers = await at_once_but(work, 5, cut, partial(pause, count), manner)
        assert {0, 1, 2, 3, 4} - cut <= answers.keys()
        assert answers == {number: of_user(number + 1) for number in answers}
        check_whole(found)
        return len(answers) == 5

    async_runner.run(main)
