"""The verbs that write many rows at once."""

from collections.abc import AsyncIterable, Callable, Coroutine, Iterable, Mapping, Sequence
from typing import Any, Literal, TypeAlias, overload

from activerecord import runtime
from activerecord.bounds import bounded
from activerecord.bulk import Intake, Upsert, Writing, check_rows, refuse_view
from activerecord.errors import QueryError, UsageError
from activerecord.model.attributes import getattr_static
from activerecord.model.writes import Writes
from activerecord.schema.column import Column
from activerecord.schema.table import Table
from activerecord.sql.expression import Expression

__all__ = ["Bulk"]

Given: TypeAlias = Iterable[Mapping[str, Any]]
AsyncGiven: TypeAlias = "Iterable[Mapping[str, Any]] | AsyncIterable[Mapping[str, Any]]"
Columns: TypeAlias = "Sequence[str | Expression[Any]]"
Progress: TypeAlias = Callable[[int], object]
Update: TypeAlias = "str | Expression[Any] | Columns | Mapping[Any, Any] | None"


class Bulk(Writes):
    """The verbs that write many rows. Each comes as a pair: `x` for plain sync code, `async_x` to await."""

    @overload
    @classmethod
    async def async_insert_all(
        cls,
        rows: AsyncGiven,
        *,
        returning: None = None,
        batch: int | None = None,
        progress: Progress | None = None,
        timeout: float | None = None,
    ) -> int: ...
    @overload
    @classmethod
    async def async_insert_all(
        cls,
        rows: AsyncGiven,
        *,
        returning: Literal[True],
        batch: int | None = None,
        progress: Progress | None = None,
        timeout: float | None = None,
    ) -> list[Any]: ...
    @overload
    @classmethod
    async def async_insert_all(
        cls,
        rows: AsyncGiven,
        *,
        returning: Columns,
        batch: int | None = None,
        progress: Progress | None = None,
        timeout: float | None = None,
    ) -> list[dict[str, Any]]: ...
    @classmethod
    async def async_insert_all(
        cls,
        rows: Any,
        *,
        returning: "Literal[True] | Columns | None" = None,
        batch: int | None = None,
        progress: Progress | None = None,
        timeout: float | None = None,
    ) -> Any:
        """Insert many rows, all of them or none; how many there were. Each is a dict with the same columns.

        The rows may be a generator, also an asynchronous one: they are taken as they are sent, `batch` at a time, and
        `progress` is called with the number of rows written after each batch. `returning=True` gives the key of each row, and
        `returning=("id", "made_at")` a dict of these columns, in the order of the input.

        Defaults that the model declares are filled in. A key that the database makes is made where it is None; within a batch
        such rows come after those that have a key. No records are made, and no callbacks run.
        """
        with bounded(timeout, "insert_all"):
            intake = await cls._intake("insert_all", rows, batch)
            writing = Writing(cls.__mapper__, intake, returning=returning, batch=batch, progress=progress)
            await writing.run(rows)
        return writing.count if returning is None else writing.answers

    @overload
    @classmethod
    def insert_all(
        cls,
        rows: Given,
        *,
        returning: None = None,
        batch: int | None = None,
        progress: Progress | None = None,
        timeout: float | None = None,
    ) -> int: ...
    @overload
    @classmethod
    def insert_all(
        cls,
        rows: Given,
        *,
        returning: Literal[True],
        batch: int | None = None,
        progress: Progress | None = None,
        timeout: float | None = None,
    ) -> list[Any]: ...
    @overload
    @classmethod
    def insert_all(
        cls,
        rows: Given,
        *,
        returning: Columns,
        batch: int | None = None,
        progress: Progress | None = None,
        timeout: float | None = None,
    ) -> list[dict[str, Any]]: ...
    @classmethod
    def insert_all(
        cls,
        rows: Any,
        *,
        returning: "Literal[True] | Columns | None" = None,
        batch: int | None = None,
        progress: Progress | None = None,
        timeout: float | None = None,
    ) -> Any:
        """Insert many rows, all of them or none; how many there were. Each is a dict with the same columns."""
        _refuse_async("insert_all", rows)
        verb = _untold(cls.async_insert_all)
        return runtime.run_blocking(
            lambda: verb(rows, returning=returning, batch=batch, progress=progress, timeout=timeout), "insert_all"
        )

    @overload
    @classmethod
    async def async_upsert_all(
        cls,
        rows: AsyncGiven,
        *,
        unique_by: "str | Expression[Any] | Columns | None" = None,
        update: Update = None,
        returning: None = None,
        batch: int | None = None,
        progress: Progress | None = None,
        timeout: float | None = None,
    ) -> int: ...
    @overload
    @classmethod
    async def async_upsert_all(
        cls,
        rows: AsyncGiven,
        *,
        unique_by: "str | Expression[Any] | Columns | None" = None,
        update: Update = None,
        returning: Literal[True],
        batch: int | None = None,
        progress: Progress | None = None,
        timeout: float | None = None,
    ) -> list[Any]: ...
    @overload
    @classmethod
    async def async_upsert_all(
        cls,
        rows: AsyncGiven,
        *,
        unique_by: "str | Expression[Any] | Columns | None" = None,
        update: Update = None,
        returning: Columns,
        batch: int | None = None,
        progress: Progress | None = None,
        timeout: float | None = None,
    ) -> list[dict[str, Any]]: ...
    @classmethod
    async def async_upsert_all(
        cls,
        rows: Any,
        *,
        unique_by: "str | Expression[Any] | Columns | None" = None,
        update: Update = None,
        returning: "Literal[True] | Columns | None" = None,
        batch: int | None = None,
        progress: Progress | None = None,
        timeout: float | None = None,
    ) -> Any:
        """Insert many rows, and update those that are there already, all or none; how many were given.

        Rows are known by the columns `unique_by`, which are the primary key if it is not said, or a unique index. Of a row that
        is there, all other columns that the rows name get their new values; with `update=["name"]` these do, with
        `update={"hits": Page.hits + excluded(Page.hits)}` each gets its value, and with `update=()` nothing is done to it.
        Rows are written one after the other: of two that name the same row, the later one finds what the first has made.

        The rest is as in `insert_all`; with `returning=` and `update=()`, a row that was left as it was has None in its place.
        """
        with bounded(timeout, "upsert_all"):
            intake = await cls._intake("upsert_all", rows, batch, exact=True)
            mapper = cls.__mapper__
            database = mapper.database()
            real = intake.table
            if mapper.is_declared:
                # the database may have keys that the model does not declare
                real = await database.catalog.table(mapper.table_name, mapper.schema_name)
            upsert = Upsert.read(intake, real, mapper.source, unique_by, update)
            writing = Writing(
                mapper,
                intake,
                returning=returning,
                conflict=lambda given: upsert.conflict(given, database.dialect, returning=returning is not None),
                batch=batch,
                progress=progress,
            )
            await writing.run(rows, apart=upsert.by)
        return writing.count if returning is None else writing.answers

    @overload
    @classmethod
    def upsert_all(
        cls,
        rows: Given,
        *,
        unique_by: "str | Expression[Any] | Columns | None" = None,
        update: Update = None,
        returning: None = None,
        batch: int | None = None,
        progress: Progress | None = None,
        timeout: float | None = None,
    ) -> int: ...
    @overload
    @classmethod
    def upsert_all(
        cls,
        rows: Given,
        *,
        unique_by: "str | Expression[Any] | Columns | None" = None,
        update: Update = None,
        returning: Literal[True],
        batch: int | None = None,
        progress: Progress | None = None,
        timeout: float | None = None,
    ) -> list[Any]: ...
    @overload
    @classmethod
    def upsert_all(
        cls,
        rows: Given,
        *,
        unique_by: "str | Expression[Any] | Columns | None" = None,
        update: Update = None,
        returning: Columns,
        batch: int | None = None,
        progress: Progress | None = None,
        timeout: float | None = None,
    ) -> list[dict[str, Any]]: ...
    @classmethod
    def upsert_all(
        cls,
        rows: Any,
        *,
        unique_by: "str | Expression[Any] | Columns | None" = None,
        update: Update = None,
        returning: "Literal[True] | Columns | None" = None,
        batch: int | None = None,
        progress: Progress | None = None,
        timeout: float | None = None,
    ) -> Any:
        """Insert many rows, and update those that are there already, all or none; how many were given."""
        _refuse_async("upsert_all", rows)
        verb = _untold(cls.async_upsert_all)
        return runtime.run_blocking(
            lambda: verb(
                rows,
                unique_by=unique_by,
                update=update,
                returning=returning,
                batch=batch,
                progress=progress,
                timeout=timeout,
            ),
            "upsert_all",
        )

    @classmethod
    async def _intake(cls, verb: str, rows: AsyncGiven, batch: int | None, *, exact: bool = False) -> Intake:
        check_rows(verb, rows)
        if batch is not None and (not isinstance(batch, int) or isinstance(batch, bool) or batch < 1):
            raise QueryError(f"{verb}: batch= is a number of rows, one or more")
        table = await cls.__mapper__.table()
        refuse_view(table)
        names = {key: name for name, key in cls.__mapper__.attributes.items()}
        return Intake(verb, table, names=names, defaults=cls._defaults(table), exact=exact)

    @classmethod
    def _defaults(cls, table: Table) -> dict[str, Callable[[], Any]]:
        """What makes values for columns that a row leaves out."""
        found = {name: getattr_static(cls, key) for name, key in cls.__mapper__.attributes.items()}
        return {
            name: column.new_value
            for name, column in found.items()
            if isinstance(column, Column) and column.default is not None and name in table.columns
        }


def _untold(verb: Any) -> Callable[..., Coroutine[Any, Any, Any]]:
    """A verb without its overloads: which one is meant was decided by the caller of its twin."""
    found: Callable[..., Coroutine[Any, Any, Any]] = verb
    return found


def _refuse_async(verb: str, rows: object) -> None:
    if isinstance(rows, AsyncIterable):
        raise UsageError(f"{verb} takes rows that are there: an asynchronous iterable goes to async_{verb}")
