"""What a process holds on to: its threads and its open descriptors, before and after."""

import gc
import os
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Footprint"]

# Where Linux lists the open descriptors of a process; on others only threads are counted.
_FOLDER = Path("/proc/self/fd")


@dataclass(frozen=True, slots=True)
class Footprint:
    """The names of the threads and the targets of the descriptors of this process at one moment."""

    threads: Counter[str]
    descriptors: Counter[str]

    @classmethod
    def now(cls) -> "Footprint":
        """What there is now."""
        return cls(Counter(thread.name for thread in threading.enumerate()), Counter(_descriptors()))

    def grown(self) -> list[str]:
        """What there is now that was not there then, a line each."""
        now = Footprint.now()
        return [
            *(f"thread {name}" for name in (now.threads - self.threads).elements()),
            *(f"descriptor {name}" for name in (now.descriptors - self.descriptors).elements()),
        ]

    def leaked(self, *, within: float = 2.0) -> list[str]:
        """What is there that was not there then, and does not go away within so many seconds. Blocks."""
        end = time.monotonic() + within
        while self.grown() and time.monotonic() < end:
            # A thread ends a moment after it is told to.
            time.sleep(0.005)
        if self.grown():
            gc.collect()
        return self.grown()


def _descriptors() -> list[str]:
    """What each open descriptor leads to. The one that lists them has gone by the time it is looked at."""
    if not _FOLDER.is_dir():
        return []
    targets: list[str] = []
    for name in os.listdir(_FOLDER):  # noqa: PTH208  # the descriptor of `iterdir` is in its own list
        with suppress(OSError):
            targets.append(_kind(os.readlink(_FOLDER / name)))  # noqa: PTH115  # pathlib reads `pipe:[1]` as a path
    return targets


def _kind(target: str) -> str:
    """`socket:[1234]` is a socket whichever it is; a file is called by its path."""
    return target if target.startswith("/") else target.partition(":")[0]
