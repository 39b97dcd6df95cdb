"""The three pages of imdbench and the page of fortunes: how they are written from records, and what they have to say."""

import html
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from benchmarks import data

__all__ = [
    "expected_fortunes",
    "expected_movie",
    "expected_user",
    "fortunes_page",
    "full_name",
    "inserted_movie",
    "movie_page",
    "people_in_order",
    "user_page",
]

ADDED = "Additional fortune added at request time."


def full_name(person: Any) -> str:
    """The name of a person, from the columns it is kept in."""
    if person.middle_name:
        return f"{person.first_name} {person.middle_name} {person.last_name}"
    return f"{person.first_name} {person.last_name}"


def people_in_order(links: Iterable[Any]) -> list[Any]:
    """The people of a movie's links, in the order in which they are shown."""
    told = sorted(links, key=lambda link: (link.list_order is None, link.list_order or 0, link.person.last_name))
    return [link.person for link in told]


def _person(person: Any) -> dict[str, Any]:
    return {"id": person.id, "full_name": full_name(person), "image": person.image}


def movie_page(movie: Any, directors: Iterable[Any], cast: Iterable[Any], reviews: Iterable[tuple[Any, Any]]) -> str:
    """A movie's page: all of its columns, its average rating, its people in order, its reviews with their authors.

    People are ordered by `list_order`, those without it last, then by last name; reviews by time, the newest first.
    """
    found: list[dict[str, Any]] = [
        {
            "id": review.id,
            "body": review.body,
            "rating": review.rating,
            "creation_time": review.creation_time.isoformat(),
            "author": {"id": author.id, "name": author.name, "image": author.image},
        }
        for review, author in reviews
    ]
    return json.dumps(
        {
            "id": movie.id,
            "image": movie.image,
            "title": movie.title,
            "year": movie.year,
            "description": movie.description,
            "avg_rating": _average([review["rating"] for review in found]),
            "directors": [_person(person) for person in directors],
            "cast": [_person(person) for person in cast],
            "reviews": found,
        }
    )


def _average(ratings: Sequence[int]) -> float:
    return sum(ratings) / len(ratings)


def user_page(user: Any, latest: Iterable[tuple[Any, Any, Any]]) -> str:
    """A user's page: the ten newest reviews, each with its movie and this movie's average rating."""
    reviews = [
        {
            "id": review.id,
            "body": review.body,
            "rating": review.rating,
            "movie": {
                "id": movie.id,
                "image": movie.image,
                "title": movie.title,
                "avg_rating": float(average),
            },
        }
        for review, movie, average in latest
    ]
    return json.dumps({"id": user.id, "name": user.name, "image": user.image, "latest_reviews": reviews})


def inserted_movie(movie: Any, directors: Iterable[Any], cast: Iterable[Any]) -> str:
    """A movie that was just inserted, with its people."""
    return json.dumps(
        {
            "id": movie.id,
            "image": movie.image,
            "title": movie.title,
            "year": movie.year,
            "description": movie.description,
            "directors": [_person(person) for person in directors],
            "cast": [_person(person) for person in cast],
        }
    )


def fortunes_page(messages: Iterable[tuple[int, str]]) -> str:
    """The page of fortunes: one is added, they are sorted by what they say, and written without danger."""
    told = sorted([*messages, (0, ADDED)], key=lambda each: each[1])
    rows = "".join(f"<tr><td>{key}</td><td>{html.escape(message)}</td></tr>" for key, message in told)
    return (
        "<!DOCTYPE html><html><head><title>Fortunes</title></head><body><table><tr><th>id</th><th>message</th></tr>"
        f"{rows}</table></body></html>"
    )


class _Read:
    """A row of the data as an object, by the names of its table's columns."""

    def __init__(self, table: str, row: tuple[Any, ...]) -> None:
        names = [column.split()[0] for column in data.TABLES[table].split(", ")]
        self.__dict__.update(zip(names, row, strict=True))


@cache
def _rows(table: str) -> dict[int, Any]:
    return {row[0]: _Read(table, row) for row in data.ROWS[table]()}


@cache
def _by(table: str, column: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in _rows(table).values():
        found[getattr(row, column)].append(row)
    return found


def _ordered(table: str, movie: int) -> list[Any]:
    people = _rows("person")
    links = _by(table, "movie_id")[movie]
    links.sort(key=lambda link: (link.list_order is None, link.list_order or 0, people[link.person_id].last_name))
    return [people[link.person_id] for link in links]


def expected_movie(key: int) -> Any:
    """What a movie's page has to say, from the rows as they were made."""
    reviews = sorted(_by("review", "movie_id")[key], key=lambda review: review.creation_time, reverse=True)
    authors = _rows("users")
    told = [(review, authors[review.author_id]) for review in reviews]
    return json.loads(movie_page(_rows("movie")[key], _ordered("directors", key), _ordered("actors", key), told))


def expected_user(key: int) -> Any:
    """What a user's page has to say, from the rows as they were made."""
    reviews = sorted(_by("review", "author_id")[key], key=lambda review: review.creation_time, reverse=True)[:10]
    movies, of = _rows("movie"), _by("review", "movie_id")
    told = [
        (review, movies[review.movie_id], _average([each.rating for each in of[review.movie_id]])) for review in reviews
    ]
    return json.loads(user_page(_rows("users")[key], told))


def expected_fortunes() -> int:
    """How long the page of fortunes has to be."""
    return len(fortunes_page((row.id, row.message) for row in _rows("fortune").values()))
