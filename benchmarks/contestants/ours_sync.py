"""Ours, in plain sync code."""

from collections.abc import Sequence

from activerecord import ActiveRecord, close, execute
from benchmarks import documents
from benchmarks.contestant import Database, Row
from benchmarks.contestants.our_models import (
    Account,
    Author,
    Entry,
    Event,
    Fortune,
    Journal,
    Reading,
    Sample,
    World,
    url,
)

__all__ = ["OursSync"]


class OursSync:
    """The sync verbs, over the driver that an engine has by itself."""

    def __init__(self, database: Database) -> None:
        self._url = url(database)

    def open(self) -> None:
        ActiveRecord.configure(self._url)
        execute("SELECT 1")

    def close(self) -> None:
        close()

    def get(self, keys: Sequence[int]) -> int:
        total = 0
        for key in keys:
            total += Journal.find(key).level
        return total

    def objects(self, levels: Sequence[int]) -> int:
        return sum([entry.level for level in levels for entry in Journal.where(level=level).all()])

    def dicts(self, levels: Sequence[int]) -> int:
        return sum([entry["level"] for level in levels for entry in Journal.where(level=level).dicts()])

    def tuples(self, levels: Sequence[int]) -> int:
        return sum([entry[2] for level in levels for entry in Journal.where(level=level).tuples()])

    def pages(self, pages: Sequence[tuple[int, int]]) -> int:
        total = 0
        for level, offset in pages:
            query = Journal.where(level=level).order_by("id").limit(20).offset(offset)
            total += sum([entry.id for entry in query.all()])
        return total

    def create(self, rows: Sequence[Row]) -> int:
        return sum([Entry.create(**row).id for row in rows])

    def create_together(self, rows: Sequence[Row]) -> int:
        with Entry.transaction():
            return self.create(rows)

    def bulk_create(self, rows: Sequence[Row]) -> int:
        return Entry.insert_all(rows)

    def hold(self, keys: Sequence[int]) -> list[Entry]:
        return Entry.where(Entry.id.between(keys[0], keys[-1])).order_by("id").all()

    def update(self, held: list[Entry]) -> int:
        for entry in held:
            entry.level = 60
            entry.save()
        return len(held)

    def update_part(self, held: list[Entry]) -> int:
        with Entry.transaction():
            return self.update(held)

    def update_whole(self, held: list[Entry]) -> int:
        with Entry.transaction():
            for entry in held:
                entry.level, entry.text = 60, "changed"
                entry.save()
        return len(held)

    def delete(self, held: list[Entry]) -> int:
        for entry in held:
            entry.delete()
        return len(held)

    def delete_together(self, held: list[Entry]) -> int:
        with Entry.transaction():
            return self.delete(held)

    def db(self, keys: Sequence[int]) -> int:
        total = 0
        for key in keys:
            total += World.find(key).randomnumber
        return total

    def queries(self, batches: Sequence[Sequence[int]]) -> int:
        return sum([self.db(batch) for batch in batches])

    def updates(self, batches: Sequence[Sequence[tuple[int, int]]]) -> int:
        for batch in batches:
            worlds = [(World.find(key), number) for key, number in batch]
            World.upsert_all({"id": world.id, "randomnumber": number} for world, number in worlds)
        return sum(len(batch) for batch in batches)

    def fortunes(self, times: int) -> int:
        total = 0
        for _ in range(times):
            total += len(documents.fortunes_page((each.id, each.message) for each in Fortune.query().all()))
        return total

    def wide_objects(self, limit: int) -> int:
        return sum([reading.number for reading in Reading.where(Reading.id <= limit).all()])

    def wide_dicts(self, limit: int) -> int:
        return sum([reading["number"] for reading in Reading.where(Reading.id <= limit).dicts()])

    def wide_tuples(self, limit: int) -> int:
        return sum([reading[3] for reading in Reading.where(Reading.id <= limit).tuples()])

    def eager(self, low: int, high: int) -> int:
        authors = Author.where(Author.id.between(low, high)).with_("books").all()
        return sum([len(author.books) for author in authors])

    def nested(self, low: int, high: int) -> int:
        authors = Author.where(Author.id.between(low, high)).with_("books.pages").all()
        return sum([len(book.pages) for author in authors for book in author.books])

    def bulk_keys(self, rows: Sequence[Row]) -> int:
        return len(set(Sample.insert_all(rows, returning=True)))

    def stream(self, limit: int) -> int:
        total = 0
        with Event.where(Event.id <= limit).stream(batch=1000) as events:
            for event in events:
                total += event.id
        return total

    def transfer(self, transfers: Sequence[tuple[int, int, int]]) -> int:
        for source_key, target_key, amount in transfers:
            with Account.transaction():
                source, target = Account.find(source_key), Account.find(target_key)
                source.balance -= amount
                target.balance += amount
                source.save()
                target.save()
        return len(transfers)
