"""Piccolo, with a connection pool on PostgreSQL. On SQLite it opens a connection for each statement, and cannot be told not to."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from piccolo.columns import ForeignKey, Integer, Real, Text, Timestamp, Varchar
from piccolo.engine.postgres import PostgresEngine
from piccolo.engine.sqlite import SQLiteEngine
from piccolo.query.functions.aggregate import Avg
from piccolo.table import Table

from benchmarks import documents
from benchmarks.contestant import Database, NotDone, Row

__all__ = ["Piccolo"]

BATCH = 5000  # rows of one INSERT, which may have 32,766 values


class Journal(Table, tablename="journal"):
    timestamp = Timestamp()
    level = Integer(index=True)
    text = Varchar(length=255, index=True)


class Entry(Table, tablename="entry"):
    timestamp = Timestamp()
    level = Integer(index=True)
    text = Varchar(length=255, index=True)


class World(Table, tablename="world"):
    randomnumber = Integer()


class Fortune(Table, tablename="fortune"):
    message = Varchar(length=2048)


class Reading(Table, tablename="reading"):
    name = Varchar(length=80)
    value = Real()
    number = Integer()
    label = Varchar(length=80)
    note = Varchar(length=200, null=True)


class Author(Table, tablename="author"):
    name = Varchar(length=80)


class Book(Table, tablename="book"):
    author = ForeignKey(Author, db_column_name="author_id")
    title = Varchar(length=80)


class Page(Table, tablename="page"):
    book = ForeignKey(Book, db_column_name="book_id")
    text = Varchar(length=80)


class Sample(Table, tablename="sample"):
    name = Varchar(length=80)
    value = Real()
    number = Integer()


class Account(Table, tablename="account"):
    balance = Integer()


class Event(Table, tablename="event"):
    name = Varchar(length=80)
    value = Real()


class Person(Table, tablename="person"):
    first_name = Varchar(length=80)
    middle_name = Varchar(length=80)
    last_name = Varchar(length=80)
    image = Varchar(length=80)
    bio = Text()


class Movie(Table, tablename="movie"):
    image = Varchar(length=80)
    title = Varchar(length=120)
    year = Integer()
    description = Text()


class Direction(Table, tablename="directors"):
    list_order = Integer(null=True, default=None)
    person = ForeignKey(Person, db_column_name="person_id")
    movie = ForeignKey(Movie, db_column_name="movie_id")


class Actor(Table, tablename="actors"):
    list_order = Integer(null=True, default=None)
    person = ForeignKey(Person, db_column_name="person_id")
    movie = ForeignKey(Movie, db_column_name="movie_id")


class User(Table, tablename="users"):
    name = Varchar(length=80)
    image = Varchar(length=80)


class Review(Table, tablename="review"):
    body = Text()
    rating = Integer()
    creation_time = Timestamp()
    author = ForeignKey(User, db_column_name="author_id")
    movie = ForeignKey(Movie, db_column_name="movie_id")


TABLES = (
    *(Journal, Entry, World, Fortune, Reading, Author, Book, Page, Sample, Account, Event),
    *(Person, Movie, Direction, Actor, User, Review),
)


class Piccolo:
    """The library's own verbs."""

    def __init__(self, database: Database) -> None:
        self._pool = database.pool
        if database.engine == "sqlite":
            self._engine: Any = SQLiteEngine(path=database.name, timeout=30)
        else:
            told = {"host": database.host, "port": database.port, "user": database.user}
            config = {**told, "password": database.password, "database": database.name, "ssl": False}
            self._engine = PostgresEngine(config=config)
        for table in TABLES:
            table._meta.db = self._engine

    async def open(self) -> None:
        if isinstance(self._engine, PostgresEngine):
            await self._engine.start_connection_pool(min_size=self._pool, max_size=self._pool)

    async def close(self) -> None:
        if isinstance(self._engine, PostgresEngine):
            await self._engine.close_connection_pool()

    async def get(self, keys: Sequence[int]) -> int:
        return sum([(await Journal.objects().get(Journal.id == key)).level for key in keys])

    async def objects(self, levels: Sequence[int]) -> int:
        return sum([entry.level for level in levels for entry in await Journal.objects().where(Journal.level == level)])

    async def dicts(self, levels: Sequence[int]) -> int:
        return sum([row["level"] for level in levels for row in await Journal.select().where(Journal.level == level)])

    async def tuples(self, levels: Sequence[int]) -> int:
        raise NotDone("gives rows as dicts or objects")

    async def pages(self, pages: Sequence[tuple[int, int]]) -> int:
        total = 0
        for level, offset in pages:
            query = Journal.objects().where(Journal.level == level).order_by(Journal.id).limit(20).offset(offset)
            total += sum([entry.id for entry in await query])
        return total

    async def create(self, rows: Sequence[Row]) -> int:
        return sum([(await Entry.objects().create(**row)).id for row in rows])

    async def create_together(self, rows: Sequence[Row]) -> int:
        async with self._engine.transaction():
            return await self.create(rows)

    async def bulk_create(self, rows: Sequence[Row]) -> int:
        await Entry.insert(*[Entry(**row) for row in rows])
        return len(rows)

    async def hold(self, keys: Sequence[int]) -> list[Entry]:
        return await Entry.objects().where(Entry.id >= keys[0], Entry.id <= keys[-1]).order_by(Entry.id)

    async def update(self, held: list[Entry]) -> int:
        for entry in held:
            entry.level = 60
            await entry.save([Entry.level])
        return len(held)

    async def update_part(self, held: list[Entry]) -> int:
        async with self._engine.transaction():
            return await self.update(held)

    async def update_whole(self, held: list[Entry]) -> int:
        async with self._engine.transaction():
            for entry in held:
                entry.level, entry.text = 60, "changed"
                await entry.save()
        return len(held)

    async def delete(self, held: list[Entry]) -> int:
        for entry in held:
            await entry.remove()
        return len(held)

    async def delete_together(self, held: list[Entry]) -> int:
        async with self._engine.transaction():
            return await self.delete(held)

    async def movie(self, keys: Sequence[int]) -> list[str]:
        made: list[str] = []
        for key in keys:
            movie = await Movie.objects().get(Movie.id == key)
            directors = await Direction.objects(Direction.person).where(Direction.movie == key)
            cast = await Actor.objects(Actor.person).where(Actor.movie == key)
            query = Review.objects(Review.author).where(Review.movie == key)
            reviews = await query.order_by(Review.creation_time, ascending=False)
            told = [(review, review.author) for review in reviews]
            people = documents.people_in_order(directors), documents.people_in_order(cast)
            made.append(documents.movie_page(movie, *people, told))
        return made

    async def user(self, keys: Sequence[int]) -> list[str]:
        made: list[str] = []
        for key in keys:
            user = await User.objects().get(User.id == key)
            query = Review.objects(Review.movie).where(Review.author == key)
            found = await query.order_by(Review.creation_time, ascending=False).limit(10)
            averages = await self._averages([review.movie.id for review in found])
            made.append(documents.user_page(user, [(each, each.movie, averages[each.movie.id]) for each in found]))
        return made

    async def _averages(self, movies: list[int]) -> dict[int, Any]:
        if not movies:
            return {}
        query = Review.select(Review.movie, Avg(Review.rating)).where(Review.movie.is_in(movies))
        return {row["movie_id"]: row["avg"] for row in await query.group_by(Review.movie)}

    async def insert_movie(self, movies: Sequence[Row]) -> list[str]:
        made: list[str] = []
        for row in movies:
            values = {name: row[name] for name in ("image", "title", "year", "description")}
            async with self._engine.transaction():
                movie = await Movie.objects().create(**values)
                found = await Person.objects().where(Person.id.is_in([row["director"], *row["actors"]]))
                people = {person.id: person for person in found}
                await Direction.insert(Direction(person=row["director"], movie=movie.id))
                await Actor.insert(*[Actor(person=key, movie=movie.id) for key in row["actors"]])
            cast = [people[key] for key in row["actors"]]
            made.append(documents.inserted_movie(movie, [people[row["director"]]], cast))
        return made

    async def db(self, keys: Sequence[int]) -> int:
        return sum([(await World.objects().get(World.id == key)).randomnumber for key in keys])

    async def queries(self, batches: Sequence[Sequence[int]]) -> int:
        return sum([await self.db(batch) for batch in batches])

    async def updates(self, batches: Sequence[Sequence[tuple[int, int]]]) -> int:
        for batch in batches:
            worlds = [(await World.objects().get(World.id == key), number) for key, number in batch]
            async with self._engine.transaction():
                for world, number in worlds:
                    world.randomnumber = number
                    await world.save([World.randomnumber])
        return sum(len(batch) for batch in batches)

    async def fortunes(self, times: int) -> int:
        total = 0
        for _ in range(times):
            found = await Fortune.objects()
            total += len(documents.fortunes_page((each.id, each.message) for each in found))
        return total

    async def wide_objects(self, limit: int) -> int:
        return sum([reading.number for reading in await Reading.objects().where(Reading.id <= limit)])

    async def wide_dicts(self, limit: int) -> int:
        return sum([row["number"] for row in await Reading.select().where(Reading.id <= limit)])

    async def wide_tuples(self, limit: int) -> int:
        raise NotDone("gives rows as dicts or objects")

    async def _authors(self, low: int, high: int) -> tuple[list[Author], dict[int, list[Book]], list[Book]]:
        authors = await Author.objects().where(Author.id >= low, Author.id <= high)
        found = await Book.objects().where(Book.author.is_in([author.id for author in authors]))
        books: dict[int, list[Book]] = defaultdict(list)
        for book in found:
            books[book.author].append(book)
        return authors, books, found

    async def eager(self, low: int, high: int) -> int:
        authors, books, _ = await self._authors(low, high)
        return sum([len(books[author.id]) for author in authors])

    async def nested(self, low: int, high: int) -> int:
        authors, books, found = await self._authors(low, high)
        pages: dict[int, list[Page]] = defaultdict(list)
        for page in await Page.objects().where(Page.book.is_in([book.id for book in found])):
            pages[page.book].append(page)
        return sum([len(pages[book.id]) for author in authors for book in books[author.id]])

    async def bulk_keys(self, rows: Sequence[Row]) -> int:
        keys: set[int] = set()
        async with self._engine.transaction():
            for start in range(0, len(rows), BATCH):
                samples = [Sample(**row) for row in rows[start : start + BATCH]]
                keys.update(row["id"] for row in await Sample.insert(*samples).returning(Sample.id))
        return len(keys)

    async def stream(self, limit: int) -> int:
        del limit  # which is all of them; on SQLite its streams take no values
        total = 0
        async with await Event.objects().batch(batch_size=1000) as batches:
            async for events in batches:
                total += sum([event.id for event in events])
        return total

    async def transfer(self, transfers: Sequence[tuple[int, int, int]]) -> int:
        for source_key, target_key, amount in transfers:
            async with self._engine.transaction():
                source = await Account.objects().get(Account.id == source_key)
                target = await Account.objects().get(Account.id == target_key)
                source.balance -= amount
                target.balance += amount
                await source.save([Account.balance])
                await target.save([Account.balance])
        return len(transfers)
