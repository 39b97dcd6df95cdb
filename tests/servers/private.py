"""A server for one test alone, which may be killed and started anew."""

import os
import signal
import subprocess
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType

from tests.servers import mariadb, postgresql
from tests.servers.databases import Missing, another
from tests.servers.programs import Running
from tests.servers.server import Server

__all__ = ["Private", "private"]

_ROOMS: dict[str, ModuleType] = {"postgresql": postgresql, "mysql": mariadb}


class Private:
    """A server whose commits outlive its processes."""

    def __init__(self, engine: str, running: Running, server: Server) -> None:
        self._server = server
        self._room, self._running = _ROOMS[engine], running

    def url(self) -> str:
        """The URL of a new database. Blocks."""
        return self._server.url(another(self._server))

    def kill(self) -> None:
        """End all of its processes at once, without a word."""
        main = self._running.process
        # Those of PostgreSQL's are not in its group, and would go on for a moment.
        for number in [*_children(main.pid), main.pid]:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        main.wait()

    def interrupt(self) -> None:
        """What `pg_ctl stop -m immediate` does: it throws out everybody, and tidies nothing up."""
        self._running.process.send_signal(signal.SIGQUIT)
        self._running.process.wait()

    def start(self) -> None:
        """Start it again, with what it had kept. Blocks until it lets clients in."""
        self._running = self._room.again(self._running, self._server)

    def stop(self) -> None:
        """End it for good."""
        if self._running.process.poll() is None:
            self.kill()


def _children(number: int) -> list[int]:
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(number)], capture_output=True, text=True, check=False)
    return [int(word) for word in listed.stdout.split()]


@contextmanager
def private(engine: str, folder: Path) -> Generator[Private]:
    """A server in this folder, for the length of the block. Raises Missing where none is installed."""
    room = _ROOMS[engine]
    program = room.installed()
    if program is None:
        raise Missing(f"no {engine} server is installed")
    # Its user goes through.
    folder.chmod(0o711)
    running, server = room.start(program, folder, folder / "none.pem", room.DURABLE)
    own = Private(engine, running, server)
    try:
        yield own
    finally:
        own.stop()
