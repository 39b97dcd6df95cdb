"""Scopes do what a stack of dicts does, whatever is done to them in whatever order."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from activerecord import ActiveRecord
from activerecord.testing.runners import RUNNERS, Manner
from tests.feature.busy import with_settings
from tests.feature.cells import Cell
from tests.stress.lengths import LONG, length
from tests.stress.machine import Machine, prepare
from tests.stress.places import FILES, SERVERS

pytestmark = [pytest.mark.stress, pytest.mark.timeout(length(bounded=120, long=1200))]

EXAMPLES = length(bounded=30, long=300)
STEPS = length(bounded=20, long=40)

PROFILE = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    # The usual run does the same each time, and the long one looks further.
    derandomize=not LONG,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def _cells() -> Iterator[tuple[str, Manner, Cell]]:
    for cell in (FILES[0], *SERVERS):
        yield "asyncio", "task", cell
        yield "asyncio", "scope", cell
        if "trio" in RUNNERS:
            yield "trio", "scope", cell


@pytest.mark.parametrize(
    ("backend", "manner", "cell"),
    [pytest.param(*cell, id="-".join((cell[0], cell[1], str(cell[2])))) for cell in _cells()],
)
def test_scopes(backend: str, manner: Manner, cell: Cell, tmp_path: Path) -> None:
    url = with_settings(cell.url(tmp_path), max_size=1, acquire_timeout=5, lock_timeout=5)
    ActiveRecord.configure({"default": url, "watcher": url, "killer": url})
    with start_blocking_portal(backend) as portal:
        portal.call(prepare)

        class Bound(Machine):
            """Hypothesis makes one for each example."""

            def __init__(self) -> None:
                super().__init__(portal, manner)

        run_state_machine_as_test(Bound, settings=PROFILE)
