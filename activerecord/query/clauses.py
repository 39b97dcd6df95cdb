"""What a query has been told so far, and how it becomes a statement."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any, Generic, NoReturn, Self, TypeAlias, TypeVar

from activerecord.errors import QueryError, UsageError
from activerecord.mapper import Mapper
from activerecord.schema.table import Table
from activerecord.sql.expression import (
    Bind,
    Condition,
    Expression,
    Nested,
    Ordering,
    Reference,
    Selectable,
    Star,
)
from activerecord.sql.nested import nested_in
from activerecord.sql.statement import Join, Select

__all__ = ["Clauses", "Finish", "JoinWish", "Prepared", "QueryCore"]

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class JoinWish:
    """A join as it was asked for: of a relation by name, or of a model on a condition."""

    kind: str
    relation: str | None = None
    target: Mapper[Any] | None = None
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Clauses:
    """The clauses of a query, none of them bound to a reading of the schema yet."""

    columns: tuple[Expression[Any], ...] = ()
    joins: tuple[JoinWish, ...] = ()
    where: Condition | None = None
    groups: tuple[Expression[Any], ...] = ()
    having: Condition | None = None
    orders: tuple[Ordering, ...] = ()
    limit: int | None = None
    offset: int | None = None
    distinct: bool = False
    paths: tuple[Any, ...] = ()
    locked: bool = False


# the last word on the clauses, once the table is known
Finish: TypeAlias = Callable[[Table], Clauses]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement with the tables that it reads, by the names under which it reads them."""

    select: Select
    tables: dict[str, Table]


class QueryCore(Selectable, Generic[R]):
    """A query of one model's records: what it has been told, and no more."""

    __slots__ = ("_clauses", "_mapper")

    def __init__(self, mapper: Mapper[R], clauses: Clauses | None = None) -> None:
        self._mapper = mapper
        self._clauses = clauses or Clauses()

    def _told(self, **changes: Any) -> Self:
        return type(self)(self._mapper, replace(self._clauses, **changes))

    def __repr__(self) -> str:
        return f"<Query of {self._mapper.name}>"

    def __bool__(self) -> NoReturn:
        raise UsageError(
            "a query is not its result: `await query.async_exists()`, or `query.exists()` in plain sync code"
        )

    def __len__(self) -> NoReturn:
        raise UsageError(
            "a query is not its result: `await query.async_count()`, or `query.count()` in plain sync code"
        )

    def __iter__(self) -> NoReturn:
        raise UsageError("a query is not its result: `await query.async_all()`, or `query.all()` in plain sync code")

    if not TYPE_CHECKING:
        # Checkers must not see these, or `await query` would be no error.
        __aiter__ = __await__ = __iter__

        def __getitem__(self, position: Any) -> NoReturn:
            self.__iter__()

    def as_value(self) -> Nested[Any]:
        """The query inside another: `User.id.in_(Order.query().select(Order.user_id))`.

        Raises QueryError where it does not select one column.
        """
        if len(self._clauses.columns) != 1:
            raise QueryError(f"{self!r} stands inside another query, so it must select one column: select(...)")
        return Nested(_select(self._mapper, self._clauses, self._known_joins()), self)

    # names of columns, as text or as expressions

    def _column(self, given: "str | Expression[Any]") -> Expression[Any]:
        if isinstance(given, Expression):
            return given
        if isinstance(given, Selectable):
            return given.as_value()
        if not isinstance(given, str):
            raise QueryError(f"expected a column or its name, got {type(given).__name__}")
        return Reference(self._mapper.table_name, self._named(given))

    def _named(self, name: str) -> str:
        """The column's name in the database, for a declared column whose attribute is called otherwise."""
        return next((column for column, key in self._mapper.attributes.items() if key == name), name)

    # from clauses to a statement

    async def _prepare(self, finish: Finish | None = None) -> Prepared:
        """The statement, once the tables that it reads are known. `finish` has the last word on the clauses."""
        table = await self._mapper.table()
        clauses = self._clauses if finish is None else finish(table)
        tables = {self._mapper.table_name: table}
        joins = await self._joins(clauses, tables)
        for nested in _nested(clauses):
            await self._read_for(nested.of, tables)
        return Prepared(_select(self._mapper, clauses, joins), tables)

    async def _read_for(self, inner: "QueryCore[Any]", tables: dict[str, Table]) -> None:
        """Get to know the tables that a query inside this one reads."""
        if inner._mapper.connection != self._mapper.connection:
            raise QueryError(f"{inner!r} is asked of another connection than {self!r}, so it cannot stand inside it")
        for name, table in (await inner._prepare()).tables.items():
            if tables.setdefault(name, table) is not table:
                raise QueryError(f"two tables are called {name!r} in the query")

    def _known_joins(self) -> tuple[Join, ...]:
        """The joins of a query that has to be a statement at once."""
        joins: list[Join] = []
        for wish in self._clauses.joins:
            if wish.relation is None:
                joins.append(_on(wish))
            elif self._mapper.known_table() is None:
                name = self._mapper.name
                raise UsageError(f"the table of {name} is not read yet: `await {name}.async_schema()` reads it")
            else:
                joins += self._mapper.relation(wish.relation).joins(wish.kind, self._mapper.table_name)
        return tuple(joins)

    async def _joins(self, clauses: Clauses, tables: dict[str, Table]) -> tuple[Join, ...]:
        joins: list[Join] = []
        for wish in clauses.joins:
            target = wish.target
            if wish.relation is not None:
                relation = self._mapper.relation(wish.relation)
                target = relation.target
                await target.table()
                joins += relation.joins(wish.kind, self._mapper.table_name)
            else:
                joins.append(_on(wish))
            if target is not None:
                if target.table_name in tables:
                    raise QueryError(f"the table {target.table_name!r} stands twice in the query")
                tables[target.table_name] = await target.table()
        return tuple(joins)


def _on(wish: JoinWish) -> Join:
    assert wish.target is not None
    assert wish.condition is not None
    return Join(wish.kind, wish.target.source, wish.condition)


def _nested(clauses: Clauses) -> "Iterator[Nested[Any]]":
    conditions = (clauses.where, clauses.having, *[wish.condition for wish in clauses.joins])
    for node in chain(conditions, clauses.columns, clauses.groups, clauses.orders):
        if node is not None:
            yield from nested_in(node)


def _select(mapper: Mapper[Any], clauses: Clauses, joins: tuple[Join, ...]) -> Select:
    return Select(
        clauses.columns or (Star(mapper.table_name),),
        mapper.source,
        joins=joins,
        where=clauses.where,
        groups=clauses.groups,
        having=clauses.having,
        orders=clauses.orders,
        limit=None if clauses.limit is None else Bind(clauses.limit),
        offset=None if clauses.offset is None else Bind(clauses.offset),
        distinct=clauses.distinct,
        locked=clauses.locked,
    )
