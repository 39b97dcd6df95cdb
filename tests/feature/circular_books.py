"""Models of the other of two modules that import each other."""

from activerecord import ActiveRecord, BelongsTo, Column, HasMany, belongs_to, column, has_and_belongs_to_many
from tests.feature import circular_authors

__all__ = ["Book"]


class Book(ActiveRecord):
    __table_name__ = "ci_books"
    id: Column[int] = column(primary_key=True)
    author_id: Column[int]
    author: BelongsTo["circular_authors.Author"] = belongs_to()
    fans: HasMany["circular_authors.Author"] = has_and_belongs_to_many(
        table="ci_likes", foreign_key="book_id", other_key="author_id"
    )
