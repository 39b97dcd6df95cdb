"""How long something may take: a block of the program's, a verb, a statement."""

from contextlib import AbstractContextManager, nullcontext

from activerecord import runtime
from activerecord.errors import DeadlineExceeded, UsageError

__all__ = ["bounded", "deadline"]

_NO_LIMIT = nullcontext()


def deadline(seconds: float) -> AbstractContextManager[object]:
    """A block that takes at most so many seconds: a plain `with`, under any loop and in plain sync code.

    Raises DeadlineExceeded where it takes longer: the verb under way is stopped in the database as by a cancellation,
    and a transaction inside is rolled back. An error or a result that came in time stands, and a COMMIT that has begun is
    seen to its end. Of nested ones the earliest counts. In plain sync code only what this library waits for is broken
    off. Raises UsageError for what is no number above zero. Do not `yield` inside one in a generator.
    """
    given = _checked(seconds, "deadline")
    return runtime.Deadline(
        given, lambda: DeadlineExceeded(f"the block took longer than its deadline of {given:g} s, and was stopped")
    )


def bounded(seconds: float | None, what: str) -> AbstractContextManager[object]:
    """A block that takes at most so many seconds, and raises DeadlineExceeded, which says what took longer; None: no limit."""
    if seconds is None:
        return _NO_LIMIT
    given = _checked(seconds, "timeout")
    return runtime.Deadline(
        given, lambda: DeadlineExceeded(f"{what} took longer than its timeout of {given:g} s, and was stopped")
    )


def _checked(seconds: float, name: str) -> float:
    try:
        # bool is a number to Python, and no time to anyone
        given = -1.0 if isinstance(seconds, bool | str | bytes) else float(seconds)
    except (TypeError, ValueError, OverflowError):
        given = -1.0
    if not given > 0:
        raise UsageError(f"{name} takes seconds, a number above zero")
    return given
