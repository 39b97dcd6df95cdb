"""A function of SQL with its arguments."""

from typing import Any, TypeVar, cast

from activerecord.errors import QueryError
from activerecord.sql.expression import Condition, Expression, Ordering, all_of, is_expression, operand_of
from activerecord.sql.node import Shape, binds_of, shapes_of
from activerecord.sql.window import Frame, Over, Sorting, Window, listed, orderings, window_name
from activerecord.types import Type

__all__ = ["Function", "called", "counted"]

T_co = TypeVar("T_co", covariant=True)


class Function(Expression[T_co], parts=("arguments", "orders", "condition")):
    """A function of SQL. `type` is what it gives; None for what follows from its arguments.

    An aggregate may take its rows in an order, and only those that fit a condition. `written` is what of its values some
    engines want in the text itself.
    """

    __slots__ = ("arguments", "condition", "distinct", "name", "orders", "type", "written")

    def __init__(
        self,
        name: str,
        arguments: tuple[Expression[Any], ...],
        *,
        distinct: bool = False,
        type: Type | None = None,
        orders: tuple[Ordering, ...] = (),
        condition: Condition | None = None,
        written: str | None = None,
    ) -> None:
        self.name = name
        self.arguments = arguments
        self.distinct = distinct
        self.type = type
        self.orders = orders
        self.condition = condition
        self.written = written
        shape: Shape = (
            "fn",
            name,
            distinct,
            type,
            written,
            shapes_of(arguments),
            shapes_of(orders),
            None if condition is None else condition.shape,
        )
        super().__init__(shape, binds_of((*arguments, *orders, condition)))

    def filter(self, condition: "Expression[bool | None]") -> "Function[T_co]":
        """The aggregate of those rows only that fit: `count(*) FILTER (WHERE ...)`; a second condition narrows the first.

        MySQL and MariaDB are given `count(CASE WHEN ... THEN 1 END)`, which says the same of the usual aggregates; of
        others they raise NotSupported.
        """
        if not isinstance(condition, Expression):
            raise QueryError(f"filter takes a condition such as `User.age > 18`, got {type(condition).__name__}")
        return Function(
            self.name,
            self.arguments,
            distinct=self.distinct,
            type=self.type,
            orders=self.orders,
            condition=all_of(self.condition, cast("Condition", condition)),
            written=self.written,
        )

    def over(
        self,
        window: str | None = None,
        *,
        partition_by: "Expression[Any] | list[Expression[Any]] | tuple[Expression[Any], ...]" = (),
        order_by: Sorting = (),
        frame: Frame | None = None,
    ) -> Over[T_co]:
        """The function over the rows beside each row: `rank() OVER (PARTITION BY ... ORDER BY ... ROWS ...)`.

        `window` names one of the query, `query.window("w", ...)`, which the rest is added to. `frame` is `rows(...)`,
        `range_(...)` or `groups(...)`.
        """
        base = None if window is None else window_name(window)
        partitions = listed(partition_by)
        for each in partitions:
            if not isinstance(each, Expression):
                raise QueryError(f"partition_by= takes columns and expressions, got {type(each).__name__}")
        if not isinstance(frame, Frame | None):
            raise QueryError(f"frame= takes rows(...), range_(...) or groups(...), got {type(frame).__name__}")
        return Over(self, Window(base, partitions, orderings(order_by), frame))


def counted(number: Any, what: str, least: int) -> int:
    """The number, which engines want to be one of 32 bits. Raises QueryError."""
    if isinstance(number, bool) or not isinstance(number, int) or not least <= number < 1 << 31:
        raise QueryError(f"{what} is a whole number of 32 bits, from {least}")
    return number


def called(
    name: str,
    *arguments: Any,
    distinct: bool = False,
    order_by: Sorting = (),
    type: Type | None = None,
    alike: bool = False,
) -> Function[Any]:
    """A function of these arguments; values are bound. Of arguments that are `alike` a value is stored as a column is."""
    like = next((each for each in arguments if is_expression(each)), None) if alike else None
    given = tuple([operand_of(argument, like) for argument in arguments])
    return Function(name, given, distinct=distinct, type=type, orders=orderings(order_by))
