"""The asyncio loop that is turned inside trio."""

import asyncio
import gc
import os
import random
import signal
import socketserver
import subprocess
import sys
import threading
import weakref
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from pathlib import Path
from time import monotonic, perf_counter, process_time, sleep
from typing import Any

import anyio
import pytest
import trio
from outcome import Outcome

from activerecord.errors import ConnectionLost
from activerecord.runtime import LoopLocal, host
from activerecord.runtime.guest import Guest, guest

pytestmark = pytest.mark.timeout(60)


def call(work: Coroutine[Any, Any, Any], **how: Any) -> Coroutine[Any, Any, Any]:
    return host(asyncio_only=True).call(work, **how)


def nothing() -> None:
    pass


def test_short_sleeps_take_about_their_time() -> None:
    async def main() -> None:
        start = perf_counter()
        for _ in range(60):
            await call(asyncio.sleep(0.002))
        assert 0.12 <= perf_counter() - start < 1.0

    trio.run(main)


def test_a_timer_shorter_than_the_one_waited_for() -> None:
    async def main() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(call, asyncio.sleep(20))
            await trio.sleep(0.02)
            start = perf_counter()
            await call(asyncio.sleep(0.01))
            await call(asyncio.sleep(0.05))
            await call(asyncio.sleep(0.005))
            assert perf_counter() - start < 1
            nursery.cancel_scope.cancel()

    trio.run(main)


def test_a_timer_set_from_outside_a_turn() -> None:
    async def main() -> None:
        await call(asyncio.sleep(0.001))
        event = trio.Event()
        await trio.sleep(0.01)
        guest().loop.call_later(0.02, event.set)
        with trio.fail_after(2):
            await event.wait()
        event = trio.Event()
        await trio.sleep(0.01)
        guest().loop.call_soon(event.set)
        with trio.fail_after(2):
            await event.wait()

    trio.run(main)


def test_a_busy_driver_starves_nobody() -> None:
    async def busy() -> None:
        while True:
            await asyncio.sleep(0)

    async def main() -> None:
        ticks = 0
        with trio.move_on_after(0.3):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(call, busy())
                while True:
                    await trio.sleep(0.001)
                    ticks += 1
        assert ticks > 30

    trio.run(main)


def test_a_busy_background_task_does_not_keep_trio_from_ending() -> None:
    async def busy() -> None:
        while True:
            await asyncio.sleep(0)

    async def leave_one_behind() -> asyncio.Task[None]:
        return asyncio.create_task(busy())

    tasks: list[asyncio.Task[None]] = []

    async def main() -> None:
        tasks.append(await call(leave_one_behind()))
        await trio.sleep(0.02)

    trio.run(main)
    assert tasks[0].cancelled()


class Echo(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        for line in self.rfile:
            self.wfile.write(line)


@pytest.fixture
def port() -> Generator[int, None, None]:
    """Of a server that gives each line back."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


async def ask(port: int, count: int) -> list[bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answers: list[bytes] = []
    for number in range(count):
        writer.write(b"%d\n" % number)
        answers.append(await reader.readline())
    writer.close()
    await writer.wait_closed()
    return answers


def test_sockets(port: int) -> None:
    async def main() -> None:
        async with trio.open_nursery() as nursery:
            for _ in range(20):
                nursery.start_soon(expect)

    async def expect() -> None:
        assert await call(ask(port, 20)) == [b"%d\n" % number for number in range(20)]

    trio.run(main)


def test_jobs_in_the_loops_executor() -> None:
    async def jobs() -> list[int]:
        loop = asyncio.get_running_loop()
        await loop.getaddrinfo("localhost", 80)
        return list(await asyncio.gather(*(loop.run_in_executor(None, square, number) for number in range(20))))

    def square(number: int) -> int:
        sleep(0.002)
        return number * number

    async def main() -> None:
        assert await call(jobs()) == [number * number for number in range(20)]

    # The private loop of this thread, where another test has used it, keeps its own.
    before = threading.enumerate()
    trio.run(main)
    assert not [
        thread for thread in threading.enumerate() if thread.name.startswith("asyncio") and thread not in before
    ]


def test_hundreds_of_calls_with_random_cancellations() -> None:
    chance = random.Random(57)
    cleaned: list[int] = []
    done: list[int] = []

    async def work(number: int) -> int:
        try:
            for _ in range(chance.randrange(4)):
                await asyncio.sleep(chance.choice([0, 0.0005, 0.005, 0.02]))
        except asyncio.CancelledError:
            await asyncio.sleep(chance.choice([0, 0.001]))
            cleaned.append(number)
            raise
        return number

    async def one(number: int) -> None:
        with trio.move_on_after(chance.choice([0, 0.001, 0.005, 0.5])) as scope:
            assert await call(work(number)) == number
            done.append(number)
        assert scope.cancelled_caught != (number in done)

    async def main() -> None:
        for _ in range(3):
            async with trio.open_nursery() as nursery:
                for number in range(300):
                    nursery.start_soon(one, number)
            done.clear()

    trio.run(main)
    assert cleaned


def test_a_foreign_cancellation() -> None:
    async def cancels_itself() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.sleep(1)

    async def main() -> None:
        with pytest.raises(ConnectionLost):
            await call(cancels_itself())

    trio.run(main)


def test_what_a_callback_raises_does_not_pass_through_trio(caplog: pytest.LogCaptureFixture) -> None:
    async def work() -> int:
        asyncio.get_running_loop().call_soon(exit_now)
        await asyncio.sleep(0.01)
        return 57

    def exit_now() -> None:
        raise SystemExit(3)

    async def main() -> None:
        assert await call(work()) == 57

    trio.run(main)
    assert "raised through the loop" in caplog.text


def test_several_runs_one_after_another_and_at_once() -> None:
    async def main() -> None:
        async with trio.open_nursery() as nursery:
            for _ in range(10):
                nursery.start_soon(call, asyncio.sleep(0.01))

    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(10):
        trio.run(main)
    threads = [threading.Thread(target=trio.run, args=[main]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
    gc.collect()
    assert len(list(Path("/proc/self/fd").iterdir())) <= before


def test_the_run_ends_with_its_loop_closed() -> None:
    loops: list[asyncio.AbstractEventLoop] = []
    log: list[str] = []

    async def numbers() -> AsyncGenerator[int, None]:
        try:
            yield 1
        finally:
            await asyncio.sleep(0.001)
            log.append("generator closed")

    async def leave_open() -> AsyncGenerator[int, None]:
        generator = numbers()
        await generator.__anext__()
        loops.append(asyncio.get_running_loop())
        return generator

    generators: list[AsyncGenerator[int, None]] = []

    async def main() -> None:
        generators.append(await call(leave_open()))

    trio.run(main)
    assert loops[0].is_closed()
    assert log == ["generator closed"]


def test_the_end_of_the_run_waits_for_open_connections(port: int) -> None:
    """A finaliser closes a connection over the network, when no system task is left to turn the loop."""
    log: list[str] = []

    class Session:
        writer: asyncio.StreamWriter

        async def open(self) -> None:
            _, self.writer = await asyncio.open_connection("127.0.0.1", port)

        async def close(self) -> None:
            self.writer.write(b"bye\n")
            await asyncio.sleep(0.02)
            self.writer.close()
            await self.writer.wait_closed()
            log.append("closed")

    async def close(session: Session) -> None:
        async with trio.open_nursery() as nursery:  # several callers at once
            nursery.start_soon(call, asyncio.sleep(0.01))
            nursery.start_soon(call, session.close())

    sessions = LoopLocal(Session, close, lambda _: log.append("terminated"))

    async def main(fail: bool) -> None:
        session = sessions.get()
        await call(session.open())
        if fail:
            raise ValueError("the program's")

    trio.run(main, False)
    assert log == ["closed"]
    with pytest.raises(ValueError, match="the program's"):
        trio.run(main, True)
    assert log == ["closed", "closed"]


def test_a_finaliser_that_hangs_is_bounded() -> None:
    log: list[str] = []

    async def close(_: object) -> None:
        await call(asyncio.sleep(60), grace=0.05, terminate=lambda: log.append("call terminated"))

    things = LoopLocal(object, close, lambda _: log.append("terminated"), bound=0.2)

    async def main() -> None:
        things.get()

    start = monotonic()
    trio.run(main)
    assert monotonic() - start < 10
    assert log
    assert log[0] == "call terminated"


def test_calls_of_system_tasks_end_with_the_run() -> None:
    log: list[str] = []

    async def work() -> None:
        try:
            await asyncio.sleep(20)
        finally:
            await asyncio.sleep(0.02)
            log.append("clean")

    async def system() -> None:
        await call(work())

    async def main() -> None:
        trio.lowlevel.spawn_system_task(system)
        await trio.sleep(0.02)

    trio.run(main)
    assert log == ["clean"]


def test_the_first_call_comes_when_the_run_is_ending() -> None:
    async def close(_: object) -> None:
        assert await call(asyncio.sleep(0.01, result=57)) == 57
        log.append("closed")

    log: list[str] = []
    things = LoopLocal(object, close, lambda _: log.append("terminated"))

    async def main() -> None:
        things.get()

    trio.run(main)
    assert log == ["closed"]


def test_trio_as_a_guest_of_asyncio(port: int) -> None:
    async def main() -> int:
        assert await call(ask(port, 5)) == [b"%d\n" % number for number in range(5)]
        with trio.move_on_after(0.01):
            await call(asyncio.sleep(20))
        await call(asyncio.sleep(0.01))
        return 57

    async def hosting() -> int:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Any] = loop.create_future()
        trio.lowlevel.start_guest_run(
            main,
            run_sync_soon_threadsafe=loop.call_soon_threadsafe,
            done_callback=done.set_result,
            host_uses_signal_set_wakeup_fd=True,
        )
        assert await asyncio.wait_for(host(asyncio_only=True).call(asyncio.sleep(0.005, result=3)), 5) == 3
        outcome: Outcome[int] = await done
        assert asyncio.get_running_loop() is loop
        return outcome.unwrap()

    assert asyncio.run(hosting()) == 57


def test_idle_costs_nothing(port: int) -> None:
    async def main() -> None:
        _, writer = await call(asyncio.open_connection("127.0.0.1", port))
        guest().loop.call_later(3600, nothing)
        await trio.sleep(0.05)
        start = process_time()
        await trio.sleep(1)
        assert process_time() - start < 0.05
        writer.close()
        await call(writer.wait_closed())

    trio.run(main)


def test_cancelled_timers_do_not_pile_up() -> None:
    async def work() -> None:
        loop = asyncio.get_running_loop()
        for _ in range(500):
            loop.call_later(3600, nothing).cancel()

    async def main() -> None:
        for _ in range(20):
            await call(work())
        handles = [thing for thing in gc.get_objects() if isinstance(thing, asyncio.TimerHandle)]
        assert len(handles) < 1000

    trio.run(main)


def test_nothing_of_a_run_is_kept() -> None:
    guests: list[weakref.ref[Guest]] = []

    async def main() -> None:
        await call(asyncio.sleep(0.001))
        guests.append(weakref.ref(guest()))

    for _ in range(3):
        trio.run(main)
    gc.collect()
    assert [reference() for reference in guests] == [None] * 3


CTRL_C = """
import asyncio, sys, trio
from activerecord.runtime import host

async def work():
    print("started", flush=True)
    try:
        await asyncio.sleep(20)
    finally:
        await asyncio.sleep(0.05)
        print("clean", flush=True)

async def main():
    await host(asyncio_only=True).call(work())

try:
    trio.run(main)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


def test_ctrl_c() -> None:
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", CTRL_C], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        sleep(0.1)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=20)
    assert out.splitlines() == ["clean", "interrupted"]
    assert process.returncode == 0


# It may land between the making of a coroutine and its await, in the test's own code.
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_ctrl_c_under_a_storm_of_calls() -> None:
    """Wherever the interrupt lands, the run ends with it, and the next run works."""

    async def main() -> None:
        async def many() -> None:
            while True:
                await call(asyncio.sleep(0))

        async with trio.open_nursery() as nursery:
            for _ in range(5):
                nursery.start_soon(many)

    for delay in (0.01, 0.02, 0.03, 0.05):
        timer = threading.Timer(delay, os.kill, [os.getpid(), signal.SIGINT])
        timer.start()
        with pytest.RaisesGroup(KeyboardInterrupt, allow_unwrapped=True, flatten_subgroups=True):
            trio.run(main)
        timer.join()

    async def after() -> None:
        assert await call(asyncio.sleep(0.001, result=57)) == 57

    trio.run(after)


def test_asyncio_is_what_the_driver_sees() -> None:
    async def work() -> Callable[[], Any]:
        await anyio.sleep(0.001)
        with anyio.move_on_after(0.001) as scope:
            await anyio.sleep(5)
        assert scope.cancelled_caught
        return asyncio.get_running_loop

    async def main() -> None:
        assert await call(work()) is asyncio.get_running_loop
        with pytest.raises(RuntimeError):
            asyncio.get_running_loop()
        await anyio.sleep(0.001)

    trio.run(main)
