"""A block that is broken off when it takes too long, under any loop and under none."""

import math
from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import Self

import anyio

from activerecord.errors import UsageError
from activerecord.runtime.backend import backend
from activerecord.runtime.identity import running_task
from activerecord.runtime.thread_deadline import Expired, ThreadDeadline

__all__ = ["Deadline", "deadline"]


class Deadline:
    """Breaks its block off after so many seconds, and then raises what `late()` makes. Entered once.

    Under a loop it is a cancel scope: a cancellation that is the caller's goes on as such, and an error or a result that
    came in time stands. In plain sync code the same is said to whatever waits for a driver, a lock or a while. A driver
    must not open one inside its own coroutines: under asyncio those may be moved to another task, which a scope cannot
    follow.
    """

    __slots__ = ("_late", "_scope", "_seconds", "_task", "_thread")

    def __init__(self, seconds: float, late: Callable[[], Exception]) -> None:
        self._seconds = seconds
        self._late = late
        self._scope: anyio.CancelScope | None = None
        self._task: Hashable = None
        self._thread: ThreadDeadline | None = None

    def __enter__(self) -> Self:
        if self._scope is not None or self._thread is not None:
            raise UsageError("a deadline is entered once: make another")
        if backend() is None:
            self._thread = ThreadDeadline(self._seconds)
            self._thread.enter()
        else:
            self._task = running_task()
            self._scope = anyio.CancelScope(deadline=anyio.current_time() + self._seconds)
            self._scope.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        if self._scope is not None:
            self._check_task(self._scope)
            answered = self._scope.__exit__(kind, error, traceback)
            was_broken_off = self._scope.cancelled_caught
        else:
            assert self._thread is not None
            self._thread.leave()
            answered, was_broken_off = None, isinstance(error, Expired) and error.deadline is self._thread
        if was_broken_off:
            raise self._late() from error
        return answered

    def _check_task(self, scope: anyio.CancelScope) -> None:
        if self._task != running_task():
            # it can only be left where it was entered; there at least it is never to ring
            scope.deadline = math.inf
            raise UsageError(
                "a deadline, or a transaction with a timeout, was left by another task than the one that entered it: do not "
                "`yield` inside one in a generator"
            )


def deadline(seconds: float | None) -> AbstractContextManager[object]:
    """A block that is broken off by TimeoutError when it takes longer; None: never. See `Deadline`."""
    if seconds is None:
        return nullcontext()
    return Deadline(seconds, lambda: TimeoutError(f"it took longer than {seconds:g} s"))
