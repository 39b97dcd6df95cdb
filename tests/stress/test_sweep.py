"""Cancelled at each of its suspensions, no verb loses a connection, a row, or the cancellation."""

import asyncio
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from activerecord import runtime
from activerecord.database import database
from activerecord.testing.runners import Runner
from activerecord.testing.sweep import Outcome, Report, sweep
from tests.feature.cells import Cell
from tests.stress.places import LOOPS, PLACES, configure
from tests.stress.scenes import BRIEFLY, ON_SERVERS, SCENES, Scene
from tests.stress.soundness import fault
from tests.stress.watching import Watch, watching

pytestmark = [pytest.mark.stress, pytest.mark.timeout(60)]


async def swept(scene: Scene) -> Report:
    """Cancel the scene's operation in every way, and judge each time."""
    await scene.build()
    async with watching(database()) as watch:
        return await _swept(scene, watch)


async def _swept(scene: Scene, watch: Watch) -> Report:
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
        wrong = wrong or (lost.pop() if lost else None) or await watch.fault()
        wrong = wrong or await fault(database()) or await scene.wrong(outcome) or await fault(database())
        await scene.prepare()
        return wrong

    return await sweep(operation, judge, tasks=database().driver.asyncio_only)


def _cells() -> Iterator[tuple[Runner, Cell, type[Scene]]]:
    """Every scene on every loop, except on servers under uvloop: there what differs from asyncio is enough."""
    for loop, cell in product(LOOPS, PLACES):
        on_server = BRIEFLY if loop.name == "uvloop" else ON_SERVERS
        for scene in on_server if cell.place == "server" else SCENES:
            yield loop, cell, scene


@pytest.mark.parametrize(
    ("loop", "cell", "scene"),
    [pytest.param(*cell, id="-".join((cell[0].name, str(cell[1]), cell[2].__name__))) for cell in _cells()],
)
def test_sweep(loop: Runner, cell: Cell, scene: type[Scene], tmp_path: Path) -> None:
    configure(cell, tmp_path)
    report = loop.run(lambda: swept(scene()))
    assert not report.violations, "\n".join(map(str, report.violations[:5]))
    assert report.points and report.outcomes["cancelled"], "it was never cancelled"
