"""Columns as a model declares them: `age: Column[int | None]`, `id: Column[int] = column(primary_key=True)`."""

from collections.abc import Callable
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, overload

from activerecord.errors import ActiveRecordError, ColumnNotLoaded, UsageError
from activerecord.schema.table import ForeignKey, TableColumn
from activerecord.sql.reference import Reference
from activerecord.types import Text, Type, type_for

__all__ = ["Column", "column", "not_loaded"]

T = TypeVar("T")


class Column(Generic[T]):
    """A column of a declared model.

    On the class it is an expression (`User.age > 18`), on a record the value. The value lives in the record itself and is
    read at plain speed; only where it is missing is the descriptor asked, and names the column that was not loaded.
    """

    def __init__(
        self,
        *,
        primary_key: bool = False,
        unique: bool = False,
        index: bool = False,
        default: Any = None,
        references: str | None = None,
        on_delete: str | None = None,
        length: int | None = None,
        name: str | None = None,
        stored_as: Type | None = None,
    ) -> None:
        self.primary_key = primary_key
        self.unique = unique
        self.index = index
        self.default = default
        self.references = references
        self.on_delete = on_delete
        self.length = length
        self.name = name
        self.type = stored_as
        self.attribute = ""
        self.nullable = True
        self._references: dict[Any, Reference[Any]] = {}

    def __set_name__(self, owner: "type[Any]", attribute: str) -> None:
        self.attribute = attribute
        self.name = self.name or attribute

    @overload
    def __get__(self, record: None, owner: "type[Any]") -> Reference[T]: ...
    @overload
    def __get__(self, record: object, owner: "type[Any]") -> T: ...
    def __get__(self, record: object | None, owner: "type[Any]") -> Any:
        if record is not None:
            if getattr(record, "is_new", False):
                return None
            raise not_loaded(owner, self.name or self.attribute)
        found = self._references.get(owner)
        if found is None:
            found = self._references[owner] = Reference(owner.__table_name__, self.name or self.attribute)
        return found

    if TYPE_CHECKING:
        # Only checkers see it: with it at run time, every read of a value would be a call.
        def __set__(self, record: object, value: T) -> None: ...

    def new_value(self) -> Any:
        """The default for one more record: what its function gives, or a copy of its own; None where there is none."""
        return self.default() if callable(self.default) else deepcopy(self.default)

    def declared_as(self, annotation: Any) -> Self:
        """This column with the type that its annotation says. Raises UsageError for one that no column can have."""
        found, self.nullable = type_for(annotation)
        if self.primary_key:
            self.nullable = False
        if self.type is None:
            self.type = Text(self.length) if self.length is not None and isinstance(found, Text) else found
        return self

    def table_column(self) -> TableColumn:
        """The column as its table has it."""
        if self.type is None or self.name is None:
            raise UsageError(
                f"column {self.attribute!r} has no type: annotate it, e.g. `{self.attribute}: Column[str]`"
            )
        self._check()
        constant = None if callable(self.default) else self.default
        return TableColumn(
            self.name,
            self.type,
            nullable=self.nullable,
            has_default=constant is not None,
            unique=self.unique,
            index=self.index,
            default=constant,
        )

    def _check(self) -> None:
        """Raise UsageError for options that do not go together."""
        if self.on_delete is not None and self.references is None:
            raise UsageError(f"column {self.attribute!r}: on_delete goes with references='table.column'")
        if self.length is None:
            return
        if not isinstance(self.length, int) or isinstance(self.length, bool) or self.length < 1:
            raise UsageError(f"column {self.attribute!r}: length is a number of characters, one or more")
        if not isinstance(self.type, Text):
            raise UsageError(f"column {self.attribute!r}: length is for text")

    def foreign_key(self, table: str) -> ForeignKey | None:
        """The foreign key of `references="users.id"`, for a column of `table`."""
        if self.references is None:
            return None
        if not isinstance(self.references, str):
            given = type(self.references).__name__
            raise UsageError(f"column {self.attribute!r}: references takes 'table.column' as text, got {given}")
        target, dot, key = self.references.rpartition(".")
        if not dot or not target or not key:
            raise UsageError(f"references={self.references!r}: expected 'table.column'")
        if "." in target:
            # A name with a dot in it is rare, and a schema meant nearly always.
            raise UsageError(
                f"references={self.references!r}: expected 'table.column', in the model's own schema. Into another schema, or "
                f"to a table with a dot in its name, leads a belongs_to"
            )
        return ForeignKey(table, (self.name or self.attribute,), target, (key,), self.on_delete)


def column(
    *,
    primary_key: bool = False,
    unique: bool = False,
    index: bool = False,
    default: "Any | Callable[[], Any]" = None,
    references: str | None = None,
    on_delete: str | None = None,
    length: int | None = None,
    name: str | None = None,
    type: Type | None = None,
) -> Any:
    """What a declared column is beyond its Python type.

    `default` is a value, or a function that gives one for each new record; `references` is 'table.column' and
    `on_delete` the SQL action that goes with it; `length` bounds a text; `name` is the column's name in the database
    where the attribute is called otherwise; `type` overrides the type that follows from the annotation.
    """
    return Column[Any](
        primary_key=primary_key,
        unique=unique,
        index=index,
        default=default,
        references=references,
        on_delete=on_delete,
        length=length,
        name=name,
        stored_as=type,
    )


def not_loaded(owner: "type[Any]", name: str) -> ActiveRecordError:
    """The error for a value that the record at hand does not have."""
    return ColumnNotLoaded(
        f"{owner.__name__}.{name} has no value in this record: its column was neither selected nor assigned; "
        f"`reload()` reads the whole row"
    )
