"""Records, and values, of SQL that the program wrote itself."""

from typing import Any, Generic, NoReturn, TypeVar

from activerecord import runtime
from activerecord.bounds import bounded
from activerecord.driver import Result, Row
from activerecord.errors import QueryError, RecordNotFound, UsageError
from activerecord.mapper import Mapper
from activerecord.query.execution import loaded, raw_statement, refuse_same_names
from activerecord.query.explain import plan_of
from activerecord.query.paths import flat_paths
from activerecord.schema.table import Table
from activerecord.sql.dialect import Compiled
from activerecord.sql.plan import Explain, Plan
from activerecord.sql.text import Text
from activerecord.strictness import Strictness, checked_strictness

__all__ = ["RawQuery"]

R = TypeVar("R")


class RawQuery(Generic[R]):
    """Records of one model to be, by SQL of the program's own, which is sent as it stands: `User.from_sql("SELECT ...")`.

    Columns of the answer that are called as columns of the model are loaded as those are; the others are attributes
    of the records as well, as the driver gives them. Each verb comes as a pair: `x` for plain sync code, `async_x` to
    await; with `timeout=` it takes at most so many seconds, and raises DeadlineExceeded after that.
    """

    __slots__ = ("_mapper", "_paths", "_strict", "_text")

    def __init__(
        self, mapper: Mapper[R], text: Text, paths: tuple[Any, ...] = (), strict: Strictness | None = None
    ) -> None:
        self._mapper = mapper
        self._text = text
        self._paths = paths
        self._strict: Strictness | None = strict

    def __repr__(self) -> str:
        return f"<RawQuery of {self._mapper.name}>"

    def __bool__(self) -> NoReturn:
        raise UsageError("a query is not its result: `await query.async_all()`, or `query.all()` in plain sync code")

    def with_(self, *paths: Any) -> "RawQuery[R]":
        """Load these relations of the records too, one query each, as `Query.with_` does."""
        return RawQuery(self._mapper, self._text, (*self._paths, *flat_paths(paths)), self._strict)

    def strict_loading(self, mode: Strictness = "raise") -> "RawQuery[R]":
        """Forbid that relations of its records are loaded later, as `Query.strict_loading` does."""
        return RawQuery(self._mapper, self._text, self._paths, checked_strictness(mode, "strict_loading"))

    # records

    async def async_all(self, *, timeout: float | None = None) -> list[R]:
        """All records. Raises QueryError where two columns of the answer have one name, or it has none."""
        with bounded(timeout, "all"):
            return await self._records()

    all = runtime.blocking(async_all)

    async def async_first(self, *, timeout: float | None = None) -> R | None:
        """The first record, or None. All rows are read: the SQL is sent as it stands, and LIMIT is its own."""
        with bounded(timeout, "first"):
            found = await self._records()
        return found[0] if found else None

    first = runtime.blocking(async_first)

    async def async_one(self, *, timeout: float | None = None) -> R:
        """The one record. Raises RecordNotFound for none, QueryError for several."""
        with bounded(timeout, "one"):
            found = await self.async_one_or_none()
        if found is None:
            raise RecordNotFound(f"the SQL gives no {self._mapper.name}")
        return found

    one = runtime.blocking(async_one)

    async def async_one_or_none(self, *, timeout: float | None = None) -> R | None:
        """The one record, None for none. Raises QueryError for several."""
        with bounded(timeout, "one_or_none"):
            found = await self._records()
        if len(found) > 1:
            raise QueryError(f"the SQL gives several records of {self._mapper.name}, where one is expected")
        return found[0] if found else None

    one_or_none = runtime.blocking(async_one_or_none)

    # values

    async def async_dicts(self, *, timeout: float | None = None) -> list[dict[str, Any]]:
        """The rows as dicts, by the names of their columns. Raises QueryError where two have one name."""
        with bounded(timeout, "dicts"):
            names, rows = await self._rows()
        refuse_same_names(names)
        return [dict(zip(names, row, strict=True)) for row in rows]

    dicts = runtime.blocking(async_dicts)

    async def async_tuples(self, *, timeout: float | None = None) -> list[Row]:
        """The rows as tuples."""
        with bounded(timeout, "tuples"):
            return (await self._rows())[1]

    tuples = runtime.blocking(async_tuples)

    async def async_scalars(self, *, timeout: float | None = None) -> list[Any]:
        """The first value of each row."""
        with bounded(timeout, "scalars"):
            return [row[0] for row in (await self._rows())[1]]

    scalars = runtime.blocking(async_scalars)

    async def async_scalar(self, *, timeout: float | None = None) -> Any:
        """The first value of the first row, None where there is no row."""
        with bounded(timeout, "scalar"):
            _, rows = await self._rows()
        return rows[0][0] if rows else None

    scalar = runtime.blocking(async_scalar)

    # the statement itself

    async def async_to_sql(self) -> tuple[str, list[Any]]:
        """The text with the engine's placeholders, and its binds as the driver would get them. Nothing is sent."""
        database = self._mapper.database()
        await database.settle()
        statement = raw_statement(self._text)
        compiled = database.statements.compile(statement, ())
        return compiled.sql, compiled.binds(statement.binds)

    to_sql = runtime.blocking(async_to_sql)

    async def async_explain(self, *, analyze: bool = False, timeout: float | None = None) -> Plan:
        """How the engine means to run the SQL; with `analyze` it is run, with all that it does. Raises NotSupported."""
        database = self._mapper.database()
        with bounded(timeout, "explain"):
            asked = Explain(raw_statement(self._text), analyze=analyze)
            _, rows = await database.fetch(asked, ())
        return plan_of(database.dialect, rows, analyzed=analyze)

    explain = runtime.blocking(async_explain)

    async def _records(self) -> list[R]:
        after = await self._mapper.after_load(self._mapper, self._paths) if self._paths else None
        compiled, rows = await self._answer()
        refuse_same_names(compiled.names)
        records = self._mapper.records(compiled, rows, strict=self._strict)
        if after is not None and records:
            await after(records)
        return records

    async def _rows(self) -> tuple[tuple[str, ...], list[Row]]:
        compiled, rows = await self._answer()
        return compiled.names, loaded(rows, compiled.loads)

    async def _answer(self) -> tuple[Compiled, list[Row]]:
        """The rows as they come, and what their columns are called and go through."""
        database = self._mapper.database()

        async def attempt() -> tuple[Table, Result]:
            table = await self._mapper.table()
            return table, await database.execute(raw_statement(self._text), (table,))

        table, answer = await database.catalog.again_if_altered(attempt)
        if not answer.columns:
            raise QueryError(
                f"the SQL gives no rows to make records of {self._mapper.name} from: activerecord.execute runs it"
            )
        codec = database.dialect.codec
        loads = tuple([codec(table.type_of(name)).load if name in table.columns else None for name in answer.columns])
        return Compiled("", (), (), answer.columns, loads), answer.rows
