"""The drivers alone, as a careful program would use them. What differs from driver to driver is in a module of each."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from benchmarks import documents
from benchmarks.contestant import Database, Row
from benchmarks.contestants import plain
from benchmarks.contestants.plain import Account, Author, Book, Entry, Event, Fortune, Movie, Page, Person, Reading

__all__ = ["Raw", "Session"]


class Session(Protocol):
    """What a driver's connection, or a pool of them, can do."""

    async def fetch(self, sql: str, *binds: Any) -> Sequence[Any]: ...
    async def execute(self, sql: str, *binds: Any) -> Any: ...


class Raw:
    """The work over a driver. A subclass opens it, and says what it does in a way of its own."""

    mark = "?"

    def __init__(self, database: Database) -> None:
        self.database = database
        self.sql = plain.marked(self.mark)
        self.tasks = 1

    def session(self) -> Any:
        """Where statements go that are on their own."""
        raise NotImplementedError

    def transaction(self) -> AbstractAsyncContextManager[Any]:
        """A transaction, as the session that its statements go to."""
        raise NotImplementedError

    async def insert(self, session: Any, sql: str, *binds: Any) -> int:
        """Insert a row: its new key."""
        raise NotImplementedError

    def entries(self, rows: Iterable[Any]) -> list[Entry]:
        """Rows of the journal as objects."""
        return [Entry(*row) for row in rows]

    def entry_row(self, row: Row) -> tuple[Any, ...]:
        """A new entry's values, as the driver takes them."""
        return row["timestamp"], row["level"], row["text"]

    def moment(self, value: Any) -> Any:
        """A point in time, from what the driver gives."""
        return value

    async def get(self, keys: Sequence[int]) -> int:
        fetch, sql = self.session().fetch, self.sql["get"]
        total = 0
        for key in keys:
            total += (await fetch(sql, key))[0][2]
        return total

    async def objects(self, levels: Sequence[int]) -> int:
        fetch = self.session().fetch
        total = 0
        for level in levels:
            total += sum([entry.level for entry in self.entries(await fetch(self.sql["level"], level))])
        return total

    async def dicts(self, levels: Sequence[int]) -> int:
        fetch = self.session().fetch
        total = 0
        for level in levels:
            rows = self.entry_dicts(await fetch(self.sql["level"], level))
            total += sum([row["level"] for row in rows])
        return total

    def entry_dicts(self, rows: Iterable[Any]) -> list[dict[str, Any]]:
        """Rows of the journal as dicts."""
        return [dict(row) for row in rows]

    async def tuples(self, levels: Sequence[int]) -> int:
        fetch = self.session().fetch
        total = 0
        for level in levels:
            total += sum([row[2] for row in self.entry_tuples(await fetch(self.sql["level"], level))])
        return total

    def entry_tuples(self, rows: Iterable[Any]) -> list[tuple[Any, ...]]:
        """Rows of the journal as tuples."""
        return [tuple(row) for row in rows]

    async def pages(self, pages: Sequence[tuple[int, int]]) -> int:
        fetch = self.session().fetch
        total = 0
        for level, offset in pages:
            total += sum([entry.id for entry in self.entries(await fetch(self.sql["page"], level, offset))])
        return total

    async def create(self, rows: Sequence[Row]) -> int:
        session = self.session()
        return sum([await self.insert(session, self.sql["insert"], *self.entry_row(row)) for row in rows])

    async def create_together(self, rows: Sequence[Row]) -> int:
        async with self.transaction() as session:
            return sum([await self.insert(session, self.sql["insert"], *self.entry_row(row)) for row in rows])

    async def bulk_create(self, rows: Sequence[Row]) -> int:
        async with self.transaction() as session:
            await session.executemany(self.sql["insert"], [self.entry_row(row) for row in rows])
        return len(rows)

    async def hold(self, keys: Sequence[int]) -> list[Entry]:
        return self.entries(await self.session().fetch(self.sql["hold"], keys[0], keys[-1]))

    async def update(self, held: list[Entry]) -> int:
        return await self._update(self.session(), held)

    async def update_part(self, held: list[Entry]) -> int:
        async with self.transaction() as session:
            return await self._update(session, held)

    async def _update(self, session: Session, held: list[Entry]) -> int:
        for entry in held:
            entry.level = 60
            await session.execute(self.sql["part"], entry.level, entry.id)
        return len(held)

    async def update_whole(self, held: list[Entry]) -> int:
        async with self.transaction() as session:
            for entry in held:
                entry.level, entry.text = 60, plain.changed_text
                values = self.entry_row({"timestamp": entry.timestamp, "level": entry.level, "text": entry.text})
                await session.execute(self.sql["whole"], *values, entry.id)
        return len(held)

    async def delete(self, held: list[Entry]) -> int:
        return await self._delete(self.session(), held)

    async def delete_together(self, held: list[Entry]) -> int:
        async with self.transaction() as session:
            return await self._delete(session, held)

    async def _delete(self, session: Session, held: list[Entry]) -> int:
        for entry in held:
            await session.execute(self.sql["delete"], entry.id)
        return len(held)

    async def movie(self, keys: Sequence[int]) -> list[str]:
        fetch = self.session().fetch
        made: list[str] = []
        for key in keys:
            movie = Movie(*(await fetch(self.sql["movie"], key))[0])
            directors = [Person(*row) for row in await fetch(self.sql["directors"], key)]
            cast = [Person(*row) for row in await fetch(self.sql["actors"], key)]
            reviews = [
                (plain.Review(row[0], row[1], row[2], self.moment(row[3])), plain.User(*row[4:]))
                for row in map(tuple, await fetch(self.sql["reviews"], key))
            ]
            made.append(documents.movie_page(movie, directors, cast, reviews))
        return made

    async def user(self, keys: Sequence[int]) -> list[str]:
        fetch = self.session().fetch
        made: list[str] = []
        for key in keys:
            user = plain.User(*(await fetch(self.sql["user"], key))[0])
            rows = map(tuple, await fetch(self.sql["latest"], key))
            made.append(documents.user_page(user, [(plain.Review(*row[:4]), Movie(*row[4:9]), row[9]) for row in rows]))
        return made

    async def insert_movie(self, movies: Sequence[Row]) -> list[str]:
        made: list[str] = []
        for row in movies:
            people = [row["director"], *row["actors"]]
            values = [row[name] for name in ("image", "title", "year", "description")]
            async with self.transaction() as session:
                key = await self.insert(session, self.sql["insert_movie"], *values)
                found = {each[0]: Person(*each) for each in await session.fetch(self.sql["people"], *people)}
                await session.execute(self.sql["insert_director"], people[0], key)
                links = [value for person in row["actors"] for value in (person, key)]
                await session.execute(self.sql["insert_actors"], *links)
            director, *cast = [found[person] for person in people]
            made.append(documents.inserted_movie(Movie(key, *values), [director], cast))
        return made

    def request(self) -> Any:
        """Where the statement of a request goes: to a pool, where the driver has one."""
        return self.session()

    async def db(self, keys: Sequence[int]) -> int:
        fetch = self.request().fetch
        total = 0
        for key in keys:
            total += (await fetch(self.sql["world"], key))[0][1]
        return total

    async def queries(self, batches: Sequence[Sequence[int]]) -> int:
        fetch = self.session().fetch
        total = 0
        for batch in batches:
            for key in batch:
                total += (await fetch(self.sql["world"], key))[0][1]
        return total

    async def updates(self, batches: Sequence[Sequence[tuple[int, int]]]) -> int:
        for batch in batches:
            async with self.transaction() as session:
                found = [plain.World(*(await session.fetch(self.sql["world"], key))[0]) for key, _ in batch]
                numbers = [number for _, number in batch]
                changed = [(number, world.id) for world, number in zip(found, numbers, strict=True)]
                await session.executemany(self.sql["world_set"], changed)
        return sum(len(batch) for batch in batches)

    async def fortunes(self, times: int) -> int:
        fetch = self.request().fetch
        total = 0
        for _ in range(times):
            found = [Fortune(*row) for row in await fetch(self.sql["fortunes"])]
            total += len(documents.fortunes_page((each.id, each.message) for each in found))
        return total

    async def wide_objects(self, limit: int) -> int:
        rows = await self.session().fetch(self.sql["wide"], limit)
        return sum([reading.number for reading in [Reading(*row) for row in rows]])

    async def wide_dicts(self, limit: int) -> int:
        rows = await self.session().fetch(self.sql["wide"], limit)
        return sum([reading["number"] for reading in self.reading_dicts(rows)])

    def reading_dicts(self, rows: Iterable[Any]) -> list[dict[str, Any]]:
        """Readings as dicts."""
        return [dict(row) for row in rows]

    async def wide_tuples(self, limit: int) -> int:
        rows = await self.session().fetch(self.sql["wide"], limit)
        return sum([reading[3] for reading in self.reading_tuples(rows)])

    def reading_tuples(self, rows: Iterable[Any]) -> Sequence[tuple[Any, ...]]:
        """Readings as tuples."""
        return [tuple(row) for row in rows]

    async def among(self, session: Any, sql: str, keys: list[int]) -> Sequence[Any]:
        """The rows of a statement that ends in IN, for all of these keys."""
        return await session.fetch(f"{sql} ({', '.join([self.mark] * len(keys))})", *keys)  # type: ignore[no-any-return]

    async def _authors(self, low: int, high: int) -> tuple[list[Author], dict[int, Book]]:
        session = self.session()
        authors = {row[0]: Author(*row) for row in await session.fetch(self.sql["authors"], low, high)}
        books: dict[int, Book] = {}
        found = await self.among(session, "SELECT id, author_id, title FROM book WHERE author_id IN", list(authors))
        for row in found:
            book = books[row[0]] = Book(*row)
            authors[book.author_id].books.append(book)
        return list(authors.values()), books

    async def eager(self, low: int, high: int) -> int:
        authors, _ = await self._authors(low, high)
        return sum([len(author.books) for author in authors])

    async def nested(self, low: int, high: int) -> int:
        authors, books = await self._authors(low, high)
        found = await self.among(self.session(), "SELECT id, book_id, text FROM page WHERE book_id IN", list(books))
        for row in found:
            page = Page(*row)
            books[page.book_id].pages.append(page)
        return sum([len(book.pages) for author in authors for book in author.books])

    async def transfer(self, transfers: Sequence[tuple[int, int, int]]) -> int:
        for source_key, target_key, amount in transfers:
            async with self.transaction() as session:
                source = Account(*(await session.fetch(self.sql["account"], source_key))[0])
                target = Account(*(await session.fetch(self.sql["account"], target_key))[0])
                source.balance -= amount
                target.balance += amount
                await session.execute(self.sql["account_set"], source.balance, source.id)
                await session.execute(self.sql["account_set"], target.balance, target.id)
        return len(transfers)

    def batches(self, limit: int) -> AsyncIterator[Iterable[Any]]:
        """The rows of the stream, some at a time."""
        raise NotImplementedError

    async def stream(self, limit: int) -> int:
        total = 0
        async for rows in self.batches(limit):
            for row in rows:
                total += Event(*row).id
        return total
