"""What differs between a record and its row."""

import datetime as dt
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activerecord.changes import MISSING, changed_values, differs
from activerecord.hydration import Layout

LAYOUT = Layout(["a", "b"], [None, json.loads], ["a", "b_"])


def changes(row: tuple[Any, ...], **values: Any) -> dict[str, tuple[Any, Any]]:
    return changed_values(LAYOUT, row, values)


def test_what_is_the_same_is_no_change() -> None:
    assert changes((1, "[1]"), a=1, b_=[1]) == {}
    assert changes((None, None), a=None, b_=None) == {}


def test_what_is_missing_is_no_change() -> None:
    assert changes((1, "[1]")) == {}
    assert repr(MISSING) == "MISSING"


def test_changes_go_by_the_names_of_columns() -> None:
    assert changes((1, "[1]"), a=2, b_=[2]) == {"a": (1, 2), "b": ([1], [2])}
    assert changes((1, "[1]"), a=None, b_=None) == {"a": (1, None), "b": ([1], None)}
    assert changes((None, None), a=0, b_=[]) == {"a": (None, 0), "b": (None, [])}


def test_a_change_in_place_counts() -> None:
    document = json.loads('{"x": [1]}')
    document["x"].append(2)
    assert changes((1, '{"x": [1]}'), a=1, b_=document) == {"b": ({"x": [1]}, {"x": [1, 2]})}


class Sulking:
    """A value that cannot be compared."""

    def __eq__(self, other: object) -> bool:
        raise ValueError

    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("old", "new"),
    [(1, True), (0, False), (1, 1.0), ("1", 1), (b"a", "a"), (None, 0), (0, None), (Sulking(), Sulking())],
)
def test_values_that_differ(old: Any, new: Any) -> None:
    assert differs(old, new)


def test_values_that_do_not_differ() -> None:
    same = Sulking()
    assert not differs(same, same)
    assert not differs(math.nan, math.nan)
    now = dt.datetime.now(dt.UTC)
    assert not differs(now, now.astimezone(dt.timezone(dt.timedelta(hours=2))))


@given(st.integers() | st.text() | st.none() | st.binary(), st.integers() | st.text() | st.none() | st.binary())
def test_a_value_differs_from_all_but_its_equals(old: Any, new: Any) -> None:
    assert differs(old, new) == (old != new)
