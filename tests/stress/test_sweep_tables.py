"""Cancelled at each of its suspensions, the making of tables makes all of them or none, rolled back or dropped again."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from activerecord import ActiveRecord, Column, async_create_tables, async_drop_tables, column
from activerecord.database import database
from activerecord.sql.cache import StatementCache
from activerecord.sql.dialects import SQLITE
from activerecord.testing.runners import Runner
from activerecord.testing.sweep import Outcome, Report, sweep
from tests.stress.soundness import fault
from tests.stress.test_sweep import LOOPS

pytestmark = [pytest.mark.stress, pytest.mark.timeout(60)]


class Farm(ActiveRecord):
    __table_name__ = "farms"
    id: Column[int] = column(primary_key=True)


class Barn(ActiveRecord):
    __table_name__ = "barns"
    id: Column[int] = column(primary_key=True)
    farm_id: Column[int] = column(references="farms.id", index=True)


async def swept() -> Report:
    async def act() -> Any:
        await async_create_tables(Barn, Farm)

    async def judge(outcome: Outcome) -> str | None:
        found = await database().execute_text(
            "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite%' ORDER BY name"
        )
        names = [name for (name,) in found.rows]
        whole = names == ["barns", "farms", "ix_barns_farm_id"]
        wrong = await fault(database())
        await async_drop_tables(Barn, Farm)
        return wrong or (None if whole or (outcome.kind == "cancelled" and not names) else f"{outcome.kind}: {names}")

    return await sweep(act, judge)


@pytest.mark.parametrize("driver", ["sqlite3", "aiosqlite"])
@pytest.mark.parametrize("transactional", [True, False], ids=["rolled back", "dropped again"])
@pytest.mark.parametrize("loop", LOOPS, ids=lambda loop: loop.name)
def test_sweep(loop: Runner, driver: str, transactional: bool, tmp_path: Path) -> None:
    settings = "synchronous=off&max_size=2&acquire_timeout=2&lock_timeout=2"
    ActiveRecord.configure(f"sqlite+{driver}:///{tmp_path / 'test.db'}?{settings}")
    database().statements = StatementCache(replace(SQLITE, transactional_ddl=transactional))
    report = loop.run(swept)
    assert not report.violations, "\n".join(map(str, report.violations[:5]))
    assert report.points and report.outcomes["cancelled"], "it was never cancelled"
