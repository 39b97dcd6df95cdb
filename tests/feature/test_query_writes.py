"""Writes by query, over the music shop, against what SQL written by hand makes of it in plain sqlite3."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from activerecord import (
    ActiveRecord,
    Column,
    NotSupported,
    Query,
    QueryError,
    ReadOnly,
    Undeclared,
    UniqueViolation,
    UnknownColumn,
    column,
    create_tables,
    exists,
    fn,
    tuple_,
)
from activerecord.database import Database, database
from activerecord.runtime import run_blocking
from activerecord.testing.queries import assert_queries
from activerecord.testing.runners import Runner
from tests import raw
from tests.feature.cells import Cell
from tests.feature.sample import Sample, sample


class Track(Undeclared):
    __table_name__ = "Track"
    __connection__ = "chinook"


class Album(Undeclared):
    __table_name__ = "Album"
    __connection__ = "chinook"


class InvoiceLine(Undeclared):
    __table_name__ = "InvoiceLine"
    __connection__ = "chinook"


class Invoice(Undeclared):
    __table_name__ = "Invoice"
    __connection__ = "chinook"


class Employee(Undeclared):
    __table_name__ = "Employee"
    __connection__ = "chinook"


class PlaylistTrack(Undeclared):
    __table_name__ = "PlaylistTrack"
    __connection__ = "chinook"


@pytest.fixture(scope="module")
def chinook() -> Sample:
    return sample("chinook")


@pytest.fixture
def shop(chinook: Sample, cell: Cell, tmp_path: Path) -> Database:
    """A copy of the shop, whose tables are read."""
    chinook.configure(cell, tmp_path)
    for model in (Track, Album, InvoiceLine, Invoice, Employee, PlaylistTrack):
        model.schema()
    return database("chinook")


def long_tracks() -> Query[Any]:
    return Track.where(Track.Milliseconds > 1_000_000)


def times_sold() -> Query[Any]:
    return InvoiceLine.where(InvoiceLine.TrackId == Track.TrackId).select(fn.count())


BESIDE = InvoiceLine.alias("beside")


def beside() -> Query[Any]:
    """The line before a line."""
    return BESIDE.where(BESIDE.InvoiceLineId + 1 == InvoiceLine.InvoiceLineId)


TRACKS = (
    lambda: Track.query().select("TrackId", "Milliseconds", "Bytes", "Composer"),
    "SELECT TrackId, Milliseconds, Bytes, Composer FROM Track",
)
LINES = (
    lambda: InvoiceLine.query().select("InvoiceLineId", "Quantity"),
    "SELECT InvoiceLineId, Quantity FROM InvoiceLine",
)
LISTS = (lambda: PlaylistTrack.query().select("PlaylistId", "TrackId"), "SELECT PlaylistId, TrackId FROM PlaylistTrack")
Seen = tuple[Callable[[], Query[Any]], str]

# What the library is asked, what is written by hand for it, and what is looked at afterwards.
WRITES: dict[str, tuple[Callable[[], int], str, Seen]] = {
    "a condition": (
        lambda: long_tracks().update_all(Milliseconds=Track.Milliseconds + 1, Composer="long"),
        "UPDATE Track SET Milliseconds = Milliseconds + 1, Composer = 'long' WHERE Milliseconds > 1000000",
        TRACKS,
    ),
    "everything": (
        lambda: Track.query().everywhere().update_all({"Composer": None}),
        "UPDATE Track SET Composer = NULL",
        TRACKS,
    ),
    "a value before it changes": (
        lambda: Track.where(GenreId=1).update_all(Milliseconds=0, Bytes=Track.Milliseconds),
        "UPDATE Track SET Milliseconds = 0, Bytes = Milliseconds WHERE GenreId = 1",
        TRACKS,
    ),
    "a query of another table": (
        lambda: Track.where(GenreId=1).update_all(Bytes=times_sold()),
        "UPDATE Track SET Bytes = (SELECT count(*) FROM InvoiceLine l WHERE l.TrackId = Track.TrackId) WHERE GenreId = 1",
        TRACKS,
    ),
    "a query of the same table": (
        lambda: Track.where(Track.Milliseconds > Track.query().select(fn.avg(Track.Milliseconds))).update_all(Bytes=1),
        "UPDATE Track SET Bytes = 1 WHERE Milliseconds > (SELECT avg(Milliseconds) FROM Track)",
        TRACKS,
    ),
    "an order and a limit": (
        lambda: Track.query().order_by("Milliseconds desc", "TrackId").limit(10).offset(2).update_all(Bytes=1),
        "UPDATE Track SET Bytes = 1 WHERE TrackId IN (SELECT TrackId FROM Track ORDER BY Milliseconds DESC, TrackId LIMIT 10 OFFSET 2)",
        TRACKS,
    ),
    "a join": (
        lambda: Track.query().join("album").where(Album.Title.starts_with("B")).update_all(Bytes=1),
        "UPDATE Track SET Bytes = 1 WHERE AlbumId IN (SELECT AlbumId FROM Album WHERE Title LIKE 'B%')",
        TRACKS,
    ),
    "a join, each row once, limited": (
        lambda: Track.query().join("invoice_lines").distinct().order_by("TrackId").limit(5).update_all(Bytes=1),
        "UPDATE Track SET Bytes = 1 WHERE TrackId IN (SELECT DISTINCT TrackId FROM InvoiceLine ORDER BY TrackId LIMIT 5)",
        TRACKS,
    ),
    "groups by the key": (
        lambda: Track.query().join("invoice_lines").group_by(Track.TrackId).having(fn.count() > 1).update_all(Bytes=1),
        "UPDATE Track SET Bytes = 1 WHERE TrackId IN (SELECT TrackId FROM InvoiceLine GROUP BY TrackId HAVING count(*) > 1)",
        TRACKS,
    ),
    "a union": (
        lambda: Track.where(GenreId=2).union(Track.where(GenreId=3)).update_all(Bytes=1),
        "UPDATE Track SET Bytes = 1 WHERE GenreId IN (2, 3)",
        TRACKS,
    ),
    "a common table": (
        lambda: Track.query().from_(Track.where(GenreId=2).cte("some")).update_all(Bytes=1),
        "UPDATE Track SET Bytes = 1 WHERE GenreId = 2",
        TRACKS,
    ),
    "another name": (
        lambda: Track.alias("t").where(GenreId=2).update_all(Bytes=1),
        "UPDATE Track SET Bytes = 1 WHERE GenreId = 2",
        TRACKS,
    ),
    "no row": (lambda: Track.where(GenreId=-1).update_all(Bytes=1), "UPDATE Track SET Bytes = 1 WHERE 1 = 0", TRACKS),
    "a deletion": (
        lambda: InvoiceLine.where(InvoiceLine.TrackId < 100).delete_all(),
        "DELETE FROM InvoiceLine WHERE TrackId < 100",
        LINES,
    ),
    "a deletion with a limit": (
        lambda: InvoiceLine.query().order_by("InvoiceLineId desc").limit(3).delete_all(),
        "DELETE FROM InvoiceLine WHERE InvoiceLineId > (SELECT max(InvoiceLineId) - 3 FROM InvoiceLine)",
        LINES,
    ),
    "a deletion by a join": (
        lambda: InvoiceLine.query().join("invoice").where(Invoice.BillingCountry == "France").delete_all(),
        "DELETE FROM InvoiceLine WHERE InvoiceId IN (SELECT InvoiceId FROM Invoice WHERE BillingCountry = 'France')",
        LINES,
    ),
    "a composite key": (
        lambda: PlaylistTrack.query().join("track").where(Track.GenreId == 1).delete_all(),
        "DELETE FROM PlaylistTrack WHERE TrackId IN (SELECT TrackId FROM Track WHERE GenreId = 1)",
        LISTS,
    ),
    "a composite key with a limit": (
        lambda: PlaylistTrack.query().order_by("TrackId", "PlaylistId").limit(7).delete_all(),
        "DELETE FROM PlaylistTrack WHERE (TrackId, PlaylistId) IN (SELECT TrackId, PlaylistId FROM PlaylistTrack ORDER BY 1, 2 LIMIT 7)",
        LISTS,
    ),
    "rows that are judged by others": (
        lambda: InvoiceLine.where(exists(beside().where(BESIDE.Quantity > 0))).update_all(Quantity=0),
        "UPDATE InvoiceLine SET Quantity = 0 WHERE InvoiceLineId > 1",
        LINES,
    ),
    "a deletion of rows that are judged by others": (
        lambda: InvoiceLine.where(~exists(beside())).delete_all(),
        "DELETE FROM InvoiceLine WHERE InvoiceLineId = 1",
        LINES,
    ),
    "a list of keys": (
        lambda: PlaylistTrack.where(
            tuple_(PlaylistTrack.PlaylistId, PlaylistTrack.TrackId).in_([(1, 1), (1, 2)])
        ).delete_all(),
        "DELETE FROM PlaylistTrack WHERE PlaylistId = 1 AND TrackId IN (1, 2)",
        LISTS,
    ),
}


@pytest.mark.places("file", "server")
def test_writes(chinook: Sample, shop: Database) -> None:
    for name, (write, sql, (query, select)) in WRITES.items():
        with Track.transaction() as tx:
            with assert_queries(1, shop):
                count = write()
            found = sorted(query().tuples())
            tx.rollback()
        assert (name, count, found) == (name, *by_hand(chinook, sql, select))


def by_hand(chinook: Sample, sql: str, select: str) -> tuple[int, list[Any]]:
    """How many rows a statement writes, and what is there then; nothing stays so."""
    with chinook.raw() as template, closing(sqlite3.connect(":memory:")) as connection:
        template.backup(connection)
        count = connection.execute(sql).rowcount
        return count, sorted(connection.execute(select).fetchall())


@pytest.mark.places("file", "server")
def test_values_of_other_rows_are_those_before_the_write(shop: Database, engine: str) -> None:
    lines = InvoiceLine.where(InvoiceLine.InvoiceLineId.between(2, 4))
    value = beside().select(BESIDE.InvoiceLineId + BESIDE.Quantity).as_value()
    if engine == "sqlite":
        with assert_queries(0, shop), pytest.raises(NotSupported, match="as they were"):
            lines.update_all(Quantity=value)
        return
    assert lines.update_all(Quantity=value) == 3
    assert lines.order_by("InvoiceLineId").pluck(InvoiceLine.Quantity) == [2, 3, 4]


@pytest.mark.places("file", "server")
def test_in_any_code(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        longest = Track.query().order_by("Milliseconds desc").limit(2)
        assert await longest.async_update_all(Composer="long") == 2
        assert await Track.where(Composer="long").async_count() == 2
        assert await InvoiceLine.where(InvoiceLineId=[1, 2]).async_delete_all(timeout=60) == 2
        assert not await InvoiceLine.where(InvoiceLineId=[1, 2]).async_exists()

    runner.run(main)


@pytest.mark.places("file", "server")
def test_returning(shop: Database) -> None:
    line = InvoiceLine.where(InvoiceLine.InvoiceLineId <= 2).order_by("InvoiceLineId")
    if "update" not in shop.dialect.returning:
        with assert_queries(0, shop), pytest.raises(NotSupported, match=r"for_update\(\)\.ids\(\)"):
            line.update_all(Quantity=3, returning=True)
    else:
        changed = line.update_all(Quantity=InvoiceLine.Quantity + 2, returning=True)
        assert sorted((each.InvoiceLineId, each.Quantity, each.changed) for each in changed) == [
            (1, 3, False),
            (2, 3, False),
        ]
        assert sorted(line.update_all(Quantity=7, returning=("Quantity", "InvoiceLineId")), key=repr) == [
            {"Quantity": 7, "InvoiceLineId": 1},
            {"Quantity": 7, "InvoiceLineId": 2},
        ]
        tracks = line.with_("track").update_all(Quantity=1, returning="*")
        assert {each.track.TrackId for each in tracks} == {2, 4}
    with assert_queries(1, shop):
        gone = line.delete_all(returning=True)
    assert sorted(each.TrackId for each in gone) == [2, 4]
    assert InvoiceLine.where(InvoiceLineId=3).delete_all(returning=["TrackId"]) == [{"TrackId": 6}]
    assert line.delete_all(returning=True) == []


@pytest.mark.places("file", "server")
def test_what_is_refused_sends_nothing(shop: Database) -> None:
    refused: list[tuple[Callable[[], object], type[Exception]]] = [
        (lambda: Track.query().delete_all(), QueryError),
        (lambda: Track.query().update_all(Bytes=1), QueryError),
        (lambda: Track.where(TrackId=1).update_all(Byts=1), UnknownColumn),
        (lambda: Track.where(TrackId=1).update_all(), QueryError),
        (lambda: Track.where(TrackId=1).delete_all(returning=["Byts"]), UnknownColumn),
        (lambda: Track.query().group_by("GenreId").limit(1).delete_all(), QueryError),
    ]
    with assert_queries(0, shop):
        for ask, kind in refused:
            with pytest.raises(kind):
                ask()


@pytest.mark.places("server")
@pytest.mark.engines("postgresql")
def test_a_common_table_that_writes(shop: Database) -> None:
    lines = InvoiceLine.where(InvoiceLine.InvoiceLineId <= 3)
    with assert_queries(1, shop):
        gone = InvoiceLine.query().from_(lines.delete_cte("gone", returning=True)).order_by("InvoiceLineId").all()
    assert [each.TrackId for each in gone] == [2, 4, 6]
    assert not lines.exists()

    grown = Track.where(TrackId=[1, 2]).update_cte("grown", {"Bytes": 5}, returning=["TrackId", "Bytes"])
    rows = (
        Track.query()
        .join(grown, grown.TrackId == Track.TrackId)
        .select(Track.TrackId, grown.Bytes, Track.Bytes.as_("old"))
    )
    # each part sees the table as it was
    assert all(old > new == 5 for _, new, old in rows.tuples())
    assert Track.where(TrackId=[1, 2]).pluck("Bytes") == [5, 5]

    with pytest.raises(ReadOnly), Track.transaction(read_only=True):
        Track.query().with_cte(Track.where(TrackId=1).update_cte("again", Bytes=6)).first()
    assert Track.find(1).Bytes == 5


@pytest.mark.engines("postgresql")
def test_rows_that_others_have_locked_are_left_out(shop: Database) -> None:
    first = Track.query().order_by("TrackId").limit(1).for_update(skip_locked=True)
    with raw.connection("postgresql", shop.configuration.database) as other:
        other.rows("BEGIN")
        other.rows('SELECT 1 FROM "Track" WHERE "TrackId" = 1 FOR UPDATE')
        assert first.update_all(Bytes=1) == 1
        other.rows("ROLLBACK")
    assert Track.where(Bytes=1).ids() == [2]


@pytest.mark.engines("sqlite", "mysql")
@pytest.mark.places("file", "server")
def test_a_write_with_locks_is_refused_elsewhere(shop: Database) -> None:
    with assert_queries(0, shop), pytest.raises(NotSupported):
        Track.query().limit(1).for_update(skip_locked=True).update_all(Bytes=1)


class Counter(ActiveRecord):
    __connection__ = "chinook"
    id: Column[int] = column(primary_key=True)
    place: Column[int] = column(unique=True)
    tags: Column[list[str]]
    note: Column[str] = column(name="odd name")


@pytest.mark.places("memory", "file", "server")
def test_values_are_stored_as_their_columns_are(cell: Cell, tmp_path: Path) -> None:
    ActiveRecord.configure({"chinook": cell.url(tmp_path)})
    create_tables(Counter)
    Counter.insert_all([{"place": n, "tags": [], "note": ""} for n in (1, 2)])
    assert Counter.where(place=1).update_all({"odd name": "x"}, tags=["a", "b"]) == 1
    assert Counter.where(place=1).update_all(note=Counter.note.concat("y")) == 1
    assert [(each.tags, each.note) for each in Counter.query().order_by("id").all()] == [(["a", "b"], "xy"), ([], "")]
    with pytest.raises(UniqueViolation):
        Counter.query().everywhere().update_all(place=5)
    assert Counter.query().order_by("id").pluck("place") == [1, 2]


class Sum(Undeclared):
    __connection__ = "chinook"
    __table_name__ = "sums"


class Shown(Undeclared):
    __connection__ = "chinook"
    __table_name__ = "seen"


@pytest.mark.places("memory", "server")
def test_what_cannot_be_written(cell: Cell, tmp_path: Path) -> None:
    ActiveRecord.configure({"chinook": cell.url(tmp_path)})
    run_blocking(_tables_with_more, "tables")
    refused: list[tuple[Callable[[], object], str]] = [
        (lambda: Sum.where(id=1).update_all(twice=1), "computed by the database"),
        (lambda: Shown.where(id=1).update_all(n=1), "is a view"),
        (lambda: Shown.where(id=1).delete_all(), "is a view"),
    ]
    for ask, words in refused:
        with pytest.raises(QueryError, match=words):
            ask()
    changed = Sum.where(id=1).update_all(n=Sum.n + Sum.twice)
    assert (changed, Sum.query().pluck("n", "twice")) == (1, [(6, 12)])


async def _tables_with_more() -> None:
    for sql in (
        "CREATE TABLE sums (id INTEGER PRIMARY KEY, n INTEGER, twice INTEGER GENERATED ALWAYS AS (n * 2) STORED)",
        "CREATE VIEW seen AS SELECT id, n FROM sums",
        "INSERT INTO sums (id, n) VALUES (1, 2)",
    ):
        await database("chinook").execute_text(sql)


@pytest.mark.places("file", "server")
def test_one_text_serves_all_values_and_no_table_need_be_known(chinook: Sample, cell: Cell, tmp_path: Path) -> None:
    chinook.configure(cell, tmp_path)
    statements: set[int] = set()
    for number in (1, 2, 3, 4):
        Track.where(TrackId=number).join("album").update_all(Bytes=number * 1_000, Composer=f"x{number}")
        statements.add(database("chinook").statements.compiled)
    assert len(statements) == 1
    assert Track.where(Track.TrackId < 5).order_by("TrackId").pluck("Composer") == ["x1", "x2", "x3", "x4"]
