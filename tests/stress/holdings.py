"""What a program holds on to between two operations: its threads, its descriptors and its tasks, by kind."""

import asyncio
import re
import time
from collections import Counter

from activerecord import runtime
from activerecord.runtime import backend, host
from activerecord.testing.leaks import Footprint

__all__ = ["Holdings"]

# Seconds within which a thread that was told to end must have ended, and a task be over.
PATIENCE = 2.0

# Threads of the loop's own, which it starts for the names of hosts and keeps.
_LOOPS_OWN = ("asyncio_", "Trio thread")

# SQLite cannot close a file without taking the locks away that other connections of the process have on it, and so keeps it
# open until these are given back; the log beside the file tells as well. At the end of a test all must be closed.
_KEPT = ".db"


class Holdings:
    """What there was when this was made. All connections that a pool may have must be open then."""

    def __init__(self, *, asyncio_only: bool) -> None:
        self._asyncio_only = asyncio_only
        self._before = self._held()

    async def fault(self) -> str | None:
        """What there is more of now, and stays: a sentence, or None. It is told once."""
        until = time.monotonic() + PATIENCE
        while more := self._held() - self._before:
            if time.monotonic() > until:
                self._before += more
                return f"left over: {', '.join(more.elements())}"
            await runtime.sleep(0.001)
        return None

    def _held(self) -> Counter[str]:
        now = Footprint.now()
        threads = [_kind(name) for name in now.threads.elements() if not name.startswith(_LOOPS_OWN)]
        tasks = len(asyncio.all_tasks()) if backend() == "asyncio" else _tasks(inner=self._asyncio_only)
        descriptors = [_kind(name) for name in now.descriptors.elements() if not name.endswith(_KEPT)]
        return Counter([*threads, *descriptors, *["task"] * tasks])


def _kind(name: str) -> str:
    """Threads are numbered, in the order in which they were started."""
    return re.sub(r"\d+", "#", name)


def _tasks(*, inner: bool) -> int:
    """How many tasks trio has, and with them those of the loop that drivers have there."""
    import trio  # optional dependency

    loop: asyncio.AbstractEventLoop | None = getattr(host(asyncio_only=True), "loop", None) if inner else None
    return trio.lowlevel.current_statistics().tasks_living + (0 if loop is None else len(asyncio.all_tasks(loop)))
