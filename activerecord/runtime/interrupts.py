"""Ctrl-C in plain sync code: noted while a verb is at work, and let through where the verb waits, or at its end.

An interrupt that is raised between any two instructions would lose a connection that was just borrowed. A second Ctrl-C,
before the first was let through, is raised at once: whoever insists goes first.
"""

import signal
import threading
from collections.abc import Callable
from importlib import import_module
from types import FrameType, TracebackType
from typing import Any, Self

__all__ = ["Hold", "is_held", "is_noted", "is_raised_here", "set_handler", "take"]

# signal.signal takes 6 us, this 0.3, and each verb needs it twice.
_signal = import_module("_signal")
set_handler: Callable[[int, Any], Any] = _signal.signal


class _State:
    """Of the process, as signals are: which thread holds interrupts back, and whether one has come since."""

    thread: int | None = None
    noted: bool = False


class Hold:
    """While it is entered, Ctrl-C is noted instead of raised; what was not let through by then is raised on leaving.

    Only in the main thread, which is where Python handles signals, and only in place of Python's own handler: one of the
    program's may do what it likes. Inside another hold it does nothing.
    """

    __slots__ = ("_is_outermost",)

    def __enter__(self) -> Self:
        self._is_outermost = _State.thread is None and is_raised_here()
        if self._is_outermost:
            set_handler(signal.SIGINT, _note)
            _State.thread = threading.get_ident()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._is_outermost:
            _State.thread = None
            set_handler(signal.SIGINT, signal.default_int_handler)
            if take():
                raise KeyboardInterrupt


def _note(_number: int, _frame: FrameType | None) -> None:
    if take():
        raise KeyboardInterrupt
    _State.noted = True


def is_raised_here() -> bool:
    """Whether Ctrl-C comes to the running thread, by Python's own handler."""
    return (
        threading.get_ident() == threading.main_thread().ident
        and _signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )


def is_held() -> bool:
    """Whether the running thread holds interrupts back, so that whoever waits in it must look for them."""
    return _State.thread == threading.get_ident()


def is_noted() -> bool:
    """Whether an interrupt waits to be let through by the running thread."""
    return _State.noted and is_held()


def take() -> bool:
    """Whether there was an interrupt to let through: who is told so raises it."""
    noted, _State.noted = _State.noted, False
    return noted
