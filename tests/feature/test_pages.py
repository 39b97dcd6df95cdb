"""Pages by cursor and by number: every row once, forwards and backwards, whatever the order and however many NULLs."""

import datetime as dt
import random
import uuid
from collections.abc import Callable, Sequence
from decimal import Decimal
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activerecord import (
    ActiveRecord,
    BelongsTo,
    Column,
    HasMany,
    InvalidCursor,
    NumberedPage,
    Page,
    Query,
    QueryError,
    Undeclared,
    belongs_to,
    column,
    create_tables,
    fn,
    has_many,
)
from activerecord.config import Configuration
from activerecord.database import database
from activerecord.query.cursor import CursorText
from activerecord.sql.expression import Expression, Ordering
from activerecord.testing.queries import assert_queries
from activerecord.testing.runners import RUNNERS, Runner
from activerecord.types import Float
from tests.feature.busy import with_settings
from tests.feature.cells import Cell
from tests.feature.sample import Sample, sample

IN_MEMORY = pytest.mark.places("memory")
NOT_IN_MEMORY = pytest.mark.places("file", "server")


class Hue(Enum):
    RED = "red"
    BLUE = "blue"


class Stone(ActiveRecord):
    __table_name__ = "page_stones"
    id: Column[int] = column(primary_key=True)
    weight: Column[int]
    boolean: Column[bool | None]
    integer: Column[int | None]
    real: Column[float | None]
    decimal: Column[Decimal | None]
    text: Column[str | None] = column(length=20)
    binary: Column[bytes | None]
    date: Column[dt.date | None]
    time: Column[dt.time | None]
    moment: Column[dt.datetime | None]
    span: Column[dt.timedelta | None]
    token: Column[uuid.UUID | None]
    hue: Column[Hue | None]
    chips: HasMany["Chip"] = has_many()


class Chip(ActiveRecord):
    __table_name__ = "page_chips"
    id: Column[int] = column(primary_key=True)
    stone_id: Column[int] = column(references="page_stones.id")
    stone: BelongsTo[Stone] = belongs_to()


class Square(ActiveRecord):
    __table_name__ = "page_squares"
    row: Column[int] = column(primary_key=True)
    place: Column[int] = column(primary_key=True)
    value: Column[int | None]


class Track(Undeclared):
    __table_name__ = "Track"
    __connection__ = "chinook"


class Album(Undeclared):
    __table_name__ = "Album"
    __connection__ = "chinook"


NAIVE = dt.datetime(2024, 1, 31, 12, 30, 1, 250)  # noqa: DTZ001
# By column: few values, so that many rows have the same.
VALUES: dict[str, Sequence[Any]] = {
    "boolean": (True, False),
    "integer": (5, -(2**63), 2**40, 0),
    "real": (1.5, -0.1, 1e300, 1 / 3),
    "decimal": (Decimal("1234567.125"), Decimal("0.1"), Decimal(-3)),
    "text": ("it's", 'a "{b},NULL\\', "", "Ünï%_", "it's "),
    "binary": (b"\0\xff", b"", b"abc"),
    "date": (dt.date(2024, 2, 29), dt.date(1970, 1, 1)),
    "time": (dt.time(12, 30, 1, 5), dt.time()),
    "moment": (NAIVE, NAIVE.replace(year=1999), NAIVE.replace(microsecond=0)),
    "span": (dt.timedelta(days=-1, microseconds=1), dt.timedelta(hours=1)),
    "token": (uuid.UUID(int=5), uuid.UUID(int=2**127)),
    "hue": (Hue.RED, Hue.BLUE),
}
COUNT = 40


def fill(seed: int) -> None:
    """Rows of all types, a third of their values NULL."""
    create_tables(Stone, Chip)
    chance = random.Random(seed)
    Stone.insert_all(
        [
            {
                "weight": chance.randrange(4),
                **{name: chance.choice((None, *values[:2], *values)) for name, values in VALUES.items()},
            }
            for _ in range(COUNT)
        ]
    )


@pytest.fixture
def stones(configured: str) -> str:
    fill(7)
    return configured


@pytest.fixture
def chinook(cell: Cell, tmp_path: Path) -> Sample:
    found = sample("chinook")
    found.configure(cell, tmp_path)
    return found


def keys(page: Sequence[Any]) -> list[int]:
    return [record.id for record in page]


def turn_over(query: Query[Any], limit: int, key: Callable[[Any], Any] = lambda record: record.id) -> list[Any]:
    """The keys of all rows by pages, forwards; the pages backwards must be the same."""
    pages = [query.paginate(limit)]
    assert pages[0].previous is None
    while (cursor := pages[-1].next) is not None:
        pages.append(query.paginate(limit, after=cursor))
        assert pages[-1].has_previous
    forwards = [[key(record) for record in page] for page in pages]
    assert all(len(found) == limit for found in forwards[:-1])
    backwards = [forwards[-1]]
    cursor = pages[-1].previous
    while cursor is not None:
        page = query.paginate(limit, before=cursor)
        assert page.has_next
        backwards.append([key(record) for record in page])
        cursor = page.previous
    assert backwards[::-1] == forwards
    return [found for page in forwards for found in page]


def remove(condition: Expression[bool]) -> None:
    for stone in Stone.where(condition).all():
        assert stone.delete()


# every row once


def test_pages_forwards_and_backwards(stones: str, runner: Runner) -> None:
    async def main() -> None:
        query = Stone.query().order_by(Stone.integer.desc())
        first = await query.async_paginate(limit=15)
        assert isinstance(first, Page)
        assert (first.has_next, first.has_previous, len(first), first[0], first[-1:]) == (
            (True, False, 15, first.records[0], first.records[14:])
        )
        second = await query.async_paginate(15, after=first.next)
        third = await query.async_paginate(15, after=second.next)
        assert (third.has_next, third.has_previous, len(third)) == (False, True, 10)
        assert keys(await query.async_paginate(15, before=third.previous)) == keys(second)
        back = await query.async_paginate(15, before=second.previous)
        assert (keys(back), back.previous) == (keys(first), None)
        assert keys([*first, *second, *third]) == await query.order_by(Stone.id.desc()).async_ids()

    runner.run(main)


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("descending", [False, True])
def test_orders_by_every_type(stones: str, name: str, descending: bool) -> None:
    order = Stone[name].desc() if descending else Stone[name].asc()
    wanted = Stone.query().order_by(order, Stone.id.desc() if descending else "id").ids()
    assert turn_over(Stone.query().order_by(order), 6) == wanted


def orders() -> st.SearchStrategy[list[Ordering]]:
    def ordering(name: str, descending: bool, nulls: str | None) -> Ordering:
        return Ordering(Stone[name], descending=descending, nulls=nulls)

    names = st.sampled_from([*VALUES, "weight", "id"])
    one = st.builds(ordering, names, st.booleans(), st.sampled_from([None, "FIRST", "LAST"]))
    return st.lists(one, min_size=1, max_size=4)


@given(orders=orders(), limit=st.integers(1, 17), seed=st.integers(0, 3))
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_order(stones: str, orders: list[Ordering], limit: int, seed: int) -> None:
    last = Stone.id.desc() if orders[-1].descending else Stone.id.asc()
    wanted = Stone.query().order_by(*orders, last).ids()
    assert turn_over(Stone.query().order_by(*orders), limit) == wanted


def test_orders_by_expressions(stones: str) -> None:
    for order in (
        (Stone.weight * 7 - Stone.id).desc(),
        fn.coalesce(Stone.text, "m").asc(),
        fn.length(Stone.text).desc(),
        (Stone.real + 0.1).asc(),
        (Stone.decimal * Decimal("1.1")).desc(),
    ):
        wanted = Stone.query().order_by(order, Stone.id.desc() if order.descending else "id").ids()
        assert turn_over(Stone.query().order_by(order), 7) == wanted
        shown = Stone.query().select("id", order.operand.as_("shown")).order_by(order)
        assert turn_over(shown, 7) == wanted
    for order in (Stone.integer + 1).asc().nulls_last(), (Stone.integer + 1).desc().nulls_first():
        wanted = Stone.query().order_by(order, Stone.id.desc() if order.descending else "id").ids()
        assert turn_over(Stone.query().order_by(order), 7) == wanted


class Share(ActiveRecord):
    __table_name__ = "shares"
    id: Column[int] = column(primary_key=True)
    part: Column[Decimal]


def test_an_order_by_more_digits_than_a_column_has(configured: str) -> None:
    create_tables(Share)
    Share.insert_all([{"part": part} for part in (5, 4, 3, 2, 1)])
    assert turn_over(Share.query().order_by(Share.part / 3), 2) == [5, 4, 3, 2, 1]


class Pace(ActiveRecord):
    __table_name__ = "paces"
    id: Column[int] = column(primary_key=True)
    speed: Column[Annotated[float, Float(32)]]


def test_an_order_by_what_is_computed_of_floats_of_32_bits(configured: str) -> None:
    """Some engines compute it in 64 bits: a cursor of 32 would be the place of no row."""
    create_tables(Pace)
    Pace.insert_all([{"speed": speed} for speed in (0.7, 0.3, 0.1, 0.7, 0.3)])
    for order in Pace.speed * 3, Pace.speed + 1, fn.round(Pace.speed * 1.5), Pace.speed:
        assert turn_over(Pace.query().order_by(order), 1) == Pace.query().order_by(order, "id").ids()


def test_composite_keys(configured: str) -> None:
    create_tables(Square)
    cells = [{"row": row, "place": place, "value": (row * place) % 3 or None} for row in range(6) for place in range(4)]
    Square.insert_all(cells)
    pairs = [(cell["row"], cell["place"]) for cell in cells]
    assert turn_over(Square.query(), 5, lambda cell: (cell.row, cell.place)) == pairs
    for query in (
        Square.query().order_by("place desc", "row"),
        Square.query().order_by("value", "place"),
        Square.query().order_by("row desc"),
    ):
        wanted = query.order_by(
            "row desc" if query.clauses.orders[-1].descending else "row",
            "place desc" if query.clauses.orders[-1].descending else "place",
        ).ids()
        assert turn_over(query, 5, lambda cell: (cell.row, cell.place)) == wanted


# what a page is made of


def test_how_many_statements(stones: str) -> None:
    Chip.insert_all([{"stone_id": number % COUNT + 1} for number in range(60)])
    query = Stone.query().with_("chips").order_by("weight")
    page = query.paginate(10)
    with assert_queries(2, database()):
        page = query.paginate(10, after=page.next)
        assert sum(len(stone.chips) for stone in page) > 10
    compiled = database().statements.compiled
    query.paginate(10, after=page.next)
    assert database().statements.compiled == compiled
    with assert_queries(2, database()):
        Stone.query().page(2, per_page=7)


def test_records_have_no_more_than_was_selected(stones: str) -> None:
    page = Stone.query().select("id", "weight").order_by(Stone.integer.desc()).paginate(5)
    assert [set(stone.attributes) for stone in page] == [{"id", "weight"}] * 5
    assert page[0].changes == {}
    with_others = Stone.query().order_by(fn.lower(Stone.text)).paginate(5)
    assert set(with_others[0].attributes) == {"id", "weight", *VALUES}
    assert with_others[0].update(weight=9)


def test_the_edges(stones: str) -> None:
    everything = Stone.query().paginate(COUNT)
    assert (everything.next, everything.previous, len(everything)) == (None, None, COUNT)
    nothing = Stone.where(weight=99).paginate()
    assert (list(nothing), nothing.next, nothing.previous) == ([], None, None)
    # What a cursor leads to may be gone when it comes back, and so may that which it was made of.
    page = Stone.query().paginate(10)
    remove(Stone.id >= 10)
    gone = Stone.query().paginate(10, after=page.next)
    assert (list(gone), gone.next) == ([], None)
    assert keys(Stone.query().paginate(10, before=gone.previous)) == list(range(1, 10))
    for size in 0, -1, True, 10_001, "5", 1.0:
        with pytest.raises(QueryError, match="from 1 to 10000"):
            Stone.query().paginate(size)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        with pytest.raises(QueryError, match="from 1 to 10000"):
            Stone.query().page(per_page=size)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def test_an_empty_page_leads_back_to_where_it_began(stones: str) -> None:
    """Also to the very row that its cursor was made of, where that is there still."""
    page = Stone.query().paginate(10)
    remove(Stone.id > 10)
    empty = Stone.query().paginate(10, after=page.next)
    assert (list(empty), empty.next) == ([], None)
    assert keys(Stone.query().paginate(20, before=empty.previous)) == list(range(1, 11))
    last = Stone.query().paginate(5, after=Stone.query().paginate(5).next)
    remove(Stone.id < 6)
    empty = Stone.query().paginate(10, before=last.previous)
    assert (list(empty), empty.previous) == ([], None)
    assert keys(Stone.query().paginate(10, after=empty.next)) == [6, 7, 8, 9, 10]


def test_rows_that_come_meanwhile_shift_nothing(stones: str) -> None:
    query = Stone.query().order_by(Stone.id.desc())
    page = query.paginate(10)
    Stone.create(weight=1)
    page.records[3].delete()
    assert keys(query.paginate(10, after=page.next)) == list(range(COUNT - 10, COUNT - 20, -1))


@IN_MEMORY
def test_values_of_another_type_than_their_column_have_their_place(stones: str) -> None:
    """SQLite stores what it is given, and a program of another hand may have written anything."""
    RUNNERS["sync"].run(
        lambda: database().execute_text(
            """UPDATE page_stones SET
            moment = CASE id % 4 WHEN 0 THEN '2024-01-31T12:30:01' WHEN 1 THEN 'soon' WHEN 2 THEN 5 ELSE moment END,
            decimal = CASE id % 3 WHEN 0 THEN 'many' WHEN 1 THEN 0.1 + 0.2 ELSE decimal END""",
            writes=True,
        )
    )
    for name in "moment", "decimal":
        assert turn_over(Stone.query().order_by(name), 1) == Stone.query().order_by(name, "id").ids()


# joins


@NOT_IN_MEMORY
def test_orders_by_columns_of_a_joined_table(chinook: Sample) -> None:
    wanted = chinook.rows(
        "SELECT t.TrackId FROM Track t LEFT JOIN Album a ON a.AlbumId = t.AlbumId WHERE t.TrackId < 300 "
        "ORDER BY a.ArtistId DESC, t.Milliseconds DESC, t.TrackId DESC"
    )
    query = (
        Track.query().left_join("album").where(Track.TrackId < 300).order_by(Album.ArtistId.desc(), "Milliseconds desc")
    )
    assert turn_over(query, 77, lambda track: track.TrackId) == [key for (key,) in wanted]
    narrow = query.select("TrackId", Album.ArtistId.as_("artist"))
    assert turn_over(narrow, 100, lambda track: track.TrackId) == [key for (key,) in wanted]
    page = Track.query().order_by("Composer").paginate(5)
    with pytest.raises(InvalidCursor):
        query.paginate(5, after=page.next)


@NOT_IN_MEMORY
def test_joins_that_multiply(chinook: Sample) -> None:
    joined = Album.query().join("tracks").where(Track.Milliseconds > 600_000)
    with pytest.raises(QueryError, match=r"distinct\(\)"):
        joined.paginate(5)
    wanted = chinook.rows(
        "SELECT DISTINCT a.AlbumId FROM Album a JOIN Track t USING (AlbumId) WHERE t.Milliseconds > 600000 ORDER BY AlbumId"
    )
    assert turn_over(joined.distinct(), 9, lambda album: album.AlbumId) == [key for (key,) in wanted]
    with pytest.raises(QueryError, match="sorted by what it selects"):
        joined.distinct().order_by(Track.Milliseconds).paginate(5)
    rows = chinook.rows(
        "SELECT a.AlbumId FROM Album a JOIN Track t USING (AlbumId) WHERE t.Milliseconds > 600000 "
        "ORDER BY a.ArtistId, t.TrackId, a.AlbumId"
    )
    both = joined.order_by("ArtistId", Track.TrackId)
    assert turn_over(both, 50, lambda album: album.AlbumId) == [key for (key,) in rows]


def test_queries_that_have_no_such_pages(stones: str) -> None:
    for wrong, word in (
        (Stone.query().limit(5), "limit"),
        (Stone.query().offset(5), "offset"),
        (Stone.query().group_by("weight"), "group_by"),
        (Stone.query().having("count(*) > 1"), "having"),
        (Stone.query().select("weight").distinct(), "distinct"),
    ):
        with pytest.raises(QueryError, match=word):
            wrong.paginate()
    with pytest.raises(QueryError, match="one cursor"):
        Stone.query().paginate(after="a", before="b")


# cursors


def test_a_cursor_belongs_to_its_order(stones: str) -> None:
    query = Stone.query().order_by("weight", Stone.text.desc())
    cursor = query.paginate(5).next
    assert cursor is not None
    assert query.where(Stone.weight > 0).paginate(5, after=cursor)
    for other in (
        Stone.query(),
        query.reorder("weight", "text"),
        query.reorder("weight desc", "text desc"),
        query.order_by("span"),
        query.reorder(Stone.text.desc(), "weight"),
        query.reorder("weight", Stone.text.desc().nulls_first()),
        query.reorder(Stone.weight + 1, Stone.text.desc()),
        Chip.query().order_by("stone_id"),
    ):
        with pytest.raises(InvalidCursor), assert_queries(0, database()):
            other.paginate(5, after=cursor)


def test_a_damaged_cursor(stones: str) -> None:
    query = Stone.query().order_by("weight", "text", "moment")
    cursor = query.paginate(5).next
    assert cursor is not None

    @given(data=st.data())
    @settings(max_examples=300, deadline=None)
    def damaged(data: st.DataObject) -> None:
        letters = list(cursor)
        place = data.draw(st.integers(0, len(letters) - 1))
        letters[place] = data.draw(st.characters())
        text = "".join(letters)[: data.draw(st.integers(0, len(letters) + 5))]
        if text != cursor:
            refused(query, text)

    damaged()
    for wrong in (
        "",
        " ",
        cursor + "=",
        cursor + "\n",
        cursor[:-1],
        cursor[1:],
        cursor * 100,
        "é",
        "\ud800",
        5,
        b"a",
        cursor.encode(),
    ):
        refused(query, wrong)


@given(cursor=st.text(max_size=200) | st.binary(max_size=200) | st.integers())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@IN_MEMORY
def test_any_text_for_a_cursor(stones: str, cursor: object) -> None:
    refused(Stone.query(), cursor)


def refused(query: Query[Any], cursor: Any) -> None:
    with assert_queries(0, database()):
        for bounds in ({"after": cursor}, {"before": cursor}):
            with pytest.raises(InvalidCursor) as caught:
                query.paginate(5, **bounds)
            said = f"{caught.value} {caught.value!r}"
            assert len(str(cursor)) < 12 or str(cursor) not in said
            assert caught.value.__cause__ is None


VALUE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False),
    st.decimals(allow_nan=False),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=10),
    st.binary(max_size=10),
    st.dates(),
    st.times(),
    st.datetimes(),
    st.datetimes(timezones=st.just(dt.UTC)),
    st.timedeltas(),
    st.uuids(),
)


@pytest.mark.parametrize("name", [*VALUES])
def test_a_forged_cursor_gives_another_place_or_is_refused(
    stones: str, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Without a secret anyone can make one. What its values are is checked, and they are bound."""
    query = Stone.query().order_by(name)
    found: list[CursorText] = []
    write = CursorText.write

    def remember(self: CursorText, place: Sequence[Any], *, inclusive: bool) -> str:
        found.append(self)
        return write(self, place, inclusive=inclusive)

    monkeypatch.setattr(CursorText, "write", remember)
    query.paginate(5)
    everything = set(range(1, COUNT + 1))

    @given(value=VALUE, key=VALUE | st.integers(0, COUNT), inclusive=st.booleans())
    @settings(max_examples=40, deadline=None)
    def forged(value: Any, key: Any, inclusive: bool) -> None:
        cursor = write(found[0], (value, key), inclusive=inclusive)
        try:
            page = query.paginate(5, after=cursor)
        except InvalidCursor:
            return
        assert set(keys(page)) <= everything

    forged()
    for width in (), (1,), (1, 2, 3):
        refused(query, write(found[0], width, inclusive=False))


def test_a_secret(database_url: str) -> None:
    secret = "a secret of the program's"
    ActiveRecord.configure(database_url)
    fill(1)
    plain = Stone.query().paginate(5).next
    assert plain is not None
    signed: list[str] = []
    for given_ in secret, secret + "!":
        ActiveRecord.configure(with_settings(database_url, cursor_secret=given_)) if "memory" not in database_url else (
            ActiveRecord.configure({"driver": "sqlite", "database": ":memory:", "cursor_secret": given_})
        )
        if "memory" in database_url:
            fill(1)
        page = Stone.query().paginate(5)
        assert page.next is not None
        assert keys(Stone.query().paginate(5, after=page.next)) == [6, 7, 8, 9, 10]
        signed.append(page.next)
        for other in [plain, *signed[:-1]]:
            refused(Stone.query(), other)
    assert len({plain, *signed}) == 3
    assert secret not in repr(database().configuration) + repr(database())
    with pytest.raises(InvalidCursor) as caught:
        Stone.query().paginate(5, after=plain)
    assert secret not in str(caught.value)
    assert Configuration.read("x", {"driver": "sqlite", "cursor_secret": secret}).cursor_secret == secret


def test_what_has_no_cursor(stones: str) -> None:
    Stone.query().first()
    Stone.create(weight=-1, text="x" * 20)
    query = Stone.query().order_by("weight", *[(Stone.text + "y" * 900).asc() for _ in range(4)])
    with pytest.raises(QueryError, match="too long"):
        query.paginate(1)


# by number


def test_pages_by_number(stones: str, runner: Runner) -> None:
    async def main() -> None:
        query = Stone.query().order_by("weight")
        wanted = await query.order_by("id").async_ids()
        for number in 1, 2, 3, 4:
            page = await query.async_page(number, per_page=12)
            assert isinstance(page, NumberedPage)
            assert keys(page) == wanted[(number - 1) * 12 : number * 12]
            assert (page.number, page.per_page, page.total, page.pages) == (number, 12, COUNT, 4)
            assert (page.has_previous, page.has_next) == (number > 1, number < 4)
        beyond = await query.async_page(5, per_page=12)
        assert (list(beyond), beyond.total, beyond.has_next) == ([], COUNT, False)
        nothing = await Stone.where(weight=99).async_page()
        assert (list(nothing), nothing.total, nothing.pages) == ([], 0, 0)

    runner.run(main)


def test_numbers_that_are_none(stones: str) -> None:
    for number in 0, -1, True, "2", 2**60:
        with pytest.raises(QueryError, match="from 1"):
            Stone.query().page(number)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    for wrong in Stone.query().limit(5), Stone.query().offset(5):
        with pytest.raises(QueryError, match="limit"):
            wrong.page(1)
    assert Stone.query().page(2**40).records == []


@NOT_IN_MEMORY
def test_pages_by_number_of_groups_and_joins(chinook: Sample) -> None:
    wanted = chinook.rows(
        "SELECT DISTINCT a.AlbumId FROM Album a JOIN Track t USING (AlbumId) WHERE t.Milliseconds > 600000 ORDER BY AlbumId"
    )
    long = Album.query().join("tracks").where(Track.Milliseconds > 600_000).distinct().order_by("AlbumId")
    page = long.page(2, per_page=10)
    assert [album.AlbumId for album in page] == [key for (key,) in wanted[10:20]]
    assert page.total == len(wanted)


class Ranked(Undeclared):
    __table_name__ = "page_ranked"


@pytest.mark.engines("mysql")
def test_a_list_of_texts_of_mysql_has_no_place_in_its_order(configured: str) -> None:
    """ENUM and SET are sorted by number and compared as text."""
    table = "CREATE TABLE page_ranked (id INTEGER PRIMARY KEY, size ENUM('s', 'm', 'l'), tags SET('x', 'a'))"
    fill_ = "INSERT INTO page_ranked SELECT seq, ELT(1 + seq % 4, 's', 'm', 'l'), ELT(1 + seq % 3, 'x', 'a', 'x,a') FROM seq_1_to_20"
    for sql in table, fill_:
        RUNNERS["sync"].run(partial(database().execute_text, sql, writes=True))
    for name in "size", "tags":
        with pytest.raises(QueryError, match="sorted by its place"):
            Ranked.query().order_by(name).paginate(5)
        order = fn.lower(Ranked[name]).asc()
        assert turn_over(Ranked.query().order_by(order), 3) == Ranked.query().order_by(order, "id").ids()
    assert turn_over(Ranked.query(), 3) == list(range(1, 21))


@pytest.mark.engines("postgresql")
def test_nan_has_no_cursor(stones: str) -> None:
    run = partial(database().execute_text, "UPDATE page_stones SET real = 'NaN' WHERE id < 3", writes=True)
    RUNNERS["sync"].run(run)
    query = Stone.where(Stone.real.is_not_null()).order_by("real desc")
    with pytest.raises(QueryError, match="NaN"):
        query.paginate(1)
    assert len(query.paginate(5)) == 5
