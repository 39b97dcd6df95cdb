"""Rounds that alternate: each contestant in a process of its own, all of them told to do the same work in turn."""

import json
import os
import random
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from threading import Timer
from typing import IO, Any

from benchmarks.asked import Size
from benchmarks.contestant import Database, Entrant
from benchmarks.databases import Copies, Referee, WrongAfter, after, before
from benchmarks.wire import Counter
from benchmarks.workloads import Work

__all__ = ["ROOT", "Player", "Result", "Told", "count_statements", "measure"]

PATIENCE = 120  # seconds for one round; who takes longer has failed
ROOT = Path(__file__).parents[1]


@dataclass
class Result:
    """What one contestant did in one piece of work.

    `figures` are seconds for one unit (megabytes or milliseconds where the work says so), a figure a round. `failure` says
    why there are none.
    """

    engine: str
    loop: str
    work: str
    contestant: str
    version: str | None = None
    figures: list[float] = field(default_factory=list[float])
    failure: str | None = None
    statements: float | None = None

    @property
    def median(self) -> float | None:
        """The middle of the figures, None where there are none."""
        return statistics.median(self.figures) if self.figures else None

    @property
    def spread(self) -> float:
        """The distance of the quartiles as a part of the median: how noisy the figures are."""
        if len(self.figures) < 3 or not self.median:
            return 0.0
        low, _, high = statistics.quantiles(self.figures, n=4, method="inclusive")
        return (high - low) / self.median

    def as_json(self) -> dict[str, Any]:
        """All of it, and the median."""
        return {**asdict(self), "median": self.median, "spread": self.spread}


class Failed(Exception):
    """A contestant that could not do a round."""


class Player:
    """A contestant's process, its copy of the data, and the referee in that."""

    def __init__(self, entrant: Entrant, loop: str, database: Database, referee: Referee, log: IO[bytes]) -> None:
        self.entrant, self.loop, self.database, self.referee = entrant, loop, database, referee
        self.failure: str | None = None
        where = json.dumps(asdict(database))
        self._process = subprocess.Popen(  # noqa: S603  # this program
            [sys.executable, "-m", "benchmarks.child", entrant.name, loop, where],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "drivers")])},
            text=True,
        )

    @property
    def label(self) -> str:
        """Its name, and its loop."""
        return f"{self.entrant.name} ({self.loop})"

    def opened(self) -> None:
        """Wait until it is connected, or has said why not."""
        try:
            self._read()
        except Failed as failed:
            self.failure = str(failed)

    def round(self, work: Work, size: Size, number: int) -> float:
        """Do a round: its figure. Raises Failed."""
        if self.failure is not None:
            raise Failed(self.failure)
        try:
            before(self.referee, work)
            figure = self._ask({"work": work.key, "size": asdict(size), "round": number})
            after(self.referee, work, size)
        except WrongAfter as wrong:
            raise Failed(f"wrong: {wrong}") from wrong
        return figure

    def _ask(self, request: dict[str, Any]) -> float:
        assert self._process.stdin is not None, "it is a pipe"
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise Failed("its process has ended") from None
        return float(self._read()["figure"])

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None, "it is a pipe"
        with _Alarm(self._process):
            line = self._process.stdout.readline()
        if not line:
            self.failure = f"its process has ended or was ended after {PATIENCE} seconds"
            raise Failed(self.failure)
        answer: dict[str, Any] = json.loads(line)
        for kind in ("error", "not done"):
            if kind in answer:
                raise Failed(answer[kind] if kind == "error" else f"not done: {answer[kind]}")
        return answer

    def end(self) -> None:
        """End the process, if need be by force."""
        assert self._process.stdin is not None, "it is a pipe"
        try:
            self._process.stdin.close()
            self._process.wait(10)
        except (subprocess.TimeoutExpired, BrokenPipeError):
            self._process.kill()
            self._process.wait()
        self.referee.close()


class _Alarm:
    """Kills a process that takes too long with its answer."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._timer = Timer(PATIENCE, process.kill)

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()


@dataclass(frozen=True)
class Told:
    """How much is measured: how large the work is, how often; where its errors go; and who is told what is next."""

    size: Size
    rounds: int
    log: Path
    tell: Callable[[Work], None]


def measure(
    copies: Copies,
    players: Iterable[tuple[Entrant, str]],
    works: Iterable[Work],
    told: Told,
) -> list[Result]:
    """All rounds of all work on one engine. Who fails in a piece of work is left out of the rest of its rounds."""
    results: list[Result] = []
    with ExitStack() as stack:
        output = stack.enter_context(told.log.open("ab"))
        found = [_start(stack, copies, entrant, loop, output) for entrant, loop in players]
        for work in works:
            told.tell(work)
            results += _work(found, work, told.size, told.rounds)
    return results


def _start(stack: ExitStack, copies: Copies, entrant: Entrant, loop: str, log: IO[bytes]) -> Player:
    database, referee = copies.another()
    stack.callback(copies.drop, database)
    player = Player(entrant, loop, database, referee, log)
    stack.callback(player.end)
    player.opened()
    return player


def _work(players: list[Player], work: Work, size: Size, rounds: int) -> list[Result]:
    results = [
        Result(player.database.engine, player.loop, work.key, player.entrant.name, player.entrant.version())
        for player in players
    ]
    order = list(zip(players, results, strict=True))
    # The first round is not counted: it makes everything warm.
    for number in range(rounds + 1):
        for player, result in order:
            _round(player, result, work, size, number)
        # Nobody is always the one who comes after the same other.
        random.shuffle(order)
    return results


def _round(player: Player, result: Result, work: Work, size: Size, number: int) -> None:
    if result.failure is not None:
        return
    try:
        figure = player.round(work, size, number)
    except Failed as failed:
        result.failure, result.figures = str(failed), []
        return
    if number:
        result.figures.append(figure)


def count_statements(
    copies: Copies,
    players: Iterable[tuple[Entrant, str]],
    works: Iterable[Work],
    told: Told,
    results: Iterable[Result],
) -> None:
    """Note in the results how many statements each contestant sends for one unit of the work, seen on its way to the server."""
    of = {(each.contestant, each.loop, each.work): each for each in results if each.failure is None}
    for entrant, loop in players:
        counted = [work for work in works if work.statements and (entrant.name, loop, work.key) in of]
        with ExitStack() as stack:
            output = stack.enter_context(told.log.open("ab"))
            database, referee = copies.another()
            stack.callback(copies.drop, database)
            counter = stack.enter_context(Counter(database.engine, database.host, database.port))
            through = replace(database, host="127.0.0.1", port=counter.port)
            player = Player(entrant, loop, through, referee, output)
            stack.callback(player.end)
            player.opened()
            for work in counted:
                of[entrant.name, loop, work.key].statements = _counted(player, counter, work, told.size)


def _counted(player: Player, counter: Counter, work: Work, size: Size) -> float | None:
    try:
        player.round(work, size, 0)
        before_ = counter.statements
        player.round(work, size, 1)
    except Failed:
        return None
    if counter.statements == before_:
        return None  # it speaks in a way that the counter does not know
    # what the records that are written are held by is one more
    return (counter.statements - before_ - work.hold) / (work.counted(size) * work.repeat)
