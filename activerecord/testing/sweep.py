"""Cancel an operation at each of its suspensions in turn, and judge what is left behind each time.

    async def judge(outcome): ...                   # a sentence about what is wrong, or None
    report = await sweep(operation, judge)
    assert report.points and not report.violations, report

An operation that is right at one point may lose a connection at the next: only trying all of them tells.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Generator, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from typing import Any, Literal, TypeAlias

import anyio

from activerecord.runtime import backend
from activerecord.testing.ready import when_ready
from activerecord.testing.runners import Manner
from activerecord.testing.steps import tasks_seen

__all__ = ["CancelAt", "Outcome", "Report", "Violation", "sweep"]

# enter: just before the operation suspends. ready: when what it waits for has come, before it is resumed: the moment in
# which a resource is neither here nor there.
Mode: TypeAlias = Literal["enter", "ready"]
Operation: TypeAlias = Callable[[], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an operation ended: it returned a value, raised an error, or let the cancellation out."""

    kind: Literal["returned", "raised", "cancelled"]
    value: Any = None
    error: Exception | None = None


# How often an operation must end before a suspension is believed not to exist: what waits for a thread suspends only if
# the thread is not the quicker.
MISSES = 2

Judge: TypeAlias = Callable[[Outcome], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class Violation:
    """A point at which the judge found fault: the suspension (from 1), how it was cancelled, and what is wrong."""

    manner: Manner
    mode: Mode
    again: int | None
    point: int
    outcome: Outcome
    wrong: str


@dataclass(slots=True)
class Report:
    """What a sweep tried. `points` is the number of suspensions at which the operation was cancelled, over all ways."""

    points: int = 0
    outcomes: Counter[str] = field(default_factory=Counter[str])
    violations: list[Violation] = field(default_factory=list[Violation])


class CancelAt:
    """An awaitable that passes another's suspensions on and calls `cancel` at the n-th, and `again` suspensions later.

    With `tasks` those of the asyncio tasks that are started meanwhile count as well.
    """

    def __init__(
        self,
        work: Awaitable[Any],
        point: int,
        cancel: Callable[[], object],
        mode: Mode,
        again: int | None = None,
        *,
        tasks: bool = False,
    ) -> None:
        self._work = work
        self._points = {point} if again is None else {point, point + again}
        self._first = point
        self._cancel = cancel
        self._mode = mode
        self._tasks = tasks
        self.suspensions = 0

    @property
    def reached(self) -> bool:
        """Whether the operation suspended often enough to be cancelled."""
        return self.suspensions >= self._first

    def __await__(self) -> Generator[Any, Any, Any]:
        with tasks_seen(self._strike) if self._tasks else nullcontext():
            return (yield from self._steps())

    def _steps(self) -> Generator[Any, Any, Any]:
        steps = self._work.__await__()
        step: Callable[[Any], Any] = steps.send
        answer: Any = None
        while True:
            try:
                awaited = step(answer)
            except StopIteration as done:
                return done.value
            self._strike(awaited)
            try:
                answer = yield awaited
                step = steps.send
            except BaseException as error:  # noqa: BLE001  # the cancellation, on its way into the operation
                answer, step = error, steps.throw

    def _strike(self, awaited: object) -> None:
        self.suspensions += 1
        if self.suspensions not in self._points:
            return
        if self._mode == "enter":
            self._cancel()
        else:
            when_ready(awaited, self._cancel)


async def sweep(
    operation: Operation,
    judge: Judge,
    *,
    modes: Iterable[Mode] = ("enter", "ready"),
    again: Iterable[int | None] = (None, 1, 2),
    tasks: bool = False,
    limit: int = 400,
    enough: int | None = None,
) -> Report:
    """Run `operation()` until no suspension is left at which it was not cancelled, in every way that the loop has.

    On asyncio natively and by scope, on trio by scope; in plain sync code nothing suspends, and it runs once. `again`
    is after how many suspensions a second cancellation comes, None for no second. With `tasks`, those of the asyncio tasks
    that the operation starts count as well: all that an asyncio-only driver waits for under trio, and what a driver does
    beside the operation. After each run `await judge(outcome)`; as many violations as are `enough` end the sweep. Raises
    RuntimeError where more than `limit` suspensions are no end.
    """
    report = Report()
    manners: tuple[Manner, ...] = ("task", "scope") if backend() == "asyncio" else ("scope",)
    for manner, mode, second in product(manners, modes, again):
        point = 1
        missed = 0
        while missed < MISSES:
            if point > limit:
                raise RuntimeError(f"the operation suspends more than {limit} times")
            strike = partial(CancelAt, point=point, mode=mode, again=second, tasks=tasks)
            reached, outcome = await _once(operation, manner, strike)
            report.outcomes[outcome.kind] += 1
            if wrong := await judge(outcome):
                report.violations.append(Violation(manner, mode, second, point, outcome, wrong))
            if len(report.violations) == enough:
                return report
            point, missed = (point + 1, 0) if reached else (point, missed + 1)
        report.points += point - 1
    return report


async def _once(operation: Operation, manner: Manner, strike: Callable[..., CancelAt]) -> tuple[bool, Outcome]:
    if backend() is None:
        return False, await _ended(strike(operation(), cancel=_unreachable, tasks=False))
    if manner == "scope":
        with anyio.CancelScope() as scope:
            at = strike(operation(), cancel=scope.cancel)
            outcome = await _ended(at)
            return at.reached, outcome
        return True, Outcome("cancelled")
    return await _once_natively(operation, strike)


async def _once_natively(operation: Operation, strike: Callable[..., CancelAt]) -> tuple[bool, Outcome]:
    made: list[CancelAt] = []

    async def body() -> Outcome:
        task = asyncio.current_task()
        assert task is not None
        made.append(strike(operation(), cancel=task.cancel))
        return await _ended(made[0])

    task = asyncio.create_task(body())
    await asyncio.wait([task])
    return made[0].reached, Outcome("cancelled") if task.cancelled() else task.result()


async def _ended(at: CancelAt) -> Outcome:
    try:
        return Outcome("returned", await at)
    except Exception as error:  # noqa: BLE001  # judged by the caller
        return Outcome("raised", error=error)


def _unreachable() -> None:
    raise AssertionError("plain sync code suspended")
