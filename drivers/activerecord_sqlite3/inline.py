"""Short reads in the thread of whoever asks, a loop's even: which texts are trusted with it, and for how long."""

import sqlite3
import time
from collections.abc import Callable

from activerecord.driver import Binds, Row
from activerecord_sqlite3.errors import RAISED, is_interrupt

__all__ = ["Inline"]

# Seconds that a read may hold its caller's loop, and within which it must have run elsewhere before.
BUDGET, SHORT = 200e-6, 100e-6

# How often in a row it must have been so short, and how often again once it was not.
TRIALS, PENALTY = 3, 100

# Instructions of SQLite's virtual machine between two looks at the clock, some microseconds; and rows.
STEP, SLICE = 200, 50

# Texts that are known; a program with more of them does not repeat itself.
_MOST = 1000


class Inline:
    """The reads of one connection that may run inline.

    A read has no effect, so one that fails, or takes too long, is stopped and may be run again elsewhere.
    """

    __slots__ = ("_ends", "_is_late", "_trials")

    def __init__(self) -> None:
        self._trials: dict[str, int] = {}
        self._ends = 0.0
        self._is_late = False

    def trusts(self, sql: str) -> bool:
        """Whether a text has shown itself short."""
        return self._trials.get(sql, 0) >= TRIALS

    def note(self, sql: str, seconds: float) -> None:
        """Hear how long a text took."""
        if seconds > SHORT:
            self._trials[sql] = TRIALS - PENALTY
        elif (trials := self._trials.get(sql, 0)) < TRIALS:
            if len(self._trials) >= _MOST:
                self._trials.clear()
            self._trials[sql] = trials + 1

    def fetch(
        self, raw: sqlite3.Connection, sql: str, binds: Binds, usual: Callable[[], bool], every: int
    ) -> list[Row] | None:
        """The rows of a query; None where it failed or took longer than its budget.

        Meanwhile the connection's `usual` progress handler, called `every` so many instructions, is replaced.
        """
        began = time.perf_counter()
        self._ends, self._is_late = began + BUDGET, False
        raw.set_progress_handler(self._is_over, STEP)
        try:
            rows = self._rows(raw.execute(sql, binds))
        except RAISED as error:
            if is_interrupt(error) and not self._is_late:
                # sqlite3 swallows what a signal's handler raises in the progress handler
                raise KeyboardInterrupt from None
            rows = None
        finally:
            raw.set_progress_handler(usual, every)
        seconds = time.perf_counter() - began
        if rows is None or seconds > BUDGET:
            self.note(sql, BUDGET + seconds)
        return rows

    def _rows(self, cursor: sqlite3.Cursor) -> list[Row] | None:
        rows: list[Row] = cursor.fetchmany(SLICE)
        more = len(rows) == SLICE
        while more:
            if self._is_over():
                # the statement would hold its read lock
                cursor.close()
                return None
            piece = cursor.fetchmany(SLICE)
            rows += piece
            more = len(piece) == SLICE
        return rows

    def _is_over(self) -> bool:
        self._is_late = self._is_late or time.perf_counter() > self._ends
        return self._is_late
