"""Ours, awaited."""

from collections.abc import Sequence
from typing import Any

from activerecord import ActiveRecord, Query, async_close, async_execute
from benchmarks import documents
from benchmarks.contestant import Database, Row
from benchmarks.contestants.our_models import (
    Account,
    Actor,
    Author,
    Direction,
    Entry,
    Event,
    Fortune,
    Journal,
    Movie,
    Person,
    Reading,
    Review,
    Sample,
    User,
    World,
    url,
)
from benchmarks.documents import people_in_order

__all__ = ["Ours", "OursAiosqlite"]


def _with_person(query: Query[Any]) -> Query[Any]:
    """The links of a movie, each with the person it is to."""
    return query.with_joined("person")


def _newest(query: Query[Review]) -> Query[Review]:
    """A movie's reviews, each with its author."""
    return query.with_joined("author").order_by(Review.creation_time.desc())


def _rated(query: Query[Movie]) -> Query[Movie]:
    return query.with_average("reviews", "rating", as_="avg_rating")


def _latest(query: Query[Review]) -> Query[Review]:
    """A user's ten _newest reviews, each with its movie."""
    return query.with_(("movie", _rated)).order_by(Review.creation_time.desc()).limit(10)


class Ours:
    """The async verbs, over the driver that an engine has by itself."""

    driver = "sqlite"

    def __init__(self, database: Database) -> None:
        self._url = url(database, self.driver)

    async def open(self) -> None:
        ActiveRecord.configure(self._url)
        await async_execute("SELECT 1")

    async def close(self) -> None:
        await async_close()

    async def get(self, keys: Sequence[int]) -> int:
        total = 0
        for key in keys:
            total += (await Journal.async_find(key)).level
        return total

    async def objects(self, levels: Sequence[int]) -> int:
        total = 0
        for level in levels:
            total += sum([entry.level for entry in await Journal.where(level=level).async_all()])
        return total

    async def dicts(self, levels: Sequence[int]) -> int:
        total = 0
        for level in levels:
            total += sum([entry["level"] for entry in await Journal.where(level=level).async_dicts()])
        return total

    async def tuples(self, levels: Sequence[int]) -> int:
        total = 0
        for level in levels:
            total += sum([entry[2] for entry in await Journal.where(level=level).async_tuples()])
        return total

    async def pages(self, pages: Sequence[tuple[int, int]]) -> int:
        total = 0
        for level, offset in pages:
            query = Journal.where(level=level).order_by("id").limit(20).offset(offset)
            total += sum([entry.id for entry in await query.async_all()])
        return total

    async def create(self, rows: Sequence[Row]) -> int:
        return sum([(await Entry.async_create(**row)).id for row in rows])

    async def create_together(self, rows: Sequence[Row]) -> int:
        async with Entry.async_transaction():
            return await self.create(rows)

    async def bulk_create(self, rows: Sequence[Row]) -> int:
        return await Entry.async_insert_all(rows)

    async def hold(self, keys: Sequence[int]) -> list[Entry]:
        return await Entry.where(Entry.id.between(keys[0], keys[-1])).order_by("id").async_all()

    async def update(self, held: list[Entry]) -> int:
        for entry in held:
            entry.level = 60
            await entry.async_save()
        return len(held)

    async def update_part(self, held: list[Entry]) -> int:
        async with Entry.async_transaction():
            return await self.update(held)

    async def update_whole(self, held: list[Entry]) -> int:
        async with Entry.async_transaction():
            for entry in held:
                entry.level, entry.text = 60, "changed"
                await entry.async_save()
        return len(held)

    async def delete(self, held: list[Entry]) -> int:
        for entry in held:
            await entry.async_delete()
        return len(held)

    async def delete_together(self, held: list[Entry]) -> int:
        async with Entry.async_transaction():
            return await self.delete(held)

    async def movie(self, keys: Sequence[int]) -> list[str]:
        made: list[str] = []
        query = Movie.query().with_(("directions", _with_person), ("actors", _with_person), ("reviews", _newest))
        for key in keys:
            movie = await query.async_find(key)
            directors, cast = people_in_order(movie.directions), people_in_order(movie.actors)
            reviews = [(review, review.author) for review in movie.reviews]
            made.append(documents.movie_page(movie, directors, cast, reviews))
        return made

    async def user(self, keys: Sequence[int]) -> list[str]:
        made: list[str] = []
        query = User.query().with_(("reviews", _latest))
        for key in keys:
            user = await query.async_find(key)
            found = [(review, review.movie, review.movie["avg_rating"]) for review in user.reviews]
            made.append(documents.user_page(user, found))
        return made

    async def insert_movie(self, movies: Sequence[Row]) -> list[str]:
        made: list[str] = []
        for row in movies:
            values = {name: row[name] for name in ("image", "title", "year", "description")}
            async with Movie.async_transaction():
                movie = await Movie.async_create(**values)
                people = {
                    each.id: each for each in await Person.where(id=[row["director"], *row["actors"]]).async_all()
                }
                await Direction.async_insert_all([{"person_id": row["director"], "movie_id": movie.id}])
                await Actor.async_insert_all({"person_id": key, "movie_id": movie.id} for key in row["actors"])
            cast = [people[key] for key in row["actors"]]
            made.append(documents.inserted_movie(movie, [people[row["director"]]], cast))
        return made

    async def db(self, keys: Sequence[int]) -> int:
        total = 0
        for key in keys:
            total += (await World.async_find(key)).randomnumber
        return total

    async def queries(self, batches: Sequence[Sequence[int]]) -> int:
        total = 0
        for batch in batches:
            total += await self.db(batch)
        return total

    async def updates(self, batches: Sequence[Sequence[tuple[int, int]]]) -> int:
        total = 0
        for batch in batches:
            worlds: list[dict[str, Any]] = []
            for key, number in batch:
                world = await World.async_find(key)
                worlds.append({"id": world.id, "randomnumber": number})
            total += len(worlds)
            await World.async_upsert_all(worlds)
        return total

    async def fortunes(self, times: int) -> int:
        total = 0
        for _ in range(times):
            found = await Fortune.query().async_all()
            total += len(documents.fortunes_page((each.id, each.message) for each in found))
        return total

    async def wide_objects(self, limit: int) -> int:
        return sum([reading.number for reading in await Reading.where(Reading.id <= limit).async_all()])

    async def wide_dicts(self, limit: int) -> int:
        return sum([reading["number"] for reading in await Reading.where(Reading.id <= limit).async_dicts()])

    async def wide_tuples(self, limit: int) -> int:
        return sum([reading[3] for reading in await Reading.where(Reading.id <= limit).async_tuples()])

    async def eager(self, low: int, high: int) -> int:
        authors = await Author.where(Author.id.between(low, high)).with_("books").async_all()
        return sum([len(author.books) for author in authors])

    async def nested(self, low: int, high: int) -> int:
        authors = await Author.where(Author.id.between(low, high)).with_("books.pages").async_all()
        return sum([len(book.pages) for author in authors for book in author.books])

    async def bulk_keys(self, rows: Sequence[Row]) -> int:
        return len(set(await Sample.async_insert_all(rows, returning=True)))

    async def stream(self, limit: int) -> int:
        total = 0
        async with Event.where(Event.id <= limit).async_stream(batch=1000) as events:
            async for event in events:
                total += event.id
        return total

    async def transfer(self, transfers: Sequence[tuple[int, int, int]]) -> int:
        for source_key, target_key, amount in transfers:
            async with Account.async_transaction():
                source, target = await Account.async_find(source_key), await Account.async_find(target_key)
                source.balance -= amount
                target.balance += amount
                await source.async_save()
                await target.async_save()
        return len(transfers)


class OursAiosqlite(Ours):
    """The same over aiosqlite."""

    driver = "sqlite+aiosqlite"
