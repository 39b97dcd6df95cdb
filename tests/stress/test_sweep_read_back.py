"""Cancelled at each of its suspensions, a save that reads its row back in a transaction is done as a whole or not at all."""

from dataclasses import replace
from pathlib import Path

import pytest

from activerecord import ActiveRecord
from activerecord.database import database
from activerecord.sql.cache import StatementCache
from activerecord.sql.dialects import SQLITE
from activerecord.testing.runners import Runner
from tests.stress.scenes import Insert, Nested, Queueing, Scene, Transaction, Update
from tests.stress.test_sweep import LOOPS, swept

pytestmark = [pytest.mark.stress, pytest.mark.timeout(60)]


@pytest.mark.parametrize("scene", [Insert, Update, Transaction, Nested, Queueing], ids=lambda scene: scene.__name__)
@pytest.mark.parametrize("driver", ["sqlite3", "aiosqlite"])
@pytest.mark.parametrize("loop", LOOPS, ids=lambda loop: loop.name)
def test_sweep(loop: Runner, driver: str, scene: type[Scene], tmp_path: Path) -> None:
    settings = "synchronous=off&max_size=2&acquire_timeout=2&lock_timeout=2"
    ActiveRecord.configure(f"sqlite+{driver}:///{tmp_path / 'test.db'}?{settings}")
    database().statements = StatementCache(replace(SQLITE, returning=frozenset()))
    report = loop.run(lambda: swept(scene()))
    assert not report.violations, "\n".join(map(str, report.violations[:5]))
    assert report.points and report.outcomes["cancelled"], "it was never cancelled"
