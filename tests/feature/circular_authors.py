"""Models of one of two modules that import each other."""

from activerecord import ActiveRecord, Column, HasMany, HasOne, column, has_and_belongs_to_many, has_many, has_one
from tests.feature import circular_books

__all__ = ["Author", "books"]


class Author(ActiveRecord):
    __table_name__ = "ci_authors"
    id: Column[int] = column(primary_key=True)
    written: HasMany["circular_books.Book"] = has_many()
    newest: HasOne["circular_books.Book"] = has_one(order="id desc")
    liked: HasMany["circular_books.Book"] = has_and_belongs_to_many(table="ci_likes", other_key="book_id")


def books() -> "type[circular_books.Book]":
    """What is known of the other module only later."""
    return circular_books.Book
