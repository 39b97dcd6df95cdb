"""Creating and dropping the tables of declared models."""

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest

from activerecord import (
    ActiveRecord,
    BelongsTo,
    CheckViolation,
    Column,
    DatabaseError,
    ForeignKeyViolation,
    HasMany,
    InvalidValue,
    NotNullViolation,
    SyntaxError_,
    Undeclared,
    UniqueViolation,
    UsageError,
    async_create_tables,
    async_drop_tables,
    belongs_to,
    column,
    create_tables,
    drop_tables,
    has_many,
)
from activerecord.database import database
from activerecord.runtime import run_blocking
from activerecord.testing.queries import count_queries
from activerecord.testing.runners import Runner


class Mood(Enum):
    GLAD = "glad"
    SAD = "sa'd"


class Owner(ActiveRecord):
    __table_name__ = "owners"
    id: Column[int] = column(primary_key=True)
    email: Column[str] = column(unique=True, length=20)
    nick: Column[str | None] = column(index=True)
    mood: Column[Mood] = column(default=Mood.GLAD)
    score: Column[Decimal] = column(default=Decimal("1.5"))
    active: Column[bool] = column(default=False)
    since: Column[dt.date] = column(default=dt.date(2024, 1, 1))
    token: Column[uuid.UUID] = column(default=uuid.uuid4)
    notes: Column[list[str]] = column(default=["it's"])
    pets: HasMany["Pet"] = has_many()


class Pet(ActiveRecord):
    __table_name__ = "pets"
    id: Column[int] = column(primary_key=True)
    owner_id: Column[int] = column(on_delete="cascade", references="owners.id")
    keeper_id: Column[int | None]
    keeper: BelongsTo["Owner | None"] = belongs_to()


class Egg(ActiveRecord):
    __table_name__ = "eggs"
    id: Column[int] = column(primary_key=True)
    hen_id: Column[int | None] = column(references="hens.id", on_delete="set null")


class Hen(ActiveRecord):
    __table_name__ = "hens"
    id: Column[int] = column(primary_key=True)
    egg_id: Column[int | None] = column(references="eggs.id")
    mother_id: Column[int | None] = column(references="hens.id")


class Seat(ActiveRecord):
    __table_name__ = "seats"
    row: Column[str] = column(primary_key=True)
    number: Column[int] = column(primary_key=True)


class Plain(ActiveRecord):
    id: Column[int]
    name: Column[str]


class Unread(Undeclared):
    __table_name__ = "owners"


@pytest.fixture
def memory() -> None:
    ActiveRecord.configure("sqlite:///:memory:")


def tables() -> list[str]:
    sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    return [name for (name,) in run_blocking(lambda: database().execute_text(sql), "tables").rows]


def test_tables_come_in_the_order_that_their_keys_need(memory: None) -> None:
    with count_queries(database()) as sent:
        create_tables(Pet, Seat, Owner)
    made = [sql.split('"')[1] for sql in sent if sql.startswith("CREATE TABLE")]
    assert made.index("owners") < made.index("pets")
    with count_queries(database()) as sent:
        drop_tables(Owner, Seat, Pet)
    dropped = [sql.split('"')[1] for sql in sent if sql.startswith("DROP TABLE")]
    assert dropped.index("pets") < dropped.index("owners")
    assert tables() == []


def test_keys_that_go_in_a_circle(memory: None) -> None:
    create_tables(Egg, Hen)
    hen = Hen.create()
    egg = Egg.create(hen_id=hen.id)
    hen.update(egg_id=egg.id, mother_id=hen.id)
    with pytest.raises(ForeignKeyViolation):
        Egg.create(hen_id=99)
    hen.update(egg_id=None)
    assert hen.delete()
    assert egg.reload().hen_id is None
    drop_tables(Hen, Egg)
    assert tables() == []


def test_what_the_columns_promise_is_kept(memory: None) -> None:
    create_tables(Owner, Pet)
    ann = Owner.create(email="ann")
    with pytest.raises(UniqueViolation) as unique:
        Owner.create(email="ann")
    assert (unique.value.table, unique.value.columns) == ("owners", ("email",))
    with pytest.raises(InvalidValue, match="too long"):
        Owner.create(email="a" * 21)
    with pytest.raises(NotNullViolation) as missing:
        Owner.create()
    assert (missing.value.table, missing.value.columns) == ("owners", ("email",))
    with pytest.raises(CheckViolation):
        run_blocking(lambda: database().execute_text("UPDATE owners SET mood = 'x'"), "execute")
    with pytest.raises(ForeignKeyViolation):
        Pet.create(owner_id=99)
    with pytest.raises(ForeignKeyViolation):
        Pet.create(owner_id=ann.id, keeper_id=99)
    pet = Pet.create(owner_id=ann.id)
    ann.delete()
    assert Pet.find_or_none(pet.id) is None


def test_defaults_hold_for_rows_that_others_write(memory: None) -> None:
    create_tables(Owner)
    sql = "INSERT INTO owners (email, token) VALUES ('x', '00000000-0000-0000-0000-000000000000')"
    run_blocking(lambda: database().execute_text(sql), "execute")
    owner = Owner.find(1)
    assert (owner.mood, owner.score, owner.active) == (Mood.GLAD, Decimal("1.5"), False)
    assert (owner.since, owner.notes) == (dt.date(2024, 1, 1), ["it's"])


def test_what_was_created_reads_the_same_undeclared(memory: None) -> None:
    create_tables(Owner, Pet)
    Owner.create(email="x")
    read = Unread.find(1)
    assert (read.email, read.active, read.since) == ("x", False, dt.date(2024, 1, 1))
    table = Unread.schema()
    assert table.primary_key == ("id",)
    assert table.columns["email"].unique
    assert table.columns["nick"].index
    assert not table.columns["email"].nullable
    assert table.columns["nick"].nullable


def test_composite_keys(memory: None) -> None:
    create_tables(Seat)
    seat = Seat.create(row="a", number=1)
    with pytest.raises(UniqueViolation) as taken:
        Seat.create(row="a", number=1)
    assert taken.value.columns == ("row", "number")
    assert Seat.find(("a", 1)) == seat
    with pytest.raises(NotNullViolation):
        Seat.create(row="a")


def test_names_by_default(memory: None) -> None:
    create_tables(Plain)
    assert tables() == ["plains"]
    assert Plain.create(name="x").id == 1
    drop_tables(Plain)


def test_creating_again(memory: None) -> None:
    create_tables(Owner)
    Owner.create(email="x")
    with pytest.raises(DatabaseError, match="already exists"):
        create_tables(Owner)
    create_tables(Owner, Pet, if_not_exists=True)
    assert Owner.query().count() == 1
    assert tables() == ["owners", "pets"]


def test_creating_nothing(memory: None) -> None:
    create_tables()
    drop_tables()
    assert tables() == []


def test_dropping_again(memory: None) -> None:
    create_tables(Seat)
    drop_tables(Seat)
    drop_tables(Seat)
    with pytest.raises(SyntaxError_):
        Seat.query().count()


def test_a_table_given_twice_is_made_once(memory: None) -> None:
    create_tables(Seat, Seat)
    assert tables() == ["seats"]


def broken() -> "type[ActiveRecord]":
    class Broken(ActiveRecord):
        __table_name__ = "broken"
        id: Column[int] = column(primary_key=True)
        size: Column[int] = column(default="large")

    return Broken


def astray() -> "type[ActiveRecord]":
    class Astray(ActiveRecord):
        __table_name__ = "astray"
        id: Column[int] = column(primary_key=True)
        owner_id: Column[int] = column(references="owners")

    return Astray


def reckless() -> "type[ActiveRecord]":
    class Reckless(ActiveRecord):
        __table_name__ = "reckless"
        id: Column[int] = column(primary_key=True)
        owner_id: Column[int] = column(references="owners.id", on_delete="explode")

    return Reckless


def taken() -> "type[ActiveRecord]":
    class Taken(ActiveRecord):
        __table_name__ = "seats"
        id: Column[int] = column(primary_key=True)

    return Taken


@pytest.mark.parametrize(
    ("make", "kind"),
    [(broken, InvalidValue), (astray, UsageError), (reckless, UsageError), (taken, DatabaseError)],
)
def test_failing_creates_nothing(memory: None, make: Callable[[], type[ActiveRecord]], kind: type[Exception]) -> None:
    create_tables(Seat)
    Seat.create(row="a", number=1)
    with pytest.raises(kind):
        create_tables(Plain, make(), Owner)
    with pytest.raises(kind):
        create_tables(Owner, Plain, make())
    assert tables() == ["seats"]
    assert Seat.query().count() == 1


def test_dropping_what_is_referred_to_drops_nothing(memory: None) -> None:
    create_tables(Egg, Hen)
    Hen.create(egg_id=Egg.create().id)
    with pytest.raises(ForeignKeyViolation):
        drop_tables(Egg)
    assert tables() == ["eggs", "hens"]
    assert Egg.query().count() == Hen.query().count() == 1


def test_inside_a_transaction(memory: None) -> None:
    with pytest.raises(ZeroDivisionError), Owner.transaction():
        create_tables(Owner)
        Owner.create(email="x")
        raise ZeroDivisionError
    assert tables() == []


def test_on_every_runner(configured: str, runner: Runner) -> None:
    async def main() -> list[Any]:
        await async_create_tables(Pet, Owner)
        owner = await Owner.async_create(email="x")
        await Pet.async_create(owner_id=owner.id)
        found = await Pet.query().async_pluck("owner_id")
        await async_drop_tables(Owner, Pet)
        return found

    assert runner.run(main) == [1]
