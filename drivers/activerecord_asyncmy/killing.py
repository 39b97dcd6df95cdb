"""Stopping a statement: another connection asks the server to, for a connection takes no requests while it works."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from activerecord_asyncmy.wire import Wire

__all__ = ["Killing", "farewell"]

# Seconds that all of it may take: a little less than a host waits for a cancelled call.
_BOUND = 4.0
# Seconds until the server is asked once more. A request that overtakes the statement on its way is forgotten by some
# servers when the statement arrives.
_AGAIN = 0.2
# Seconds that the server has for its goodbye to that other connection.
_FAREWELL = 1.0


class Killing:
    """`KILL QUERY`, again and again until the statement has ended. `sent` tells whether the server was asked at all."""

    def __init__(
        self, session: int, side: Callable[[], Coroutine[Any, Any, Wire]], give_up: Callable[[], None]
    ) -> None:
        self._session = session
        self._side = side
        self._give_up = give_up
        self._ended = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._run())
        self.sent = False

    async def over(self) -> None:
        """Tell that the statement has ended, and wait until no more requests are under way."""
        if not self._ended.done():
            self._ended.set_result(None)
        await asyncio.wait([self._task])

    async def _run(self) -> None:
        try:
            async with asyncio.timeout(_BOUND):
                await self._kill()
        except (Exception, asyncio.CancelledError):  # noqa: BLE001  # whatever it is, the statement cannot be stopped
            self._give_up()

    async def _kill(self) -> None:
        opening = asyncio.ensure_future(self._side())
        try:
            await asyncio.wait([opening, self._ended], return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            # The server does not answer here either. It could have done so just now.
            opening.cancel()
            opening.add_done_callback(_drop)
            raise
        if self._ended.done():
            await _abandon(opening)
            return
        side = await opening
        try:
            while not self._ended.done():
                self.sent = True
                await side.run(f"KILL QUERY {self._session:d}")
                await asyncio.wait([self._ended], timeout=_AGAIN)
        finally:
            await farewell(side)


async def _abandon(opening: "asyncio.Future[Wire]") -> None:
    """Let go of a connection that is being opened, or has been."""
    opening.cancel()
    await asyncio.wait([opening])
    if not opening.cancelled() and opening.exception() is None:
        await farewell(opening.result())


def _drop(opening: "asyncio.Future[Wire]") -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().abort()


async def farewell(wire: Wire, bound: float = _FAREWELL) -> None:
    """Close a connection in good order, if that takes no more than so many seconds; at once if it does."""
    try:
        with suppress(Exception):
            async with asyncio.timeout(bound):
                await wire.quit()
    finally:
        wire.abort()
