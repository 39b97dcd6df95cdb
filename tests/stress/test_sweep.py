"""Cancelled at each of its suspensions, no verb loses a connection, a row, or the cancellation."""

import asyncio
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from activerecord import runtime
from activerecord.database import database
from activerecord.testing.runners import Runner
from activerecord.testing.sweep import Outcome, Report, sweep
from tests.feature.cells import Cell
from tests.stress.holdings import Holdings
from tests.stress.lengths import LONG
from tests.stress.places import LOOPS, PLACES, configure
from tests.stress.scenes import BRIEFLY, IN_MEMORY, ON_SERVERS, SCENES, Scene
from tests.stress.soundness import ended, fault
from tests.stress.watching import Watch, watching

pytestmark = [pytest.mark.stress, pytest.mark.timeout(60)]


async def swept(scene: Scene) -> Report:
    """Cancel the scene's operation in every way, and judge each time."""
    await scene.build()
    async with watching(database()) as watch:
        return await _Sweep(scene, watch).run()


class _Sweep:
    """One scene's operation, cancelled again and again, and what is looked at after each time."""

    def __init__(self, scene: Scene, watch: Watch) -> None:
        self._scene = scene
        self._watch = watch
        self._holdings: Holdings
        self._ended = 0
        self._swallowed = False

    async def run(self) -> Report:
        assert await fault(database()) is None
        # With all connections open, more than which there must never be.
        self._holdings = Holdings(asyncio_only=database().driver.asyncio_only)
        await self._scene.prepare()
        self._ended = await ended(database())
        return await sweep(self._operation, self._judge, tasks=database().driver.asyncio_only, enough=5)

    async def _operation(self) -> Any:
        value = await self._scene.act()
        task = asyncio.current_task() if runtime.backend() == "asyncio" else None
        self._swallowed = task is not None and task.cancelling() > 0
        return value

    async def _judge(self, outcome: Outcome) -> str | None:
        wrong = await self._fault(outcome)
        await self._scene.prepare()
        return wrong

    async def _fault(self, outcome: Outcome) -> str | None:
        if outcome.kind == "raised":
            return f"{type(outcome.error).__name__}: {outcome.error}"
        if self._swallowed:
            self._swallowed = False
            return "the cancellation was swallowed"
        return (
            await self._watch.fault()
            or await fault(database(), self._watch)
            or await self._scene.wrong(outcome)
            or await self._holdings.fault()
            or await self._given_up()
        )

    async def _given_up(self) -> str | None:
        """A connection that can be kept is kept, for one since its statement was stopped on the server."""
        before, self._ended = self._ended, await ended(database())
        more = self._ended - before if self._scene.keeps else 0
        return f"{more} connection(s) were ended" if more > 0 else None


def _cells() -> Iterator[tuple[Runner, Cell, type[Scene]]]:
    for loop, cell in product(LOOPS, PLACES):
        for scene in _scenes(loop, cell):
            yield loop, cell, scene


def _scenes(loop: Runner, cell: Cell) -> Iterable[type[Scene]]:
    """All of them, but where uvloop does what asyncio does only those in which a loop could matter, for every day."""
    if loop.name == "uvloop" and cell.place != "file" and not LONG:
        return BRIEFLY if cell.place == "server" else [scene for scene in BRIEFLY if scene in IN_MEMORY]
    return {"server": ON_SERVERS, "file": SCENES, "memory": IN_MEMORY}[cell.place]


@pytest.mark.parametrize(
    ("loop", "cell", "scene"),
    [pytest.param(*cell, id="-".join((cell[0].name, str(cell[1]), cell[2].__name__))) for cell in _cells()],
)
def test_sweep(loop: Runner, cell: Cell, scene: type[Scene], tmp_path: Path) -> None:
    played = scene()
    played.url = configure(cell, tmp_path, **scene.settings)
    report = loop.run(lambda: swept(played))
    assert not report.violations, "\n".join(map(str, report.violations))
    assert report.points and report.outcomes["cancelled"], "it was never cancelled"
