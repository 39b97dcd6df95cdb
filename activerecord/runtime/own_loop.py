"""An asyncio loop that this library owns, rather than the user's program."""

import asyncio
import selectors

from activerecord.runtime.fork import is_inherited, process

__all__ = ["OwnLoop"]


class OwnLoop(asyncio.SelectorEventLoop):
    """A selector loop that winds itself up in good order, and that a forked child leaves alone."""

    def __init__(self) -> None:
        self._own_selector = selectors.DefaultSelector()
        self._process = process()
        super().__init__(self._own_selector)

    def selector_fileno(self) -> int:
        """The descriptor that becomes readable when the loop has input or output to attend to."""
        return self._own_selector.fileno()

    async def wind_up(self) -> None:
        """Run in the loop, last of all: end its tasks, its async generators and its threads."""
        current = asyncio.current_task()
        tasks = [task for task in asyncio.all_tasks(self) if task is not current]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.shutdown_asyncgens()
        await self.shutdown_default_executor()

    def __del__(self) -> None:
        if not is_inherited(self._process):
            super().__del__()
