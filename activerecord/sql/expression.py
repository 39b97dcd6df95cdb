"""Expressions: columns, values, comparisons and functions, composed by Python's own operators."""

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeAlias, TypeGuard, TypeVar, cast, overload

from activerecord.errors import QueryError, UsageError
from activerecord.sql.node import PLAIN, Node, Shape, binds_of, shapes_of
from activerecord.types import Boolean, Interval, Type

__all__ = [
    "Arithmetic",
    "Between",
    "Bind",
    "Comparison",
    "Condition",
    "Exists",
    "Expression",
    "In",
    "IsNull",
    "Label",
    "Like",
    "Logical",
    "Negative",
    "Nested",
    "Not",
    "Operand",
    "Ordering",
    "Position",
    "Selectable",
    "Span",
    "Star",
    "all_of",
    "any_of",
    "check_expression",
    "is_expression",
    "listed",
    "operand_of",
    "present",
]

T_co = TypeVar("T_co", covariant=True)
# Days and moments, which a datetime is too.
D = TypeVar("D", bound="dt.date | None")

# A column that may be NULL compares with one that may not be, on either side; a query of one value stands for that.
Operand: TypeAlias = "T_co | Expression[T_co | None] | Selectable"


class Expression(Node, Generic[T_co]):
    """A value that the database computes. `T_co` is its Python type.

    Comparing gives a condition, not a bool: `User.age > 18`. Combine conditions with `&`, `|` and `~`.
    """

    __slots__ = ()

    gives: ClassVar[Type | None] = None
    """The type of every value of such a node, where its class is declared with one."""

    def __init_subclass__(cls, *, gives: Type | None = None, **options: Any) -> None:
        super().__init_subclass__(**options)
        if gives is not None:
            cls.gives = gives

    @overload  # type: ignore[override]
    def __eq__(self: "Expression[Decimal | None]", other: int) -> "Condition": ...
    @overload
    def __eq__(self, other: "Operand[T_co] | None") -> "Condition": ...
    def __eq__(self, other: object) -> "Condition":  # pyright: ignore[reportIncompatibleMethodOverride]
        """`a = b`; `a IS NULL` against None."""
        return IsNull(self, negated=False) if other is None else Comparison("=", self, other)

    @overload  # type: ignore[override]
    def __ne__(self: "Expression[Decimal | None]", other: int) -> "Condition": ...
    @overload
    def __ne__(self, other: "Operand[T_co] | None") -> "Condition": ...
    def __ne__(self, other: object) -> "Condition":  # pyright: ignore[reportIncompatibleMethodOverride]
        """`a <> b`; `a IS NOT NULL` against None."""
        return IsNull(self, negated=True) if other is None else Comparison("<>", self, other)

    @overload
    def __lt__(self: "Expression[Decimal | None]", other: int) -> "Condition": ...
    @overload
    def __lt__(self, other: "Operand[T_co]") -> "Condition": ...
    def __lt__(self, other: Any) -> "Condition":
        """`a < b`."""
        return Comparison("<", self, present(other))

    @overload
    def __le__(self: "Expression[Decimal | None]", other: int) -> "Condition": ...
    @overload
    def __le__(self, other: "Operand[T_co]") -> "Condition": ...
    def __le__(self, other: Any) -> "Condition":
        """`a <= b`."""
        return Comparison("<=", self, present(other))

    @overload
    def __gt__(self: "Expression[Decimal | None]", other: int) -> "Condition": ...
    @overload
    def __gt__(self, other: "Operand[T_co]") -> "Condition": ...
    def __gt__(self, other: Any) -> "Condition":
        """`a > b`."""
        return Comparison(">", self, present(other))

    @overload
    def __ge__(self: "Expression[Decimal | None]", other: int) -> "Condition": ...
    @overload
    def __ge__(self, other: "Operand[T_co]") -> "Condition": ...
    def __ge__(self, other: Any) -> "Condition":
        """`a >= b`."""
        return Comparison(">=", self, present(other))

    def __hash__(self) -> int:
        return hash(self.shape)

    def __and__(self: "Expression[bool | None]", other: "Expression[bool | None]") -> "Condition":
        """Both conditions."""
        return cast("Condition", all_of(_condition(self), _condition(other)))

    def __or__(self: "Expression[bool | None]", other: "Expression[bool | None]") -> "Condition":
        """Either condition."""
        return cast("Condition", any_of(_condition(self), _condition(other)))

    def __invert__(self: "Expression[bool | None]") -> "Condition":
        """The opposite condition."""
        return Not(_condition(self))

    @overload
    def __add__(self: "Expression[D]", other: "dt.timedelta | Expression[dt.timedelta]") -> "Expression[D]": ...
    @overload
    def __add__(self, other: "T_co | Expression[T_co]") -> "Expression[T_co]": ...
    @overload
    def __add__(self: "Expression[Decimal]", other: int) -> "Expression[Decimal]": ...
    @overload
    def __add__(self: "Expression[Decimal | None]", other: int) -> "Expression[Decimal | None]": ...
    def __add__(self, other: Any) -> "Expression[Any]":
        """`a + b`; of texts, `a || b`; of a day or a moment, so much later."""
        return Arithmetic("+", self, other)

    @overload
    def __sub__(self: "Expression[D]", other: "dt.timedelta | Expression[dt.timedelta]") -> "Expression[D]": ...
    @overload
    def __sub__(
        self: "Expression[dt.date | None]", other: "dt.date | Expression[dt.date | None]"
    ) -> "Expression[dt.timedelta]": ...
    @overload
    def __sub__(self, other: "T_co | Expression[T_co]") -> "Expression[T_co]": ...
    @overload
    def __sub__(self: "Expression[Decimal]", other: int) -> "Expression[Decimal]": ...
    @overload
    def __sub__(self: "Expression[Decimal | None]", other: int) -> "Expression[Decimal | None]": ...
    def __sub__(self, other: Any) -> "Expression[Any]":
        """`a - b`; of a day or a moment, so much earlier, or the time between two."""
        return Arithmetic("-", self, other)

    @overload
    def __mul__(self, other: "T_co | Expression[T_co]") -> "Expression[T_co]": ...
    @overload
    def __mul__(self: "Expression[Decimal]", other: int) -> "Expression[Decimal]": ...
    @overload
    def __mul__(self: "Expression[Decimal | None]", other: int) -> "Expression[Decimal | None]": ...
    def __mul__(self, other: Any) -> "Expression[Any]":
        """`a * b`."""
        return Arithmetic("*", self, other)

    @overload
    def __truediv__(self, other: "T_co | Expression[T_co]") -> "Expression[T_co]": ...
    @overload
    def __truediv__(self: "Expression[Decimal]", other: int) -> "Expression[Decimal]": ...
    @overload
    def __truediv__(self: "Expression[Decimal | None]", other: int) -> "Expression[Decimal | None]": ...
    def __truediv__(self, other: Any) -> "Expression[Any]":
        """`a / b`, as the engine divides."""
        return Arithmetic("/", self, other)

    @overload
    def __mod__(self, other: "T_co | Expression[T_co]") -> "Expression[T_co]": ...
    @overload
    def __mod__(self: "Expression[Decimal]", other: int) -> "Expression[Decimal]": ...
    @overload
    def __mod__(self: "Expression[Decimal | None]", other: int) -> "Expression[Decimal | None]": ...
    def __mod__(self, other: Any) -> "Expression[Any]":
        """What is left of `a / b`, with the sign of `a`, as SQL has it."""
        return Arithmetic("%", self, other)

    def __neg__(self) -> "Expression[T_co]":
        """`-a`."""
        return Negative(self)

    @overload
    def __radd__(self: "Expression[D]", other: dt.timedelta) -> "Expression[D]": ...
    @overload
    def __radd__(self, other: "T_co | Expression[T_co]") -> "Expression[T_co]": ...
    @overload
    def __radd__(self: "Expression[Decimal]", other: int) -> "Expression[Decimal]": ...
    @overload
    def __radd__(self: "Expression[Decimal | None]", other: int) -> "Expression[Decimal | None]": ...
    def __radd__(self, other: Any) -> "Expression[Any]":
        """`1 + b`."""
        return Arithmetic("+", Span(0, other) if isinstance(other, dt.timedelta) else operand_of(other, self), self)

    @overload
    def __rsub__(self: "Expression[dt.date | None]", other: dt.date) -> "Expression[dt.timedelta]": ...
    @overload
    def __rsub__(self, other: "T_co | Expression[T_co]") -> "Expression[T_co]": ...
    @overload
    def __rsub__(self: "Expression[Decimal]", other: int) -> "Expression[Decimal]": ...
    @overload
    def __rsub__(self: "Expression[Decimal | None]", other: int) -> "Expression[Decimal | None]": ...
    def __rsub__(self, other: Any) -> "Expression[Any]":
        """`1 - b`; from a day or a moment, the time between the two."""
        return Arithmetic("-", operand_of(other, self), self)

    @overload
    def __rmul__(self, other: "T_co | Expression[T_co]") -> "Expression[T_co]": ...
    @overload
    def __rmul__(self: "Expression[Decimal]", other: int) -> "Expression[Decimal]": ...
    @overload
    def __rmul__(self: "Expression[Decimal | None]", other: int) -> "Expression[Decimal | None]": ...
    def __rmul__(self, other: Any) -> "Expression[Any]":
        """`1 * b`."""
        return Arithmetic("*", operand_of(other, self), self)

    @overload
    def __rtruediv__(self, other: "T_co | Expression[T_co]") -> "Expression[T_co]": ...
    @overload
    def __rtruediv__(self: "Expression[Decimal]", other: int) -> "Expression[Decimal]": ...
    @overload
    def __rtruediv__(self: "Expression[Decimal | None]", other: int) -> "Expression[Decimal | None]": ...
    def __rtruediv__(self, other: Any) -> "Expression[Any]":
        """`1 / b`, as the engine divides."""
        return Arithmetic("/", operand_of(other, self), self)

    @overload
    def __rmod__(self, other: "T_co | Expression[T_co]") -> "Expression[T_co]": ...
    @overload
    def __rmod__(self: "Expression[Decimal]", other: int) -> "Expression[Decimal]": ...
    @overload
    def __rmod__(self: "Expression[Decimal | None]", other: int) -> "Expression[Decimal | None]": ...
    def __rmod__(self, other: Any) -> "Expression[Any]":
        """What is left of `1 / b`."""
        return Arithmetic("%", operand_of(other, self), self)

    if not TYPE_CHECKING:
        # `User.age > 1 & User.age < 5` comes here; checkers must not see it, or that would be no error
        def __rand__(self, other: Any) -> "Condition":
            return _condition(other)

        __ror__ = __rand__

    def __bool__(self) -> bool:
        raise UsageError("a condition is SQL, not a bool: combine conditions with `&`, `|`, `~`, and compare in SQL")

    def __contains__(self, item: object) -> bool:
        raise UsageError("`in` cannot become SQL: write `column.in_([...])` or `column.contains(text)`")

    __iter__ = None

    def in_(self, values: "Iterable[T_co] | Selectable | Expression[Any]") -> "Condition":
        """`a IN (...)` over values or a query of one column; no value at all fits an empty list."""
        return In(self, values, negated=False)

    def not_in(self, values: "Iterable[T_co] | Selectable | Expression[Any]") -> "Condition":
        """`a NOT IN (...)`; every value, NULL too, fits an empty list."""
        return In(self, values, negated=True)

    @overload
    def between(
        self: "Expression[Decimal | None]", low: "int | Operand[Decimal]", high: "int | Operand[Decimal]"
    ) -> "Condition": ...
    @overload
    def between(self, low: "Operand[T_co]", high: "Operand[T_co]") -> "Condition": ...
    def between(self, low: Any, high: Any) -> "Condition":
        """`a BETWEEN low AND high`, both ends included."""
        return Between(self, present(low), present(high))

    @overload
    def not_between(
        self: "Expression[Decimal | None]", low: "int | Operand[Decimal]", high: "int | Operand[Decimal]"
    ) -> "Condition": ...
    @overload
    def not_between(self, low: "Operand[T_co]", high: "Operand[T_co]") -> "Condition": ...
    def not_between(self, low: Any, high: Any) -> "Condition":
        """`a NOT BETWEEN low AND high`: below the one or above the other."""
        return Between(self, present(low), present(high), negated=True)

    def is_null(self) -> "Condition":
        """`a IS NULL`."""
        return IsNull(self, negated=False)

    def is_not_null(self) -> "Condition":
        """`a IS NOT NULL`."""
        return IsNull(self, negated=True)

    def is_distinct_from(self, other: "Operand[T_co] | None") -> "Condition":
        """`a IS DISTINCT FROM b`: `a <> b`, but that NULL is a value like any other, so the answer is never NULL."""
        return Comparison("IS DISTINCT FROM", self, other)

    def is_not_distinct_from(self, other: "Operand[T_co] | None") -> "Condition":
        """`a IS NOT DISTINCT FROM b`: equal, or both of them NULL."""
        return Comparison("IS NOT DISTINCT FROM", self, other)

    def like(self, pattern: str) -> "Condition":
        r"""`a LIKE pattern`, where `%` and `_` are wild and a backslash takes that from them."""
        return Like(self, pattern)

    def not_like(self, pattern: str) -> "Condition":
        """`a NOT LIKE pattern`."""
        return Like(self, pattern, negated=True)

    def ilike(self, pattern: str) -> "Condition":
        """`a ILIKE pattern`: as `like`, but capitals are as good as small letters (on SQLite those of ASCII)."""
        return Like(self, pattern, folded=True)

    def not_ilike(self, pattern: str) -> "Condition":
        """`a NOT ILIKE pattern`."""
        return Like(self, pattern, folded=True, negated=True)

    def starts_with(self, text: str) -> "Condition":
        """`a LIKE 'text%'`, with the text taken to the letter."""
        return Like(self, _literal(text) + "%")

    def ends_with(self, text: str) -> "Condition":
        """`a LIKE '%text'`, with the text taken to the letter."""
        return Like(self, "%" + _literal(text))

    def contains(self, text: str) -> "Condition":
        """`a LIKE '%text%'`, with the text taken to the letter."""
        return Like(self, "%" + _literal(text) + "%")

    def istarts_with(self, text: str) -> "Condition":
        """`a ILIKE 'text%'`: as `starts_with`, whatever the case of the letters."""
        return Like(self, _literal(text) + "%", folded=True)

    def iends_with(self, text: str) -> "Condition":
        """`a ILIKE '%text'`: as `ends_with`, whatever the case of the letters."""
        return Like(self, "%" + _literal(text), folded=True)

    def icontains(self, text: str) -> "Condition":
        """`a ILIKE '%text%'`: as `contains`, whatever the case of the letters."""
        return Like(self, "%" + _literal(text) + "%", folded=True)

    def concat(self, *others: "str | int | Expression[Any]") -> "Expression[str]":
        """`a || b || c`; NULL where one of them is."""
        whole = cast("Expression[str]", self)
        for other in others:
            whole = Arithmetic[str]("||", whole, operand_of(other, None))
        return whole

    def asc(self) -> "Ordering":
        """In rising order."""
        return Ordering(self, descending=False)

    def desc(self) -> "Ordering":
        """In falling order."""
        return Ordering(self, descending=True)

    def as_(self, name: str) -> "Label[T_co]":
        """`a AS name`."""
        return Label(self, name)


Condition: TypeAlias = Expression[bool]


def _literal(text: str) -> str:
    if not isinstance(text, str):
        raise QueryError(f"expected text, got {type(text).__name__}")
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def present(value: Any) -> Any:
    """The value, which is to be ordered. Raises QueryError for None."""
    if value is None:
        raise QueryError("nothing is less or greater than NULL: ask for it with `is_null()` or `is_not_null()`")
    return value


class Bind(Expression[T_co]):
    """A value of the program. It is stored as `like` is, where that is given, and by its own Python type otherwise.

    `like` is a column, or what stands beside the value in the same expression.
    """

    __slots__ = ("typed_as",)

    def __init__(self, value: Any, like: Expression[Any] | None = None) -> None:
        if isinstance(like, Bind):
            # two values side by side: neither tells the other's type
            like = like.typed_as
        self.typed_as: Expression[Any] | None = like
        super().__init__(
            _untyped(value) if like is None else ("?", like.shape) if like.shape[:1] == _COLUMN else _BESIDE, (value,)
        )


def _untyped(value: Any) -> Shape:
    """A value that takes its type from nothing beside it: some engines are told the type in the text.

    So values of other classes are another shape, ints that fit 32 bits another than those that do not, and moments with a
    zone another than those without.
    """
    kind = value.__class__
    if kind is dt.datetime and value.tzinfo is not None:
        return ("?", kind, "aware")
    return ("?", kind) if kind is not int or -(1 << 31) <= value < 1 << 31 else ("?", kind, "large")


# What the shape of a column begins with.
_COLUMN: Shape = ("ref",)

# The shape of what stands beside is a part of the whole's already; a second time at each level would double it each time.
_BESIDE: Shape = ("?", "beside")


class Nested(Expression[T_co], parts=("query",)):
    """A query in parentheses, as a value or as the list of an IN."""

    __slots__ = ("query",)

    def __init__(self, query: Node) -> None:
        self.query = query
        super().__init__(("nested", query.shape), query.binds)


class Exists(Expression[bool], parts=("query",), gives=Boolean()):
    """Whether a query gives any row."""

    __slots__ = ("query",)

    def __init__(self, query: Node) -> None:
        self.query = query
        super().__init__(("exists", query.shape), query.binds)


class Position(Expression[T_co]):
    """A column of the answer by its number, from 1, where ORDER BY or GROUP BY mean it; its name, where it has one of its own."""

    __slots__ = ("name", "number", "operand")

    def __init__(self, number: int, operand: Expression[T_co], name: str | None) -> None:
        self.number = number
        self.operand = operand
        self.name = name
        super().__init__(("position", number, name, operand.shape))


class Selectable(ABC):
    """A query that can stand inside another."""

    __slots__ = ()

    @abstractmethod
    def as_statement(self) -> Node:
        """The statement. Raises QueryError."""

    @abstractmethod
    def as_row(self, width: int) -> Nested[Any]:
        """The query in parentheses, where it selects so many columns. Raises QueryError."""

    def as_value(self) -> Nested[Any]:
        """The query in parentheses, as a value or as the list of an IN. Raises QueryError."""
        return self.as_row(1)


class Star(Expression[Any]):
    """All columns of one source."""

    __slots__ = ("source",)

    def __init__(self, source: str) -> None:
        self.source = source
        super().__init__(("*", source))


class Comparison(Expression[bool], parts=("left", "right"), gives=Boolean()):
    """Two values compared; a bind takes the type of the other side."""

    __slots__ = ("left", "operator", "right")

    def __init__(self, operator: str, left: Expression[Any], right: Any) -> None:
        self.operator = operator
        self.left = left
        self.right = operand_of(right, left)
        super().__init__((operator, left.shape, self.right.shape), left.binds + self.right.binds)


class Arithmetic(Expression[T_co], parts=("left", "right")):
    """Two values added, subtracted, multiplied or divided, or two texts joined (`||`).

    A span of time is a day's or a moment's right side, and is added.
    """

    __slots__ = ("left", "operator", "right")

    def __init__(self, operator: str, left: Expression[Any], right: Any) -> None:
        if operator in _SHIFTS:
            right = Span(0, right) if isinstance(right, dt.timedelta) else right
            if isinstance(right, Span) and operator == "-":
                operator, right = "+", right.negated()
            if operator == "+" and isinstance(left, Span) and not isinstance(right, Span):
                left, right = operand_of(right, None), left
        self.operator = operator
        self.left = left
        self.right = operand_of(right, left)
        super().__init__(("arithmetic", operator, left.shape, self.right.shape), left.binds + self.right.binds)


_SHIFTS = frozenset("+-")


class Span(Expression[dt.timedelta], parts=("months", "rest"), gives=Interval()):
    """So many months, and so much time besides. `whole` tells that the time is whole seconds."""

    __slots__ = ("months", "rest", "whole")

    def __init__(self, months: int, rest: dt.timedelta) -> None:
        self.months: Bind[int] | None = Bind(months) if months else None
        self.rest: Bind[dt.timedelta] | None = Bind(rest) if rest or not months else None
        self.whole = not rest.microseconds
        super().__init__(("span", months != 0, self.rest is not None, self.whole), binds_of((self.months, self.rest)))

    def negated(self) -> "Span":
        """As much the other way. Raises QueryError where that is no timedelta any more."""
        months: int = 0 if self.months is None else self.months.binds[0]
        rest: dt.timedelta = dt.timedelta() if self.rest is None else self.rest.binds[0]
        try:
            return Span(-months, -rest)
        except OverflowError:
            raise QueryError("a span of time is longer than any timedelta, the other way round") from None


class Negative(Expression[T_co], parts=("operand",)):
    """The opposite of a number."""

    __slots__ = ("operand",)

    def __init__(self, operand: Expression[T_co]) -> None:
        self.operand = operand
        super().__init__(("negative", operand.shape), operand.binds)


class IsNull(Expression[bool], parts=("operand",), gives=Boolean()):
    """Whether a value is missing."""

    __slots__ = ("negated", "operand")

    def __init__(self, operand: Expression[Any], *, negated: bool) -> None:
        self.operand = operand
        self.negated = negated
        super().__init__(("null", negated, operand.shape), operand.binds)


class In(Expression[bool], parts=("operand", "query"), gives=Boolean()):
    """Whether a value is one of several.

    The whole list is one bind, so that lists of any length have one shape; how many placeholders it takes is the compiler's
    to say. None in the list asks for NULL, which `IN` by itself never finds.
    """

    __slots__ = ("has_null", "negated", "operand", "query", "values")

    def __init__(self, operand: Expression[Any], values: Any, *, negated: bool) -> None:
        self.operand = operand
        self.negated = negated
        self.query: Nested[Any] | None = _query(values)
        self.values: tuple[Any, ...] = ()
        self.has_null = False
        if self.query is not None:
            super().__init__(("in query", negated, operand.shape, self.query.shape), operand.binds + self.query.binds)
            return
        given = listed(values)
        self.values = tuple([value for value in given if value is not None])
        self.has_null = len(self.values) < len(given)
        shape: Shape = ("in", negated, self.has_null, bool(self.values), operand.shape)
        super().__init__(shape, (*operand.binds, self.values) if self.values else operand.binds)


def _is_nested(value: object) -> TypeGuard[Nested[Any]]:
    return isinstance(value, Nested)


def _query(values: Any) -> Nested[Any] | None:
    if isinstance(values, list | tuple):
        return None
    if _is_nested(values):
        return values
    return values.as_value() if isinstance(values, Selectable) else None


def listed(values: Iterable[Any]) -> list[Any]:
    """The values of a list that is given to IN. Raises QueryError for what is no list."""
    if isinstance(values, str | bytes | Expression) or not isinstance(values, Iterable):
        raise QueryError(f"`in_` takes a list of values or a query, got {type(values).__name__}")
    return list(values)


class Between(Expression[bool], parts=("operand", "low", "high"), gives=Boolean()):
    """Whether a value lies between two others, ends included; or outside of them."""

    __slots__ = ("high", "low", "negated", "operand")

    def __init__(self, operand: Expression[Any], low: Any, high: Any, *, negated: bool = False) -> None:
        self.operand = operand
        self.low = operand_of(low, operand)
        self.high = operand_of(high, operand)
        self.negated = negated
        parts = (operand, self.low, self.high)
        super().__init__(("between", negated, *shapes_of(parts)), binds_of(parts))


class Like(Expression[bool], parts=("operand", "pattern"), gives=Boolean()):
    """Whether a text fits a pattern; a backslash takes the meaning from `%` and `_`. `folded`: whatever the case of letters."""

    __slots__ = ("folded", "negated", "operand", "pattern")

    def __init__(self, operand: Expression[Any], pattern: str, *, negated: bool = False, folded: bool = False) -> None:
        if not isinstance(pattern, str):
            raise QueryError(f"`like` takes a pattern, got {type(pattern).__name__}")
        if "\0" in pattern:
            # the pattern would end there, and so fit what it should not
            raise QueryError("a pattern cannot hold a NUL character")
        if (len(pattern) - len(pattern.rstrip("\\"))) % 2:
            # each engine makes something else of it
            raise QueryError("a pattern ends with a backslash that nothing follows: write it twice")
        self.operand = operand
        self.pattern: Bind[str] = Bind(pattern)
        self.negated = negated
        self.folded = folded
        super().__init__(("like", negated, folded, operand.shape), operand.binds + self.pattern.binds)


class Logical(Expression[bool], parts=("conditions",), gives=Boolean()):
    """Conditions joined by AND or OR."""

    __slots__ = ("conditions", "operator")

    def __init__(self, operator: str, conditions: tuple[Condition, ...]) -> None:
        self.operator = operator
        self.conditions = conditions
        super().__init__((operator, *shapes_of(conditions)), binds_of(conditions))


class Not(Expression[bool], parts=("operand",), gives=Boolean()):
    """The opposite of a condition."""

    __slots__ = ("operand",)

    def __init__(self, operand: Condition) -> None:
        self.operand = operand
        super().__init__(("not", operand.shape), operand.binds)


def all_of(*conditions: Condition | None) -> Condition | None:
    """Conditions that must all hold; None where there is none."""
    return _joined("AND", conditions)


def any_of(*conditions: Condition | None) -> Condition | None:
    """Conditions of which one must hold; None where there is none."""
    return _joined("OR", conditions)


def _joined(operator: str, conditions: Iterable[Condition | None]) -> Condition | None:
    parts: list[Condition] = []
    for condition in conditions:
        if isinstance(condition, Logical) and condition.operator == operator:
            parts.extend(condition.conditions)
        elif condition is not None:
            parts.append(condition)
    if len(parts) > _MOST:
        raise QueryError(
            f"a condition is made of at most {_MOST:,} others side by side: for many values of a column, `column.in_([...])`"
        )
    return parts[0] if len(parts) == 1 else Logical(operator, tuple(parts)) if parts else None


# Each is copied wherever another is added, so that more of them would not end.
_MOST = 10_000


def _condition(value: Any) -> Condition:
    if not isinstance(value, Expression):
        raise QueryError(
            f"expected a condition such as `User.age > 18`, got {type(value).__name__}; mind the parentheses"
        )
    return cast("Condition", value)


class Ordering(Node, parts=("operand",)):
    """A value to sort by, rising or falling, with the NULLs where they are wanted."""

    __slots__ = ("descending", "nulls", "operand")

    def __init__(self, operand: Expression[Any], *, descending: bool, nulls: str | None = None) -> None:
        self.operand = operand
        self.descending = descending
        self.nulls = nulls
        super().__init__(("order", descending, nulls, operand.shape), operand.binds)

    def nulls_first(self) -> "Ordering":
        """The same order, with NULLs before all else."""
        return Ordering(self.operand, descending=self.descending, nulls="FIRST")

    def nulls_last(self) -> "Ordering":
        """The same order, with NULLs after all else."""
        return Ordering(self.operand, descending=self.descending, nulls="LAST")

    def of(self, operand: Expression[Any]) -> "Ordering":
        """The same order by another value."""
        return self if operand is self.operand else Ordering(operand, descending=self.descending, nulls=self.nulls)

    def reversed(self) -> "Ordering":
        """The opposite order."""
        flipped = {None: None, "FIRST": "LAST", "LAST": "FIRST"}[self.nulls]
        return Ordering(self.operand, descending=not self.descending, nulls=flipped)


class Label(Expression[T_co], parts=("operand",)):
    """A value with a name of its own in the answer."""

    __slots__ = ("name", "operand")

    def __init__(self, operand: Expression[T_co], name: str) -> None:
        if not isinstance(name, str) or not name or "\0" in name:
            raise QueryError("a label is a text that is not empty, without a NUL character")
        self.operand = operand
        self.name = name
        super().__init__(("as", name, operand.shape), operand.binds)


def is_expression(value: object) -> TypeGuard[Expression[Any]]:
    """Whether it is a part of SQL already."""
    return isinstance(value, Expression)


def check_expression(value: object, word: str) -> None:
    """Raises QueryError for what is no part of SQL yet, where a value of the program's makes no sense."""
    if not isinstance(value, Expression):
        raise QueryError(f"{word} takes a column or another expression, got {type(value).__name__}")


def operand_of(value: Any, like: Expression[Any] | None) -> Expression[Any]:
    """The value as a part of SQL: itself if it is one, else bound, and stored as `like` is where that is given."""
    if value.__class__ in PLAIN:
        # nearly always; what follows takes as long as all else about a condition
        return Bind(value, like)
    given: Expression[Any] | Selectable | None = value
    if isinstance(given, Expression):
        return given
    return given.as_value() if isinstance(given, Selectable) else Bind(value, like)
