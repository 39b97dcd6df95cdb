"""Relations that nobody declared: every foreign key of three databases leads both ways, as hand-written joins do."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from activerecord import ActiveRecord, BelongsTo, HasMany, HasOne, Undeclared, has_many
from activerecord.database import Database, database
from activerecord.relation import Association
from activerecord.testing.queries import assert_queries
from activerecord.testing.runners import RUNNERS, Runner
from tests.feature.cells import Cell
from tests.feature.sample import Sample, model_for, quoted, sample

LOOPS = [runner for name, runner in RUNNERS.items() if name in {"asyncio", "trio", "sync"}]

# (table, its relations), `*` marks many.
NAMES = {
    "chinook": """
        Album: artist tracks*
        Artist: albums*
        Customer: support_rep invoices*
        Employee: reports_to customers* employees*
        Genre: tracks*
        Invoice: customer invoice_lines*
        InvoiceLine: invoice track
        MediaType: tracks*
        Playlist: playlist_tracks* tracks*
        PlaylistTrack: playlist track
        Track: album genre media_type invoice_lines* playlist_tracks* playlists*
    """,
    "northwind": """
        Categories: products*
        CustomerCustomerDemo: customer customer_type
        CustomerDemographics: customer_customer_demos* customers*
        Customers: customer_customer_demos* orders* customer_demographics*
        EmployeeTerritories: employee territory
        Employees: reports_to employee_territories* employees* orders* territories*
        Order Details: order product
        Orders: customer employee ship_via order_details*
        Products: supplier category order_details*
        Regions: territories*
        Shippers: orders*
        Suppliers: products*
        Territories: region employee_territories* employees*
    """,
    "awkward": """
        Weird Names:
        api_collision:
        course: needs_course courses* enrolments*
        department: head people*
        enrolment: person course
        friendship: a b
        group: parent_group groups* orders*
        line_item: order
        no_pk_log:
        order: group_group line_items*
        person: department boss departments* enrolments* friendships_by_a* friendships_by_b* people* person_profile
        person_profile: person
        strict_identity:
        tree_node: parent tree_nodes*
        typed:
    """,
}


class ForeignKey(NamedTuple):
    table: str
    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]


def foreign_keys(of: Sample) -> Iterator[ForeignKey]:
    """As SQLite itself tells them."""
    for table in of.tables:
        rows = of.rows('SELECT id, "table", "from", "to" FROM pragma_foreign_key_list(?) ORDER BY id, seq', table)
        for number in sorted({row[0] for row in rows}):
            parts = [row for row in rows if row[0] == number]
            columns, targets = (tuple(str(part[place]) for part in parts) for place in (2, 3))
            yield ForeignKey(table, columns, str(parts[0][1]), targets)


@pytest.fixture(params=["chinook", "northwind", "awkward"])
def of(request: pytest.FixtureRequest, tmp_path: Path, cell: Cell) -> Sample:
    found = sample(str(request.param))
    found.configure(cell, tmp_path)
    return found


def pair(
    model: type[ActiveRecord], own: tuple[str, ...], target: str, theirs: tuple[str, ...]
) -> "list[Association[Any]]":
    """The relations of a model that go by these columns, and no further."""
    wanted = own, target, theirs
    relations: list[Any] = list(model.__mapper__.relations().values())
    hops = [(relation, relation.hops()) for relation in relations]
    return [r for r, (hop, *more) in hops if not more and (hop.here, hop.target.table_name, hop.there) == wanted]


def text(columns: tuple[str, ...], alias: str) -> str:
    return ", ".join(f"{alias}.{quoted(column)}" for column in columns)


def joined(of: Sample, key: ForeignKey, wanted: tuple[str, ...], others: tuple[str, ...]) -> list[Any]:
    """The hand-written join along a foreign key."""
    on = " AND ".join(f"c.{quoted(a)} = p.{quoted(b)}" for a, b in zip(key.columns, key.target_columns, strict=True))
    columns = f"{text(wanted, 'c')}, {text(others, 'p')}"
    return of.rows(f"SELECT {columns} FROM {quoted(key.table)} c JOIN {quoted(key.target)} p ON {on}")


def key_of(record: Any, columns: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(record[column] for column in columns)


def linked(record: Any, name: str) -> list[Any]:
    found = getattr(record, name)
    return [] if found is None else [found] if isinstance(found, ActiveRecord) else list(found)


def test_every_foreign_key_leads_both_ways(of: Sample, some_runner: Runner) -> None:
    async def check(key: ForeignKey) -> None:
        child, parent = model_for(key.table, of.name), model_for(key.target, of.name)
        low, high = (await child.async_schema()).primary_key, (await parent.async_schema()).primary_key
        wanted = sorted(map(repr, joined(of, key, low, high)))

        up = pair(child, key.columns, key.target, key.target_columns)
        assert len(up) == 1 and isinstance(up[0], BelongsTo)
        children = await child.query().with_(getattr(child, up[0].name)).async_all()
        found = [key_of(c, low) + key_of(p, high) for c in children for p in linked(c, up[0].name)]
        assert sorted(map(repr, found)) == wanted
        assert await child.query().join(up[0].name).async_count() == len(wanted) or key.table == key.target

        down = pair(parent, key.target_columns, key.table, key.columns)
        assert len(down) == 1 and isinstance(down[0], HasMany | HasOne)
        parents = await parent.query().with_(down[0].name).async_all()
        found = [key_of(c, low) + key_of(p, high) for p in parents for c in linked(p, down[0].name)]
        assert sorted(map(repr, found)) == wanted

    async def main() -> None:
        for key in foreign_keys(of):
            if key.table != key.target:
                await check(key)

    some_runner.run(main)


@pytest.mark.parametrize("loop", LOOPS, ids=lambda runner: runner.name)
def test_tables_that_lead_to_themselves(of: Sample, loop: Runner) -> None:
    async def main() -> None:
        for key in foreign_keys(of):
            if key.table != key.target:
                continue
            model = model_for(key.table, of.name)
            own = (await model.async_schema()).primary_key
            up = pair(model, key.columns, key.table, key.target_columns)[0].name
            down = pair(model, key.target_columns, key.table, key.columns)[0].name
            records = await model.query().with_(up, f"{down}.{up}").async_all()
            wanted = sorted(map(repr, joined(of, key, own, own)))
            found = [key_of(c, own) + key_of(p, own) for c in records for p in linked(c, up)]
            assert sorted(map(repr, found)) == wanted
            found = [key_of(c, own) + key_of(p, own) for p in records for c in linked(p, down)]
            assert sorted(map(repr, found)) == wanted
            assert all(getattr(c, up) == p for p in records for c in linked(p, down))

    loop.run(main)


def test_the_names_of_all_relations(of: Sample, engine: str) -> None:
    for line in NAMES[of.name].strip().splitlines():
        table, _, names = line.strip().partition(":")
        model = model_for(table, of.name)
        model.schema()
        relations = model.__mapper__.relations()
        found = [name + "*" * isinstance(relation, HasMany) for name, relation in relations.items()]
        # SQLite's are in the order in which the keys were declared, the others' in that of columns and of tables
        ordered = list if engine == "sqlite" else sorted
        assert ordered(found) == ordered(names.split()), table
        assert all(re.fullmatch(r"[a-z][a-z_]*", name) for name in relations)


class Person(Undeclared):
    __table_name__ = "person"
    __connection__ = "awkward"


class Department(Undeclared):
    __table_name__ = "department"
    __connection__ = "awkward"


class TreeNode(Undeclared):
    __table_name__ = "tree_node"
    __connection__ = "awkward"


@pytest.fixture
def awkward(cell: Cell, tmp_path: Path) -> Database:
    sample("awkward").configure(cell, tmp_path)
    return database("awkward")


def test_a_key_that_is_unique_leads_to_one(awkward: Database, runner: Runner) -> None:
    async def main() -> None:
        await Person.query().with_("person_profile.person").async_first()
        with assert_queries(3, awkward):
            people = await Person.query().with_("person_profile.person").async_all()
        profiles = [person.person_profile for person in people]
        assert len([profile for profile in profiles if profile is not None]) == 15
        pairs = [(person, profile) for person, profile in zip(people, profiles, strict=True) if profile is not None]
        assert all(profile.person.uid == person.uid for person, profile in pairs)

    runner.run(main)


class Fellow(Undeclared):
    __table_name__ = "person"
    __connection__ = "awkward"
    friends_profiles: HasMany["FellowProfile"] = has_many(through="friendships_by_a.b.person_profile")


class FellowProfile(Undeclared):
    __table_name__ = "person_profile"
    __connection__ = "awkward"


def test_a_longer_way_back_is_not_asked_for_its_tables(awkward: Database, runner: Runner) -> None:
    async def main() -> None:
        # of the friendships nothing is known yet
        fellows = await Fellow.query().with_("person_profile.person").async_all()
        assert sum(fellow.person_profile is not None for fellow in fellows) == 15
        friend = await Fellow.query().with_("friends_profiles").order_by("id").async_first()
        assert friend is not None
        assert friend.friends_profiles

    runner.run(main)


def test_two_keys_between_the_same_tables_are_told_apart(awkward: Database, runner: Runner) -> None:
    async def main() -> None:
        people = await Person.query().with_("friendships_by_a.b", "friendships_by_b.a").async_all()
        for person in people:
            assert all(friendship.a_id == person.id != friendship.b.id for friendship in person.friendships_by_a)
            assert all(friendship.b_id == person.id != friendship.a.id for friendship in person.friendships_by_b)
        assert sum(len(person.friendships_by_a) for person in people) == 30
        assert sum(len(person.friendships_by_b) for person in people) == 30

    runner.run(main)


def test_a_circle_of_tables(awkward: Database, runner: Runner) -> None:
    async def main() -> None:
        departments = await Department.query().with_("head.department.people.boss", "people").async_all()
        for department in departments:
            if department.head is not None:
                assert department.head.department.id == department.head.department_id
                assert department.head in department.head.department.people
            assert all(person.department_id == department.id for person in department.people)
        assert sum(len(department.people) for department in departments) == 20

    runner.run(main)


def test_a_tree_of_thirty_levels(awkward: Database, runner: Runner) -> None:
    path = ".".join(["parent"] * 30)

    async def main() -> None:
        await TreeNode.async_schema()
        # the lowest of thirty levels have twenty-nine above them
        with assert_queries(30, awkward):
            nodes = await TreeNode.query().with_(path).async_all()
            deepest = 0
            for node in nodes:
                depth, above = 0, node
                while above.parent_id is not None:
                    assert above.parent.tenant_id == above.tenant_id
                    depth, above = depth + 1, above.parent
                assert above.node_id == 1
                deepest = max(deepest, depth)
        assert deepest == 29

    runner.run(main)


def test_assigning_none_leaves_a_part_that_is_of_the_own_key(awkward: Database, runner: Runner) -> None:
    async def main() -> None:
        node = await TreeNode.query().with_("parent").async_find((1, 30))
        node.parent = None
        assert (node.tenant_id, node.parent_id, node.parent) == (1, None, None)
        assert await node.async_save()
        root = await TreeNode.async_find((1, 1))
        node.parent = root
        assert node.changes == {"parent_id": (None, 1)}

    runner.run(main)
