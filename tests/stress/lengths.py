"""How long stress tests go on: bounded, as one of all the tests, or long, by `make stress`. The one place that asks which."""

import os
from typing import TypeVar

__all__ = ["LONG", "length"]

T = TypeVar("T")

_WORD = "ACTIVERECORD_STRESS"


def _is_long(word: str) -> bool:
    if word not in {"", "bounded", "long"}:
        raise ValueError(f"{_WORD} is 'bounded' or 'long', not {word!r}")
    return word == "long"


LONG = _is_long(os.environ.get(_WORD, ""))


def length(*, bounded: T, long: T) -> T:
    """The one or the other: seeds, rounds, seconds, examples, cells.

    length(bounded=range(3), long=range(12))
    """
    return long if LONG else bounded
