"""The work that is measured: each piece once through the models, and once through the raw driver."""

import sqlite3
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import aiosqlite

from activerecord import ActiveRecord, Column, HasMany, column, create_tables, has_many

__all__ = ["ASYNC", "SYNC", "Async", "Sync", "prepare"]

ROWS = 1000
CHILDREN = 10


class Person(ActiveRecord):
    """A row of ordinary width."""

    __table_name__ = "people"
    id: Column[int] = column(primary_key=True)
    name: Column[str]
    email: Column[str]
    age: Column[int]
    score: Column[float]
    pets: HasMany["Pet"] = has_many()


class Pet(ActiveRecord):
    """One of the rows that belong to a person."""

    __table_name__ = "pets"
    id: Column[int] = column(primary_key=True)
    person_id: Column[int] = column(index=True)
    name: Column[str]


def prepare(path: str) -> None:
    """Make and fill the database, and configure it as the default connection."""
    ActiveRecord.configure(f"sqlite:///{path}")
    create_tables(Person, Pet)
    Person.insert_all(
        {"name": f"name {n}", "email": f"{n}@example.org", "age": n % 90, "score": n / 7} for n in range(ROWS)
    )
    _records.update({key: Person.find(key) for key in (1, 2)})
    Pet.insert_all({"person_id": n % 100 + 1, "name": f"pet {n}"} for n in range(100 * CHILDREN))


COLUMNS = "id, name, email, age, score"
BY_KEY = f"SELECT {COLUMNS} FROM people WHERE id = ?"  # constants
ALL = f"SELECT {COLUMNS} FROM people"  # constants
HUNDRED = f"SELECT {COLUMNS} FROM people WHERE id <= 100"  # constants
PETS = "SELECT id, person_id, name FROM pets WHERE person_id IN (" + ", ".join("?" * 100) + ")"
INSERT = "INSERT INTO people (name, email, age, score) VALUES (?, ?, ?, ?)"
UPDATE = "UPDATE people SET age = ? WHERE id = ?"
NEW = ("new", "new@example.org", 1, 0.5)


@dataclass(frozen=True)
class Plain:
    """What a careful program without an ORM would make of a row."""

    id: int
    name: str
    email: str
    age: int
    score: float


@dataclass(frozen=True)
class Sync:
    """One piece of work in plain sync code: ours, and the raw sqlite3 module's. `times` is how often a round does it."""

    times: int
    ours: Callable[[], object]
    raw: Callable[[sqlite3.Connection], object]


Raw: TypeAlias = Callable[[aiosqlite.Connection], Coroutine[Any, Any, object]]


@dataclass(frozen=True)
class Async:
    """One piece of work in async code: ours, and raw aiosqlite's. `times` is how often a round does it."""

    times: int
    ours: Callable[[], Coroutine[Any, Any, object]]
    raw: Raw


def _raw_eager(connection: sqlite3.Connection) -> object:
    people = connection.execute(HUNDRED).fetchall()
    pets = connection.execute(PETS, [row[0] for row in people]).fetchall()
    return _grouped(people, pets)


def _grouped(people: Any, pets: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {row[0]: [] for row in people}
    for pet in pets:
        found[pet[1]].append(pet)
    return found


def _changed(person: Person) -> Person:
    person.age += 1
    return person


def _raw_update(connection: sqlite3.Connection) -> object:
    age = connection.execute(BY_KEY, (7,)).fetchone()[3]
    return connection.execute(UPDATE, (age + 1, 7))


_ages = {1: 0, 2: 0}


def _other(key: int) -> int:
    """A value that the row does not have, so that there is something to write."""
    _ages[key] += 1
    return _ages[key]


def _raw_transaction(connection: sqlite3.Connection) -> object:
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(UPDATE, (_other(1), 1))
    connection.execute(UPDATE, (_other(2), 2))
    return connection.execute("COMMIT")


def _transaction() -> object:
    with Person.transaction():
        _records[1].update(age=_other(1))
        return _records[2].update(age=_other(2))


_records: dict[int, Person] = {}


SYNC: Mapping[str, Sync] = {
    "find by key": Sync(500, lambda: Person.find(7), lambda c: c.execute(BY_KEY, (7,)).fetchone()),
    "1,000 rows to objects": Sync(
        20, lambda: Person.query().all(), lambda c: [Plain(*row) for row in c.execute(ALL).fetchall()]
    ),
    "1,000 rows to tuples": Sync(20, lambda: Person.query().tuples(), lambda c: c.execute(ALL).fetchall()),
    "count": Sync(200, lambda: Person.query().count(), lambda c: c.execute("SELECT count(*) FROM people").fetchone()),
    "100 with 10 children each": Sync(
        20, lambda: Person.query().where(Person.id <= 100).with_("pets").all(), _raw_eager
    ),
    "insert": Sync(
        50,
        lambda: Person.create(name="new", email="new@example.org", age=1, score=0.5),
        lambda c: c.execute(INSERT, NEW),
    ),
    "find and update": Sync(50, lambda: _changed(Person.find(7)).save(), _raw_update),
    "transaction of two updates": Sync(50, _transaction, _raw_transaction),
    "1,000 rows inserted": Sync(
        3,
        lambda: Pet.insert_all({"person_id": 1000, "name": "x"} for _ in range(1000)),
        lambda c: (
            c.execute("BEGIN IMMEDIATE"),
            c.executemany("INSERT INTO pets (person_id, name) VALUES (?, ?)", [(1000, "x") for _ in range(1000)]),
            c.execute("COMMIT"),
        ),
    ),
}


async def _fetch(connection: aiosqlite.Connection, sql: str, binds: Any = ()) -> Any:
    async with connection.execute(sql, binds) as cursor:
        return await cursor.fetchall()


async def _async_objects(connection: aiosqlite.Connection) -> object:
    return [Plain(*row) for row in await _fetch(connection, ALL)]


async def _async_eager(connection: aiosqlite.Connection) -> object:
    people = await _fetch(connection, HUNDRED)
    return _grouped(people, await _fetch(connection, PETS, [row[0] for row in people]))


async def _async_insert(connection: aiosqlite.Connection) -> None:
    async with connection.execute(INSERT, NEW):
        pass


async def _async_update(connection: aiosqlite.Connection) -> None:
    rows = await _fetch(connection, BY_KEY, (7,))
    async with connection.execute(UPDATE, (rows[0][3] + 1, 7)):
        pass


async def _ours_update() -> object:
    return await _changed(await Person.async_find(7)).async_save()


ASYNC: Mapping[str, Async] = {
    "find by key": Async(200, lambda: Person.async_find(7), lambda c: _fetch(c, BY_KEY, (7,))),
    "1,000 rows to objects": Async(20, lambda: Person.query().async_all(), _async_objects),
    "1,000 rows to tuples": Async(20, lambda: Person.query().async_tuples(), lambda c: _fetch(c, ALL)),
    "count": Async(100, lambda: Person.query().async_count(), lambda c: _fetch(c, "SELECT count(*) FROM people")),
    "100 with 10 children each": Async(
        20, lambda: Person.query().where(Person.id <= 100).with_("pets").async_all(), _async_eager
    ),
    "insert": Async(
        50, lambda: Person.async_create(name="new", email="new@example.org", age=1, score=0.5), _async_insert
    ),
    "find and update": Async(50, _ours_update, _async_update),
}
