"""Asking by relation: which records have some of a relation, how many, and what these come to."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Self, TypeAlias, TypeVar, cast

from activerecord.errors import QueryError
from activerecord.mapper import Beyond, Mapper, Narrowing
from activerecord.query.aggregates import zero_of
from activerecord.query.asked import Asked
from activerecord.query.clauses import QueryCore
from activerecord.query.path import Relation, path_of, start_of
from activerecord.sql.expression import (
    Between,
    Comparison,
    Condition,
    Exists,
    Expression,
    Label,
    Nested,
    Not,
    Star,
    all_of,
)
from activerecord.sql.function import Function, fn
from activerecord.sql.reference import Reference, refer
from activerecord.sql.statement import Rows, Select, Subquery
from activerecord.sql.text import Text

__all__ = ["Related"]

R = TypeVar("R")

# a relation, a path of them, or the name of either
Path: TypeAlias = "str | Relation[Any]"
# what says which records of a relation are meant: values, a condition, a query of them, or a function of one
Narrow: TypeAlias = "Mapping[str, Any] | Expression[Any] | QueryCore[Any] | Callable[[Any], Any] | None"

T = TypeVar("T")

# (who asks, what is there) -> the SQL of what is asked
Make: TypeAlias = Callable[[Mapper[Any], Beyond], Expression[T]]

# What stands beside the keys, under names that no table is likely to have. MySQL takes none that begins with a space.
_VALUE, _EACH = "the value", "each {}"

_FUNCTIONS = {"average": "avg", "min": "min", "max": "max"}


class Related(QueryCore[R]):
    """The verbs that ask about relations.

    Each takes a relation (`"orders"`, `User.orders`) or a path of them (`"orders.items"`, `User.orders.items`), and `narrow`, which
    says which of the records there are meant: a dict of values, a condition, a query, or a function of the query. What
    narrows has names of its own: `Order.total > 5` in it is never a column of the query around. Along a path a record
    counts once, in however many ways it is reached. Unknown relations raise UnknownRelation when the query is run.
    """

    __slots__ = ()

    def where_has(
        self,
        relation: Path,
        narrow: Narrow = None,
        *,
        at_least: int | None = None,
        at_most: int | None = None,
        exactly: int | None = None,
    ) -> Self:
        """The records that have some of a relation: `... WHERE EXISTS (SELECT 1 FROM orders ...)`.

        `where_has("orders")`, `where_has("orders", {"status": "paid"})`, `where_has(User.orders.items, Item.price > 100)`;
        or so many of them: `where_has("orders", at_least=3)`.
        """
        if exactly is not None and (at_least is not None or at_most is not None):
            raise QueryError("where_has takes at_least and at_most, or exactly")
        low, high = (_whole(given) for given in ((at_least, at_most) if exactly is None else (exactly, exactly)))
        make: Make[bool] = _exists if low is None and high is None else _counted_within(low, high)
        return self._where_asked(relation, narrow, make)

    def where_missing(self, relation: Path, narrow: Narrow = None) -> Self:
        """The records that have none of a relation, or none that is narrowed so: `... WHERE NOT EXISTS (...)`."""
        return self._where_asked(relation, narrow, lambda owner, found: Not(_exists(owner, found)))

    def with_count(self, relation: Path, narrow: Narrow = None, *, as_: str | None = None) -> Self:
        """With how many of a relation each record has, as an attribute `orders_count`, or called as `as_` says.

        `SELECT users.*, (SELECT count(*) FROM orders ...) AS "orders_count"`. As the others of its kind it is selected beside what
        was selected before, and may be ordered by: `order_by("orders_count desc")`.
        """
        return self._with_asked(relation, narrow, _count, as_, "count")

    def with_sum(
        self, relation: Path, column: "str | Expression[Any]", narrow: Narrow = None, *, as_: str | None = None
    ) -> Self:
        """With the sum of a column over a relation, zero where there is nothing to add: `orders_total_sum`, or as `as_` says."""
        return self._with_aggregate("sum", relation, column, narrow, as_)

    def with_average(
        self, relation: Path, column: "str | Expression[Any]", narrow: Narrow = None, *, as_: str | None = None
    ) -> Self:
        """With the average of a column over a relation, None without a value: `orders_total_average`, or as `as_` says."""
        return self._with_aggregate("average", relation, column, narrow, as_)

    def with_min(
        self, relation: Path, column: "str | Expression[Any]", narrow: Narrow = None, *, as_: str | None = None
    ) -> Self:
        """With the smallest value of a column over a relation, None without one: `orders_total_min`, or as `as_` says."""
        return self._with_aggregate("min", relation, column, narrow, as_)

    def with_max(
        self, relation: Path, column: "str | Expression[Any]", narrow: Narrow = None, *, as_: str | None = None
    ) -> Self:
        """With the largest value of a column over a relation, None without one: `orders_total_max`, or as `as_` says."""
        return self._with_aggregate("max", relation, column, narrow, as_)

    def _where_asked(self, relation: Path, narrow: Narrow, make: Make[bool]) -> Self:
        asked = self._asked(relation, narrow, make)
        return self._told(where=all_of(self._clauses.where, asked), asked=(*self._clauses.asked, asked))

    def _with_aggregate(
        self, word: str, relation: Path, column: "str | Expression[Any]", narrow: Narrow, as_: str | None
    ) -> Self:
        if not isinstance(column, str | Expression):
            raise QueryError(f"with_{word} takes a column of the relation, got {type(column).__name__}")
        name = column if isinstance(column, str) else column.column if isinstance(column, Reference) else None
        if name is None and as_ is None:
            raise QueryError(f"with_{word} of an expression needs a name: as_=...")
        make = self._summed(column) if word == "sum" else _aggregate(_FUNCTIONS[word], column)
        return self._with_asked(relation, narrow, make, as_, f"{name}_{word}")

    def _summed(self, column: "str | Expression[Any]") -> "Make[Any]":
        """The sum of a column, and of none at all the zero of its type."""

        def make(owner: Mapper[Any], found: Beyond) -> Expression[Any]:
            total = _aggregate("sum", column)(owner, found)
            tables = [table for mapper in owner.named_in(total) if (table := mapper.known_table()) is not None]
            dialect = owner.database().dialect
            return fn.coalesce(total, zero_of(dialect.compiler(dialect, tables).answer(total.query)[0].type))

        return make

    def _with_asked(
        self,
        relation: Path,
        narrow: Narrow,
        make: Make[Any],
        as_: str | None,
        suffix: str,
    ) -> Self:
        asked = self._asked(relation, narrow, make)
        label = asked.as_("_".join((*asked.path, suffix)) if as_ is None else as_)
        columns = self._clauses.columns or (Star(self._mapper.source_name),)
        return self._told(columns=(*columns, label), asked=(*self._clauses.asked, asked))

    def _asked(self, relation: Path, narrow: Narrow, make: Make[Any]) -> "Asked[Any]":
        start = start_of(relation)
        is_own = start is None or (start.alias is None and start.model is self._mapper.model)
        owner = self._mapper if start is None or is_own else start
        return Asked(owner, path_of(relation), _narrowing(narrow), make)


def _exists(owner: Mapper[Any], found: Beyond) -> Condition:
    """Whether there is any."""
    return Exists(_of_owner(owner, found, (Text("1"),), _rows(found, ())))


def _count(owner: Mapper[Any], found: Beyond) -> Nested[int]:
    """How many there are, each once."""
    every = Function[int]("count", ())
    if not found.each:
        return Nested(_of_owner(owner, found, (every,), _rows(found, ())))
    first, *others = found.each
    if others:
        # no engine but MySQL counts distinct rows of several columns
        return Nested(_of_owner(owner, found, (every,), _rows(found, (), each_once=True)))
    # not distinct rows of a query, which would keep it from being asked by the owner's key
    each = Label[Any](first, _EACH.format(0))
    counted = Function[int]("count", (refer(_name(owner, found), each.name),), distinct=True)
    return Nested(_of_owner(owner, found, (counted,), _rows(found, (each,))))


def _counted_within(at_least: int | None, at_most: int | None) -> "Make[bool]":
    """Whether there are so many, both ends included."""

    def make(owner: Mapper[Any], found: Beyond) -> Condition:
        count = _count(owner, found)
        if at_least is None or at_most is None:
            return Comparison("<=", count, at_most) if at_least is None else Comparison(">=", count, at_least)
        return Comparison("=", count, at_least) if at_least == at_most else Between(count, at_least, at_most)

    return make


def _aggregate(function: str, column: "str | Expression[Any]") -> "Callable[[Mapper[Any], Beyond], Nested[Any]]":
    """An aggregate of a column of what is there."""

    def make(owner: Mapper[Any], found: Beyond) -> Nested[Any]:
        value = Label(found.query.column(column), _VALUE)
        # the least and the greatest are the same, however often a record comes
        rows = _rows(found, (value,), each_once=function not in ("min", "max"))
        return Nested(_of_owner(owner, found, (Function[Any](function, (refer(_name(owner, found), _VALUE),)),), rows))

    return make


def _rows(found: Beyond, columns: "tuple[Label[Any], ...]", *, each_once: bool = False) -> Rows:
    """The keys of what is there, and columns beside them; with `each_once` each record once for each owner."""
    marks = tuple([Label(key, _EACH.format(place)) for place, key in enumerate(found.each)]) if each_once else ()
    query: QueryCore[Any] = found.query.distinct() if marks else found.query
    return query.as_statement((*found.keys, *marks, *columns))


def _of_owner(owner: Mapper[Any], found: Beyond, columns: "tuple[Expression[Any], ...]", rows: Rows) -> Select:
    """What is asked of those rows that are the owner's: a table of their own, so that no name in it means the owner's."""
    name = _name(owner, found)
    pairs = zip(found.keys, found.here, strict=True)
    own = [refer(name, key.column) == refer(owner.source_name, here) for key, here in pairs]
    return Select(columns, Subquery(rows, name), where=all_of(*own))


def _name(owner: Mapper[Any], found: Beyond) -> str:
    """What that table is called: as the records in it, unless the owner is called so."""
    name: str = found.query.source_name
    return f"{name} there" if name == owner.source_name else name


def _narrowing(given: Narrow) -> Narrowing | None:
    """What narrows a query so. Raises QueryError."""
    if isinstance(given, Mapping | Expression):
        return partial(_fitting, given)
    if isinstance(given, QueryCore):
        return partial(_merged, given)
    if given is not None and (not callable(given) or isinstance(given, Relation)):
        kind = type(cast("object", given)).__name__
        raise QueryError(
            f"a relation is narrowed by a dict, a condition, a query or a function of the query, not {kind}"
        )
    return given


def _fitting(condition: "Mapping[str, Any] | Expression[Any]", query: Any) -> Any:
    return query.where(condition)


def _merged(other: "QueryCore[Any]", query: Any) -> Any:
    return query.merge(other)


def _whole(count: int | None) -> int | None:
    if count is None:
        return None
    if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count < 1 << 31:
        raise QueryError("at_least, at_most and exactly take a number of records, from 0")
    return count
