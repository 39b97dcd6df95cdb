"""What the program gives, row by row, as values for the columns to write."""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, TypeAlias

from activerecord.errors import QueryError
from activerecord.schema.table import Table
from activerecord.schema.writable import refuse_generated, refuse_view

__all__ = ["Intake", "refuse_generated", "refuse_view"]

# What takes the values of the columns out of a row.
_Form: TypeAlias = Callable[[Any], Sequence[Any]]

# Rows may name their columns in any order, and by two names each; a program whose rows have more forms does so by chance.
_FORMS = 64


class Intake:
    """Reads the rows of one call. The first of them decides on the columns; the others have to have the same.

    `names` says which column an attribute is, where they are called otherwise; `defaults` makes values for columns that a
    row leaves out. With `exact` each row has to name the same columns itself.
    """

    def __init__(
        self,
        verb: str,
        table: Table,
        *,
        names: Mapping[str, str],
        defaults: Mapping[str, Callable[[], Any]],
        exact: bool = False,
    ) -> None:
        self.verb = verb
        self.table = table
        self.columns: tuple[str, ...] = ()
        """The columns that are written, once the first row is there."""
        self.told: tuple[str, ...] = ()
        """Those of them that the rows name themselves."""
        self._names = names
        self._defaults = defaults
        self._exact = exact
        self._forms: dict[tuple[Any, ...], _Form] = {}
        self._begun = False

    def values(self, row: Any) -> Sequence[Any]:
        """The values of a row, in the order of the columns. Raises UnknownColumn, QueryError."""
        given: Any = row
        if row.__class__ is not dict and not isinstance(row, Mapping):
            raise QueryError(f"{self.verb} takes dicts, got {type(row).__name__}")
        keys = tuple(given)
        return (self._forms.get(keys) or self._form(keys))(given)

    def column(self, name: str) -> str:
        """The column that an attribute, or a column, of this name is. Raises UnknownColumn."""
        return self.table.column(self._names.get(name, name)).name

    def _form(self, keys: tuple[Any, ...]) -> _Form:
        if not all(isinstance(key, str) for key in keys):
            raise QueryError("the names of columns are text")
        told = {self._names.get(key, key): key for key in keys}
        if not self._begun:
            self._begin(tuple(told))
        self._check(told)
        form = _getter([(told.get(name), None if name in told else self._defaults[name]) for name in self.columns])
        if len(self._forms) < _FORMS:
            self._forms[keys] = form
        return form

    def _begin(self, told: tuple[str, ...]) -> None:
        for name in told:
            self.table.column(name)
        self.told = told
        self.columns = (*told, *[name for name in self._defaults if name not in told])
        self._begun = True

    def _check(self, told: Mapping[str, Any]) -> None:
        odd = (told.keys() if self._exact else told.keys() | self._defaults.keys()) ^ (
            set(self.told) if self._exact else set(self.columns)
        )
        if odd:
            raise QueryError(f"{self.verb} needs the same columns in every row; not in all: {', '.join(sorted(odd))}")


def _getter(wishes: "Sequence[tuple[Any, Callable[[], Any] | None]]") -> _Form:
    """What takes the values under these keys, and makes one where there is none."""
    if len(wishes) > 1 and not any(make for _, make in wishes):
        return itemgetter(*[key for key, _ in wishes])
    return lambda given: [given[key] if make is None else make() for key, make in wishes]
