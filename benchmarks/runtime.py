"""What the hosts cost: a driver's call on each, against a plain await. Ratios matter; the microseconds are one machine's.

Run by `python benchmarks/runtime.py`.
"""

import asyncio
import socket
from collections.abc import Callable, Coroutine
from contextlib import closing
from multiprocessing import get_context
from time import perf_counter
from typing import Any, TypeAlias

import trio

from activerecord.runtime import Host, Turnstile, Wakeup, host, run_blocking

Work: TypeAlias = Callable[[], Coroutine[Any, Any, object]]
Measured: TypeAlias = Callable[[Work], Coroutine[Any, Any, object]]

ROUNDS = 3000


async def nothing() -> int:
    return 57


class Client:
    """A round trip to an echo server over a stream: the least that a driver of a server does."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)

    async def ask(self) -> bytes:
        self._writer.write(b"select 57\n")
        return await self._reader.readline()

    async def close(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()


async def plain(work: Work) -> object:
    return await work()


def calling(chosen: Host) -> Measured:
    async def call(work: Work) -> object:
        return await chosen.call(work())

    return call


def finishing(chosen: Host) -> Measured:
    async def finish(work: Work) -> object:
        return await chosen.finish(work(), bound=5, terminate=lambda: None)

    return finish


async def timed(measured: Measured, work: Work) -> float:
    """Microseconds for one."""
    for _ in range(ROUNDS // 10):
        await measured(work)
    start = perf_counter()
    for _ in range(ROUNDS):
        await measured(work)
    return (perf_counter() - start) / ROUNDS * 1e6


async def hosted(port: int) -> dict[str, float]:
    """The figures of the running loop's host."""
    chosen, in_place, client = host(asyncio_only=True), host(asyncio_only=False), Client(port)
    await chosen.call(client.open())
    figures = {
        "call, no wait": await timed(calling(chosen), nothing),
        "call in place, no wait": await timed(calling(in_place), nothing),
        "finish, no wait": await timed(finishing(chosen), nothing),
        "call, round trip": await timed(calling(chosen), client.ask),
        "finish, round trip": await timed(finishing(chosen), client.ask),
        "wakeup made and set": await timed(plain, woken),
        "turnstile": await timed(plain, turned),
    }
    await chosen.call(client.close())
    return figures


async def woken() -> bool:
    wakeup = Wakeup()
    wakeup.set()
    return await wakeup.wait()


async def turned(turnstile: Turnstile = Turnstile()) -> None:  # noqa: B008  # one for all
    await turnstile.enter(turnstile)
    turnstile.leave()


async def raw(port: int) -> dict[str, float]:
    """The figures without a host, which the others are compared with."""
    client = Client(port)
    await client.open()
    figures = {"call, no wait": await timed(plain, nothing), "call, round trip": await timed(plain, client.ask)}
    await client.close()
    return figures


def echo(server: socket.socket) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection:
            while line := connection.recv(1000):
                connection.sendall(line)


def main() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        # A process: a thread of this one would be measured as well, by the turns that it takes with the interpreter.
        get_context("spawn").Process(target=echo, args=[server], daemon=True).start()
        port = server.getsockname()[1]
        base = asyncio.run(raw(port))
        columns = {
            "asyncio": asyncio.run(hosted(port)),
            "trio": trio.run(hosted, port),
            "direct": run_blocking(lambda: hosted(port), "hosted"),
        }
    print(f"plain await: {base['call, no wait']:.2f} us; plain round trip: {base['call, round trip']:.1f} us")
    print(f"{'us (times the plain round trip)':34}" + "".join(f"{name:>18}" for name in columns))
    for row in columns["asyncio"]:
        cells = [f"{figures[row]:.1f} ({figures[row] / base['call, round trip']:.2f})" for figures in columns.values()]
        print(f"{row:34}" + "".join(f"{cell:>18}" for cell in cells))


if __name__ == "__main__":
    main()
