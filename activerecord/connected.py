"""Connections for as long as a program or a test runs: configured on entry, closed on exit."""

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from activerecord import runtime
from activerecord.config import Settings
from activerecord.database import Database, configure, database, databases, forget

__all__ = ["async_close", "close", "connected"]


@asynccontextmanager
async def connected(settings: "Settings | Mapping[str, Settings]") -> AsyncGenerator[None]:
    """Configure on entry, try each connection, open `min_size` of it, and close them on exit.

    `async with connected("sqlite:///shop.db"):`, for the lifespan of a web application. Raises ConfigurationError, and
    ConnectionFailed where one cannot be opened; then nothing is left open.
    """
    opened = {name: database(name) for name in configure(settings)}
    try:
        for each in opened.values():
            await each.execute_text("SELECT 1")
            await each.fill()
        yield
    finally:
        try:
            await _close_all(opened.values())
        finally:
            # what was configured anew meanwhile is somebody else's
            forget([name for name, each in opened.items() if databases().get(name) is each])


async def _close_all(opened: "Iterable[Database]") -> None:
    """Close each, whatever becomes of the others; the last error is raised."""
    async with AsyncExitStack() as stack:
        for each in opened:
            stack.push_async_callback(each.close)


async def async_close() -> None:
    """Close the connections of the running loop in good order, and those of other loops and threads at once."""
    await _close_all(databases().values())


def close() -> None:
    """Close the connections of this thread in good order, and those of loops and other threads at once."""
    runtime.run_blocking(async_close, "close")
