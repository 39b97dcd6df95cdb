"""What a forked child must do with what it has inherited: forget it without closing it, since it is the parent's."""

import os
from collections.abc import Callable
from typing import Any

__all__ = ["bury", "is_inherited", "on_fork", "process"]

_process = [os.getpid()]
_callbacks: list[Callable[[], object]] = []
_buried: list[Any] = []


def process() -> int:
    """This process's id, without a system call."""
    return _process[0]


def on_fork(callback: Callable[[], object]) -> None:
    """Have `callback` called in every child that is forked from now on."""
    _callbacks.append(callback)


def is_inherited(process_of_making: int) -> bool:
    """Whether something belongs to the parent. Asks the system: at a fork finalisers run before any callback does."""
    return process_of_making != os.getpid()


def bury(inherited: Any) -> None:
    """Keep something for ever.

    Were it collected, the finalisers of its sockets and selectors would act on the parent's: an epoll set, for one, is
    shared by both.
    """
    _buried.append(inherited)


def _after_in_child() -> None:
    _process[0] = os.getpid()
    for callback in _callbacks:
        callback()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_in_child)
