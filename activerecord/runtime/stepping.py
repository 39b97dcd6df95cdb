"""Drive a coroutine from inside another, so that what is thrown into it can be seen before it arrives."""

from asyncio import CancelledError
from collections.abc import Callable, Coroutine, Generator
from types import coroutine
from typing import Any, TypeVar

__all__ = ["stepped"]

T = TypeVar("T")


@coroutine
def stepped(
    work: Coroutine[Any, Any, T],
    *,
    error: BaseException | None = None,
    leave: Callable[[CancelledError], bool] | None = None,
    paused: Callable[[], object] | None = None,
    resumed: Callable[[Any], object] | None = None,
) -> Generator[Any, Any, T]:
    """Await `work`, beginning by throwing `error` into it if there is one.

    `leave` is asked about each CancelledError of asyncio: if it says yes, the work is left where it is, suspended, and
    what is returned means nothing. `paused` is called each time that the work suspends, `resumed` with what wakes it.
    """
    step: Callable[[Any], Any] = work.send if error is None else work.throw
    argument: Any = error
    while True:
        try:
            waits_for = step(argument)
        except StopIteration as done:
            value: T = done.value
            return value
        if paused is not None:
            paused()
        try:
            argument, step = (yield waits_for), work.send
        except GeneratorExit:
            work.close()
            raise
        except BaseException as thrown:  # noqa: BLE001  # thrown on into the work
            if leave is not None and isinstance(thrown, CancelledError) and leave(thrown):
                return None  # type: ignore[return-value]
            argument, step = thrown, work.throw
        if resumed is not None:
            resumed(argument)
