"""Short reads on SQLite, in the thread of whoever asks: which they are, and what they leave to others."""

from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from activerecord import ActiveRecord, Column, column, create_tables, deadline, fn
from activerecord.database import database
from activerecord.testing.runners import Runner
from activerecord_sqlite3 import inline, worker


class Reader(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    name: Column[str]
    age: Column[int | None]


class Hops:
    """How often a connection's own way was taken instead."""

    def __init__(self) -> None:
        self.count = 0


@pytest.fixture
def hops(monkeypatch: pytest.MonkeyPatch) -> Hops:
    found, run = Hops(), worker.Worker.run

    def counted(self: worker.Worker, work: Any) -> Any:
        found.count += 1
        return run(self, work)

    monkeypatch.setattr(worker.Worker, "run", counted)
    # the machine may be busy: what is told here is not how long it takes
    monkeypatch.setattr(inline, "SHORT", 10.0)
    monkeypatch.setattr(inline, "BUDGET", 10.0)
    return found


@pytest.fixture(params=["file", "memory"])
def readers(hops: Hops, request: pytest.FixtureRequest, tmp_path: Path) -> Hops:
    where = tmp_path / "readers.db" if request.param == "file" else ":memory:"
    ActiveRecord.configure(f"sqlite+sqlite3:///{where}")
    create_tables(Reader)
    Reader.insert_all([{"name": f"reader {n}", "age": n % 7} for n in range(100)])
    return hops


def test_a_find_in_a_loop_takes_its_own_thread_three_times(runner: Runner, readers: Hops) -> None:
    async def main() -> None:
        await Reader.async_find(1)  # opens the connection
        await Reader.async_find(1)
        before = readers.count
        found = [await Reader.async_find(number) for number in range(1, 51)]
        assert [each.name for each in found] == [f"reader {number}" for number in range(50)]
        assert readers.count - before == 1

    runner.run(main)


def test_plain_code_reads_inline_too(readers: Hops) -> None:
    for _ in range(4):
        Reader.find(1)
    before = readers.count
    assert [Reader.find(number).name for number in (3, 5)] == ["reader 2", "reader 4"]
    assert Reader.where(Reader.age > 5).order_by("id").limit(1).all()[0].name == "reader 6"
    assert readers.count == before + 1


def test_queries_of_conditions_on_columns_do(runner: Runner, readers: Hops) -> None:
    async def main() -> None:
        async def ask(least: int) -> list[str]:
            query = Reader.where(Reader.age.in_([1, 2]), Reader.id >= least).where(Reader.name.like("reader%"))
            return [each.name for each in await query.order_by(Reader.id.desc()).limit(2).async_all()]

        await Reader.async_find(1)
        before = readers.count
        answers = [await ask(least) for least in range(10)]
        assert answers == [["reader 99", "reader 93"]] * 10
        assert readers.count - before == 3

    runner.run(main)


def test_what_a_program_can_shape_does_not(runner: Runner, readers: Hops) -> None:
    async def main() -> None:
        await Reader.async_find(1)
        before = readers.count
        for _ in range(6):
            await Reader.where("age > ?", 5).async_first()
            await Reader.where(fn.lower(Reader.name) == "reader 1").async_first()
            await Reader.where(Reader.id.in_(Reader.where(age=1).select("id"))).async_first()
            await Reader.from_sql("SELECT * FROM readers LIMIT 1").async_first()
            await Reader.query().async_count()
        assert readers.count - before == 30

    runner.run(main)


def test_nothing_inside_a_transaction_does(async_runner: Runner, readers: Hops) -> None:
    async def main() -> None:
        for _ in range(5):
            await Reader.async_find(1)
        async with Reader.async_transaction():
            reader = await Reader.async_find(1)
            await reader.async_update(name="changed")
            assert (await Reader.async_find(1)).name == "changed"
        assert (await Reader.async_find(1)).name == "changed"

    async_runner.run(main)


def test_observers_hear_of_each_statement_once(runner: Runner, readers: Hops) -> None:
    async def main() -> None:
        heard: list[str] = []
        database().observers.append(heard.append)
        for _ in range(7):
            await Reader.async_find(1)
        assert len(heard) == 7 and len(set(heard)) == 1

    runner.run(main)


def test_the_values_are_the_same_either_way(runner: Runner, readers: Hops) -> None:
    async def main() -> None:
        found = [(await Reader.async_find(5)).attributes for _ in range(8)]
        assert found == [{"id": 5, "name": "reader 4", "age": 4}] * 8
        assert [await Reader.async_find_or_none(1000) for _ in range(8)] == [None] * 8

    runner.run(main)


def test_others_get_their_turn(async_runner: Runner, readers: Hops) -> None:
    async def main() -> None:
        turns = 0

        async def turn() -> None:
            nonlocal turns
            while True:
                await anyio.lowlevel.checkpoint()
                turns += 1

        async with anyio.create_task_group() as group:
            group.start_soon(turn)
            for _ in range(5):
                await Reader.async_find(1)
            before, began = turns, anyio.current_time()
            while anyio.current_time() < began + 0.2:
                await Reader.async_find(1)
            # one a millisecond would be 200, were the machine ours alone
            assert turns - before > 5
            group.cancel_scope.cancel()

    async_runner.run(main)


def test_a_loop_of_reads_is_cancelled(async_runner: Runner, readers: Hops) -> None:
    async def main() -> None:
        with anyio.move_on_after(0.05) as scope:
            while True:
                await Reader.async_find(1)
        assert scope.cancelled_caught
        assert (await Reader.async_find(1)).id == 1

    async_runner.run(main)


def test_a_deadline_of_plain_code_that_has_passed_is_seen(readers: Hops) -> None:
    for _ in range(5):
        Reader.find(1)
    with pytest.raises(TimeoutError), deadline(0.05):
        while True:
            Reader.find(1)


def test_a_database_without_a_log_is_read_in_its_own_thread(hops: Hops, tmp_path: Path) -> None:
    ActiveRecord.configure({"driver": "sqlite3", "database": str(tmp_path / "journal.db"), "journal_mode": "delete"})
    create_tables(Reader)
    Reader.insert_all([{"name": "a"}])
    before = hops.count
    for _ in range(10):
        Reader.find(1)
    assert hops.count == before + 10
