"""The sync twins of async verbs."""

from asyncio import events
from collections.abc import Callable, Coroutine
from functools import update_wrapper
from typing import Any, Concatenate, ParamSpec, TypeVar

from activerecord.errors import SyncInLoop
from activerecord.runtime.backend import backend
from activerecord.runtime.by_hand import by_hand
from activerecord.runtime.interrupts import hold, let_go

__all__ = ["blocking", "run_blocking"]

S = TypeVar("S")
P = ParamSpec("P")
T = TypeVar("T")


def blocking(verb: Callable[Concatenate[S, P], Coroutine[Any, Any, T]]) -> Callable[Concatenate[S, P], T]:
    """Make the sync twin of an async method.

    A class body says `all = blocking(async_all)`. The twin looks `async_all` up on the instance, so an override counts, and raises
    SyncInLoop under a running event loop.
    """
    name = verb.__name__
    sync_name = name.replace("async_", "", 1)

    def twin(self: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        async_verb: Callable[P, Coroutine[Any, Any, T]] = getattr(self, name)
        return run_blocking(lambda: async_verb(*args, **kwargs), sync_name)

    update_wrapper(twin, verb)
    twin.__name__ = sync_name
    twin.__qualname__ = verb.__qualname__.replace(name, sync_name)
    return twin


def run_blocking(make: Callable[[], Coroutine[Any, Any, T]], name: str, *, cure: str = "") -> T:
    """Run the coroutine that `make` gives, in plain sync code and in the caller's own context.

    Raises SyncInLoop under a running event loop, naming the cure (unless given, to await the async
    verb); `make` is not called then. `name` is the sync verb's. Ctrl-C is held back meanwhile, but where the verb waits.
    """
    if backend() is not None or events._get_running_loop() is not None:  # a callback has no task
        cure = cure or f"await ... async_{name}()"
        raise SyncInLoop(f"{name}() would block the event loop that runs in this thread: write `{cure}`")
    # no context manager, which would cost half of all this
    is_holding = hold()
    try:
        return by_hand(make())
    finally:
        if is_holding:
            let_go()
