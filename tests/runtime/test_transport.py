"""Transports that are cut: in their loop, from another thread, and when their loop is gone."""

import asyncio
import gc
import socket
import threading
import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import pytest

from activerecord.runtime.transport import cut, keep_alive
from activerecord.testing import RUNNERS

loops = pytest.mark.parametrize("runner", ["asyncio", "uvloop"])


@contextmanager
def pair() -> Generator[tuple[socket.socket, socket.socket]]:
    """Two ends of a TCP connection: ours, which a transport takes over, and that of the other side."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ours = socket.create_connection(listener.getsockname())
        theirs, _ = listener.accept()
    theirs.settimeout(2)
    with theirs:
        yield ours, theirs


async def opened(ours: socket.socket) -> asyncio.Transport:
    transport, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, sock=ours)
    return transport


def is_ended(theirs: socket.socket) -> bool:
    try:
        return theirs.recv(1) == b""
    except ConnectionResetError:
        return True


@loops
def test_in_its_loop_and_twice(runner: str) -> None:
    calls: list[str] = []

    async def body(ours: socket.socket, theirs: socket.socket) -> None:
        transport, loop = await opened(ours), asyncio.get_running_loop()

        def first() -> None:
            calls.append("first")
            raise ValueError

        cut(transport, loop, threading.get_ident(), first)
        cut(transport, loop, threading.get_ident())
        assert transport.is_closing()
        await asyncio.sleep(0.01)
        assert is_ended(theirs)

    with pair() as (ours, theirs):
        RUNNERS[runner].run(lambda: body(ours, theirs))
    assert calls == ["first"]


@loops
def test_from_another_thread_it_is_done_in_the_loop(runner: str) -> None:
    threads: list[int] = []

    async def body(ours: socket.socket, theirs: socket.socket) -> None:
        transport, loop, thread = await opened(ours), asyncio.get_running_loop(), threading.get_ident()
        await asyncio.to_thread(cut, transport, loop, thread, lambda: threads.append(threading.get_ident()))
        await asyncio.sleep(0.05)
        assert transport.is_closing()
        assert is_ended(theirs)
        assert threads == [thread]

    with pair() as (ours, theirs):
        RUNNERS[runner].run(lambda: body(ours, theirs))


def test_a_loop_that_turns_no_more_is_not_waited_for() -> None:
    with pair() as (ours, theirs):
        loop = asyncio.new_event_loop()
        transport = loop.run_until_complete(opened(ours))
        cut(transport, loop, threading.get_ident())
        assert is_ended(theirs)
        # A later turn finds everything as it should be.
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


@pytest.mark.parametrize("thread", [threading.get_ident, lambda: -1], ids=["its own thread", "another thread"])
def test_a_closed_loop_is_told_nothing(thread: Callable[[], int]) -> None:
    calls: list[str] = []
    with pair() as (ours, theirs), warnings.catch_warnings():
        warnings.simplefilter("error")
        loop = asyncio.new_event_loop()
        transports: list[Any] = [loop.run_until_complete(opened(ours))]
        loop.close()
        cut(transports[0], loop, thread(), lambda: calls.append("first"))
        assert is_ended(theirs)
        transports.clear()
        gc.collect()
    assert calls == []


def test_the_system_looks_for_a_dead_network() -> None:
    async def body(ours: socket.socket) -> None:
        transport = await opened(ours)
        keep_alive(transport)
        found = transport.get_extra_info("socket")
        assert found.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        if hasattr(socket, "TCP_KEEPIDLE"):
            assert found.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 60
        transport.close()

    with pair() as (ours, _):
        RUNNERS["asyncio"].run(lambda: body(ours))


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="there are no unix sockets here")
def test_a_unix_socket_is_left_as_it_is() -> None:
    async def body(ours: socket.socket) -> None:
        transport = await opened(ours)
        keep_alive(transport)
        assert not transport.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        transport.close()

    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with theirs:
        RUNNERS["asyncio"].run(lambda: body(ours))
