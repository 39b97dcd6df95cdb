"""The process that starts the servers of one run, and ends them when the run has ended, however it did."""

import fcntl
import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path
from types import FrameType

from tests.servers import mariadb, postgresql
from tests.servers.certificates import Certificate
from tests.servers.programs import Running
from tests.servers.server import Server

__all__ = ["OWNER", "main", "state_file"]

# The run holds a lock on this file in the folder as long as it lives.
OWNER = "owner"

_Start = Callable[[str, Path, Path], tuple[Running, Server]]
_STARTS: dict[str, tuple[Callable[[], str | None], _Start]] = {
    "postgresql": (postgresql.installed, postgresql.start),
    "mysql": (mariadb.installed, mariadb.start),
}


def state_file(folder: Path, engine: str) -> Path:
    """Where it is told what became of an engine: the server, or `{"failed": why}`, or null where none is installed."""
    return folder / f"{engine}.json"


def main() -> None:
    """Start the servers in the folder of the first argument, wait for the end of its owner, and remove everything."""
    folder = Path(sys.argv[1])
    # Whoever asked goes on, and has no child to wait for at the end.
    if os.fork():
        os._exit(0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    running: list[Running] = []
    try:
        _start(folder, running)
        _wait(folder / OWNER)
    finally:
        for server in running:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(1)


def _start(folder: Path, running: list[Running]) -> None:
    authority = Certificate.authority(folder)
    with ThreadPoolExecutor() as threads:
        for engine in _STARTS:
            started = threads.submit(_started, engine, folder, authority, running)
            started.add_done_callback(partial(_tell, folder, engine))


def _started(engine: str, folder: Path, authority: Path, running: list[Running]) -> object:
    installed, start = _STARTS[engine]
    program = installed()
    if program is None:
        return None
    process, server = start(program, folder, authority)
    running.append(process)
    return asdict(server)


def _tell(folder: Path, engine: str, done: "Future[object]") -> None:
    error = done.exception()
    state = {"failed": "".join(traceback.format_exception(error))} if error else done.result()
    # Whoever waits sees the whole of it or nothing.
    unfinished = folder / f"{engine}.unfinished"
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(state))
    unfinished.rename(state_file(folder, engine))


def _wait(owner: Path) -> None:
    """Until nobody holds the lock. The kernel takes it from a process that ends, whatever ended it."""
    with owner.open("ab") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)


if __name__ == "__main__":
    main()
