"""What an upsert means: by which key a row is known, and what is done where it is there already."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

from activerecord.bulk.intake import Intake
from activerecord.errors import NotSupported, QueryError
from activerecord.schema.table import Table
from activerecord.sql.dialect import Dialect
from activerecord.sql.expression import Expression, operand_of
from activerecord.sql.insert import Conflict, Excluded
from activerecord.sql.reference import Reference, refer
from activerecord.sql.statement import Source

__all__ = ["Upsert"]


class Upsert(NamedTuple):
    """One upsert: the columns `by` which rows are known, and what `update=` says. `real` is the table as it is in the database."""

    table: Table
    real: Table
    source: Source
    by: tuple[str, ...]
    update: Any

    @classmethod
    def read(cls, intake: Intake, real: Table, source: Source, unique_by: Any, update: Any) -> "Upsert":
        """What `unique_by=` and `update=` say. Raises QueryError, UnknownColumn."""
        table = intake.table
        by = table.primary_key if unique_by is None else _names(intake, source, unique_by, "unique_by")
        if not by:
            raise QueryError(
                f"table {table.name!r} has no primary key: say unique_by= which columns tell its rows apart"
            )
        if not any({*by} == {*key} for key in (*_unique_keys(table), *_unique_keys(real))):
            raise QueryError(
                f"{', '.join(by)} of {table.name!r} is neither the primary key nor a unique index: without one, two rows may "
                f"have the same values, and no row is the one to update"
            )
        return cls(table, real, source, by, update)

    def conflict(self, intake: Intake, dialect: Dialect, *, returning: bool) -> Conflict:
        """The clause for rows of these columns. Raises QueryError, NotSupported."""
        missing = [name for name in self.by if name not in intake.columns]
        if missing:
            raise QueryError(
                f"upsert_all knows rows of {self.table.name!r} by {', '.join(self.by)}: the rows do not have {', '.join(missing)}"
            )
        conflict = Conflict(self.by, self._assignments(intake))
        if not dialect.names_conflict:
            self._check_unnamed(intake, dialect, is_kept=not conflict.names, returning=returning)
        return conflict

    def _assignments(self, intake: Intake) -> list[tuple[str, Expression[Any]]]:
        update = self.update
        if update is None:
            return [self._taken_over(name) for name in intake.told if name not in self.by]
        if isinstance(update, Mapping):
            given = cast("Mapping[object, object]", update)
            names = _names(intake, self.source, tuple(given), "update")
            return [(name, self._value(name, value)) for name, value in zip(names, given.values(), strict=True)]
        is_nothing = isinstance(update, tuple | list) and not update
        names = () if is_nothing else _names(intake, self.source, update, "update")
        missing = [name for name in names if name not in intake.columns]
        if missing:
            raise QueryError(
                f"update= names {', '.join(missing)}, which the rows do not have: give a dict with its value"
            )
        return [self._taken_over(name) for name in names]

    def _taken_over(self, name: str) -> tuple[str, Expression[Any]]:
        return name, Excluded(refer(self.source.name, name))

    def _value(self, name: str, value: object) -> Expression[Any]:
        if self.table.column(name).generated:
            raise QueryError(f"{name!r} of {self.table.name!r} is computed by the database: it takes no value")
        return operand_of(value, refer(self.source.name, name))

    def _check_unnamed(self, intake: Intake, dialect: Dialect, *, is_kept: bool, returning: bool) -> None:
        """Refuse what could not be kept to where the engine takes any unique key for the one that is meant."""
        for key in _unique_keys(self.real):
            if {*key} != {*self.by} and _could_be_taken(self.real, key, intake.columns):
                raise NotSupported(
                    f"{dialect.title} cannot be told that rows of {self.table.name!r} are known by {', '.join(self.by)}: where "
                    f"{', '.join(key)} is taken, it would update that row. Leave {', '.join(key)} out of the rows, or find and "
                    f"save the records"
                )
        if is_kept and returning:
            raise NotSupported(
                f"{dialect.title} does not tell which rows it has left as they were: ask for them by a query afterwards, or "
                f"update a column"
            )


def _names(intake: Intake, source: Source, given: Any, what: str) -> tuple[str, ...]:
    """The names of columns that are given as names or attributes, one or several. Raises QueryError, UnknownColumn."""
    kind = type(given).__name__
    several: Any = (given,) if isinstance(given, str | Reference) else given
    if not isinstance(several, Sequence) or not several:
        raise QueryError(f"{what}= takes the names of columns, got {kind}")
    names = [_name(intake, source, each, what) for each in cast("Sequence[object]", several)]
    twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
    if twice is not None:
        raise QueryError(f"{what}= names {twice!r} twice")
    return tuple(names)


def _name(intake: Intake, source: Source, given: object, what: str) -> str:
    if isinstance(given, Reference):
        if given.source != source.name:
            raise QueryError(f"{what}= takes columns of {source.name!r}, got one of {given.source!r}")
        return intake.table.column(given.column).name
    if not isinstance(given, str):
        raise QueryError(f"{what}= takes columns, got {type(given).__name__}")
    return intake.column(given)


def _unique_keys(table: Table) -> list[tuple[str, ...]]:
    single = [(column.name,) for column in table.columns.values() if column.unique]
    several = [index.columns for index in table.indexes if index.unique]
    return [key for key in (table.primary_key, *single, *several) if key]


def _could_be_taken(table: Table, key: tuple[str, ...], given: tuple[str, ...]) -> bool:
    """Whether a row with values for these columns could have a unique key that another row has.

    It cannot where a part of the key is left out, and is counted, or is NULL then.
    """
    left_out = [table.column(name) for name in key if name not in given]
    return not any(
        column.name == table.auto_key or (column.nullable and not column.has_default and not column.generated)
        for column in left_out
    )
