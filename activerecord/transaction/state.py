"""How far a scope has come, and whether anything may still be sent in it."""

from collections.abc import Hashable
from enum import Enum

from activerecord import runtime
from activerecord.errors import TransactionClosed, UsageError

__all__ = ["Outcome", "State"]


class Outcome(Enum):
    """How a transaction ended, or that it has not."""

    OPEN = "open"
    COMMITTED = "committed"
    ROLLED_BACK = "rolled_back"
    UNKNOWN = "unknown"


class State:
    """One scope's.

    `dead` is what has ended the transaction before its time, in all its scopes; where that is not `decided`, what was done
    before may have been kept. `aborted` is the failure after which the server takes no more in this scope, but may go on
    in the one around it.
    """

    def __init__(self, opened_at: str) -> None:
        self.opened_at = opened_at
        self.outcome = Outcome.OPEN
        self.entered = False
        self.identity: Hashable = None
        self.task: Hashable = None
        self.dead: BaseException | None = None
        self.aborted: BaseException | None = None
        self.decided = True
        self.wants_rollback = False

    def enter(self) -> None:
        """Belong to the running task, once."""
        if self.entered:
            raise UsageError(f"a transaction is entered once: this one was opened at {self.opened_at}")
        self.entered = True
        self.identity = runtime.run_identity()
        self.task = runtime.running_task()

    def die(self, cause: BaseException, *, decided: bool = True) -> None:
        """Let nothing follow."""
        if self.dead is None:
            self.dead, self.decided = cause, decided

    @property
    def cause(self) -> BaseException | None:
        """What keeps the scope from being kept, if anything does."""
        return self.dead or self.aborted

    def is_open(self) -> bool:
        """Whether it was entered, and not left."""
        return self.entered and self.outcome is Outcome.OPEN

    def is_left_behind(self) -> bool:
        """Whether it was left, though the running task, which opened it, has not noticed."""
        return self.outcome is not Outcome.OPEN and self.task == runtime.running_task()

    def is_elsewhere(self) -> bool:
        """Whether it belongs to another event loop or thread than the running one."""
        return self.identity != runtime.run_identity()

    def check_open(self) -> None:
        """Raise TransactionClosed where it was left, or not entered."""
        if not self.is_open():
            now = self.outcome.value.replace("_", " ") if self.entered else "not entered yet"
            raise TransactionClosed(f"{self} is {now}")

    def check(self) -> None:
        """Raise TransactionClosed, or UsageError, where nothing may be sent in the scope."""
        self.check_open()
        if self.wants_rollback:
            raise TransactionClosed(f"{self} is to be rolled back: leave it")
        if self.dead is not None:
            raise TransactionClosed(
                f"{self} has ended ({type(self.dead).__name__}): leave it, and begin again"
            ) from self.dead
        if self.aborted is not None:
            raise TransactionClosed(
                f"{self} takes no more statements after one that failed ({type(self.aborted).__name__}): leave it. What may "
                f"fail alone belongs in a nested transaction"
            ) from self.aborted
        if self.is_elsewhere():
            raise UsageError(f"{self} belongs to another event loop or thread; its connection cannot be used from here")

    def ended_early(self) -> TransactionClosed:
        """What is raised where the scope was to be kept and cannot be."""
        kept = "nothing of it is kept" if self.decided else "nobody can tell whether what was done before is kept"
        ended = TransactionClosed(f"{self} has ended before its time, and {kept}")
        ended.__cause__ = self.cause
        return ended

    def __str__(self) -> str:
        return f"the transaction opened at {self.opened_at}"
