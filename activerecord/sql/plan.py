"""How an engine means to run a query, or has run it: a plan, as a tree of steps."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from activerecord.sql.node import Node

__all__ = ["Explain", "Explaining", "Plan", "PlanStep"]


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One step of a plan, in the engine's own words, with the steps that it takes its rows from.

    `target` is the table, or its alias, that it reads, `index` the index that it reads it by. `rows` and `cost` are what the
    engine expects, `cost` in units of its own and with that of the steps below. `actual_rows` and `time` (milliseconds, with
    the steps below) are what it came to, all rounds of a loop together. None where the engine does not tell.
    """

    operation: str
    target: str | None = None
    index: str | None = None
    details: tuple[str, ...] = ()
    rows: float | None = None
    cost: float | None = None
    actual_rows: float | None = None
    time: float | None = None
    is_full_scan: bool = False
    """Whether it reads every row of a table, and by no index."""
    children: tuple["PlanStep", ...] = ()

    def __str__(self) -> str:
        """The step alone, in one line."""
        words = [self.operation, f"on {self.target}" if self.target else "", f"by {self.index}" if self.index else ""]
        figures = ", ".join(f"{name} {value:.6g}" for name, value in self._figures() if value is not None)
        told = f"({figures})" if figures else ""
        return " ".join(filter(None, [*words, told, f"[{'; '.join(self.details)}]" if self.details else ""]))

    def _figures(self) -> tuple[tuple[str, float | None], ...]:
        return ("rows", self.rows), ("cost", self.cost), ("actual rows", self.actual_rows), ("ms", self.time)

    def steps(self) -> Iterator["PlanStep"]:
        """This step and all below it, from the top down."""
        yield self
        for child in self.children:
            yield from child.steps()

    def lines(self) -> Iterator[str]:
        """The tree as text, line by line."""
        yield str(self)
        for number, child in enumerate(self.children, 1):
            is_last = number == len(self.children)
            first, *others = child.lines()
            yield f"{'└─ ' if is_last else '├─ '}{first}"
            yield from [f"{'   ' if is_last else '│  '}{line}" for line in others]


@dataclass(frozen=True, slots=True)
class Plan:
    """How an engine means to run a query; once it was `analyzed`, how it has run it. `print(plan)` shows the tree.

    `text` is what the engine said itself: JSON on PostgreSQL and MariaDB, lines of text on SQLite and MySQL.
    """

    root: PlanStep
    text: str = field(repr=False)
    analyzed: bool = False

    def __str__(self) -> str:
        return "\n".join(self.root.lines())

    def steps(self) -> Iterator[PlanStep]:
        """All steps, from the top down."""
        return self.root.steps()

    @property
    def full_scans(self) -> tuple[str, ...]:
        """The tables, or their aliases, of which every row is read."""
        return tuple([step.target or "" for step in self.steps() if step.is_full_scan])

    @property
    def is_full_scan(self) -> bool:
        """Whether every row of some table is read."""
        return bool(self.full_scans)

    @property
    def indexes(self) -> tuple[str, ...]:
        """The indexes that are read, each once."""
        return tuple(dict.fromkeys(step.index for step in self.steps() if step.index))

    @property
    def uses_index(self) -> bool:
        """Whether an index is read."""
        return bool(self.indexes)


class Explaining(NamedTuple):
    """How one engine is asked for a plan: the words before the query, and what reads the rows of the answer.

    `read` gives the engine's own text and the topmost step. `analyze` are the words that run the query too; empty where
    the engine has none.
    """

    words: str
    read: Callable[[Sequence[Sequence[Any]]], tuple[str, PlanStep]]
    analyze: str = ""


class Explain(Node, parts=("query",)):
    """A query that is asked for its plan. To `analyze` it is to run it."""

    __slots__ = ("analyze", "query")

    def __init__(self, query: Node, *, analyze: bool = False) -> None:
        self.query = query
        self.analyze = analyze
        super().__init__(("explain", analyze, query.shape), query.binds)
