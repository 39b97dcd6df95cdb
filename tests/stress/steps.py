"""One task in an event loop of a thread of its own, which takes steps from outside: a program that is run line by line."""

from collections.abc import Callable, Coroutine, Generator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, TypeVar

import anyio
from anyio.from_thread import BlockingPortal

__all__ = ["Steps", "taking_steps"]

T = TypeVar("T")
Step = tuple[Callable[[], Coroutine[Any, Any, Any]], "Future[Any]"]

_PATIENCE = 30  # seconds; a step that takes longer hangs


class Steps:
    """All steps are of one task, so that what one puts into the context is there for the next."""

    def __init__(self, portal: BlockingPortal) -> None:
        self._portal = portal
        self._send, self._receive = anyio.create_memory_object_stream[Step]()

    def take(self, step: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What the step returns, or raises."""
        answer: Future[T] = Future()
        self._portal.call(self._send.send, (step, answer))
        return answer.result(_PATIENCE)

    async def work(self) -> None:
        """The task."""
        async with self._receive:
            async for step, answer in self._receive:
                try:
                    answer.set_result(await step())
                except Exception as error:
                    answer.set_exception(error)
                except BaseException as error:
                    answer.set_exception(error)
                    raise

    def end(self) -> None:
        """Let the task end."""
        self._portal.call(self._send.aclose)


@contextmanager
def taking_steps(portal: BlockingPortal) -> Generator[Steps]:
    """A task that takes steps, and ends with the block."""
    steps = Steps(portal)
    task = portal.start_task_soon(steps.work)
    try:
        yield steps
    finally:
        steps.end()
        task.result(_PATIENCE)
