"""The pieces of work: what each asks of a contestant, in how many tasks, and what the answer has to be."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks import asked, data, documents
from benchmarks.asked import Arguments, Expected, Size

__all__ = ["SHORT", "WORKLOADS", "Work"]


@dataclass(frozen=True)
class Work:
    """A piece of work.

    `parts` makes the arguments of each task from the size and the number of the round. `counted` is how many units one
    round does, by which its time is divided. `answer` is what the answers of all tasks together have to be, a function
    of the parts. `clear` names tables that are emptied before each round, `fill` those that are filled again from
    their origin; `after` is looked at in the database. `hold` calls a method first, without timing it, whose
    answer takes the argument's place. `repeat` is how often a round does what is
    too short for one. `measure` is the time, the memory of the process, or how long the loop was held.
    """

    key: str
    title: str
    method: str
    unit: str
    parts: Callable[[Size, int], list[Arguments]]
    counted: Callable[[Size], int]
    answer: Callable[[list[Arguments]], Any]
    clear: tuple[str, ...] = ()
    fill: tuple[tuple[str, str], ...] = ()
    after: Callable[[Size], Expected] | None = None
    hold: bool = False
    repeat: int = 1
    measure: str = "time"
    statements: bool = False
    full: bool = False
    group: str = ""


_HIGH, _LOW = data.AUTHORS[0], data.AUTHORS[0] + data.BOOKS[0]
_ENTRY: dict[str, Any] = {"clear": ("entry",)}
_FILLED: dict[str, Any] = {"fill": (("entry", "journal"),), "hold": True}


def _orm_benchmarks() -> list[Work]:
    """tortoise/orm-benchmarks A to K: ten tasks on a pool of ten connections."""
    g: dict[str, Any] = {"group": "orm-benchmarks, 10 tasks"}
    new: dict[str, Any] = {**g, **_ENTRY, "after": asked.entries_kept}
    read: tuple[Any, ...] = ("row", asked.all_levels, asked.always(data.JOURNAL * 2), asked.sum_of_levels)
    return [
        Work("A", "A insert one by one", "create", "row", asked.written(asked.TASKS), asked.times, asked.sum_of_keys, **new),
        Work("B", "B insert in a transaction", "create_together", "row", asked.written(asked.TASKS), asked.times, asked.sum_of_keys, **new),
        Work("C", "C insert in bulk", "bulk_create", "row", asked.written(asked.TASKS), asked.times, asked.how_many, **new),
        Work("D", "D 200 rows to objects", "objects", *read, **g),
        Work("E", "E pages of 20", "pages", "page", asked.pages, asked.times, asked.keys_of_pages, **g),
        Work("F", "F get by key", "get", "row", asked.found(asked.TASKS), asked.times, asked.levels_of, **g),
        Work("G", "G 200 rows to dicts", "dicts", *read, **g),
        Work("H", "H 200 rows to tuples", "tuples", *read, **g),
        Work("I", "I update whole rows", "update_whole", "row", asked.held(asked.TASKS), asked.times, asked.how_many, after=asked.texts_after, **g, **_FILLED),
        Work("J", "J update one column", "update_part", "row", asked.held(asked.TASKS), asked.times, asked.how_many, after=asked.levels_after, **g, **_FILLED),
        Work("K", "K delete one by one", "delete_together", "row", asked.held(asked.TASKS), asked.times, asked.how_many, after=asked.left, **g, **_FILLED),
    ]  # fmt: skip


def _single() -> list[Work]:
    """Work of one task on one record, and of twenty tasks on ten connections."""
    g: dict[str, Any] = {"group": "one record", "statements": True}
    return [
        Work("get", "get by key, one task", "get", "row", asked.found(1), asked.times, asked.levels_of, **g),
        Work("get20", "get by key, 20 tasks on 10", "get", "row", lambda size, n: asked.keys(size.times * 2, data.JOURNAL, n, 20), lambda size: size.times * 2, asked.levels_of, group="one record"),
        Work("create", "insert a record", "create", "row", asked.written(1), asked.times, asked.sum_of_keys, after=asked.entries_kept, **g, **_ENTRY),
        Work("update", "update a record", "update", "row", asked.held(1), asked.times, asked.how_many, after=asked.levels_after, **g, **_FILLED),
        Work("delete", "delete a record", "delete", "row", asked.held(1), asked.times, asked.how_many, after=asked.left, **g, **_FILLED),
        Work("transfer", "bank transfer", "transfer", "transfer", asked.transfers, lambda size: max(1, size.times // 5), asked.how_many, after=lambda _: Expected("SELECT sum(balance) FROM account", (data.ACCOUNTS * data.BALANCE,)), **g),
        Work("held", "loop held while getting by key, p99.9", "get", "ms", asked.found(1, 1000), asked.always(1), asked.levels_of, measure="held", group="one record"),
    ]  # fmt: skip


def _techempower() -> list[Work]:
    """TechEmpower's, without HTTP. A request is a task's; one task, so that what is measured is what a request costs."""
    g: dict[str, Any] = {"group": "TechEmpower", "statements": True}
    return [
        Work("db", "db", "db", "request", asked.worlds(1), asked.times, asked.numbers_of, **g),
        Work("queries", "queries 20", "queries", "request", asked.batches, asked.requests, asked.numbers_of_batches, **g),
        Work("updates", "updates 20", "updates", "request", asked.changes, asked.requests, asked.changed, fill=(("world", ""),), **g),
        Work("fortunes", "fortunes", "fortunes", "request", asked.one(25), asked.always(25), lambda _: documents.expected_fortunes() * 25, **g),
    ]  # fmt: skip


def _imdbench() -> list[Work]:
    """Imdbench's three, whose statements are counted."""
    g: dict[str, Any] = {"group": "imdbench", "statements": True}
    return [
        Work("movie", "get_movie", "movie", "page", asked.some(data.MOVIES), asked.always(25), lambda p: [documents.expected_movie(k) for k in p[0][0]], **g),
        Work("user", "get_user", "user", "page", asked.some(data.USERS), asked.always(25), lambda p: [documents.expected_user(k) for k in p[0][0]], **g),
        Work("insert_movie", "insert_movie", "insert_movie", "page", asked.new_movies, asked.always(25), asked.inserted, **g),
    ]  # fmt: skip


def _many() -> list[Work]:
    """Many rows: read, with their relations, written, streamed."""
    g: dict[str, Any] = {"group": "many rows"}
    eager: dict[str, Any] = {**g, "statements": True}
    books = data.AUTHORS[0] * data.AUTHORS[1]
    few = data.BOOKS[0] * data.BOOKS[1]
    big = data.READINGS
    return [
        Work("objects_1k", "1,000 rows to objects", "wide_objects", "row", asked.wide(1000), asked.always(1000), asked.wide_sum, **g, repeat=20),
        Work("dicts_1k", "1,000 rows to dicts", "wide_dicts", "row", asked.wide(1000), asked.always(1000), asked.wide_sum, **g, repeat=20),
        Work("tuples_1k", "1,000 rows to tuples", "wide_tuples", "row", asked.wide(1000), asked.always(1000), asked.wide_sum, **g, repeat=20),
        Work("objects_50k", "50,000 rows to objects", "wide_objects", "row", asked.wide(big), asked.always(big), asked.wide_sum, **g),
        Work("dicts_50k", "50,000 rows to dicts", "wide_dicts", "row", asked.wide(big), asked.always(big), asked.wide_sum, **g),
        Work("tuples_50k", "50,000 rows to tuples", "wide_tuples", "row", asked.wide(big), asked.always(big), asked.wide_sum, **g),
        Work("eager_100", "100 x 10 eager", "eager", "load", asked.one(_HIGH + 1, _LOW), asked.always(1), lambda _: few, **eager, repeat=5),
        Work("nested_100", "100 x 10 x 3 eager", "nested", "load", asked.one(_HIGH + 1, _LOW), asked.always(1), lambda _: few * data.BOOKS[2], **eager, repeat=3),
        Work("eager_1000", "1,000 x 100 eager", "eager", "load", asked.one(1, _HIGH), asked.always(1), lambda _: books, full=True, **eager),
        Work("bulk_1k", "bulk insert of 1,000, keys back", "bulk_keys", "row", asked.samples(1000), asked.always(1000), asked.how_many, clear=("sample",), after=asked.samples_after(1000), **g),
        Work("bulk_100k", "bulk insert of 100,000, keys back", "bulk_keys", "row", asked.samples(100_000), asked.always(100_000), asked.how_many, clear=("sample",), after=asked.samples_after(100_000), full=True, **g),
        Work("stream", "stream of all events", "stream", "row", asked.events, lambda size: size.events, lambda p: p[0][0] * (p[0][0] + 1) // 2, **g),
        Work("stream_memory", "memory of the stream", "stream", "MB", asked.events, asked.always(1), lambda p: p[0][0] * (p[0][0] + 1) // 2, measure="memory", **g),
    ]  # fmt: skip


WORKLOADS: dict[str, Work] = {
    work.key: work for work in (*_single(), *_orm_benchmarks(), *_techempower(), *_imdbench(), *_many())
}

# What the short form does.
SHORT = frozenset(
    "get get20 create update delete transfer held B C D F queries updates fortunes movie insert_movie"
    " objects_1k dicts_1k tuples_1k eager_100 nested_100 bulk_1k stream stream_memory".split()
)
