"""Plain sync code: no task and no running loop but while a driver's call is under way."""

import asyncio
import gc
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from time import monotonic
from types import FrameType
from typing import Any

import pytest

from activerecord.errors import ConnectionLost, UsageError
from activerecord.runtime import LoopLocal, Wakeup, catch_up, host, run_blocking, sleep
from activerecord.runtime.direct import direct

pytestmark = pytest.mark.timeout(60)


def call(work: Coroutine[Any, Any, Any], **how: Any) -> Any:
    async def verb() -> Any:
        return await host(asyncio_only=True).call(work, **how)

    return run_blocking(verb, "call")


def call_in_place(work: Coroutine[Any, Any, Any], **how: Any) -> Any:
    async def verb() -> Any:
        return await host(asyncio_only=False).call(work, **how)

    return run_blocking(verb, "call")


def finish(work: Coroutine[Any, Any, Any], *, asyncio_only: bool = True) -> Any:
    async def verb() -> Any:
        return await host(asyncio_only=asyncio_only).finish(work, bound=5, terminate=lambda: None)

    return run_blocking(verb, "finish")


def descriptors() -> int:
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


@contextmanager
def interrupted(after: float, number: int = signal.SIGINT) -> Generator[None, None, None]:
    """Press Ctrl-C after a while."""
    timer = threading.Timer(after, os.kill, [os.getpid(), number])
    timer.start()
    try:
        yield
    finally:
        timer.join()


scope: ContextVar[str] = ContextVar("scope", default="none")


def test_context_variables_set_inside_stay_set() -> None:
    async def enter() -> None:
        scope.set("entered")
        await host(asyncio_only=True).call(asyncio.sleep(0.001))
        scope.set("entered and called")

    before = scope.get()
    run_blocking(enter, "enter")
    assert scope.get() == "entered and called"
    scope.set(before)


def test_sync_verbs_nest_in_callbacks() -> None:
    async def inner() -> int:
        return await host(asyncio_only=True).call(asyncio.sleep(0.001, result=1))

    async def outer(callback: Callable[[], int]) -> int:
        first = await host(asyncio_only=True).call(asyncio.sleep(0.001, result=10))
        return first + callback()

    assert run_blocking(lambda: outer(lambda: run_blocking(inner, "inner")), "outer") == 11


def test_no_loop_is_running_while_the_users_code_runs() -> None:
    async def verb() -> None:
        await host(asyncio_only=True).call(asyncio.sleep(0.001))
        with pytest.raises(RuntimeError):
            asyncio.get_running_loop()
        assert asyncio.run(asyncio.sleep(0.001, result=57)) == 57

    run_blocking(verb, "verb")


def test_a_connection_that_ended_between_two_calls_has_heard_of_it_after_catching_up() -> None:
    ours, theirs = socket.socketpair()

    async def connect() -> asyncio.StreamReader:
        reader, writer = await asyncio.open_connection(sock=ours)
        kept.append(writer)
        return reader

    kept: list[asyncio.StreamWriter] = []
    reader: asyncio.StreamReader = call(connect())
    theirs.sendall(b"the last words")
    theirs.close()
    assert not reader._buffer and not reader._eof  # type: ignore[attr-defined]
    catch_up()
    assert bytes(reader._buffer) == b"the last words" and reader._eof  # type: ignore[attr-defined]
    start = monotonic()
    catch_up()
    assert monotonic() - start < 0.1
    kept[0].close()
    call(kept[0].wait_closed())


def test_a_host_of_plain_code_is_refused_under_a_loop() -> None:
    plain = direct()

    async def work() -> None:
        raise AssertionError

    async def main() -> None:
        for verb in (plain.call, partial(plain.finish, bound=1, terminate=pytest.fail)):
            coroutine = work()
            with pytest.raises(UsageError, match="running event loop"):
                await verb(coroutine)
            coroutine.close()

    asyncio.run(main())


def test_ctrl_c_cancels_the_call_and_goes_on_after_it() -> None:
    log: list[str] = []

    async def work() -> None:
        try:
            await asyncio.sleep(20)
        finally:
            await asyncio.sleep(0.05)
            log.append("clean")

    start = monotonic()
    with interrupted(0.1), pytest.raises(KeyboardInterrupt):
        call(work())
    assert log == ["clean"]
    assert monotonic() - start < 2
    assert call(asyncio.sleep(0.001, result=57)) == 57


def test_ctrl_c_while_the_cpu_works_in_a_callback() -> None:
    """The interrupt does not break the loop's own book-keeping."""

    async def work() -> None:
        while True:
            time.sleep(0.001)  # noqa: ASYNC251
            await asyncio.sleep(0)

    for after in (0.02, 0.031, 0.043):
        with interrupted(after), pytest.raises(KeyboardInterrupt):
            call(work())
        assert call(asyncio.sleep(0.001, result=57)) == 57


def test_a_value_that_arrives_despite_ctrl_c_is_an_orphan() -> None:
    orphans: list[int] = []

    async def work() -> int:
        try:
            await asyncio.sleep(20)
        except asyncio.CancelledError:
            await asyncio.sleep(0.01)
        return 57

    with interrupted(0.05), pytest.raises(KeyboardInterrupt):
        call(work(), orphan=orphans.append)
    assert orphans == [57]


def test_ctrl_c_is_bounded_by_grace_and_terminate() -> None:
    async def stubborn() -> None:
        while True:
            try:
                await asyncio.sleep(20)
            except asyncio.CancelledError:
                continue

    terminated: list[bool] = []
    start = monotonic()
    with interrupted(0.05), pytest.raises(KeyboardInterrupt) as caught:
        call(stubborn(), grace=0.1, terminate=lambda: terminated.append(True))
    assert monotonic() - start < 5
    assert terminated == [True]
    assert isinstance(caught.value.__cause__, ConnectionLost)
    assert call(asyncio.sleep(0.001, result=57)) == 57
    for task in asyncio.all_tasks(direct().loop):
        end_stubborn(task)


def end_stubborn(task: asyncio.Task[Any]) -> None:
    """The test's own work swallows every cancellation: close its coroutine, so that nothing complains at exit."""
    coroutine = task.get_coro()
    assert coroutine is not None
    coroutine.close()


def test_finish_outlasts_ctrl_c() -> None:
    log: list[str] = []

    async def work() -> None:
        await asyncio.sleep(0.2)
        log.append("committed")

    with interrupted(0.05), interrupted(0.1), pytest.raises(KeyboardInterrupt):
        finish(work())
    assert log == ["committed"]


def test_a_handler_of_the_users_own_that_raises() -> None:
    class Alarm(Exception):
        pass

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise Alarm

    before = signal.signal(signal.SIGALRM, ring)
    try:
        for _ in range(20):
            signal.setitimer(signal.ITIMER_REAL, random.uniform(0.001, 0.01))
            with pytest.raises(Alarm):
                call(asyncio.sleep(5))
            assert call(asyncio.sleep(0, result=57)) == 57
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_the_users_handler_of_ctrl_c_is_left_in_place() -> None:
    log: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: log.append(number))
    try:
        with interrupted(0.02):
            assert call(asyncio.sleep(0.1, result=57)) == 57
        assert log == [signal.SIGINT]
    finally:
        signal.signal(signal.SIGINT, before)
    call(asyncio.sleep(0))
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_in_a_wait_in_place() -> None:
    log: list[str] = []

    async def work() -> None:
        wakeup = Wakeup()

        def cancel() -> None:
            log.append("cancel")
            threading.Timer(0.05, wakeup.set).start()

        try:
            await wakeup.outlast(cancel)
        finally:
            log.append("ended")

    with interrupted(0.05), pytest.raises(KeyboardInterrupt):
        call_in_place(work())
    assert log == ["cancel", "ended"]
    assert call_in_place(sleep(0.001)) is None


def test_grace_in_place_ends_in_terminate() -> None:
    async def verb() -> None:
        wakeup = Wakeup()
        await host(asyncio_only=False).call(wakeup.outlast(lambda: None), grace=0.1, terminate=wakeup.set)

    start = monotonic()
    with interrupted(0.05), pytest.raises(KeyboardInterrupt):
        run_blocking(verb, "verb")
    assert 0.1 < monotonic() - start < 2


def test_finish_in_place_outlasts_ctrl_c() -> None:
    async def verb() -> None:
        wakeup = Wakeup()
        timer = threading.Timer(0.2, wakeup.set)
        timer.start()

        async def work() -> None:
            await wakeup.wait()
            log.append("committed")

        await host(asyncio_only=False).finish(work(), bound=5, terminate=lambda: None)

    log: list[str] = []
    with interrupted(0.05), interrupted(0.1), pytest.raises(KeyboardInterrupt):
        run_blocking(verb, "verb")
    assert log == ["committed"]


CTRL_C = """
import asyncio
from activerecord.runtime import host, run_blocking

async def work():
    print("started", flush=True)
    try:
        await asyncio.sleep(20)
    finally:
        await asyncio.sleep(0.05)
        print("clean", flush=True)

async def verb(coroutine):
    return await host(asyncio_only=True).call(coroutine)

try:
    run_blocking(lambda: verb(work()), "verb")
except KeyboardInterrupt:
    print("interrupted", flush=True)
print(run_blocking(lambda: verb(asyncio.sleep(0.01, result=57)), "verb"))
"""


def test_ctrl_c_in_a_program() -> None:
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-X", "dev", "-c", CTRL_C],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path.cwd(),
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert out.splitlines() == ["clean", "interrupted", "57"]
    assert err == ""
    assert process.returncode == 0


class Thing:
    pass


def things(log: list[str]) -> LoopLocal[Thing]:
    async def close(_: Thing) -> None:
        await host(asyncio_only=True).call(asyncio.sleep(0.005))
        await sleep(0.001)
        log.append("closed")

    return LoopLocal(Thing, close, lambda _: log.append("terminated"))


def test_threads_that_end_leave_nothing() -> None:
    log: list[str] = []
    local = things(log)

    def job() -> None:
        local.get()
        assert call(asyncio.sleep(0.001, result=57)) == 57

    call(asyncio.sleep(0))
    before = descriptors()
    for _ in range(10):
        thread = threading.Thread(target=job)
        thread.start()
        thread.join()
    assert log == ["closed"] * 10
    together = [threading.Thread(target=job) for _ in range(10)]
    for thread in together:
        thread.start()
    for thread in together:
        thread.join()
    assert log == ["closed"] * 20
    assert descriptors() <= before


AT_EXIT = """
import asyncio, threading
from activerecord.runtime import LoopLocal, host, run_blocking, sleep

class Thing: pass

async def close(thing):
    await host(asyncio_only=True).call(asyncio.sleep(0.01))
    print("closed", flush=True)

local = LoopLocal(Thing, close, lambda thing: print("terminated", flush=True))

async def verb():
    local.get()
    return await host(asyncio_only=True).call(asyncio.sleep(0.01, result=57))

print(run_blocking(verb, "verb"), flush=True)
"""

FORK = """
import os
def descriptors(): return len(os.listdir("/proc/self/fd"))
child = os.fork()
if not child:
    print("child", run_blocking(verb, "verb"), local.peek() is not None, flush=True)
    raise SystemExit(0)
assert os.waitpid(child, 0)[1] == 0
print("parent", run_blocking(verb, "verb"), flush=True)
"""

FORK_IN_THREADS = """
barrier = threading.Barrier(2)
def job():
    run_blocking(verb, "verb"); barrier.wait(); barrier.wait()
    print("thread", run_blocking(verb, "verb"), flush=True)
thread = threading.Thread(target=job); thread.start(); barrier.wait()
import os
child = os.fork()
if not child:
    print("child", run_blocking(verb, "verb"), flush=True)
    raise SystemExit(0)
assert os.waitpid(child, 0)[1] == 0
barrier.wait(); thread.join()
"""


def program(text: str, *options: str) -> list[str]:
    # Since 3.12 Python warns of every fork beside a thread; what matters here is that this one is harmless.
    forking = "ignore:This process:DeprecationWarning"
    result = subprocess.run(
        [sys.executable, "-W", "error", "-W", forking, *options, "-c", text],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        cwd=Path.cwd(),
    )
    assert (result.stderr, result.returncode) == ("", 0)
    return result.stdout.splitlines()


def test_at_exit() -> None:
    assert program(AT_EXIT, "-X", "dev") == ["57", "closed"]


def test_at_exit_by_an_error() -> None:
    result = subprocess.run(
        [sys.executable, "-c", AT_EXIT + "raise SystemExit(3)"], capture_output=True, text=True, timeout=30, check=False
    )
    assert (result.stdout.splitlines(), result.returncode) == (["57", "closed"], 3)


def test_a_forked_child_drops_what_it_inherited_and_works_anew() -> None:
    assert program(AT_EXIT + FORK) == ["57", "child 57 True", "closed", "parent 57", "closed"]


def test_a_fork_beside_another_thread() -> None:
    assert program(AT_EXIT + FORK_IN_THREADS) == ["57", "child 57", "closed", "thread 57", "closed", "closed"]


def test_the_private_loop_is_the_threads_own() -> None:
    loops: list[asyncio.AbstractEventLoop] = []

    async def work() -> None:
        loops.append(asyncio.get_running_loop())

    call(work())
    call(work())
    thread = threading.Thread(target=lambda: call(work()))
    thread.start()
    thread.join()
    assert loops[0] is loops[1]
    assert loops[2] is not loops[0]
    assert loops[2].is_closed()
