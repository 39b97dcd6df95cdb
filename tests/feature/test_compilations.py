"""How often statements are compiled: once for each shape, whatever the values, and no more of them are kept than was said."""

import sys
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from activerecord import ActiveRecord, Column, column, create_tables, fn
from activerecord.database import database
from activerecord.schema.table import Table, TableColumn
from activerecord.sql.cache import StatementCache
from activerecord.sql.dialects.sqlite import SQLITE
from activerecord.sql.reference import Reference
from activerecord.sql.statement import Select, Source
from activerecord.testing.runners import RUNNERS, Runner
from activerecord.types import Integer

# Lists of each length up to this: 1, 2, 4, 8, 16, 32, 64 and 128 places.
LONGEST, POWERS = 70, 8


class Coin(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    name: Column[str | None]
    size: Column[int | None]


@pytest.fixture
def coins(configured: str) -> str:
    create_tables(Coin)
    Coin.insert_all([{"id": number, "name": f"coin {number}", "size": number % 5} for number in range(1, 101)])
    return configured


@contextmanager
def compiling(expected: int) -> Generator[None]:
    before = database().statements.compiled
    yield
    assert database().statements.compiled - before == expected


# Each with values of its own at each call: the number of statements that a call is made of, and the call.
REPEATED: dict[str, tuple[int, Callable[[int], Any]]] = {
    "find": (1, lambda number: Coin.find(number).name),
    "where": (1, lambda number: Coin.where(Coin.size > number, name=f"coin {number}").all()),
    "text": (1, lambda number: Coin.where("size > ? OR name = ?", number, "x" * number).all()),
    "window": (1, lambda number: Coin.query().order_by("id").limit(number).offset(number + 1).pluck(Coin.id)),
    "function": (1, lambda number: Coin.where(fn.lower(Coin.name) == f"coin {number}").count()),
    "arithmetic": (1, lambda number: Coin.where(Coin.size + number > 2).sum(Coin.size)),
    "subquery": (1, lambda number: Coin.where(Coin.id.in_(Coin.where(size=number).select("id"))).all()),
    # the text of its order is compiled as well, which a cursor is tied to
    "paginate": (2, lambda number: Coin.query().order_by("name").paginate(limit=number)),
    "update_all": (1, lambda number: Coin.where(id=number).update_all(size=number, name=f"coin {number}")),
    "delete_all": (1, lambda number: Coin.where(id=1000 + number).delete_all()),
    "insert_all": (1, lambda number: Coin.insert_all([{"id": 2000 + number, "name": "many"}])),
}


@pytest.mark.parametrize("name", REPEATED)
def test_a_loop_compiles_its_query_once(coins: str, name: str) -> None:
    count, call = REPEATED[name]
    with compiling(count):
        for number in range(1, 21):
            call(number)
    del coins


def test_records_that_are_written_in_a_loop_compile_once(coins: str) -> None:
    def write(number: int) -> None:
        coin = Coin.create(id=500 + number, name="new")
        coin.update(size=number)
        coin.delete()

    write(0)
    with compiling(0):
        for number in range(1, 21):
            write(number)
    del coins


def test_tasks_that_ask_the_same_compile_it_once(coins: str, runner: Runner) -> None:
    async def main() -> None:
        await Coin.where(size=0).async_all()
        with compiling(0):
            for number in range(1, 11):
                assert len(await Coin.where(size=number).async_all()) == (20 if number < 5 else 0)

    runner.run(main)
    del coins


@pytest.mark.parametrize("negated", [False, True], ids=["in", "not in"])
def test_lists_compile_once_per_power_of_two_or_once_at_all(coins: str, engine: str, negated: bool) -> None:
    def found(count: int) -> int:
        keys = list(range(1, count + 1))
        return Coin.where(Coin.id.not_in(keys) if negated else Coin.id.in_(keys)).count()

    with compiling(1 if engine == "postgresql" else POWERS):
        for count in range(1, LONGEST + 1):
            assert found(count) == (100 - count if negated else count)
        for count in range(LONGEST, 0, -7):
            found(count)
    del coins


def test_two_lists_compile_once_for_the_lengths_of_both(coins: str, engine: str) -> None:
    with compiling(1 if engine == "postgresql" else 4):
        for count in (1, 2, 1, 2):
            for other in (3, 4, 5, 6):
                ids, sizes = list(range(1, count + 1)), list(range(other))
                assert Coin.where(id=ids, size=sizes).count() == len([each for each in ids if each % 5 < other])
    del coins


def test_what_is_kept_is_bounded(coins: str) -> None:
    cache = database().statements
    cache.capacity = 50
    for width in range(1, 201):
        assert Coin.where(id=1).select(*[Coin.size.as_(f"c{place}") for place in range(width)]).count() == 1
        Coin.where(id=1).select(*[Coin.size.as_(f"c{place}") for place in range(width)]).to_sql()
    assert len(cache) <= 50
    with compiling(0):
        # the latest are there
        Coin.where(id=2).select(*[Coin.size.as_(f"c{place}") for place in range(200)]).to_sql()
    del coins


def test_threads_that_compile_at_the_same_time_keep_no_more() -> None:
    table = Table("t", {"id": TableColumn("id", Integer())})
    cache = StatementCache(SQLITE, capacity=20)
    threads = 8

    def work(first: int) -> None:
        for number in range(first, first + 400):
            size = number % 90 + 1
            compiled = cache.compile(Select(tuple([Reference[Any]("t", "id")] * size), Source("t")), (table,))
            assert len(compiled.names) == size

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(work, range(0, threads * 11, 11)))
    finally:
        sys.setswitchinterval(interval)
    # each thread may be about to add one
    assert len(cache) < cache.capacity + threads


@pytest.mark.engines("postgresql")
def test_a_session_keeps_no_more_statements_than_was_said(coins: str) -> None:
    """Of PostgreSQL, which tells what a session has; the contract's tests count for the other drivers."""
    size = 100

    async def main() -> None:
        for width in range(1, 131):
            await Coin.where(id=1).select(*[Coin.size.as_(f"c{place}") for place in range(width)]).async_dicts()
        (kept,) = (await database().execute_text("SELECT count(*) FROM pg_prepared_statements")).rows[0]
        assert 0 < kept <= size + 10

    RUNNERS["sync"].run(main)
    del coins
