"""Tests that need the machine for themselves, in a run of several processes: the others wait meanwhile."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["turn"]


@contextmanager
def turn(folder: Path, *, alone: bool) -> Generator[None]:
    """A test's turn: beside those of other processes that use the same folder, or with none of them.

    Nobody starves: who wants to be alone waits inside the gate, and nobody else comes in until they have been.
    """
    room = _opened(folder / "room")
    try:
        gate = _opened(folder / "gate")
        try:
            fcntl.lockf(gate, fcntl.LOCK_EX)
            fcntl.lockf(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        finally:
            os.close(gate)
        yield
    finally:
        os.close(room)


def _opened(path: Path) -> int:
    """The locks are the process's and not the file's: a forked child that lives on keeps nobody out."""
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
