"""Every verb of a query against SQL written by hand, on a small table with gaps."""

import inspect
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from activerecord import (
    ActiveRecord,
    BelongsTo,
    Column,
    ColumnNotLoaded,
    HasMany,
    Query,
    QueryError,
    Undeclared,
    belongs_to,
    column,
    create_tables,
    fn,
    has_many,
)
from activerecord.database import database
from activerecord.runtime import run_blocking
from activerecord.testing.queries import assert_queries
from activerecord.testing.runners import Runner


class Artist(ActiveRecord):
    __table_name__ = "artists"
    id: Column[int] = column(primary_key=True)
    name: Column[str]
    born: Column[int | None]
    songs: HasMany["Song"] = has_many()


class Song(ActiveRecord):
    __table_name__ = "songs"
    id: Column[int] = column(primary_key=True)
    artist_id: Column[int | None]
    title: Column[str | None]
    price: Column[Decimal | None]
    rating: Column[float | None]
    liked: Column[bool | None]
    artist: BelongsTo["Artist | None"] = belongs_to()


class Tag(ActiveRecord):
    __table_name__ = "tags"
    song_id: Column[int] = column(primary_key=True)
    word: Column[str] = column(primary_key=True)


class Note(ActiveRecord):
    __table_name__ = "notes"
    body: Column[str]


class UnreadSong(Undeclared):
    __table_name__ = "songs"


SONGS: list[tuple[Any, ...]] = [
    (1, 1, "Ash", "0.10", 1.5, True),
    (2, 1, "Bell", "0.20", 2.5, True),
    (3, 2, "ash 50%", "5", None, False),
    (4, 2, "c_d\\e", None, 4.0, None),
    (5, None, None, "0.10", 4.0, True),
    (6, 3, "Bell", "12.345", 0.0, False),
]


def fill() -> None:
    create_tables(Artist, Song, Tag, Note)
    Artist.insert_all([{"name": name, "born": born} for name, born in (("ann", 1970), ("bob", None), ("cid", 1990))])
    Song.insert_all(
        [
            {"id": id_, "artist_id": artist, "title": title, "price": price, "rating": rating, "liked": liked}
            for id_, artist, title, price, rating, liked in SONGS
        ]
    )
    Tag.insert_all([{"song_id": 1, "word": "x"}, {"song_id": 1, "word": "y"}, {"song_id": 2, "word": "x"}])
    Note.insert_all([{"body": "b"}, {"body": "a"}])


@pytest.fixture
def memory() -> None:
    ActiveRecord.configure("sqlite:///:memory:")
    fill()


@pytest.fixture
def songs(configured: str) -> None:
    fill()


def rows(sql: str) -> list[tuple[Any, ...]]:
    """What the engine says to SQL written by hand."""
    return run_blocking(lambda: database().execute_text(sql), "rows").rows


def standard(sql: str) -> str:
    """A text that was sent, with standard quotes and a question mark for each bind."""
    return re.sub(r"\$\d+", "?", sql.replace("`", '"'))


Case = tuple[Query[Song], str]

# Each query gives the songs that the condition written by hand gives.
CONDITIONS: list[Case] = [
    (Song.query(), "1 = 1"),
    (Song.where(title="Bell"), "title = 'Bell'"),
    (Song.where(title=None), "title IS NULL"),
    (Song.where(title=["Ash", "Bell"]), "title IN ('Ash', 'Bell')"),
    (Song.where(title=("Ash", None)), "title = 'Ash' OR title IS NULL"),
    (Song.where(title=set[str]()), "1 = 0"),
    (Song.where(id=frozenset([1, 2, 3])), "id IN (1, 2, 3)"),
    (Song.where({"title": "Bell", "liked": True}), "title = 'Bell' AND liked = true"),
    (Song.where({"title": "Bell"}, liked=False), "title = 'Bell' AND liked = false"),
    (Song.where(Song.rating > 2), "rating > 2"),
    (Song.where(Song.rating >= 2.5, Song.rating < 4), "rating >= 2.5 AND rating < 4"),
    (Song.where(Song.rating <= Song.id), "rating <= id"),
    (Song.where(Song.price == Decimal("0.10")), "price = 0.1"),
    (Song.where(Song["price"] > "0.15"), "price > 0.15"),
    (Song.where(Song.title != "Bell"), "title <> 'Bell'"),
    (Song.where(Song.title != None), "title IS NOT NULL"),  # noqa: E711
    (Song.where(Song.title == None), "title IS NULL"),  # noqa: E711
    (Song.where(Song.title.is_null()), "title IS NULL"),
    (Song.where(Song.title.is_not_null()), "title IS NOT NULL"),
    (Song.where(Song.liked), "liked"),
    (Song.where(~Song.liked), "NOT liked"),
    (Song.where(Song.liked & (Song.rating > 2)), "liked AND rating > 2"),
    (Song.where((Song.rating > 2) | (Song.title == "Ash")), "rating > 2 OR title = 'Ash'"),
    (Song.where(~((Song.rating > 2) | (Song.title == "Ash"))), "NOT (rating > 2 OR title = 'Ash')"),
    (Song.where(~(Song.title == "Ash") & Song.liked), "(NOT title = 'Ash') AND liked"),
    (Song.where((Song.rating > 2) == Song.liked), "(rating > 2) = liked"),
    (Song.where(Song.id.between(2, 4)), "id BETWEEN 2 AND 4"),
    (Song.where(~Song.id.between(2, 4)), "NOT id BETWEEN 2 AND 4"),
    (Song.where(Song.title.in_([])), "1 = 0"),
    (Song.where(Song.title.not_in([])), "1 = 1"),
    (Song.where(Song.title.not_in(["Ash"])), "title NOT IN ('Ash')"),
    (Song.where(Song.title.not_in(["Ash", None])), "title <> 'Ash' AND title IS NOT NULL"),
    (Song.where(Song.title.not_in([None])), "title IS NOT NULL"),
    (Song.where(Song.title.like("b%")), "title LIKE 'b%'"),
    (Song.where(Song.title.starts_with("A")), "title LIKE 'A%'"),
    (Song.where(Song.title.contains("50%")), "title = 'ash 50%'"),
    (Song.where(Song.title.contains("5%0")), "1 = 0"),
    (Song.where(Song.title.contains("c_d")), "id = 4"),
    (Song.where(Song.title.contains("cxd")), "1 = 0"),
    (Song.where(Song.title.ends_with("\\e")), "id = 4"),
    (Song.where(Song.title.ends_with("%")), "id = 3"),
    (Song.where(fn.lower(Song.title) == "ash"), "lower(title) = 'ash'"),
    (Song.where(fn.coalesce(Song.title, "none") == "none"), "coalesce(title, 'none') = 'none'"),
    (Song.where(Song.id + 1 > 3), "id + 1 > 3"),
    (Song.where(Song.id * 2 - 1 == 5), "id * 2 - 1 = 5"),
    (Song.where(10 - Song.id > 6), "10 - id > 6"),
    (Song.where(Song.title + "!" == "Bell!"), "title || '!' = 'Bell!'"),
    (Song.where("rating > ?", 2), "rating > 2"),
    (Song.where("rating > ? AND title = ?", 2, "Bell"), "rating > 2 AND title = 'Bell'"),
    (Song.where("rating > ? AND title = ?", (2, "Bell")), "rating > 2 AND title = 'Bell'"),
    (Song.where("rating > ? AND title = ?", [2, "Bell"]), "rating > 2 AND title = 'Bell'"),
    (Song.where("rating > :r OR id = :r", r=4), "rating > 4 OR id = 4"),
    (Song.where("rating > :r", {"r": 2}), "rating > 2"),
    (Song.where("id IN (?)", [1, 2]), "id IN (1, 2)"),
    (Song.where("id IN (?)", [1]), "id = 1"),
    (Song.where("id IN (?)", []), "1 = 0"),
    (Song.where("id IN (:ids) OR title = :t", ids=(1, 2), t="Bell"), "id IN (1, 2) OR title = 'Bell'"),
    (Song.where("title = '?' OR title = 'ash 50%' -- ?\n"), "id = 3"),
    (Song.where("title /* ? */ = ?", "Ash"), "title = 'Ash'"),
    (Song.where("title = ? -- the end", "Ash").where("id = 1 -- indeed"), "title = 'Ash'"),
    (Song.where("id = 1 OR id = 2").where(liked=True, title="Bell"), "id = 2"),
    (Song.where(liked=True).or_where(id=6), "liked = true OR id = 6"),
    (
        Song.where(liked=True).or_where("id = ? OR id = ?", 3, 6).where(title="Bell"),
        "(liked = true OR id IN (3, 6)) AND title = 'Bell'",
    ),
    (Song.query().or_where(id=6), "id = 6"),
    (Song.query().where_not(title="Bell"), "NOT title = 'Bell'"),
    (Song.query().where_not(title="Bell", liked=True), "NOT (title = 'Bell' AND liked = true)"),
    (Song.query().where_not("id = 1 OR id = 2"), "NOT (id = 1 OR id = 2)"),
    (Song.where(Song.artist_id.in_(Artist.where(Artist.born > 1980).select("id"))), "artist_id = 3"),
    (Song.where(artist_id=Artist.where(name=["ann", "cid"]).select(Artist.id)), "artist_id IN (1, 3)"),
    (Song.where(Song.artist_id.not_in(Artist.where(born=None).select("id"))), "artist_id NOT IN (2)"),
    (Song.where(id=Song.query().select("id").order_by("rating desc", "id").limit(2)), "id IN (4, 5)"),
    (Song.where(Song.rating == Song.query().select(fn.max(Song.rating))), "rating = 4"),
    (Song.where(id=Tag.where(song_id=Song.where(title="Ash").select("id")).select("song_id")), "id = 1"),
    (Song.where(id=Tag.query().select("song_id").join(Artist, Artist.id == Tag.song_id)), "id IN (1, 2)"),
    (Song.where(id=Artist.query().join("songs").where(Song.title == "Ash").select(Artist.id)), "id = 1"),
]


# What an engine says, or means, differently: joined texts, and the place of NULLs in an order.
CONDITIONS_OF: dict[str, dict[str, str]] = {
    "postgresql": {"id IN (4, 5)": "id IN (3, 4)"},
    "mysql": {"title || '!' = 'Bell!'": "concat(title, '!') = 'Bell!'"},
}


def check_condition(query: Query[Song], condition: str) -> None:
    expected = [row[0] for row in rows(f"SELECT id FROM songs WHERE {condition} ORDER BY id")]
    ordered = query.order_by("id")
    assert ordered.ids() == expected, condition
    assert [song.id for song in ordered.all()] == expected, condition
    assert query.count() == len(expected), condition
    assert query.exists() == bool(expected), condition
    first = query.first()
    assert (first.id if first else None) == (expected[0] if expected else None), condition
    last = query.last()
    assert (last.id if last else None) == (expected[-1] if expected else None), condition


@pytest.mark.parametrize(("query", "condition"), CONDITIONS, ids=[condition for _, condition in CONDITIONS])
def test_conditions(memory: None, query: Query[Song], condition: str) -> None:
    check_condition(query, condition)


@pytest.mark.engines("postgresql", "mysql")
def test_conditions_on_a_server(songs: None, engine: str) -> None:
    others = CONDITIONS_OF[engine]
    assert others.keys() <= {condition for _, condition in CONDITIONS}
    for query, condition in CONDITIONS:
        check_condition(query, others.get(condition, condition))


@pytest.mark.parametrize("count", [0, 1, 3, 1000, 20_000, 32_000])
def test_long_lists(songs: None, count: int) -> None:
    values = [*range(100, 100 + count - 1), 2][: max(count, 0)] if count else []
    assert Song.where(id=values).ids() == ([2] if count else [])
    assert Song.where(Song.id.not_in(values)).count() == (5 if count else 6)


# The values that one statement may have; PostgreSQL takes a list, of whatever length, for one.
MOST = {"sqlite": 32_766, "mysql": 65_535, "postgresql": None}


def test_a_list_longer_than_the_engine_takes(songs: None, engine: str) -> None:
    assert Song.where(id=list(range(2, 32_002))).count() == 5
    most = MOST[engine]
    for count in (40_000, 300_000):
        query = Song.where(id=list(range(3, 3 + count)))
        if most is None or count <= most:
            assert query.count() == 4
            continue
        with pytest.raises(QueryError, match=f"{count} values.*{most}"):
            query.count()
    assert Song.query().count() == 6


ORDERS: list[tuple[Query[Song], str]] = [
    (Song.query().order_by("id"), "id"),
    (Song.query().order_by("id desc"), "id DESC"),
    (Song.query().order_by("id DESC"), "id DESC"),
    (Song.query().order_by("title  asc", "id"), "title, id"),
    (Song.query().order_by("title", "id desc"), "title, id DESC"),
    (Song.query().order_by("title").order_by("id"), "title, id"),
    (Song.query().order_by(Song.rating.desc(), Song.id), "rating DESC, id"),
    (Song.query().order_by(Song.rating.desc().nulls_first(), Song.id), "rating DESC NULLS FIRST, id"),
    (Song.query().order_by(Song.rating.asc().nulls_last(), Song.id), "rating NULLS LAST, id"),
    (Song.query().order_by(fn.length(Song.title), "id"), "length(title), id"),
    (Song.query().order_by((Song.id * -1).asc()), "-id"),
    (Song.query().order_by("title").reorder("id desc"), "id DESC"),
    (Song.query().order_by(Song.liked & (Song.id > 2), "id"), "(liked AND id > 2), id"),
]


# Where NULLs come in MySQL can only be told by another value.
ORDERS_OF: dict[str, dict[str, str]] = {
    "postgresql": {},
    "mysql": {
        "rating DESC NULLS FIRST, id": "rating IS NULL DESC, rating DESC, id",
        "rating NULLS LAST, id": "rating IS NULL, rating, id",
    },
}


def check_order(query: Query[Song], order: str) -> None:
    expected = [row[0] for row in rows(f"SELECT id FROM songs ORDER BY {order}")]
    assert query.pluck("id") == expected, order
    first, last = query.first(), query.last()
    assert first is not None and last is not None
    assert first.id == expected[0], order
    assert last.id == expected[-1], order
    for limit in range(8):
        for offset in (0, 1, 5, 9):
            cut = query.limit(limit).offset(offset)
            assert cut.pluck("id") == expected[offset : offset + limit], order
            assert cut.count() == len(expected[offset : offset + limit]), order
            assert cut.exists() == bool(expected[offset : offset + limit]), order
    assert query.offset(2).pluck("id") == expected[2:], order
    assert query.offset(2).count() == 4, order


@pytest.mark.parametrize(("query", "order"), ORDERS, ids=[order for _, order in ORDERS])
def test_orders(memory: None, query: Query[Song], order: str) -> None:
    check_order(query, order)


@pytest.mark.engines("postgresql", "mysql")
def test_orders_on_a_server(songs: None, engine: str) -> None:
    others = ORDERS_OF[engine]
    assert others.keys() <= {order for _, order in ORDERS}
    for query, order in ORDERS:
        check_order(query, others.get(order, order))


def test_labels(songs: None, engine: str) -> None:
    n = fn.count().as_("n")
    query = Song.query().select("title", n).where(Song.title.is_not_null()).group_by("title")
    expected = rows(
        "SELECT title, count(*) AS n FROM songs WHERE title IS NOT NULL GROUP BY title ORDER BY n DESC, title"
    )
    assert query.order_by("n desc", "title").tuples() == expected
    assert query.order_by(n.desc(), "title").tuples() == expected
    assert query.having(n > 1).tuples() == [("Bell", 2)]
    assert query.having("count(*) > ?", 1).dicts() == [{"title": "Bell", "n": 2}]
    assert query.having(title="Ash").tuples() == [("Ash", 1)]
    assert query.count() == 4
    assert query.having(n > 5).exists() is False
    assert Song.query().group_by("title").having(n > 1).exists() is True
    if engine != "postgresql":
        # there no label can stand in a HAVING
        assert query.having("n > ?", 1).exists() is True
        assert query.having("n > ?", 5).exists() is False
    upper = fn.upper(Song.title).as_("upper")
    assert Song.query().select(upper).where(upper == "ASH").tuples() == [("ASH",)]
    # PostgreSQL has NULL for greater than all else, the others for less.
    place = 0 if engine == "postgresql" else 1
    assert Song.query().select(upper, n).group_by(upper).order_by(upper).tuples()[place] == ("ASH", 1)
    found = Song.query().select("id", (Song.id * 2).as_("double")).order_by("double desc").first()
    assert found is not None
    assert found["double"] == 12
    assert Song.query().select("id", (Song.rating > 2).as_("good")).order_by("id").pluck("id") == [1, 2, 3, 4, 5, 6]
    assert Song.query().select((Song.rating > 2).as_("good")).order_by("id").tuples()[0] == (False,)


def test_distinct(songs: None) -> None:
    titles = Song.query().select("title").distinct()
    assert sorted(map(str, titles.pluck("title"))) == ["Ash", "Bell", "None", "ash 50%", "c_d\\e"]
    assert titles.count() == 5
    assert titles.limit(2).count() == 2
    assert titles.offset(4).exists() is True
    assert titles.offset(5).exists() is False
    assert Song.query().distinct().count() == 6
    assert Song.query().count("title") == 5
    assert Song.query().count("title", distinct=True) == 4
    joined = Artist.query().join("songs")
    assert joined.count() == 5
    assert joined.distinct().count() == 3
    assert len(joined.distinct().all()) == 3


def test_groups(songs: None, engine: str) -> None:
    grouped = Song.query().group_by("liked")
    assert grouped.count() == 3
    null = {"liked": None, "total": None}
    others = [{"liked": False, "total": Decimal("17.345")}, {"liked": True, "total": Decimal("0.4")}]
    expected = [*others, null] if engine == "postgresql" else [null, *others]
    assert grouped.select("liked", fn.sum(Song.price).as_("total")).order_by("liked").dicts() == expected
    assert Song.query().group_by("liked", "title").count() == len(rows("SELECT 1 FROM songs GROUP BY liked, title"))
    assert Song.query().group_by("liked").group_by("title").limit(2).count() == 2


def test_aggregates(songs: None) -> None:
    everything = Song.query()
    assert everything.sum("id") == 21
    assert everything.sum("price") == Decimal("17.745")
    assert Song.where(id=[1, 2]).sum("price") == Decimal("0.3")
    assert everything.average("id") == 3.5
    assert Song.where(id=[1, 2]).average(Song.price) == Decimal("0.15")
    assert everything.min("price") == Decimal("0.1")
    assert everything.max("price") == Decimal("12.345")
    assert (everything.min("title"), everything.max("title")) == ("Ash", "c_d\\e")
    assert everything.average("rating") == 2.4
    assert everything.sum("liked") == 3
    assert everything.sum(Song.id * 2) == 42
    assert everything.sum(Song.price * Decimal(2)) == Decimal("35.49")
    assert Song.where(id=3).pluck(Song.price / Decimal(2)) == [Decimal("2.5")]
    assert everything.order_by("title").sum("id") == 21
    assert everything.count("rating") == 5
    assert isinstance(everything.sum("price"), Decimal)
    assert type(everything.sum("id")) is int


def test_aggregates_of_nothing(songs: None) -> None:
    for nothing in (Song.where(id=[]), Song.where("1 = 0"), Song.where(id=4).where(title="x")):
        assert nothing.count() == 0
        assert nothing.count("title") == 0
        assert nothing.sum("id") == 0
        assert nothing.sum("price") == 0
        assert type(nothing.sum("price")) is Decimal
        assert type(nothing.sum("rating")) is float
        assert nothing.average("id") is None
        assert nothing.min("price") is None
        assert nothing.max("title") is None
        assert not nothing.exists()
        for several in (nothing.all(), nothing.pluck("id"), nothing.ids(), nothing.dicts(), nothing.tuples()):
            assert several == []
        assert nothing.first() is None
        assert nothing.last() is None
        assert nothing.one_or_none() is None
        assert nothing.group_by("title").count() == 0
        assert nothing.limit(3).count() == 0
    assert Song.where(id=4).sum("price") == 0
    assert Song.where(id=4).average("price") is None


def test_values(songs: None) -> None:
    assert Song.query().order_by("id").pluck(Song.title)[:2] == ["Ash", "Bell"]
    assert Song.where(id=[1, 4]).order_by("id").pluck("price", Song.liked) == [(Decimal("0.1"), True), (None, None)]
    assert Song.where(id=1).pluck("id", "id") == [(1, 1)]
    assert Song.where(id=1).pluck(fn.count()) == [1]
    assert Tag.query().order_by("word", "song_id").ids() == [(1, "x"), (2, "x"), (1, "y")]
    assert Song.where(id=1).dicts() == [
        {"id": 1, "artist_id": 1, "title": "Ash", "price": Decimal("0.1"), "rating": 1.5, "liked": True}
    ]
    assert Song.where(id=1).tuples() == [(1, 1, "Ash", Decimal("0.1"), 1.5, True)]
    assert Song.where(id=1).select("liked", "id").dicts() == [{"liked": True, "id": 1}]


def test_single_records(songs: None) -> None:
    assert Song.where(title="Ash").one().id == 1
    assert Song.query().find(3).title == "ash 50%"
    assert Song.where(liked=True).find_or_none(3) is None
    found = Song.find_by(title="Bell")
    assert found is not None
    assert found.id == 2
    assert Song.find_by(title="nothing") is None
    assert Tag.find((1, "y")).word == "y"
    assert Tag.find_or_none((2, "y")) is None
    first, last = Tag.query().first(), Tag.query().last()
    assert first is not None and last is not None
    assert (first.word, last.song_id) == ("x", 2)
    body = Note.query().first()
    assert body is not None
    ordered = Note.query().order_by("body").last()
    assert ordered is not None
    assert ordered.body == "b"
    assert Song.query().limit(0).first() is None
    assert Song.query().limit(0).exists() is False
    offset = Song.query().order_by("id").offset(2).first()
    assert offset is not None
    assert offset.id == 3


def test_fewer_columns(songs: None) -> None:
    (song,) = Song.where(id=1).select("id", "title").all()
    assert song.attributes == {"id": 1, "title": "Ash"}
    with pytest.raises(ColumnNotLoaded):
        assert song.rating
    song.title = "Oak"
    # MariaDB and MySQL have the row read back after it was written, in one transaction.
    at_once = "update" in database().dialect.returning
    with assert_queries(1 if at_once else 4, database()) as sent:
        assert song.save()
    assert standard(sent[0 if at_once else 1]).startswith('UPDATE "songs" SET "title" = ? WHERE')
    assert rows("SELECT title, rating FROM songs WHERE id = 1") == [("Oak", 1.5)]
    (assigned,) = Song.where(id=1).select("id").all()
    assigned.rating = 9.0
    assert assigned.changes == {"rating": (None, 9.0)}
    assert assigned.save()
    assert rows("SELECT title, rating FROM songs WHERE id = 1") == [("Oak", 9.0)]


def test_joins(songs: None) -> None:
    by_condition = Song.query().join(Artist, Artist.id == Song.artist_id).where(Artist.name == "ann")
    assert by_condition.order_by("id").ids() == [1, 2]
    assert Song.query().join("artist").where(Artist.name == "ann").order_by(Song.id).ids() == [1, 2]
    assert Song.query().left_join(Song.artist).where(Artist.id.is_null()).ids() == [5]
    names = (
        Song.query().join("artist").select(Song.id, Artist.name.as_("artist_name")).order_by("artist_name desc", "id")
    )
    assert names.tuples()[0] == (6, "cid")
    assert Artist.query().join("songs").group_by(Artist.id).having(fn.count() > 1).order_by("id").pluck("name") == [
        "ann",
        "bob",
    ]


def test_correlated_queries(songs: None) -> None:
    songs_of = Song.where(Song.artist_id == Artist.id).select(fn.count()).as_value()
    assert Artist.where(songs_of >= 2).order_by("id").ids() == [1, 2]
    counted = Artist.query().select("name", songs_of.as_("how_many")).order_by("name")
    assert counted.tuples() == [("ann", 2), ("bob", 2), ("cid", 1)]


def test_queries_inside_queries_of_unread_tables(songs: None) -> None:
    inner = UnreadSong.where(UnreadSong.title == "Bell").select(UnreadSong.artist_id)
    assert Artist.where(id=inner).order_by("id").ids() == [1, 3]
    outer = UnreadSong.where(UnreadSong.artist_id.in_(Artist.where(name="ann").select("id")))
    assert outer.order_by("id").ids() == [1, 2]


VERBS: list[Callable[[Query[Song]], Query[Song]]] = [
    lambda q: q.where(id=1),
    lambda q: q.where("id = ?", 1),
    lambda q: q.or_where(id=1),
    lambda q: q.where_not(id=1),
    lambda q: q.having("count(*) > 1").group_by("id"),
    lambda q: q.select("id"),
    lambda q: q.distinct(),
    lambda q: q.order_by("id desc"),
    lambda q: q.reorder("title"),
    lambda q: q.limit(1),
    lambda q: q.offset(3),
    lambda q: q.group_by("id"),
    lambda q: q.join("artist"),
    lambda q: q.left_join(Artist, Artist.id == Song.artist_id),
    lambda q: q.with_("artist"),
]


@pytest.mark.places("memory", "server")
@pytest.mark.parametrize("verb", VERBS, ids=range(len(VERBS)))
def test_a_query_is_never_changed(songs: None, verb: Callable[[Query[Song]], Query[Song]]) -> None:
    query = Song.where(Song.id > 1).order_by("id").limit(4)
    before, ids = query.to_sql(), query.ids()
    other = verb(query)
    assert other is not query
    other.count()
    assert query.to_sql() == before
    assert query.ids() == ids
    assert (query.count(), query.exists(), len(query.pluck("title")), query.first() is None) == (4, True, 4, False)
    assert query.to_sql() == before


def pairs(of: type) -> list[tuple[str, Any, Any]]:
    names = [name for name in dir(of) if name.startswith("async_")]
    return [(name, getattr(of, name), getattr(of, name.removeprefix("async_"), None)) for name in names]


AWAITABLE = re.compile(r"collections\.abc\.Awaitable\[([^][]*)\]")


@pytest.mark.parametrize("of", [Query, Song])
def test_every_async_verb_has_its_twin(of: type) -> None:
    found = pairs(of)
    assert len(found) > 10
    for name, verb, twin in found:
        assert callable(twin), name
        ours, theirs = inspect.signature(verb), inspect.signature(twin)
        # what the async verb calls and awaits, its twin calls
        awaited = [AWAITABLE.sub(r"\1", str(parameter)) for parameter in ours.parameters.values()]
        assert awaited == list(map(str, theirs.parameters.values())), name
        assert str(ours.return_annotation) == str(theirs.return_annotation), name
        assert twin.__doc__, name


READS: list[tuple[str, tuple[Any, ...]]] = [
    ("all", ()),
    ("first", ()),
    ("last", ()),
    ("find", (2,)),
    ("find_or_none", (9,)),
    ("count", ()),
    ("count", ("title",)),
    ("exists", ()),
    ("sum", ("price",)),
    ("average", ("rating",)),
    ("min", ("id",)),
    ("max", ("id",)),
    ("pluck", ("id", "title")),
    ("ids", ()),
    ("dicts", ()),
    ("tuples", ()),
    ("to_sql", ()),
]


@pytest.fixture
def filled(configured: str) -> None:
    fill()


def test_both_twins_give_the_same(filled: None, runner: Runner) -> None:
    query = Song.where(Song.id > 1)
    expected = [getattr(query, name)(*arguments) for name, arguments in READS]
    single = Song.where(title="Ash")
    one = (single.one(), single.one_or_none())

    async def main() -> None:
        found = [await getattr(query, f"async_{name}")(*arguments) for name, arguments in READS]
        assert found == expected
        assert (await single.async_one(), await single.async_one_or_none()) == one

    runner.run(main)
