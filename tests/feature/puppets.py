"""A driver without a database, whose connections fail, freeze and die when a test says so, and pools of these."""

from typing import Any, Literal, TypeAlias, cast

from activerecord.config import Configuration
from activerecord.driver import Binds, Driver, Row
from activerecord.errors import ConnectionFailed, ConnectionLost
from activerecord.pool import LoopPool
from activerecord.runtime import Wakeup, checkpoint

__all__ = ["Puppet", "Strings", "Verb", "as_puppet"]

Verb: TypeAlias = Literal["open", "fetch", "close"]


class Strings:
    """The driver, as far as a pool knows it. `frozen` verbs never end by themselves, `failing` ones fail.

    `made` is all that it opened, `most` how many of them were open at a time.
    """

    asyncio_only = False

    def __init__(self) -> None:
        self.made: list[Puppet] = []
        self.frozen: set[Verb] = set()
        self.failing: set[Verb] = set()
        self.most = 0

    @property
    def open_now(self) -> list["Puppet"]:
        """The connections that have not ended."""
        return [puppet for puppet in self.made if puppet.is_open]

    def pool(self, **settings: Any) -> LoopPool:
        """A pool of such connections."""
        settings = {"driver": "sqlite", "acquire_timeout": 5, **settings}
        return LoopPool(Configuration.read("strings", settings), cast("Driver", self))

    async def connect(self, configuration: Configuration) -> "Puppet":
        """See `Driver.connect`."""
        await checkpoint()
        if "open" in self.frozen:
            await Wakeup().wait()
        if "open" in self.failing:
            raise ConnectionFailed("as the test wants it")
        puppet = Puppet(self)
        self.made.append(puppet)
        self.most = max(self.most, len(self.open_now))
        return puppet


class Puppet:
    """A connection. `said` are the statements and the ends that came to it, in order."""

    def __init__(self, strings: Strings) -> None:
        self.strings = strings
        self.is_open = True
        self.said: list[str] = []
        self._cut = Wakeup()

    async def fetch(self, sql: str, binds: Binds) -> list[Row]:
        """See `Connection.fetch`."""
        await self._do("fetch", sql)
        return [(1,)]

    async def close(self) -> None:
        """See `Connection.close`."""
        await self._do("close", "close")
        self.is_open = False

    def terminate(self) -> None:
        """See `Connection.terminate`."""
        if self.is_open:
            self.said.append("terminate")
        self.is_open = False
        self._cut.set()

    def in_transaction(self) -> bool:
        """See `Connection.in_transaction`."""
        return False

    def usable(self) -> bool:
        """See `Connection.usable`."""
        return self.is_open

    async def _do(self, verb: Verb, said: str) -> None:
        self.said.append(said)
        await checkpoint()
        if verb in self.strings.frozen:
            await self._cut.wait()
        if verb in self.strings.failing or not self.is_open:
            self.is_open = False
            raise ConnectionLost("as the test wants it")


def as_puppet(connection: object) -> Puppet:
    """The connection of a lease, as what it is."""
    assert isinstance(connection, Puppet)
    return connection
