"""The time by which the statement at work must be over."""

import math
import time

from activerecord.errors import StatementTimeout

__all__ = ["Deadline"]


class Deadline:
    """The limit of one connection's statements, in seconds; None is none. SQLite has no such setting of its own."""

    __slots__ = ("_ends", "_limit", "missed")

    def __init__(self, limit: float | None = None) -> None:
        self._limit = limit
        self._ends = math.inf
        self.missed = False

    def begin(self) -> None:
        """A statement begins."""
        self.missed = False
        if self._limit is not None:
            self._ends = time.monotonic() + self._limit

    def over(self) -> bool:
        """Whether the statement has had its time; `missed` keeps the answer."""
        if self._limit is not None and time.monotonic() >= self._ends:
            self.missed = True
        return self.missed

    def error(self, sql: str) -> StatementTimeout:
        """What is raised for a statement that missed it."""
        message = f"the statement took longer than the statement_timeout of {self._limit} s, and was stopped"
        return StatementTimeout(message, sql=sql, code="SQLITE_INTERRUPT")
