"""What we want to be: goals as data, and the figures that a run has for them."""

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.rounds import ROOT, Result

__all__ = ["GOALS", "Goal", "Met", "import_time", "judged", "peers_ahead"]


@dataclass(frozen=True)
class Goal:
    """At most so many times the time of another, in the same work on the same engine; `against` None is an absolute figure."""

    title: str
    most: float
    engine: str
    work: str
    against: tuple[str, str] | None
    ours: tuple[str, str] = ("ours", "asyncio")


@dataclass(frozen=True)
class Met:
    """A goal with its figure, which is None where it was not measured."""

    goal: Goal
    figure: float | None
    spread: float


_SERVERS = {"postgresql": ("asyncpg", "asyncio"), "mariadb": ("asyncmy", "asyncio")}
_EVERY = (
    ("get by key, one task", 1.3, "get"),
    ("get by key, 20 tasks on a pool of 10", 1.0, "get20"),
    ("1,000 rows to objects", 1.35, "objects_1k"),
    ("50,000 rows to objects", 1.35, "objects_50k"),
    ("1,000 rows to dicts", 1.15, "dicts_1k"),
    ("50,000 rows to dicts", 1.15, "dicts_50k"),
    ("1,000 rows to tuples", 1.15, "tuples_1k"),
    ("50,000 rows to tuples", 1.15, "tuples_50k"),
    ("insert of a record", 1.3, "create"),
    ("update of a record", 1.3, "update"),
    ("delete of a record", 1.3, "delete"),
    ("bulk insert of 1,000, keys back", 1.2, "bulk_1k"),
    ("eager load 100 x 10", 1.5, "eager_100"),
    ("eager load 100 x 10 x 3", 1.7, "nested_100"),
)


def _goals() -> Iterator[Goal]:
    for engine, raw in _SERVERS.items():
        for title, most, work in _EVERY:
            yield Goal(title, most, engine, work, raw)
    yield Goal("async get by key, against aiosqlite", 0.3, "sqlite", "get", ("aiosqlite", "asyncio"))
    yield Goal("loop held at p99.9, ms", 1.0, "sqlite", "held", None)
    yield Goal("sync get by key, against sqlite3", 3.0, "sqlite", "get", ("sqlite3", "sync"), ("ours sync", "sync"))
    yield Goal("sync 1,000 rows to objects", 1.5, "sqlite", "objects_1k", ("sqlite3", "sync"), ("ours sync", "sync"))
    for engine in ("postgresql", "sqlite", "mariadb"):
        yield Goal("trio against our asyncio, one task", 1.6, engine, "get", ("ours", "asyncio"), ("ours", "trio"))
        yield Goal("trio against our asyncio, 20 tasks", 1.2, engine, "get20", ("ours", "asyncio"), ("ours", "trio"))


GOALS: tuple[Goal, ...] = tuple(_goals())


def judged(results: Sequence[Result]) -> list[Met]:
    """Each goal, with what was measured."""
    return [_judged(goal, results) for goal in GOALS]


def _judged(goal: Goal, results: Sequence[Result]) -> Met:
    ours = _find(results, goal.engine, goal.work, goal.ours)
    if ours is None or ours.median is None:
        return Met(goal, None, 0.0)
    if goal.against is None:
        return Met(goal, ours.median, ours.spread)
    other = _find(results, goal.engine, goal.work, goal.against)
    if other is None or not other.median:
        return Met(goal, None, 0.0)
    return Met(goal, ours.median / other.median, ours.spread + other.spread)


def _find(results: Sequence[Result], engine: str, work: str, who: tuple[str, str]) -> Result | None:
    wanted = (engine, work, *who)
    return next((each for each in results if (each.engine, each.work, each.contestant, each.loop) == wanted), None)


def peers_ahead(results: Sequence[Result], peers: set[str]) -> list[tuple[Result, float]]:
    """Where a peer was faster than we were on the same loop, with its time as a part of ours."""
    found: list[tuple[Result, float]] = []
    for result in results:
        if result.contestant in peers and result.median is not None:
            ours = _find(results, result.engine, result.work, ("ours", result.loop))
            if ours is not None and ours.median and result.median < ours.median:
                found.append((result, result.median / ours.median))
    return found


def import_time() -> float:
    """Milliseconds that importing the library takes, the median of seven new processes."""
    program = "import time; start = time.perf_counter(); import activerecord; print(time.perf_counter() - start)"
    path = os.pathsep.join([str(ROOT), str(Path(ROOT) / "drivers")])
    environment = {**os.environ, "PYTHONPATH": path}
    # an installed package has its modules compiled
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    taken = [
        subprocess.run(  # noqa: S603  # this program
            [sys.executable, "-c", program],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for _ in range(7)
    ]
    return statistics.median(float(each) for each in taken) * 1000
