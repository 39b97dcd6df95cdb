"""The SQL of what queries ask about relations, of limits for each record, and of what is joined to records, in every dialect."""

from collections.abc import Iterator
from typing import Any, cast

import pytest

from activerecord import (
    ActiveRecord,
    BelongsTo,
    Column,
    HasMany,
    HasOne,
    Query,
    QueryError,
    UnknownRelation,
    belongs_to,
    column,
    default_scope,
    has_many,
    has_one,
)
from activerecord.database import forget
from activerecord.query.clauses import Prepared
from activerecord.relation import Association
from activerecord.relation.hop import Reached, reached
from activerecord.relation.limits import limited
from tests.unit.snapshots import Case, against_snapshots


class Author(ActiveRecord):
    __table_name__ = "authors"
    id: Column[int] = column(primary_key=True)
    name: Column[str]
    mentor_id: Column[int | None]
    mentor: BelongsTo["Author | None"] = belongs_to()
    pupils: HasMany["Author"] = has_many(foreign_key="mentor_id")
    books: HasMany["Book"] = has_many()
    chapters: HasMany["Chapter"] = has_many(through="books.chapters")
    latest: HasOne["Book"] = has_one(order="year desc")
    long: HasMany["Book"] = has_many(where={"pages": 500})


class Book(ActiveRecord):
    __table_name__ = "books"
    id: Column[int] = column(primary_key=True)
    author_id: Column[int | None]
    year: Column[int]
    pages: Column[int]
    author: BelongsTo["Author | None"] = belongs_to()
    chapters: HasMany["Chapter"] = has_many()


class Chapter(ActiveRecord):
    __table_name__ = "chapters"
    id: Column[int] = column(primary_key=True)
    book_id: Column[int]
    words: Column[float]
    book: BelongsTo[Book] = belongs_to()

    @default_scope
    @staticmethod
    def printed(query: "Query[Any]") -> "Query[Any]":
        return query.where(Chapter.words > 0)


class Seat(ActiveRecord):
    __table_name__ = "seats"
    row: Column[int] = column(primary_key=True)
    number: Column[int] = column(primary_key=True)
    tickets: HasMany["Ticket"] = has_many(foreign_key=("row", "seat"))


class Ticket(ActiveRecord):
    __table_name__ = "tickets"
    show: Column[int] = column(primary_key=True)
    turn: Column[int] = column(primary_key=True)
    row: Column[int]
    seat: Column[int]
    place: BelongsTo[Seat] = belongs_to(foreign_key=("row", "seat"))
    beside: HasMany["Ticket"] = has_many(through="place.tickets")


def narrowed_limit(relation: Any, query: "Query[Any]") -> "tuple[Any, tuple[Any, ...]]":
    hops = cast("Association[Any]", Author.__mapper__.relation(relation)).hops()
    cut = limited(Reached(query, reached(hops).keys), hops).query
    return cut.as_statement(), tuple(model.__mapper__.known_table() for model in (Author, Book, Chapter))


async def joined(query: "Query[Any]") -> Prepared:
    return await query._prepare_records()  # pyright: ignore[reportPrivateUsage]


def authors() -> "Query[Author]":
    return Author.query()


CASES: dict[str, Case] = {
    "has": lambda: authors().where_has("books"),
    "has, narrowed by a condition": lambda: authors().where_has(Author.books, Book.pages > 300),
    "has, narrowed by values, a query, a function": lambda: (
        authors()
        .where_has("books", {"year": [1999, 2000]})
        .where_has("books", Book.where(pages=7))
        .where_has("books", lambda books: books.where(year=1).where_has("chapters", Chapter.words > 5))
    ),
    "has, along a path": lambda: authors().where_has("books.chapters", Chapter.words < 10),
    "has, through others": lambda: authors().where_has("chapters"),
    "has, narrowed in the declaration": lambda: authors().where_has("long"),
    "has, of itself": lambda: authors().where_has("pupils", lambda pupils: pupils.where_has("pupils")),
    "has, of an alias": lambda: Author.alias("boss").query().where_has("pupils", Author.name == "ann"),
    "has, of a joined model": lambda: Book.query().join("author").where_has(Author.pupils),
    "has, of composite keys": lambda: Seat.query().where_has("tickets"),
    "has so many": lambda: (
        authors()
        .where_has("books", at_least=3)
        .where_has("books", at_most=9)
        .where_has("books", exactly=5)
        .where_has("chapters", at_least=2, at_most=4)
    ),
    "has so many, of composite keys, along a path": lambda: Ticket.query().where_has("beside", at_least=2),
    "has one of the latest": lambda: authors().where_has(
        "books", lambda books: books.where(pages=5).order_by("year desc").limit(2).offset(1)
    ),
    "missing": lambda: authors().where(name="x").where_missing("books").or_where(id=1),
    "missing, narrowed": lambda: authors().where_missing("books", {"pages": None}),
    "counts": lambda: authors().with_count("books").with_count("chapters", as_="n").order_by("books_count desc", "id"),
    "counts, narrowed": lambda: authors().select("id").with_count("books", Book.pages > 9).order_by("books_count"),
    "sums and the like": lambda: (
        authors()
        .with_sum("books", "pages")
        .with_average("books", Book.pages)
        .with_min("books", "year", Book.pages > 9)
        .with_max("books", Book.year + 1, as_="next")
    ),
    "sums along a path": lambda: authors().with_sum("books.chapters", "words").with_max("chapters", "words"),
    "limited": lambda: narrowed_limit("books", Book.query().order_by("year desc").limit(3)),
    "limited, by key, with an offset": lambda: narrowed_limit("books", Book.where(year=1).limit(3).offset(2)),
    "limited, along a path": lambda: narrowed_limit(
        "chapters", Chapter.query().join("book").order_by(Book.year.desc(), "words").limit(3)
    ),
    "joined": lambda: joined(Book.query().with_joined("author", "author.mentor").where(year=1).limit(2)),
    "joined, narrowed": lambda: joined(Book.query().with_joined("chapters")),
    "joined, the first in an order": lambda: joined(authors().with_joined("latest")),
    "joined, through others": lambda: joined(authors().with_joined("chapters", "long")),
}

test_snapshots = against_snapshots("related", CASES)


@pytest.fixture
def unopened() -> Iterator[None]:
    ActiveRecord.configure("sqlite:///nowhere/at/all.db")
    yield
    forget(["default"])


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: authors().where_has("books", 5), "narrowed by a dict, a condition, a query or a function"),  # type: ignore[arg-type]
        (lambda: authors().where_has("books", Author.books), "narrowed by a dict"),
        (lambda: authors().where_has("books", lambda _: None).to_sql(), "gives a query back"),
        (lambda: authors().where_has("books", at_least=-1), "a number of records"),
        (lambda: authors().where_has("books", at_least=True), "a number of records"),
        (lambda: authors().where_has("books", exactly=1, at_most=3), "at_least and at_most, or exactly"),
        (lambda: authors().where_has(5), "expected a relation or its name"),  # type: ignore[arg-type]
        (lambda: authors().with_sum("books", 5), "takes a column"),  # type: ignore[arg-type]
        (lambda: authors().with_sum("books", Book.pages * 2), "needs a name"),
        (lambda: authors().with_sum("books", "pgaes").to_sql(), "pages"),
        (lambda: Book.query().where_has(Author.books).to_sql(), "does not read 'authors'"),
        (lambda: authors().with_joined("books").limit(1).all(), r"with_\('books'\)"),
        (lambda: authors().with_joined("books").first(), r"with_\('books'\)"),
        (lambda: authors().with_joined("books").paginate(), r"with_\('books'\)"),
        (lambda: authors().with_joined("mentor").group_by("id").all(), "belongs to none of them"),
    ],
)
def test_what_cannot_be_asked(unopened: None, ask: Any, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        ask()


@pytest.mark.parametrize(
    "ask",
    [
        lambda: authors().where_has("boks"),
        lambda: authors().where_has("pupils.boks"),
        lambda: authors().where_has("pupils", lambda pupils: pupils.where_missing("boks")),
        lambda: authors().with_count("boks"),
        lambda: authors().with_joined("mentor.boks"),
    ],
)
def test_unknown_relations(unopened: None, ask: Any) -> None:
    with pytest.raises(UnknownRelation, match="did you mean 'books'"):
        ask().all()


def test_a_query_is_made_before_its_models_are() -> None:
    early = Author.query().where_has("books").clauses
    assert early.asked[0].path == ("books",)
    assert (early.where is early.asked[0], len(early.asked)) == (True, 1)
