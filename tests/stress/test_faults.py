"""Links break at every message of a small program: it ends in time, tells the truth, and works again when they are mended."""

import time
from collections.abc import Callable, Coroutine, Generator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, cast

import anyio
import pytest

from activerecord import (
    ActiveRecord,
    ConnectionLost,
    DeadlineExceeded,
    Outcome,
    OutcomeUnknown,
    TransactionClosed,
    async_close,
)
from activerecord.database import database
from activerecord.runtime import sleep
from activerecord.testing.runners import RUNNERS, Runner
from tests.feature.busy import with_settings
from tests.feature.cells import Cell
from tests.proxy import FREEZES, Fault, Message, Proxy, answering, asking, number, proxied
from tests.stress.faulty import Program, broken_off, judge, prepare, small, streamed
from tests.stress.lengths import length
from tests.stress.places import LOOPS, SERVERS
from tests.stress.soundness import fault as unsound
from tests.stress.watching import watching

pytestmark = [pytest.mark.stress, pytest.mark.timeout(120)]

Act = Callable[[Program], Coroutine[Any, Any, None]]

# Seconds. A link that breaks is noticed at once. One that falls silent costs what the settings allow: a statement's time,
# what its cancellation may take, and the end of the connection.
PROMPTLY = 2.0
PATIENCE = {"connect_timeout": 0.5, "acquire_timeout": 1.0, "timeout": 0.5, "commit_timeout": 0.5, "close_timeout": 0.2}
SILENCE = 3.0

# What a program may be told by a link that breaks, and by one that falls silent.
BROKEN = (ConnectionLost, OutcomeUnknown, TransactionClosed)
SILENT = (*BROKEN, DeadlineExceeded)

BREAKS = (Fault.CUT, Fault.RESET, Fault.HALF)

# Programs that are frozen side by side: waiting costs nothing.
LANES = 12

on_servers = pytest.mark.parametrize("cell", SERVERS, ids=str)
on_loops = pytest.mark.parametrize("loop", LOOPS, ids=lambda loop: loop.name)
on_both = pytest.mark.parametrize("loop", [RUNNERS["asyncio"], RUNNERS["trio"]], ids=lambda loop: loop.name)
acts = pytest.mark.parametrize("act", [small, streamed, broken_off], ids=lambda act: act.__name__)


class Lane:
    """A program on a proxy of its own. `told` counts how often it heard of what had happened."""

    def __init__(self, name: str, proxy: Proxy, act: Act) -> None:
        self.program, self.proxy = Program(name), proxy
        self.told = self._struck = 0
        self._act = act

    async def messages(self) -> list[Message]:
        """All that is said where nothing breaks, by a program that has run before."""
        await self._act(self.program)
        seen = self.proxy.record()
        await self._act(self.program)
        return list(seen)

    async def strike(self, fault: Fault, when: Callable[[Message], bool]) -> None:
        """Run the program with a fault in its way; then the pool must be whole, without having been made anew."""
        self.proxy.arm(fault, when)
        begun = time.monotonic()
        error = await _error(self._act(self.program))
        taken = time.monotonic() - begun
        self.proxy.mend()
        silent = fault in FREEZES
        where = f"{fault} at {self.proxy.struck}"
        _check(error, SILENT if silent else BROKEN, where)
        assert taken < (SILENCE if silent else PROMPTLY), f"{taken:.2f} s: {where}"
        self.told += error is not None
        error = await _error(self._whole())
        if error is not None:
            raise AssertionError(f"mended, and not whole: {where}") from error

    async def _whole(self) -> None:
        """Nothing is lent any more, and now and then every connection that there may be is asked for."""
        pool = self.program.database.statistics()
        assert (pool.lent, pool.waiting) == (0, 0)
        self._struck += 1
        if self._struck % length(bounded=5, long=1) == 0:
            assert await unsound(self.program.database) is None
        await self.program.close()


async def _error(work: Coroutine[Any, Any, None]) -> Exception | None:
    try:
        await work
    except Exception as error:
        return error
    return None


def _check(error: Exception | None, kinds: tuple[type[Exception], ...], where: str) -> None:
    """Require that all that the program was told is of these kinds; a gather may tell of several."""
    if isinstance(error, ExceptionGroup):
        for each in cast("ExceptionGroup[Exception]", error).exceptions:
            _check(each, kinds, where)
    elif error is not None and not isinstance(error, kinds):
        raise AssertionError(f"told by {type(error).__name__}: {where}") from error


@contextmanager
def lanes(cell: Cell, count: int, act: Act, **settings: object) -> Generator[list[Lane]]:
    """Programs with a proxy each, all to the same empty database, and a connection to it that does not break."""
    url = cell.url(Path())
    with ExitStack() as stack:
        ways = {f"lane{number}": stack.enter_context(proxied(url)) for number in range(count)}
        through = {name: with_settings(way, **{"max_size": 2, **settings}) for name, (_, way) in ways.items()}
        ActiveRecord.configure({"direct": with_settings(url, max_size=2 * count + 1), **through})
        yield [Lane(name, proxy, act) for name, (proxy, _) in ways.items()]


def places(messages: Sequence[Message]) -> list[int]:
    """The messages to strike: of several of a kind that follow each other, the first."""
    kinds = [(message.by, message.data[:1] if message.asked[:1].isalpha() else message.data) for message in messages]
    first = [number for number, kind in enumerate(kinds) if number == 0 or kinds[number - 1] != kind]
    return length(bounded=first, long=list(range(len(messages))))


def breaks(loop: Runner, act: Act, messages: Sequence[Message]) -> list[tuple[Fault, int]]:
    """What breaks where: of the small program on asyncio everything everywhere, elsewhere one kind after the other."""
    every = [(fault, place) for place in places(messages) for fault in BREAKS]
    apart = {"asyncio": 1 if act is small else 4, "trio": 4 if act is small else 8}.get(loop.name, 16)
    return every[:: length(bounded=apart, long=1)]


@acts
@on_servers
@on_loops
def test_a_link_that_breaks(loop: Runner, cell: Cell, act: Act) -> None:
    with lanes(cell, 1, act) as (lane,):

        async def main() -> None:
            await prepare()
            plan = breaks(loop, act, await lane.messages())
            async with watching(database("direct")) as watch:
                for fault, place in plan:
                    await lane.strike(fault, number(place))
                    await judge(watch, [lane.program])
            assert lane.told > len(plan) / 3
            await async_close()

        loop.run(main)


@acts
@on_servers
@on_both
def test_a_link_that_falls_silent(loop: Runner, cell: Cell, act: Act) -> None:
    with lanes(cell, LANES, act, **PATIENCE) as programs:

        async def main() -> None:
            await prepare()
            messages = await programs[0].messages()
            chosen = places(messages)[:: length(bounded=6 if act is small else 4, long=1)]
            plan = iter([(fault, place) for place in chosen for fault in FREEZES])

            ended: list[Lane] = []

            async def one(lane: Lane) -> None:
                for fault, place in plan:
                    await lane.strike(fault, number(place))
                ended.append(lane)

            async with watching(database("direct")) as watch:
                async with anyio.create_task_group() as group:
                    for lane in programs:
                        group.start_soon(one, lane)
                # A cancellation that nobody asked for would end one without a word.
                assert len(ended) == LANES
                await judge(watch, [lane.program for lane in programs])
            assert sum(lane.told for lane in programs) > len(chosen) / 2
            await async_close()

        loop.run(main)


@pytest.mark.parametrize("fault", [*BREAKS, Fault.FREEZE], ids=lambda fault: fault.name)
@pytest.mark.parametrize("delivered", [False, True], ids=["on its way", "on the way back"])
@on_servers
@on_both
def test_commit(loop: Runner, cell: Cell, fault: Fault, delivered: bool) -> None:
    """What became of a COMMIT is told where the server can be asked, and otherwise that nobody knows."""
    with lanes(cell, 1, small, **(PATIENCE if fault in FREEZES else {})) as (lane,):
        program, asked = lane.program, cell.engine == "postgresql" and fault not in FREEZES

        async def main() -> None:
            await prepare()
            await program.transfer()
            lane.proxy.arm(fault, answering(b"COMMIT") if delivered else asking(b"COMMIT"))
            error = await _error(program.transfer())
            assert lane.proxy.struck is not None
            (_, scope) = program.ledger.transfers.values()
            if asked:
                assert scope.outcome is (Outcome.COMMITTED if delivered else Outcome.ROLLED_BACK)
                assert delivered is (error is None)
            else:
                assert isinstance(error, OutcomeUnknown) and scope.outcome is Outcome.UNKNOWN
            lane.proxy.mend()
            await program.transfer()
            async with watching(database("direct")) as watch:
                await judge(watch, [program])
            await async_close()

        loop.run(main)


@pytest.mark.parametrize("abruptly", [False, True], ids=["cut", "reset"])
@on_servers
@on_loops
def test_connections_that_end_while_they_are_idle(loop: Runner, cell: Cell, abruptly: bool) -> None:
    """It has been heard of when the next statement comes, which nobody could send twice."""
    with lanes(cell, 1, small) as (lane,):

        async def main() -> None:
            await prepare()
            for _ in range(3):
                await lane.program.read()
                lane.proxy.cut(abruptly=abruptly)
                await sleep(0.05)
                await small(lane.program)
            async with watching(database("direct")) as watch:
                await judge(watch, [lane.program])
            await async_close()

        loop.run(main)


@on_servers
@on_loops
def test_a_server_that_falls_silent_holds_up_no_loop(loop: Runner, cell: Cell) -> None:
    """Neither idle connections that go silent, nor one in a transaction, nor new ones, nor the end of the loop."""
    with lanes(cell, 1, small, **PATIENCE) as (lane,):

        async def main() -> None:
            await prepare()
            await lane.program.read()
            scope = lane.program.model.async_transaction()
            with pytest.raises(SILENT):
                async with scope:
                    lane.proxy.freeze()
                    await lane.program.model.async_create(transfer=1, amount=1)
            assert scope.outcome is Outcome.ROLLED_BACK
            for _ in range(2):
                with pytest.raises(SILENT):
                    await lane.program.read()

        begun = time.monotonic()
        loop.run(main)
        assert time.monotonic() - begun < 5 * SILENCE
        lane.proxy.mend()
