"""Counting the statements that are sent: `assert_queries(2, database)` around a feature keeps it at two."""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from typing import Protocol

from activerecord.database import Observer
from activerecord.errors import UsageError

__all__ = ["Observed", "Statements", "assert_queries", "count_queries"]


class Observed(Protocol):
    """A database, which calls each of its observers with the text of each statement."""

    @property
    def observers(self) -> list[Observer]:
        """Who is told, in order. It may grow and shrink at any time."""
        ...


class Statements(list[str]):
    """The texts of the statements that were sent, in order, without their values. Itself an observer."""

    def __call__(self, sql: str) -> None:
        """Write one down."""
        self.append(sql)

    def __str__(self) -> str:
        return "\n".join(f"{number:4} {sql}" for number, sql in enumerate(self, 1)) or "   none"


@contextmanager
def count_queries(*observed: Observed) -> Generator[Statements]:
    """Write down what is sent within the block, by whatever task or thread: `len(statements)` counts them.

    Raises UsageError where no database is given: nothing would ever be counted.
    """
    if not observed:
        raise UsageError("say whose statements are counted: count_queries(database), assert_queries(2, database)")
    statements = Statements()
    with ExitStack() as stack:
        for each in observed:
            each.observers.append(statements)
            stack.callback(_remove, each.observers, statements)
        yield statements


@contextmanager
def assert_queries(expected: int, *observed: Observed) -> Generator[Statements]:
    """Require that exactly so many statements are sent within the block; the AssertionError lists them.

    An error out of the block goes on as it is.
    """
    with count_queries(*observed) as statements:
        yield statements
    if len(statements) != expected:
        raise AssertionError(f"expected {expected} statements, {len(statements)} were sent:\n{statements}")


def _remove(observers: list[Observer], statements: Statements) -> None:
    """By identity: two lists of the same texts are equal."""
    observers[:] = [observer for observer in observers if observer is not statements]
