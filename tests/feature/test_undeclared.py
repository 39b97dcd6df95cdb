"""The life of a model of which nothing is declared: before its table is read, after, and after the table has changed."""

import threading
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from activerecord import (
    ActiveRecord,
    ConfigurationError,
    RelationNotLoaded,
    Undeclared,
    UnknownColumn,
    UnknownRelation,
    UnknownTable,
    UsageError,
    gather,
)
from activerecord.database import Database, database
from activerecord.runtime import backend, run_blocking, sleep
from activerecord.testing.queries import assert_queries, count_queries
from activerecord.testing.runners import Runner, cut_short
from tests.feature.portable import portable

# What reading one table costs.
READING = {"sqlite": 3, "postgresql": 1, "mysql": 3}

SCHEMA = """
CREATE TABLE singers (id INTEGER PRIMARY KEY, name TEXT NOT NULL)
CREATE TABLE songs (id INTEGER PRIMARY KEY, "Name" TEXT, singer_id INTEGER, milliseconds INTEGER DEFAULT 7, {singer})
CREATE TABLE shows (singer_id INTEGER, town TEXT, PRIMARY KEY (singer_id, town), {singer}) WITHOUT ROWID
INSERT INTO singers (name) VALUES ('ann'), ('bob')
INSERT INTO songs ("Name", singer_id, milliseconds) VALUES ('one', 1, 100), ('two', 1, 200), ('three', 2, 300)
INSERT INTO songs ("Name", singer_id, milliseconds) VALUES ('four', NULL, 400)
INSERT INTO shows VALUES (1, 'Oslo'), (1, 'Turin'), (2, 'Oslo')
""".format(singer="FOREIGN KEY (singer_id) REFERENCES singers")


class Singer(Undeclared):
    __table_name__ = "singers"
    __connection__ = "music"


class Song(Undeclared):
    __table_name__ = "songs"
    __connection__ = "music"


class Show(Undeclared):
    __table_name__ = "shows"
    __connection__ = "music"


def configure(url: str) -> Database:
    """The connection as it is when a program starts: the tables are there, and nobody has looked at them."""
    ActiveRecord.configure({"music": url})
    return database("music")


async def fill(music: Database) -> None:
    await execute(music, *SCHEMA.strip().splitlines())


async def execute(music: Database, *statements: str) -> None:
    """Run statements that are written as SQLite takes them."""
    for statement in statements:
        await music.execute_text(portable(music.dialect.name, statement))


@pytest.fixture
def music(database_url: str) -> Database:
    return configure(database_url)


@pytest.fixture
def run(runner: Runner, music: Database) -> Callable[[Callable[[], Coroutine[Any, Any, None]]], None]:
    """Run a test with the tables filled."""

    def in_loop(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
        async def filled() -> None:
            await fill(music)
            await main()

        runner.run(filled)

    return in_loop


Run = Callable[[Callable[[], Coroutine[Any, Any, None]]], None]


def test_names_need_no_configuration() -> None:
    with pytest.raises(ConfigurationError):
        database("music")
    query = Song.query().where(Song.Name == "x").order_by(Song.milliseconds.desc()).with_(Song.singer)
    assert repr(query) == "<Query of Song>"
    song = Song(Name="x", singer_id=1)
    song.milliseconds = 5
    assert (song.Name, song["milliseconds"], song.is_new) == ("x", 5, True)
    assert song.attributes == {"Name": "x", "singer_id": 1, "milliseconds": 5}


def test_before_the_table_is_read(music: Database) -> None:
    with assert_queries(0, music):
        assert repr(Song.Name) == repr(Song["Name"]) == "songs.Name"
        for name in ("_name", "__wrapped__", "_"):
            with pytest.raises(AttributeError):
                getattr(Song, name)
            with pytest.raises(AttributeError):
                getattr(Song(), name)
        song = Song(Name="a")
        song.whatever = 1
        assert (song.Name, song.whatever) == ("a", 1)
        with pytest.raises(
            UsageError, match=r"was never assigned, and the table 'songs' is not read yet: .*async_schema"
        ):
            _ = song.milliseconds
        with pytest.raises(UsageError, match="is not read yet"):
            _ = song["milliseconds"]
        assert song.changed
        assert song.changes == {"Name": (None, "a"), "whatever": (None, 1)}


Refused = Callable[[], Coroutine[Any, Any, object]]


@pytest.mark.parametrize(
    "refused",
    [
        lambda: Song.where(Nmae="x").async_all(),
        lambda: Song.where(Song.Nmae == "x").async_count(),
        lambda: Song.query().order_by("Nmae").async_first(),
        lambda: Song.query().select("Nmae").async_all(),
        lambda: Song.query().async_pluck("Nmae"),
        lambda: Song.query().async_max(Song.Nmae),
        lambda: Song.async_create(Nmae="x"),
        lambda: Song.async_insert_all([{"Nmae": "x"}]),
    ],
)
def test_an_unknown_name_is_refused_by_the_first_that_needs_the_table(
    run: Run, music: Database, engine: str, refused: Refused
) -> None:
    async def main() -> None:
        for cost in (READING[engine], 0):
            with assert_queries(cost, music), pytest.raises(UnknownColumn, match="'Nmae'; did you mean 'Name'"):
                await refused()

    run(main)


def test_an_unknown_name_is_refused_by_save(run: Run) -> None:
    async def main() -> None:
        song = Song()
        song.Nmae = "x"
        with pytest.raises(UnknownColumn, match="did you mean 'Name'"):
            await song.async_save()
        stored = await Song.async_find(1)
        stored.Nmae = "x"
        with pytest.raises(UnknownColumn, match="did you mean 'Name'"):
            await stored.async_save()
        with pytest.raises(UnknownColumn, match="did you mean 'Name'"):
            stored.attributes = {"Nmae": 1}
        with pytest.raises(AttributeError, match="did you mean 'milliseconds'"):
            _ = stored.miliseconds

    run(main)


def test_an_unknown_relation_is_refused_once_the_table_is_known(run: Run, music: Database) -> None:
    async def main() -> None:
        with count_queries(music) as statements, pytest.raises(UnknownRelation, match="did you mean 'singer'"):
            await Song.query().with_("signer").async_all()
        with pytest.raises(UnknownRelation, match="did you mean 'songs'"):
            await Song.query().with_("singer.song").async_all()
        with pytest.raises(UnknownRelation, match="did you mean 'singer'"):
            await Song.query().join("signer").async_all()
        asked = f"FROM {music.dialect.quote('songs')}"
        assert not any(asked in statement for statement in statements)

    run(main)


def test_an_unknown_table_names_the_nearest(run: Run) -> None:
    class Sogns(Undeclared):
        __connection__ = "music"

    async def main() -> None:
        for ask in (Sogns.query().async_all, Sogns.async_schema, Sogns(a=1).async_save):
            with pytest.raises(UnknownTable, match="there is no table 'sogns'; did you mean 'songs'"):
                await ask()

    run(main)


def test_the_table_is_read_once(run: Run, music: Database, engine: str) -> None:
    async def main() -> None:
        with assert_queries(READING[engine] + 1, music):
            assert await Song.query().async_count() == 4
        with assert_queries(2, music):
            assert len(await Song.query().async_all()) == 4
            await Song.async_create(Name="five")
        with assert_queries(0, music):
            assert (await Song.async_schema()).primary_key == ("id",)

    run(main)


def test_the_table_is_read_once_by_many_tasks(run: Run, music: Database, engine: str) -> None:
    async def main() -> None:
        with assert_queries(READING[engine] + 40, music):
            assert set(await gather(*[Song.query().async_count() for _ in range(40)])) == {4}

    run(main)


def test_a_cancelled_reader_leaves_the_others_their_table(run: Run, music: Database, runner: Runner) -> None:
    if runner.name == "sync":
        pytest.skip("nobody else waits")

    async def main() -> None:
        for after in (0.0, 0.0002, 0.0005, 0.001, 0.002):
            music.catalog.forget()

            async def struck(after: float = after) -> None:
                await cut_short(Song.query().async_all, runner.manners[0], after=after)

            counts = await gather(struck(), Song.query().async_count(), Song.query().async_count())
            assert counts[1:] == (4, 4)

    run(main)


def test_many_threads_read_the_same_table(database_url: str) -> None:
    music = configure(database_url)
    run_blocking(lambda: fill(music), "fill")
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(Song.query().count())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert found == [4] * 6


def test_a_column_that_is_added(run: Run, music: Database, engine: str) -> None:
    async def main() -> None:
        before = await Song.async_find(1)
        await Song.async_create(Name="old")
        await execute(music, "ALTER TABLE songs ADD COLUMN genre TEXT DEFAULT 'pop'")
        assert "genre" not in (await Song.async_find(1)).attributes
        with assert_queries(READING[engine], music):
            assert "genre" in (await Song.async_reload_schema()).names()
        found = await Song.async_find(1)
        assert found.genre == "pop"
        assert (await Song.async_create(Name="new")).genre == "pop"
        assert await Song.where(genre="pop").async_count() == 6
        # a record of before has no value of it, and can be saved all the same
        with pytest.raises(UsageError, match=r"Song\.genre has no value"):
            _ = before.genre
        before.Name = "changed"
        assert await before.async_save()
        assert before.genre == "pop"

    run(main)


def test_a_column_that_is_dropped_and_one_that_is_renamed(run: Run, music: Database, engine: str) -> None:
    async def main() -> None:
        await Song.async_find(1)
        await Song.async_create(Name="old")
        await execute(music, "ALTER TABLE songs DROP COLUMN milliseconds")
        await execute(music, 'ALTER TABLE songs RENAME COLUMN "Name" TO title')
        # nobody has to say so: the table is read again where a statement fails for it
        with count_queries(music) as sent:
            song = await Song.async_find(1)
        assert len(sent) == 2 + READING[engine]
        assert song.attributes == {"id": 1, "title": "one", "singer_id": 1}
        assert (await Song.async_create(title="new")).title == "new"
        with pytest.raises(UnknownColumn, match="'milliseconds'"):
            await Song.where(milliseconds=1).async_all()

    run(main)


def test_a_new_column_takes_the_name_that_a_relation_had(run: Run, music: Database) -> None:
    async def main() -> None:
        song = await Song.query().with_("singer").async_find(1)
        assert song.singer.name == "ann"
        await execute(music, "ALTER TABLE songs ADD COLUMN singer TEXT DEFAULT 'text'")
        await Song.async_reload_schema()
        found = await Song.query().with_("singer_singer").async_find(1)
        assert (found.singer, found.singer_singer.name) == ("text", "ann")
        await execute(music, "ALTER TABLE songs DROP COLUMN singer")
        await Song.async_reload_schema()
        assert (await Song.query().with_("singer").async_find(1)).singer.name == "ann"

    run(main)


def test_a_table_that_changed_while_it_was_read(run: Run, music: Database, runner: Runner) -> None:
    if runner.name == "sync":
        pytest.skip("nothing else runs meanwhile")

    async def main() -> None:
        async def change() -> None:
            await sleep(0)
            await execute(music, "ALTER TABLE songs ADD COLUMN late INTEGER")
            await Song.async_reload_schema()

        await gather(Song.async_schema(), change())
        assert "late" in (await Song.async_schema()).names()

    run(main)


def test_relations_before_and_after_the_table_is_read(run: Run, music: Database) -> None:
    async def main() -> None:
        for _ in range(2):
            songs = await Song.query().with_(Song.singer).order_by("id").async_all()
            assert [song.singer and song.singer.name for song in songs] == ["ann", "ann", "bob", None]
            assert await Song.query().join(Song.singer).async_count() == 3
            loaded = await (await Song.async_find(1)).async_load(Song.singer)
            assert isinstance(loaded, Singer)
            music.catalog.forget()
        singer = await Singer.async_find(1)
        assert [song.id for song in await singer.songs] == [1, 2]
        assert isinstance(singer.songs[0], Song)
        assert [show.town for show in await singer.shows] == ["Oslo", "Turin"]
        another = await Singer.async_find(2)
        if backend() is None:
            assert len(another.songs) == 1
        else:
            with pytest.raises(RelationNotLoaded, match=r"with_\('songs'\)"):
                len(another.songs)

    run(main)


def test_assigning_a_relation_that_was_inferred(run: Run, music: Database) -> None:
    async def main() -> None:
        ann, bob = await Singer.query().order_by("id").async_all()
        early = Song(Name="early", singer=bob)
        assert early.singer is bob
        await early.async_save()
        assert (early.singer_id, early.singer) == (2, bob)

        song = await Song.async_find(1)
        song.singer = bob
        assert (song.singer_id, song.singer) == (2, bob)
        assert song.changes == {"singer_id": (1, 2)}
        song["singer"] = ann
        assert song.singer_id == 1 and not song.changed
        song.attributes = {"singer": None}
        assert song.singer_id is None and song.singer is None
        song.singer = bob
        song.singer_id = 1
        await song.async_save()
        assert (await Song.async_find(1)).singer_id == 1
        with pytest.raises(UsageError, match="cannot be assigned"):
            bob.songs = []
        with pytest.raises(UsageError, match="takes a Singer, got Song"):
            song.singer = song

    run(main)


def test_a_relation_that_was_assigned_before_the_table_was_read(run: Run, music: Database) -> None:
    async def main() -> None:
        bob = await Singer.async_find(2)
        music.catalog.forget()
        song = Song(Name="x")
        song.singer = bob
        await gather(Song.async_schema(), Singer.async_schema())
        assert song.singer is bob
        assert song.singer_id == 2

    run(main)


def test_a_model_that_is_defined_later_is_the_one_that_relations_lead_to(run: Run, music: Database) -> None:
    class Chorus(Undeclared):
        __table_name__ = "choruses"
        __connection__ = "music"

    async def main() -> None:
        await execute(music, "CREATE TABLE halls (id INTEGER PRIMARY KEY, name TEXT)")
        await execute(
            music,
            "CREATE TABLE choruses (id INTEGER PRIMARY KEY, hall_id INTEGER, FOREIGN KEY (hall_id) REFERENCES halls)",
        )
        await execute(music, "INSERT INTO halls VALUES (1, 'big')")
        await execute(music, "INSERT INTO choruses VALUES (1, 1)")
        made = (await Chorus.query().with_("hall").async_one()).hall
        assert type(made).__name__ == "Hall"

        class Hall(Undeclared):
            __table_name__ = "halls"
            __connection__ = "music"

        chorus = await Chorus.query().with_("hall.choruses").async_one()
        assert type(chorus.hall) is Hall
        assert chorus.hall.choruses[0] == chorus

    run(main)


def test_a_derived_model_has_the_relations_of_its_own_table(run: Run, music: Database) -> None:
    class Base(Undeclared):
        __table_name__ = "tapes"
        __connection__ = "music"

    class Derived(Base):
        __table_name__ = "albums"

    async def main() -> None:
        await execute(music, "CREATE TABLE albums (id INTEGER PRIMARY KEY, singer TEXT)")
        await execute(
            music,
            "CREATE TABLE tapes (id INTEGER PRIMARY KEY, singer_id INTEGER, FOREIGN KEY (singer_id) REFERENCES singers)",
        )
        tape = await Base.async_create(singer=await Singer.async_find(1))
        assert (tape.singer_id, tape.singer.name) == (1, "ann")
        album = await Derived.async_create(singer="somebody")
        assert album.singer == "somebody"
        assert (await Derived.async_find(1)).singer == "somebody"
        album.singer = "another"
        assert album.changes == {"singer": ("somebody", "another")}
        assert await Derived.where(Derived.singer == "somebody").async_count() == 1

        class Later(Base):
            __table_name__ = "albums"

        later: Any = await Later.async_find(1)
        assert later.singer == "somebody"

    run(main)


def test_a_composite_key_that_is_a_foreign_key_in_part(run: Run, music: Database) -> None:
    async def main() -> None:
        show = await Show.query().with_("singer.songs").async_find((1, "Oslo"))
        assert [song.Name for song in show.singer.songs] == ["one", "two"]
        await show.async_update(town="Rome")
        assert sorted(await Show.query().async_ids()) == [(1, "Rome"), (1, "Turin"), (2, "Oslo")]
        assert await show.async_delete()
        assert await Show.async_find_or_none((1, "Rome")) is None

    run(main)


def test_what_was_loaded_stays_when_the_tables_are_to_be_read_again(run: Run, music: Database) -> None:
    async def main() -> None:
        song = await Song.query().with_("singer.songs").async_find(1)
        new = Song(Name="x", singer=song.singer)
        music.catalog.forget()
        with assert_queries(0, music):
            assert song.singer.name == "ann"
            assert len(song.singer.songs) == 2
            assert new.singer_id == 1
            song.singer = None
            assert song.singer is None
        assert await song.async_save()
        assert (await Song.async_find(1)).singer_id is None

    run(main)
