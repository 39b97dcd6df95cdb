"""A connection of asyncpg that can be ended from anywhere, at any time."""

from asyncio import get_running_loop
from threading import get_ident
from typing import TYPE_CHECKING, Any

from activerecord.runtime.transport import cut, keep_alive
from activerecord_asyncpg.library import PreparedStatement, connection_class
from activerecord_asyncpg.reading import Reading

__all__ = ["Wire"]

if TYPE_CHECKING:

    class _Connection:
        """What is used of asyncpg's connections."""

        def __init__(self, *parts: Any) -> None: ...
        async def execute(self, query: str, *, timeout: float | None = None) -> str: ...
        async def prepare(self, query: str, *, name: str | None = None) -> PreparedStatement: ...
        async def reload_schema_state(self) -> None: ...
        async def set_type_codec(
            self, typename: str, *, schema: str, encoder: Any, decoder: Any, format: str
        ) -> None: ...
        async def close(self, *, timeout: float | None = None) -> None: ...
        def terminate(self) -> None: ...
        def is_closed(self) -> bool: ...
        def is_in_transaction(self) -> bool: ...

else:
    _Connection = connection_class


class Wire(_Connection):
    """asyncpg's connection with its transport at hand, and what reads its values."""

    def __init__(self, protocol: Any, transport: Any, _: object, *parts: Any) -> None:
        # What it was connected with may stand for the loop, and is not what its tasks run in.
        self.loop = get_running_loop()
        super().__init__(protocol, transport, self.loop, *parts)
        self._pipe = transport
        self._thread = get_ident()
        self.reading = Reading()
        keep_alive(transport)

    def __del__(self) -> None:
        """Nothing: who owns the connection tells of one that was forgotten."""

    def cut(self) -> None:
        """End the session at once, whatever has become of its loop. Never fails."""
        cut(self._pipe, self.loop, self._thread, self.terminate)
