"""Functions that take values of any kind, moments of the clock, and functions by name."""

import datetime as dt
from typing import Any, TypeVar, overload

from activerecord.errors import NoSuchAttribute, QueryError
from activerecord.sql.call import Function, called
from activerecord.sql.dates import Now, Today
from activerecord.sql.expression import Expression
from activerecord.sql.window import Sorting
from activerecord.types import Integer

__all__ = ["NamedFunction", "Others"]

T = TypeVar("T")


class Others:
    """Functions of no subject of their own."""

    @overload
    def coalesce(self, first: "Expression[T | None]", *others: "Expression[T]") -> Function[T]: ...
    @overload
    def coalesce(
        self, first: "T | Expression[T | None] | None", *others: "T | Expression[T] | Expression[T | None] | None"
    ) -> Function[T]: ...
    def coalesce(self, first: Any, *others: Any) -> Function[Any]:
        """The first value that is not NULL."""
        return called("coalesce", first, *others, alike=True)

    @overload
    def ifnull(self, first: "Expression[T | None]", other: "Expression[T]") -> Function[T]: ...
    @overload
    def ifnull(self, first: "T | Expression[T | None] | None", other: "T | Expression[T]") -> Function[T]: ...
    def ifnull(self, first: Any, other: Any) -> Function[Any]:
        """The first value, or the other where that is NULL: `coalesce` of two."""
        return called("ifnull", first, other, alike=True)

    @overload
    def nullif(self, first: "Expression[T]", other: "Expression[T]") -> "Function[T | None]": ...
    @overload
    def nullif(self, first: "T | Expression[T]", other: "T | Expression[T]") -> "Function[T | None]": ...
    def nullif(self, first: Any, other: Any) -> "Function[Any]":
        """The first value; NULL where it equals the other."""
        return called("nullif", first, other, alike=True)

    @overload
    def greatest(self, first: "Expression[T]", second: "Expression[T]", *others: "Expression[T]") -> Function[T]: ...
    @overload
    def greatest(
        self, first: "T | Expression[T]", second: "T | Expression[T]", *others: "T | Expression[T]"
    ) -> Function[T]: ...
    def greatest(self, first: Any, second: Any, *others: Any) -> Function[Any]:
        """The greatest of several values; NULL where one is, but PostgreSQL passes over NULLs."""
        return called("greatest", first, second, *others, alike=True)

    @overload
    def least(self, first: "Expression[T]", second: "Expression[T]", *others: "Expression[T]") -> Function[T]: ...
    @overload
    def least(
        self, first: "T | Expression[T]", second: "T | Expression[T]", *others: "T | Expression[T]"
    ) -> Function[T]: ...
    def least(self, first: Any, second: Any, *others: Any) -> Function[Any]:
        """The least of several values; NULL where one is, but PostgreSQL passes over NULLs."""
        return called("least", first, second, *others, alike=True)

    def now(self, *, zone: bool = False) -> Expression[dt.datetime]:
        """The moment at hand in UTC: naive, or aware with `zone=True`, to go with columns of such moments.

        To the microsecond, on SQLite to the millisecond. PostgreSQL gives the beginning of the transaction.
        """
        return Now(zone=zone)

    def current_timestamp(self, *, zone: bool = False) -> Expression[dt.datetime]:
        """As `now`."""
        return Now(zone=zone)

    def current_date(self) -> Expression[dt.date]:
        """The day at hand in UTC."""
        return Today()

    def grouping(self, column: Expression[Any], *others: Expression[Any]) -> Function[int]:
        """1 in a row that takes all values of a column together, of `rollup` and its like, else 0; MariaDB and SQLite raise NotSupported."""
        return called("grouping", column, *others, type=Integer())

    def __getattr__(self, name: str) -> "NamedFunction":
        if not (name.isidentifier() and name.isascii()) or name.startswith("_"):
            raise NoSuchAttribute(f"fn has no function {name!r}: the name of a function is a plain identifier")
        return NamedFunction(name.lower())


class NamedFunction:
    """A function of SQL that waits for its arguments."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, *arguments: Any, distinct: bool = False, order_by: Sorting = ()) -> Function[Any]:
        """The function of these arguments, as the engine has it; values are bound."""
        if self.name in _WORDS:
            raise QueryError(f"{self.name} is a word of SQL and no function")
        return called(self.name, *arguments, distinct=distinct, order_by=order_by)


# What stands before a parenthesis without being a function.
_WORDS = frozenset(
    "all and any as between by case cast distinct else end exists filter from having in is like limit "
    "not on or over select some then union using values when where with".split()
)
