"""Cancelled at each of its suspensions, the making of tables makes all of them or none, rolled back or dropped again."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from activerecord import ActiveRecord, Column, async_create_tables, async_drop_tables, column
from activerecord.database import database
from activerecord.sql.cache import StatementCache
from activerecord.testing.runners import Runner
from activerecord.testing.sweep import Outcome, Report, sweep
from tests.feature.cells import Cell
from tests.stress.places import FILES, LOOPS, SERVERS, configure
from tests.stress.soundness import fault
from tests.stress.watching import Watch, watching

pytestmark = [pytest.mark.stress, pytest.mark.timeout(60)]

# What there is of the two tables, by engine: themselves, and the index.
_NAMES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite%'",
    "postgresql": """
        SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname ~ '^(farms|barns|ix_barns_farm_id)$'
    """,
    "mysql": """
        SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()
        UNION SELECT index_name FROM information_schema.statistics
        WHERE table_schema = DATABASE() AND index_name LIKE 'ix%'
    """,
}


class Farm(ActiveRecord):
    __table_name__ = "farms"
    id: Column[int] = column(primary_key=True)


class Barn(ActiveRecord):
    __table_name__ = "barns"
    id: Column[int] = column(primary_key=True)
    farm_id: Column[int] = column(references="farms.id", index=True)


async def swept(*, transactional: bool) -> Report:
    dialect = await database().settle()
    database().statements = StatementCache(replace(dialect, transactional_ddl=transactional))
    async with watching(database()) as watch:
        return await _swept(watch)


async def _swept(watch: Watch) -> Report:
    async def act() -> Any:
        await async_create_tables(Barn, Farm)

    async def judge(outcome: Outcome) -> str | None:
        wrong = await watch.fault()
        found = await database().execute_text(_NAMES[database().dialect.name])
        names = sorted(name for (name,) in found.rows)
        whole = names == ["barns", "farms", "ix_barns_farm_id"]
        wrong = wrong or await fault(database())
        await async_drop_tables(Barn, Farm)
        return wrong or (None if whole or (outcome.kind == "cancelled" and not names) else f"{outcome.kind}: {names}")

    return await sweep(act, judge, tasks=database().driver.asyncio_only)


# PostgreSQL can do either; what MySQL runs of it is never part of a transaction.
WAYS = [(cell, way) for cell in [*FILES, *SERVERS] for way in (True, False) if cell.engine != "mysql" or not way]


@pytest.mark.parametrize(
    ("cell", "transactional"), WAYS, ids=lambda part: {True: "rolled back", False: "dropped again"}.get(part, str(part))
)
@pytest.mark.parametrize("loop", LOOPS, ids=lambda loop: loop.name)
def test_sweep(loop: Runner, cell: Cell, transactional: bool, tmp_path: Path) -> None:
    configure(cell, tmp_path)
    report = loop.run(lambda: swept(transactional=transactional))
    assert not report.violations, "\n".join(map(str, report.violations[:5]))
    assert report.points and report.outcomes["cancelled"], "it was never cancelled"
