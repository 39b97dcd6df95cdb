"""The contract of drivers as a suite of demands, for ours and for anybody's.

    from activerecord.testing.contract import DriverContract, Subject, SQLITE_WORDS

    subject = Subject("mine", driver, configure, SQLITE_WORDS)

    @pytest.mark.parametrize("demand", DriverContract.of(subject), ids=str)
    def test_contract(demand): demand.run()

Nothing here needs pytest: a demand is made by `run()`, which raises AssertionError.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from activerecord.runtime import checkpoint
from activerecord.testing.contract.answers import ANSWERS
from activerecord.testing.contract.bench import Bench, Link
from activerecord.testing.contract.cancelling import CANCELLING
from activerecord.testing.contract.check import Check
from activerecord.testing.contract.copying import COPYING
from activerecord.testing.contract.cursors import CURSORS
from activerecord.testing.contract.ending import ENDING
from activerecord.testing.contract.failures import FAILURES
from activerecord.testing.contract.inline import INLINE
from activerecord.testing.contract.moving import MOVING
from activerecord.testing.contract.subject import MYSQL_WORDS, POSTGRES_WORDS, SQLITE_WORDS, Subject, Words
from activerecord.testing.contract.sweeping import SWEEPING
from activerecord.testing.contract.transactions import TRANSACTIONS
from activerecord.testing.leaks import Footprint
from activerecord.testing.runners import RUNNERS, Runner

__all__ = [
    "CHECKS",
    "MYSQL_WORDS",
    "POSTGRES_WORDS",
    "SQLITE_WORDS",
    "Bench",
    "Check",
    "DriverContract",
    "Link",
    "Subject",
    "Words",
]

CHECKS: Sequence[tuple[str, Check]] = tuple(
    (chapter, check)
    for chapter, checks in {
        "answers": ANSWERS,
        "failures": FAILURES,
        "transactions": TRANSACTIONS,
        "cursors": CURSORS,
        "copying": COPYING,
        "inline": INLINE,
        "cancelling": CANCELLING,
        "ending": ENDING,
        "sweeping": SWEEPING,
        "moving": MOVING,
    }.items()
    for check in checks
)


@dataclass(frozen=True, slots=True)
class DriverContract:
    """One demand made of one subject under one runner."""

    subject: Subject
    runner: Runner
    chapter: str
    check: Check

    @classmethod
    def of(cls, subject: Subject, runners: Iterable[Runner] = tuple(RUNNERS.values())) -> "list[DriverContract]":
        """All that is demanded of a subject, under each runner. What cannot apply to it is left out."""
        return [
            cls(subject, runner, chapter, check)
            for runner in runners
            for chapter, check in CHECKS
            if check.fits(Bench(subject, runner))
        ]

    def run(self) -> None:
        """Make the demand, and require that no thread and no descriptor is left. Raises AssertionError."""
        # What a runner keeps for good, such as the private loop of a thread, is not the driver's.
        _run_every_kind_of_loop()
        bench = Bench(self.subject, self.runner)
        self.runner.run(lambda: _opened_and_closed(bench))
        before = Footprint.now()
        self.runner.run(lambda: self.check.demand(bench))
        leaked = before.leaked()
        assert not leaked, "left behind: " + ", ".join(leaked)

    def __str__(self) -> str:
        return f"{self.subject.name}-{self.runner.name}-{self.chapter}-{self.check.name}"


@cache
def _run_every_kind_of_loop() -> None:
    """libuv, for one, opens a pipe for the process with its first loop."""
    for runner in RUNNERS.values():
        runner.run(checkpoint)


async def _opened_and_closed(bench: Bench) -> None:
    await (await bench.connect()).close()
