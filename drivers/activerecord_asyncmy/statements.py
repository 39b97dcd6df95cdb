"""The prepared statements of one connection: the last ones used are kept."""

from activerecord_asyncmy.wire import Prepared, Wire

__all__ = ["Statements"]

# Longer texts are hardly sent again, and the server keeps each in its memory.
_LONGEST = 16_384


class Statements:
    """Prepared statements by their text, the one used longest ago first."""

    def __init__(self, wire: Wire, size: int) -> None:
        self._wire = wire
        self._size = size
        self._kept: dict[str, Prepared] = {}
        self._passing: Prepared | None = None

    async def get(self, sql: str) -> Prepared:
        """The statement of this text, prepared now if it is not kept."""
        kept = self._kept.pop(sql, None)
        if kept is not None:
            self._kept[sql] = kept
            return kept
        await self._make_room()
        prepared = await self._wire.prepare(sql)
        if len(sql) > _LONGEST or not self._size:
            self._passing = prepared
        else:
            self._kept[sql] = prepared
        return prepared

    async def forget(self, sql: str) -> None:
        """Let go of a statement that the server does not know as it is any more."""
        kept = self._kept.pop(sql, None)
        if kept is not None:
            await kept.close()

    async def clear(self) -> bool:
        """Let go of all; whether there were any."""
        kept, self._kept = self._kept, {}
        for prepared in kept.values():
            await prepared.close()
        return bool(kept)

    async def _make_room(self) -> None:
        # Here and not when they were used, for the server is told with the next statement.
        if self._passing is not None:
            passing, self._passing = self._passing, None
            await passing.close()
        while self._kept and len(self._kept) >= self._size:
            await self._kept.pop(next(iter(self._kept))).close()
