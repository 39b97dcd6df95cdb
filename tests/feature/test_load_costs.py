"""What the loading of relations costs: statements by relation and keys, Python calls by record, connections side by side."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from activerecord import (
    ActiveRecord,
    BelongsTo,
    Column,
    HasMany,
    Query,
    async_preload,
    belongs_to,
    column,
    create_tables,
    has_and_belongs_to_many,
    has_many,
    pool_statistics,
)
from activerecord.testing.queries import count_queries
from activerecord.testing.runners import RUNNERS


class Shelf(ActiveRecord):
    __table_name__ = "cost_shelves"
    id: Column[int] = column(primary_key=True)
    books: HasMany["Book"] = has_many()
    marks: HasMany["Mark"] = has_and_belongs_to_many(table="cost_links", foreign_key="shelf_id", other_key="mark_id")


class Book(ActiveRecord):
    __table_name__ = "cost_books"
    id: Column[int] = column(primary_key=True)
    shelf_id: Column[int] = column(references="cost_shelves.id")
    shelf: BelongsTo[Shelf] = belongs_to()


class Mark(ActiveRecord):
    __table_name__ = "cost_marks"
    id: Column[int] = column(primary_key=True)


class Link(ActiveRecord):
    __table_name__ = "cost_links"
    shelf_id: Column[int] = column(primary_key=True)
    mark_id: Column[int] = column(primary_key=True)


SLOWLY = {"postgresql": "pg_sleep(0.15) IS NOT NULL", "mysql": "SLEEP(0.15) = 0"}


def calls_of(work: Callable[[], Any]) -> tuple[int, Any]:
    """Python calls that a piece of work makes, and what it gives."""
    calls = 0

    def note(frame: FrameType, event: str, given: Any) -> None:  # as the interpreter calls it
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        found = work()
    finally:
        sys.setprofile(None)
    return calls, found


def shelves_with_books() -> list[Shelf]:
    return Shelf.query().with_("books").all()


def calls_of_a_load() -> int:
    """Python calls while all shelves are loaded with their books."""
    calls, shelves = calls_of(shelves_with_books)
    assert all(len(shelf.books) == 50 for shelf in shelves)
    return calls


@pytest.mark.engines("sqlite")
@pytest.mark.places("memory")
def test_the_calls_for_each_record_are_few_and_the_same_however_many_there_are(configured: str) -> None:
    create_tables(Shelf, Book)
    each: list[float] = []
    for count in (50, 400):
        Book.query().everywhere().delete_all()
        Shelf.query().everywhere().delete_all()
        Shelf.insert_all([{"id": shelf} for shelf in range(count)])
        Book.insert_all([{"id": number, "shelf_id": number // 50} for number in range(count * 50)])
        with count_queries(Shelf.__mapper__.database()) as statements:
            Shelf.query().with_("books").all()
        assert len(statements) == 2
        each.append(calls_of_a_load() / (count * 50))
    assert each[1] < each[0] * 1.05
    assert each[1] < 3.5


@pytest.mark.engines("sqlite")
@pytest.mark.places("memory")
def test_records_at_hand_are_walked_through_without_a_call_for_each(configured: str) -> None:
    create_tables(Shelf, Book)
    Shelf.insert_all([{"id": 1}])
    Book.insert_all([{"id": number, "shelf_id": 1} for number in range(1000)])
    (shelf,) = shelves_with_books()
    calls, books = calls_of(lambda: list(shelf.books))
    assert [book.id for book in books] == [*range(1000)]
    assert calls < 100


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.places("memory", "server")
def test_many_to_many_of_more_keys_than_one_statement_takes(configured: str, engine: str) -> None:
    create_tables(Shelf, Mark, Link)
    count = 70_000 if engine == "postgresql" else 20_000
    Mark.insert_all([{"id": mark} for mark in range(7)])
    Shelf.insert_all({"id": number} for number in range(count))
    Link.insert_all({"shelf_id": number, "mark_id": number % 7} for number in range(count))
    with count_queries(Shelf.__mapper__.database()) as statements:
        shelves = Shelf.query().with_("marks").all()
    assert [mark.id for shelf in shelves for mark in shelf.marks] == [shelf.id % 7 for shelf in shelves]
    assert len({id(mark) for shelf in shelves for mark in shelf.marks}) == 7
    assert len(statements) == 3


@pytest.mark.engines("postgresql", "mysql")
@pytest.mark.parametrize("inside", [False, True], ids=["alone", "in a transaction"])
def test_siblings_are_read_side_by_side_and_in_a_transaction_in_turn(
    configured: str, engine: str, inside: bool
) -> None:
    create_tables(Shelf, Book, Mark, Link)
    for model in (Shelf, Mark):
        model.insert_all([{"id": 1}])
    Book.insert_all([{"id": 1, "shelf_id": 1}])
    Link.insert_all([{"shelf_id": 1, "mark_id": 1}])

    def slowly(query: Query[Any]) -> Query[Any]:
        return query.where(SLOWLY[engine])

    async def main() -> None:
        shelves = await Shelf.query().async_all()
        if not inside:
            await async_preload(shelves, ("books", slowly), ("marks", slowly))
        else:
            async with Shelf.async_transaction():
                await async_preload(shelves, ("books", slowly), ("marks", slowly))
        # a second connection is opened only while the first is in use
        assert (pool_statistics().open, pool_statistics().lent) == (1 if inside else 2, 0)

    RUNNERS["asyncio"].run(main)
