"""Seeing each suspension of the asyncio tasks that are started in the running loop, or in the loop that drivers have under trio."""

import asyncio
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from typing import Any

from activerecord.runtime import host

__all__ = ["tasks_seen"]


@contextmanager
def tasks_seen(see: Callable[[object], object]) -> Generator[None]:
    """Call `see(awaited)` whenever a task that is started within the block is about to suspend on `awaited`."""
    loop = _loop()
    before = loop.get_task_factory()
    watching = True

    def seen(awaited: object) -> None:
        if watching:
            see(awaited)

    def start(loop: asyncio.AbstractEventLoop, work: Any, **how: Any) -> Any:
        return (before or _task)(loop, _Seen(work, seen), **how)

    loop.set_task_factory(start)
    try:
        yield
    finally:
        watching = False
        loop.set_task_factory(before)


def _loop() -> asyncio.AbstractEventLoop:
    """The loop that drivers' tasks run in. Under trio it is their host's own."""
    own: asyncio.AbstractEventLoop | None = getattr(host(asyncio_only=True), "loop", None)
    return own or asyncio.get_running_loop()


def _task(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any], **how: Any) -> "asyncio.Task[Any]":
    return asyncio.Task(work, loop=loop, **how)


class _Seen(Coroutine[Any, Any, Any]):
    """A coroutine that tells what it is about to wait for."""

    __slots__ = ("_see", "_work")

    def __init__(self, work: Coroutine[Any, Any, Any], see: Callable[[object], object]) -> None:
        self._work = work
        self._see = see

    def __getattr__(self, name: str) -> Any:
        # anyio asks coroutines whether they have begun.
        return getattr(self._work, name)

    def send(self, value: Any) -> Any:
        """See `Coroutine.send`."""
        return self._told(self._work.send(value))

    def throw(self, *error: Any) -> Any:
        """See `Coroutine.throw`."""
        return self._told(self._work.throw(*error))

    def close(self) -> None:
        """See `Coroutine.close`."""
        self._work.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        raise NotImplementedError("a task steps its coroutine by itself")

    def _told(self, awaited: object) -> object:
        self._see(awaited)
        return awaited
