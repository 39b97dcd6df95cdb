"""Writing through relations: added, removed, replaced, built and created, on both sides of the database."""

import uuid
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from typing import Any

import anyio
import pytest

from activerecord import (
    ActiveRecord,
    BelongsTo,
    Column,
    DatabaseError,
    HasMany,
    QueryError,
    StaleRecord,
    UsageError,
    belongs_to,
    column,
    create_tables,
    execute,
    gather,
    has_and_belongs_to_many,
    has_many,
)
from activerecord.database import Database
from activerecord.mapper import Mapper
from activerecord.model import writes
from activerecord.relation import linking, moving, through, trees
from activerecord.relation.parents import Written
from activerecord.testing.queries import Statements, count_queries
from activerecord.testing.runners import RUNNERS, Runner, cut_short
from activerecord.transaction import current_transaction


class User(ActiveRecord):
    __table_name__ = "wr_users"
    id: Column[int] = column(primary_key=True)
    name: Column[str]
    orders: HasMany["Order"] = has_many(order="id")
    urgent: HasMany["Order"] = has_many(where={"kind": "urgent"})
    items: HasMany["Item"] = has_many(through="orders.items")
    owners: HasMany["User"] = has_many(through="orders.items.order.user")


class Order(ActiveRecord):
    __table_name__ = "wr_orders"
    id: Column[int] = column(primary_key=True)
    user_id: Column[int | None]
    kind: Column[str] = column(default="usual", length=20)
    total: Column[int] = column(default=0)
    user: BelongsTo["User | None"] = belongs_to()
    items: HasMany["Item"] = has_many()


class Item(ActiveRecord):
    __table_name__ = "wr_items"
    id: Column[int] = column(primary_key=True)
    order_id: Column[int]
    label: Column[str | None] = column(unique=True, length=40)
    order: BelongsTo[Order] = belongs_to()


class Post(ActiveRecord):
    __table_name__ = "wr_posts"
    id: Column[int] = column(primary_key=True)
    title: Column[str]
    taggings: HasMany["Tagging"] = has_many()
    tags: HasMany["Tag"] = has_many(through="taggings.tag", order="id")
    notes: HasMany["Note"] = has_many()
    noted: HasMany["Tag"] = has_many(through="notes.tag")
    starred: HasMany["Note"] = has_many(where={"stars": 5})
    best: HasMany["Tag"] = has_many(through="starred.tag")


class Tag(ActiveRecord):
    __table_name__ = "wr_tags"
    id: Column[int] = column(primary_key=True)
    name: Column[str] = column(unique=True, length=40)
    taggings: HasMany["Tagging"] = has_many()
    posts: HasMany["Post"] = has_many(through="taggings.post")


class Tagging(ActiveRecord):
    """A link whose key is the pair."""

    __table_name__ = "wr_taggings"
    post_id: Column[int] = column(primary_key=True)
    tag_id: Column[int] = column(primary_key=True)
    post: BelongsTo[Post] = belongs_to()
    tag: BelongsTo[Tag] = belongs_to()


class Note(ActiveRecord):
    """A link with a key and values of its own, and nothing that keeps a pair from being there twice."""

    __table_name__ = "wr_notes"
    id: Column[int] = column(primary_key=True)
    post_id: Column[int]
    tag_id: Column[int]
    stars: Column[int] = column(default=lambda: 1)
    post: BelongsTo[Post] = belongs_to()
    tag: BelongsTo[Tag] = belongs_to()


class Photo(ActiveRecord):
    __table_name__ = "wr_photos"
    id: Column[int] = column(primary_key=True)
    name: Column[str]
    remarks: HasMany["Remark"] = has_many(as_="subject", inverse="subject")
    labels: HasMany[Tag] = has_and_belongs_to_many(table="wr_photos_tags", order="id")


class Remark(ActiveRecord):
    __table_name__ = "wr_remarks"
    id: Column[int] = column(primary_key=True)
    subject_type: Column[str | None] = column(length=20)
    subject_id: Column[int | None]
    text: Column[str]
    subject: BelongsTo["Photo | Post"] = belongs_to(polymorphic=True)


class Seat(ActiveRecord):
    """A composite key, and a column that is called otherwise than its attribute."""

    __table_name__ = "wr_seats"
    row: Column[int] = column(primary_key=True)
    number: Column[int] = column(primary_key=True, name="seat number")
    tickets: HasMany["Ticket"] = has_many(foreign_key=("row", "seat"), order="id")


class Ticket(ActiveRecord):
    __table_name__ = "wr_tickets"
    id: Column[int] = column(primary_key=True)
    row: Column[int | None] = column(name="seat row")
    seat: Column[int | None]
    place: BelongsTo["Seat | None"] = belongs_to(foreign_key=("row", "seat"))


MODELS = (Seat, Ticket, User, Order, Item, Post, Tag, Tagging, Note, Photo, Remark)


@pytest.fixture
def shop(configured: str) -> Database:
    create_tables(*MODELS)
    User.insert_all([{"name": "ann"}, {"name": "bob"}])
    Order.insert_all([{"user_id": 1, "total": 10 * n} for n in range(3)] + [{"user_id": None, "total": 99}])
    Post.insert_all([{"title": "one"}, {"title": "two"}])
    Tag.insert_all([{"name": f"tag {n}"} for n in range(4)])
    # what is known of the link tables is read once
    found = Post.find(1)
    found.tags.add(Tag.find(1))
    found.noted.add(Tag.find(1))
    return User.__mapper__.database()


def verbs(statements: Statements) -> list[str]:
    """What was sent, but for what the scopes send."""
    words = [sql.split()[0] for sql in statements]
    return [word for word in words if word in {"SELECT", "INSERT", "UPDATE", "DELETE"}]


def users_of(*orders: Order) -> list[int | None]:
    """What the database says."""
    found = dict(Order.query().pluck("id", "user_id"))
    return [found[order.id] for order in orders]


def test_adding_to_a_has_many(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        bob = await User.async_find(2)
        await bob.orders
        found = await Order.query().order_by("id").async_all()
        fresh = [Order(total=1), Order(total=2, items=[Item(label="x")])]
        with count_queries(shop) as sent:
            await bob.orders.async_add(*found, *fresh, found[0])
        assert verbs(sent) == ["INSERT", "INSERT", "UPDATE"], str(sent)
        with count_queries(shop) as sent:
            assert bob.orders == [*found, *fresh]
            assert all(order.user is bob and order.user_id == 2 and not order.changed for order in bob.orders)
        assert not sent
        assert [order.id for order in await bob.orders.query().async_all()] == [order.id for order in bob.orders]
        # once more is no harm, and what is there is there once
        await bob.orders.async_add(found[0], timeout=30)
        assert len(bob.orders) == 6
        await bob.orders.async_add()
        unloaded = await User.async_find(1)
        await unloaded.orders.async_add(found[0])
        assert not unloaded.orders.loaded and found[0].user is unloaded and found[0].user_id == 1

    runner.run(main)


def test_removing_from_a_has_many(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        ann = await User.query().with_("orders").async_find(1)
        first, second, third = ann.orders
        with count_queries(shop) as sent:
            await ann.orders.async_remove(first, second)
        assert verbs(sent) == ["UPDATE"]
        assert ann.orders == [third] and first.user is None and second.user_id is None and not first.changed
        assert await ann.orders.query().async_count() == 1

        # it is another's by now: it stays so, and the record learns of it
        await Order.where(id=third.id).async_update_all(user_id=2)
        await ann.orders.async_remove(third, timeout=30)
        assert third.user_id == 2 and ann.orders == []
        assert (await Order.async_find(third.id)).user_id == 2
        await ann.orders.async_remove()

        item = await Item.async_create(order=first, label="kept")
        with pytest.raises(UsageError, match=r"may not be NULL.*async_delete"):
            await first.items.async_remove(item)
        assert item.order_id == first.id
        # what only waits is let go without asking the database
        waits = ann.orders.build()
        with count_queries(shop) as sent:
            await ann.orders.async_remove(waits)
        assert not sent and ann.orders == [] and waits.user is None
        await ann.async_save()
        assert waits.is_new

    runner.run(main)


def test_replacing_a_has_many(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        ann = await User.query().with_("orders").async_find(1)
        first, second, third = ann.orders
        other = await Order.async_find(4)
        fresh = Order(total=5)
        with count_queries(shop) as sent:
            await ann.orders.async_replace([third, other, fresh])
        assert verbs(sent) == ["SELECT", "UPDATE", "INSERT", "UPDATE"], str(sent)
        assert ann.orders == [third, other, fresh]
        assert (first.user_id, second.user, other.user, fresh.user) == (None, None, ann, ann)
        assert [order.id for order in await ann.orders.query().async_all()] == [third.id, other.id, fresh.id]
        await ann.orders.async_replace([], timeout=30)
        assert ann.orders == [] and await ann.orders.query().async_count() == 0
        # what the owner does not have at hand goes too, and what is scoped out stays
        await Order.async_create(user=ann, kind="usual")
        urgent = await ann.urgent.async_create()
        mine = await User.async_find(1)
        await mine.urgent.async_replace([])
        assert mine.urgent == [] and await mine.orders.query().async_count() == 1
        assert (await Order.async_find(urgent.id)).user_id is None

    runner.run(main)


def test_creating_through_a_relation(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        ann = await User.query().with_("orders").async_find(1)
        made = await ann.urgent.async_create(total=7, items=[Item(label="a")])
        assert (made.user_id, made.kind, made.user, made.is_new) == (1, "urgent", ann, False)
        assert made.items[0].order_id == made.id
        last = await ann.orders.async_create(total=8)
        assert ann.orders[-1] is last and len(ann.orders) == 4
        with pytest.raises(DatabaseError):
            await made.items.async_create(label="a")
        assert len(made.items) == 1
        post = await Post.async_find(1)
        tag = await post.tags.async_create(name="new")
        assert [each.name for each in await post.tags] == ["tag 0", "new"] and not tag.is_new
        with pytest.raises(UsageError, match="save the User first"):
            await User(name="x").orders.async_create()

    runner.run(main)


def test_many_to_many(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        post = await Post.query().with_("tags").async_find(1)
        tags = await Tag.query().order_by("id").async_all()
        with count_queries(shop) as sent:
            await post.tags.async_add(*tags, Tag(name="fresh"), tags[1])
        assert verbs(sent) == ["INSERT", "INSERT"], str(sent)
        assert [tag.name for tag in post.tags] == ["tag 0", "tag 1", "tag 2", "tag 3", "fresh"]
        assert [tag.id for tag in await post.tags.query().async_all()] == [tag.id for tag in post.tags]
        with count_queries(shop) as sent:
            await post.tags.async_remove(tags[0], tags[1])
        assert verbs(sent) == ["DELETE"]
        assert [tag.name for tag in post.tags] == ["tag 2", "tag 3", "fresh"]
        with count_queries(shop) as sent:
            await post.tags.async_replace([tags[0], tags[2]])
        assert verbs(sent) == ["SELECT", "DELETE", "INSERT"], str(sent)
        assert post.tags == [tags[0], tags[2]]
        assert [tag.id for tag in await post.tags.query().async_all()] == [tags[0].id, tags[2].id]
        assert await Tag.query().async_count() == 5 and await tags[0].posts.query().async_ids() == [1]
        # of a new owner, and from the other side
        made = await Post.async_create(title="made", tags=[tags[3], Tag(name="another")])
        assert len(await made.tags.query().async_all()) == 2 == len(made.tags)
        await tags[3].posts.async_add(post)
        assert tags[3].id in await post.tags.query().async_ids()

    runner.run(main)


def test_links_without_a_unique_key(shop: Database) -> None:
    post, tags = Post.find(1), Tag.query().order_by("id").all()
    with count_queries(shop) as sent:
        post.noted.add(*tags)
    assert verbs(sent) == ["SELECT", "INSERT"], str(sent)
    post.noted.add(*tags)
    assert Note.where(post_id=1).count() == 4
    # the values of a scope on the way are those of the link
    assert Note.where(post_id=1, stars=5).count() == 0
    other = Post.find(2)
    other.best.add(tags[0])
    assert Note.where(post_id=2).pluck("stars") == [5]
    other.notes.create(tag=tags[1], stars=2)
    other.best.remove(*tags)
    assert Note.where(post_id=2).pluck("stars") == [2]


def test_longer_chains_are_written_elsewhere(shop: Database) -> None:
    ann = User.find(1)
    with pytest.raises(UsageError, match=r"User.items leads over other.*write Order.items"):
        ann.items.add(Item(label="x"))
    with pytest.raises(UsageError, match=r"User.owners leads over other.*write Order.user"):
        ann.owners.replace([])
    with pytest.raises(UsageError, match="leads over"):
        ann.items.create(label="x")
    assert Item.query().count() == 0


def test_wrong_records(shop: Database) -> None:
    ann, order = User.find(1), Order.find(4)
    anything: Any = ann
    wrongs: list[Any] = [ann, 5, None, "order", {}]
    for wrong in wrongs:
        with pytest.raises(UsageError, match="takes Order, got"):
            anything.orders.add(wrong)
        with pytest.raises(UsageError, match="takes Order, got"):
            anything.orders.remove(wrong)
    wrongs = [order, None, "orders", 5, {}]
    for wrong in wrongs:
        with pytest.raises(UsageError, match="takes a list of Order, got"):
            anything.orders.replace(wrong)
    Order.where(id=4).delete_all()
    with pytest.raises(StaleRecord, match="1 of these 2 Order"):
        ann.orders.add(order, Order.find(1))
    assert order.user_id is None and users_of(Order.find(1)) == [1]
    # a deleted record is new again, with the values it had
    gone = Order.find(2)
    gone.delete()
    ann.orders.add(gone)
    assert not gone.is_new and Order.find(2).user_id == 1
    partly = Order.query().select("total").first()
    assert partly is not None
    with pytest.raises(Exception, match="id has no value"):
        ann.orders.add(partly)


def test_a_failure_leaves_all_as_it_was(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        await Item.async_create(order_id=1, label="taken")
        ann, bob = await User.query().with_("orders").order_by("id").async_all()
        first, fresh = ann.orders[0], Order(items=[Item(label="taken")])
        with pytest.raises(DatabaseError):
            await bob.orders.async_add(first, fresh)
        assert (bob.orders == [], len(ann.orders), first.user, fresh.is_new) == (True, 3, ann, True)
        assert first.user_id == 1 and not first.changed and fresh.id is None
        with pytest.raises(DatabaseError):
            await ann.orders.async_replace([first, fresh])
        assert len(ann.orders) == 3 and ann.orders[2].user is ann and not ann.orders[2].changed

        before = list(ann.orders)
        async with User.async_transaction() as tx:
            await ann.orders.async_remove(first)
            await bob.orders.async_add(first, Order())
            await ann.orders.async_replace([Order()])
            assert (len(bob.orders), len(ann.orders)) == (2, 1)
            tx.rollback()
        assert ann.orders == before and bob.orders == []
        assert first.user is ann and first.user_id == 1 and not first.changed
        assert before[1].user is ann and before[1].user_id == 1 and not before[1].changed

        post = await Post.query().with_("tags").async_find(1)
        tags = await Tag.query().async_all()
        async with Post.async_transaction() as tx:
            await post.tags.async_add(*tags)
            await post.tags.async_remove(tags[0])
            tx.rollback()
        assert [tag.name for tag in post.tags] == ["tag 0"]

    runner.run(main)


def test_cut_short_nothing_is_half_attached(shop: Database, async_runner: Runner) -> None:
    async def main() -> None:
        for manner in async_runner.manners:
            for number, after in enumerate((0.0, 0.001, 0.002, 0.004)):
                owner = await User.async_create(name="x")
                await owner.orders
                old = [await Order.async_create(user_id=1) for _ in range(2)]
                given = [*old, Order(total=number)]
                work: Callable[[], Coroutine[Any, Any, None]] = partial(owner.orders.async_add, *given)
                await cut_short(work, manner, after=after)
                count = await Order.where(user_id=owner.id).async_count()
                assert count == len(owner.orders)
                assert count in {0, 3}
                owners = {(order.user_id, order.is_new) for order in given}
                assert owners == ({(owner.id, False)} if count else {(1, False), (None, True)})
                await cut_short(partial(owner.orders.async_replace, [given[0]]), manner, after=after)
                kept = await Order.where(user_id=owner.id).async_ids()
                assert [order.id for order in owner.orders] == kept or sorted(kept) == sorted(
                    order.id for order in owner.orders
                )

    async_runner.run(main)


@pytest.mark.places("file", "server")
def test_tasks_that_add_the_same(shop: Database, async_runner: Runner) -> None:
    async def main() -> None:
        post = await Post.query().with_("tags").async_find(2)
        other = await Post.async_find(2)
        tag = await Tag.async_find(3)
        again = await Tag.async_find(3)
        await gather(post.tags.async_add(tag), other.tags.async_add(again))
        assert await Tagging.where(post_id=2).async_count() == 1
        assert post.tags == [tag]
        # one owner, from many tasks
        tags = await Tag.query().async_all()
        await gather(*[post.tags.async_add(each) for each in tags])
        assert {each.id for each in post.tags} == {each.id for each in tags}
        assert await Tagging.where(post_id=2).async_count() == 4

    async_runner.run(main)


@pytest.mark.places("file", "server")
def test_tasks_that_add_and_remove(shop: Database, async_runner: Runner) -> None:
    async def main() -> None:
        ann, bob = await User.query().with_("orders").order_by("id").async_all()
        orders = list(ann.orders)
        copies = await Order.query().where(id=[order.id for order in orders]).order_by("id").async_all()
        await gather(ann.orders.async_remove(*orders), bob.orders.async_add(*copies))
        # whichever came first, they are bob's: what is another's is not taken away
        assert await Order.where(user_id=2).async_count() == 3
        assert ann.orders == [] and bob.orders == copies
        async with anyio.create_task_group() as group:
            for order in copies:
                group.start_soon(bob.orders.async_remove, order)
        assert bob.orders == [] and await Order.where(user_id=2).async_count() == 0

    async_runner.run(main)


def test_ten_thousand(shop: Database) -> None:
    Order.insert_all({"user_id": None} for _ in range(10_000))
    ann, bob = User.find(1), User.find(2)
    orders = Order.where(user_id=None).all()
    assert len(list(bob.orders)) == 0
    with count_queries(shop) as sent:
        bob.orders.add(*orders)
    assert verbs(sent) == ["UPDATE"]
    assert bob.orders.query().count() == 10_001 == len(bob.orders)
    ann.orders.replace(orders[:5_000])
    assert ann.orders.query().count() == 5_000 == Order.where(user_id=1).count()
    ann.orders.remove(*orders[:5_000])
    assert ann.orders.query().count() == 0 == len(ann.orders)

    Tag.insert_all({"name": uuid.uuid4().hex} for _ in range(10_000))
    post, tags = Post.find(2), Tag.query().all()
    with count_queries(shop) as sent:
        post.tags.add(*tags)
    assert [word for word in verbs(sent) if word != "SELECT"] == ["INSERT"]
    assert post.tags.query().count() == len(tags)
    post.tags.remove(*tags)
    assert post.tags.query().count() == 0


def test_undeclared_models(configured: str) -> None:
    for sql in (
        "CREATE TABLE bands (id INTEGER PRIMARY KEY, name VARCHAR(20))",
        "CREATE TABLE songs (id INTEGER PRIMARY KEY, band_id INTEGER REFERENCES bands (id), name VARCHAR(20))"
        if not configured.startswith("mysql")
        else "CREATE TABLE songs (id INTEGER PRIMARY KEY, band_id INTEGER, name VARCHAR(20), "
        "FOREIGN KEY (band_id) REFERENCES bands (id))",
    ):
        execute(sql)

    class Band(ActiveRecord):
        """Read from the database."""

    class Song(ActiveRecord):
        """Read from the database."""

    async def main() -> None:
        # before any table is read
        songs = [Song(id=n, name=str(n)) for n in (1, 2)]
        band: Any = await Band.async_create(id=1, name="x", songs=songs)
        assert [song.band_id for song in band.songs] == [1, 1]
        await band.songs.async_remove(songs[0])
        assert await Song.where(band_id=1).async_ids() == [2]
        late: Any = Song(id=3, name="late", band=Band(id=2, name="new"))
        await late.async_save()
        assert late.band_id == 2 and not late.band.is_new

    RUNNERS["asyncio"].run(main)
    with pytest.raises(QueryError):
        Song.query().delete_all()


def test_polymorphic_relations(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        photo = Photo(name="new")
        one = photo.remarks.build(text="one")
        assert one.subject is photo
        await one.async_save()
        assert (one.subject_type, one.subject_id, one.subject) == ("Photo", photo.id, photo)
        two, three = await photo.remarks.async_create(text="two"), Remark(text="three")
        await photo.remarks.async_add(three)
        assert photo.remarks == [one, two, three] and three.subject is photo
        assert await photo.remarks.query().async_count() == 3
        await photo.remarks.async_remove(one)
        assert one.subject is None and await photo.remarks.query().async_ids() == [two.id, three.id]
        late = Remark(text="late", subject=Post(title="target"))
        assert late.subject.is_new
        await late.async_save()
        assert (late.subject_type, late.subject_id) == ("Post", late.subject.id) and not late.changed
        post = await Post.async_find(late.subject.id)
        await photo.remarks.async_replace([late])
        assert late.subject is photo and (await Remark.async_find(late.id)).subject_type == "Photo"
        assert post.title == "target"

    runner.run(main)


def test_links_without_a_model(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        tags = await Tag.query().order_by("id").async_all()
        photo = await Photo.async_create(name="x", labels=[tags[0], Tag(name="fresh")])
        assert [tag.name for tag in photo.labels] == ["tag 0", "fresh"]
        with count_queries(shop) as sent:
            await photo.labels.async_add(*tags)
        assert verbs(sent) == ["INSERT"], str(sent)
        await photo.labels.async_remove(tags[0])
        assert len(await photo.labels.query().async_all()) == 4 == len(photo.labels)
        await photo.labels.async_replace(tags[:2])
        assert [tag.id for tag in await photo.labels.query().async_all()] == [tag.id for tag in tags[:2]]

    runner.run(main)


def test_every_write_is_told_of(shop: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """What rows mean for others is asked once for each verb, in its transaction, with what the database had."""
    told: list[list[tuple[str, Any, Any]]] = []

    async def carry_out(written: Sequence[Written]) -> None:
        assert current_transaction(shop) is not None
        told.append([(each.mapper.name, _seen(each.before), _seen(each.after)) for each in written])

    def has_effects(mapper: Mapper[Any]) -> bool:
        return mapper.name != "User"

    for module in (writes, trees, through, moving, linking):
        if hasattr(module, "has_effects"):
            monkeypatch.setattr(module, "has_effects", has_effects)
        if hasattr(module, "carry_out"):
            monkeypatch.setattr(module, "carry_out", carry_out)

    def heard() -> list[tuple[str, Any, Any]]:
        (only,) = told
        told.clear()
        return only

    bob, ann = User.find(2), User.find(1)
    order = Order.create(user=bob)
    assert heard() == [("Order", None, 2)]
    order.user = ann
    order.save()
    assert heard() == [("Order", 2, 1)]
    order.save()
    assert not told
    first = Order.find(1)
    # the record does not know where its row is by now
    Order.where(id=1).update_all(user_id=None)
    bob.orders.add(first, order, Order(total=3))
    assert heard() == [("Order", None, 2), ("Order", None, 2), ("Order", 1, 2)]
    Order.where(id=1).update_all(user_id=1)
    bob.orders.remove(first, order)
    assert heard() == [("Order", 2, None)]
    bob.orders.replace([order])
    assert sorted(heard(), key=str) == [("Order", 2, None), ("Order", None, 2)]
    order.delete()
    assert heard() == [("Order", 2, None)]
    gone = Order.find(2)
    Order.where(id=2).delete_all()
    assert not gone.delete() and not told
    User(name="tree", orders=[Order(items=[Item(label="1"), Item(label="2")])]).save()
    assert [name for name, _, _ in heard()] == ["Order", "Item", "Item"]

    post, tags = Post.find(1), Tag.query().order_by("id").all()
    post.tags.add(*tags)
    assert heard() == [("Tagging", None, (1, tag.id)) for tag in tags[1:]]
    post.tags.remove(*tags[:2])
    assert heard() == [("Tagging", (1, tag.id), None) for tag in tags[:2]]
    post.tags.replace(tags[1:3])
    assert sorted(heard(), key=str) == [("Tagging", (1, 4), None), ("Tagging", None, (1, 2))]


def _seen(values: Mapping[str, Any] | None) -> Any:
    if values is None or "post_id" not in values:
        return None if values is None else values.get("user_id", values.get("order_id"))
    return values["post_id"], values["tag_id"]


def test_the_last_word_counts(shop: Database) -> None:
    ann, other = User.find(1), User(name="never saved")
    order = other.orders.build(total=3)
    kept = Order.find(4)
    kept.user = other
    ann.orders.add(order, kept)
    assert (order.user, kept.user, list(other.orders)) == (ann, ann, []) and other.is_new
    assert users_of(order, kept) == [1, 1]
    order.save()
    assert other.is_new and User.query().count() == 2
    waits = ann.orders.build()
    ann.orders.add(waits)
    ann.save()
    assert Order.where(user_id=1).count() == 6
    first = Order(total=5)
    both = [User(name="one", orders=[first]), User(name="two", orders=[first])]
    assert [list(user.orders) for user in both] == [[], [first]]


def test_composite_keys(shop: Database) -> None:
    seat, other = Seat.create(row=1, number=2, tickets=[Ticket(), Ticket()]), Seat(row=1, number=3)
    first, second = seat.tickets
    assert (first.row, first.seat, first.place) == (1, 2, seat)
    other.tickets.add(first)
    assert first.place is other
    other.save()
    assert (first.seat, Ticket.find(first.id).seat, first.changed) == (3, 3, False)
    seat.tickets.remove(first, second)
    # the first is another's by now
    assert (first.seat, second.seat, second.place) == (3, None, None)
    seat.tickets.replace([first, Ticket()])
    assert [(ticket.row, ticket.seat) for ticket in seat.tickets.query().all()] == [(1, 2), (1, 2)]
    late = Ticket(place=Seat(row=9, number=9))
    late.save()
    assert (late.row, late.seat, Seat.query().count()) == (9, 9, 3)
