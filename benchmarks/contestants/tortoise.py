"""Tortoise, with a pool that is as large as all pools are."""

from collections.abc import Sequence
from typing import Any

from tortoise import Tortoise as Library
from tortoise import fields
from tortoise.functions import Avg
from tortoise.models import Model
from tortoise.query_utils import Prefetch
from tortoise.transactions import in_transaction

from benchmarks import documents
from benchmarks.contestant import Database, NotDone, Row

__all__ = ["Tortoise"]


class Journal(Model):
    id = fields.IntField(primary_key=True)
    timestamp = fields.DatetimeField()
    level = fields.IntField(db_index=True)
    text = fields.CharField(max_length=255, db_index=True)

    class Meta:
        table = "journal"


class Entry(Model):
    id = fields.IntField(primary_key=True)
    timestamp = fields.DatetimeField()
    level = fields.IntField(db_index=True)
    text = fields.CharField(max_length=255, db_index=True)

    class Meta:
        table = "entry"


class World(Model):
    id = fields.IntField(primary_key=True)
    randomnumber = fields.IntField()

    class Meta:
        table = "world"


class Fortune(Model):
    id = fields.IntField(primary_key=True)
    message = fields.CharField(max_length=2048)

    class Meta:
        table = "fortune"


class Reading(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=80)
    value = fields.FloatField()
    number = fields.IntField()
    label = fields.CharField(max_length=80)
    note = fields.CharField(max_length=200, null=True)

    class Meta:
        table = "reading"


class Author(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=80)
    books: fields.ReverseRelation["Book"]

    class Meta:
        table = "author"


class Book(Model):
    id = fields.IntField(primary_key=True)
    author = fields.ForeignKeyField("models.Author", related_name="books")
    title = fields.CharField(max_length=80)
    pages: fields.ReverseRelation["Page"]

    class Meta:
        table = "book"


class Page(Model):
    id = fields.IntField(primary_key=True)
    book = fields.ForeignKeyField("models.Book", related_name="pages")
    text = fields.CharField(max_length=80)

    class Meta:
        table = "page"


class Sample(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=80)
    value = fields.FloatField()
    number = fields.IntField()

    class Meta:
        table = "sample"


class Account(Model):
    id = fields.IntField(primary_key=True)
    balance = fields.IntField()

    class Meta:
        table = "account"


class Person(Model):
    id = fields.IntField(primary_key=True)
    first_name = fields.CharField(max_length=80)
    middle_name = fields.CharField(max_length=80)
    last_name = fields.CharField(max_length=80)
    image = fields.CharField(max_length=80)
    bio = fields.TextField()

    class Meta:
        table = "person"


class Movie(Model):
    id = fields.IntField(primary_key=True)
    image = fields.CharField(max_length=80)
    title = fields.CharField(max_length=120)
    year = fields.IntField()
    description = fields.TextField()

    class Meta:
        table = "movie"


class Direction(Model):
    id = fields.IntField(primary_key=True)
    list_order = fields.IntField(null=True)
    person = fields.ForeignKeyField("models.Person", related_name="directed")
    movie = fields.ForeignKeyField("models.Movie", related_name="directions")

    class Meta:
        table = "directors"


class Actor(Model):
    id = fields.IntField(primary_key=True)
    list_order = fields.IntField(null=True)
    person = fields.ForeignKeyField("models.Person", related_name="acted_in")
    movie = fields.ForeignKeyField("models.Movie", related_name="actors")

    class Meta:
        table = "actors"


class User(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=80)
    image = fields.CharField(max_length=80)

    class Meta:
        table = "users"


class Review(Model):
    id = fields.IntField(primary_key=True)
    body = fields.TextField()
    rating = fields.IntField()
    creation_time = fields.DatetimeField()
    author = fields.ForeignKeyField("models.User", related_name="reviews")
    movie = fields.ForeignKeyField("models.Movie", related_name="reviews")

    class Meta:
        table = "review"


def _connection(where: Database) -> dict[str, Any]:
    if where.engine == "sqlite":
        told = {"file_path": where.name, "journal_mode": "WAL", "synchronous": "NORMAL"}
        return {"engine": "tortoise.backends.sqlite", "credentials": told}
    told = {"host": where.host, "port": where.port, "user": where.user, "password": where.password}
    told |= {"database": where.name, "minsize": where.pool, "maxsize": where.pool}
    if where.engine == "postgresql":
        return {"engine": "tortoise.backends.asyncpg", "credentials": told | {"ssl": False}}
    return {"engine": "tortoise.backends.mysql", "credentials": told | {"charset": "utf8mb4"}}


class Tortoise:
    """The library's own verbs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self) -> None:
        models = {"models": {"models": [__name__], "default_connection": "default"}}
        connections = {"default": _connection(self._database)}
        await Library.init(config={"connections": connections, "apps": models, "use_tz": False})
        await Journal.get(id=1)

    async def close(self) -> None:
        await Library.close_connections()

    async def get(self, keys: Sequence[int]) -> int:
        return sum([(await Journal.get(id=key)).level for key in keys])

    async def objects(self, levels: Sequence[int]) -> int:
        return sum([entry.level for level in levels for entry in await Journal.filter(level=level)])

    async def dicts(self, levels: Sequence[int]) -> int:
        return sum([entry["level"] for level in levels for entry in await Journal.filter(level=level).values()])

    async def tuples(self, levels: Sequence[int]) -> int:
        return sum([entry[2] for level in levels for entry in await Journal.filter(level=level).values_list()])

    async def pages(self, pages: Sequence[tuple[int, int]]) -> int:
        total = 0
        for level, offset in pages:
            query = Journal.filter(level=level).order_by("id").limit(20).offset(offset)
            total += sum([entry.id for entry in await query])
        return total

    async def create(self, rows: Sequence[Row]) -> int:
        return sum([(await Entry.create(**row)).id for row in rows])

    async def create_together(self, rows: Sequence[Row]) -> int:
        async with in_transaction():
            return await self.create(rows)

    async def bulk_create(self, rows: Sequence[Row]) -> int:
        await Entry.bulk_create([Entry(**row) for row in rows])
        return len(rows)

    async def hold(self, keys: Sequence[int]) -> list[Entry]:
        return await Entry.filter(id__gte=keys[0], id__lte=keys[-1]).order_by("id")

    async def update(self, held: list[Entry]) -> int:
        for entry in held:
            entry.level = 60
            await entry.save(update_fields=["level"])
        return len(held)

    async def update_part(self, held: list[Entry]) -> int:
        async with in_transaction():
            return await self.update(held)

    async def update_whole(self, held: list[Entry]) -> int:
        async with in_transaction():
            for entry in held:
                entry.level, entry.text = 60, "changed"
                await entry.save()
        return len(held)

    async def delete(self, held: list[Entry]) -> int:
        for entry in held:
            await entry.delete()
        return len(held)

    async def delete_together(self, held: list[Entry]) -> int:
        async with in_transaction():
            return await self.delete(held)

    async def movie(self, keys: Sequence[int]) -> list[str]:
        made: list[str] = []
        for key in keys:
            movie = await Movie.get(id=key).prefetch_related(
                Prefetch("directions", Direction.all().select_related("person")),
                Prefetch("actors", Actor.all().select_related("person")),
                Prefetch("reviews", Review.all().select_related("author").order_by("-creation_time")),
            )
            reviews = [(review, review.author) for review in movie.reviews]
            directors, cast = documents.people_in_order(movie.directions), documents.people_in_order(movie.actors)
            made.append(documents.movie_page(movie, directors, cast, reviews))
        return made

    async def user(self, keys: Sequence[int]) -> list[str]:
        made: list[str] = []
        for key in keys:
            user = await User.get(id=key)
            found = await Review.filter(author_id=key).order_by("-creation_time").limit(10)
            query = Movie.filter(id__in=[review.movie_id for review in found]).annotate(
                avg_rating=Avg("reviews__rating")
            )
            movies = {movie.id: movie for movie in (await query if found else [])}
            latest = [(each, movies[each.movie_id], movies[each.movie_id].avg_rating) for each in found]
            made.append(documents.user_page(user, latest))
        return made

    async def insert_movie(self, movies: Sequence[Row]) -> list[str]:
        made: list[str] = []
        for row in movies:
            values = {name: row[name] for name in ("image", "title", "year", "description")}
            async with in_transaction():
                movie = await Movie.create(**values)
                people = {each.id: each for each in await Person.filter(id__in=[row["director"], *row["actors"]])}
                await Direction.create(person_id=row["director"], movie_id=movie.id)
                await Actor.bulk_create([Actor(person_id=key, movie_id=movie.id) for key in row["actors"]])
            cast = [people[key] for key in row["actors"]]
            made.append(documents.inserted_movie(movie, [people[row["director"]]], cast))
        return made

    async def db(self, keys: Sequence[int]) -> int:
        return sum([(await World.get(id=key)).randomnumber for key in keys])

    async def queries(self, batches: Sequence[Sequence[int]]) -> int:
        return sum([await self.db(batch) for batch in batches])

    async def updates(self, batches: Sequence[Sequence[tuple[int, int]]]) -> int:
        for batch in batches:
            worlds: list[World] = []
            for key, number in batch:
                world = await World.get(id=key)
                world.randomnumber = number
                worlds.append(world)
            await World.bulk_update(worlds, fields=["randomnumber"])
        return sum(len(batch) for batch in batches)

    async def fortunes(self, times: int) -> int:
        total = 0
        for _ in range(times):
            found = await Fortune.all()
            total += len(documents.fortunes_page((each.id, each.message) for each in found))
        return total

    async def wide_objects(self, limit: int) -> int:
        return sum([reading.number for reading in await Reading.filter(id__lte=limit)])

    async def wide_dicts(self, limit: int) -> int:
        return sum([reading["number"] for reading in await Reading.filter(id__lte=limit).values()])

    async def wide_tuples(self, limit: int) -> int:
        return sum([reading[3] for reading in await Reading.filter(id__lte=limit).values_list()])

    async def eager(self, low: int, high: int) -> int:
        authors = await Author.filter(id__gte=low, id__lte=high).prefetch_related("books")
        return sum([len(author.books) for author in authors])

    async def nested(self, low: int, high: int) -> int:
        authors = await Author.filter(id__gte=low, id__lte=high).prefetch_related("books__pages")
        return sum([len(book.pages) for author in authors for book in author.books])

    async def bulk_keys(self, rows: Sequence[Row]) -> int:
        raise NotDone("bulk_create gives no keys back")

    async def stream(self, limit: int) -> int:
        raise NotDone("has no streams: a query has all of its rows in memory")

    async def transfer(self, transfers: Sequence[tuple[int, int, int]]) -> int:
        for source_key, target_key, amount in transfers:
            async with in_transaction():
                source, target = await Account.get(id=source_key), await Account.get(id=target_key)
                source.balance -= amount
                target.balance += amount
                await source.save(update_fields=["balance"])
                await target.save(update_fields=["balance"])
        return len(transfers)
