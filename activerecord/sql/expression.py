"""Expressions: columns, values, comparisons and functions, composed by Python's own operators."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeAlias, TypeGuard, TypeVar, cast

from activerecord.errors import QueryError, UsageError
from activerecord.sql.node import Node, Shape, binds_of, shapes_of
from activerecord.types import Boolean, Type

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
    "Nested",
    "Not",
    "Operand",
    "Ordering",
    "Position",
    "Reference",
    "Selectable",
    "Star",
    "all_of",
    "any_of",
    "operand_of",
]

T_co = TypeVar("T_co", covariant=True)

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

    def __eq__(self, other: "Operand[T_co] | None") -> "Condition":  # type: ignore[override]
        """`a = b`; `a IS NULL` against None."""
        return IsNull(self, negated=False) if other is None else Comparison("=", self, other)

    def __ne__(self, other: "Operand[T_co] | None") -> "Condition":  # type: ignore[override]
        """`a <> b`; `a IS NOT NULL` against None."""
        return IsNull(self, negated=True) if other is None else Comparison("<>", self, other)

    def __lt__(self, other: "Operand[T_co]") -> "Condition":
        """`a < b`."""
        return Comparison("<", self, _present(other))

    def __le__(self, other: "Operand[T_co]") -> "Condition":
        """`a <= b`."""
        return Comparison("<=", self, _present(other))

    def __gt__(self, other: "Operand[T_co]") -> "Condition":
        """`a > b`."""
        return Comparison(">", self, _present(other))

    def __ge__(self, other: "Operand[T_co]") -> "Condition":
        """`a >= b`."""
        return Comparison(">=", self, _present(other))

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

    def __add__(self, other: "T_co | Expression[T_co]") -> "Expression[T_co]":
        """`a + b`; of texts, `a || b`."""
        return Arithmetic("+", self, other)

    def __sub__(self, other: "T_co | Expression[T_co]") -> "Expression[T_co]":
        """`a - b`."""
        return Arithmetic("-", self, other)

    def __mul__(self, other: "T_co | Expression[T_co]") -> "Expression[T_co]":
        """`a * b`."""
        return Arithmetic("*", self, other)

    def __truediv__(self, other: "T_co | Expression[T_co]") -> "Expression[T_co]":
        """`a / b`, as the engine divides."""
        return Arithmetic("/", self, other)

    def __radd__(self, other: "T_co | Expression[T_co]") -> "Expression[T_co]":
        """`1 + b`."""
        return Arithmetic("+", operand_of(other, self), self)

    def __rsub__(self, other: "T_co | Expression[T_co]") -> "Expression[T_co]":
        """`1 - b`."""
        return Arithmetic("-", operand_of(other, self), self)

    def __rmul__(self, other: "T_co | Expression[T_co]") -> "Expression[T_co]":
        """`1 * b`."""
        return Arithmetic("*", operand_of(other, self), self)

    def __rtruediv__(self, other: "T_co | Expression[T_co]") -> "Expression[T_co]":
        """`1 / b`, as the engine divides."""
        return Arithmetic("/", operand_of(other, self), self)

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

    def between(self, low: "Operand[T_co]", high: "Operand[T_co]") -> "Condition":
        """`a BETWEEN low AND high`, both ends included."""
        return Between(self, _present(low), _present(high))

    def is_null(self) -> "Condition":
        """`a IS NULL`."""
        return IsNull(self, negated=False)

    def is_not_null(self) -> "Condition":
        """`a IS NOT NULL`."""
        return IsNull(self, negated=True)

    def like(self, pattern: str) -> "Condition":
        r"""`a LIKE pattern`, where `%` and `_` are wild and a backslash takes that from them."""
        return Like(self, pattern)

    def starts_with(self, text: str) -> "Condition":
        """`a LIKE 'text%'`, with the text taken to the letter."""
        return Like(self, _literal(text) + "%")

    def ends_with(self, text: str) -> "Condition":
        """`a LIKE '%text'`, with the text taken to the letter."""
        return Like(self, "%" + _literal(text))

    def contains(self, text: str) -> "Condition":
        """`a LIKE '%text%'`, with the text taken to the letter."""
        return Like(self, "%" + _literal(text) + "%")

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


def _present(value: Any) -> Any:
    if value is None:
        raise QueryError("nothing is less or greater than NULL: ask for it with `is_null()` or `is_not_null()`")
    return value


class Reference(Expression[T_co]):
    """A column of a source of the query: a table's name, or its alias, and the column's name."""

    __slots__ = ("column", "source")

    def __init__(self, source: str, column: str) -> None:
        self.source = source
        self.column = column
        super().__init__(("ref", source, column))

    def __repr__(self) -> str:
        return f"{self.source}.{self.column}"


class Bind(Expression[T_co]):
    """A value of the program. It is stored as `like` is, where that is given, and by its own Python type otherwise.

    `like` is a column, or what stands beside the value in the same expression.
    """

    __slots__ = ("typed_as",)

    def __init__(self, value: Any, like: Expression[Any] | None = None) -> None:
        self.typed_as = like
        super().__init__(
            _untyped(value) if like is None else ("?", like.shape) if type(like) is Reference else _BESIDE, (value,)
        )


def _untyped(value: Any) -> Shape:
    """A value that takes its type from nothing beside it: some engines are told the type in the text.

    So values of other classes are another shape, and ints that fit 32 bits another than those that do not.
    """
    kind = value.__class__
    return ("?", kind) if kind is not int or -(1 << 31) <= value < 1 << 31 else ("?", kind, "large")


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
    """Two values added, subtracted, multiplied or divided; it has the type of the left one."""

    __slots__ = ("left", "operator", "right")

    def __init__(self, operator: str, left: Expression[Any], right: Any) -> None:
        self.operator = operator
        self.left = left
        self.right = operand_of(right, left)
        super().__init__(("arithmetic", operator, left.shape, self.right.shape), left.binds + self.right.binds)


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
        given = _listed(values)
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


def _listed(values: Iterable[Any]) -> list[Any]:
    if isinstance(values, str | bytes | Expression) or not isinstance(values, Iterable):
        raise QueryError(f"`in_` takes a list of values or a query, got {type(values).__name__}")
    return list(values)


class Between(Expression[bool], parts=("operand", "low", "high"), gives=Boolean()):
    """Whether a value lies between two others, ends included."""

    __slots__ = ("high", "low", "operand")

    def __init__(self, operand: Expression[Any], low: Any, high: Any) -> None:
        self.operand = operand
        self.low = operand_of(low, operand)
        self.high = operand_of(high, operand)
        parts = (operand, self.low, self.high)
        super().__init__(("between", *shapes_of(parts)), binds_of(parts))


class Like(Expression[bool], parts=("operand", "pattern"), gives=Boolean()):
    """Whether a text fits a pattern; a backslash takes the meaning from `%` and `_`."""

    __slots__ = ("operand", "pattern")

    def __init__(self, operand: Expression[Any], pattern: str) -> None:
        if not isinstance(pattern, str):
            raise QueryError(f"`like` takes a pattern, got {type(pattern).__name__}")
        if "\0" in pattern:
            # the pattern would end there, and so fit what it should not
            raise QueryError("a pattern cannot hold a NUL character")
        self.operand = operand
        self.pattern: Bind[str] = Bind(pattern)
        super().__init__(("like", operand.shape), operand.binds + self.pattern.binds)


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
    return parts[0] if len(parts) == 1 else Logical(operator, tuple(parts)) if parts else None


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


def operand_of(value: Any, like: Expression[Any] | None) -> Expression[Any]:
    """The value as a part of SQL: itself if it is one, else bound, and stored as `like` is where that is given."""
    given: Expression[Any] | Selectable | None = value
    if isinstance(given, Expression):
        return given
    return given.as_value() if isinstance(given, Selectable) else Bind(value, like)
