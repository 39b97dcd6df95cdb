"""Terminal verbs that give the values of columns, each with its type."""

from typing import Any, TypeVar, overload

from activerecord import runtime
from activerecord.bounds import bounded
from activerecord.errors import QueryError
from activerecord.query.values import Values
from activerecord.sql.expression import Expression

__all__ = ["Plucking"]

R = TypeVar("R")
T1 = TypeVar("T1")
T2 = TypeVar("T2")
T3 = TypeVar("T3")
T4 = TypeVar("T4")
T5 = TypeVar("T5")
T6 = TypeVar("T6")
T7 = TypeVar("T7")
T8 = TypeVar("T8")


class Plucking(Values[R]):
    """The verb `pluck` and its twin. A tuple of up to eight columns is typed by them; where one is a name, its values are Any."""

    __slots__ = ()

    @overload
    async def async_pluck(self, first: Expression[T1], /, *, timeout: float | None = None) -> list[T1]: ...
    @overload
    async def async_pluck(
        self, first: Expression[T1], second: Expression[T2], /, *, timeout: float | None = None
    ) -> list[tuple[T1, T2]]: ...
    @overload
    async def async_pluck(
        self, first: Expression[T1], second: Expression[T2], third: Expression[T3], /, *, timeout: float | None = None
    ) -> list[tuple[T1, T2, T3]]: ...
    @overload
    async def async_pluck(
        self,
        first: Expression[T1],
        second: Expression[T2],
        third: Expression[T3],
        fourth: Expression[T4],
        /,
        *,
        timeout: float | None = None,
    ) -> list[tuple[T1, T2, T3, T4]]: ...
    @overload
    async def async_pluck(
        self,
        first: Expression[T1],
        second: Expression[T2],
        third: Expression[T3],
        fourth: Expression[T4],
        fifth: Expression[T5],
        /,
        *,
        timeout: float | None = None,
    ) -> list[tuple[T1, T2, T3, T4, T5]]: ...
    @overload
    async def async_pluck(
        self,
        first: Expression[T1],
        second: Expression[T2],
        third: Expression[T3],
        fourth: Expression[T4],
        fifth: Expression[T5],
        sixth: Expression[T6],
        /,
        *,
        timeout: float | None = None,
    ) -> list[tuple[T1, T2, T3, T4, T5, T6]]: ...
    @overload
    async def async_pluck(
        self,
        first: Expression[T1],
        second: Expression[T2],
        third: Expression[T3],
        fourth: Expression[T4],
        fifth: Expression[T5],
        sixth: Expression[T6],
        seventh: Expression[T7],
        /,
        *,
        timeout: float | None = None,
    ) -> list[tuple[T1, T2, T3, T4, T5, T6, T7]]: ...
    @overload
    async def async_pluck(
        self,
        first: Expression[T1],
        second: Expression[T2],
        third: Expression[T3],
        fourth: Expression[T4],
        fifth: Expression[T5],
        sixth: Expression[T6],
        seventh: Expression[T7],
        eighth: Expression[T8],
        /,
        *,
        timeout: float | None = None,
    ) -> list[tuple[T1, T2, T3, T4, T5, T6, T7, T8]]: ...
    @overload
    async def async_pluck(self, first: str, /, *, timeout: float | None = None) -> list[Any]: ...
    @overload
    async def async_pluck(
        self,
        first: "str | Expression[Any]",
        second: "str | Expression[Any]",
        /,
        *more: "str | Expression[Any]",
        timeout: float | None = None,
    ) -> list[tuple[Any, ...]]: ...
    async def async_pluck(self, *columns: "str | Expression[Any]", timeout: float | None = None) -> list[Any]:
        """The values of one column as a list, or of several as a list of tuples: `SELECT "users"."id", "users"."name" ...`."""
        if not columns:
            raise QueryError("pluck needs a column; for all of them: tuples()")
        clauses = self._clauses.but(columns=tuple([self._column(name) for name in columns]))
        with bounded(timeout, "pluck"):
            _, rows = await self._rows(lambda _: clauses)
        return [row[0] for row in rows] if len(columns) == 1 else rows

    @overload
    def pluck(self, first: Expression[T1], /, *, timeout: float | None = None) -> list[T1]: ...
    @overload
    def pluck(
        self, first: Expression[T1], second: Expression[T2], /, *, timeout: float | None = None
    ) -> list[tuple[T1, T2]]: ...
    @overload
    def pluck(
        self, first: Expression[T1], second: Expression[T2], third: Expression[T3], /, *, timeout: float | None = None
    ) -> list[tuple[T1, T2, T3]]: ...
    @overload
    def pluck(
        self,
        first: Expression[T1],
        second: Expression[T2],
        third: Expression[T3],
        fourth: Expression[T4],
        /,
        *,
        timeout: float | None = None,
    ) -> list[tuple[T1, T2, T3, T4]]: ...
    @overload
    def pluck(
        self,
        first: Expression[T1],
        second: Expression[T2],
        third: Expression[T3],
        fourth: Expression[T4],
        fifth: Expression[T5],
        /,
        *,
        timeout: float | None = None,
    ) -> list[tuple[T1, T2, T3, T4, T5]]: ...
    @overload
    def pluck(
        self,
        first: Expression[T1],
        second: Expression[T2],
        third: Expression[T3],
        fourth: Expression[T4],
        fifth: Expression[T5],
        sixth: Expression[T6],
        /,
        *,
        timeout: float | None = None,
    ) -> list[tuple[T1, T2, T3, T4, T5, T6]]: ...
    @overload
    def pluck(
        self,
        first: Expression[T1],
        second: Expression[T2],
        third: Expression[T3],
        fourth: Expression[T4],
        fifth: Expression[T5],
        sixth: Expression[T6],
        seventh: Expression[T7],
        /,
        *,
        timeout: float | None = None,
    ) -> list[tuple[T1, T2, T3, T4, T5, T6, T7]]: ...
    @overload
    def pluck(
        self,
        first: Expression[T1],
        second: Expression[T2],
        third: Expression[T3],
        fourth: Expression[T4],
        fifth: Expression[T5],
        sixth: Expression[T6],
        seventh: Expression[T7],
        eighth: Expression[T8],
        /,
        *,
        timeout: float | None = None,
    ) -> list[tuple[T1, T2, T3, T4, T5, T6, T7, T8]]: ...
    @overload
    def pluck(self, first: str, /, *, timeout: float | None = None) -> list[Any]: ...
    @overload
    def pluck(
        self,
        first: "str | Expression[Any]",
        second: "str | Expression[Any]",
        /,
        *more: "str | Expression[Any]",
        timeout: float | None = None,
    ) -> list[tuple[Any, ...]]: ...
    def pluck(self, *columns: "str | Expression[Any]", timeout: float | None = None) -> list[Any]:
        """The values of one column as a list, or of several as a list of tuples: `SELECT "users"."id", "users"."name" ...`."""
        return runtime.run_blocking(lambda: self.async_pluck(*columns, timeout=timeout), "pluck")
