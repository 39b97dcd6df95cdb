"""Every feature test runs on each runner, with each driver, on a file and in memory."""

from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from activerecord import ActiveRecord, close
from activerecord.database import databases, forget
from activerecord.runtime import host
from activerecord.testing.leaks import Footprint
from activerecord.testing.runners import RUNNERS, Runner

T = TypeVar("T")
Run = Callable[[Callable[[], Coroutine[Any, Any, T]]], T]

DRIVERS = ("sqlite3", "aiosqlite")
PLACES = ("file", "memory")


@pytest.fixture(params=RUNNERS.values(), ids=lambda runner: runner.name)
def runner(request: pytest.FixtureRequest) -> Runner:
    """One way to run coroutine functions; `sync` drives them without a loop, as the sync verbs do."""
    found: Runner = request.param
    return found


@pytest.fixture
def run(runner: Runner) -> Run[Any]:
    return runner.run


@pytest.fixture(params=DRIVERS)
def driver(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(params=PLACES)
def database_url(request: pytest.FixtureRequest, driver: str, tmp_path: Path) -> str:
    where = ":memory:" if request.param == "memory" else tmp_path / "test.db"
    return f"sqlite+{driver}:///{where}"


@pytest.fixture
def configured(database_url: str) -> str:
    """The default connection, configured; the name of its URL."""
    ActiveRecord.configure(database_url)
    return database_url


@pytest.fixture(scope="session", autouse=True)
def warm() -> None:
    """What a thread or a loop's library opens once and keeps (a private loop, uvloop's pipe) is no leak of any test."""

    async def nothing() -> None: ...

    async def through_a_host() -> None:
        await host(asyncio_only=True).call(nothing())

    for runner in RUNNERS.values():
        runner.run(through_a_host)


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """Each test ends its connections, and leaves no thread and no descriptor behind."""
    before = Footprint.now()
    yield
    close()
    forget(list(databases()))
    assert not before.leaked()
