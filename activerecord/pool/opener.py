"""How connections begin and end, so that none is left that nobody owns."""

from activerecord import runtime
from activerecord.config import Configuration
from activerecord.driver import Connection, Driver

__all__ = ["Opener"]

# Seconds that a server has to stop the question whether it is there, once nobody waits for the answer.
_MOMENT = 0.2


class Opener:
    """Opens, asks and ends the connections of one configuration, each within a bound."""

    def __init__(self, configuration: Configuration, driver: Driver) -> None:
        self.configuration = configuration
        self.driver = driver

    async def open(self) -> Connection:
        """A new connection. Cancelled or not, none is left that nobody owns."""
        return await self._host().call(self.driver.connect(self.configuration), orphan=lambda late: late.terminate())

    def catch_up(self) -> None:
        """Have connections that were idle hear of their end."""
        if self.driver.asyncio_only:
            runtime.catch_up()

    async def answers(self, connection: Connection, *, bound: float) -> bool:
        """Whether a connection answers within so many seconds; one that does not is ended.

        Raises TimeoutError where it was silent. One who is cancelled goes at once, but for the moment that a living server
        takes to stop the question: the connection may be kept then.
        """
        try:
            with runtime.deadline(bound):
                await self._host().call(connection.fetch("SELECT 1", ()), grace=_MOMENT, terminate=connection.terminate)
        except Exception as error:  # whatever it says, it is no answer
            connection.terminate()
            if isinstance(error, TimeoutError):
                raise
            return False
        return True

    async def roll_back(self, connection: Connection) -> None:
        """Undo what the last user of a connection left unfinished."""
        bound = self.configuration.close_timeout
        await self._host().finish(connection.execute("ROLLBACK", ()), bound=bound, terminate=connection.terminate)

    async def close(self, connection: Connection, *, bound: float) -> None:
        """End a connection in good order, or at once where that takes longer than so many seconds."""
        try:
            await self._host().finish(connection.close(), bound=bound, terminate=connection.terminate)
        finally:
            connection.terminate()

    def _host(self) -> runtime.Host:
        return runtime.host(asyncio_only=self.driver.asyncio_only)
