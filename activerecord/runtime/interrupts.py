"""Ctrl-C in plain sync code: noted while a verb is at work, and let through where the verb waits, or at its end.

An interrupt that is raised between any two instructions would lose a connection that was just borrowed. A second Ctrl-C,
before the first was let through, is raised at once: whoever insists goes first.
"""

import signal
import threading
from collections.abc import Callable
from importlib import import_module
from types import FrameType
from typing import Any

__all__ = ["hold", "is_held", "is_noted", "is_raised_here", "let_go", "set_handler", "take"]

# signal.signal takes 6 us, this 0.3, and each verb needs it twice.
_signal = import_module("_signal")
set_handler: Callable[[int, Any], Any] = _signal.signal
_SIGINT = int(signal.SIGINT)


class _State:
    """Of the process, as signals are: which thread holds interrupts back, and whether one has come since."""

    thread: int | None = None
    noted: bool = False


def hold() -> bool:
    """Have Ctrl-C noted instead of raised from now on, until `let_go`. False, and nothing is done, inside another hold.

    Only in the main thread, which is where Python handles signals, and only in place of Python's own handler: one of the
    program's may do what it likes.
    """
    if _State.thread is not None or not is_raised_here():
        return False
    set_handler(_SIGINT, _note)
    _State.thread = threading.get_ident()
    return True


def let_go() -> None:
    """End what `hold` began. Raises what has come meanwhile and was not let through."""
    _State.thread = None
    set_handler(_SIGINT, signal.default_int_handler)
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
        and _signal.getsignal(_SIGINT) is signal.default_int_handler
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
