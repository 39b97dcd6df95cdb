"""The ways to run a program: each kind of event loop, and none."""

import asyncio
import gc
import signal
import sys
import threading
from collections.abc import Callable, Coroutine, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, TypeVar

import anyio

from activerecord.runtime import backend, run_blocking

__all__ = ["MANNERS", "RUNNERS", "Manner", "Runner", "cut_short", "interrupting"]

T = TypeVar("T")
Make: TypeAlias = Callable[[], Coroutine[Any, Any, Any]]

# task: `Task.cancel()`, once. scope: a cancelled scope of anyio, which asks again at every await. interrupt: Ctrl-C.
Manner: TypeAlias = Literal["task", "scope", "interrupt"]


@dataclass(frozen=True, slots=True)
class Runner:
    """One way to run coroutine functions. `manners` are the ways in which a call can be cut short there."""

    name: str
    start: Callable[[Make], Any]
    manners: tuple[Manner, ...]

    def run(self, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What the coroutine that `make` makes returns, in a loop that begins and ends with this call."""
        result: T = self.start(make)
        return result


def _on_asyncio(make: Make) -> Any:
    with asyncio.Runner() as runner:
        return runner.run(make())


def _on_uvloop(make: Make) -> Any:
    import uvloop  # optional dependency

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(make())


def _on_eager_tasks(make: Make) -> Any:
    if sys.version_info < (3, 12):
        raise NotImplementedError("eager tasks came with Python 3.12")
    with asyncio.Runner() as runner:
        runner.get_loop().set_task_factory(asyncio.eager_task_factory)
        return runner.run(make())


def _on_trio(make: Make) -> Any:
    import trio  # optional dependency

    return trio.run(make)


def _without_a_loop(make: Make) -> Any:
    return run_blocking(make, "run")


def _available() -> Mapping[str, Runner]:
    runners = [Runner("asyncio", _on_asyncio, ("task", "scope"))]
    if find_spec("uvloop"):
        runners.append(Runner("uvloop", _on_uvloop, ("task", "scope")))
    if sys.version_info >= (3, 12):
        runners.append(Runner("eager", _on_eager_tasks, ("task", "scope")))
    if find_spec("trio"):
        runners.append(Runner("trio", _on_trio, ("scope",)))
    runners.append(Runner("sync", _without_a_loop, ("interrupt",)))
    return MappingProxyType({runner.name: runner for runner in runners})


# What is installed: asyncio, uvloop, eager (asyncio's eager tasks, Python 3.12), trio, sync (no loop).
RUNNERS = _available()

MANNERS: Mapping[Manner, str] = MappingProxyType(
    {"task": "Task.cancel()", "scope": "a cancelled scope", "interrupt": "Ctrl-C"}
)


async def cut_short(work: Callable[[], Coroutine[Any, Any, object]], manner: Manner, *, after: float) -> bool:
    """Run `work()` and cancel it after so many seconds; whether the cancellation came out of it.

    What it raises otherwise is raised.
    """
    if manner == "scope":
        return await _by_scope(work, after)
    if manner == "task":
        return await _by_task(work, after)
    return await _by_interrupt(work, after)


async def _by_scope(work: Callable[[], Coroutine[Any, Any, object]], after: float) -> bool:
    with anyio.move_on_after(after) as scope:
        await work()
    return scope.cancelled_caught


async def _by_task(work: Callable[[], Coroutine[Any, Any, object]], after: float) -> bool:
    task = asyncio.create_task(work())
    await asyncio.wait([task], timeout=after)
    task.cancel()
    await asyncio.wait([task])
    if task.cancelled():
        return True
    task.result()
    return False


async def _by_interrupt(work: Callable[[], Coroutine[Any, Any, object]], after: float) -> bool:
    try:
        with _without_collection(), interrupting(after):
            await work()
    except KeyboardInterrupt:
        return True
    return False


@contextmanager
def _without_collection() -> Generator[None]:
    """Collect garbage now, and not meanwhile: Python swallows an interrupt that falls into a finaliser or a callback of that."""
    enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextmanager
def interrupting(after: float) -> Generator[None]:
    """Press Ctrl-C so many seconds into the block, if it lasts that long. For the main thread."""
    if backend() is not None:
        raise RuntimeError("an event loop has its own way with Ctrl-C: cut short by 'task' or 'scope'")
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(after, _press)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        signal.signal(signal.SIGINT, before)


def _press() -> None:
    main = threading.main_thread().ident
    assert main is not None
    signal.pthread_kill(main, signal.SIGINT)
