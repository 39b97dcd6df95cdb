"""What every table of a sample database must stand: to be read whole, and to have a row taken out, put back and changed."""

import math
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from activerecord import ActiveRecord
from activerecord.database import Database
from activerecord.schema.table import Table
from tests.feature.sample import Sample, model_for, same_rows

__all__ = ["Meanings", "read_whole", "replace_a_row", "values_of"]

# By table and column: what a server has for a value of SQLite's.
Meanings = Mapping[tuple[str, str], Callable[[Any], Any]]


def values_of(record: ActiveRecord, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: record[name] for name in names}


async def read_whole(sample: Sample, table: str, *, meanings: Meanings | None = None, tolerance: float = 0.0) -> None:
    """Every row of a table or view is what plain sqlite3 reads, as the declared types or the `meanings` mean it.

    Floats may differ by the `tolerance`, a part of them.
    """
    records = await model_for(table, sample.name).query().async_all()
    columns = tuple(sample.columns(table))
    found = [tuple(values_of(record, columns).values()) for record in records]
    means = [(meanings or {}).get((table, column), _same) for column in columns]
    wanted = [tuple(mean(value) for mean, value in zip(means, row, strict=True)) for row in sample.typed_rows(table)]
    assert _near(found, wanted, tolerance) if tolerance else same_rows(found, wanted), table


def _same(value: Any) -> Any:
    return value


def _near(found: list[tuple[Any, ...]], wanted: list[tuple[Any, ...]], tolerance: float) -> bool:
    pairs = zip(sorted(found, key=_place), sorted(wanted, key=_place), strict=True)
    return all(_is_near(a, b, tolerance) for pair in pairs for a, b in zip(*pair, strict=True))


def _place(row: tuple[Any, ...]) -> tuple[str, list[float]]:
    return repr([each for each in row if not isinstance(each, float)]), [x for x in row if isinstance(x, float)]


def _is_near(a: Any, b: Any, tolerance: float) -> bool:
    floats = isinstance(a, float) and isinstance(b, float)
    return math.isclose(a, b, rel_tol=tolerance) if floats else repr(a) == repr(b)


async def replace_a_row(sample: Sample, name: str) -> None:
    """A row is deleted, inserted again, changed to the values of another and deleted, in a transaction that is undone."""
    model = model_for(name, sample.name)
    table, database = await model.async_schema(), model.__mapper__.database()
    async with model.async_transaction() as transaction:
        await _KEYS_LATER[database.dialect.name](database)
        records = await model.query().async_all()
        if records:
            await _replace(model, table, records[-1], records[0])
        if database.dialect.name == "mysql":
            await database.execute_text("SET foreign_key_checks = 1")
        transaction.rollback()
    assert await model.query().async_count() == len(records)


async def _of_sqlite(database: Database) -> None:
    await database.execute_text("PRAGMA defer_foreign_keys = ON")


# Those that forbid, and those alone, are looked at when the transaction ends.
_DEFER = """
DO $do$ DECLARE key record; BEGIN
    FOR key IN SELECT conrelid::regclass AS owner, conname FROM pg_constraint WHERE contype = 'f' AND NOT condeferred LOOP
        EXECUTE format('ALTER TABLE %s ALTER CONSTRAINT %I DEFERRABLE INITIALLY DEFERRED', key.owner, key.conname);
    END LOOP;
END $do$
"""


async def _of_postgresql(database: Database) -> None:
    await database.execute_text(_DEFER)


async def _of_mysql(database: Database) -> None:
    """It looks at each row at once, or not at all."""
    await database.execute_text("SET foreign_key_checks = 0")


_KEYS_LATER: Mapping[str, Callable[[Database], Coroutine[Any, Any, None]]] = {
    "sqlite": _of_sqlite,
    "postgresql": _of_postgresql,
    "mysql": _of_mysql,
}


async def _replace(model: type[ActiveRecord], table: Table, record: ActiveRecord, donor: ActiveRecord) -> None:
    names = table.names()
    before = values_of(record, names)
    parts = [before[name] for name in table.primary_key]
    key = tuple(parts) if len(parts) > 1 else parts[0]
    assert await record.async_delete() and record.is_new
    assert await model.async_find_or_none(key) is None

    again = await model.async_create(**values_of(record, table.writable))
    if table.auto_key in table.generated:
        # its next key, whatever the one of the row was
        assert again[table.auto_key] > key
        key = before[table.auto_key] = again[table.auto_key]
    assert values_of(again, names) == before
    assert not again.changed
    assert again == await model.async_find(key)

    wanted = {column: donor[column] for column in _free(table)}
    for column, value in wanted.items():
        again[column] = value
    assert set(again.changes) == {column for column, value in wanted.items() if value != before[column]}
    assert await again.async_save()
    found = await model.async_find(key)
    assert values_of(found, tuple(wanted)) == wanted
    assert values_of(found, names) == values_of(again, names)
    assert await found.async_delete()
    assert await model.async_find_or_none(key) is None


def _free(table: Table) -> list[str]:
    """The columns that a row may take over from another."""
    unique = [name for index in table.indexes if index.unique for name in index.columns]
    # a person without a boss is the only one of a department: a unique index over a part of the rows
    kept = {*table.primary_key, *unique, "boss_id", "department_id"}
    return [name for name in table.writable if name not in kept]
