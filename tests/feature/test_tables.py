"""Creating and dropping the tables of declared models, on all engines, and reading them back."""

import datetime as dt
import re
import uuid
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar

import pytest

from activerecord import (
    ActiveRecord,
    BelongsTo,
    CheckViolation,
    Column,
    DatabaseError,
    ForeignKeyViolation,
    HasMany,
    IntegrityError,
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
from activerecord.model.declaration import with_relations
from activerecord.runtime import run_blocking
from activerecord.schema.plan import creation
from activerecord.schema.table import ForeignKey, Table
from activerecord.testing.queries import count_queries
from activerecord.testing.runners import Runner
from activerecord.types import DateTime, Integer, Numeric, Text, Type, Uuid


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


class Everything(ActiveRecord):
    __table_name__ = "everything"
    code: Column[str] = column(primary_key=True, length=40)
    small: Column[int] = column(type=Integer(16))
    whole: Column[int]
    real: Column[float]
    exact: Column[Decimal] = column(type=Numeric(12, 3))
    short: Column[str] = column(length=12, index=True)
    long: Column[str | None]
    raw: Column[bytes]
    yes: Column[bool]
    day: Column[dt.date]
    hour: Column[dt.time]
    moment: Column[dt.datetime]
    instant: Column[dt.datetime] = column(type=DateTime(zone=True))
    span: Column[dt.timedelta]
    token: Column[uuid.UUID] = column(unique=True)
    document: Column[dict[str, Any] | None]


class Plain(ActiveRecord):
    id: Column[int]
    name: Column[str]


class Unread(Undeclared):
    __table_name__ = "owners"


# One driver of each engine is enough; test_on_every_runner runs on all of them, in all manners.
pytestmark = pytest.mark.places("memory", "server")

CATALOGUES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename",
    "mysql": "SELECT table_name FROM information_schema.tables WHERE table_schema = database() ORDER BY table_name",
}


def tables() -> list[str]:
    return [str(name) for (name,) in execute(CATALOGUES[database().dialect.name])]


def execute(sql: str) -> list[tuple[Any, ...]]:
    return run_blocking(lambda: database().execute_text(sql, writes=True), "execute").rows


def named(sent: list[str], words: str) -> list[str]:
    """The names in the statements that begin so, in order."""
    quoted = re.compile(r"([\"`])(.+?)\1")
    return [name for sql in sent if sql.startswith(words) for _, name in quoted.findall(sql.partition("(")[0])]


@pytest.fixture
def undoes(configured: str) -> bool:
    """Whether the engine undoes CREATE TABLE."""
    return run_blocking(database().settle, "settle").transactional_ddl


def test_tables_come_in_the_order_that_their_keys_need(configured: str) -> None:
    with count_queries(database()) as sent:
        create_tables(Pet, Seat, Owner)
    made = named(sent, "CREATE TABLE")
    assert made.index("owners") < made.index("pets")
    with count_queries(database()) as sent:
        drop_tables(Owner, Seat, Pet)
    dropped = named(sent, "DROP TABLE")
    assert dropped.index("pets") < dropped.index("owners")
    assert tables() == []


def test_keys_that_go_in_a_circle(configured: str) -> None:
    create_tables(Egg, Hen)
    hen = Hen.create(mother_id=Hen.create().id)
    egg = Egg.create(hen_id=hen.id)
    hen.update(egg_id=egg.id)
    with pytest.raises(ForeignKeyViolation):
        Egg.create(hen_id=99)
    hen.update(egg_id=None)
    assert hen.delete()
    assert egg.reload().hen_id is None
    drop_tables(Hen, Egg)
    assert tables() == []


def test_what_the_columns_promise_is_kept(configured: str) -> None:
    create_tables(Owner, Pet)
    ann = Owner.create(email="ann")
    with pytest.raises(UniqueViolation) as unique:
        Owner.create(email="ann")
    assert (unique.value.table, unique.value.columns) == ("owners", ("email",)) or unique.value.constraint == "email"
    with pytest.raises(InvalidValue, match="too long"):
        Owner.create(email="a" * 21)
    with pytest.raises(NotNullViolation) as missing:
        Owner.create()
    assert missing.value.columns == ("email",)
    assert missing.value.table == "owners" or database().dialect.name == "mysql"  # which does not tell
    with pytest.raises(CheckViolation):
        execute("UPDATE owners SET mood = 'x'")
    with pytest.raises(ForeignKeyViolation):
        Pet.create(owner_id=99)
    with pytest.raises(ForeignKeyViolation):
        Pet.create(owner_id=ann.id, keeper_id=99)
    pet = Pet.create(owner_id=ann.id)
    ann.delete()
    assert Pet.find_or_none(pet.id) is None


def test_defaults_hold_for_rows_that_others_write(configured: str) -> None:
    create_tables(Owner)
    execute("INSERT INTO owners (email, token) VALUES ('x', '00000000-0000-0000-0000-000000000000')")
    owner = Owner.find(1)
    assert (owner.mood, owner.score, owner.active) == (Mood.GLAD, Decimal("1.5"), False)
    assert (owner.since, owner.notes) == (dt.date(2024, 1, 1), ["it's"])


def test_what_was_created_reads_the_same_undeclared(configured: str) -> None:
    create_tables(Owner, Pet)
    Owner.create(email="x")
    read = Unread.find(1)
    assert (read.email, read.active, read.since, read.notes) == ("x", False, dt.date(2024, 1, 1), ["it's"])
    table = Unread.schema()
    assert (table.primary_key, table.auto_key) == (("id",), "id")
    assert table.columns["email"].unique
    assert table.columns["nick"].index
    assert not table.columns["email"].nullable
    assert table.columns["nick"].nullable


ROUND = [Owner, Pet, Egg, Hen, Seat, Everything]


def read() -> list[Table]:
    """The tables of the models as the database describes them."""
    database().catalog.forget()
    return [described(known(model).name) for model in ROUND]


def described(name: str) -> Table:
    return run_blocking(lambda: database().catalog.table(name), "table")


def test_a_round_trip(configured: str) -> None:
    create_tables(*ROUND)
    dialect = database().dialect
    for model, found in zip(ROUND, read(), strict=True):
        declared = with_relations(model.__mapper__, known(model))
        assert found.names() == declared.names()
        assert (found.primary_key, found.auto_key) == (declared.primary_key, declared.auto_key)
        assert sorted(map(pointing, found.foreign_keys)) == sorted(map(pointing, declared.foreign_keys))
        for name, wanted in declared.columns.items():
            column_ = found.columns[name]
            assert (column_.nullable, column_.unique, column_.generated) == (wanted.nullable, wanted.unique, False)
            assert column_.index or not wanted.index
            assert column_.has_default is (wanted.has_default or name == declared.auto_key)
            # SQLite keeps numbers and text, whatever their size, and MySQL has other texts in keys
            likely = dialect.key_type is None or type(wanted.type) not in (Text, Uuid)
            assert dialect.name == "sqlite" or not likely or ddl(column_.type) == ddl(wanted.type)


def test_what_was_read_makes_the_same_tables_again(configured: str) -> None:
    create_tables(*ROUND)
    first = read()
    drop_tables(*ROUND)
    for step in creation(first, database().dialect, if_not_exists=False):
        execute(step.sql)
    for one, two in zip(first, read(), strict=True):
        assert (two.primary_key, two.auto_key) == (one.primary_key, one.auto_key)
        assert sorted(map(pointing, two.foreign_keys)) == sorted(map(pointing, one.foreign_keys))
        assert {(index.columns, index.unique) for index in two.indexes} == {
            (index.columns, index.unique) for index in one.indexes
        }
        assert [(name, ddl(column_.type), column_.nullable) for name, column_ in two.columns.items()] == [
            (name, ddl(column_.type), column_.nullable) for name, column_ in one.columns.items()
        ]


def ddl(kind: Type) -> str:
    return database().dialect.codec(kind).ddl


def known(model: type[ActiveRecord]) -> Table:
    found = model.__mapper__.known_table()
    assert found is not None
    return found


def pointing(key: ForeignKey) -> tuple[object, ...]:
    action = (key.on_delete or "no action").upper()
    # where a foreign key is not restricted at once, some engines call it so all the same
    return key.columns, key.target, key.target_columns, {"RESTRICT": "NO ACTION"}.get(action, action)


def test_composite_keys(configured: str) -> None:
    create_tables(Seat)
    seat = Seat.create(row="a", number=1)
    with pytest.raises(UniqueViolation) as taken:
        Seat.create(row="a", number=1)
    assert taken.value.columns == ("row", "number") or taken.value.constraint == "PRIMARY"
    assert Seat.find(("a", 1)) == seat
    with pytest.raises(NotNullViolation):
        Seat.create(row="a")


def test_names_by_default(configured: str) -> None:
    create_tables(Plain)
    assert tables() == ["plains"]
    assert Plain.create(name="x").id == 1
    drop_tables(Plain)


def test_creating_again(configured: str) -> None:
    create_tables(Owner)
    Owner.create(email="x")
    with pytest.raises(DatabaseError, match="already exists"):
        create_tables(Owner)
    create_tables(Owner, Pet, if_not_exists=True)
    assert Owner.query().count() == 1
    assert tables() == ["owners", "pets"]


def test_creating_again_what_points_at_each_other(configured: str) -> None:
    for models in ((Egg, Hen), (Hen, Egg, Seat)):
        create_tables(*models, if_not_exists=True)
        with pytest.raises(ForeignKeyViolation):
            Egg.create(hen_id=99)
        with pytest.raises(ForeignKeyViolation):
            Hen.create(egg_id=99)
    drop_tables(Egg, Seat, Hen)
    assert tables() == []


LONG = "a_name_of_a_table_that_is_as_long_as_names_may_be_but_not_more"


class Longest(ActiveRecord):
    __table_name__ = LONG
    id: Column[int] = column(primary_key=True)
    next_of_those_that_have_long_names_too: Column[int | None] = column(index=True, references=f"{LONG}.id")
    next_of_those_that_have_long_names_two: Column[int | None] = column(index=True, references=f"{LONG}.id")


class TooLong(ActiveRecord):
    __table_name__ = "é" * 65
    id: Column[int] = column(primary_key=True)


def test_long_names(configured: str) -> None:
    create_tables(Longest)
    assert tables() == [LONG]
    table = described(LONG)
    assert [column_.index for column_ in table.columns.values()][1:] == [True, True]
    first = Longest.create()
    with pytest.raises(ForeignKeyViolation):
        first.update(next_of_those_that_have_long_names_two=9)
    if database().dialect.name != "sqlite":
        with pytest.raises(UsageError, match="longer than a name may be"):
            create_tables(TooLong)
        assert tables() == [LONG]


class Company(ActiveRecord):
    __table_name__ = "companies"
    __schema_name__: ClassVar[str | None] = "crm"
    id: Column[int] = column(primary_key=True)
    owner_id: Column[int | None] = column(references="companies.id", index=True)


class Invoice(ActiveRecord):
    __table_name__ = "invoices"
    __schema_name__: ClassVar[str | None] = "books"
    id: Column[int] = column(primary_key=True)
    company_id: Column[int] = column(index=True)
    company: BelongsTo[Company] = belongs_to()


class Stray(ActiveRecord):
    __table_name__ = "strays"
    __schema_name__: ClassVar[str | None] = "books"
    id: Column[int] = column(primary_key=True)
    owner_id: Column[int]
    owner: BelongsTo[Owner] = belongs_to()


@pytest.mark.engines("postgresql")
def test_in_named_schemas(configured: str) -> None:
    for name in ("crm", "books"):
        execute(f"CREATE SCHEMA {name}")
    create_tables(Invoice, Company)
    create_tables(Invoice, Company, if_not_exists=True)
    company = Company.create()
    with pytest.raises(ForeignKeyViolation):
        Company.create(owner_id=99)
    with pytest.raises(ForeignKeyViolation):
        Invoice.create(company_id=99)
    assert Invoice.create(company=company).reload().company_id == company.id
    table = run_blocking(lambda: database().catalog.table("invoices", "books"), "table")
    assert table.columns["company_id"].index
    with pytest.raises(UsageError, match="__schema_name__"):
        create_tables(Owner, Stray)
    drop_tables(Company, Invoice)
    assert execute("SELECT tablename FROM pg_tables WHERE schemaname IN ('crm', 'books')") == []


def test_creating_nothing(configured: str) -> None:
    create_tables()
    drop_tables()
    assert tables() == []


def test_dropping_again(configured: str) -> None:
    create_tables(Seat)
    drop_tables(Seat)
    drop_tables(Seat)
    with pytest.raises(SyntaxError_):
        Seat.query().count()


def test_a_table_given_twice_is_made_once(configured: str) -> None:
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
def test_failing_creates_nothing(
    configured: str, make: Callable[[], type[ActiveRecord]], kind: type[Exception]
) -> None:
    create_tables(Seat)
    Seat.create(row="a", number=1)
    with pytest.raises(kind):
        create_tables(Plain, make(), Owner)
    with pytest.raises(kind):
        create_tables(Owner, Plain, make())
    assert tables() == ["seats"]
    assert Seat.query().count() == 1


def test_dropping_what_is_referred_to_drops_nothing(configured: str) -> None:
    create_tables(Egg, Hen)
    Hen.create(egg_id=Egg.create().id)
    with pytest.raises(IntegrityError):
        drop_tables(Egg)
    assert tables() == ["eggs", "hens"]
    assert Egg.query().count() == Hen.query().count() == 1


def test_inside_a_transaction(undoes: bool) -> None:
    if undoes:
        with pytest.raises(ZeroDivisionError), Owner.transaction():
            create_tables(Owner)
            Owner.create(email="x")
            raise ZeroDivisionError
        assert tables() == []
        return
    create_tables(Seat)
    with Seat.transaction():
        seat = Seat.create(row="a", number=1)
        for change in (create_tables, drop_tables):
            with pytest.raises(UsageError, match="outside of transactions"):
                change(Seat)
        # the transaction is none the worse for it
        assert seat.update(number=2)
    assert Seat.query().ids() == [("a", 2)]


@pytest.mark.places("file", "memory", "server")
def test_on_every_runner(configured: str, runner: Runner) -> None:
    async def main() -> list[Any]:
        await async_create_tables(Pet, Owner)
        owner = await Owner.async_create(email="x")
        await Pet.async_create(owner_id=owner.id)
        found = await Pet.query().async_pluck("owner_id")
        await async_drop_tables(Owner, Pet)
        return found

    assert runner.run(main) == [1]
