"""A proxy before a server that counts the statements which a client sends, whatever library it uses."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Self

__all__ = ["Counter"]


class Counter:
    """Listens on a port of its own and passes everything on, both ways. `statements` is how many have been sent."""

    def __init__(self, engine: str, host: str, port: int) -> None:
        self._target = (host, port)
        self._make: Callable[[], _Postgres | _Mysql] = _Postgres if engine == "postgresql" else _Mysql
        self.statements = 0
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._listening.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._ended = asyncio.Event()
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._listening.set()
        await self._ended.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
            with suppress(asyncio.CancelledError, OSError):
                await task

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, onward = await asyncio.open_connection(*self._target)
        # The end of either side is the end of both: a client that closes waits for its server to do so too.
        ways = [
            asyncio.create_task(_pass(reader, onward, self._make().fed, self._count)),
            asyncio.create_task(_pass(there, writer, lambda _: 0)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            onward.close()
            writer.close()

    def _count(self, many: int) -> None:
        self.statements += many


async def _pass(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    fed: Callable[[bytes], int],
    count: Callable[[int], None] = lambda _: None,
) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            count(fed(data))
            writer.write(data)
            await writer.drain()


class _Postgres:
    """What a client of PostgreSQL says, without TLS: queries, and executions of what was prepared."""

    def __init__(self) -> None:
        self._left = b""
        self._begun = False

    def fed(self, data: bytes) -> int:
        """How many statements end in these bytes."""
        self._left += data
        found = 0
        while True:
            head = 1 if self._begun else 0  # the first message has no letter
            if len(self._left) < head + 4:
                return found
            length = head + int.from_bytes(self._left[head : head + 4], "big")
            if len(self._left) < length:
                return found
            found += self._begun and self._left[:1] in b"QE"
            self._left, self._begun = self._left[length:], True


class _Mysql:
    """What a client of MySQL says, without TLS or compression: queries, and executions of what was prepared."""

    def __init__(self) -> None:
        self._left: bytes = b""

    def fed(self, data: bytes) -> int:
        """How many statements end in these bytes."""
        self._left += data
        found = 0
        while len(self._left) >= 5:
            length = 4 + int.from_bytes(self._left[:3], "little")
            if len(self._left) < length:
                break
            # the first packet of a command has number 0, and begins with what is wanted
            found += self._left[3] == 0 and self._left[4] in (0x03, 0x17)
            self._left = self._left[length:]
        return found
