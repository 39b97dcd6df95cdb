"""What a careful program without an ORM would make of rows: plain objects, and the statements that it would send."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

__all__ = [
    "SQL",
    "Account",
    "Author",
    "Book",
    "Entry",
    "Event",
    "Fortune",
    "Movie",
    "Page",
    "Person",
    "Reading",
    "Review",
    "User",
    "World",
    "changed_text",
    "marked",
]

changed_text = "changed"


@dataclass(slots=True)
class Entry:
    id: int
    timestamp: datetime
    level: int
    text: str


@dataclass(slots=True)
class Reading:
    id: int
    name: str
    value: float
    number: int
    label: str
    note: str | None


@dataclass(slots=True)
class World:
    id: int
    randomnumber: int


@dataclass(slots=True)
class Fortune:
    id: int
    message: str


@dataclass(slots=True)
class Account:
    id: int
    balance: int


@dataclass(slots=True)
class Event:
    id: int
    name: str
    value: float


@dataclass(slots=True)
class Page:
    id: int
    book_id: int
    text: str


class Book:
    """A book, with its pages."""

    __slots__ = ("author_id", "id", "pages", "title")

    def __init__(self, key: int, author_id: int, title: str) -> None:
        self.id, self.author_id, self.title = key, author_id, title
        self.pages: list[Page] = []


class Author:
    """An author, with the books."""

    __slots__ = ("books", "id", "name")

    def __init__(self, key: int, name: str) -> None:
        self.id, self.name = key, name
        self.books: list[Book] = []


@dataclass(slots=True)
class Person:
    id: int
    first_name: str
    middle_name: str
    last_name: str
    image: str


@dataclass(slots=True)
class Movie:
    id: int
    image: str
    title: str
    year: int
    description: str


@dataclass(slots=True)
class User:
    id: int
    name: str
    image: str


@dataclass(slots=True)
class Review:
    id: int
    body: str
    rating: int
    creation_time: Any


_JOURNAL = "id, timestamp, level, text"
_READING = "id, name, value, number, label, note"
_PERSON = "person.id, person.first_name, person.middle_name, person.last_name, person.image"
_PEOPLE = (
    "JOIN person ON person.id = link.person_id WHERE link.movie_id = ?"
    " ORDER BY link.list_order IS NULL, link.list_order, person.last_name"
)

SQL = {
    "get": f"SELECT {_JOURNAL} FROM journal WHERE id = ?",
    "level": f"SELECT {_JOURNAL} FROM journal WHERE level = ?",
    "page": f"SELECT {_JOURNAL} FROM journal WHERE level = ? ORDER BY id LIMIT 20 OFFSET ?",
    "insert": "INSERT INTO entry (timestamp, level, text) VALUES (?, ?, ?)",
    "hold": f"SELECT {_JOURNAL} FROM entry WHERE id BETWEEN ? AND ? ORDER BY id",
    "part": "UPDATE entry SET level = ? WHERE id = ?",
    "whole": "UPDATE entry SET timestamp = ?, level = ?, text = ? WHERE id = ?",
    "delete": "DELETE FROM entry WHERE id = ?",
    "world": "SELECT id, randomnumber FROM world WHERE id = ?",
    "world_set": "UPDATE world SET randomnumber = ? WHERE id = ?",
    "fortunes": "SELECT id, message FROM fortune",
    "wide": f"SELECT {_READING} FROM reading WHERE id <= ?",
    "authors": "SELECT id, name FROM author WHERE id BETWEEN ? AND ?",
    "sample": "INSERT INTO sample (name, value, number) VALUES (?, ?, ?)",
    "events": "SELECT id, name, value FROM event WHERE id <= ?",
    "account": "SELECT id, balance FROM account WHERE id = ?",
    "account_set": "UPDATE account SET balance = ? WHERE id = ?",
    "movie": "SELECT id, image, title, year, description FROM movie WHERE id = ?",
    "directors": f"SELECT {_PERSON} FROM directors link {_PEOPLE}",
    "actors": f"SELECT {_PERSON} FROM actors link {_PEOPLE}",
    "reviews": "SELECT review.id, review.body, review.rating, review.creation_time, users.id, users.name, users.image"
    " FROM review JOIN users ON users.id = review.author_id WHERE review.movie_id = ?"
    " ORDER BY review.creation_time DESC",
    "user": "SELECT id, name, image FROM users WHERE id = ?",
    "latest": "SELECT review.id, review.body, review.rating, review.creation_time,"
    " movie.id, movie.image, movie.title, movie.year, movie.description,"
    " (SELECT avg(other.rating) FROM review other WHERE other.movie_id = movie.id)"
    " FROM review JOIN movie ON movie.id = review.movie_id WHERE review.author_id = ?"
    " ORDER BY review.creation_time DESC LIMIT 10",
    "insert_movie": "INSERT INTO movie (image, title, year, description) VALUES (?, ?, ?, ?)",
    "people": f"SELECT {_PERSON} FROM person WHERE id IN (?, ?, ?, ?)",
    "insert_director": "INSERT INTO directors (person_id, movie_id) VALUES (?, ?)",
    "insert_actors": "INSERT INTO actors (person_id, movie_id) VALUES (?, ?), (?, ?), (?, ?)",
}


def marked(mark: str) -> dict[str, str]:
    """The statements with the driver's own marks for values: `?`, `%s`, or `$` for counted ones."""
    return {name: _marked(sql, mark) for name, sql in SQL.items()}


def _marked(sql: str, mark: str) -> str:
    if mark != "$":
        return sql.replace("?", mark)
    first, *rest = sql.split("?")
    return first + "".join(f"${number}{part}" for number, part in enumerate(rest, 1))
