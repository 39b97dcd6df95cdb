"""Dependents whose rows several models stand for, and records at hand that hold more than their rows."""

import pytest

from activerecord import (
    ActiveRecord,
    BelongsTo,
    Column,
    HasMany,
    belongs_to,
    column,
    create_tables,
    has_many,
)
from activerecord.testing.queries import count_queries


class Shelf(ActiveRecord):
    __table_name__ = "dm_shelves"
    id: Column[int] = column(primary_key=True)
    books_count: Column[int] = column(default=0)
    books: HasMany["Book"] = has_many()


class Author(ActiveRecord):
    __table_name__ = "dm_authors"
    id: Column[int] = column(primary_key=True)
    books: HasMany["Book"] = has_many(dependent="destroy")
    novels: HasMany["Novel"] = has_many(dependent="destroy")
    essays: HasMany["Book"] = has_many(foreign_key="essayist_id", dependent="nullify")


class Book(ActiveRecord):
    __table_name__ = "dm_books"
    id: Column[int] = column(primary_key=True)
    author_id: Column[int | None]
    essayist_id: Column[int | None]
    shelf_id: Column[int | None]
    sequel_of: Column[int | None]
    author: BelongsTo["Author | None"] = belongs_to()
    essayist: BelongsTo["Author | None"] = belongs_to()
    shelf: BelongsTo["Shelf | None"] = belongs_to(counter_cache=True)
    sequels: HasMany["Book"] = has_many(foreign_key="sequel_of", dependent="destroy")


class Novel(ActiveRecord):
    """Another model of the table of books, which says of the same rows what else goes with them."""

    __table_name__ = "dm_books"
    id: Column[int] = column(primary_key=True)
    author_id: Column[int | None]
    shelf_id: Column[int | None]
    author: BelongsTo["Author | None"] = belongs_to()
    shelf: BelongsTo["Shelf | None"] = belongs_to(counter_cache="books_count")
    sequels: HasMany["Book"] = has_many(foreign_key="sequel_of", dependent="destroy")
    pages: HasMany["Page"] = has_many(foreign_key="book_id", dependent="destroy")


class Page(ActiveRecord):
    __table_name__ = "dm_pages"
    id: Column[int] = column(primary_key=True)
    book_id: Column[int] = column(references="dm_books.id")


@pytest.fixture
def shelf(configured: str) -> Shelf:
    create_tables(Shelf, Author, Book, Page)
    return Shelf.create()


def test_a_row_is_deleted_and_counted_once_whichever_models_it_is_met_as(shelf: Shelf) -> None:
    author = Author.create()
    for _ in range(2):
        Page.create(book_id=Book.create(author=author, shelf=shelf).id)
    Book.create(shelf=shelf)
    with count_queries(Book.__mapper__.database()) as statements:
        author.delete()
    assert Shelf.find(shelf.id).books_count == 1
    assert (Book.query().count(), Page.query().count()) == (1, 0)
    assert len([sql for sql in statements if sql.startswith("DELETE") and "dm_books" in sql]) == 1


def test_a_circle_that_ends_in_another_model_of_the_first_row(shelf: Shelf) -> None:
    book = Book.create(shelf=shelf)
    sequel = Book.create(shelf=shelf, sequel_of=book.id)
    book.update(sequel_of=sequel.id)
    assert Novel.find(book.id).delete()
    assert Book.query().count() == 0
    assert Shelf.find(shelf.id).books_count == 0


def test_what_was_assigned_to_a_record_at_hand_is_still_to_be_saved(shelf: Shelf) -> None:
    author, other = Author.create(), Author.create()
    Book.insert_all([{"essayist_id": author.id}] * 2)
    moving, staying = author.essays
    moving.essayist = other
    author.delete()
    assert (moving.essayist_id, staying.essayist_id) == (other.id, None)
    assert moving.save()
    assert Book.find(moving.id).essayist_id == other.id


def test_of_siblings_some_may_lack_the_key(shelf: Shelf) -> None:
    author = Author.create()
    Book.insert_all([{"author_id": author.id}] * 3)
    known, unknown, assigned = Book.query().select("id").all()
    known.reload()
    assigned.author_id = author.id
    assert known.author == author == assigned.author
    assert "author_id" not in vars(unknown)
