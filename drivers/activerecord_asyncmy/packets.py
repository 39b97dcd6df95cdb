"""What a server takes in one piece: it closes the connection of whoever sends more, so that is looked at before."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from activerecord.errors import DataError
from activerecord_asyncmy.wire import Wire

__all__ = ["Packets"]

# No server has less, unless it was set so.
_SMALL = 1 << 20

# Bytes of a value that is neither text nor bytes: a Decimal of the most digits, its type and its length.
_PLAIN = 80
_CHARACTER = 4

# The command, the statement's number and flags, and whether types follow.
_HEADER = 11


class Packets:
    """The limit of one connection: `max_allowed_packet`, which the server keeps as it was when the session began."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._limit: int | None = None

    async def check_text(self, sql: str) -> None:
        """Raise DataError for a text that the server would not take."""
        if len(sql) * _CHARACTER >= _SMALL:
            await self._check(1 + _length(sql), sql, "the text of the statement has")

    async def check_values(self, values: Sequence[Any], sql: str) -> None:
        """Raise DataError for values, as they are sent, that the server would not take together."""
        longest = sum([len(value) for value in values if isinstance(value, str | bytes)])
        if longest * _CHARACTER + len(values) * _PLAIN >= _SMALL:
            await self._check(_weight(values), sql, "the values of the statement have together")

    async def _check(self, size: int, sql: str, what: str) -> None:
        if size < _SMALL:
            return
        if self._limit is None:
            # Now and not when the session begins: it costs a round trip, and most send nothing of the kind.
            self._limit = int((await self._wire.run("SELECT @@max_allowed_packet")).rows[0][0])
        if size >= self._limit:
            raise DataError(
                f"{what} {size} bytes, and the server takes less than the {self._limit} of its `max_allowed_packet`: "
                "set that higher, or store large values elsewhere",
                sql=sql,
            )


def _length(value: str | bytes) -> int:
    return len(value) if isinstance(value, bytes) or value.isascii() else len(value.encode())


def _weight(values: Sequence[Any]) -> int:
    """The bytes that values are sent as; of numbers and moments, what they may be at most."""
    return _HEADER + (len(values) + 7) // 8 + sum(map(_size, values))


def _size(value: Any) -> int:
    if not isinstance(value, str | bytes):
        return _SIZES.get(value.__class__, _PLAIN)
    size = _length(value)
    return 2 + size + (1 if size < 251 else 3 if size < 1 << 16 else 4 if size < 1 << 24 else 9)


# With the two of its type.
_SIZES: dict[type, int] = {
    type(None): 2,
    bool: 3,
    int: 10,
    float: 10,
    dt.date: 7,
    dt.datetime: 14,
    dt.timedelta: 15,
}
