"""Which kind of loop the caller runs under, and what that loop is called by."""

import sys
import threading
from asyncio import current_task, events, get_running_loop
from collections.abc import Hashable
from typing import Literal

import sniffio

from activerecord.errors import UsageError

__all__ = ["Backend", "ThreadToken", "adopt_token", "backend", "thread_of", "token"]

Backend = Literal["asyncio", "trio"]


def backend() -> Backend | None:
    """The library whose task is running; None in plain sync code.

    asyncio's own `get_running_loop` will not do: inside a trio that is a guest of asyncio it names the host. Nor does
    sniffio alone: its context variable goes with the context into a thread, where that library does not run.
    """
    if sniffio.thread_local.name is None and sniffio.current_async_library_cvar.get() is None:
        # nobody but asyncio runs without saying so to sniffio, which would find its task too, by ten times the work
        loop = events._get_running_loop()
        return None if loop is None or current_task(loop) is None else "asyncio"
    try:
        library = sniffio.current_async_library()
    except sniffio.AsyncLibraryNotFoundError:
        return None
    if library == "asyncio":
        return "asyncio" if events._get_running_loop() is not None else None
    if library == "trio":
        return "trio" if _in_trio() else _asyncio_after_all()
    raise UsageError(f"the event loop of {library!r} is not supported; run under asyncio or trio")


def _in_trio() -> bool:
    trio = sys.modules.get("trio")  # where it was never imported it cannot run
    return trio is not None and bool(trio.lowlevel.in_trio_run())


def _asyncio_after_all() -> Backend | None:
    """What runs here where trio was only heard of in another thread."""
    return "asyncio" if events._get_running_loop() is not None and current_task() is not None else None


class ThreadToken:
    """Stands for one thread. Idents will not do: they are used again once a thread has ended."""

    __slots__ = ("ident",)

    def __init__(self) -> None:
        self.ident = threading.get_ident()

    def name(self) -> str:
        """What the thread is called, as far as that is known: `threading` knows only those that it started."""
        return next((thread.name for thread in threading.enumerate() if thread.ident == self.ident), str(self.ident))


class _Threads(threading.local):
    """Each thread's own token."""

    def __init__(self) -> None:
        self.token: object = ThreadToken()


_threads = _Threads()


def thread_of(run: Hashable) -> int | None:
    """The ident of the thread that a token stands for; None for that of a loop."""
    return run.ident if isinstance(run, ThreadToken) else None


def adopt_token(thread: object) -> None:
    """Make `thread` the token of this thread again, which is ending and has lost its thread-locals already."""
    _threads.token = thread


def token() -> Hashable:
    """What stands for the running loop: an asyncio loop, a trio token, or in plain sync code an object of the thread."""
    running = backend()
    if running == "asyncio":
        return get_running_loop()
    if running == "trio":
        from trio.lowlevel import current_trio_token  # an optional dependency

        return current_trio_token()
    return _threads.token
