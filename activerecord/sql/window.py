"""Windows: the rows beside a row that a function looks at, and which of them."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Literal, TypeAlias, TypeVar, cast

from activerecord.errors import QueryError
from activerecord.sql.expression import Expression, Ordering, Span, is_expression
from activerecord.sql.node import Node, Shape, binds_of, shapes_of

__all__ = [
    "Bound",
    "Exclusion",
    "Frame",
    "NamedWindow",
    "Over",
    "Sorting",
    "Window",
    "groups",
    "listed",
    "orderings",
    "range_",
    "rows",
    "window_name",
]

T_co = TypeVar("T_co", covariant=True)

Exclusion: TypeAlias = Literal["current row", "group", "ties"]
# What rows are sorted by, alone or with others.
Sorting: TypeAlias = "Expression[Any] | Ordering | Sequence[Expression[Any] | Ordering]"

_EXCLUSIONS = ("current row", "group", "ties")


class Bound(Node, parts=("span",)):
    """One end of a frame: so far before the row (below zero) or after it; None for as far as the rows go."""

    __slots__ = ("offset", "span")

    def __init__(self, offset: "int | dt.timedelta | None") -> None:
        self.span: Span | None = None
        if isinstance(offset, dt.timedelta):
            self.span = Span(0, abs(offset)) if offset else None
            offset = (offset > dt.timedelta()) - (offset < dt.timedelta())
        self.offset: int | None = offset
        is_span = self.span is not None
        super().__init__(("bound", offset, is_span), binds_of((self.span,)))


class Frame(Node, parts=("start", "end")):
    """Which rows of a window a function takes in. `unit` is ROWS, RANGE or GROUPS."""

    __slots__ = ("end", "exclude", "start", "unit")

    def __init__(self, unit: str, start: Bound, end: Bound, exclude: str | None) -> None:
        self.unit = unit
        self.start = start
        self.end = end
        self.exclude = exclude
        super().__init__(("frame", unit, start.shape, end.shape, exclude), start.binds + end.binds)


class Window(Node, parts=("partitions", "orders", "frame")):
    """The rows that a function looks at: those of equal `partitions`, in an order. `base` is a named one that it goes on from."""

    __slots__ = ("base", "frame", "orders", "partitions")

    def __init__(
        self,
        base: str | None,
        partitions: tuple[Expression[Any], ...] = (),
        orders: tuple[Ordering, ...] = (),
        frame: Frame | None = None,
    ) -> None:
        self.base = base
        self.partitions = partitions
        self.orders = orders
        self.frame = frame
        shape: Shape = (
            "window",
            base,
            shapes_of(partitions),
            shapes_of(orders),
            None if frame is None else frame.shape,
        )
        super().__init__(shape, binds_of((*partitions, *orders, frame)))

    @property
    def is_named(self) -> bool:
        """Whether it is a named one and nothing else."""
        return self.base is not None and not self.partitions and not self.orders and self.frame is None


class NamedWindow(Node, parts=("window",)):
    """A window that functions of the query name: `WINDOW name AS (...)`."""

    __slots__ = ("name", "window")

    def __init__(self, name: str, window: Window) -> None:
        self.name = name
        self.window = window
        super().__init__(("named window", name, window.shape), window.binds)


class Over(Expression[T_co], parts=("function", "window")):
    """A function over the rows of a window: `rank() OVER (PARTITION BY ... ORDER BY ...)`."""

    __slots__ = ("function", "window")

    def __init__(self, function: Expression[T_co], window: Window) -> None:
        self.function = function
        self.window = window
        super().__init__(("over", function.shape, window.shape), function.binds + window.binds)


def rows(start: int | None = None, end: int | None = 0, *, exclude: Exclusion | None = None) -> Frame:
    """A frame counted in rows: `rows(-2, 0)` is the row and the two before it; None is as far as the rows go.

    `exclude` leaves out the row itself, the rows equal to it in the order ("ties"), or both ("group"); MySQL and MariaDB
    do not have it, and raise NotSupported.
    """
    return _frame("ROWS", start, end, exclude)


def range_(
    start: "int | dt.timedelta | None" = None,
    end: "int | dt.timedelta | None" = 0,
    *,
    exclude: Exclusion | None = None,
) -> Frame:
    """A frame by the distance in what the window is sorted by: `range_(-10, 10)`; 0 takes in the equal ones.

    A `timedelta` for days and moments is for PostgreSQL and MySQL; others raise NotSupported.
    """
    return _frame("RANGE", start, end, exclude)


def groups(start: int | None = None, end: int | None = 0, *, exclude: Exclusion | None = None) -> Frame:
    """A frame counted in groups of rows that are equal in the order; MySQL and MariaDB raise NotSupported."""
    return _frame("GROUPS", start, end, exclude)


def _frame(unit: str, start: Any, end: Any, exclude: str | None) -> Frame:
    for offset in (start, end):
        if isinstance(offset, bool) or not isinstance(offset, _OFFSETS[unit]):
            raise QueryError(f"the end of a frame is a number of rows or None, got {type(offset).__name__}")
        if isinstance(offset, int) and abs(offset) >= 1 << 31:
            raise QueryError("the end of a frame is a number of 32 bits")
    if exclude is not None and not (isinstance(exclude, str) and exclude in _EXCLUSIONS):
        raise QueryError(f"exclude= is one of {', '.join(map(repr, _EXCLUSIONS))}")
    if start is not None and end is not None and _is_after(start, end):
        raise QueryError("a frame begins before it ends")
    return Frame(unit, Bound(start), Bound(end), exclude)


_ROWS: tuple[type, ...] = (int, type(None))
_OFFSETS: dict[str, tuple[type, ...]] = {"ROWS": _ROWS, "GROUPS": _ROWS, "RANGE": (*_ROWS, dt.timedelta)}


def _is_after(start: "int | dt.timedelta", end: "int | dt.timedelta") -> bool:
    one, other = (each or dt.timedelta() for each in (start, end))
    if isinstance(start, int) and isinstance(end, int):
        return start > end
    if isinstance(one, dt.timedelta) and isinstance(other, dt.timedelta):
        return one > other
    raise QueryError("both ends of a frame are numbers, or both are timedeltas")


def window_name(name: object) -> str:
    """The name of a window. Raises QueryError for what is none."""
    if not isinstance(name, str) or not name or "\0" in name:
        raise QueryError("the name of a window is a text that is not empty, without a NUL character")
    return name


def listed(given: Any) -> tuple[Any, ...]:
    """One thing or several, as several."""
    return tuple(cast("Sequence[Any]", given)) if isinstance(given, list | tuple) else (given,)


def orderings(given: Sorting) -> tuple[Ordering, ...]:
    """What rows are sorted by. Raises QueryError."""
    return tuple([_ordering(each) for each in listed(given)])


def _ordering(given: Any) -> Ordering:
    if is_expression(given):
        return Ordering(given, descending=False)
    if not isinstance(given, Ordering):
        raise QueryError(f"order_by= takes columns and expressions, got {type(given).__name__}")
    return given
