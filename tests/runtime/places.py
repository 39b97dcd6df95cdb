"""The places that a test of the runtime runs in: every kind of loop, none at all, and each kind of driver's host."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import anyio
import trio
import uvloop

from activerecord.runtime import Host, host, run_blocking, sleep
from activerecord.runtime.stepping import stepped

T = TypeVar("T")
Body = Callable[[], Coroutine[Any, Any, T]]


class Runner(Protocol):
    """Runs a coroutine function to its end, in a loop of its own or none."""

    def __call__(self, body: Body[T], /) -> T: ...


def on_asyncio(body: Body[T]) -> T:
    return asyncio.run(body())


def on_uvloop(body: Body[T]) -> T:
    return uvloop.run(body())


def on_eager_tasks(body: Body[T]) -> T:
    async def main() -> T:
        asyncio.get_running_loop().set_task_factory(vars(asyncio)["eager_task_factory"])  # since 3.12
        return await asyncio.get_running_loop().create_task(body())

    return asyncio.run(main())


def on_trio(body: Body[T]) -> T:
    return trio.run(body)


def on_nothing(body: Body[T]) -> T:
    return run_blocking(body, "test")


LOOPS: dict[str, Runner] = {"asyncio": on_asyncio, "uvloop": on_uvloop, "trio": on_trio}
if sys.version_info >= (3, 12):
    LOOPS["eager"] = on_eager_tasks
ASYNCIO_LOOPS = {name: runner for name, runner in LOOPS.items() if name != "trio"}
EVERYWHERE: dict[str, Runner] = {**LOOPS, "direct": on_nothing}


@dataclass(frozen=True)
class Place:
    """A runner, and which host a driver asks for in it."""

    name: str
    run: Runner
    asyncio_only: bool

    @property
    def is_asyncio(self) -> bool:
        return self.name in ASYNCIO_LOOPS

    @property
    def is_direct(self) -> bool:
        return self.name == "direct"

    def host(self) -> Host:
        return host(asyncio_only=self.asyncio_only)

    async def nap(self, seconds: float) -> None:
        """What a driver of this kind waits with."""
        await (asyncio.sleep(seconds) if self.asyncio_only else sleep(seconds))

    def __str__(self) -> str:
        return f"{self.name}-{'asyncio driver' if self.asyncio_only else 'neutral driver'}"


PLACES = [Place(name, run, only) for name, run in EVERYWHERE.items() for only in (True, False)]
ASYNC_PLACES = [place for place in PLACES if not place.is_direct]


async def struck_by_scope(body: Body[Any], after: float = 0.02) -> bool:
    """Run `body` in a scope that is cancelled so long after it began to wait; whether the cancellation came out of it."""
    with anyio.CancelScope() as scope:

        def arm() -> None:
            # not before: on a busy machine the time could be over before the work has begun
            scope.deadline = min(scope.deadline, anyio.current_time() + after)

        await stepped(body(), paused=arm)
    return scope.cancelled_caught


async def struck_natively(body: Body[Any], after: float = 0.02, *, times: int = 1) -> bool:
    """Run `body` in an asyncio task that is cancelled so many times; whether the cancellation came out of it."""
    task = asyncio.ensure_future(body())
    for _ in range(times):
        await asyncio.sleep(after)
        task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        return True
    return False


async def struck_twice_over(body: Body[Any], after: float = 0.02) -> bool:
    """By a scope and then natively."""

    async def scoped() -> None:
        with anyio.move_on_after(after):
            await body()

    return await struck_natively(scoped, after * 1.5)


STRIKES = {"scope": struck_by_scope, "native": struck_natively}
