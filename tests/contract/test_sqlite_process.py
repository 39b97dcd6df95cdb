"""The drivers of SQLite and the process that they are in: Ctrl-C, forks, threads, the end of the program."""

import asyncio
import gc
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

from activerecord.errors import ConnectionLost, UsageError
from activerecord.runtime import parallel, sleep
from activerecord.testing import Footprint
from activerecord.testing.contract import Link
from tests.contract.places import bench_on, in_sync
from tests.contract.subjects import SQLITE_DRIVERS

pytestmark = pytest.mark.timeout(60)

drivers = pytest.mark.parametrize("driver", SQLITE_DRIVERS)
loops = pytest.mark.parametrize("runner", ["asyncio", "uvloop", "trio"])
ROOT = Path(__file__).parents[2]

# One instruction of SQLite's, which looks at no flag until it is done: it takes more than a second.
STUCK = "SELECT instr(zeroblob(400000), CAST(zeroblob(200000) || 'x' AS BLOB))"

CTRL_C = """
    import sys, time
    from activerecord.runtime import run_blocking
    from tests.contract.places import bench_on, in_sync

    bench = bench_on(sys.argv[1], sys.argv[2])

    async def body():
        async with bench.link() as link:
            await link.begin()
            await link.execute("INSERT INTO contract_rows (name) VALUES ('a')")
            print("running", flush=True)
            try:
                await link.fetch(bench.words.slow_query)
            except KeyboardInterrupt:
                pass
            else:
                raise SystemExit("no KeyboardInterrupt")
            assert link.connection.in_transaction()
            assert await link.value("SELECT 57") == 57
            assert await link.count() == 1
            await link.end("COMMIT")
            assert await link.count() == 1
            print("sound", flush=True)

    in_sync(body)
"""


started: "list[subprocess.Popen[str]]" = []


@pytest.fixture(autouse=True)
def nothing_runs_on() -> Iterator[None]:
    yield
    while started:
        with started.pop() as process:
            process.kill()


def program(text: str, *arguments: str) -> "subprocess.Popen[str]":
    paths = os.pathsep.join([str(ROOT), str(ROOT / "drivers")])
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(text), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": paths},
    )
    started.append(process)
    return process


@drivers
@pytest.mark.parametrize("place", ["file", "memory"])
def test_ctrl_c_in_plain_sync_code_stops_the_statement_and_nothing_else(
    driver: str, place: str, tmp_path: Path
) -> None:
    running = program(CTRL_C, driver, str(tmp_path / "x.db") if place == "file" else ":memory:")
    assert running.stdout is not None
    assert running.stdout.readline() == "running\n"
    time.sleep(0.2)
    start = time.monotonic()
    running.send_signal(signal.SIGINT)
    output, errors = running.communicate(timeout=20)
    assert (output, errors, running.returncode) == ("sound\n", "", 0)
    assert time.monotonic() - start < 5


@drivers
def test_a_program_ends_though_a_connection_is_left_open(driver: str, tmp_path: Path) -> None:
    text = """
        import sys, asyncio, os
        from tests.contract.places import bench_on, in_sync
        bench = bench_on(sys.argv[1], sys.argv[2])
        kept = [in_sync(bench.connect), asyncio.run(bench.connect())]
        print("ending", flush=True)
    """
    running = program(text, driver, str(tmp_path / "x.db"))
    output, _ = running.communicate(timeout=20)
    assert (output, running.returncode) == ("ending\n", 0)


@drivers
def test_a_connection_of_the_parent_is_not_used_after_a_fork(driver: str, tmp_path: Path) -> None:
    text = """
        import gc, os, sys
        from activerecord.errors import ConnectionLost
        from tests.contract.places import bench_on, in_sync
        bench = bench_on(sys.argv[1], sys.argv[2])

        async def body():
            async with bench.link() as link:
                await link.begin()
                await link.execute("INSERT INTO contract_rows (name) VALUES ('a')")
                child = os.fork()
                if child == 0:
                    assert not link.connection.usable() and not link.connection.in_transaction()
                    try:
                        await link.connection.fetch("SELECT 1", ())
                    except ConnectionLost as error:
                        assert "another process" in str(error), error
                        link.connection.terminate()
                        del link.connection
                        gc.collect()
                        os._exit(7)
                    os._exit(1)
                assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
                await link.end("COMMIT")
                assert await link.count() == 1
            print("sound", flush=True)

        in_sync(body)
    """
    running = program(text, driver, str(tmp_path / "x.db"))
    output, errors = running.communicate(timeout=20)
    assert (output, errors, running.returncode) == ("sound\n", "", 0)


@drivers
@loops
def test_terminate_lets_go_of_a_caller_though_the_thread_is_stuck(driver: str, runner: str, tmp_path: Path) -> None:
    bench = bench_on(driver, tmp_path / "x.db", runner=runner)

    async def body() -> float:
        await (await bench.connect()).close()
        before = Footprint.now()
        link = await bench.connect()

        async def ended() -> None:
            await sleep(0.05)
            link.connection.terminate()

        start = time.monotonic()
        with pytest.raises(ConnectionLost):
            await parallel([lambda: link.fetch(STUCK), ended])
        taken = time.monotonic() - start
        while before.leaked(within=0):
            await sleep(0.01)
        return taken

    start = time.monotonic()
    assert bench.runner.run(body) < 0.9
    assert time.monotonic() - start > 0.9, "the statement was not long enough to show anything"


@drivers
@pytest.mark.parametrize("runner", ["sync", "asyncio", "uvloop", "trio"])
def test_a_connection_that_is_forgotten_is_closed_and_told_of(driver: str, runner: str, tmp_path: Path) -> None:
    bench = bench_on(driver, tmp_path / "x.db", runner=runner)

    async def forget() -> Footprint:
        await (await bench.connect()).close()
        before = Footprint.now()
        link: Link | None = await bench.connect()
        assert link is not None
        await link.answers()
        with pytest.warns(ResourceWarning, match="never closed"):  # noqa: PT031  # the last name of it, then the circles
            link = None
            gc.collect()
        assert not before.leaked()
        return before

    bench.runner.run(forget)


@pytest.mark.parametrize("runner", ["asyncio", "trio"])
def test_sqlite3_starts_its_thread_under_a_loop_only(runner: str) -> None:
    bench = bench_on("sqlite3", ":memory:", runner=runner)

    others = set(threading.enumerate())

    def threads() -> list[threading.Thread]:
        return [thread for thread in threading.enumerate() if thread not in others and "sqlite3" in thread.name]

    async def in_a_loop(link: Link) -> None:
        await link.answers()
        assert len(threads()) == 1 and threads()[0].daemon

    link = in_sync(bench.connect)
    in_sync(link.answers)
    assert threads() == []
    bench.runner.run(lambda: in_a_loop(link))
    in_sync(link.answers)
    in_sync(link.close)
    before = time.monotonic()
    while threads() and time.monotonic() < before + 5:
        time.sleep(0.005)
    assert threads() == []


@drivers
@loops
def test_two_statements_at_once_are_refused(driver: str, runner: str) -> None:
    bench = bench_on(driver, ":memory:", runner=runner)

    async def body() -> None:
        async with bench.link() as link:

            async def second() -> None:
                await sleep(0.05)
                with pytest.raises(UsageError, match="one statement at a time"):
                    await link.fetch("SELECT 1")

            await parallel([lambda: link.fetch(bench.words.numbers.format(count=300_000)), second])
            await link.answers()

    bench.runner.run(body)


def test_sqlite3_terminated_in_place_closes_when_its_statement_ends(tmp_path: Path) -> None:
    """From a signal's handler, in the middle of a statement in the same thread."""
    bench = bench_on("sqlite3", tmp_path / "x.db")

    async def body() -> None:
        before = Footprint.now()
        link = await bench.connect()

        def terminate(number: int, frame: FrameType | None) -> None:
            link.connection.terminate()

        previous = signal.signal(signal.SIGUSR1, terminate)
        timer = threading.Timer(0.05, lambda: signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1))
        timer.start()
        try:
            with pytest.raises(ConnectionLost):
                await link.fetch(bench.words.slow_query)
        finally:
            timer.join()
            signal.signal(signal.SIGUSR1, previous)
        assert not before.leaked()

    in_sync(body)


@drivers
@pytest.mark.parametrize("runner", ["asyncio", "uvloop"])
def test_a_loop_that_ends_waits_for_its_statements(driver: str, runner: str, tmp_path: Path) -> None:
    bench = bench_on(driver, tmp_path / "x.db", runner=runner)
    before = Footprint.now()

    async def body() -> tuple[Link, "asyncio.Task[object]"]:
        link = await bench.connect()
        task = asyncio.create_task(link.fetch(bench.words.slow_query))
        await sleep(0.05)
        return link, task

    link, task = bench.runner.run(body)
    assert task.cancelled()
    in_sync(link.answers)
    link.connection.terminate()
    leaked = before.leaked()
    assert not [line for line in leaked if line.startswith("thread") or "x.db" in line]
