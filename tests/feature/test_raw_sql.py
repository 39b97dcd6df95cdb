"""SQL of the program's own over the music shop: records, values, statements of any kind."""

import contextlib
import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activerecord import (
    ActiveRecord,
    Column,
    ColumnNotLoaded,
    DataError,
    InvalidValue,
    QueryError,
    ReadOnly,
    RecordNotFound,
    RelationNotLoaded,
    StatementResult,
    SyntaxError_,
    Undeclared,
    UniqueViolation,
    UsageError,
    async_execute,
    column,
    create_tables,
    execute,
)
from activerecord.database import Database, database
from activerecord.testing.queries import assert_queries
from activerecord.testing.runners import RUNNERS
from tests.feature.cells import Cell
from tests.feature.conftest import Run
from tests.feature.sample import Sample, sample

pytestmark = pytest.mark.places("file", "server")
run = RUNNERS["asyncio"].run


class Artist(Undeclared):
    __table_name__ = "Artist"
    __connection__ = "chinook"


class Album(Undeclared):
    __table_name__ = "Album"
    __connection__ = "chinook"


class Track(Undeclared):
    __table_name__ = "Track"
    __connection__ = "chinook"


class Invoice(Undeclared):
    __table_name__ = "Invoice"
    __connection__ = "chinook"


class Parcel(ActiveRecord):
    __table_name__ = "parcels"
    id: Column[int] = column(primary_key=True)
    to: Column[str] = column(length=50, unique=True)
    paid: Column[bool]
    sent: Column[dt.date | None]
    price: Column[Decimal]


@pytest.fixture(scope="module")
def chinook() -> Sample:
    return sample("chinook")


@pytest.fixture
def shop(chinook: Sample, cell: Cell, tmp_path: Path) -> Database:
    chinook.configure(cell, tmp_path)
    return database("chinook")


@pytest.fixture
def say(engine: str) -> Callable[[str], str]:
    """SQL with names in double quotes, as the engine has them."""
    return (lambda sql: sql.replace('"', "`")) if engine == "mysql" else str


@pytest.fixture
def parcels(configured: str) -> None:
    del configured
    create_tables(Parcel)
    Parcel.create(to="ann", paid=True, sent=dt.date(2024, 5, 1), price=Decimal("1.25"))
    Parcel.create(to="bob", paid=False, sent=None, price=Decimal("20.5"))


# records


@pytest.mark.usefixtures("shop")
def test_a_join_equals_plain_sqlite(chinook: Sample, say: Callable[[str], str]) -> None:
    sql = (
        'SELECT a."Name" AS artist, b."Title" AS title, count(*) AS n FROM "Artist" a JOIN "Album" b ON b."ArtistId" = a."ArtistId" '
        'JOIN "Track" t ON t."AlbumId" = b."AlbumId" WHERE t."Milliseconds" > ? AND a."ArtistId" IN (?) '
        'GROUP BY a."ArtistId", a."Name", b."AlbumId", b."Title" ORDER BY count(*) DESC, b."AlbumId"'
    )
    wanted = chinook.rows(sql.replace("IN (?)", "IN (?, ?, ?)"), 200_000, 1, 22, 90)
    found = Artist.from_sql(say(sql), 200_000, [1, 22, 90])
    assert found.tuples() == wanted
    assert len(wanted) > 20
    assert found.dicts()[0] == {"artist": wanted[0][0], "title": wanted[0][1], "n": wanted[0][2]}
    assert [(each["artist"], each["title"], each["n"]) for each in found.all()] == wanted
    assert found.scalars() == [row[0] for row in wanted]
    assert found.scalar() == wanted[0][0]
    assert execute(say(sql), 200_000, [1, 22, 90], connection="chinook").rows == wanted


@pytest.mark.usefixtures("shop")
def test_records_are_of_the_model(run: Run[Any], say: Callable[[str], str]) -> None:
    async def read() -> None:
        with assert_queries(3, database("chinook")):
            found = (
                await Album.from_sql(
                    say('SELECT "Album".*, 1 + 1 AS two FROM "Album" WHERE "AlbumId" < :last ORDER BY "AlbumId"'),
                    last=4,
                )
                .with_("tracks", "artist")
                .async_all()
            )
        assert [(album.AlbumId, album["two"], len(album.tracks), album.artist.Name) for album in found] == [
            (1, 2, 10, "AC/DC"),
            (2, 2, 1, "Accept"),
            (3, 2, 3, "Accept"),
        ]
        found[0].Title = "Another"
        await found[0].async_save()
        assert (await Album.async_find(1)).Title == "Another"

    async def begin() -> None:
        for model in (Artist, Album, Track):
            await model.async_schema()
        await read()

    run(begin)


@pytest.mark.usefixtures("parcels")
def test_values_are_loaded_as_the_models_columns_are() -> None:
    sql = "SELECT price, sent, paid, 'x' AS extra FROM parcels ORDER BY id"
    first = Parcel.from_sql(sql).first()
    assert first is not None
    values = (Decimal("1.25"), dt.date(2024, 5, 1), True, "x")
    assert (first.price, first.sent, first.paid, first["extra"]) == values
    assert first.paid is True
    assert Parcel.from_sql(sql).tuples()[0] == values
    assert Parcel.from_sql(sql).dicts()[1] == {"price": Decimal("20.5"), "sent": None, "paid": False, "extra": "x"}
    assert Parcel.from_sql("SELECT paid FROM parcels ORDER BY id").scalars() == [True, False]


@pytest.mark.usefixtures("parcels")
def test_what_was_not_read_names_itself_and_is_not_saved() -> None:
    found = Parcel.from_sql("SELECT id, price FROM parcels WHERE price > ?", Decimal(2)).one()
    with pytest.raises(ColumnNotLoaded, match=r"Parcel\.to"):
        _ = found.to
    found.price = Decimal(3)
    found.save()
    assert execute("SELECT price, sent FROM parcels WHERE id = ?", found.id, types={"price": Decimal}).rows == [
        (Decimal(3), None)
    ]
    keyless = Parcel.from_sql("SELECT price FROM parcels").all()[0]
    keyless.price = Decimal(4)
    with pytest.raises(ColumnNotLoaded, match=r"Parcel\.id"):
        keyless.save()


@pytest.mark.usefixtures("parcels")
def test_one_and_none_and_several() -> None:
    sql = "SELECT * FROM parcels WHERE price > ?"
    assert Parcel.from_sql(sql, [2]).one().to == "bob"
    assert Parcel.from_sql(sql, 99).first() is None
    assert Parcel.from_sql(sql, 99).one_or_none() is None
    assert Parcel.from_sql(sql, 99).scalar() is None
    with pytest.raises(RecordNotFound):
        Parcel.from_sql(sql, 99).one()
    with pytest.raises(QueryError, match="several"):
        Parcel.from_sql(sql, 0).one_or_none()


@pytest.mark.usefixtures("parcels")
def test_two_columns_of_one_name_are_refused() -> None:
    query = Parcel.from_sql("SELECT id, price, id FROM parcels ORDER BY id")
    for verb in (query.all, query.dicts, query.first):
        with pytest.raises(QueryError, match="two columns of the answer are called 'id'"):
            verb()
    assert query.tuples()[0] == (1, Decimal("1.25"), 1)


@pytest.mark.usefixtures("parcels")
def test_what_gives_no_rows_gives_no_records() -> None:
    with pytest.raises(QueryError, match=r"activerecord\.execute"):
        Parcel.from_sql("DELETE FROM parcels WHERE id = ?", 99).all()


@pytest.mark.usefixtures("shop")
def test_relations_that_were_not_asked_for(say: Callable[[str], str]) -> None:
    async def read() -> None:
        for model in (Artist, Album, Track):
            await model.async_schema()
        albums = await Album.from_sql(say('SELECT * FROM "Album" WHERE "AlbumId" < 3')).async_all()
        with pytest.raises(RelationNotLoaded):
            len(albums[0].tracks)
        with assert_queries(1, database("chinook")):
            assert [len(await album.tracks) for album in albums] == [10, 1]

    run(read)


@pytest.mark.usefixtures("parcels")
def test_to_sql_sends_nothing(engine: str) -> None:
    with assert_queries(0, database()):
        sql, binds = Parcel.from_sql("SELECT * FROM parcels WHERE paid = ? AND id IN (?)", True, [1, 2]).to_sql()
    assert sql.count("$" if engine == "postgresql" else "?") == 3
    assert binds in ([True, 1, 2], [1, 1, 2])


# statements


@pytest.mark.usefixtures("parcels")
def test_statements_of_every_kind(engine: str) -> None:
    added = execute(
        'INSERT INTO parcels ("to", paid, price) VALUES (?, ?, ?)'.replace('"', "`" if engine == "mysql" else '"'),
        "eve",
        True,
        Decimal("7.5"),
    )
    assert (added.rows, added.affected, added.last_id) == ([], 1, None if engine == "postgresql" else 3)
    assert execute("UPDATE parcels SET paid = ? WHERE price > :p".replace(":p", "?"), False, 5).affected == 2
    assert execute("UPDATE parcels SET paid = :paid WHERE price > :above", {"paid": True, "above": 5}).affected == 2
    read = execute("SELECT id, price FROM parcels WHERE sent IS NULL ORDER BY id", types={"price": Decimal})
    assert read == StatementResult(("id", "price"), [(2, Decimal("20.5")), (3, Decimal("7.5"))])
    assert execute("SELECT count(*) FROM parcels WHERE sent = ?", None).scalar() == 0
    assert execute("DELETE FROM parcels WHERE id IN (?)", [2, 3, 99]).affected == 2
    assert execute("CREATE TABLE shelves (id int)") == StatementResult()
    assert execute("DROP TABLE shelves") == StatementResult()


@pytest.mark.usefixtures("parcels")
def test_rows_of_what_was_written(engine: str) -> None:
    if "delete" not in database().dialect.returning:
        pytest.skip("no RETURNING here")
    if engine == "mysql":
        assert execute("DELETE FROM parcels WHERE id > ? RETURNING id", 0) == StatementResult(("id",), [(1,), (2,)], 2)
        return
    sql = "UPDATE parcels SET price = price + ? WHERE id > ? RETURNING id, paid"
    assert execute(sql, 1, 0, types={"paid": bool}) == StatementResult(("id", "paid"), [(1, True), (2, False)], 2)
    found = Parcel.from_sql("DELETE FROM parcels WHERE paid RETURNING *").one()
    assert (found.to, found.paid) == ("ann", True)


@pytest.mark.usefixtures("parcels")
def test_errors_of_the_engine_leave_as_ours() -> None:
    with pytest.raises(UniqueViolation):
        execute("UPDATE parcels SET id = ?", 5)
    for sql in ("SELECT 1; SELECT 2", "SELEC 1", "SELECT * FROM nowhere"):
        with pytest.raises(SyntaxError_):
            execute(sql)
    assert execute("SELECT 1;").scalar() == 1
    with pytest.raises(QueryError, match=r"no column 'pride'.*price"):
        execute("SELECT price FROM parcels", types={"pride": Decimal})


@pytest.mark.usefixtures("parcels")
def test_it_takes_part_in_the_transaction(run: Run[Any]) -> None:
    async def write() -> None:
        with pytest.raises(ZeroDivisionError):
            async with Parcel.async_transaction():
                assert (await async_execute("DELETE FROM parcels")).affected == 2
                assert (await async_execute("SELECT count(*) FROM parcels")).scalar() == 0
                raise ZeroDivisionError
        assert (await async_execute("SELECT count(*) FROM parcels", timeout=5)).scalar() == 2
        async with Parcel.async_transaction():
            with pytest.raises(UsageError, match="transaction"):
                await async_execute("COMMIT")
            await async_execute("DELETE FROM parcels WHERE id = 1")
        assert await Parcel.query().async_ids() == [2]

    run(write)


WRITING = [
    "INSERT INTO parcels (id, paid, price) VALUES (9, 1 = 1, 1)",
    "WITH a AS (SELECT 9 AS id) UPDATE parcels SET price = 0",
    "DROP TABLE parcels",
]


@pytest.mark.usefixtures("parcels")
def test_a_read_only_transaction_refuses_what_writes(engine: str) -> None:
    for sql in (WRITING[0], WRITING[2]):
        with Parcel.transaction(read_only=True):
            assert execute("SELECT count(*) FROM parcels").scalar() == 2
            with pytest.raises(ReadOnly):
                execute(sql)
    if engine != "mysql":
        with pytest.raises(ReadOnly), Parcel.transaction(read_only=True):
            execute(WRITING[1])
        with pytest.raises(ReadOnly), Parcel.transaction(read_only=True):
            execute(WRITING[1], writes=True)
        assert execute(WRITING[1]).affected == 2
    # the connection is as it was before
    assert execute("UPDATE parcels SET price = 1").affected == 2
    with Parcel.transaction():
        assert execute("UPDATE parcels SET price = 2").affected == 2


@pytest.mark.engines("sqlite")
@pytest.mark.usefixtures("parcels")
def test_sqlite_reads_go_on_after_a_write_was_refused(run: Run[Any]) -> None:
    async def read() -> None:
        async with Parcel.async_transaction(read_only=True):
            for _ in range(2):
                with pytest.raises(ReadOnly):
                    await async_execute("PRAGMA user_version = 5")
                assert (await async_execute("WITH a AS (SELECT 5 AS b) SELECT b FROM a")).scalar() == 5
                assert await Parcel.query().async_count() == 2
        assert (await async_execute("PRAGMA query_only")).scalar() == 0
        await async_execute("PRAGMA user_version = 5")
        assert (await async_execute("PRAGMA user_version")).scalar() == 5

    run(read)


@pytest.mark.engines("postgresql")
@pytest.mark.usefixtures("parcels")
def test_postgresql_strings_of_its_own() -> None:
    assert execute(r"SELECT $$it's ? :a$$, $t$ $$ $t$, E'\'?', CAST(? AS text)", "x").rows == [
        ("it's ? :a", " $$ ", "'?", "x")
    ]
    assert execute("SELECT 1 /* a /* ? */ b */ + CAST(? AS int)", 1).scalar() == 2
    assert execute("DO $$ BEGIN DELETE FROM parcels WHERE \"to\" = 'ann?'; END $$") == StatementResult()
    assert execute("SELECT '{\"a\": 1}'::jsonb ?? 'a', (ARRAY[1, 2, 3])[1 : :n]", {"n": 2}).rows == [(True, [1, 2])]
    with pytest.raises(UsageError, match="COPY"):
        execute("COPY parcels TO STDOUT")


@pytest.mark.engines("mysql")
@pytest.mark.usefixtures("parcels")
def test_mysql_strings_of_its_own() -> None:
    assert execute(r"""SELECT 'it\'s ?', "a\"?", ? """, "x").rows == [("it's ?", 'a"?', "x")]


@pytest.mark.usefixtures("parcels")
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    st.text(max_size=20)
    | st.sampled_from(["'; DROP TABLE parcels; --", "?", ":a", "$1", "%s", "\\", "'", '"', "*/", "$$", "\0"])
)
def test_values_stay_values(say: Callable[[str], str], hostile: str) -> None:
    refused = contextlib.suppress(DataError, InvalidValue) if "\0" in hostile else contextlib.nullcontext()
    with refused:
        assert execute(say('UPDATE parcels SET "to" = ? WHERE id = ?'), hostile, 1).affected == 1
        assert execute(
            say('SELECT "to" FROM parcels WHERE "to" = :a AND id IN (:ids)'), {"a": hostile, "ids": [1, 9]}
        ).scalars() == [hostile]
        assert [
            each.to for each in Parcel.from_sql(say('SELECT * FROM parcels WHERE "to" IN (?)'), [hostile, "x"]).all()
        ] == [hostile]
    assert execute("SELECT count(*) FROM parcels").scalar() == 2


NAMES = [
    "_row",
    "_origin",
    "__class__",
    "__dict__",
    "save",
    "class",
    "to_sql",
    "column save",
    "a b",
    "x'y",
    "{x}",
    "%s",
    "é",
    "",
]


@pytest.mark.usefixtures("parcels")
def test_columns_of_any_name(say: Callable[[str], str], engine: str) -> None:
    # a server has no column without a name
    names = NAMES if engine == "sqlite" else NAMES[:-1]
    sql = say("SELECT " + ", ".join([f'{number} AS "{name}"' for number, name in enumerate(names)]))
    found = Parcel.from_sql(sql).one()
    assert [found[name] for name in names] == list(range(len(names)))
    assert callable(found.save)
    assert execute(sql).columns == tuple(names)


@pytest.mark.usefixtures("parcels")
def test_a_statement_is_compiled_once() -> None:
    statements = database().statements
    before = statements.compiled
    for number in range(5):
        execute("SELECT price FROM parcels WHERE id = ?", number)
        Parcel.from_sql("SELECT * FROM parcels WHERE id = ?", number).all()
        Parcel.where(id=number).explain()
    assert statements.compiled - before == 3
