"""What of a table nobody may write."""

from collections.abc import Iterable

from activerecord.errors import QueryError
from activerecord.schema.table import Table

__all__ = ["refuse_generated", "refuse_view"]


def refuse_view(table: Table) -> None:
    """On every engine: one writes some views, another none, and SQLite before 3.41 says that it did and did not."""
    if table.is_view:
        raise QueryError(f"{table.name!r} is a view, whose rows cannot be written: write those of the tables it reads")


def refuse_generated(table: Table, names: Iterable[str]) -> None:
    """Raise QueryError for a column that takes no value, UnknownColumn for one that is not there."""
    for name in names:
        if table.column(name).generated:
            raise QueryError(f"{name!r} of {table.name!r} is computed by the database: it takes no value")
