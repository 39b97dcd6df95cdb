"""What a query asks of a relation, as a part of it that becomes SQL once the tables are known."""

from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, TypeAlias, TypeVar, cast

from activerecord.errors import UsageError
from activerecord.mapper import Beyond, Mapper, Narrowing
from activerecord.sql.expression import Expression, Label, Logical, Not, Ordering
from activerecord.sql.node import Shape

__all__ = ["Asked", "Known", "known", "known_order"]

T_co = TypeVar("T_co", covariant=True)
E = TypeVar("E", bound="Expression[Any] | None")

Known: TypeAlias = "Mapping[Shape, Expression[Any]]"

_serials = count(1)


class Asked(Expression[T_co]):
    """What is asked of what a path of relations leads to. `make` gives the SQL of it.

    The path leads from rows of `owner`, and has one name at least; `narrow` says which records at its end are meant. No two
    are alike: each is replaced by its SQL before a statement is made.
    """

    __slots__ = ("make", "narrow", "owner", "path")

    def __init__(
        self,
        owner: Mapper[Any],
        path: tuple[str, ...],
        narrow: Narrowing | None,
        make: Callable[[Mapper[Any], Beyond], Expression[T_co]],
    ) -> None:
        self.owner = owner
        self.path = path
        self.narrow = narrow
        self.make = make
        super().__init__(("asked", next(_serials)))

    async def know(self) -> None:
        """Have the tables read that it goes by. Raises UnknownRelation, UnknownTable."""
        await self.owner.table()
        await self.owner.relation(self.path[0]).know_along(self.path[1:], self.narrow)

    def known(self) -> Expression[T_co]:
        """The SQL of it. Raises UnknownRelation, UsageError where a table is not read yet."""
        if self.owner.known_table() is None:
            name = self.owner.name
            raise UsageError(f"the table of {name} is not read yet: `await {name}.async_schema()` reads it")
        found = self.owner.relation(self.path[0]).reached_along(self.path[1:], self.narrow)
        return self.make(self.owner, found)


def known(expression: E, asked: Known) -> E:
    """The expression with SQL in place of what it asks of relations; what verbs put around that is looked into."""
    found: Any = expression
    match expression:
        case Asked(shape=shape):
            found = asked[shape]
        case Label(operand=operand, name=name):
            found = Label[Any](known(operand, asked), name)
        case Not(operand=operand):
            found = Not(known(operand, asked))
        case Logical(operator=operator, conditions=conditions):
            found = Logical(operator, tuple([known(condition, asked) for condition in conditions]))
        case _:
            pass
    return cast("E", found)


def known_order(order: Ordering, asked: Known) -> Ordering:
    """The same of an order."""
    return order.of(known(order.operand, asked))
