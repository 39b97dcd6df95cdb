"""Terminal verbs that compute one value of many rows, typed by what is computed."""

import datetime as dt
from decimal import Decimal
from typing import Any, Literal, TypeVar, overload

from activerecord import runtime
from activerecord.bounds import bounded
from activerecord.query.clauses import Prepared
from activerecord.query.values import Values
from activerecord.sql.expression import Expression
from activerecord.sql.function import Function
from activerecord.types import Float, Interval, Numeric, Type

__all__ = ["Aggregates", "zero_of"]

R = TypeVar("R")
T = TypeVar("T")
N = TypeVar("N", float, Decimal, dt.timedelta)
AggregateName = Literal["avg", "min", "max"]


_ZEROS: dict[type[Type], Any] = {Float: 0.0, Interval: dt.timedelta()}


class Aggregates(Values[R]):
    """The verbs that compute. A column that is named by text is of no type that a checker knows: it gives Any."""

    __slots__ = ()

    @overload
    async def async_sum(self, column: Expression[bool | None], *, timeout: float | None = None) -> int: ...
    @overload
    async def async_sum(self, column: Expression[T | None], *, timeout: float | None = None) -> T: ...
    @overload
    async def async_sum(self, column: str, *, timeout: float | None = None) -> Any: ...
    async def async_sum(self, column: "str | Expression[Any]", *, timeout: float | None = None) -> Any:
        """The sum of a column over the rows that fit; zero where there is nothing to add: `SELECT sum(...) ...`."""
        self._refuse_cut("sum")
        with bounded(timeout, "sum"):
            adding, found = await self._scalar(lambda: self._aggregate(Function("sum", (self._column(column),))))
        return self._zero(adding) if found is None else found

    @overload
    def sum(self, column: Expression[bool | None], *, timeout: float | None = None) -> int: ...
    @overload
    def sum(self, column: Expression[T | None], *, timeout: float | None = None) -> T: ...
    @overload
    def sum(self, column: str, *, timeout: float | None = None) -> Any: ...
    def sum(self, column: "str | Expression[Any]", *, timeout: float | None = None) -> Any:
        """The sum of a column over the rows that fit; zero where there is nothing to add."""
        return runtime.run_blocking(lambda: self.async_sum(column, timeout=timeout), "sum")

    @overload
    async def async_average(self, column: Expression[N | None], *, timeout: float | None = None) -> N | None: ...
    @overload
    async def async_average(self, column: str, *, timeout: float | None = None) -> Any: ...
    async def async_average(self, column: "str | Expression[Any]", *, timeout: float | None = None) -> Any:
        """The average of a column: of Decimals a Decimal, of timedeltas one, else a float; None without a value: `SELECT avg(...)`."""
        with bounded(timeout, "average"):
            return await self._aggregated("avg", column)

    @overload
    def average(self, column: Expression[N | None], *, timeout: float | None = None) -> N | None: ...
    @overload
    def average(self, column: str, *, timeout: float | None = None) -> Any: ...
    def average(self, column: "str | Expression[Any]", *, timeout: float | None = None) -> Any:
        """The average of a column: of Decimals a Decimal, of timedeltas one, else a float; None without a value."""
        return runtime.run_blocking(lambda: self.async_average(column, timeout=timeout), "average")

    @overload
    async def async_min(self, column: Expression[T | None], *, timeout: float | None = None) -> T | None: ...
    @overload
    async def async_min(self, column: str, *, timeout: float | None = None) -> Any: ...
    async def async_min(self, column: "str | Expression[Any]", *, timeout: float | None = None) -> Any:
        """The smallest value of a column; None where there is none: `SELECT min(...) ...`."""
        with bounded(timeout, "min"):
            return await self._aggregated("min", column)

    @overload
    def min(self, column: Expression[T | None], *, timeout: float | None = None) -> T | None: ...
    @overload
    def min(self, column: str, *, timeout: float | None = None) -> Any: ...
    def min(self, column: "str | Expression[Any]", *, timeout: float | None = None) -> Any:
        """The smallest value of a column; None where there is none."""
        return runtime.run_blocking(lambda: self.async_min(column, timeout=timeout), "min")

    @overload
    async def async_max(self, column: Expression[T | None], *, timeout: float | None = None) -> T | None: ...
    @overload
    async def async_max(self, column: str, *, timeout: float | None = None) -> Any: ...
    async def async_max(self, column: "str | Expression[Any]", *, timeout: float | None = None) -> Any:
        """The largest value of a column; None where there is none: `SELECT max(...) ...`."""
        with bounded(timeout, "max"):
            return await self._aggregated("max", column)

    @overload
    def max(self, column: Expression[T | None], *, timeout: float | None = None) -> T | None: ...
    @overload
    def max(self, column: str, *, timeout: float | None = None) -> Any: ...
    def max(self, column: "str | Expression[Any]", *, timeout: float | None = None) -> Any:
        """The largest value of a column; None where there is none."""
        return runtime.run_blocking(lambda: self.async_max(column, timeout=timeout), "max")

    async def _aggregated(self, name: AggregateName, column: "str | Expression[Any]") -> Any:
        self._refuse_cut(name)
        _, found = await self._scalar(lambda: self._aggregate(Function(name, (self._column(column),))))
        return found

    def _zero(self, prepared: Prepared) -> Any:
        """The sum of no values at all, of the type that the sum of some would have."""
        dialect = self._mapper.database().dialect
        kind = dialect.compiler(dialect, prepared.tables).answer(prepared.select)[0].type
        return zero_of(kind)


def zero_of(kind: Type) -> Any:
    """The sum of no values of a type."""
    return Decimal(0).scaleb(-(kind.scale or 0)) if isinstance(kind, Numeric) else _ZEROS.get(type(kind), 0)
