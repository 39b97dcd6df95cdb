"""What a bulk write gives back of each row, and how a row that comes back is told from the others."""

from collections.abc import Sequence
from typing import Any, NamedTuple, cast

from activerecord.bulk.intake import Intake
from activerecord.errors import QueryError
from activerecord.sql.reference import Reference

__all__ = ["Wanted"]


class Wanted(NamedTuple):
    """The columns that are wanted of each row: as a dict under these names, or, without names, as the row's key."""

    columns: tuple[str, ...]
    names: tuple[str, ...] = ()

    @classmethod
    def read(cls, returning: object, intake: Intake) -> "Wanted":
        """What `returning=` asks for: True, or the names of columns. Raises QueryError, UnknownColumn."""
        table = intake.table
        if returning is True:
            if not table.primary_key:
                raise QueryError(f"table {table.name!r} has no primary key to give back: name columns in returning=")
            return cls(table.primary_key)
        if isinstance(returning, str) or not isinstance(returning, Sequence) or not returning:
            raise QueryError('returning= is True, for the keys, or a tuple of columns: returning=("id", "created_at")')
        names = tuple([_name_of(each) for each in cast("Sequence[object]", returning)])
        return cls(tuple([intake.column(name) for name in names]), names)

    def answers(self, rows: Sequence[Sequence[Any]]) -> list[Any]:
        """What is given back for each row, whose values begin with those of the columns."""
        names, width = self.names, len(self.columns)
        if names:
            return [dict(zip(names, row)) for row in rows]  # noqa: B905  # more may follow
        return [row[0] for row in rows] if width == 1 else [tuple(row[:width]) for row in rows]


def _name_of(column: object) -> str:
    if isinstance(column, Reference):
        return column.column
    if not isinstance(column, str):
        raise QueryError(f"returning= takes columns, got {type(column).__name__}")
    return column
