"""What every table of a sample database must stand: to be read whole, and to have a row taken out, put back and changed."""

from typing import Any

from activerecord import ActiveRecord
from activerecord.schema.table import Table
from tests.feature.sample import Sample, model_for, same_rows

__all__ = ["read_whole", "replace_a_row", "values_of"]


def values_of(record: ActiveRecord, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: record[name] for name in names}


async def read_whole(sample: Sample, table: str) -> None:
    """Every row of a table or view is what plain sqlite3 reads, as the declared types mean it."""
    records = await model_for(table, sample.name).query().async_all()
    columns = tuple(sample.columns(table))
    found = [tuple(values_of(record, columns).values()) for record in records]
    assert same_rows(found, sample.typed_rows(table)), table


async def replace_a_row(sample: Sample, name: str) -> None:
    """A row is deleted, inserted again, changed to the values of another and deleted, in a transaction that is undone."""
    model = model_for(name, sample.name)
    table = await model.async_schema()
    async with model.async_transaction() as transaction:
        await model.__mapper__.database().execute_text("PRAGMA defer_foreign_keys = ON")
        records = await model.query().async_all()
        if records:
            await _replace(model, table, records[-1], records[0])
        transaction.rollback()
    assert await model.query().async_count() == len(records)


async def _replace(model: type[ActiveRecord], table: Table, record: ActiveRecord, donor: ActiveRecord) -> None:
    names = table.names()
    before = values_of(record, names)
    parts = [before[name] for name in table.primary_key]
    key = tuple(parts) if len(parts) > 1 else parts[0]
    assert await record.async_delete() and record.is_new
    assert await model.async_find_or_none(key) is None

    again = await model.async_create(**values_of(record, table.writable))
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
