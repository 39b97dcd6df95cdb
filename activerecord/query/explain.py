"""The verb that asks the engine how it means to run a query."""

from collections.abc import Sequence
from typing import TypeVar

from activerecord import runtime
from activerecord.bounds import bounded
from activerecord.driver import Row
from activerecord.query.joined import Joined
from activerecord.sql.dialect import Dialect
from activerecord.sql.plan import Explain, Plan

__all__ = ["Explains", "plan_of"]

R = TypeVar("R")


class Explains(Joined[R]):
    """The verb `explain` and its twin."""

    __slots__ = ()

    async def async_explain(self, *, analyze: bool = False, timeout: float | None = None) -> Plan:
        """How the engine means to run the query as `all` would: `EXPLAIN SELECT ...`. `print(plan)` shows its steps as a tree.

        With `analyze` the query is run, and the plan tells what each step came to as well. Raises NotSupported where
        the engine has no such thing (SQLite).
        """
        database = self._mapper.database()

        async def attempt() -> list[Row]:
            prepared = await self._prepare_records()
            return (await database.fetch(Explain(prepared.select, analyze=analyze), prepared.tables))[1]

        with bounded(timeout, "explain"):
            rows = await database.catalog.again_if_altered(attempt)
        return plan_of(database.dialect, rows, analyzed=analyze)

    explain = runtime.blocking(async_explain)


def plan_of(dialect: Dialect, rows: Sequence[Row], *, analyzed: bool) -> Plan:
    """What the rows of an EXPLAIN tell."""
    explaining = dialect.explaining
    assert explaining is not None
    text, root = explaining.read(rows)
    return Plan(root, text, analyzed)
