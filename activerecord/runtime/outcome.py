"""What a piece of work came to, as a value: carried from the task that it ran in to the caller that asked for it."""

from asyncio import CancelledError
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from activerecord.errors import ConnectionLost

__all__ = ["Outcome", "captured", "conclude", "foreign"]

T = TypeVar("T")


@dataclass(slots=True)
class Outcome(Generic[T]):
    """A value, or the error that came instead of it. Not frozen, which would cost as much as all else of its making."""

    value: T | None = None
    error: BaseException | None = None


async def captured(work: Awaitable[T]) -> Outcome[T]:
    """Await `work` and never raise: an interrupt or an exit is its caller's, and would end the loop that it went through."""
    try:
        return Outcome(value=await work)
    except GeneratorExit:
        raise
    except BaseException as error:  # noqa: BLE001  # raised in the caller
        return Outcome(error=error)


def conclude(
    outcome: Outcome[T] | None, cancellation: BaseException | None, orphan: Callable[[T], object] | None = None
) -> T:
    """What a call gives to its caller. `outcome` is None where the work was given up; `cancellation` is the caller's.

    Without a cancellation the work's answer stands. With one the cancellation is raised, from the error that came
    of it if any; a value that arrived all the same goes to `orphan`. An interrupt or exit of the work's own goes on.
    """
    if cancellation is None:
        if outcome is not None and outcome.error is None:
            return cast(T, outcome.value)
        raise _failure(outcome)
    cause = _cause(outcome, cancellation)
    if cause is None and outcome is not None and outcome.error is None and orphan is not None:
        try:
            orphan(cast(T, outcome.value))
        except Exception as error:  # noqa: BLE001  # told as the cause
            cause = error
    if cause is None:
        raise cancellation
    if not isinstance(cause, Exception):
        raise cause
    raise cancellation from cause


def foreign(error: BaseException) -> ConnectionLost:
    """The error for a CancelledError that none of the callers asked for."""
    lost = ConnectionLost("the driver cancelled its own call; its connection cannot be trusted any more")
    lost.__cause__ = error
    return lost


def _failure(outcome: Outcome[Any] | None) -> BaseException:
    if outcome is None or outcome.error is None:
        return _given_up()
    return foreign(outcome.error) if isinstance(outcome.error, CancelledError) else outcome.error


def _cause(outcome: Outcome[T] | None, cancellation: BaseException) -> BaseException | None:
    """What is to be told beside the cancellation; nothing if the work merely ended with it."""
    if outcome is None:
        return _given_up()
    error = outcome.error
    return None if error is cancellation or isinstance(error, (CancelledError, type(cancellation))) else error


def _given_up() -> ConnectionLost:
    return ConnectionLost(
        "the driver's call did not end, though its connection was terminated; it is no longer waited for"
    )
