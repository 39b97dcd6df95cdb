"""Oxyde, whose statements are made and sent by Rust."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from oxyde import Avg, Field, Model, db
from oxyde.db import PoolSettings, transaction

from benchmarks import documents
from benchmarks.contestant import Database, NotDone, Row

__all__ = ["Oxyde"]

BATCH = 5000  # rows of one INSERT, which may have 32,766 values


class Journal(Model):
    id: int | None = Field(default=None, db_pk=True)
    timestamp: datetime
    level: int
    text: str

    class Meta:
        is_table = True
        table_name = "journal"


class Entry(Model):
    id: int | None = Field(default=None, db_pk=True)
    timestamp: datetime
    level: int
    text: str

    class Meta:
        is_table = True
        table_name = "entry"


class World(Model):
    id: int | None = Field(default=None, db_pk=True)
    randomnumber: int

    class Meta:
        is_table = True
        table_name = "world"


class Fortune(Model):
    id: int | None = Field(default=None, db_pk=True)
    message: str

    class Meta:
        is_table = True
        table_name = "fortune"


class Reading(Model):
    id: int | None = Field(default=None, db_pk=True)
    name: str
    value: float
    number: int
    label: str
    note: str | None = None

    class Meta:
        is_table = True
        table_name = "reading"


class Author(Model):
    id: int | None = Field(default=None, db_pk=True)
    name: str
    books: list["Book"] = Field(db_reverse_fk="author")

    class Meta:
        is_table = True
        table_name = "author"


class Book(Model):
    id: int | None = Field(default=None, db_pk=True)
    author: Author | None = None
    title: str
    pages: list["Page"] = Field(db_reverse_fk="book")

    class Meta:
        is_table = True
        table_name = "book"


class Page(Model):
    id: int | None = Field(default=None, db_pk=True)
    book: Book | None = None
    text: str

    class Meta:
        is_table = True
        table_name = "page"


class Sample(Model):
    id: int | None = Field(default=None, db_pk=True)
    name: str
    value: float
    number: int

    class Meta:
        is_table = True
        table_name = "sample"


class Account(Model):
    id: int | None = Field(default=None, db_pk=True)
    balance: int

    class Meta:
        is_table = True
        table_name = "account"


class Person(Model):
    id: int | None = Field(default=None, db_pk=True)
    first_name: str
    middle_name: str
    last_name: str
    image: str
    bio: str

    class Meta:
        is_table = True
        table_name = "person"


class Movie(Model):
    id: int | None = Field(default=None, db_pk=True)
    image: str
    title: str
    year: int
    description: str

    class Meta:
        is_table = True
        table_name = "movie"


class Direction(Model):
    id: int | None = Field(default=None, db_pk=True)
    list_order: int | None = None
    person: Person | None = None
    movie: Movie | None = None

    class Meta:
        is_table = True
        table_name = "directors"


class Actor(Model):
    id: int | None = Field(default=None, db_pk=True)
    list_order: int | None = None
    person: Person | None = None
    movie: Movie | None = None

    class Meta:
        is_table = True
        table_name = "actors"


class User(Model):
    id: int | None = Field(default=None, db_pk=True)
    name: str
    image: str

    class Meta:
        is_table = True
        table_name = "users"


class Review(Model):
    id: int | None = Field(default=None, db_pk=True)
    body: str
    rating: int
    creation_time: datetime
    author: User | None = None
    movie: Movie | None = None

    class Meta:
        is_table = True
        table_name = "review"


_PLAIN = {"postgresql": "disable", "mariadb": "disabled"}
_SCHEMES = {"postgresql": "postgresql", "mariadb": "mysql"}


class Oxyde:
    """The library's own verbs."""

    def __init__(self, database: Database) -> None:
        engine, pool = database.engine, database.pool
        self._url = f"sqlite://{database.name}" if engine == "sqlite" else database.url(_SCHEMES[engine])
        self._settings = PoolSettings(max_connections=pool, min_connections=pool, ssl_mode=_PLAIN.get(engine))

    async def open(self) -> None:
        await db.init(default=self._url, settings=self._settings)

    async def close(self) -> None:
        await db.close()

    async def get(self, keys: Sequence[int]) -> int:
        return sum([(await Journal.objects.get(id=key)).level for key in keys])

    async def objects(self, levels: Sequence[int]) -> int:
        return sum([entry.level for level in levels for entry in await Journal.objects.filter(level=level).all()])

    async def dicts(self, levels: Sequence[int]) -> int:
        found = [await Journal.objects.filter(level=level).values().all() for level in levels]
        return sum([row["level"] for rows in found for row in rows])

    async def tuples(self, levels: Sequence[int]) -> int:
        names = ("id", "timestamp", "level", "text")
        found = [await Journal.objects.filter(level=level).values_list(*names).all() for level in levels]
        return sum([row[2] for rows in found for row in rows])

    async def pages(self, pages: Sequence[tuple[int, int]]) -> int:
        total = 0
        for level, offset in pages:
            query = Journal.objects.filter(level=level).order_by("id").limit(20).offset(offset)
            total += sum([entry.id for entry in await query.all()])
        return total

    async def create(self, rows: Sequence[Row]) -> int:
        return sum([(await Entry.objects.create(**row)).id for row in rows])

    async def create_together(self, rows: Sequence[Row]) -> int:
        async with transaction.atomic():
            return await self.create(rows)

    async def bulk_create(self, rows: Sequence[Row]) -> int:
        return len(await Entry.objects.bulk_create(rows))

    async def hold(self, keys: Sequence[int]) -> list[Entry]:
        return await Entry.objects.filter(id__gte=keys[0], id__lte=keys[-1]).order_by("id").all()

    async def update(self, held: list[Entry]) -> int:
        for entry in held:
            entry.level = 60
            await entry.save(update_fields=["level"])
        return len(held)

    async def update_part(self, held: list[Entry]) -> int:
        async with transaction.atomic():
            return await self.update(held)

    async def update_whole(self, held: list[Entry]) -> int:
        async with transaction.atomic():
            for entry in held:
                entry.level, entry.text = 60, "changed"
                await entry.save()
        return len(held)

    async def delete(self, held: list[Entry]) -> int:
        for entry in held:
            await entry.delete()
        return len(held)

    async def delete_together(self, held: list[Entry]) -> int:
        async with transaction.atomic():
            return await self.delete(held)

    async def movie(self, keys: Sequence[int]) -> list[str]:
        made: list[str] = []
        for key in keys:
            movie = await Movie.objects.get(id=key)
            directors = await Direction.objects.filter(movie_id=key).join("person").all()
            cast = await Actor.objects.filter(movie_id=key).join("person").all()
            reviews = await Review.objects.filter(movie_id=key).join("author").order_by("-creation_time").all()
            told = [(review, review.author) for review in reviews]
            people = documents.people_in_order(directors), documents.people_in_order(cast)
            made.append(documents.movie_page(movie, *people, told))
        return made

    async def user(self, keys: Sequence[int]) -> list[str]:
        made: list[str] = []
        for key in keys:
            user = await User.objects.get(id=key)
            found = await Review.objects.filter(author_id=key).join("movie").order_by("-creation_time").limit(10).all()
            averages = await self._averages([review.movie.id for review in found])
            made.append(documents.user_page(user, [(each, each.movie, averages[each.movie.id]) for each in found]))
        return made

    async def _averages(self, movies: list[int]) -> dict[int, Any]:
        if not movies:
            return {}
        query = Review.objects.filter(movie_id__in=movies).annotate(average=Avg("rating")).group_by("movie_id")
        return {row["movie_id"]: row["average"] for row in await query.values("movie_id", "average").all()}

    async def insert_movie(self, movies: Sequence[Row]) -> list[str]:
        made: list[str] = []
        for row in movies:
            values = {name: row[name] for name in ("image", "title", "year", "description")}
            async with transaction.atomic():
                movie = await Movie.objects.create(**values)
                found = await Person.objects.filter(id__in=[row["director"], *row["actors"]]).all()
                people = {person.id: person for person in found}
                await Direction.objects.create(person_id=row["director"], movie_id=movie.id)
                await Actor.objects.bulk_create([{"person_id": key, "movie_id": movie.id} for key in row["actors"]])
            cast = [people[key] for key in row["actors"]]
            made.append(documents.inserted_movie(movie, [people[row["director"]]], cast))
        return made

    async def db(self, keys: Sequence[int]) -> int:
        return sum([(await World.objects.get(id=key)).randomnumber for key in keys])

    async def queries(self, batches: Sequence[Sequence[int]]) -> int:
        return sum([await self.db(batch) for batch in batches])

    async def updates(self, batches: Sequence[Sequence[tuple[int, int]]]) -> int:
        for batch in batches:
            worlds: list[World] = []
            for key, number in batch:
                world = await World.objects.get(id=key)
                world.randomnumber = number
                worlds.append(world)
            await World.objects.bulk_update(worlds, ["randomnumber"])
        return sum(len(batch) for batch in batches)

    async def fortunes(self, times: int) -> int:
        total = 0
        for _ in range(times):
            found = await Fortune.objects.all()
            total += len(documents.fortunes_page((each.id, each.message) for each in found))
        return total

    async def wide_objects(self, limit: int) -> int:
        return sum([reading.number for reading in await Reading.objects.filter(id__lte=limit).all()])

    async def wide_dicts(self, limit: int) -> int:
        return sum([row["number"] for row in await Reading.objects.filter(id__lte=limit).values().all()])

    async def wide_tuples(self, limit: int) -> int:
        names = ("id", "name", "value", "number", "label", "note")
        return sum([row[3] for row in await Reading.objects.filter(id__lte=limit).values_list(*names).all()])

    async def eager(self, low: int, high: int) -> int:
        authors = await Author.objects.filter(id__gte=low, id__lte=high).prefetch("books").all()
        return sum([len(author.books) for author in authors])

    async def nested(self, low: int, high: int) -> int:
        authors = await Author.objects.filter(id__gte=low, id__lte=high).prefetch("books__pages").all()
        return sum([len(book.pages) for author in authors for book in author.books])

    async def bulk_keys(self, rows: Sequence[Row]) -> int:
        async with transaction.atomic():
            return len({sample.id for sample in await Sample.objects.bulk_create(rows, batch_size=BATCH)})

    async def stream(self, limit: int) -> int:
        raise NotDone("has no streams: a query has all of its rows in memory")

    async def transfer(self, transfers: Sequence[tuple[int, int, int]]) -> int:
        for source_key, target_key, amount in transfers:
            async with transaction.atomic():
                source, target = await Account.objects.get(id=source_key), await Account.objects.get(id=target_key)
                source.balance -= amount
                target.balance += amount
                await source.save(update_fields=["balance"])
                await target.save(update_fields=["balance"])
        return len(transfers)
