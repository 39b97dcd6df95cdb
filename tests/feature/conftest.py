"""Every feature test runs on each runner and on each database."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from activerecord import ActiveRecord, close
from activerecord.database import databases, forget
from activerecord.runtime import host
from activerecord.testing.leaks import Footprint
from activerecord.testing.runners import RUNNERS, Runner
from tests.feature.cells import CELLS, Cell, chosen
from tests.feature.loading import copies_given_back

T = TypeVar("T")
Run = Callable[[Callable[[], Coroutine[Any, Any, T]]], T]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test runs on all databases, or on those that its marks `engines` and `places` name."""
    if "cell" in metafunc.fixturenames:
        engines, places = (_named(metafunc, mark) for mark in ("engines", "places"))
        metafunc.parametrize("cell", chosen(engines, places), ids=str, indirect=True)


def _named(metafunc: pytest.Metafunc, mark: str) -> tuple[str, ...]:
    found = metafunc.definition.get_closest_marker(mark)
    return found.args if found else ()


@pytest.fixture(params=RUNNERS.values(), ids=lambda runner: runner.name)
def runner(request: pytest.FixtureRequest) -> Runner:
    """One way to run coroutine functions; `sync` drives them without a loop, as the sync verbs do."""
    found: Runner = request.param
    return found


@pytest.fixture(params=[each for each in RUNNERS.values() if each.name != "sync"], ids=lambda runner: runner.name)
def async_runner(request: pytest.FixtureRequest) -> Runner:
    """The same for what needs two tasks, or a loop."""
    found: Runner = request.param
    return found


@pytest.fixture
def some_runner(cell: Cell) -> Runner:
    """One of them, another one on each database: for tests of data, which pass through every loop alike."""
    some = [RUNNERS[name] for name in ("asyncio", "trio", "sync") if name in RUNNERS]
    return some[CELLS.index(cell) % len(some)]


@pytest.fixture
def some_async_runner(cell: Cell) -> Runner:
    """The same with two tasks or a loop."""
    some = [RUNNERS[name] for name in ("asyncio", "trio", "uvloop") if name in RUNNERS]
    return some[CELLS.index(cell) % len(some)]


@pytest.fixture
def run(runner: Runner) -> Run[Any]:
    return runner.run


@pytest.fixture
def cell(request: pytest.FixtureRequest) -> Cell:
    """The database of the test: its engine, its driver, its place."""
    found: Cell = request.param
    return found


@pytest.fixture
def engine(cell: Cell) -> str:
    """ "sqlite", "postgresql" or "mysql"."""
    return cell.engine


@pytest.fixture
def driver(cell: Cell) -> str:
    return cell.driver


@pytest.fixture
def database_url(cell: Cell, tmp_path: Path) -> str:
    """The URL of an empty database."""
    return cell.url(tmp_path)


@pytest.fixture
def configured(database_url: str) -> str:
    """The default connection, configured; the name of its URL."""
    ActiveRecord.configure(database_url)
    return database_url


@pytest.fixture(scope="session", autouse=True)
def warm() -> None:
    """What a thread or a loop's library opens once and keeps (a private loop, uvloop's pipe) is no leak of any test."""

    async def through_a_host() -> None:
        # A name of a host is looked up in a thread of the loop's.
        await host(asyncio_only=True).call(asyncio.to_thread(int))

    for runner in RUNNERS.values():
        runner.run(through_a_host)


@pytest.fixture(autouse=True)
def samples_given_back() -> Iterator[None]:
    """Copies of the sample databases go to later tests."""
    with copies_given_back():
        yield


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """Each test ends its connections, and leaves no thread and no descriptor behind."""
    before = Footprint.now()
    yield
    close()
    forget(list(databases()))
    assert not before.leaked()
