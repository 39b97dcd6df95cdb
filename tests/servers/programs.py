"""Programs of the servers: where they are, and running them as a user that they accept."""

import os
import pwd
import random
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

__all__ = ["Account", "Broken", "Running", "find", "free_port"]

# Below the ports that Linux and macOS give to clients, so that none of those takes it in the meantime.
_PORTS = range(20_000, 32_000)


class Broken(Exception):
    """A server is installed and does not work; with what it said."""


def find(name: str, *folders: str) -> str | None:
    """The path of a program, in the last of the folders that has it, or where programs are."""
    given = [str(path) for folder in folders for path in sorted(Path("/").glob(folder.lstrip("/")))]
    return shutil.which(name, path=os.pathsep.join([*reversed(given), os.environ.get("PATH", os.defpath)]))


def free_port() -> int:
    """A port of the loopback where nobody listens."""
    while True:
        port = random.choice(_PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


@dataclass(frozen=True, slots=True)
class Account:
    """The user as whom servers run: another one for root, whom they refuse, and otherwise the one that there is."""

    uid: int | None = None
    gid: int | None = None

    @classmethod
    def of(cls, *names: str) -> "Account":
        """The first of the users whom this system knows, for root."""
        if os.geteuid():
            return cls()
        known = {entry.pw_name: entry for entry in pwd.getpwall()}
        entry = next(known[name] for name in (*names, "nobody") if name in known)
        return cls(entry.pw_uid, entry.pw_gid)

    def folder(self, path: Path) -> Path:
        """Make a folder of this user's."""
        path.mkdir(mode=0o700)
        self.own(path)
        return path

    def own(self, path: Path) -> None:
        """Make this user the owner."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def start(self, command: Sequence[str], log: Path, **variables: str) -> "subprocess.Popen[bytes]":
        """A program as this user, out of reach of the terminal's signals, writing to a log."""
        with log.open("ab") as output:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                # What the environment says of servers and languages must not change what is tested.
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", **variables},
                user=self.uid,
                group=self.gid,
                extra_groups=None if self.uid is None else [],
                start_new_session=True,
            )

    def run(self, command: Sequence[str], log: Path) -> None:
        """Run a program to its end. Raises Broken with what it said."""
        if self.start(command, log).wait():
            raise Broken(f"{command[0]} failed:\n{tail(log)}")


@dataclass(frozen=True, slots=True)
class Running:
    """A server's process, and the signal that ends it at once: its data are of no more use."""

    process: "subprocess.Popen[bytes]"
    log: Path
    signal: int

    @property
    def command(self) -> Sequence[str]:
        """What it was started with."""
        return cast("Sequence[str]", self.process.args)

    def until(self, ready: Callable[[], bool]) -> None:
        """Wait until it is ready. Raises Broken where it ends before, or takes longer than a minute."""
        end = time.monotonic() + 60
        while not ready():
            if self.process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise Broken(f"{self.process.args!r} did not start:\n{tail(self.log)}")
            time.sleep(0.02)

    def stop(self) -> None:
        """End it."""
        self.process.send_signal(self.signal)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def tail(log: Path) -> str:
    """The end of a log."""
    return log.read_text(errors="replace")[-2000:]
