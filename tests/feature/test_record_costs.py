"""What the verbs of one record cost: Python functions of the library's that are called, on the way to the driver and back."""

import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from types import FrameType

import pytest

from activerecord import ActiveRecord, Column, column, create_tables
from activerecord.testing.runners import RUNNERS

# By driver, under asyncio; as measured. A coroutine is entered once more for each wait.
CALLS = {
    "sqlite3": {"find": 40, "insert": 125, "update": 138, "delete": 125},
    "aiosqlite": {"find": 91, "insert": 132, "update": 145, "delete": 136},
    "asyncpg": {"find": 72, "insert": 103, "update": 117, "delete": 107},
    "asyncmy": {"find": 109, "insert": 141, "update": 160, "delete": 140},
}

# For each row of a thousand that are written together, with their keys given back: what takes it in, what stores it and
# its two values, and what puts it into its batch; all else is done once. MariaDB's driver looks at each bind.
CALLS_A_ROW = {"sqlite3": 5, "aiosqlite": 5, "asyncpg": 5, "asyncmy": 7}

# A short read is not short on a machine that is busy with others, and takes the long way a hundred times.
_MANY_TIMES = 300


class Coin(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    name: Column[str]
    worth: Column[int]


class Noting:
    """Which functions of the library are called while it is entered, and how often."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()

    def __enter__(self) -> Counter[str]:
        sys.setprofile(self._note)
        return self.calls

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _note(self, frame: FrameType, event: str, _: object) -> None:
        # a type is looked up by an equal one, of whichever test came first, and compared with it unless it is the same object
        if frame.f_code.co_qualname == "__create_fn__.<locals>.__eq__":
            return
        if event == "call" and frame.f_globals.get("__name__", "").startswith("activerecord"):
            self.calls[frame.f_code.co_qualname] += 1


async def fewest(verb: Callable[[], Awaitable[object]]) -> Counter[str]:
    """The calls of the run that had the fewest: a coroutine is entered once more for each wait, and those vary."""
    best: Counter[str] | None = None
    for _ in range(_MANY_TIMES):
        with Noting() as calls:
            await verb()
        if best is None or calls.total() < best.total():
            best = calls
    assert best is not None
    return best


@pytest.mark.places("file", "server")
def test_a_record_costs_few_calls(configured: str, driver: str) -> None:
    ActiveRecord.configure(configured)
    create_tables(Coin)

    async def main() -> dict[str, Counter[str]]:
        coin = await Coin.async_create(name="a", worth=1)

        async def update() -> None:
            coin.worth += 1
            await coin.async_save()

        coins = [await Coin.async_create(name="c", worth=3) for _ in range(_MANY_TIMES)]

        return {
            "find": await fewest(lambda: Coin.async_find(1)),
            "insert": await fewest(lambda: Coin.async_create(name="b", worth=2)),
            "update": await fewest(update),
            "delete": await fewest(lambda: coins.pop().async_delete()),
        }

    found = RUNNERS["asyncio"].run(main)
    for verb, most in CALLS[driver].items():
        assert found[verb].total() <= most, f"{verb}: {found[verb].total()} calls, {dict(found[verb])}"


@pytest.mark.places("file", "server")
def test_a_row_of_many_costs_few_calls(configured: str, driver: str) -> None:
    ActiveRecord.configure(configured)
    create_tables(Coin)
    rows = [{"name": f"n{number}", "worth": number} for number in range(1_000)]

    async def main() -> Counter[str]:
        with Noting() as calls:
            keys = await Coin.async_insert_all(rows, returning=True)
        assert len(keys) == len(rows)
        return calls

    RUNNERS["asyncio"].run(main)
    found = RUNNERS["asyncio"].run(main)
    assert found.total() <= CALLS_A_ROW[driver] * len(rows), found.most_common(20)
