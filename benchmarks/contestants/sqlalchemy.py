"""SQLAlchemy's asyncio: `expire_on_commit=False`, a session for each piece of work, `selectinload`, bulk statements."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Double, ForeignKey, Select, event, func, insert, select, update
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    column_property,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
)
from sqlalchemy.pool import AsyncAdaptedQueuePool

from benchmarks import documents
from benchmarks.contestant import Database, Row

__all__ = ["Sqlalchemy"]


class Base(DeclarativeBase):
    type_annotation_map: ClassVar[dict[Any, Any]] = {float: Double}


class Journal(Base):
    __tablename__ = "journal"
    id: Mapped[int] = mapped_column(primary_key=True)
    timestamp: Mapped[datetime]
    level: Mapped[int]
    text: Mapped[str]


class Entry(Base):
    __tablename__ = "entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    timestamp: Mapped[datetime]
    level: Mapped[int]
    text: Mapped[str]


class World(Base):
    __tablename__ = "world"
    id: Mapped[int] = mapped_column(primary_key=True)
    randomnumber: Mapped[int]


class Fortune(Base):
    __tablename__ = "fortune"
    id: Mapped[int] = mapped_column(primary_key=True)
    message: Mapped[str]


class Reading(Base):
    __tablename__ = "reading"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    value: Mapped[float]
    number: Mapped[int]
    label: Mapped[str]
    note: Mapped[str | None]


class Author(Base):
    __tablename__ = "author"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    books: Mapped[list["Book"]] = relationship()


class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"))
    title: Mapped[str]
    pages: Mapped[list["Page"]] = relationship()


class Page(Base):
    __tablename__ = "page"
    id: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"))
    text: Mapped[str]


class Sample(Base):
    __tablename__ = "sample"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    value: Mapped[float]
    number: Mapped[int]


class Account(Base):
    __tablename__ = "account"
    id: Mapped[int] = mapped_column(primary_key=True)
    balance: Mapped[int]


class Event(Base):
    __tablename__ = "event"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    value: Mapped[float]


class Person(Base):
    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    first_name: Mapped[str]
    middle_name: Mapped[str]
    last_name: Mapped[str]
    image: Mapped[str]
    bio: Mapped[str]


class Review(Base):
    __tablename__ = "review"
    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str]
    rating: Mapped[int]
    creation_time: Mapped[datetime]
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    movie_id: Mapped[int] = mapped_column(ForeignKey("movie.id"))
    author: Mapped["User"] = relationship()
    movie: Mapped["Movie"] = relationship(back_populates="reviews")


class Direction(Base):
    __tablename__ = "directors"
    id: Mapped[int] = mapped_column(primary_key=True)
    list_order: Mapped[int | None]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    movie_id: Mapped[int] = mapped_column(ForeignKey("movie.id"))
    person: Mapped[Person] = relationship()


class Actor(Base):
    __tablename__ = "actors"
    id: Mapped[int] = mapped_column(primary_key=True)
    list_order: Mapped[int | None]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    movie_id: Mapped[int] = mapped_column(ForeignKey("movie.id"))
    person: Mapped[Person] = relationship()


class Movie(Base):
    __tablename__ = "movie"
    id: Mapped[int] = mapped_column(primary_key=True)
    image: Mapped[str]
    title: Mapped[str]
    year: Mapped[int]
    description: Mapped[str]
    directions: Mapped[list[Direction]] = relationship()
    actors: Mapped[list[Actor]] = relationship()
    reviews: Mapped[list[Review]] = relationship(back_populates="movie", order_by=Review.creation_time.desc())


Movie.avg_rating = column_property(
    select(func.avg(Review.rating)).where(Review.movie_id == Movie.id).correlate_except(Review).scalar_subquery(),
    deferred=True,
)


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    image: Mapped[str]


_SCHEMES = {"postgresql": "postgresql+asyncpg", "mariadb": "mysql+asyncmy"}


class Sqlalchemy:
    """The ORM with asyncio."""

    def __init__(self, database: Database) -> None:
        self._database = database
        told: dict[str, Any] = {"pool_size": database.pool, "max_overflow": 0}
        url = f"sqlite+aiosqlite:///{database.name}"
        if database.engine != "sqlite":
            url = database.url(_SCHEMES[database.engine], "?charset=utf8mb4" if database.engine == "mariadb" else "")
        if database.engine == "postgresql":
            told["connect_args"] = {"ssl": False}
        if database.engine == "sqlite":
            told["poolclass"] = AsyncAdaptedQueuePool
            told["connect_args"] = {"timeout": 30}
        self._engine = create_async_engine(url, **told)
        if database.engine == "sqlite":
            event.listen(self._engine.sync_engine, "connect", _tune)
        self._session = async_sessionmaker(self._engine, expire_on_commit=False)

    async def open(self) -> None:
        opened = [await self._engine.connect() for _ in range(self._database.pool)]
        for connection in opened:
            await connection.close()

    async def close(self) -> None:
        await self._engine.dispose()

    async def get(self, keys: Sequence[int]) -> int:
        total = 0
        for key in keys:
            async with self._session() as session:
                found = await session.get(Journal, key)
                assert found is not None
                total += found.level
        return total

    async def objects(self, levels: Sequence[int]) -> int:
        total = 0
        for level in levels:
            async with self._session() as session:
                found = await session.scalars(select(Journal).where(Journal.level == level))
                total += sum([entry.level for entry in found.all()])
        return total

    async def dicts(self, levels: Sequence[int]) -> int:
        total = 0
        for level in levels:
            async with self._session() as session:
                found = await session.execute(self._columns(level))
                total += sum([row["level"] for row in [dict(row) for row in found.mappings()]])
        return total

    async def tuples(self, levels: Sequence[int]) -> int:
        total = 0
        for level in levels:
            async with self._session() as session:
                total += sum([row[2] for row in (await session.execute(self._columns(level))).all()])
        return total

    def _columns(self, level: int) -> Select[Any]:
        return select(Journal.id, Journal.timestamp, Journal.level, Journal.text).where(Journal.level == level)

    async def pages(self, pages: Sequence[tuple[int, int]]) -> int:
        total = 0
        for level, offset in pages:
            query = select(Journal).where(Journal.level == level).order_by(Journal.id).limit(20).offset(offset)
            async with self._session() as session:
                total += sum([entry.id for entry in (await session.scalars(query)).all()])
        return total

    async def create(self, rows: Sequence[Row]) -> int:
        total = 0
        for row in rows:
            async with self._session() as session:
                entry = Entry(**row)
                session.add(entry)
                await session.commit()
                total += entry.id
        return total

    async def create_together(self, rows: Sequence[Row]) -> int:
        total = 0
        async with self._session() as session, session.begin():
            for row in rows:
                entry = Entry(**row)
                session.add(entry)
                await session.flush()
                total += entry.id
        return total

    async def bulk_create(self, rows: Sequence[Row]) -> int:
        async with self._session() as session, session.begin():
            await session.execute(insert(Entry), rows)
        return len(rows)

    async def hold(self, keys: Sequence[int]) -> list[Entry]:
        query = select(Entry).where(Entry.id.between(keys[0], keys[-1])).order_by(Entry.id)
        async with self._session() as session:
            return list((await session.scalars(query)).all())

    async def update(self, held: list[Entry]) -> int:
        for entry in held:
            async with self._session() as session:
                session.add(entry)
                entry.level = 60
                await session.commit()
        return len(held)

    async def update_part(self, held: list[Entry]) -> int:
        async with self._session() as session, session.begin():
            session.add_all(held)
            for entry in held:
                entry.level = 60
                await session.flush()
        return len(held)

    async def update_whole(self, held: list[Entry]) -> int:
        async with self._session() as session, session.begin():
            session.add_all(held)
            for entry in held:
                entry.level, entry.text = 60, "changed"
                await session.flush()
        return len(held)

    async def delete(self, held: list[Entry]) -> int:
        for entry in held:
            async with self._session() as session:
                await session.delete(entry)
                await session.commit()
        return len(held)

    async def delete_together(self, held: list[Entry]) -> int:
        async with self._session() as session, session.begin():
            for entry in held:
                await session.delete(entry)
                await session.flush()
        return len(held)

    async def movie(self, keys: Sequence[int]) -> list[str]:
        made: list[str] = []
        loaded = (
            selectinload(Movie.directions).joinedload(Direction.person, innerjoin=True),
            selectinload(Movie.actors).joinedload(Actor.person, innerjoin=True),
            selectinload(Movie.reviews).joinedload(Review.author, innerjoin=True),
        )
        for key in keys:
            async with self._session() as session:
                movie = await session.get_one(Movie, key, options=loaded)
            reviews = [(review, review.author) for review in movie.reviews]
            directors, cast = documents.people_in_order(movie.directions), documents.people_in_order(movie.actors)
            made.append(documents.movie_page(movie, directors, cast, reviews))
        return made

    async def user(self, keys: Sequence[int]) -> list[str]:
        made: list[str] = []
        for key in keys:
            query = (
                select(Review)
                .where(Review.author_id == key)
                .order_by(Review.creation_time.desc())
                .limit(10)
                .options(joinedload(Review.movie, innerjoin=True).undefer(Movie.avg_rating))
            )
            async with self._session() as session:
                user = await session.get_one(User, key)
                found = (await session.scalars(query)).all()
            made.append(documents.user_page(user, [(each, each.movie, each.movie.avg_rating) for each in found]))
        return made

    async def insert_movie(self, movies: Sequence[Row]) -> list[str]:
        made: list[str] = []
        for row in movies:
            movie = Movie(**{name: row[name] for name in ("image", "title", "year", "description")})
            query = select(Person).where(Person.id.in_([row["director"], *row["actors"]]))
            async with self._session() as session, session.begin():
                people = {person.id: person for person in await session.scalars(query)}
                movie.directions = [Direction(person=people[row["director"]])]
                movie.actors = [Actor(person=people[key]) for key in row["actors"]]
                session.add(movie)
            directors, cast = [each.person for each in movie.directions], [each.person for each in movie.actors]
            made.append(documents.inserted_movie(movie, directors, cast))
        return made

    async def db(self, keys: Sequence[int]) -> int:
        total = 0
        for key in keys:
            async with self._session() as session:
                total += (await session.get_one(World, key)).randomnumber
        return total

    async def queries(self, batches: Sequence[Sequence[int]]) -> int:
        total = 0
        for batch in batches:
            async with self._session() as session:
                for key in batch:
                    total += (await session.get_one(World, key)).randomnumber
        return total

    async def updates(self, batches: Sequence[Sequence[tuple[int, int]]]) -> int:
        total = 0
        for batch in batches:
            async with self._session() as session, session.begin():
                found = [(await session.get_one(World, key), number) for key, number in batch]
                await session.execute(
                    update(World), [{"id": world.id, "randomnumber": number} for world, number in found]
                )
            total += len(batch)
        return total

    async def fortunes(self, times: int) -> int:
        total = 0
        for _ in range(times):
            async with self._session() as session:
                found = (await session.scalars(select(Fortune))).all()
            total += len(documents.fortunes_page((each.id, each.message) for each in found))
        return total

    async def wide_objects(self, limit: int) -> int:
        async with self._session() as session:
            found = await session.scalars(select(Reading).where(Reading.id <= limit))
            return sum([reading.number for reading in found.all()])

    async def wide_dicts(self, limit: int) -> int:
        async with self._session() as session:
            found = await session.execute(self._wide(limit))
            return sum([row["number"] for row in [dict(row) for row in found.mappings()]])

    async def wide_tuples(self, limit: int) -> int:
        async with self._session() as session:
            return sum([row[3] for row in (await session.execute(self._wide(limit))).all()])

    def _wide(self, limit: int) -> Select[Any]:
        return select(*Reading.__table__.columns).where(Reading.id <= limit)

    async def eager(self, low: int, high: int) -> int:
        query = select(Author).where(Author.id.between(low, high)).options(selectinload(Author.books))
        async with self._session() as session:
            return sum([len(author.books) for author in (await session.scalars(query)).all()])

    async def nested(self, low: int, high: int) -> int:
        loaded = selectinload(Author.books).selectinload(Book.pages)
        query = select(Author).where(Author.id.between(low, high)).options(loaded)
        async with self._session() as session:
            authors = (await session.scalars(query)).all()
        return sum([len(book.pages) for author in authors for book in author.books])

    async def bulk_keys(self, rows: Sequence[Row]) -> int:
        async with self._session() as session, session.begin():
            found = await session.scalars(insert(Sample).returning(Sample.id), rows)
            return len(set(found.all()))

    async def stream(self, limit: int) -> int:
        total = 0
        query = select(Event).where(Event.id <= limit).execution_options(yield_per=1000)
        async with self._session() as session:
            async for event_ in await session.stream_scalars(query):
                total += event_.id
        return total

    async def transfer(self, transfers: Sequence[tuple[int, int, int]]) -> int:
        for source_key, target_key, amount in transfers:
            async with self._session() as session, session.begin():
                source = await session.get_one(Account, source_key)
                target = await session.get_one(Account, target_key)
                source.balance -= amount
                target.balance += amount
        return len(transfers)


def _tune(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = wal")
    cursor.execute("PRAGMA synchronous = normal")
    cursor.close()
