"""The shape of the answer: which columns, in which order, how many, and what is loaded along."""

from typing import Any, Self, TypeAlias, TypeVar

from activerecord.errors import QueryError
from activerecord.query.clauses import QueryCore
from activerecord.query.paths import Along, flat_paths
from activerecord.sql.expression import Expression, Label, Ordering, Star
from activerecord.strictness import Strictness, checked_strictness

__all__ = ["Shape"]

R = TypeVar("R")

# A column and its direction as a tuple is the older spelling of `column.desc()`.
Order: TypeAlias = "str | Expression[Any] | Ordering | tuple[str | Expression[Any], str]"

_DIRECTIONS = {"asc": False, "desc": True}


class Shape(QueryCore[R]):
    """The verbs that say what the answer looks like."""

    __slots__ = ()

    def select(self, *columns: "str | Expression[Any]", append: bool = False) -> Self:
        """Only these columns or expressions: `SELECT "users"."name", count(*) AS "n"`.

        Replaces an earlier choice, or is added to it, to all columns where there was none: `append=True`.
        """
        if not columns:
            raise QueryError("select needs a column")
        before = (self._clauses.columns or (Star(self._mapper.source_name),)) if append else ()
        return self._told(columns=before + tuple([self._column(column) for column in columns]))

    def distinct(self) -> Self:
        """Each row once: `SELECT DISTINCT ...`."""
        return self._told(distinct=True)

    def distinct_on(self, *columns: "str | Expression[Any]") -> Self:
        """The first row, in the query's order, of each combination of these: `SELECT DISTINCT ON (...) ...` (PostgreSQL).

        The order must begin with them. Raises NotSupported on other engines.
        """
        if not columns:
            raise QueryError("distinct_on needs a column")
        return self._told(distinct_on=tuple([self._labelled(column) for column in columns]))

    def order_by(self, *orders: "Order") -> Self:
        """Sorted by these: `order_by("name desc")`, `order_by(User.age.desc(), "id")`; added to an earlier order."""
        return self._told(orders=self._clauses.orders + tuple([self._ordering(order) for order in orders]))

    def reorder(self, *orders: "Order") -> Self:
        """Sorted by these and nothing else; by nothing at all where none is given."""
        return self._told(orders=tuple([self._ordering(order) for order in orders]))

    def limit(self, count: int) -> Self:
        """At most so many rows: `... LIMIT ?`."""
        return self._told(limit=_whole("limit", count))

    def offset(self, count: int) -> Self:
        """Without the first so many rows: `... OFFSET ?`."""
        return self._told(offset=_whole("offset", count))

    def group_by(self, *columns: "str | Expression[Any]") -> Self:
        """One row for each combination of these columns, expressions or labels: `... GROUP BY ...`."""
        return self._told(groups=self._clauses.groups + tuple([self._labelled(column) for column in columns]))

    def with_(self, *paths: "Along") -> Self:
        """Load these relations too, one query each: `with_("orders")`, `with_("orders.items", User.profile)`.

        A tuple `("orders", lambda query: query.where(...))` narrows what is loaded, and a dict
        says what is loaded beyond: `{"orders": ["items", "user"]}`. Raises UnknownRelation when run, and QueryError for a
        relation that is narrowed twice.
        """
        return self._told(paths=self._clauses.paths + flat_paths(paths))

    def strict_loading(self, mode: Strictness = "raise") -> Self:
        """Forbid that relations of its records are loaded later than by `with_` or `preload`: StrictLoadingViolation.

        `"log"` loads them and logs a warning (logger `activerecord`), `"off"` loads them whatever the model's
        `__strict_loading__` says. It holds for what is loaded along too, and for what is loaded later from there.
        """
        return self._told(strict=checked_strictness(mode, "strict_loading"))

    def _ordering(self, order: "Order") -> Ordering:
        if isinstance(order, Ordering):
            return order
        if isinstance(order, tuple) and order:
            return _directed(self._labelled(order[0]), order[1:])
        if isinstance(order, str):
            name, _, word = order.rpartition(" ")
            if name and word.lower() in _DIRECTIONS:
                return Ordering(self._labelled(name.strip()), descending=_DIRECTIONS[word.lower()])
            self._refuse_nulls(order)
        return Ordering(self._labelled(order), descending=False)

    def _refuse_nulls(self, order: str) -> None:
        """Say how the place of NULLs is told. Raises QueryError, unless a column is called so."""
        words = order.lower().split()[1:]
        table = self._mapper.known_table()
        is_name = (table is not None and order in table.columns) or any(
            isinstance(column, Label) and column.name == order for column in self._clauses.columns
        )
        if words[-2:] in (["nulls", "first"], ["nulls", "last"]) and not is_name:
            raise QueryError(
                "a text says which column and which direction, and an expression where NULLs go: "
                f"Model.column.desc().nulls_{words[-1]}()"
            )

    def _labelled(self, name: "str | Expression[Any]") -> Expression[Any]:
        """What was selected under this name, or the column of that name."""
        for column in self._clauses.columns:
            if isinstance(column, Label) and isinstance(name, str) and column.name == name:
                return column.operand
        return self._column(name)


def _directed(operand: Expression[Any], words: tuple[object, ...]) -> Ordering:
    word = words[0].lower() if len(words) == 1 and isinstance(words[0], str) else ""
    if word not in _DIRECTIONS:
        raise QueryError('an order in a tuple is a column and "asc" or "desc"')
    return Ordering(operand, descending=_DIRECTIONS[word])


def _whole(word: str, count: int) -> int:
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise QueryError(f"{word} takes a whole number, zero or more, got {type(count).__name__}")
    if count >= 1 << 63:
        raise QueryError(f"{word} takes a number of at most 64 bits")
    return count
