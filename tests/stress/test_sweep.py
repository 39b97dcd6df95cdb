"""Cancelled at each of its suspensions, no verb loses a connection, a row, or the cancellation."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from activerecord import ActiveRecord, runtime
from activerecord.database import database
from activerecord.testing.runners import RUNNERS, Runner
from activerecord.testing.sweep import Outcome, Report, sweep
from tests.stress.scenes import SCENES, Scene
from tests.stress.soundness import fault

pytestmark = [pytest.mark.stress, pytest.mark.timeout(60)]

LOOPS = [RUNNERS[name] for name in ("asyncio", "uvloop", "trio") if name in RUNNERS]


async def swept(scene: Scene) -> Report:
    """Cancel the scene's operation in every way, and judge each time."""
    await scene.build()
    await scene.prepare()
    lost: list[str] = []

    async def operation() -> Any:
        value = await scene.act()
        task = asyncio.current_task() if runtime.backend() == "asyncio" else None
        if task is not None and task.cancelling():
            lost.append("the cancellation was swallowed")
        return value

    async def judge(outcome: Outcome) -> str | None:
        wrong = str(outcome.error) if outcome.kind == "raised" else None
        wrong = wrong or (lost.pop() if lost else None)
        wrong = wrong or await fault(database()) or await scene.wrong(outcome) or await fault(database())
        await scene.prepare()
        return wrong

    return await sweep(operation, judge)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
@pytest.mark.parametrize("place", ["file", "memory"])
@pytest.mark.parametrize("driver", ["sqlite3", "aiosqlite"])
@pytest.mark.parametrize("loop", LOOPS, ids=lambda loop: loop.name)
def test_sweep(loop: Runner, driver: str, place: str, scene: type[Scene], tmp_path: Path) -> None:
    target = ":memory:" if place == "memory" else tmp_path / "test.db"
    settings = "synchronous=off&max_size=2&acquire_timeout=2&lock_timeout=2"
    ActiveRecord.configure(f"sqlite+{driver}:///{target}?{settings}")
    report = loop.run(lambda: swept(scene()))
    assert not report.violations, "\n".join(map(str, report.violations[:5]))
    assert report.points and report.outcomes["cancelled"], "it was never cancelled"
