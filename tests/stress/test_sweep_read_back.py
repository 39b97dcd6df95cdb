"""Cancelled at each of its suspensions, a save that reads its row back in a transaction is done as a whole or not at all."""

from dataclasses import replace
from pathlib import Path

import pytest

from activerecord.database import database
from activerecord.sql.cache import StatementCache
from activerecord.testing.runners import Runner
from activerecord.testing.sweep import Report
from tests.feature.cells import Cell
from tests.stress.places import FILES, LOOPS, SERVERS, configure
from tests.stress.scenes import Insert, Nested, Queueing, Scene, Transaction, Update
from tests.stress.test_sweep import swept

pytestmark = [pytest.mark.stress, pytest.mark.timeout(60)]

# Not PostgreSQL: it tells of keys that it has made by RETURNING alone. MariaDB stands for MySQL here, and not under uvloop,
# where it does what it does under asyncio.
CELLS = [
    (loop, cell)
    for loop in LOOPS
    for cell in [*FILES, *SERVERS]
    if cell.place == "file" or (cell.engine == "mysql" and loop.name != "uvloop")
]


async def swept_without_returning(scene: Scene) -> Report:
    dialect = await database().settle()
    database().statements = StatementCache(replace(dialect, returning=frozenset()))
    return await swept(scene)


@pytest.mark.parametrize("scene", [Insert, Update, Transaction, Nested, Queueing], ids=lambda scene: scene.__name__)
@pytest.mark.parametrize(("loop", "cell"), CELLS, ids=lambda part: getattr(part, "name", str(part)))
def test_sweep(loop: Runner, cell: Cell, scene: type[Scene], tmp_path: Path) -> None:
    configure(cell, tmp_path)
    report = loop.run(lambda: swept_without_returning(scene()))
    assert not report.violations, "\n".join(map(str, report.violations[:5]))
    assert report.points and report.outcomes["cancelled"], "it was never cancelled"
