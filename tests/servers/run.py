"""One run of tests, of one process or of many: its folder, and the servers that live as long as it does."""

import atexit
import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import IO, Any

from tests.servers.keeper import OWNER, state_file
from tests.servers.server import Server

__all__ = ["GIVEN", "VARIABLE", "at_end", "begin", "end", "folder", "missing", "server"]

# Names the folder of the run to its other processes.
VARIABLE = "ACTIVERECORD_TEST_RUN"

# Name a server that is there already.
GIVEN = {"postgresql": "ACTIVERECORD_TEST_POSTGRES", "mysql": "ACTIVERECORD_TEST_MYSQL"}

_ROOT = Path(__file__).parents[2]

# The log of the process that keeps the servers; it is there once somebody has started that.
KEEPER = "keeper"

# The process that began the run, and the file whose lock says that it lives.
_owned: list[tuple[int, IO[bytes]]] = []

# What each process does at its end, before the servers go: a forked child has its parent's, which are none of its.
_last: list[tuple[int, Callable[[], object]]] = []


def begin() -> None:
    """Make this process the one whose end is the end of the servers, unless a process above it is already."""
    if VARIABLE in os.environ and Path(os.environ[VARIABLE]).is_dir():
        return
    place = Path(tempfile.mkdtemp(prefix="activerecord-"))
    # The servers' users go through, and see nothing.
    place.chmod(0o711)
    file = (place / OWNER).open("ab")
    # Unlike flock's, this lock does not outlive us in a child that was forked.
    fcntl.lockf(file, fcntl.LOCK_EX)
    _owned.append((os.getpid(), file))
    os.environ[VARIABLE] = str(place)
    atexit.register(end)


def at_end(work: Callable[[], object]) -> None:
    """Do this when this process ends its part in the run: not later, when Python starts no more threads."""
    _last.append((os.getpid(), work))


def end() -> None:
    """Do what this process has left for its end. Then, if it began the run, end the servers and wait until they are gone."""
    with ExitStack() as stack:
        for process, work in _last:
            if process == os.getpid():
                stack.callback(work)
        _last.clear()
    # A forked child that ends is not the end of the run.
    if not _owned or _owned[0][0] != os.getpid():
        return
    place = Path(os.environ.pop(VARIABLE))
    started = (place / KEEPER).exists()
    _owned.pop()[1].close()
    server.cache_clear()
    limit = time.monotonic() + 30
    while started and place.exists() and time.monotonic() < limit:
        time.sleep(0.02)
    shutil.rmtree(place, ignore_errors=True)


def folder() -> Path:
    """The folder that the processes of this run share."""
    begin()
    return Path(os.environ[VARIABLE])


def missing() -> list[str]:
    """The engines that somebody of this run has asked for in vain, for none is installed."""
    asked = [engine for engine in GIVEN if (folder() / f"{engine}.asked").exists()]
    states = {engine: state_file(folder(), engine) for engine in asked}
    return [engine for engine, path in states.items() if path.exists() and json.loads(path.read_text()) is None]


@cache
def server(engine: str) -> Server | None:
    """The server of an engine, None where none is installed. It is started if need be; that takes two seconds.

    Raises RuntimeError where it cannot be started.
    """
    (folder() / f"{engine}.asked").touch()
    if url := os.environ.get(GIVEN[engine]):
        return Server.of(engine, url)
    _start_once()
    state = _wait(engine)
    if state is not None and "failed" in state:
        raise RuntimeError(f"the {engine} of the tests does not start:\n{state['failed']}")
    return Server(**state) if state else None


def _start_once() -> None:
    log = folder() / KEEPER
    with (folder() / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not log.exists():
            with log.open("wb") as output:
                _start(output)


def _start(log: IO[bytes]) -> None:
    subprocess.run(
        [sys.executable, "-m", "tests.servers.keeper", str(folder())],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        cwd=_ROOT,
        start_new_session=True,
        check=True,
    )


def _wait(engine: str) -> dict[str, Any] | None:
    path, limit = state_file(folder(), engine), time.monotonic() + 90
    while not path.exists():
        if time.monotonic() > limit:
            raise RuntimeError(f"the {engine} of the tests has not started:\n{(folder() / KEEPER).read_text()}")
        time.sleep(0.02)
    state: dict[str, Any] | None = json.loads(path.read_text())
    return state
