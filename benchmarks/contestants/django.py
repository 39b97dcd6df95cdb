"""Django's async ORM: its verbs run in one thread, and transactions are plain functions that are sent there as a whole."""

from collections.abc import Sequence
from typing import Any

import django
from asgiref.sync import sync_to_async
from django.conf import settings

from benchmarks import documents
from benchmarks.contestant import Database, Row

__all__ = ["Django"]


def _connection(where: Database) -> dict[str, Any]:
    if where.engine == "sqlite":
        options = {
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode = wal; PRAGMA synchronous = normal",
        }
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": where.name, "OPTIONS": options}
    told = {"NAME": where.name, "HOST": where.host, "PORT": where.port, "USER": where.user, "PASSWORD": where.password}
    if where.engine == "postgresql":
        return {"ENGINE": "django.db.backends.postgresql", **told, "OPTIONS": {"sslmode": "disable"}}
    _drive_mysql()
    return {"ENGINE": "django.db.backends.mysql", **told, "OPTIONS": {"charset": "utf8mb4"}}


def _drive_mysql() -> None:
    """Mysqlclient where it is installed; else PyMySQL, which is slower, takes its name."""
    try:
        import MySQLdb  # noqa: F401
    except ImportError:
        import pymysql

        pymysql.install_as_MySQLdb()


def _models() -> Any:
    # Its models can be defined once it has been set up, and not earlier.
    from benchmarks.contestants import django_models

    return django_models


class Django:
    """The library's own verbs."""

    def __init__(self, database: Database) -> None:
        connection = {**_connection(database), "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": False}
        settings.configure(DATABASES={"default": connection}, USE_TZ=False, INSTALLED_APPS=["benchmarks"], DEBUG=False)
        django.setup()
        self.of = _models()

    async def open(self) -> None:
        await self.of.Journal.objects.aget(id=1)

    async def close(self) -> None:
        await sync_to_async(self.of.connections.close_all)()

    async def get(self, keys: Sequence[int]) -> int:
        return sum([(await self.of.Journal.objects.aget(id=key)).level for key in keys])

    async def objects(self, levels: Sequence[int]) -> int:
        return sum([entry.level for level in levels async for entry in self.of.Journal.objects.filter(level=level)])

    async def dicts(self, levels: Sequence[int]) -> int:
        query = self.of.Journal.objects.values()
        return sum([row["level"] for level in levels async for row in query.filter(level=level)])

    async def tuples(self, levels: Sequence[int]) -> int:
        query = self.of.Journal.objects.values_list()
        return sum([row[2] for level in levels async for row in query.filter(level=level)])

    async def pages(self, pages: Sequence[tuple[int, int]]) -> int:
        total = 0
        for level, offset in pages:
            query = self.of.Journal.objects.filter(level=level).order_by("id")[offset : offset + 20]
            total += sum([entry.id async for entry in query])
        return total

    async def create(self, rows: Sequence[Row]) -> int:
        return sum([(await self.of.Entry.objects.acreate(**row)).id for row in rows])

    async def create_together(self, rows: Sequence[Row]) -> int:
        return await self._together(lambda: sum([self.of.Entry.objects.create(**row).id for row in rows]))

    async def _together(self, work: Any) -> int:
        return await sync_to_async(self.of.atomic(work))()

    async def bulk_create(self, rows: Sequence[Row]) -> int:
        return len(await self.of.Entry.objects.abulk_create([self.of.Entry(**row) for row in rows]))

    async def hold(self, keys: Sequence[int]) -> list[Any]:
        query = self.of.Entry.objects.filter(id__gte=keys[0], id__lte=keys[-1]).order_by("id")
        return [entry async for entry in query]

    async def update(self, held: list[Any]) -> int:
        for entry in held:
            entry.level = 60
            await entry.asave(update_fields=["level"])
        return len(held)

    async def update_part(self, held: list[Any]) -> int:
        def work() -> int:
            for entry in held:
                entry.level = 60
                entry.save(update_fields=["level"])
            return len(held)

        return await self._together(work)

    async def update_whole(self, held: list[Any]) -> int:
        def work() -> int:
            for entry in held:
                entry.level, entry.text = 60, "changed"
                entry.save(force_update=True)
            return len(held)

        return await self._together(work)

    async def delete(self, held: list[Any]) -> int:
        for entry in held:
            await entry.adelete()
        return len(held)

    async def delete_together(self, held: list[Any]) -> int:
        return await self._together(lambda: len([entry.delete() for entry in held]))

    async def movie(self, keys: Sequence[int]) -> list[str]:
        made: list[str] = []
        of = self.of
        query = of.Movie.objects.prefetch_related(
            of.Prefetch("directions", of.Direction.objects.select_related("person")),
            of.Prefetch("actors", of.Actor.objects.select_related("person")),
            of.Prefetch("reviews", of.Review.objects.select_related("author").order_by("-creation_time")),
        )
        for key in keys:
            movie = await query.aget(id=key)
            reviews = [(review, review.author) for review in movie.reviews.all()]
            people = documents.people_in_order(movie.directions.all()), documents.people_in_order(movie.actors.all())
            made.append(documents.movie_page(movie, *people, reviews))
        return made

    async def user(self, keys: Sequence[int]) -> list[str]:
        made: list[str] = []
        of = self.of
        rated = of.Prefetch("movie", of.Movie.objects.annotate(avg_rating=of.Avg("reviews__rating")))
        for key in keys:
            user = await of.User.objects.aget(id=key)
            query = of.Review.objects.filter(author_id=key).order_by("-creation_time").prefetch_related(rated)[:10]
            latest = [(each, each.movie, each.movie.avg_rating) async for each in query]
            made.append(documents.user_page(user, latest))
        return made

    async def insert_movie(self, movies: Sequence[Row]) -> list[str]:
        made: list[str] = []
        for row in movies:
            made.append(await sync_to_async(self.of.atomic(self._insert_movie))(row))
        return made

    def _insert_movie(self, row: Row) -> str:
        of = self.of
        movie = of.Movie.objects.create(**{name: row[name] for name in ("image", "title", "year", "description")})
        people = of.Person.objects.in_bulk([row["director"], *row["actors"]])
        of.Direction.objects.create(person_id=row["director"], movie=movie)
        of.Actor.objects.bulk_create([of.Actor(person_id=key, movie=movie) for key in row["actors"]])
        cast = [people[key] for key in row["actors"]]
        return documents.inserted_movie(movie, [people[row["director"]]], cast)

    async def db(self, keys: Sequence[int]) -> int:
        return sum([(await self.of.World.objects.aget(id=key)).randomnumber for key in keys])

    async def queries(self, batches: Sequence[Sequence[int]]) -> int:
        return sum([await self.db(batch) for batch in batches])

    async def updates(self, batches: Sequence[Sequence[tuple[int, int]]]) -> int:
        for batch in batches:
            worlds: list[Any] = []
            for key, number in batch:
                world = await self.of.World.objects.aget(id=key)
                world.randomnumber = number
                worlds.append(world)
            await self.of.World.objects.abulk_update(worlds, ["randomnumber"])
        return sum(len(batch) for batch in batches)

    async def fortunes(self, times: int) -> int:
        total = 0
        for _ in range(times):
            found = [fortune async for fortune in self.of.Fortune.objects.all()]
            total += len(documents.fortunes_page((each.id, each.message) for each in found))
        return total

    async def wide_objects(self, limit: int) -> int:
        return sum([reading.number async for reading in self.of.Reading.objects.filter(id__lte=limit)])

    async def wide_dicts(self, limit: int) -> int:
        return sum([row["number"] async for row in self.of.Reading.objects.filter(id__lte=limit).values()])

    async def wide_tuples(self, limit: int) -> int:
        return sum([row[3] async for row in self.of.Reading.objects.filter(id__lte=limit).values_list()])

    async def eager(self, low: int, high: int) -> int:
        query = self.of.Author.objects.filter(id__gte=low, id__lte=high).prefetch_related("books")
        return sum([len(author.books.all()) async for author in query])

    async def nested(self, low: int, high: int) -> int:
        query = self.of.Author.objects.filter(id__gte=low, id__lte=high).prefetch_related("books__pages")
        return sum([len(book.pages.all()) async for author in query for book in author.books.all()])

    async def bulk_keys(self, rows: Sequence[Row]) -> int:
        made = await self.of.Sample.objects.abulk_create([self.of.Sample(**row) for row in rows], batch_size=5000)
        return len({sample.id for sample in made})

    async def stream(self, limit: int) -> int:
        total = 0
        async for event in self.of.Event.objects.filter(id__lte=limit).aiterator(chunk_size=1000):
            total += event.id
        return total

    async def transfer(self, transfers: Sequence[tuple[int, int, int]]) -> int:
        for each in transfers:
            await sync_to_async(self.of.atomic(self._transfer))(*each)
        return len(transfers)

    def _transfer(self, source_key: int, target_key: int, amount: int) -> None:
        of = self.of
        source, target = of.Account.objects.get(id=source_key), of.Account.objects.get(id=target_key)
        source.balance -= amount
        target.balance += amount
        source.save(update_fields=["balance"])
        target.save(update_fields=["balance"])
