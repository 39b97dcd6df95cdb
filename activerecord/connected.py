"""Connections for as long as a program or a test runs: configured on entry, closed on exit."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

from activerecord import runtime
from activerecord.config import Settings
from activerecord.database import configure, database, databases, forget

__all__ = ["async_close", "close", "connected"]


@asynccontextmanager
async def connected(settings: "Settings | Mapping[str, Settings]") -> AsyncGenerator[None]:
    """Configure on entry, try each connection, and close them on exit: `async with connected("sqlite:///shop.db"):`.

    For the lifespan of a web application. Raises ConfigurationError, and ConnectionFailed where one cannot be opened.
    """
    names = configure(settings)
    try:
        for name in names:
            await database(name).execute_text("SELECT 1")
        yield
    finally:
        await _end(names)


async def _end(names: tuple[str, ...]) -> None:
    for name in names:
        if name in databases():
            await database(name).close()
    forget(names)


async def async_close() -> None:
    """Close the connections of the running loop in good order, and those of other loops and threads at once."""
    for found in databases().values():
        await found.close()


def close() -> None:
    """Close the connections of this thread in good order, and those of loops and other threads at once."""
    runtime.run_blocking(async_close, "close")
