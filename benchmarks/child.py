"""`python -m benchmarks.child`: one contestant in a process of its own, on one loop, told by its standard input what to do.

It stays open between its rounds, as a program does. Each line in is a request of JSON, each line out its answer.
"""

import asyncio
import gc
import json
import sys
import threading
import time
import traceback
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Self, cast

import trio

from benchmarks.asked import Size
from benchmarks.contestant import CONTESTANTS, Contestant, Database, NotDone
from benchmarks.workloads import WORKLOADS, Work

__all__ = ["main"]


class Wrong(Exception):
    """An answer that is not the right one."""


class Round:
    """One round of a piece of work: what is asked, and how it is measured."""

    def __init__(self, contestant: Contestant, work: Work, size: Size, number: int) -> None:
        self.work, self.parts = work, work.parts(size, number)
        self.contestant, self._counted = contestant, work.counted(size) * work.repeat
        method = getattr(contestant, work.method, None)
        if method is None:
            raise NotDone("not written for it")
        self.method: Callable[..., Any] = method
        # A driver alone is used in one way by one task, in another by several.
        contestant.tasks = len(self.parts)

    def figure(self, seconds: float) -> float:
        """Seconds for one unit."""
        return seconds / self._counted

    def check(self, answers: list[Any]) -> None:
        """See that the answers are right. Raises Wrong."""
        expected = self.work.answer(self.parts)
        found = self._read(_together(answers))
        if not _same(found, expected):
            raise Wrong(f"the answer is {str(found)[:200]}, it should be {str(expected)[:200]}")

    def _read(self, answer: Any) -> Any:
        if not isinstance(self.work.answer(self.parts), list):
            return answer
        pages = [json.loads(text) for text in answer]
        return [_as_asked(page) for page in pages] if self.work.key == "insert_movie" else pages


def _together(answers: list[Any]) -> Any:
    return sum(answers) if isinstance(answers[0], int) else [each for answer in answers for each in answer]


def _same(found: Any, expected: Any) -> bool:
    """Equal; numbers that an engine has rounded in its own way are near each other."""
    kind = type(expected).__name__
    if kind != type(found).__name__:
        return bool(found == expected)
    if kind == "dict":
        return found.keys() == expected.keys() and all(_same(found[key], expected[key]) for key in expected)
    if kind == "list":
        return len(found) == len(expected) and all(map(_same, found, expected))
    return bool(abs(found - expected) < 1e-3 if kind == "float" else found == expected)


def _as_asked(movie: dict[str, Any]) -> dict[str, Any]:
    """An inserted movie in the form of what was asked for."""
    asked = {name: movie[name] for name in ("image", "title", "year", "description")}
    (director,) = movie["directors"]
    if not director["full_name"].startswith(f"First{director['id']} ") or movie["id"] <= 0:
        raise Wrong(f"the movie is {movie}")
    return {**asked, "director": director["id"], "actors": [person["id"] for person in movie["cast"]]}


async def _several(works: list[Callable[[], Awaitable[Any]]]) -> list[Any]:
    """The answers of all, each done by a task of its own on the loop that runs."""
    answers: list[Any] = [None] * len(works)

    async def one(number: int) -> None:
        answers[number] = await works[number]()

    if "trio" in _loop:
        async with trio.open_nursery() as nursery:
            for number in range(len(works)):
                nursery.start_soon(one, number)
    else:
        async with asyncio.TaskGroup() as group:
            for number in range(len(works)):
                group.create_task(one(number))
    return answers


PAGE = 4096
_loop: set[str] = set()


async def _async_round(found: Round) -> tuple[float, list[Any]]:
    parts, method = found.parts, found.method
    if found.work.hold:
        parts = [(await found.contestant.hold(*part),) for part in parts]
    works = [_bound(method, part) for part in parts]
    gc.collect()
    if found.work.measure == "held":
        return await _gaps(works[0])
    if found.work.measure == "memory":
        with _Memory() as memory:
            answers = [await works[0]()]
        return memory.growth, answers
    answers = []
    start = time.perf_counter()
    for _ in range(found.work.repeat):
        answers = [await works[0]()] if len(works) == 1 else await _several(works)
    seconds = time.perf_counter() - start
    return found.figure(seconds), answers


def _sync_round(found: Round) -> tuple[float, list[Any]]:
    """In plain sync code tasks are done one after another."""
    parts, method = found.parts, found.method
    if found.work.hold:
        parts = [(cast("Any", found.contestant).hold(*part),) for part in parts]
    if found.work.measure == "held":
        raise NotDone("has no loop")
    gc.collect()
    if found.work.measure == "memory":
        with _Memory() as memory:
            answers = [method(*parts[0])]
        return memory.growth, answers
    answers = []
    start = time.perf_counter()
    for _ in range(found.work.repeat):
        answers = [method(*part) for part in parts]
    seconds = time.perf_counter() - start
    return found.figure(seconds), answers


def _bound(method: Callable[..., Awaitable[Any]], part: tuple[Any, ...]) -> Callable[[], Awaitable[Any]]:
    return lambda: method(*part)


async def _gaps(work: Callable[[], Awaitable[Any]]) -> tuple[float, list[Any]]:
    """Milliseconds for which the loop was held while the work was done, that one in a thousand turns exceeds."""
    gaps: list[float] = []
    done = False

    async def tick() -> None:
        last = time.perf_counter()
        while not done:
            if "trio" in _loop:
                await trio.lowlevel.checkpoint()
            else:
                await asyncio.sleep(0)
            now = time.perf_counter()
            gaps.append((now - last) * 1000)
            last = now

    async def timed() -> Any:
        nonlocal done
        try:
            return await work()
        finally:
            done = True

    answers = await _several([timed, tick])
    gaps.sort()
    return gaps[min(len(gaps) - 1, int(len(gaps) * 0.999))], answers[:1]


class _Memory:
    """By how many megabytes the process grows, at the most, within the block. A thread looks two hundred times a second."""

    def __init__(self) -> None:
        self.growth = 0.0
        self._before = _size()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(0.005):
            self.growth = max(self.growth, _size() - self._before)


def _size() -> float:
    """The megabytes of memory that the process has; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 1e6
    except OSError:
        return 0.0


class Child:
    """Reads requests, does rounds, writes answers."""

    def __init__(self, contestant: Contestant, out: IO[str]) -> None:
        self._contestant, self._out = contestant, out

    def say(self, answer: dict[str, Any]) -> None:
        """Answer one request."""
        self._out.write(json.dumps(answer) + "\n")
        self._out.flush()

    async def run_async(self) -> None:
        """Do what is asked until the input ends. Waiting for it stops the loop, on which nothing else is to happen."""
        await self._contestant.open()
        self.say({"open": True})
        for line in sys.stdin:
            await self._answer(line, _async_round)
        await self._contestant.close()

    def run_sync(self) -> None:
        """The same in plain sync code."""
        contestant = cast("Any", self._contestant)
        contestant.open()
        self.say({"open": True})
        for line in sys.stdin:
            with suppress(StopIteration):
                self._answer(line, _plain(_sync_round)).send(None)
        contestant.close()

    async def _answer(
        self, line: str, measured: Callable[[Round], Coroutine[Any, Any, tuple[float, list[Any]]]]
    ) -> None:
        request = json.loads(line)
        try:
            found = Round(self._contestant, WORKLOADS[request["work"]], Size(**request["size"]), request["round"])
            figure, answers = await measured(found)
            found.check(answers)
            self.say({"figure": figure})
        except (Exception, ExceptionGroup) as error:  # noqa: BLE001  # whatever a library raises stands in the table
            self.say(_failure(error))


def _plain(
    work: Callable[[Round], tuple[float, list[Any]]],
) -> Callable[[Round], Coroutine[Any, Any, tuple[float, list[Any]]]]:
    async def done(found: Round) -> tuple[float, list[Any]]:
        return work(found)

    return done


def _failure(error: Exception) -> dict[str, Any]:
    while isinstance(error, ExceptionGroup):
        error = cast("ExceptionGroup[Exception]", error).exceptions[0]
    if isinstance(error, NotDone):
        return {"not done": str(error)}
    traceback.print_exception(error)
    return {"error": f"{type(error).__name__}: {error}"[:300]}


def main() -> None:
    """The command line: the contestant's name, the loop, and the database as JSON."""
    name, loop, database = sys.argv[1:]
    out, sys.stdout = sys.stdout, sys.stderr
    entrant = next(each for each in CONTESTANTS if each.name == name)
    _loop.add(loop)
    try:
        child = Child(entrant.make(Database(**json.loads(database))), out)
        if loop == "sync":
            child.run_sync()
        elif loop == "trio":
            trio.run(child.run_async)
        else:
            _runner(loop)(child.run_async())
    except Exception as error:  # noqa: BLE001  # what does not even open stands in the table
        out.write(json.dumps(_failure(error)) + "\n")
        out.flush()


def _runner(loop: str) -> Callable[[Coroutine[Any, Any, None]], None]:
    if loop == "uvloop":
        import uvloop

        return uvloop.run
    return asyncio.run


if __name__ == "__main__":
    main()
