"""Our models of the data's tables, for async and for plain sync code."""

from datetime import datetime

from activerecord import ActiveRecord, BelongsTo, Column, HasMany, belongs_to, column, has_many
from benchmarks.contestant import Database

__all__ = [
    "Account",
    "Actor",
    "Author",
    "Book",
    "Direction",
    "Entry",
    "Event",
    "Fortune",
    "Journal",
    "Movie",
    "Page",
    "Person",
    "Reading",
    "Review",
    "Sample",
    "User",
    "World",
    "url",
]

_SCHEMES = {"postgresql": "postgresql", "mariadb": "mysql"}
_OPTIONS = {"postgresql": "&sslmode=disable", "mariadb": "", "sqlite": "&synchronous=normal"}


def url(database: Database, driver: str = "sqlite") -> str:
    """The URL of a contestant's database, with a pool of as many connections as all have."""
    options = f"?max_size={database.pool}{_OPTIONS[database.engine]}"
    if database.engine == "sqlite":
        return f"{driver}:///{database.name}{options}"
    return database.url(_SCHEMES[database.engine], options)


class Journal(ActiveRecord):
    __table_name__ = "journal"
    id: Column[int] = column(primary_key=True)
    timestamp: Column[datetime]
    level: Column[int]
    text: Column[str]


class Entry(ActiveRecord):
    __table_name__ = "entry"
    id: Column[int] = column(primary_key=True)
    timestamp: Column[datetime]
    level: Column[int]
    text: Column[str]


class World(ActiveRecord):
    __table_name__ = "world"
    id: Column[int] = column(primary_key=True)
    randomnumber: Column[int]


class Fortune(ActiveRecord):
    __table_name__ = "fortune"
    id: Column[int] = column(primary_key=True)
    message: Column[str]


class Reading(ActiveRecord):
    __table_name__ = "reading"
    id: Column[int] = column(primary_key=True)
    name: Column[str]
    value: Column[float]
    number: Column[int]
    label: Column[str]
    note: Column[str | None]


class Author(ActiveRecord):
    __table_name__ = "author"
    id: Column[int] = column(primary_key=True)
    name: Column[str]
    books: HasMany["Book"] = has_many()


class Book(ActiveRecord):
    __table_name__ = "book"
    id: Column[int] = column(primary_key=True)
    author_id: Column[int]
    title: Column[str]
    pages: HasMany["Page"] = has_many()


class Page(ActiveRecord):
    __table_name__ = "page"
    id: Column[int] = column(primary_key=True)
    book_id: Column[int]
    text: Column[str]


class Sample(ActiveRecord):
    __table_name__ = "sample"
    id: Column[int] = column(primary_key=True)
    name: Column[str]
    value: Column[float]
    number: Column[int]


class Account(ActiveRecord):
    __table_name__ = "account"
    id: Column[int] = column(primary_key=True)
    balance: Column[int]


class Event(ActiveRecord):
    __table_name__ = "event"
    id: Column[int] = column(primary_key=True)
    name: Column[str]
    value: Column[float]


class Person(ActiveRecord):
    __table_name__ = "person"
    id: Column[int] = column(primary_key=True)
    first_name: Column[str]
    middle_name: Column[str]
    last_name: Column[str]
    image: Column[str]
    bio: Column[str]


class Movie(ActiveRecord):
    __table_name__ = "movie"
    id: Column[int] = column(primary_key=True)
    image: Column[str]
    title: Column[str]
    year: Column[int]
    description: Column[str]
    directions: HasMany["Direction"] = has_many()
    actors: HasMany["Actor"] = has_many()
    reviews: HasMany["Review"] = has_many()


class Direction(ActiveRecord):
    __table_name__ = "directors"
    id: Column[int] = column(primary_key=True)
    list_order: Column[int | None]
    person_id: Column[int]
    movie_id: Column[int]
    person: BelongsTo[Person] = belongs_to()


class Actor(ActiveRecord):
    __table_name__ = "actors"
    id: Column[int] = column(primary_key=True)
    list_order: Column[int | None]
    person_id: Column[int]
    movie_id: Column[int]
    person: BelongsTo[Person] = belongs_to()


class User(ActiveRecord):
    __table_name__ = "users"
    id: Column[int] = column(primary_key=True)
    name: Column[str]
    image: Column[str]
    reviews: HasMany["Review"] = has_many(foreign_key="author_id")


class Review(ActiveRecord):
    __table_name__ = "review"
    id: Column[int] = column(primary_key=True)
    body: Column[str]
    rating: Column[int]
    creation_time: Column[datetime]
    author_id: Column[int]
    movie_id: Column[int]
    author: BelongsTo[User] = belongs_to()
    movie: BelongsTo[Movie] = belongs_to()
