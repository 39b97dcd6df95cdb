"""Declared relations: loaded with the query, later for all siblings at once, and refused where nothing may be loaded."""

from collections.abc import Callable
from typing import Any

import pytest

from activerecord import (
    ActiveRecord,
    BelongsTo,
    Column,
    HasMany,
    HasOne,
    InvalidValue,
    Query,
    QueryError,
    RelationNotLoaded,
    SyntaxError_,
    UnknownRelation,
    UsageError,
    belongs_to,
    column,
    create_tables,
    gather,
    has_many,
    has_one,
)
from activerecord.database import Database
from activerecord.runtime import backend
from activerecord.testing.queries import assert_queries, count_queries
from activerecord.testing.runners import Runner, cut_short
from tests.feature.text_annotations import Page, Site, Theme


class Owned(ActiveRecord):
    """What belongs to a user: an abstract base with a column and a relation."""

    __abstract__ = True
    user_id: Column[int | None] = column(references="rel_users.id")
    user: BelongsTo["User | None"] = belongs_to()


class User(ActiveRecord):
    __table_name__ = "rel_users"
    id: Column[int] = column(primary_key=True)
    name: Column[str]
    orders: HasMany["Order"] = has_many()
    profile: HasOne["Profile"] = has_one()


class Profile(Owned):
    __table_name__ = "rel_profiles"
    id: Column[int] = column(primary_key=True)
    bio: Column[str]


class Order(Owned):
    __table_name__ = "rel_orders"
    id: Column[int] = column(primary_key=True)
    total: Column[int]
    items: HasMany["Item"] = has_many()


class Item(ActiveRecord):
    __table_name__ = "rel_items"
    id: Column[int] = column(primary_key=True)
    order_id: Column[int] = column(references="rel_orders.id")
    label: Column[str]
    order: BelongsTo[Order] = belongs_to()


class Worker(ActiveRecord):
    __table_name__ = "rel_workers"
    id: Column[int] = column(primary_key=True)
    boss_id: Column[int | None]
    boss: BelongsTo["Worker | None"] = belongs_to()
    reports: HasMany["Worker"] = has_many()


class Seat(ActiveRecord):
    """A composite key, and columns that are called otherwise than their attributes."""

    __table_name__ = "rel_seats"
    row: Column[int] = column(primary_key=True)
    number: Column[int] = column(primary_key=True, name="seat number")
    tickets: HasMany["Ticket"] = has_many(foreign_key=("row", "seat"))


class Ticket(ActiveRecord):
    __table_name__ = "rel_tickets"
    id: Column[int] = column(primary_key=True)
    row: Column[int | None] = column(name="seat row")
    seat: Column[int | None]
    code: Column[str | None]
    place: BelongsTo["Seat | None"] = belongs_to(foreign_key=("row", "seat"))
    twin: BelongsTo["Ticket | None"] = belongs_to(foreign_key="code", references="code")


MODELS = (User, Profile, Order, Item, Worker, Seat, Ticket)


@pytest.fixture
def shop(configured: str) -> Database:
    """Users 1 to 4; user 4 has nothing. User n < 4 has a profile and n orders of n items each; order 7 has no user."""
    create_tables(*MODELS)
    User.insert_all({"id": n, "name": f"user {n}"} for n in range(1, 5))
    Profile.insert_all({"user_id": n, "bio": f"bio {n}"} for n in range(1, 4))
    orders = [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (6, 3), (7, None)]
    # Their keys are the engine's, so that it knows where to go on.
    Order.insert_all({"user_id": user, "total": order * 10} for order, user in orders)
    Item.insert_all({"order_id": o, "label": f"{o}.{n}"} for o, user in orders if user for n in range(user))
    return User.__mapper__.database()


Paths = Callable[[], list[Any]]


def same(query: Query[Any]) -> Query[Any]:
    return query


def nothing(query: Query[Any]) -> None:
    del query


@pytest.mark.parametrize(
    "paths",
    [
        lambda: ["orders", "profile"],
        lambda: [User.orders, User.profile],
        lambda: [["orders", User.profile]],
        lambda: [("orders", same), (User.profile, same)],
    ],
    ids=["names", "attributes", "list", "tuples"],
)
def test_one_query_for_each_relation(shop: Database, runner: Runner, paths: Paths) -> None:
    async def main() -> None:
        with assert_queries(3, shop):
            users = await User.query().with_(*paths()).order_by("id").async_all()
            found = [([order.id for order in user.orders], user.profile and user.profile.bio) for user in users]
        assert found == [([1], "bio 1"), ([2, 3], "bio 2"), ([4, 5, 6], "bio 3"), ([], None)]

    runner.run(main)


def test_dotted_paths_share_what_they_have_in_common(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        with assert_queries(4, shop):
            users = await User.query().with_("orders.items", "orders.user", "orders").order_by("id").async_all()
            labels = [[item.label for order in user.orders for item in order.items] for user in users]
            assert [len(found) for found in labels] == [1, 4, 9, 0]
            assert all(order.user == user for user in users for order in user.orders)

    runner.run(main)


def test_narrowing_what_is_loaded(shop: Database, runner: Runner) -> None:
    def large(query: Query[Any]) -> Query[Any]:
        return query.where(Order.total > 20).order_by("id desc")

    async def main() -> None:
        with assert_queries(3, shop):
            users = await User.query().with_(("orders", large), "orders.items").order_by("id").async_all()
            assert [[order.id for order in user.orders] for user in users] == [[], [3], [6, 5, 4], []]
            assert len(users[1].orders[0].items) == 2

    runner.run(main)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (("orders", nothing), "gives a query back"),
        (("orders", 5), "a tuple of a relation"),
        ("orders.", "a name missing"),
        (5, "expected a relation or its name"),
    ],
)
def test_a_path_that_cannot_work(shop: Database, path: Any, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        User.query().with_(path).all()


@pytest.mark.parametrize("path", ["ordesr", "orders.itmes", "orders.items.ordre"])
def test_an_unknown_relation_is_refused_before_anything_is_sent(shop: Database, runner: Runner, path: str) -> None:
    nearest = {"ordesr": "orders", "itmes": "items", "ordre": "order"}[path.rpartition(".")[2]]

    async def main() -> None:
        with assert_queries(0, shop), pytest.raises(UnknownRelation, match=f"did you mean '{nearest}'"):
            await User.query().with_(path).async_all()

    runner.run(main)


def test_awaiting_loads_for_all_siblings(configured: str, runner: Runner) -> None:
    create_tables(User, Profile, Order, Item)
    User.insert_all({"id": n, "name": str(n)} for n in range(1, 101))
    Order.insert_all({"user_id": n, "total": n} for n in range(1, 101) for _ in range(2))

    async def main() -> None:
        with assert_queries(2, User.__mapper__.database()):
            for user in await User.query().async_all():
                assert [order.total for order in await user.orders] == [user.id, user.id]
        with assert_queries(2, User.__mapper__.database()):
            for order in await Order.query().async_all():
                owner = await order.async_load(Order.user)
                assert owner is not None and owner.id == order.user_id

    runner.run(main)


def test_what_was_awaited_is_the_callers_own_list(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        user = await User.async_find(3)
        (await user.orders).clear()
        (await user.async_load(User.orders)).clear()
        assert len(user.orders) == 3
        assert user.orders[0].id == 4
        assert [order.id for order in user.orders[1:]] == [5, 6]
        assert user.orders == list(user.orders)

    runner.run(main)


def test_an_unloaded_relation_names_both_cures(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        user = await User.async_find(1)
        order = await Order.async_find(1)
        if backend() is None:
            # plain sync code loads
            with assert_queries(2, shop):
                assert len(user.orders) == 1
                assert order.user == user
            return
        reads: list[Callable[[], object]] = [
            lambda: len(user.orders),
            lambda: bool(user.orders),
            lambda: list(user.orders),
            lambda: user.orders[0],
            lambda: user.profile,
            lambda: order.user,
        ]
        for read in reads:
            with assert_queries(0, shop), pytest.raises(RelationNotLoaded, match=r"\.with_\('\w+'\).*`await record\."):
                read()
        assert "not loaded" in repr(user.orders)

    runner.run(main)


def test_reading_in_sync_code_loads_for_all_siblings(shop: Database) -> None:
    with assert_queries(3, shop):
        users = User.query().order_by("id").all()
        assert [len(user.orders) for user in users] == [1, 2, 3, 0]
        assert [user.profile.bio if user.profile else None for user in users] == ["bio 1", "bio 2", "bio 3", None]
    with assert_queries(2, shop):
        assert [order.user_id for order in Order.query().all() if order.user] == [1, 2, 2, 3, 3, 3]


def test_a_null_key_leads_to_none_without_asking(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        order = await Order.async_find(7)
        with assert_queries(0, shop):
            assert order.user is None
            assert await order.async_load(Order.user) is None

    runner.run(main)


def test_new_records(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        with assert_queries(0, shop):
            user, order = User(name="new"), Order(total=1)
            assert list(user.orders) == []
            assert await user.orders == []
            assert user.profile is None
            assert order.user is None
        owner = await Order(user_id=2, total=5).async_load(Order.user)
        assert owner is not None and owner.name == "user 2"

    runner.run(main)


def test_assigning_a_belongs_to_sets_the_key(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        user = await User.async_find(2)
        order = await Order.async_find(7)
        order.user = user
        assert order.user_id == 2
        assert order.user is user
        assert order.changes == {"user_id": (None, 2)}
        await order.async_save()
        assert [found.id for found in await user.orders] == [2, 3, 7]
        order.user = None
        assert order.user_id is None
        created = await Order.async_create(total=1, user=user)
        assert (await Order.async_find(created.id)).user_id == 2
        anything: Any = order
        with pytest.raises(UsageError, match="takes a User, got Order"):
            anything.user = order
        order.user = User(name="unsaved")
        assert order.user_id is None and order.user.is_new
        anything = user
        with pytest.raises(UsageError, match="cannot be assigned"):
            anything.orders = []

    runner.run(main)


def test_what_was_loaded_is_not_used_after_the_key_changed(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        order = await Order.query().with_("user").async_find(1)
        order.user_id = 3
        if backend() is not None:
            with pytest.raises(RelationNotLoaded):
                _ = order.user
        owner = await order.async_load(Order.user)
        assert owner is not None and owner.id == 3
        order.user_id = None
        assert order.user is None

    runner.run(main)


def test_a_key_that_changes_while_its_relation_is_loaded(shop: Database, runner: Runner) -> None:
    if runner.name == "sync":
        pytest.skip("nothing else runs meanwhile")

    async def main() -> None:
        order = await Order.async_find(1)

        async def change() -> None:
            order.user_id = 3

        owner, _ = await gather(order.async_load(Order.user), change())
        assert owner is not None and owner.id == order.user_id == 3
        assert order.user is owner

    runner.run(main)


def test_a_key_that_was_not_selected_is_named(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        order = (await Order.query().select("id").async_all())[0]
        with pytest.raises(UsageError, match=r"Order\.user_id has no value"):
            _ = order.user
        with pytest.raises(UsageError, match=r"Order\.user_id has no value"):
            await Order.query().select("id").with_("user").async_all()
        users = await User.query().with_(("orders", lambda query: query.select("id"))).order_by("id").async_all()
        assert [[order.id for order in user.orders] for user in users] == [[1], [2, 3], [4, 5, 6], []]

    runner.run(main)


def test_a_row_that_is_reached_twice_is_one_object(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        orders = await Order.query().with_("user.profile").where(user_id=3).async_all()
        assert len({id(order.user) for order in orders}) == 1
        users = await User.query().with_("orders.user").order_by("id").async_all()
        assert users[2].orders[0].user is users[2].orders[2].user

    runner.run(main)


def test_a_model_that_leads_to_itself(configured: str, runner: Runner) -> None:
    create_tables(Worker)
    Worker.insert_all({"id": n, "boss_id": n // 2 or None} for n in range(1, 16))

    async def main() -> None:
        with assert_queries(4, Worker.__mapper__.database()):
            found = await Worker.query().with_("boss.boss", "reports").order_by("id").async_all()
            last = found[-1]
            assert last.boss is not None and last.boss.boss is not None
            assert (last.boss.id, last.boss.boss.id) == (7, 3)
            assert [worker.id for worker in found[2].reports] == [6, 7]

    runner.run(main)


def test_composite_keys(configured: str, runner: Runner) -> None:
    create_tables(Seat, Ticket)
    Seat.insert_all({"row": row, "number": number} for row in range(1, 4) for number in range(1, 4))
    Ticket.insert_all({"row": n % 3 + 1, "seat": n % 2 + 1, "code": str(n % 2)} for n in range(12))
    Ticket.create(row=1)

    async def main() -> None:
        with assert_queries(3, Seat.__mapper__.database()):
            seats = await Seat.query().with_("tickets.place").async_all()
            for seat in seats:
                assert all((t.row, t.seat) == (seat.row, seat.number) and t.place == seat for t in seat.tickets)
            assert sum(len(seat.tickets) for seat in seats) == 12
        half = await Ticket.query().where(seat=None).async_one()
        assert half.place is None
        half.place = seats[4]
        assert (half.row, half.seat) == (2, 2)
        assert await seats[0].tickets.query().async_count() == len(seats[0].tickets)
        twins = await Ticket.query().with_("twin").where(code="1").async_all()
        assert {ticket.twin.id if ticket.twin else None for ticket in twins} == {2}
        assert await Ticket.query().join("place").where(Seat.number == 2).async_count() == 6

    runner.run(main)


@pytest.mark.engines("postgresql")
def test_fifty_thousand_keys_in_one_statement(configured: str) -> None:
    create_tables(Worker)
    Worker.insert_all({"id": n, "boss_id": n - 1 or None} for n in range(1, 50_002))
    with count_queries(Worker.__mapper__.database()) as statements:
        workers = Worker.query().with_("boss").order_by("id").all()
    assert len(statements) == 2
    assert statements[1].endswith('WHERE "rel_workers"."id" = ANY ($1)')
    assert all(worker.boss is not None and worker.boss.id == worker.id - 1 for worker in workers[1:])


@pytest.mark.parametrize("count", [2000, 20_000])
def test_more_keys_than_one_statement_may_bind(configured: str, count: int) -> None:
    create_tables(Worker, Seat, Ticket)
    Worker.insert_all({"id": n, "boss_id": n - 1 or None} for n in range(1, count + 1))
    database = Worker.__mapper__.database()
    with count_queries(database) as statements:
        workers = Worker.query().with_("boss").order_by("id").all()
    assert all(worker.boss is not None and worker.boss.id == worker.id - 1 for worker in workers[1:])
    assert len(statements) == 2 if database.dialect.list_is_a_bind else len(statements) <= 1 + count // 15_000 + 1
    Seat.insert_all({"row": n, "number": n % 7} for n in range(count // 4))
    Ticket.insert_all({"row": n, "seat": n % 7} for n in range(count // 4))
    with count_queries(database) as statements:
        tickets = Ticket.query().with_("place").all()
    assert all(ticket.place is not None and ticket.place.row == ticket.row for ticket in tickets)
    assert len(statements) <= 1 + count // 4 // 7_500 + 1


def test_loading_in_a_transaction_sees_what_it_wrote(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        with pytest.raises(ZeroDivisionError):
            async with User.async_transaction():
                await Order.async_create(user_id=4, total=99)
                users = await User.query().with_("orders", "profile").order_by("id").async_all()
                assert [order.total for order in users[3].orders] == [99]
                raise ZeroDivisionError
        assert await (await User.async_find(4)).orders == []

    runner.run(main)


@pytest.mark.parametrize("later", [False, True], ids=["with the query", "later"])
def test_a_failure_leaves_nothing_half_attached(shop: Database, runner: Runner, later: bool) -> None:
    async def main() -> None:
        users = await User.query().order_by("id").async_all()
        if later:
            await shop.execute_text("ALTER TABLE rel_orders RENAME TO gone", writes=True)
            with pytest.raises(SyntaxError_, match="rel_orders"):
                await users[0].orders
            await shop.execute_text("ALTER TABLE gone RENAME TO rel_orders", writes=True)
        else:
            with pytest.raises(InvalidValue):
                await User.query().with_("profile", ("orders", lambda q: q.where(total="x"))).async_all()
        assert not any(user.orders.loaded for user in users)
        assert [len(await user.orders) for user in users] == [1, 2, 3, 0]

    runner.run(main)


def test_a_cancellation_leaves_nothing_half_attached(configured: str, runner: Runner) -> None:
    if runner.name == "sync":
        pytest.skip("Ctrl-C falls between any two instructions")
    create_tables(User, Profile, Order, Item)
    User.insert_all({"id": n, "name": str(n)} for n in range(1, 2001))
    Order.insert_all({"user_id": n, "total": n} for n in range(1, 2001))

    async def main() -> None:
        for after in (0.0, 0.0005, 0.001, 0.002, 0.004, 0.008):
            users = await User.query().order_by("id").async_all()

            async def load(first: User = users[0]) -> None:
                await first.orders

            await cut_short(load, runner.manners[0], after=after)
            loaded = {user.orders.loaded for user in users}
            assert len(loaded) == 1
            assert [order.user_id for user in users for order in await user.orders] == list(range(1, 2001))

    runner.run(main)


def test_relations_side_by_side_fail_together(shop: Database, runner: Runner) -> None:
    paths: list[tuple[str, Callable[[Query[Any]], Query[Any]]]] = [
        ("profile", lambda query: query.where(bio=5)),
        ("orders", lambda query: query.where(total="x")),
    ]

    async def main() -> None:
        # both may have failed before either heard of the other
        with pytest.raises((InvalidValue, ExceptionGroup)):
            await User.query().with_(*paths).async_all()
        assert len(await User.query().with_("profile", "orders").async_all()) == 4

    runner.run(main)


def test_joining_by_relation_and_by_model(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        names = User.query().order_by(User.name).distinct()
        assert await names.join("orders").where(Order.total > 30).async_pluck("name") == ["user 3"]
        assert await names.join(User.orders).where(Order.total == 20).async_pluck("name") == ["user 2"]
        on = (Order.user_id == User.id) & (Order.total > 10)
        assert await names.join(Order, on).async_pluck("name") == ["user 2", "user 3"]
        alone = User.query().left_join("orders").where(Order.id.is_null())
        assert await alone.async_pluck("name") == ["user 4"]
        both = await Order.query().join("user").with_("user").where(User.name == "user 3").async_all()
        assert [order.user and order.user.name for order in both] == ["user 3"] * 3
        with pytest.raises(UnknownRelation, match="did you mean 'orders'"):
            await User.query().join("order").async_all()
        with pytest.raises(QueryError, match="on what"):
            User.query().join(Order)

    runner.run(main)


def test_a_fresh_query_of_a_relation(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        user = await User.query().with_("orders").async_find(3)
        await Order.async_create(user_id=3, total=70)
        assert len(user.orders) == 3
        assert await user.orders.query().async_count() == 4
        assert [order.total for order in await user.orders.order_by("total desc").limit(2).async_all()] == [70, 60]
        assert await user.orders.where(total=70).async_exists()

    runner.run(main)


def test_models_inside_a_function(configured: str, runner: Runner) -> None:
    class Shelf(ActiveRecord):
        __table_name__ = "rel_shelves"
        id: Column[int] = column(primary_key=True)
        books: HasMany["Book"] = has_many()

    class Book(ActiveRecord):
        __table_name__ = "rel_books"
        id: Column[int] = column(primary_key=True)
        shelf_id: Column[int]
        shelf: BelongsTo[Shelf] = belongs_to()

    create_tables(Shelf, Book)
    Shelf.create()
    Book.create(shelf_id=1)

    async def main() -> None:
        shelf = await Shelf.query().with_("books.shelf").async_one()
        assert shelf.books[0].shelf == shelf

    runner.run(main)


class Twin(Order):
    """A model derived from another: a table of its own, with the same columns and relations."""

    __table_name__ = "rel_twins"


def test_relations_of_a_derived_model_are_its_own(shop: Database, runner: Runner) -> None:
    create_tables(Twin)
    Twin.create(user_id=1, total=5)

    async def main() -> None:
        twin = await Twin.query().with_("user").async_one()
        assert twin.user is not None and twin.user.name == "user 1"
        assert (repr(Order.user), repr(Twin.user)) == ("<Relation Order.user>", "<Relation Twin.user>")

    runner.run(main)


def test_declarations_that_cannot_work(configured: str) -> None:
    class Cup(ActiveRecord):
        id: Column[int] = column(primary_key=True)
        lid: BelongsTo["Lid"] = belongs_to()
        spoon: BelongsTo["Spoon"] = belongs_to(foreign_key="spoonid")  # type: ignore[name-defined]  # noqa: F821
        owner: BelongsTo["User"] = belongs_to(foreign_key="ownr_id")
        owner_id: Column[int]
        tickets: HasMany["Ticket"] = has_many(foreign_key=("row", "seat"))

    class Astray(ActiveRecord):
        id: Column[int] = column(primary_key=True)
        other: Any = belongs_to(foreign_key="id")

    class Lid(ActiveRecord):
        id: Column[int] = column(primary_key=True)
        cups: HasMany["Cup"] = has_many()

    create_tables(User, Seat, Ticket)
    for name, message in (
        ("lid", "goes by the column 'lid_id'.*declare it"),
        ("spoon", "no model is called so"),
        ("owner", "goes by the column 'ownr_id' of Cup.*did you mean 'owner_id'"),
        ("tickets", r"cannot pair the columns \(id\) of Cup with \(seat row, seat\) of Ticket"),
    ):
        with pytest.raises(UnknownRelation, match=message):
            Cup.query().with_(name).all()
    with pytest.raises(UnknownRelation, match="goes by the column 'lid_id'"):
        Lid.query().with_("cups").all()
    with pytest.raises(UnknownRelation, match="leads nowhere"):
        Astray.query().with_("other").all()


def test_annotations_that_are_text(configured: str, runner: Runner) -> None:
    create_tables(Page, Site, Theme)
    Site.create()
    Theme.create(site_id=1)
    Page.insert_all([{"site_id": 1, "parent_id": None}, {"site_id": 1, "parent_id": 1}])

    async def main() -> None:
        site = await Site.query().with_("pages.parent", "pages.children", "pages.site", "theme").async_one()
        first, second = site.pages
        assert (first.parent, second.parent) == (None, first)
        assert first.children == [second]
        assert second.site == site
        assert site.theme is not None and site.theme.site_id == 1

    runner.run(main)
