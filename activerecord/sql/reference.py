"""Columns: what a query names by the source that it belongs to."""

from typing import Any, TypeVar

from activerecord.sql.document import JsonPath
from activerecord.sql.expression import Expression

__all__ = ["Reference", "refer"]

T_co = TypeVar("T_co", covariant=True)


class Reference(Expression[T_co]):
    """A column of a source of the query: a table's name, or its alias, and the column's name."""

    __slots__ = ("column", "source")

    def __init__(self, source: str, column: str) -> None:
        self.source = source
        self.column = column
        super().__init__(("ref", source, column))

    def __repr__(self) -> str:
        return f"{self.source}.{self.column}"

    def __getitem__(self, step: "str | int") -> "JsonPath":
        """What a JSON document has under a key or an index: `User.settings["theme"]["color"]`, `[-1]` from the end."""
        return JsonPath(self, (step,))


def refer(source: str, name: str) -> Reference[Any]:
    """A column of which no more is known than its names. `Reference[Any](...)` would be that and take six times as long."""
    return Reference(source, name)
