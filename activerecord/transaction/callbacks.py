"""What is to be called when a transaction has ended."""

import inspect
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Self, TypeAlias

from activerecord.driver import Connection
from activerecord.errors import UsageError

__all__ = ["Callback", "Callbacks", "Closer", "call_all", "checked"]

Callback: TypeAlias = Callable[[], Awaitable[object] | object]
Closer: TypeAlias = Callable[[Connection], Coroutine[Any, Any, object]]


class Callbacks:
    """The callbacks of one scope: before its end, for either end of it, and what restores records."""

    def __init__(self) -> None:
        self.before_end: list[Closer] = []
        self.after_commit: list[Callback] = []
        self.after_rollback: list[Callback] = []
        self.undoes: list[Callable[[], object]] = []

    def hand_up(self, outer: Self, rolled_back: Callable[[], object]) -> None:
        """Leave everything to the scope around, which decides. `rolled_back` is called if that one is undone."""
        outer.after_commit += self.after_commit
        outer.after_rollback += self.after_rollback
        outer.undoes += [*self.undoes, rolled_back]
        self.after_commit, self.after_rollback, self.undoes = [], [], []

    def restore(self) -> None:
        """Undo what records remember of the scope, the latest first."""
        while self.undoes:
            self.undoes.pop()()


def checked(callback: Callback) -> Callback:
    """The same. Raises UsageError where it cannot be called."""
    if not callable(callback):
        raise UsageError(f"a callback is a function without parameters, plain or async, got {type(callback).__name__}")
    return callback


async def call_all(callbacks: Sequence[Callback], leaving: BaseException | None) -> None:
    """Call them in order, each whatever became of the others.

    `leaving` is what leaves the scope meanwhile: it goes before what a callback raises.
    """
    failures: list[BaseException] = []
    for callback in callbacks:
        try:
            result = callback()
            if inspect.isawaitable(result):
                await result
        except BaseException as failure:  # noqa: BLE001  # one's failure must not keep the others from running
            failures.append(failure)
    _raise(failures, leaving)


def _raise(failures: Sequence[BaseException], leaving: BaseException | None) -> None:
    """Raise what callbacks have raised; beside an error that leaves anyway only a cancellation, and tell of the rest."""
    grave = [failure for failure in failures if not isinstance(failure, Exception)]
    if grave and (leaving is None or isinstance(leaving, Exception)):
        raise grave[0]
    if leaving is not None:
        for failure in failures:
            leaving.add_note(f"a callback of the transaction failed as well: {type(failure).__name__}: {failure}")
    elif failures:
        raise failures[0] if len(failures) == 1 else BaseExceptionGroup("callbacks of a transaction failed", failures)
