"""What a query has been told so far, and how it becomes a statement."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, NoReturn, Self, TypeAlias, TypeVar

from activerecord.driver import Row
from activerecord.errors import QueryError, UsageError
from activerecord.mapper import Beside, Mapper
from activerecord.query.asked import Asked, known, known_order
from activerecord.schema.table import Table
from activerecord.sql.dialect import Compiled
from activerecord.sql.expression import (
    Bind,
    Condition,
    Expression,
    Label,
    Nested,
    Ordering,
    Position,
    Selectable,
    Star,
    all_of,
)
from activerecord.sql.grouping import GroupingSets
from activerecord.sql.node import Node, alike
from activerecord.sql.reference import Reference
from activerecord.sql.statement import CommonTable, FromItem, Join, Lock, Select
from activerecord.strictness import Strictness

__all__ = ["NOTHING", "Clauses", "Finish", "JoinWish", "Prepared", "QueryCore", "told"]

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class JoinWish:
    """A join as it was asked for: along a path of relations, or of a source on a condition.

    The path leads from `owner`, which the query reads under the name `source`; None for the query's own model. `alias` is
    for the last relation of it.
    """

    kind: str
    path: tuple[str, ...] = ()
    owner: Mapper[Any] | None = None
    alias: str | None = None
    item: FromItem | None = None
    condition: Condition | None = None


# without slots: what has them is copied field by field
@dataclass(frozen=True)
class Clauses:
    """The clauses of a query, none of them bound to a reading of the schema yet.

    `asked` is what is asked of relations anywhere in the others. `lifted` are the names of the default scopes that it goes
    without; `everywhere` says that all rows may be written.
    """

    columns: tuple[Expression[Any], ...] = ()
    source: FromItem | None = None
    tables: tuple[CommonTable, ...] = ()
    joins: tuple[JoinWish, ...] = ()
    where: Condition | None = None
    groups: tuple[Expression[Any], ...] = ()
    having: Condition | None = None
    windows: tuple[Node, ...] = ()
    orders: tuple[Ordering, ...] = ()
    limit: int | None = None
    offset: int | None = None
    distinct: bool = False
    distinct_on: tuple[Expression[Any], ...] = ()
    paths: tuple[Any, ...] = ()
    joined: tuple[tuple[str, ...], ...] = ()
    strict: Strictness | None = None
    asked: tuple[Asked[Any], ...] = ()
    lock: Lock | None = None
    hints: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    lifted: frozenset[str] = frozenset()
    everywhere: bool = False

    def but(self, **changes: Any) -> "Clauses":
        """These clauses, with others in place of those that are named."""
        # each word that a query is told passes here: `dataclasses.replace` takes twenty times as long
        fresh = object.__new__(Clauses)
        vars(fresh).update(vars(self), **changes)
        return fresh


# what a query says that was told nothing
NOTHING = Clauses()


def told(clauses: Clauses) -> set[str]:
    """The names of the clauses that say anything. They cannot be compared: what they hold compares as SQL."""
    return {each.name for each in fields(Clauses) if getattr(clauses, each.name) is not getattr(NOTHING, each.name)}


# the last word on the clauses, once the table is known
Finish: TypeAlias = Callable[[Table], Clauses]


class Prepared(NamedTuple):
    """A statement with the tables that it reads, and the table of the query's own model.

    Where its rows are records, `beside` is what is joined to each of them: its columns are the last.
    """

    select: Select
    tables: tuple[Table, ...]
    table: Table
    beside: Beside | None = None

    def width(self, compiled: Compiled) -> int:
        """How many columns of its answer are not of what is joined."""
        return len(compiled.names) - (0 if self.beside is None else self.beside.width)


class QueryCore(Selectable, Generic[R]):
    """A query of one model's records: what it has been told, and no more."""

    __slots__ = ("_clauses", "_mapper")

    def __init__(self, mapper: Mapper[R], clauses: Clauses | None = None) -> None:
        self._mapper = mapper
        self._clauses = clauses or NOTHING

    @property
    def model(self) -> type[R]:
        """The class of its records."""
        return self._mapper.model

    @property
    def clauses(self) -> Clauses:
        """What it has been told."""
        return self._clauses

    @property
    def source_name(self) -> str:
        """The name by which its columns go in a statement."""
        return self._mapper.source_name

    def column(self, given: "str | Expression[Any]") -> Expression[Any]:
        """A column of its table by its name, or an expression as it is. Raises QueryError."""
        return self._column(given)

    def _told(self, **changes: Any) -> Self:
        return type(self)(self._mapper, self._clauses.but(**changes))

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

    def as_row(self, width: int) -> Nested[Any]:
        """The query inside another: `User.id.in_(Order.query().select(Order.user_id))`.

        Raises QueryError where it does not select so many columns.
        """
        if len(self._clauses.columns) != width:
            wanted = "one column" if width == 1 else f"{width} columns"
            raise QueryError(f"{self!r} stands inside another query, so it must select {wanted}: select(...)")
        return Nested(self.as_statement())

    def as_statement(self, columns: tuple[Expression[Any], ...] = ()) -> Select:
        """The query as a statement, to stand inside another; with other columns, where they are given.

        Raises QueryError, UsageError where a table is not read yet.
        """
        clauses = self._clauses.but(columns=columns) if columns else self._clauses
        return self._select(self._scoped(clauses))

    # names of columns, as text or as expressions

    def _column(self, given: "str | Expression[Any]") -> Expression[Any]:
        if isinstance(given, str):
            return Reference(self._mapper.source_name, self._named(given))
        if isinstance(given, Expression):
            return given
        if isinstance(given, Selectable):
            return given.as_value()
        raise QueryError(f"expected a column or its name, got {type(given).__name__}")

    def _named(self, name: str) -> str:
        """The column's name in the database, for a declared column whose attribute is called otherwise."""
        return self._mapper.column_name(name)

    # from clauses to a statement

    async def _prepare(self, finish: Finish | None = None, beside: Beside | None = None) -> Prepared:
        """The statement, once the tables that it reads are known. `finish` has the last word on the clauses."""
        table = self._mapper.table_at_hand() or await self._mapper.table()
        clauses = self._scoped(self._clauses if finish is None else finish(table))
        if clauses.asked or clauses.joins:
            await self._learn(clauses)
        select = self._select(clauses)
        return Prepared(select, await self._tables(select), table, beside)

    def _scoped(self, clauses: Clauses) -> Clauses:
        """The clauses with what the model's default scopes ask for. The rows of another query have been through its own."""
        scopes = self._mapper.default_scopes
        if not scopes or clauses.source is not None:
            return clauses
        plain = type(self)(self._mapper, Clauses(lifted=frozenset(scopes)))
        for name, narrow in scopes.items():
            if name not in clauses.lifted:
                clauses = _narrowed(clauses, name, narrow, plain)
        return clauses

    async def know(self) -> None:
        """Have the tables read that the query goes by, as far as relations lead to them. Raises UnknownRelation."""
        await self._mapper.table()
        await self._learn(self._scoped(self._clauses))

    async def _learn(self, clauses: Clauses) -> None:
        """Have the tables read that relations lead to."""
        for asked in clauses.asked:
            await asked.know()
        for wish in clauses.joins:
            mapper = wish.owner or self._mapper
            for name in wish.path:
                await mapper.table()
                mapper = mapper.relation(name).target
                await mapper.table()

    async def _tables(self, statement: Node) -> tuple[Table, ...]:
        """The tables that a statement reads and writes. Raises QueryError where they cannot go together."""
        found: dict[tuple[str | None, str], Table] = {}
        for mapper in self._mapper.named_in(statement):
            if mapper.connection != self._mapper.connection:
                raise QueryError(
                    f"{mapper.name} is asked of the connection {mapper.connection!r} and {self._mapper.name} of "
                    f"{self._mapper.connection!r}, so they cannot stand in one query"
                )
            table = mapper.table_at_hand() or await mapper.table()
            if found.setdefault((mapper.schema_name, mapper.table_name), table) is not table:
                raise QueryError(f"two models declare the table {table.name!r}, and both stand in the query: use one")
        return tuple(found.values())

    async def _fetched(self, prepared: Prepared) -> tuple[Compiled, list[Row]]:
        """What the database gives. Raises UsageError for a lock that nothing would hold."""
        return await self._mapper.database().fetch(prepared.select, prepared.tables)

    def known_clauses(self, clauses: Clauses | None = None) -> Clauses:
        """What it has been told, or these clauses, with SQL in place of what is asked of relations.

        Raises UnknownRelation, UsageError where a table is not read yet.
        """
        clauses = clauses or self._clauses
        if not clauses.asked:
            return clauses
        asked = {each.shape: each.known() for each in clauses.asked}
        return clauses.but(
            columns=tuple([known(column, asked) for column in clauses.columns]),
            where=known(clauses.where, asked),
            groups=tuple([known(group, asked) for group in clauses.groups]),
            having=known(clauses.having, asked),
            orders=tuple([known_order(order, asked) for order in clauses.orders]),
            distinct_on=tuple([known(column, asked) for column in clauses.distinct_on]),
            asked=(),
        )

    def _select(self, clauses: Clauses) -> Select:
        """The statement of these clauses; what relations lead to is known already."""
        clauses = self.known_clauses(clauses)
        columns = clauses.columns or (Star(self._mapper.source_name),)
        return Select(
            columns,
            clauses.source or self._mapper.source,
            tables=clauses.tables,
            joins=self._joins(clauses),
            where=clauses.where,
            groups=tuple([_placed(group, columns) for group in clauses.groups]),
            having=clauses.having,
            windows=clauses.windows,
            orders=tuple(
                [order.of(_placed(order.operand, columns)) if order.binds else order for order in clauses.orders]
            ),
            limit=None if clauses.limit is None else Bind(clauses.limit),
            offset=None if clauses.offset is None else Bind(clauses.offset),
            distinct=clauses.distinct,
            distinct_on=clauses.distinct_on,
            lock=clauses.lock,
            hints=clauses.hints,
            comments=clauses.comments,
        )

    def _joins(self, clauses: Clauses) -> tuple[Join, ...]:
        joins: list[Join] = []
        for wish in clauses.joins:
            if wish.item is not None:
                joins.append(Join(wish.kind, wish.item, wish.condition))
                continue
            # a path that goes on from an earlier one joins what they share once; on its way that may be joined in any manner
            way, end = self._joins_along(wish)
            there = {join.shape for join in joins}
            passed = {_place(join) for join in joins}
            joins += [join for join in way if _place(join) not in passed]
            joins += [join for join in end if join.shape not in there]
        return tuple(joins)

    def _joins_along(self, wish: JoinWish) -> "tuple[Sequence[Join], Sequence[Join]]":
        """The joins along a path up to its last relation, and those of that."""
        mapper = wish.owner or self._mapper
        found: list[Join] = []
        end = 0
        for place, name in enumerate(wish.path, 1):
            if mapper.known_table() is None:
                raise UsageError(
                    f"the table of {mapper.name} is not read yet: `await {mapper.name}.async_schema()` reads it"
                )
            relation = mapper.relation(name)
            alias = wish.alias if place == len(wish.path) else None
            end = len(found)
            found += relation.joins(wish.kind, found[-1].source.name if found else mapper.source_name, alias)
            mapper = relation.target
        return found[:end], found[end:]


def _place(join: Join) -> object:
    """What a join adds to the query, in whatever manner."""
    return join.source.shape, None if join.condition is None else (join.condition.shape, join.condition.binds)


# What a default scope may ask for: which rows there are, and nothing else.
_NARROWING = frozenset({"joins", "where", "asked", "tables", "lifted"})


def _narrowed(clauses: Clauses, name: str, narrow: Callable[[Any], Any], plain: QueryCore[Any]) -> Clauses:
    """The clauses with what one default scope asks for."""
    try:
        asked = narrow(plain)
    except RecursionError:
        raise QueryError(f"the default scope {name!r} asks for its own model: let it begin with unscoped()") from None
    if not isinstance(asked, QueryCore):
        raise QueryError(
            f"the default scope {name!r} gives no query, but {type(asked).__name__}: return query.where(...)"
        )
    added: Clauses = asked.clauses
    others = told(added) - _NARROWING
    if others:
        raise QueryError(
            f"the default scope {name!r} says {min(others)}: a default scope says which rows there are, by where and joins; "
            f"for the rest use a scope"
        )
    return clauses.but(
        joins=added.joins + clauses.joins,
        tables=added.tables + clauses.tables,
        where=all_of(clauses.where, added.where),
        asked=added.asked + clauses.asked,
    )


def _placed(expression: Expression[Any], columns: Sequence[Expression[Any]]) -> Expression[Any]:
    """The expression, or its place among the columns: one with values in it would not be known for the same there."""
    if isinstance(expression, GroupingSets):
        return expression.with_each(lambda column: _placed(column, columns))
    if expression.binds:
        for number, column in enumerate(columns, 1):
            if isinstance(column, Star):
                # how many columns it stands for is not known here
                break
            operand = column.operand if isinstance(column, Label) else column
            if alike(operand, expression):
                return Position(number, operand, column.name if isinstance(column, Label) else None)
    return expression
