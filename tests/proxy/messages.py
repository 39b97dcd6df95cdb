"""What clients and servers say to each other, message by message, in the protocols of PostgreSQL and MySQL."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["Message", "Side", "When", "answering", "asking", "number", "split"]

Side: TypeAlias = Literal["client", "server"]

# PostgreSQL: a letter and a length that counts itself; the first message of a connection has no letter. MySQL: a length, a
# number, and then what is counted.
_LETTER, _LENGTH, _HEADER = 1, 4, 4


@dataclass(frozen=True, slots=True)
class Message:
    """One message, the `number`-th since the proxy began to count. `asked` is what the client of its link has said last."""

    number: int
    by: Side
    data: bytes
    asked: bytes

    def __str__(self) -> str:
        return f"{self.number}: the {self.by}'s {_shown(self.data)}, the client having said {_shown(self.asked)}"


def _shown(data: bytes) -> str:
    """The beginning, without what no person reads."""
    return repr(bytes(byte for byte in data[:48] if 32 <= byte < 127).decode())


When: TypeAlias = Callable[[Message], bool]


def number(wanted: int) -> When:
    """At the so many-th message, from zero."""
    return lambda message: message.number == wanted


def asking(word: bytes) -> When:
    """At the first message of a client with this in it: it does not reach the server."""
    return lambda message: message.by == "client" and word in message.data


def answering(word: bytes) -> When:
    """At the first answer to that: the server has done it, and the client does not hear."""
    return lambda message: message.by == "server" and word in message.asked


def split(engine: str | None, buffer: bytearray) -> Iterator[bytes]:
    """Take the whole messages out of what has come; without an engine whatever has come is one."""
    length = _LENGTHS[engine]
    while (size := length(buffer)) and size <= len(buffer):
        yield bytes(buffer[:size])
        del buffer[:size]


def _postgres(buffer: bytearray) -> int:
    # A length without a letter before it begins with a zero: no first message is as long as 16 MB.
    letter = _LETTER if buffer and buffer[0] else 0
    if len(buffer) < letter + _LENGTH:
        return 0
    return letter + int.from_bytes(buffer[letter : letter + _LENGTH], "big")


def _mysql(buffer: bytearray) -> int:
    return _HEADER + int.from_bytes(buffer[:3], "little") if len(buffer) >= _HEADER else 0


_LENGTHS: Mapping[str | None, Callable[[bytearray], int]] = {"postgresql": _postgres, "mysql": _mysql, None: len}
