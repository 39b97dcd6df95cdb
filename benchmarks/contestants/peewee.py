"""peewee with its own asyncio (playhouse.pwasyncio), which runs its plain verbs in greenlets."""

from collections.abc import Sequence
from typing import Any

from peewee import (
    CharField,
    DatabaseProxy,
    DateTimeField,
    DoubleField,
    ForeignKeyField,
    IntegerField,
    TextField,
    fn,
)
from playhouse.pwasyncio import AsyncModel, AsyncMySQLDatabase, AsyncPostgresqlDatabase, AsyncSqliteDatabase

from benchmarks import documents
from benchmarks.contestant import Database, NotDone, Row

__all__ = ["Peewee"]

BATCH = 1000
proxy = DatabaseProxy()


class Model(AsyncModel):
    class Meta:
        database = proxy


class Journal(Model):
    timestamp = DateTimeField()
    level = IntegerField(index=True)
    text = CharField(index=True)

    class Meta:
        table_name = "journal"


class Entry(Model):
    timestamp = DateTimeField()
    level = IntegerField(index=True)
    text = CharField(index=True)

    class Meta:
        table_name = "entry"


class World(Model):
    randomnumber = IntegerField()

    class Meta:
        table_name = "world"


class Fortune(Model):
    message = CharField(2048)

    class Meta:
        table_name = "fortune"


class Reading(Model):
    name = CharField(80)
    value = DoubleField()
    number = IntegerField()
    label = CharField(80)
    note = CharField(200, null=True)

    class Meta:
        table_name = "reading"


class Author(Model):
    name = CharField(80)

    class Meta:
        table_name = "author"


class Book(Model):
    author = ForeignKeyField(Author, backref="books")
    title = CharField(80)

    class Meta:
        table_name = "book"


class Page(Model):
    book = ForeignKeyField(Book, backref="pages")
    text = CharField(80)

    class Meta:
        table_name = "page"


class Sample(Model):
    name = CharField(80)
    value = DoubleField()
    number = IntegerField()

    class Meta:
        table_name = "sample"


class Account(Model):
    balance = IntegerField()

    class Meta:
        table_name = "account"


class Event(Model):
    name = CharField(80)
    value = DoubleField()

    class Meta:
        table_name = "event"


class Person(Model):
    first_name = CharField(80)
    middle_name = CharField(80)
    last_name = CharField(80)
    image = CharField(80)
    bio = TextField()

    class Meta:
        table_name = "person"


class Movie(Model):
    image = CharField(80)
    title = CharField(120)
    year = IntegerField()
    description = TextField()

    class Meta:
        table_name = "movie"


class Direction(Model):
    list_order = IntegerField(null=True)
    person = ForeignKeyField(Person)
    movie = ForeignKeyField(Movie, backref="directions")

    class Meta:
        table_name = "directors"


class Actor(Model):
    list_order = IntegerField(null=True)
    person = ForeignKeyField(Person)
    movie = ForeignKeyField(Movie, backref="actors")

    class Meta:
        table_name = "actors"


class User(Model):
    name = CharField(80)
    image = CharField(80)

    class Meta:
        table_name = "users"


class Review(Model):
    body = TextField()
    rating = IntegerField()
    creation_time = DateTimeField()
    author = ForeignKeyField(User, backref="reviews")
    movie = ForeignKeyField(Movie, backref="reviews")

    class Meta:
        table_name = "review"


def _made(where: Database) -> Any:
    if where.engine == "sqlite":
        pragmas = {"journal_mode": "wal", "synchronous": "normal"}
        return AsyncSqliteDatabase(where.name, pragmas=pragmas, timeout=30, pool_size=where.pool)
    told = {"host": where.host, "port": where.port, "user": where.user, "password": where.password}
    pool = {"pool_size": where.pool, "pool_min_size": where.pool}
    if where.engine == "postgresql":
        return AsyncPostgresqlDatabase(where.name, **told, **pool, ssl=False)
    return AsyncMySQLDatabase(where.name, **told, **pool, charset="utf8mb4")


class Peewee:
    """The library's own verbs."""

    def __init__(self, database: Database) -> None:
        self._engine = database.engine
        self._db = _made(database)
        proxy.initialize(self._db)

    async def open(self) -> None:
        await self._db.aconnect()

    async def close(self) -> None:
        await self._db.aclose()
        await self._db.close_pool()

    async def get(self, keys: Sequence[int]) -> int:
        return sum([(await Journal.aget_by_id(key)).level for key in keys])

    async def objects(self, levels: Sequence[int]) -> int:
        found = [await self._db.list(Journal.select().where(Journal.level == level)) for level in levels]
        return sum([entry.level for entries in found for entry in entries])

    async def dicts(self, levels: Sequence[int]) -> int:
        found = [await self._db.list(Journal.select().where(Journal.level == level).dicts()) for level in levels]
        return sum([row["level"] for rows in found for row in rows])

    async def tuples(self, levels: Sequence[int]) -> int:
        found = [await self._db.list(Journal.select().where(Journal.level == level).tuples()) for level in levels]
        return sum([row[2] for rows in found for row in rows])

    async def pages(self, pages: Sequence[tuple[int, int]]) -> int:
        total = 0
        for level, offset in pages:
            query = Journal.select().where(Journal.level == level).order_by(Journal.id).limit(20).offset(offset)
            total += sum([entry.id for entry in await self._db.list(query)])
        return total

    async def create(self, rows: Sequence[Row]) -> int:
        return sum([(await Entry.acreate(**row)).id for row in rows])

    async def create_together(self, rows: Sequence[Row]) -> int:
        async with self._db.atomic():
            return await self.create(rows)

    async def bulk_create(self, rows: Sequence[Row]) -> int:
        async with self._db.atomic():
            await self._db.aexecute(Entry.insert_many(rows))
        return len(rows)

    async def hold(self, keys: Sequence[int]) -> list[Any]:
        query = Entry.select().where(Entry.id.between(keys[0], keys[-1])).order_by(Entry.id)
        return await self._db.list(query)

    async def update(self, held: list[Any]) -> int:
        for entry in held:
            entry.level = 60
            await entry.asave(only=[Entry.level])
        return len(held)

    async def update_part(self, held: list[Any]) -> int:
        async with self._db.atomic():
            return await self.update(held)

    async def update_whole(self, held: list[Any]) -> int:
        async with self._db.atomic():
            for entry in held:
                entry.level, entry.text = 60, "changed"
                await entry.asave()
        return len(held)

    async def delete(self, held: list[Any]) -> int:
        for entry in held:
            await entry.adelete_instance()
        return len(held)

    async def delete_together(self, held: list[Any]) -> int:
        async with self._db.atomic():
            return await self.delete(held)

    async def movie(self, keys: Sequence[int]) -> list[str]:
        made: list[str] = []
        for key in keys:
            movie = await Movie.aget_by_id(key)
            directors = await self._db.list(
                Direction.select(Direction, Person).join(Person).where(Direction.movie == key)
            )
            cast = await self._db.list(Actor.select(Actor, Person).join(Person).where(Actor.movie == key))
            query = Review.select(Review, User).join(User).where(Review.movie == key)
            reviews = await self._db.list(query.order_by(Review.creation_time.desc()))
            told = [(review, review.author) for review in reviews]
            people = documents.people_in_order(directors), documents.people_in_order(cast)
            made.append(documents.movie_page(movie, *people, told))
        return made

    async def user(self, keys: Sequence[int]) -> list[str]:
        made: list[str] = []
        other = Review.alias()
        average = other.select(fn.AVG(other.rating)).where(other.movie == Movie.id).alias("avg_rating")
        for key in keys:
            user = await User.aget_by_id(key)
            query = Review.select(Review, Movie, average).join(Movie).where(Review.author == key)
            found = await self._db.list(query.order_by(Review.creation_time.desc()).limit(10))
            latest = [(each, each.movie, _average(each)) for each in found]
            made.append(documents.user_page(user, latest))
        return made

    async def insert_movie(self, movies: Sequence[Row]) -> list[str]:
        made: list[str] = []
        for row in movies:
            values = {name: row[name] for name in ("image", "title", "year", "description")}
            async with self._db.atomic():
                movie = await Movie.acreate(**values)
                query = Person.select().where(Person.id.in_([row["director"], *row["actors"]]))
                people = {person.id: person for person in await self._db.list(query)}
                await Direction.acreate(person=row["director"], movie=movie)
                links = [{"person": key, "movie": movie} for key in row["actors"]]
                await self._db.aexecute(Actor.insert_many(links))
            cast = [people[key] for key in row["actors"]]
            made.append(documents.inserted_movie(movie, [people[row["director"]]], cast))
        return made

    async def db(self, keys: Sequence[int]) -> int:
        return sum([(await World.aget_by_id(key)).randomnumber for key in keys])

    async def queries(self, batches: Sequence[Sequence[int]]) -> int:
        return sum([await self.db(batch) for batch in batches])

    async def updates(self, batches: Sequence[Sequence[tuple[int, int]]]) -> int:
        for batch in batches:
            worlds: list[Any] = []
            for key, number in batch:
                world = await World.aget_by_id(key)
                world.randomnumber = number
                worlds.append(world)
            await self._keep(worlds)
        return sum(len(batch) for batch in batches)

    async def _keep(self, worlds: list[Any]) -> None:
        if self._engine != "postgresql":
            await World.abulk_update(worlds, fields=[World.randomnumber])
            return
        # asyncpg takes the numbers of its CASE for texts
        async with self._db.atomic():
            for world in worlds:
                await world.asave(only=[World.randomnumber])

    async def fortunes(self, times: int) -> int:
        total = 0
        for _ in range(times):
            found = await self._db.list(Fortune.select())
            total += len(documents.fortunes_page((each.id, each.message) for each in found))
        return total

    async def wide_objects(self, limit: int) -> int:
        return sum([each.number for each in await self._db.list(Reading.select().where(Reading.id <= limit))])

    async def wide_dicts(self, limit: int) -> int:
        return sum([row["number"] for row in await self._db.list(Reading.select().where(Reading.id <= limit).dicts())])

    async def wide_tuples(self, limit: int) -> int:
        return sum([row[3] for row in await self._db.list(Reading.select().where(Reading.id <= limit).tuples())])

    async def eager(self, low: int, high: int) -> int:
        authors = await self._db.aprefetch(Author.select().where(Author.id.between(low, high)), Book.select())
        return sum([len(author.books) for author in authors])

    async def nested(self, low: int, high: int) -> int:
        query = Author.select().where(Author.id.between(low, high))
        authors = await self._db.aprefetch(query, Book.select(), Page.select())
        return sum([len(book.pages) for author in authors for book in author.books])

    async def bulk_keys(self, rows: Sequence[Row]) -> int:
        if self._engine == "mariadb":
            raise NotDone("gives no keys back on MariaDB")
        keys: set[int] = set()
        async with self._db.atomic():
            for start in range(0, len(rows), BATCH):
                query = Sample.insert_many(rows[start : start + BATCH]).returning(Sample.id).tuples()
                keys.update(row[0] for row in await self._db.aexecute(query))
        return len(keys)

    async def stream(self, limit: int) -> int:
        total = 0
        async for event in self._db.iterate(Event.select().where(Event.id <= limit), buffer_size=1000):
            total += event.id
        return total

    async def transfer(self, transfers: Sequence[tuple[int, int, int]]) -> int:
        for source_key, target_key, amount in transfers:
            async with self._db.atomic():
                source, target = await Account.aget_by_id(source_key), await Account.aget_by_id(target_key)
                source.balance -= amount
                target.balance += amount
                await source.asave(only=[Account.balance])
                await target.asave(only=[Account.balance])
        return len(transfers)


def _average(review: Any) -> Any:
    return review.avg_rating if hasattr(review, "avg_rating") else review.movie.avg_rating
