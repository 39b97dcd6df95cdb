"""What a query can read besides its model's own table: a model under another name, a query under a name, a common table."""

from typing import Any

from activerecord.errors import NoSuchAttribute, QueryError
from activerecord.sql.reference import Reference
from activerecord.sql.statement import CommonTable, FromItem, NamedTable, Source, Subquery

__all__ = ["Named", "checked_name"]


class Named:
    """Rows under a name, to be joined or read from; its columns are `tree.boss_id` or `tree["boss_id"]`."""

    def __init__(self, name: str, item: FromItem, tables: tuple[CommonTable, ...] = ()) -> None:
        self.__name__ = name
        self.__item__ = item
        self.__tables__ = tables

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.__name__!r}>"

    def __getitem__(self, column: str) -> Reference[Any]:
        """The column of that name."""
        if not isinstance(column, str):
            raise QueryError(f"{self!r}[...] takes the name of a column, got {type(column).__name__}")
        return Reference(self.__name__, column)

    # a column is what every other name means, for checkers too
    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise NoSuchAttribute(f"{self!r} has no attribute {name!r}; a column of such a name is [{name!r}]")
        return self[name]

    def under(self, name: str) -> FromItem:
        """The same rows under another name."""
        item = self.__item__
        match item:
            case Source():
                return Source(item.table, schema=item.schema, alias=name, of=item.of)
            case Subquery():
                return Subquery(item.query, name, lateral=item.lateral)
            case NamedTable():
                return NamedTable(item.table, name)


def checked_name(name: object) -> str:
    """A name that a program gives to a source. Raises QueryError."""
    if not isinstance(name, str) or not name or "\0" in name:
        raise QueryError("a name in a query is a text that is not empty, without a NUL character")
    return name
