"""The statements of the verbs that write, and what they give back."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias, TypeVar, cast

from activerecord.driver import Row
from activerecord.errors import NotSupported, QueryError
from activerecord.query.clauses import Clauses
from activerecord.query.targets import Targets, check_said
from activerecord.schema.table import Table
from activerecord.schema.writable import refuse_generated, refuse_view
from activerecord.sql.dialect import Compiled
from activerecord.sql.expression import Condition, Expression, operand_of
from activerecord.sql.node import walk
from activerecord.sql.reference import Reference, refer
from activerecord.sql.statement import Delete, Update

__all__ = ["Make", "Write", "Writing", "wanted_columns"]

R = TypeVar("R")

# (table, which of its rows, the columns to give back) -> the statement
Make: TypeAlias = "Callable[[Table, Condition | None, tuple[str, ...]], Update | Delete]"


class Write(NamedTuple):
    """A statement that writes, with the tables that it names, and the columns to give back.

    None of them is for all, as records; instead of them None for nothing.
    """

    statement: Update | Delete
    tables: tuple[Table, ...]
    wanted: tuple[str, ...] | None


class Writing(Targets[R]):
    """What the verbs that write do."""

    __slots__ = ()

    async def _written(self, verb: str, returning: Any, make: Make) -> Any:
        """The number of rows that were written, or these."""
        wanted = wanted_columns(returning)
        paths = self._clauses.paths if wanted == () else ()
        after = await self._mapper.after_load(self._mapper, paths) if paths else None
        database = self._mapper.database()

        async def count() -> int:
            write = await self._prepare_write(verb, returning, make)
            return (await database.execute(write.statement, write.tables)).affected

        async def fetch() -> tuple[Compiled, list[Row]]:
            write = await self._prepare_write(verb, returning, make)
            return await database.fetch(write.statement, write.tables)

        if wanted is None:
            return await database.catalog.again_if_altered(count)
        compiled, rows = await database.catalog.again_if_altered(fetch)
        if wanted:
            return _dicts(wanted, compiled, rows)
        records = self._mapper.records(compiled, rows, strict=self._clauses.strict)
        if after is not None and records:
            await after(records)
        return records

    async def _prepare_write(self, verb: str, returning: Any, make: Make) -> Write:
        """The statement, once the tables that it names are known. Raises QueryError and UnknownColumn."""
        wanted = wanted_columns(returning)
        table = await self._mapper.table()
        if wanted is not None:
            await self._check_returning(verb)
        clauses = self._scoped(self._clauses)
        await self._learn(clauses)
        statement = self._write(verb, table, clauses, wanted, make)
        return Write(statement, await self._tables(statement), wanted)

    def _write(
        self, verb: str, table: Table, clauses: Clauses, wanted: tuple[str, ...] | None, make: Make
    ) -> Update | Delete:
        check_said(self._clauses, verb, self._mapper.name)
        refuse_view(table)
        return make(table, self._target(self.known_clauses(clauses), table), self._columns(table, wanted))

    async def _check_returning(self, verb: str) -> None:
        dialect = await self._mapper.database().settle()
        if verb.removesuffix("_all") not in dialect.returning:
            raise NotSupported(
                f"{dialect.title} does not give back the rows of {verb}: in a transaction, take their keys by "
                f"for_update().ids(), and read them by where(...) before they are deleted, or after they are updated"
            )

    def _columns(self, table: Table, wanted: tuple[str, ...] | None) -> tuple[str, ...]:
        """The columns to be given back, by their names in the database. Raises UnknownColumn."""
        if wanted is None:
            return ()
        columns = tuple([self._named(name) for name in wanted]) or table.names()
        for name in columns:
            table.column(name)
        return columns

    def _updating(self, values: Mapping[str, Any] | None, more: Mapping[str, Any]) -> Make:
        if values is not None and not isinstance(values, Mapping):
            raise QueryError(f"update_all takes columns and values, update_all(age=30), got {type(values).__name__}")
        given = {self._named(_text(name)): value for name, value in {**(values or {}), **more}.items()}
        if not given:
            raise QueryError("update_all needs a column to set: update_all(age=30)")
        source = self._own_source()

        def make(table: Table, where: Condition | None, returning: tuple[str, ...]) -> Update:
            refuse_generated(table, given)
            pairs = [(name, operand_of(value, refer(source.name, name))) for name, value in given.items()]
            return Update(
                source, _in_order(pairs, source.name), where, returning=returning, comments=self._clauses.comments
            )

        return make

    def _deleting(self) -> Make:
        source, comments = self._own_source(), self._clauses.comments
        return lambda _, where, returning: Delete(source, where, returning=returning, comments=comments)


def wanted_columns(returning: Any) -> tuple[str, ...] | None:
    """The columns to give back: none at all for all of them as records, None for nothing."""
    if returning is None or returning is False:
        return None
    if returning is True or returning == "*":
        return ()
    names = cast("Sequence[Any]", returning) if isinstance(returning, list | tuple) else ()
    if not names or not all(isinstance(name, str) for name in names):
        raise QueryError("returning takes True, or a list of names of columns")
    return tuple(names)


def _text(name: object) -> str:
    if not isinstance(name, str):
        raise QueryError(f"update_all takes names of columns, got {type(name).__name__}")
    return name


def _dicts(names: Sequence[str], compiled: Compiled, rows: Sequence[Row]) -> list[dict[str, Any]]:
    loads = compiled.loads
    return [
        {
            name: value if load is None or value is None else load(value)
            for name, value, load in zip(names, row, loads, strict=True)
        }
        for row in rows
    ]


def _in_order(pairs: "Sequence[tuple[str, Expression[Any]]]", source: str) -> "tuple[tuple[str, Expression[Any]], ...]":
    """The assignments, each after those that read its column: MySQL lets them see what those before have set."""
    waiting, found = list(pairs), list[tuple[str, Expression[Any]]]()
    while waiting:
        free = [
            pair
            for pair in waiting
            if not any(_reads(other, source, pair[0]) for other in waiting if other is not pair)
        ]
        chosen = free[0] if free else waiting[0]
        waiting.remove(chosen)
        found.append(chosen)
    return tuple(found)


def _reads(pair: "tuple[str, Expression[Any]]", source: str, column: str) -> bool:
    return any(isinstance(node, Reference) and (node.source, node.column) == (source, column) for node in walk(pair[1]))
