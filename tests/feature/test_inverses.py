"""The way back: found by itself or named, set without a query; and declarations that name what is not there."""

import gc
import re
from collections.abc import Callable
from typing import Any

import pytest

from activerecord import (
    ActiveRecord,
    BelongsTo,
    Column,
    HasMany,
    HasOne,
    UnknownRelation,
    belongs_to,
    column,
    create_tables,
    has_and_belongs_to_many,
    has_many,
    has_one,
)
from activerecord.database import Database, database
from activerecord.testing.queries import assert_queries
from activerecord.testing.runners import Runner
from tests.feature import circular_authors, circular_books


class User(ActiveRecord):
    __table_name__ = "in_users"
    id: Column[int] = column(primary_key=True)
    email: Column[str] = column(unique=True, length=40)
    orders: HasMany["Order"] = has_many()
    large: HasMany["Order"] = has_many(where=lambda query: query.where(Order.total > 10))
    profile: HasOne["Profile"] = has_one()
    sent: HasMany["Letter"] = has_many(foreign_key="sender_id", inverse="sender")
    received: HasMany["Letter"] = has_many(foreign_key="receiver_id")
    drafts: HasMany["Letter"] = has_many(foreign_key="sender_id", where={"text": "draft"})
    logins: HasMany["Login"] = has_many(foreign_key="address", references="email")


class Profile(ActiveRecord):
    __table_name__ = "in_profiles"
    id: Column[int] = column(primary_key=True)
    user_id: Column[int] = column(unique=True)
    user: BelongsTo[User] = belongs_to()


class Order(ActiveRecord):
    __table_name__ = "in_orders"
    id: Column[int] = column(primary_key=True)
    user_id: Column[int]
    total: Column[int]
    user: BelongsTo[User] = belongs_to()


class Letter(ActiveRecord):
    __table_name__ = "in_letters"
    id: Column[int] = column(primary_key=True)
    sender_id: Column[int]
    receiver_id: Column[int]
    text: Column[str]
    sender: BelongsTo[User] = belongs_to()
    # two ways back by one key, so neither is found by itself
    receiver: BelongsTo[User] = belongs_to()
    addressee: BelongsTo[User] = belongs_to(foreign_key="receiver_id")


class Login(ActiveRecord):
    __table_name__ = "in_logins"
    id: Column[int] = column(primary_key=True)
    address: Column[str]
    user: BelongsTo[User] = belongs_to(foreign_key="address", references="email")


@pytest.fixture
def mail(configured: str) -> Database:
    """Users 1 and 2, each with a profile, two orders of 10 and 20, a letter to the other, and a login."""
    create_tables(User, Profile, Order, Letter, Login)
    User.insert_all({"email": f"{n}@x"} for n in (1, 2))
    Profile.insert_all({"user_id": n} for n in (1, 2))
    Order.insert_all({"user_id": n, "total": total} for n in (1, 2) for total in (10, 20))
    Letter.insert_all({"sender_id": n, "receiver_id": 3 - n, "text": "draft"} for n in (1, 2))
    Login.insert_all({"address": f"{n}@x"} for n in (1, 2))
    return User.__mapper__.database()


def test_what_is_loaded_knows_the_way_back(mail: Database, runner: Runner) -> None:
    async def main() -> None:
        with assert_queries(5, mail):
            users = await User.query().with_("orders", "profile", "large", "logins").async_all()
            for user in users:
                assert all(order.user is user for order in [*user.orders, *user.large])
                assert user.profile is not None and user.profile.user is user
                assert user.logins[0].user is user
        with assert_queries(2, mail):
            profiles = await Profile.query().with_("user").async_all()
            assert all(profile.user.profile is profile for profile in profiles)
        with assert_queries(2, mail):
            # later, too
            for user in await User.query().async_all():
                assert [order.user is user for order in await user.orders] == [True, True]

    runner.run(main)


def back(model: type[ActiveRecord], name: str) -> str | None:
    relation: Any = model.__mapper__.relation(name)
    found = relation.inverse()
    return None if found is None else str(found.name)


def test_which_one_it_is(mail: Database) -> None:
    found = {name: back(User, name) for name in User.__mapper__.relations()}
    assert found == {
        "orders": "user",
        "large": "user",
        "profile": "user",
        "sent": "sender",
        # two lead back by that key
        "received": None,
        "drafts": "sender",
        "logins": "user",
    }
    assert back(Profile, "user") == "profile"
    # narrowed, it may not lead back to all: of two, the one that is not narrowed
    assert (back(Order, "user"), back(Letter, "sender")) == ("orders", "sent")
    with assert_queries(2, mail):
        letter = User.query().with_("received").find(1).received[0]
        assert letter.__dict__.get("_related") is None
    with assert_queries(2, mail):
        user = User.query().with_("sent").find(1)
        assert user.sent[0].sender is user


def test_two_modules_that_import_each_other(configured: str, runner: Runner) -> None:
    author, book = circular_authors.Author, circular_books.Book
    assert circular_authors.books() is book
    create_tables(author, book)
    author.insert_all({"id": n} for n in (1, 2))
    book.insert_all({"author_id": 1} for _ in range(2))
    link: Any = author.__mapper__.relation("liked")
    link.hops()[0].target.model.insert_all([{"author_id": 2, "book_id": 1}])

    async def main() -> None:
        with assert_queries(5, database()):
            authors = await author.query().with_("written.author", "newest", "liked").order_by("id").async_all()
        assert [[each.id for each in one.written] for one in authors] == [[1, 2], []]
        assert authors[0].newest is not None and authors[0].newest.id == 2
        assert [each.id for each in authors[1].liked] == [1]
        assert [fan.id for fan in await authors[1].liked[0].fans] == [2]
        # found once: nothing is looked up again
        relation: Any = author.__mapper__.relation("written")
        assert relation.hops() is relation.hops()

    runner.run(main)


def declared() -> dict[str, type[ActiveRecord]]:
    """Models whose relations name what is not there."""

    class Cup(ActiveRecord):
        __table_name__ = "in_cups"
        id: Column[int] = column(primary_key=True)
        lid_id: Column[int]
        user_id: Column[int]
        lid: BelongsTo["Lid"] = belongs_to()
        model: BelongsTo["Lidd"] = belongs_to(foreign_key="lid_id")  # type: ignore[name-defined]  # noqa: F821
        here: BelongsTo["Lid"] = belongs_to(foreign_key="lidid")
        guessed: BelongsTo["Lid"] = belongs_to()
        there: BelongsTo["Lid"] = belongs_to(foreign_key="lid_id", references="idd")
        many: HasMany["Lid"] = has_many(foreign_key="cupid")
        one: HasOne["Lid"] = has_one(references="idd", foreign_key="cup_id")
        inverse: HasMany["Lid"] = has_many(foreign_key="cup_id", inverse="cuup")
        astray: BelongsTo["Lid"] = belongs_to(foreign_key="lid_id", inverse="owner")
        path: HasMany["Lid"] = has_many(through="lid.cupz.lid")
        table: HasMany["Lid"] = has_and_belongs_to_many(table="in_links", inverse="cupss")
        width: BelongsTo["Lid"] = belongs_to(foreign_key=("lid_id", "user_id"))

    class Lid(ActiveRecord):
        __table_name__ = "in_lids"
        id: Column[int] = column(primary_key=True)
        cup_id: Column[int]
        user_id: Column[int]
        owner: BelongsTo[User] = belongs_to(foreign_key="user_id")
        cups: HasMany["Cup"] = has_many()

    return {"Cup": Cup, "Lid": Lid}


MISTAKES = [
    ("model", "Cup has a relation to 'Lidd', but no model is called so; did you mean 'Lid'?"),
    ("here", "Cup.here goes by the column 'lidid' of Cup, which does not exist; did you mean 'lid_id'?"),
    ("guessed", "Cup.guessed goes by the column 'guessed_id', which the table 'in_cups' does not have"),
    ("there", "Cup.there goes by the column 'idd' of Lid, which does not exist; did you mean 'id'?"),
    ("many", "Cup.many goes by the column 'cupid' of Lid, which does not exist; did you mean 'cup_id'?"),
    ("one", "Cup.one goes by the column 'idd' of Cup, which does not exist; did you mean 'id'?"),
    ("inverse", "Lid has no relation 'cuup'; did you mean 'cups'?"),
    ("astray", "Cup.astray names Lid.owner as its inverse, which leads to User, not to Cup"),
    ("path", "Lid has no relation 'cupz'; did you mean 'cups'?"),
    ("table", "Lid has no relation 'cupss'; did you mean 'cups'?"),
    ("width", "Cup.width cannot pair the columns (lid_id, user_id) of Cup with (id) of Lid: name them"),
    ("lidd", "Cup has no relation 'lidd'; did you mean 'lid'?"),
]


@pytest.mark.engines("sqlite")
@pytest.mark.places("memory")
@pytest.mark.parametrize(("name", "message"), MISTAKES, ids=[name for name, _ in MISTAKES])
def test_a_mistake_is_told_at_first_use(mail: Database, name: str, message: str) -> None:
    models = declared()
    cup: Any = models["Cup"]
    uses: list[Callable[[], object]] = [
        lambda: cup.query().with_(name).all(),
        lambda: cup.query().join(name).all(),
        lambda: cup(id=1).load(name),
    ]
    for use in uses:
        with assert_queries(0, mail), pytest.raises(UnknownRelation, match=f"^{re.escape(message)}"):
            use()
    del models, uses
    gc.collect()
