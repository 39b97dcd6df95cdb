"""Verbs that write: all rows that a query is after, changed or deleted by one statement."""

from collections.abc import Mapping
from typing import Any, Literal, Self, TypeAlias, TypeVar, overload

from activerecord import runtime
from activerecord.bounds import bounded
from activerecord.errors import UsageError
from activerecord.query.named import Named, checked_name
from activerecord.query.writing import Make, Writing, wanted_columns
from activerecord.sql.statement import CommonTable, NamedTable

__all__ = ["Everything", "Wanted", "Writes"]

R = TypeVar("R")

Everything: TypeAlias = Literal[True, "*"]
# "*" is not among the texts that a checker takes for a name: it would be one of two answers then.
Wanted: TypeAlias = "list[str] | tuple[str, ...]"


class Writes(Writing[R]):
    """The verbs that write. Each comes as a pair: `x` for plain sync code, `async_x` to await.

    They write by one statement and call nothing on records. One without any condition raises QueryError, unless
    `everywhere()` says that it is meant; a default scope narrows it, but does not count as a condition. A query with joins,
    a limit, groups by the key, a lock or another query in place of the table writes the rows `WHERE key IN (SELECT key ...)`.

    `returning=True` gives the records that were written, `returning=["id", "name"]` dicts of these columns, both with their new
    values, or the last ones where they are deleted. Raises NotSupported where the engine does not tell: MySQL never, MariaDB
    of an update.
    """

    __slots__ = ()

    def everywhere(self) -> Self:
        """Let a write go without any condition: `User.query().everywhere().delete_all()`."""
        return self._told(everywhere=True)

    @overload
    async def async_update_all(
        self, values: Mapping[str, Any] = ..., /, *, returning: None = None, **more: Any
    ) -> int: ...
    @overload
    async def async_update_all(
        self, values: Mapping[str, Any] = ..., /, *, returning: Everything, **more: Any
    ) -> list[R]: ...
    @overload
    async def async_update_all(
        self, values: Mapping[str, Any] = ..., /, *, returning: Wanted, **more: Any
    ) -> list[dict[str, Any]]: ...
    async def async_update_all(
        self, values: Mapping[str, Any] | None = None, /, *, returning: Any = None, **more: Any
    ) -> Any:
        """Set columns of all rows that fit, and tell how many they were: `UPDATE ... SET ... WHERE ...`.

        `update_all(age=User.age + 1, name="x")`; columns of odd names in a dict before that. A value may be an expression
        of the row as it was, or a query of one value. Raises UnknownColumn, and QueryError for columns that the database
        computes, and views.
        """
        return await self._written("update_all", returning, self._updating(values, more))

    @overload
    def update_all(self, values: Mapping[str, Any] = ..., /, *, returning: None = None, **more: Any) -> int: ...
    @overload
    def update_all(self, values: Mapping[str, Any] = ..., /, *, returning: Everything, **more: Any) -> list[R]: ...
    @overload
    def update_all(
        self, values: Mapping[str, Any] = ..., /, *, returning: Wanted, **more: Any
    ) -> list[dict[str, Any]]: ...
    def update_all(self, values: Mapping[str, Any] | None = None, /, *, returning: Any = None, **more: Any) -> Any:
        """Set columns of all rows that fit, and tell how many they were: `UPDATE ... SET ... WHERE ...`."""
        make = self._updating(values, more)
        return runtime.run_blocking(lambda: self._written("update_all", returning, make), "update_all")

    @overload
    async def async_delete_all(self, *, returning: None = None, timeout: float | None = None) -> int: ...
    @overload
    async def async_delete_all(self, *, returning: Everything, timeout: float | None = None) -> list[R]: ...
    @overload
    async def async_delete_all(self, *, returning: Wanted, timeout: float | None = None) -> list[dict[str, Any]]: ...
    async def async_delete_all(self, *, returning: Any = None, timeout: float | None = None) -> Any:
        """Delete all rows that fit, and tell how many they were: `DELETE FROM ... WHERE ...`."""
        return await self._deleted(returning, timeout)

    @overload
    def delete_all(self, *, returning: None = None, timeout: float | None = None) -> int: ...
    @overload
    def delete_all(self, *, returning: Everything, timeout: float | None = None) -> list[R]: ...
    @overload
    def delete_all(self, *, returning: Wanted, timeout: float | None = None) -> list[dict[str, Any]]: ...
    def delete_all(self, *, returning: Any = None, timeout: float | None = None) -> Any:
        """Delete all rows that fit, and tell how many they were: `DELETE FROM ... WHERE ...`."""
        return runtime.run_blocking(lambda: self._deleted(returning, timeout), "delete_all")

    def update_cte(
        self,
        name: str,
        values: Mapping[str, Any] | None = None,
        /,
        *,
        returning: "Wanted | Everything" = (),
        **more: Any,
    ) -> Named:
        """The update as a common table of the rows that it changes: `WITH name AS (UPDATE ... RETURNING ...)`.

        The query that reads it writes too, all of it by one statement, in which each part sees the tables as they were
        before. `returning` names the columns that it has, True all. PostgreSQL has it; NotSupported elsewhere.
        """
        return self._common_write("update_cte", name, returning, self._updating(values, more))

    def delete_cte(self, name: str, *, returning: "Wanted | Everything" = ()) -> Named:
        """The deletion as a common table of the rows that it deletes: `WITH name AS (DELETE ... RETURNING ...)`; as `update_cte`."""
        return self._common_write("delete_cte", name, returning, self._deleting())

    async def _deleted(self, returning: Any, timeout: float | None) -> Any:
        with bounded(timeout, "delete_all"):
            return await self._written("delete_all", returning, self._deleting())

    def _common_write(self, verb: str, name: str, returning: Any, make: Make) -> Named:
        wanted = wanted_columns(returning or None)
        table = self._mapper.known_table()
        if table is None:
            of = self._mapper.name
            raise UsageError(f"the table of {of} is not read yet: `await {of}.async_schema()` reads it")
        statement = self._write(verb, table, self._scoped(self._clauses), wanted, make)
        return Named(checked_name(name), NamedTable(name), (CommonTable(name, statement),))
