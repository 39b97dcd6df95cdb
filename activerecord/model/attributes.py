"""The values of a record: reading, assigning, and what has changed since the row was loaded."""

from collections.abc import Hashable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Self

from activerecord.changes import MISSING, changed_values
from activerecord.errors import NoSuchAttribute, UnknownColumn, UsageError, nearest
from activerecord.hydration import Layout, Origin
from activerecord.mapper import Mapper
from activerecord.model.metaclass import ModelType
from activerecord.relation import Association
from activerecord.relation.inferred import Inferred
from activerecord.schema.column import Column, not_loaded
from activerecord.schema.table import Table
from activerecord.strictness import Strictness

__all__ = ["Attributes", "getattr_static"]


class Attributes(metaclass=ModelType):
    """A record's values. What stands for a column is an attribute; `record["name"]` reaches a column of any name."""

    __mapper__: ClassVar[Mapper[Any]]

    # What a record keeps of the row it was made of. On the class they say: of none.
    _row: Sequence[Any] | None = None
    _origin: Origin | None = None
    _related: dict[str, tuple[Any, Any]] | None = None
    # What it was given by its relations, and the database does not know of yet.
    _pending: dict[str, list[Any]] | None = None
    # Whether a task is writing the record now.
    _writing: bool = False
    # What the database had computed for a row that is no longer the record's.
    _computed: Mapping[str, Any] = MappingProxyType({})

    def __init__(self, /, **values: Any) -> None:
        if "__mapper__" not in type(self).__dict__:
            raise UsageError(f"{type(self).__name__} stands for no table: make a subclass")
        for name, column in self._initial():
            vars(self)[name] = column.new_value()
        self.attributes = values

    @classmethod
    def _initial(cls) -> "tuple[tuple[str, Column[Any]], ...]":
        """The columns that a new record has a value in, and where it keeps each."""
        mapper = cls.__mapper__
        if mapper.defaults is None:
            columns: list[tuple[str, Column[Any]]] = [
                (name, column)
                for name in mapper.attributes.values()
                if isinstance(column := getattr_static(cls, name), Column) and column.default is not None
            ]
            mapper.defaults = tuple(columns)
        found: tuple[tuple[str, Column[Any]], ...] = mapper.defaults
        return found

    @property
    def attributes(self) -> dict[str, Any]:
        """The values that the record has, by the names of their columns. Setting it assigns several at once."""
        mapper = self.__mapper__
        names = self._column_names()
        return {name: vars(self)[key] for name in names if (key := mapper.key(name)) in vars(self)}

    @attributes.setter
    def attributes(self, values: Mapping[str, Any]) -> None:
        if not isinstance(values, Mapping):
            raise UsageError(f"attributes takes a dict of names and values, got {type(values).__name__}")
        if self.__mapper__.are_columns(values.keys()):
            vars(self).update(values)
            return
        for name in values:
            self._check_name(name)
        for name, value in values.items():
            self._store(name, value)

    def __getitem__(self, name: str) -> Any:
        """The value of a column, whatever its name."""
        _check_text(name)
        value = vars(self).get(self._key_of(name), MISSING)
        return self._missing(name) if value is MISSING else value

    def __setitem__(self, name: str, value: Any) -> None:
        """Assign to a column, whatever its name."""
        self._check_name(name)
        self._store(name, value)

    if not TYPE_CHECKING:
        # Called only for what the record does not have; checkers must not see it, or no typo would be an error.
        def __getattr__(self, name: str) -> Any:
            mapper = type(self).__mapper__
            if name in mapper.scopes:
                raise NoSuchAttribute(f"{name!r} is a scope of the model, not of a record: {mapper.name}.{name}(...)")
            if name.startswith("_") or mapper.is_declared:
                raise NoSuchAttribute(f"{type(self).__name__} has no attribute {name!r}; {nearest(name, dir(self))}")
            relation = mapper.relations().get(name)
            if isinstance(relation, Association):
                return relation.read(self)
            table = mapper.known_table()
            if table is not None and name not in table.columns:
                known = [*table.columns, *mapper.relations()]
                raise NoSuchAttribute(f"{type(self).__name__} has no attribute {name!r}; {nearest(name, known)}")
            return self._missing(name)

    @property
    def is_new(self) -> bool:
        """Whether the record has no row in the database yet, as far as it knows."""
        return self._row is None

    @property
    def changes(self) -> dict[str, tuple[Any, Any]]:
        """What differs from the row as it was loaded: name to (old, new). For a new record, all that it has."""
        if self._row is None or self._origin is None:
            return {name: (None, value) for name, value in self.attributes.items()}
        layout = self._origin.layout
        changes = changed_values(layout, self._row, vars(self))
        for name in self._column_names():
            if name not in layout.positions and (key := self.__mapper__.key(name)) in vars(self):
                changes[name] = (None, vars(self)[key])
        return changes

    @property
    def changed(self) -> bool:
        """Whether `save()` would write anything."""
        return self.is_new or bool(self._pending) or bool(self.changes)

    def was(self, name: str) -> Any:
        """The value of a column as the row was loaded; None for a new record."""
        _check_text(name)
        name = self._column_name(name)
        if self._row is None or self._origin is None:
            return None
        if name not in self._origin.layout.positions:
            self._check_name(name)
            raise not_loaded(type(self), name)
        return self._origin.layout.value(self._row, name)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(self) is not type(other) or not isinstance(other, Attributes):
            return NotImplemented
        key = self._key()
        return key is not None and key == other._key()

    def __hash__(self) -> int:
        key = self._key()
        if key is None:
            raise TypeError(f"a {type(self).__name__} without a key has no hash: save it first")
        return hash((type(self), key))

    def __repr__(self) -> str:
        key = self._key()
        if key is None:
            return f"<{type(self).__name__} {'new' if self.is_new else 'without its key'}>"
        return f"<{type(self).__name__} {key[0] if len(key) == 1 else key}>"

    # copies

    def __copy__(self) -> Self:
        """Another record of the same row, whose attributes can be set apart from this one's."""
        twin = type(self).__new__(type(self))
        vars(twin).update(vars(self))
        if self._related is not None:
            twin._related = dict(self._related)
        # else both would write it
        twin._pending = None
        return twin

    def __getstate__(self) -> dict[str, Any]:
        """All values, the row's as they were loaded: what a database's own form means is known to its connection only."""
        state = dict(vars(self))
        origin: Origin | None = state.pop("_origin", None)
        if origin is not None and self._row is not None:
            row = self._row
            state["_row"] = tuple([origin.layout.value(row, name) for name in origin.layout.names])
            state["_names"] = origin.layout.names
            state["_strict"] = origin.strict
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        names: tuple[str, ...] = state.pop("_names", ())
        strict: Strictness | None = state.pop("_strict", None)
        vars(self).update(state)
        if names:
            keys = [self.__mapper__.key(name) for name in names]
            self._origin = Origin(Layout(names, [None] * len(names), keys), strict)

    # names

    def _key(self) -> tuple[Hashable, ...] | None:
        """The values of the primary key; None as long as a part is missing."""
        table = type(self).__mapper__.known_table()
        if table is None or not table.primary_key:
            return None
        key = tuple([vars(self).get(self.__mapper__.key(name)) for name in table.primary_key])
        return None if None in key else key

    def _column_names(self) -> list[str]:
        """The columns that the record may have: its table's, or as long as that is not read, what was assigned."""
        table = self.__mapper__.known_table()
        if table is not None:
            return list(table.columns)
        return [key.removeprefix("column ") for key in vars(self) if not key.startswith("_")]

    def _column_name(self, name: str) -> str:
        """The column's name in the database: a declared attribute may be called otherwise."""
        return self.__mapper__.column_name(name)

    def _key_of(self, name: str) -> str:
        return self.__mapper__.key(self._column_name(name))

    def _store(self, name: str, value: Any) -> None:
        if self.__mapper__.is_column(name):
            vars(self)[name] = value
        elif isinstance(getattr_static(type(self), name), Association | Inferred):
            setattr(self, name, value)
        else:
            vars(self)[self._key_of(name)] = value

    def _check_name(self, name: Any) -> None:
        mapper = self.__mapper__
        if mapper.is_column(name):
            return
        _check_text(name)
        table = mapper.known_table()
        if table is None or self._column_name(name) in table.columns or name in mapper.relations():
            return
        raise self._unknown(name, table)

    def _unknown(self, name: str, table: Table) -> UnknownColumn:
        mapper = self.__mapper__
        known = [*mapper.attributes.values(), *table.columns, *mapper.relations()]
        return UnknownColumn(f"{mapper.name} has no column {name!r}; {nearest(name, known)}")

    def _missing(self, name: str) -> Any:
        table = self.__mapper__.known_table()
        if table is None:
            raise UsageError(
                f"{type(self).__name__}.{name} was never assigned, and the table {self.__mapper__.table_name!r} is not "
                f"read yet: `await {type(self).__name__}.async_schema()` reads it"
            )
        table.column(self._column_name(name))
        if self.is_new:
            return None
        raise not_loaded(type(self), name)

    def _settle(self, table: Table) -> None:
        """Before a write: sort out what was assigned by plain attributes before the table was known.

        Raises UnknownColumn for a name that is neither a column nor a relation.
        """
        mapper = self.__mapper__
        known = mapper.keys(table).values()
        loaded = () if self._origin is None else self._origin.layout.keys
        for key in [key for key in vars(self) if key[0] != "_" and key not in known and key not in loaded]:
            name = key.removeprefix("column ")
            relation = mapper.relations().get(name)
            if key in table.columns:
                raise UsageError(
                    f"{mapper.name}.{key} is no column as an attribute, since every model has a `{key}` of its own: "
                    f"the column is record[{key!r}]"
                )
            if not isinstance(relation, Association):
                raise self._unknown(name, table)
            relation.assign(self, vars(self).pop(key))


def _check_text(name: Any) -> None:
    if not isinstance(name, str):
        raise UsageError(f"the name of a column is text, got {type(name).__name__}")


def getattr_static(model: type, name: str) -> Any:
    """What the class itself says of a name, without asking descriptors."""
    return next((vars(body)[name] for body in model.__mro__ if name in vars(body)), None)
