"""What pieces of work ask for, and what has to come of it: arguments for each task, answers, and rows that are left."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from benchmarks import data

__all__ = [
    "TASKS",
    "Arguments",
    "Expected",
    "Size",
    "all_levels",
    "always",
    "batches",
    "changed",
    "changes",
    "drawn",
    "entries_kept",
    "events",
    "found",
    "held",
    "how_many",
    "inserted",
    "keys",
    "keys_of_pages",
    "left",
    "levels_after",
    "levels_of",
    "new_movie",
    "new_movies",
    "numbers_of",
    "numbers_of_batches",
    "one",
    "pages",
    "requests",
    "samples",
    "samples_after",
    "some",
    "split",
    "sum_of_keys",
    "sum_of_levels",
    "texts_after",
    "times",
    "transfers",
    "wide",
    "wide_sum",
    "worlds",
    "written",
]

Arguments: TypeAlias = tuple[Any, ...]
TASKS = 10

ENTRIES = "SELECT count(*), coalesce(sum(level), 0) FROM entry"


@dataclass(frozen=True)
class Size:
    """How large the work is. `times` is how often small work is done in a round, `events` the rows of the stream."""

    times: int
    events: int
    full: bool


@dataclass(frozen=True)
class Expected:
    """What the database has to answer after a round: the one row of a query."""

    sql: str
    row: tuple[Any, ...]


def drawn(number: int) -> random.Random:
    return random.Random(f"round {number}")


def keys(many: int, high: int, number: int, tasks: int) -> list[Arguments]:
    chance = drawn(number)
    return [([chance.randint(1, high) for _ in range(max(1, many // tasks))],) for _ in range(tasks)]


def split(items: Sequence[Any], tasks: int) -> list[Arguments]:
    each = len(items) // tasks
    return [(list(items[task * each : (task + 1) * each]),) for task in range(tasks)]


def found(tasks: int, many: int = 0) -> Callable[[Size, int], list[Arguments]]:
    return lambda size, number: keys(many or size.times, data.JOURNAL, number, tasks)


def levels_of(parts: list[Arguments]) -> int:
    return sum(data.level(key) for (keys,) in parts for key in keys)


def all_levels(size: Size, number: int) -> list[Arguments]:
    del size, number
    return [([level],) for level in data.LEVELS] * (TASKS // len(data.LEVELS))


def sum_of_levels(parts: list[Arguments]) -> int:
    return sum(level * data.JOURNAL // len(data.LEVELS) for (levels,) in parts for level in levels)


def pages(size: Size, number: int) -> list[Arguments]:
    chance = drawn(number)
    last = data.JOURNAL // len(data.LEVELS) - 20
    each = max(1, size.times // TASKS)
    return [([(chance.choice(data.LEVELS), chance.randint(0, last)) for _ in range(each)],) for _ in range(TASKS)]


def keys_of_pages(parts: list[Arguments]) -> int:
    total = 0
    for (pages,) in parts:
        for level, offset in pages:
            keys = [key for key in range(1, data.JOURNAL + 1) if data.level(key) == level]
            total += sum(keys[offset : offset + 20])
    return total


def written(tasks: int) -> Callable[[Size, int], list[Arguments]]:
    return lambda size, _: split(data.entries(size.times), tasks)


def sum_of_keys(parts: list[Arguments]) -> int:
    many = sum(len(rows) for (rows,) in parts)
    return many * (many + 1) // 2


def how_many(parts: list[Arguments]) -> int:
    return sum(len(rows) for (rows,) in parts)


def entries_kept(size: Size) -> Expected:
    return Expected(ENTRIES, (size.times, sum(row["level"] for row in data.entries(size.times))))


def held(tasks: int) -> Callable[[Size, int], list[Arguments]]:
    return lambda size, _: split(range(1, size.times + 1), tasks)


def levels_after(size: Size) -> Expected:
    left = sum(data.level(key) for key in range(size.times + 1, data.JOURNAL + 1))
    return Expected(ENTRIES, (data.JOURNAL, 60 * size.times + left))


def texts_after(size: Size) -> Expected:
    sql = "SELECT count(*), min(level) FROM entry WHERE text = 'changed'"
    return Expected(sql, (size.times, 60))


def left(size: Size) -> Expected:
    left = [data.level(key) for key in range(size.times + 1, data.JOURNAL + 1)]
    return Expected(ENTRIES, (len(left), sum(left)))


def some(high: int, many: int = 25) -> Callable[[Size, int], list[Arguments]]:
    return lambda _, number: keys(many, high, number, 1)


def new_movies(size: Size, number: int) -> list[Arguments]:
    del size
    chance = drawn(number)
    return [([new_movie(chance, each) for each in range(25)],)]


def new_movie(chance: random.Random, each: int) -> dict[str, Any]:
    people = chance.sample(range(1, data.PEOPLE + 1), 4)
    return {
        "image": f"new{each}.jpg",
        "title": f"New movie {each}",
        "year": 2000 + each,
        "description": f"About the new movie {each}",
        "director": people[0],
        "actors": people[1:],
    }


def inserted(parts: list[Arguments]) -> Any:
    return [{**movie, "actors": list(movie["actors"])} for (movies,) in parts for movie in movies]


def worlds(tasks: int) -> Callable[[Size, int], list[Arguments]]:
    return lambda size, number: keys(size.times, data.WORLDS, number, tasks)


def numbers_of(parts: list[Arguments]) -> int:
    return sum(data.number(key) for (keys,) in parts for key in keys)


def batches(size: Size, number: int) -> list[Arguments]:
    chance = drawn(number)
    return [([chance.sample(range(1, data.WORLDS + 1), 20) for _ in range(requests(size))],)]


def requests(size: Size) -> int:
    return max(1, size.times // 20)


def numbers_of_batches(parts: list[Arguments]) -> int:
    return sum(data.number(key) for (batches,) in parts for batch in batches for key in batch)


def changes(size: Size, number: int) -> list[Arguments]:
    # What is written is what was there, plus the round, so that it differs from round to round.
    found = batches(size, number)[0][0]
    return [([[(key, data.number(key) + 1 + number) for key in sorted(batch)] for batch in found],)]


def changed(parts: list[Arguments]) -> int:
    return sum(len(batch) for (batches,) in parts for batch in batches)


def wide(limit: int) -> Callable[[Size, int], list[Arguments]]:
    return lambda _size, _number: [(limit,)]


def wide_sum(parts: list[Arguments]) -> int:
    return sum(data.number(key) for (limit,) in parts for key in range(1, limit + 1))


def one(*arguments: Any) -> Callable[[Size, int], list[Arguments]]:
    return lambda _size, _number: [arguments]


def always(many: int) -> Callable[[Size], int]:
    return lambda _: many


def times(size: Size) -> int:
    return size.times


def samples(many: int) -> Callable[[Size, int], list[Arguments]]:
    return lambda _size, _number: [(data.samples(many),)]


def samples_after(many: int) -> Callable[[Size], Expected]:
    sql = "SELECT count(*), sum(number) FROM sample"
    return lambda _: Expected(sql, (many, many * (many + 1) // 2))


def events(size: Size, number: int) -> list[Arguments]:
    del number
    return [(size.events,)]


def transfers(size: Size, number: int) -> list[Arguments]:
    chance = drawn(number)
    accounts = range(1, data.ACCOUNTS + 1)
    found = [(*chance.sample(accounts, 2), 1) for _ in range(max(1, size.times // 5))]
    return [(found,)]
