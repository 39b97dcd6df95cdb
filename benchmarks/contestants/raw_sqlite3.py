"""The sqlite3 module alone, in plain sync code."""

import sqlite3
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from benchmarks import documents
from benchmarks.contestant import Database, Row
from benchmarks.contestants import plain
from benchmarks.contestants.plain import SQL, Account, Author, Book, Entry, Event, Fortune, Page, Reading
from benchmarks.contestants.raw_aiosqlite import READING, TUNED

__all__ = ["RawSqlite3"]


class RawSqlite3:
    """The module, on one connection."""

    def __init__(self, database: Database) -> None:
        self._path = database.name

    def open(self) -> None:
        self._connection = sqlite3.connect(self._path, isolation_level=None)
        self._execute = self._connection.execute
        for pragma in TUNED:
            self._execute(pragma)

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def _transaction(self) -> Generator[None]:
        self._execute("BEGIN IMMEDIATE")
        yield
        self._execute("COMMIT")

    def get(self, keys: Sequence[int]) -> int:
        total = 0
        for key in keys:
            total += self._execute(SQL["get"], (key,)).fetchone()[2]
        return total

    def objects(self, levels: Sequence[int]) -> int:
        found = [self._execute(SQL["level"], (level,)).fetchall() for level in levels]
        return sum([entry.level for rows in found for entry in self._entries(rows)])

    def _entries(self, rows: Iterable[Any]) -> list[Entry]:
        read = datetime.fromisoformat
        return [Entry(key, read(moment), level, text) for key, moment, level, text in rows]

    def dicts(self, levels: Sequence[int]) -> int:
        read = datetime.fromisoformat
        total = 0
        made: list[dict[str, Any]]
        for level in levels:
            rows = self._execute(SQL["level"], (level,)).fetchall()
            made = [{"id": key, "timestamp": read(at), "level": found, "text": text} for key, at, found, text in rows]
            total += sum([row["level"] for row in made])
        return total

    def tuples(self, levels: Sequence[int]) -> int:
        read = datetime.fromisoformat
        total = 0
        for level in levels:
            rows = self._execute(SQL["level"], (level,)).fetchall()
            total += sum([row[2] for row in [(key, read(at), found, text) for key, at, found, text in rows]])
        return total

    def pages(self, pages: Sequence[tuple[int, int]]) -> int:
        found = [self._execute(SQL["page"], page).fetchall() for page in pages]
        return sum([entry.id for rows in found for entry in self._entries(rows)])

    def create(self, rows: Sequence[Row]) -> int:
        total = 0
        for row in rows:
            total += self._execute(SQL["insert"], _values(row)).lastrowid or 0
        return total

    def create_together(self, rows: Sequence[Row]) -> int:
        with self._transaction():
            return self.create(rows)

    def bulk_create(self, rows: Sequence[Row]) -> int:
        with self._transaction():
            self._connection.executemany(SQL["insert"], map(_values, rows))
        return len(rows)

    def hold(self, keys: Sequence[int]) -> list[Entry]:
        return self._entries(self._execute(SQL["hold"], (keys[0], keys[-1])))

    def update(self, held: list[Entry]) -> int:
        for entry in held:
            entry.level = 60
            self._execute(SQL["part"], (entry.level, entry.id))
        return len(held)

    def update_part(self, held: list[Entry]) -> int:
        with self._transaction():
            return self.update(held)

    def update_whole(self, held: list[Entry]) -> int:
        with self._transaction():
            for entry in held:
                entry.level, entry.text = 60, plain.changed_text
                self._execute(SQL["whole"], (str(entry.timestamp), entry.level, entry.text, entry.id))
        return len(held)

    def delete(self, held: list[Entry]) -> int:
        for entry in held:
            self._execute(SQL["delete"], (entry.id,))
        return len(held)

    def delete_together(self, held: list[Entry]) -> int:
        with self._transaction():
            return self.delete(held)

    def db(self, keys: Sequence[int]) -> int:
        total = 0
        for key in keys:
            total += self._execute(SQL["world"], (key,)).fetchone()[1]
        return total

    def queries(self, batches: Sequence[Sequence[int]]) -> int:
        return sum([self.db(batch) for batch in batches])

    def updates(self, batches: Sequence[Sequence[tuple[int, int]]]) -> int:
        for batch in batches:
            found = [plain.World(*self._execute(SQL["world"], (key,)).fetchone()) for key, _ in batch]
            changed = [(number, world.id) for world, (_, number) in zip(found, batch, strict=True)]
            with self._transaction():
                self._connection.executemany(SQL["world_set"], changed)
        return sum(len(batch) for batch in batches)

    def fortunes(self, times: int) -> int:
        total = 0
        for _ in range(times):
            found = [Fortune(*row) for row in self._execute(SQL["fortunes"]).fetchall()]
            total += len(documents.fortunes_page((each.id, each.message) for each in found))
        return total

    def wide_objects(self, limit: int) -> int:
        rows = self._execute(SQL["wide"], (limit,)).fetchall()
        return sum([reading.number for reading in [Reading(*row) for row in rows]])

    def wide_dicts(self, limit: int) -> int:
        rows = self._execute(SQL["wide"], (limit,)).fetchall()
        return sum([reading["number"] for reading in [dict(zip(READING, row, strict=True)) for row in rows]])

    def wide_tuples(self, limit: int) -> int:
        return sum([row[3] for row in self._execute(SQL["wide"], (limit,)).fetchall()])

    def _authors(self, low: int, high: int) -> tuple[list[Author], dict[int, Book]]:
        authors = {row[0]: Author(*row) for row in self._execute(SQL["authors"], (low, high))}
        books: dict[int, Book] = {}
        for row in self._among("SELECT id, author_id, title FROM book WHERE author_id IN", list(authors)):
            book = books[row[0]] = Book(*row)
            authors[book.author_id].books.append(book)
        return list(authors.values()), books

    def _among(self, sql: str, keys: list[int]) -> list[Any]:
        return self._execute(f"{sql} ({', '.join('?' * len(keys))})", keys).fetchall()

    def eager(self, low: int, high: int) -> int:
        authors, _ = self._authors(low, high)
        return sum([len(author.books) for author in authors])

    def nested(self, low: int, high: int) -> int:
        authors, books = self._authors(low, high)
        for row in self._among("SELECT id, book_id, text FROM page WHERE book_id IN", list(books)):
            page = Page(*row)
            books[page.book_id].pages.append(page)
        return sum([len(book.pages) for author in authors for book in author.books])

    def bulk_keys(self, rows: Sequence[Row]) -> int:
        keys: set[int] = set()
        values = [(row["name"], row["value"], row["number"]) for row in rows]
        head = SQL["sample"].removesuffix("(?, ?, ?)")
        with self._transaction():
            for start in range(0, len(values), 500):
                batch = values[start : start + 500]
                sql = f"{head} {', '.join(['(?, ?, ?)'] * len(batch))} RETURNING id"
                keys.update(row[0] for row in self._execute(sql, [value for row in batch for value in row]))
        return len(keys)

    def stream(self, limit: int) -> int:
        return sum(Event(*row).id for row in self._execute(SQL["events"], (limit,)))

    def transfer(self, transfers: Sequence[tuple[int, int, int]]) -> int:
        for source_key, target_key, amount in transfers:
            with self._transaction():
                source = Account(*self._execute(SQL["account"], (source_key,)).fetchone())
                target = Account(*self._execute(SQL["account"], (target_key,)).fetchone())
                source.balance -= amount
                target.balance += amount
                self._execute(SQL["account_set"], (source.balance, source.id))
                self._execute(SQL["account_set"], (target.balance, target.id))
        return len(transfers)


def _values(row: Row) -> tuple[Any, ...]:
    return str(row["timestamp"]), row["level"], row["text"]
