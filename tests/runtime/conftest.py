"""Runs each test of the runtime where it applies, and watches what it leaves behind."""

import gc
import threading
from collections.abc import Generator
from typing import Any

import pytest

from tests.runtime.places import ASYNC_PLACES, ASYNCIO_LOOPS, EVERYWHERE, LOOPS, PLACES, Place, Runner


@pytest.fixture(params=LOOPS.values(), ids=list(LOOPS))
def run(request: pytest.FixtureRequest) -> Runner:
    runner: Runner = request.param
    return runner


@pytest.fixture(params=ASYNCIO_LOOPS.values(), ids=list(ASYNCIO_LOOPS))
def run_asyncio(request: pytest.FixtureRequest) -> Runner:
    runner: Runner = request.param
    return runner


@pytest.fixture(params=EVERYWHERE.values(), ids=list(EVERYWHERE))
def run_anywhere(request: pytest.FixtureRequest) -> Runner:
    runner: Runner = request.param
    return runner


@pytest.fixture(params=PLACES, ids=str)
def place(request: pytest.FixtureRequest) -> Place:
    place: Place = request.param
    return place


@pytest.fixture(params=ASYNC_PLACES, ids=str)
def async_place(request: pytest.FixtureRequest) -> Place:
    place: Place = request.param
    return place


@pytest.fixture(autouse=True)
def nothing_left() -> Generator[None, Any, None]:
    """No thread outlives its test, and nothing collected late complains in another's."""
    before = set(threading.enumerate())
    yield
    gc.collect()
    left = [thread for thread in threading.enumerate() if thread not in before and not is_trios(thread)]
    for thread in left:
        thread.join(2)
    assert not [thread for thread in left if thread.is_alive()]


def is_trios(thread: threading.Thread) -> bool:
    """trio keeps the threads of a guest run for a while, to use them again."""
    return thread.name.startswith("Trio thread")
