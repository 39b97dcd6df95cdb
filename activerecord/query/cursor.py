"""Cursors: a place in the order of a query as text that can be given away and is checked when it comes back."""

import binascii
import datetime as dt
import hmac
import json
import re
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from decimal import Decimal
from enum import Enum
from hashlib import sha256
from typing import Any, cast

from activerecord.errors import InvalidCursor, QueryError
from activerecord.types.enumeration import dump_member

__all__ = ["CursorText", "Stored"]

# What goes into a line of a log and through any server as part of a URL.
_LONGEST = 4_000

# Half of a digest: too long to be found by trying.
_MARK = 16

_DAMAGED = "the cursor is damaged, or of another query: begin again without one"


class Stored(str):
    """The text that stands for a member of an Enum in the database."""

    __slots__ = ()


class CursorText:
    """Writes and reads the cursors of one query.

    `query` is whatever tells its order from that of others. With a `secret` nobody without it can make a cursor. Without,
    one that was damaged or belongs to another query is found out, and one that was made on purpose is not.
    """

    def __init__(self, query: str, secret: str | None) -> None:
        self._query = query.encode()
        self._key = b"" if secret is None else secret.encode()

    def write(self, place: Sequence[Any], *, inclusive: bool) -> str:
        """The cursor of a place. Raises QueryError for a value that has no text, or too long a one."""
        content = json.dumps([int(inclusive), *[_written(value) for value in place]], separators=(",", ":")).encode()
        text = self._text(content)
        if len(text) > _LONGEST:
            raise QueryError(f"the values that the page ends with are too long for a cursor of {_LONGEST} characters")
        return text

    def _text(self, content: bytes) -> str:
        return urlsafe_b64encode(self._mark(content) + content).rstrip(b"=").decode()

    def read(self, cursor: object, width: int) -> tuple[list[Any], bool]:
        """The place of so many values, and whether it belongs to what is wanted itself. Raises InvalidCursor."""
        if not isinstance(cursor, str):
            raise InvalidCursor(f"a cursor is text, got {type(cursor).__name__}")
        if len(cursor) > _LONGEST:
            raise InvalidCursor(f"a cursor is at most {_LONGEST} characters long")
        content = self._checked(cursor)
        try:
            inclusive, *values = cast("list[Any]", json.loads(content))
            place = [_read(value) for value in values]
        # A forged one may hold anything; RecursionError is a RuntimeError.
        except (ValueError, TypeError, ArithmeticError, RuntimeError, KeyError):
            raise InvalidCursor(_DAMAGED) from None
        if len(place) != width or inclusive not in (0, 1):
            raise InvalidCursor(_DAMAGED)
        return place, bool(inclusive)

    def _checked(self, cursor: str) -> bytes:
        try:
            given = cursor.encode("ascii")
            whole = urlsafe_b64decode(given + b"=" * (-len(given) % 4))
        except (ValueError, binascii.Error):
            raise InvalidCursor(_DAMAGED) from None
        # What is no letter of base64 is passed over, and so are the last bits: one place has one text.
        is_plain = urlsafe_b64encode(whole).rstrip(b"=") == given
        mark, content = whole[:_MARK], whole[_MARK:]
        if not is_plain or not hmac.compare_digest(mark, self._mark(content)):
            raise InvalidCursor(_DAMAGED)
        return content

    def _mark(self, content: bytes) -> bytes:
        said = b"cursor 1\0" + sha256(self._query).digest() + content
        return (hmac.digest(self._key, said, "sha256") if self._key else sha256(said).digest())[:_MARK]


def _written(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, Enum):
        return "e" + dump_member(value)
    kind: type = value.__class__
    write = _WRITERS.get(kind)
    if write is None:
        raise QueryError(f"an order by a value of type {kind.__name__} has no cursor: order by something else")
    if value != value or (isinstance(value, dt.time) and value.tzinfo is not None):  # noqa: PLR0124  # only NaN is not itself
        raise QueryError(
            "NaN, or a time of day with a zone, that a page ends with has no cursor: order by something else"
        )
    letter, text = write
    return letter + text(value)


def _read(text: object) -> Any:
    if text is None:
        return None
    if not isinstance(text, str):
        raise TypeError(text)
    return _READERS[text[:1]](text[1:])


def _whole(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,100}", text):
        raise ValueError(text)
    return int(text)


def _decimal(text: str) -> Decimal:
    if not re.fullmatch(r"[-+0-9.E]{1,200}|-?Infinity", text):
        raise ValueError(text)
    return Decimal(text)


def _switch(text: str) -> bool:
    return bool(("0", "1").index(text))


def _span(text: str) -> dt.timedelta:
    return dt.timedelta(microseconds=_whole(text))


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text)


_WRITERS: dict[type, tuple[str, Callable[[Any], str]]] = {
    bool: ("o", lambda value: str(int(value))),
    int: ("i", str),
    float: ("f", float.hex),
    Decimal: ("n", str),
    str: ("s", str),
    bytes: ("b", bytes.hex),
    dt.datetime: ("t", dt.datetime.isoformat),
    dt.date: ("d", dt.date.isoformat),
    dt.time: ("c", dt.time.isoformat),
    dt.timedelta: ("p", lambda value: str(value // dt.timedelta(microseconds=1))),
    uuid.UUID: ("u", str),
    Stored: ("e", str),
}

_READERS: dict[str, Callable[[str], Any]] = {
    "o": _switch,
    "i": _whole,
    "f": float.fromhex,
    "n": _decimal,
    "s": str,
    "b": _bytes,
    "t": dt.datetime.fromisoformat,
    "d": dt.date.fromisoformat,
    "c": dt.time.fromisoformat,
    "p": _span,
    "u": uuid.UUID,
    "e": Stored,
}
