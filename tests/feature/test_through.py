"""Relations along others: over any chain, equal to hand-written joins, on the sample databases and on declared models."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from activerecord import (
    ActiveRecord,
    BelongsTo,
    Column,
    HasMany,
    HasOne,
    UnknownRelation,
    UsageError,
    belongs_to,
    column,
    create_tables,
    has_many,
    has_one,
)
from activerecord.database import database
from activerecord.testing.queries import assert_queries
from activerecord.testing.runners import Runner
from tests.feature.cells import Cell
from tests.feature.sample import quoted, sample


@dataclass(frozen=True)
class Chain:
    """A table, a path of its relations, and the joins that a hand would write for it: owner o, what it leads to t."""

    of: str
    table: str
    path: str
    target: str
    joins: str

    def __str__(self) -> str:
        return f"{self.table}.{self.path}"


CHAINS = [
    # has_many > has_many
    Chain(
        "chinook",
        "Artist",
        "albums.tracks",
        "Track",
        'JOIN "Album" a USING ("ArtistId") JOIN "Track" t USING ("AlbumId")',
    ),
    # has_many > belongs_to, a record by many ways
    Chain(
        "chinook", "Album", "tracks.genre", "Genre", 'JOIN "Track" k USING ("AlbumId") JOIN "Genre" t USING ("GenreId")'
    ),
    # belongs_to > has_many, among them the row itself
    Chain("chinook", "Album", "artist.albums", "Album", 'JOIN "Album" t USING ("ArtistId")'),
    # belongs_to > belongs_to
    Chain(
        "chinook",
        "Track",
        "album.artist",
        "Artist",
        'JOIN "Album" a USING ("AlbumId") JOIN "Artist" t USING ("ArtistId")',
    ),
    # many-to-many > belongs_to > belongs_to
    Chain(
        "chinook",
        "Playlist",
        "tracks.album.artist",
        "Artist",
        'JOIN "PlaylistTrack" l USING ("PlaylistId") JOIN "Track" k USING ("TrackId") '
        'JOIN "Album" a ON a."AlbumId" = k."AlbumId" JOIN "Artist" t ON t."ArtistId" = a."ArtistId"',
    ),
    # many-to-many there and back
    Chain(
        "chinook",
        "Playlist",
        "tracks.playlists",
        "Playlist",
        'JOIN "PlaylistTrack" l ON l."PlaylistId" = o."PlaylistId" JOIN "PlaylistTrack" m ON m."TrackId" = l."TrackId" '
        'JOIN "Playlist" t ON t."PlaylistId" = m."PlaylistId"',
    ),
    # a chain of one table
    Chain(
        "chinook",
        "Employee",
        "reports_to.reports_to",
        "Employee",
        'JOIN "Employee" b ON b."EmployeeId" = o."ReportsTo" JOIN "Employee" t ON t."EmployeeId" = b."ReportsTo"',
    ),
    Chain(
        "chinook",
        "Employee",
        "employees.employees",
        "Employee",
        'JOIN "Employee" b ON b."ReportsTo" = o."EmployeeId" JOIN "Employee" t ON t."ReportsTo" = b."EmployeeId"',
    ),
    Chain(
        "northwind",
        "Customers",
        "orders.order_details.product.supplier",
        "Suppliers",
        'JOIN "Orders" r USING ("CustomerID") JOIN "Order Details" d USING ("OrderID") '
        'JOIN "Products" p USING ("ProductID") JOIN "Suppliers" t USING ("SupplierID")',
    ),
    Chain(
        "northwind",
        "Regions",
        "territories.employees",
        "Employees",
        'JOIN "Territories" r USING ("RegionID") JOIN "EmployeeTerritories" l USING ("TerritoryID") '
        'JOIN "Employees" t USING ("EmployeeID")',
    ),
    # has_one in the middle, and a payload
    Chain(
        "awkward",
        "person",
        "friendships_by_a.b.person_profile",
        "person_profile",
        'JOIN "friendship" f ON f."a_id" = o."id" JOIN "person" b ON b."id" = f."b_id" '
        'JOIN "person_profile" t ON t."person_id" = b."id"',
    ),
    Chain(
        "awkward",
        "department",
        "people.enrolments.course",
        "course",
        'JOIN "person" p ON p."department_id" = o."id" JOIN "enrolment" e ON e."person_id" = p."id" '
        'JOIN "course" t ON t."code" = e."course_code"',
    ),
    # over composite keys
    Chain(
        "awkward",
        "tree_node",
        "tree_nodes.tree_nodes",
        "tree_node",
        'JOIN "tree_node" m ON m."tenant_id" = o."tenant_id" AND m."parent_id" = o."node_id" '
        'JOIN "tree_node" t ON t."tenant_id" = m."tenant_id" AND t."parent_id" = m."node_id"',
    ),
]


def having(chain: Chain) -> type[ActiveRecord]:
    """A model of the chain's table that leads along it, and one of what it leads to."""

    class There(ActiveRecord):
        __table_name__ = chain.target
        __connection__ = chain.of

    class Here(ActiveRecord):
        __table_name__ = chain.table
        __connection__ = chain.of
        found: HasMany["There"] = has_many(through=chain.path)

    # kept as long as the other
    vars(Here)["found"].leads_to("There", optional=False)
    Here.there = There  # type: ignore[attr-defined]
    return Here


@pytest.mark.parametrize("chain", CHAINS, ids=str)
def test_chains_are_what_hands_write(cell: Cell, tmp_path: Path, some_runner: Runner, chain: Chain) -> None:
    of = sample(chain.of)
    of.configure(cell, tmp_path)
    model = having(chain)

    async def main() -> None:
        own = (await model.async_schema()).primary_key
        records: list[Any] = await model.query().with_("found").async_all()
        relation: Any = model.__mapper__.relation("found")
        theirs = (await relation.target.table()).primary_key
        columns = ", ".join([f"o.{quoted(name)}" for name in own] + [f"t.{quoted(name)}" for name in theirs])
        wanted = of.rows(f"SELECT DISTINCT {columns} FROM {quoted(chain.table)} o {chain.joins}")

        def key(record: Any) -> tuple[Any, ...]:
            return tuple([record[name] for name in theirs])

        pairs = [(*(record[name] for name in own), *key(other)) for record in records for other in record.found]
        assert sorted(map(repr, pairs)) == sorted(map(repr, wanted))
        with assert_queries(2, database(chain.of)):
            await model.query().with_("found").async_all()
        # asked of one record, they are the same
        some = max(records, key=lambda record: len(record.found))
        again = await some.found.query().async_all()
        assert {key(record) for record in again} == {key(record) for record in some.found}
        assert len(again) == len(some.found)

    some_runner.run(main)


class Firm(ActiveRecord):
    __table_name__ = "th_firms"
    id: Column[int] = column(primary_key=True)
    teams: HasMany["Team"] = has_many()
    large_teams: HasMany["Team"] = has_many(where=lambda query: query.where(Team.size > 1))
    people: HasMany["Worker"] = has_many(through="teams.workers", order="id")
    large_people: HasMany["Worker"] = has_many(through="large_teams.workers")
    desks: HasMany["Desk"] = has_many(through="people.desk")
    plain_desks: HasMany["Desk"] = has_many(through="people.desk", where={"kind": "plain"})
    bosses: HasMany["Worker"] = has_many(through="people.boss")
    head: HasOne["Worker"] = has_one(through="teams.workers", order="id")
    first_team: HasOne["Team"] = has_one(order="id")
    first_people: HasMany["Worker"] = has_many(through="first_team.workers")


class Team(ActiveRecord):
    __table_name__ = "th_teams"
    id: Column[int] = column(primary_key=True)
    size: Column[int]
    firm_id: Column[int]
    firm: BelongsTo[Firm] = belongs_to()
    workers: HasMany["Worker"] = has_many()


class Worker(ActiveRecord):
    __table_name__ = "th_workers"
    id: Column[int] = column(primary_key=True)
    team_id: Column[int]
    boss_id: Column[int | None]
    team: BelongsTo[Team] = belongs_to()
    boss: BelongsTo["Worker | None"] = belongs_to()
    firm: HasOne[Firm] = has_one(through="team.firm")
    colleagues: HasMany["Worker"] = has_many(through="team.workers", order="id")
    grand_boss: HasOne["Worker"] = has_one(through="boss.boss")
    friendships: HasMany["Friendship"] = has_many(foreign_key="one_id")
    friends: HasMany["Worker"] = has_many(through="friendships.other", order="id")
    good_friendships: HasMany["Friendship"] = has_many(foreign_key="one_id", where={"warmth": 2})
    good_friends: HasMany["Worker"] = has_many(through="good_friendships.other")
    friends_of_friends: HasMany["Worker"] = has_many(through="friends.friends")
    desk: HasOne["Desk"] = has_one()


class Desk(ActiveRecord):
    __table_name__ = "th_desks"
    worker_id: Column[int] = column(primary_key=True)
    kind: Column[str]


class Friendship(ActiveRecord):
    """A link of a model with itself, which says more than who and whom."""

    __table_name__ = "th_friendships"
    one_id: Column[int] = column(primary_key=True)
    other_id: Column[int] = column(primary_key=True)
    warmth: Column[int]
    other: BelongsTo[Worker] = belongs_to()


@pytest.fixture
def firm(configured: str) -> None:
    """Firm 1 has teams 1 and 2 of 1 and 2 workers: 1, and 2 and 3; worker n is the boss of n + 1 and a friend of it."""
    create_tables(Firm, Team, Worker, Desk, Friendship)
    Firm.insert_all([{"id": 1}, {"id": 2}])
    Team.insert_all([{"id": n, "size": n, "firm_id": 1} for n in (1, 2)])
    Worker.insert_all([{"id": n, "team_id": min(n, 2), "boss_id": n - 1 or None} for n in (1, 2, 3)])
    Desk.insert_all([{"worker_id": 1, "kind": "plain"}, {"worker_id": 3, "kind": "fine"}])
    Friendship.insert_all([{"one_id": 1, "other_id": 2, "warmth": 1}, {"one_id": 2, "other_id": 3, "warmth": 2}])


def ids(found: Sequence[Any]) -> list[Any]:
    return sorted([each["worker_id"] if isinstance(each, Desk) else each.id for each in found])


FIRM: list[tuple[str, list[int]]] = [
    ("people", [1, 2, 3]),
    ("large_people", [2, 3]),
    # through one that is through others itself
    ("desks", [1, 3]),
    ("plain_desks", [1]),
    ("bosses", [1, 2]),
]


@pytest.mark.usefixtures("firm")
def test_through_throughs_and_scopes(runner: Runner) -> None:
    async def main() -> None:
        for name, wanted in FIRM:
            with assert_queries(2, database()):
                one, other = await Firm.query().with_(name).order_by("id").async_all()
                assert ids(getattr(one, name)) == wanted, name
                assert ids(getattr(other, name)) == [], name
            assert ids(await getattr(one, name).query().async_all()) == wanted
            assert await Firm.query().join(name, alias="x").async_count() == len(wanted), name

    runner.run(main)


@pytest.mark.usefixtures("firm")
def test_has_one_through() -> None:
    with assert_queries(4, database()):
        one, two, three = Worker.query().with_("firm", "grand_boss", "colleagues").order_by("id").all()
        assert [worker.firm and worker.firm.id for worker in (one, two, three)] == [1, 1, 1]
        assert [worker.grand_boss and worker.grand_boss.id for worker in (one, two, three)] == [None, None, 1]
        assert [ids(worker.colleagues) for worker in (one, two, three)] == [[1], [2, 3], [2, 3]]
    firms = Firm.query().with_("head", "first_team").order_by("id").all()
    assert [each.head and each.head.id for each in firms] == [1, None]
    assert [each.first_team and each.first_team.id for each in firms] == [1, None]


@pytest.mark.usefixtures("firm")
def test_a_link_of_a_model_with_itself_that_says_more() -> None:
    with assert_queries(6, database()):
        people = (
            Worker.query()
            .with_("friends", "good_friends", "friends_of_friends", "friendships.other")
            .order_by("id")
            .all()
        )
        assert [ids(person.friends) for person in people] == [[2], [3], []]
        assert [ids(person.good_friends) for person in people] == [[], [3], []]
        assert [ids(person.friends_of_friends) for person in people] == [[3], [], []]
        assert [[(f.warmth, f.other.id) for f in person.friendships] for person in people] == [[(1, 2)], [(2, 3)], []]
    assert Worker.query().join("friends", alias="f").where("f.id = 3").pluck("id") == [2]


def test_paths_that_lead_nowhere(configured: str) -> None:
    class Cup(ActiveRecord):
        __table_name__ = "th_cups"
        id: Column[int] = column(primary_key=True)
        lid_id: Column[int]
        lid: BelongsTo["Lid"] = belongs_to()
        astray: HasMany["Lid"] = has_many(through="lidd.cups")
        later: HasMany["Cup"] = has_many(through="lid.cps")
        other: HasMany["Lid"] = has_many(through="lid.cups")

    class Lid(ActiveRecord):
        __table_name__ = "th_lids"
        id: Column[int] = column(primary_key=True)
        cups: HasMany["Cup"] = has_many()

    create_tables(Lid, Cup)
    for name, message in (
        ("astray", "Cup has no relation 'lidd'; did you mean 'lid'"),
        ("later", "Lid has no relation 'cps'; did you mean 'cups'"),
        ("other", "Cup.other is one of Lid, and 'lid.cups' leads to Cup"),
    ):
        with assert_queries(0, database()), pytest.raises(UnknownRelation, match=message):
            Cup.query().with_(name).all()
    wrongs: list[Callable[[], Any]] = [
        lambda: has_many(through="a", foreign_key="b"),
        lambda: has_many(through="a..b"),
        lambda: has_many(through=5),  # type: ignore[arg-type]
    ]
    for wrong in wrongs:
        with pytest.raises(UsageError):
            wrong()
