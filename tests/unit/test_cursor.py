"""Cursors as text: what goes in comes out, and nothing else is taken for one."""

import datetime as dt
import math
import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activerecord import InvalidCursor, QueryError
from activerecord.query.cursor import CursorText

SECRET = "of the tests alone"

VALUE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False),
    st.decimals(allow_nan=False),
    st.text(max_size=30),
    st.binary(max_size=30),
    st.dates(),
    st.times(),
    st.datetimes(),
    st.datetimes(timezones=st.just(dt.UTC)),
    st.timedeltas(),
    st.uuids(),
)


@given(place=st.lists(VALUE, max_size=6), inclusive=st.booleans(), secret=st.sampled_from([None, SECRET]))
def test_there_and_back(place: list[Any], inclusive: bool, secret: str | None) -> None:
    text = CursorText("a query", secret)
    cursor = text.write(place, inclusive=inclusive)
    assert re.fullmatch(r"[A-Za-z0-9_-]+", cursor)
    found, was_inclusive = text.read(cursor, len(place))
    assert found == place
    assert list(map(type, found)) == list(map(type, place))
    assert was_inclusive is inclusive


@given(place=st.lists(VALUE, min_size=1, max_size=3), other=st.sampled_from([("b query", None), ("a query", SECRET)]))
def test_of_another_query_or_secret(place: list[Any], other: tuple[str, str | None]) -> None:
    cursor = CursorText("a query", None).write(place, inclusive=False)
    with pytest.raises(InvalidCursor):
        CursorText(*other).read(cursor, len(place))
    with pytest.raises(InvalidCursor):
        CursorText("a query", None).read(cursor, len(place) + 1)


@given(content=st.binary(max_size=60) | st.recursive(VALUE, st.lists).map(lambda v: repr(v).encode()))
def test_forged_content(content: bytes) -> None:
    """Whoever can make a cursor cannot make the library fail but by its own error."""
    forged(content)


@pytest.mark.parametrize(
    "content",
    [
        "[]", "{}", "0", "null", "[2]", '["0"]', "[0,1]", "[0,[]]", '[0,""]', '[0,"?1"]', '[0,"i"]', '[0,"i1e5"]', '[0,"i1_0"]',
        '[0,"i' + "9" * 101 + '"]', '[0,"n1E999999999999999999999"]', '[0,"nsNaN"]', '[0,"f"]', '[0,"o2"]', '[0,"o"]', '[0,"bxy"]',
        '[0,"t2024-13-01"]', '[0,"d0000-01-01"]', '[0,"c25:00"]', '[0,"p' + "9" * 90 + '"]', '[0,"u1"]', '{"0":1}',
        "[" * 2000, "[0," + "[" * 1500 + "]" * 1500 + "]", "1" * 2900, "\ud800",
    ],
)  # fmt: skip
def test_forged_values(content: str) -> None:
    forged(content.encode("utf-8", "surrogatepass"), must_fail=True)


def forged(content: bytes, *, must_fail: bool = False) -> None:
    text = Forger("a query", None)
    with pytest.raises(InvalidCursor) if must_fail else suppress(InvalidCursor):
        text.read(text.made(content), 1)


class Forger(CursorText):
    """Knows how cursors are marked."""

    def made(self, content: bytes) -> str:
        """A cursor with this content."""
        return self._text(content)


@given(cursor=st.text(max_size=100) | st.binary() | st.none() | st.integers())
def test_anything_for_a_cursor(cursor: object) -> None:
    with pytest.raises(InvalidCursor):
        CursorText("a query", None).read(cursor, 1)


def test_every_letter_counts() -> None:
    text = CursorText("a query", SECRET)
    cursor = text.write(["ann", 5], inclusive=False)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for place, letter in enumerate(cursor):
        for other in set(letters) - {letter}:
            with pytest.raises(InvalidCursor):
                text.read(cursor[:place] + other + cursor[place + 1 :], 2)


@pytest.mark.parametrize("value", [math.nan, dt.time(12, tzinfo=dt.UTC), [1], object(), {"a": 1}, "x" * 4000])
def test_what_has_no_cursor(value: object) -> None:
    with pytest.raises(QueryError) as caught:
        CursorText("a query", None).write([value], inclusive=False)
    assert not isinstance(caught.value, InvalidCursor)
