"""The older words for the newer verbs, as the 1.0 line of an earlier active record had them; each is a line over a verb of today."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Self, TypeVar

from activerecord import runtime
from activerecord.errors import QueryError, nearest
from activerecord.query.aggregates import Aggregates
from activerecord.query.conditions import Conditions
from activerecord.query.joins import Joins
from activerecord.query.locking import Locking
from activerecord.query.shape import Shape
from activerecord.query.terminals import Terminals
from activerecord.sql.expression import Condition, Expression, all_of

__all__ = ["RETIRED", "Dicts", "Spellings"]

R = TypeVar("R")

# What a name may end with, `age__gte`, and what it compares by; a plain equality takes lists too.
_OPERATORS: "Mapping[str, Callable[[Expression[Any], Any], Condition] | None]" = {
    "eq": None,
    "ne": lambda column, value: column != value,
    "gt": lambda column, value: column > value,
    "gte": lambda column, value: column >= value,
    "lt": lambda column, value: column < value,
    "lte": lambda column, value: column <= value,
    "like": lambda column, value: column.like(value),
    "not_like": lambda column, value: column.not_like(value),
    "ilike": lambda column, value: column.ilike(value),
    "not_ilike": lambda column, value: column.not_ilike(value),
    "in": lambda column, value: column.in_(value),
    "not_in": lambda column, value: column.not_in(value),
}

RETIRED = {
    "filter": "where(User.age > 18) and where(age=18) narrow it",
    "filter_by": "where(age=18) narrows it",
    "exclude": "where_not(age=18) and where(User.age != 18) leave rows out",
    "get": "find(key) reads one record, find_or_none(key) gives None where there is none",
    "start_or_group": "where(first | second) joins conditions by OR",
    "end_or_group": "where(first | second) joins conditions by OR",
    "natural_join": "join(Model, condition) names the columns",
    "join_through": "join('orders.items') goes along relations",
    "from_cte": "from_(table) reads a common table: query.cte('recent')",
    "with_recursive_cte": "query.recursive_cte('tree', step) makes a recursive common table",
    "function": "select(fn.lower(User.name).as_('name')) calls any function",
    "coalesce": "select(fn.coalesce(User.nick, User.name).as_('name')) calls any function",
    "nullif": "select(fn.nullif(User.age, 0).as_('age')) calls any function",
    "case": "select(case(...).as_('kind')) selects a case",
    "arithmetic": "select((User.age + 1).as_('next')) selects an expression",
    "values_list": "pluck(User.id, User.name) gives tuples, pluck(User.id) values",
    "find_one_for_update": "for_update().find_or_none(key) locks what it reads",
    "execute_raw": "activerecord.execute(sql, binds) runs SQL, Model.from_sql(sql, binds) makes records of it",
    "adapt_params": "values are always stored as their columns are",
    "define_window": "query.window(name, ...) names a window",
    "cache": "a query is asked of the database each time; keep what it gave",
    "no_cache": "a query is asked of the database each time",
}
"""Older words that no verb stands for, and what to write instead."""


class Dicts:
    """The rows of a query as dicts of some of their columns: what `to_dict` gives. The verbs are those of a query."""

    def __init__(self, query: "Spellings[Any]", exclude: Sequence[str]) -> None:
        self._query = query
        self._exclude = frozenset(exclude)

    async def async_all(self, *, timeout: float | None = None) -> list[dict[str, Any]]:
        """All rows. Raises QueryError for a column to leave out that they do not have."""
        found = await self._query.async_dicts(timeout=timeout)
        for name in self._exclude.difference(*found[:1]) if found else ():
            raise QueryError(f"the rows have no column {name!r} to leave out; {nearest(name, found[0])}")
        return [{name: value for name, value in row.items() if name not in self._exclude} for row in found]

    all = runtime.blocking(async_all)

    async def async_one(self, *, timeout: float | None = None) -> dict[str, Any] | None:
        """The first row, or None."""
        found = await Dicts(self._query.limit(1), [*self._exclude]).async_all(timeout=timeout)
        return found[0] if found else None

    one = runtime.blocking(async_one)


class Spellings(Conditions[R], Shape[R], Joins[R], Locking[R], Terminals[R], Aggregates[R]):
    """The older words. Columns are names or columns, as ever."""

    __slots__ = ()

    # conditions

    def in_list(self, column: "str | Expression[Any]", values: Iterable[Any], *, empty_result: bool = True) -> Self:
        """`where(column.in_(values))`; with `empty_result=False` an empty list asks for nothing at all."""
        given = list(values)
        return self.where(self._column(column).in_(given)) if given or empty_result else self

    def not_in(self, column: "str | Expression[Any]", values: Iterable[Any], *, empty_result: bool = False) -> Self:
        """`where(column.not_in(values))`; with `empty_result=True` no row fits an empty list."""
        given = list(values)
        return self.where("1 = 0") if empty_result and not given else self.where(self._column(column).not_in(given))

    def between(self, column: "str | Expression[Any]", low: Any, high: Any) -> Self:
        """`where(column.between(low, high))`."""
        return self.where(self._column(column).between(low, high))

    def not_between(self, column: "str | Expression[Any]", low: Any, high: Any) -> Self:
        """`where(column.not_between(low, high))`."""
        return self.where(self._column(column).not_between(low, high))

    def like(self, column: "str | Expression[Any]", pattern: str) -> Self:
        """`where(column.like(pattern))`."""
        return self.where(self._column(column).like(pattern))

    def not_like(self, column: "str | Expression[Any]", pattern: str) -> Self:
        """`where(column.not_like(pattern))`."""
        return self.where(self._column(column).not_like(pattern))

    def ilike(self, column: "str | Expression[Any]", pattern: str) -> Self:
        """`where(column.ilike(pattern))`."""
        return self.where(self._column(column).ilike(pattern))

    def not_ilike(self, column: "str | Expression[Any]", pattern: str) -> Self:
        """`where(column.not_ilike(pattern))`."""
        return self.where(self._column(column).not_ilike(pattern))

    def is_null(self, column: "str | Expression[Any]") -> Self:
        """`where(column.is_null())`."""
        return self.where(self._column(column).is_null())

    def is_not_null(self, column: "str | Expression[Any]") -> Self:
        """`where(column.is_not_null())`."""
        return self.where(self._column(column).is_not_null())

    def greater_than(self, column: "str | Expression[Any]", value: Any) -> Self:
        """`where(column > value)`."""
        return self.where(self._column(column) > value)

    def greater_than_or_equal(self, column: "str | Expression[Any]", value: Any) -> Self:
        """`where(column >= value)`."""
        return self.where(self._column(column) >= value)

    def less_than(self, column: "str | Expression[Any]", value: Any) -> Self:
        """`where(column < value)`."""
        return self.where(self._column(column) < value)

    def less_than_or_equal(self, column: "str | Expression[Any]", value: Any) -> Self:
        """`where(column <= value)`."""
        return self.where(self._column(column) <= value)

    def query(self, conditions: Mapping[str, Any]) -> Self:
        """`where(...)` of a dict whose names may end with an operator: `query({"age__gte": 18, "name__like": "A%"})`."""
        if not isinstance(conditions, Mapping):
            raise QueryError(f"query takes a dict of conditions, got {type(conditions).__name__}")
        found = all_of(*[self._operated(name, value) for name, value in conditions.items()])
        return self if found is None else self.where(found)

    def _operated(self, name: str, value: Any) -> Condition:
        if not isinstance(name, str):
            raise QueryError(f"query takes names of columns, got {type(name).__name__}")
        column, _, operator = name.rpartition("__")
        table = self._mapper.known_table()
        is_column = table is not None and self._named(name) in table.columns
        if not column or operator not in _OPERATORS or is_column:
            return self._equal(name, value)
        compare = _OPERATORS[operator]
        return self._equal(column, value) if compare is None else compare(self._column(column), value)

    # the shape

    def select_expr(self, *expressions: "str | Expression[Any]") -> Self:
        """`select(..., append=True)`."""
        return self.select(*expressions, append=True)

    def lock_for_update(self, *, nowait: bool = False) -> Self:
        """`for_update(nowait=...)`."""
        return self.for_update(nowait=nowait)

    def lock_in_share_mode(self) -> Self:
        """`for_share()`."""
        return self.for_share()

    def join_on(self, target: Any, on: Condition, join_type: str = "INNER", alias: str | None = None) -> Self:
        """`join(target, on)`, or `left_join` and so on."""
        if not isinstance(join_type, str):
            raise QueryError(f"join_type is text, got {type(join_type).__name__}")
        kind = " ".join([word for word in join_type.upper().split() if word not in ("OUTER", "JOIN")]) or "INNER"
        if kind not in ("INNER", "LEFT", "RIGHT", "FULL"):
            raise QueryError("join_type is INNER, LEFT, RIGHT or FULL; for CROSS: cross_join(...)")
        return self._joined(kind, target, on, alias)

    def clone(self) -> Self:
        """The query itself, which no verb changes."""
        return self

    copy = __copy__ = clone

    def __deepcopy__(self, memo: object) -> Self:
        return self

    # the ends

    def to_dict(self, *, include: Sequence[str] | None = None, exclude: Sequence[str] = ()) -> Dicts:
        """`dicts()`, with some of the columns: `to_dict(exclude=["password"]).all()`."""
        chosen = self if include is None else self.select(*include)
        return Dicts(chosen, exclude)

    async def async_aggregate(self, *, timeout: float | None = None) -> list[dict[str, Any]]:
        """The same as `dicts`."""
        return await self.async_dicts(timeout=timeout)

    aggregate = runtime.blocking(async_aggregate)

    avg = Aggregates[Any].average
    async_avg = Aggregates[Any].async_average
    sum_ = Aggregates[Any].sum
    async_sum_ = Aggregates[Any].async_sum
    min_ = Aggregates[Any].min
    async_min_ = Aggregates[Any].async_min
    max_ = Aggregates[Any].max
    async_max_ = Aggregates[Any].async_max

    async def async_one_or_fail(self, *, timeout: float | None = None) -> R:
        """The same as `one`."""
        return await self.async_one(timeout=timeout)

    one_or_fail = runtime.blocking(async_one_or_fail)

    async def async_find_one(self, key: Any, *, timeout: float | None = None) -> R | None:
        """`find_or_none(key)`, or of a dict of conditions `where(...).first()`."""
        if isinstance(key, Mapping):
            return await self.where(key).async_first(timeout=timeout)
        return await self.async_find_or_none(key, timeout=timeout)

    find_one = runtime.blocking(async_find_one)
