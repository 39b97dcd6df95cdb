"""Ranges as values: one form for those with the same members."""

import copy
import datetime as dt
import pickle
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activerecord import InvalidValue, Range

bounds = st.none() | st.integers(-9, 9)
flags = st.booleans()


def contains(lower: int | None, upper: int | None, flags: tuple[bool, bool], value: float) -> bool:
    """Membership, written down once more."""
    above = lower is None or value > lower or (flags[0] and value == lower)
    below = upper is None or value < upper or (flags[1] and value == upper)
    return above and below


@given(bounds, bounds, flags, flags, st.integers(-12, 12))
def test_members(lower: int | None, upper: int | None, from_lower: bool, to_upper: bool, value: int) -> None:
    if lower is not None and upper is not None and lower > upper:
        return
    try:
        found = Range(lower, upper, lower_inclusive=from_lower, upper_inclusive=to_upper)
    except InvalidValue:
        # Nothing lies between 3 and 3, and from 4 to 3 there is no range.
        assert lower == upper or not (from_lower or to_upper)
        return
    assert (value in found) == contains(lower, upper, (from_lower, to_upper), value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Range(1, 3, upper_inclusive=True), Range(1, 4)),
        (Range(0, 4, lower_inclusive=False), Range(1, 4)),
        (
            Range(dt.date(2024, 1, 1), dt.date(2024, 1, 31), upper_inclusive=True),
            Range(dt.date(2024, 1, 1), dt.date(2024, 2, 1)),
        ),
        (Range(2, 2), Range[int](empty=True)),
        (Range(1, 2, lower_inclusive=False), Range[int](empty=True)),
        (Range(1, 2, empty=True), Range[int](empty=True)),
        (Range(None, 3, lower_inclusive=False), Range(None, 3)),
        (Range(3, None, upper_inclusive=True), Range(3)),
        (Range(Decimal(2), Decimal(2)), Range[Decimal](empty=True)),
    ],
)
def test_ranges_with_the_same_members_are_equal(one: Range[Any], other: Range[Any]) -> None:
    assert one == other
    assert hash(one) == hash(other)


def test_decimals_and_moments_are_not_counted() -> None:
    both = Range(Decimal(1), Decimal(2), upper_inclusive=True)
    assert both != Range(Decimal(1), Decimal(2))
    assert Decimal(2) in both and Decimal("1.999") in both and Decimal("2.001") not in both
    noon = dt.datetime(2024, 1, 2, 12, tzinfo=dt.UTC)
    assert noon in Range(noon, noon, upper_inclusive=True)
    assert noon not in Range(noon, lower_inclusive=False)


@pytest.mark.parametrize(
    "bounds", [(2, 1), (dt.date(2024, 1, 2), dt.date(2024, 1, 1)), (1, "a"), (1, dt.date(2024, 1, 1))]
)
def test_bounds_that_make_no_range(bounds: tuple[Any, Any]) -> None:
    with pytest.raises(InvalidValue, match="bound"):
        Range(*bounds)


def test_no_date_follows_the_last() -> None:
    with pytest.raises(ValueError, match="None is no bound"):
        Range(dt.date(2024, 1, 1), dt.date.max, upper_inclusive=True)


def test_an_empty_range_has_no_members() -> None:
    assert 1 not in Range[int](empty=True)
    assert (Range(1, 1).lower, Range(1, 1).upper, Range(1, 1).empty) == (None, None, True)


def test_a_range_shows_how_it_is_made() -> None:
    shown = [
        Range(1, 4),
        Range(1),
        Range(None, Decimal(2), upper_inclusive=True),
        Range(1.5, 2.5, lower_inclusive=False),
        Range(1, 1),
    ]
    assert [repr(one) for one in shown] == [
        "Range(1, 4)",
        "Range(1, None)",
        "Range(None, Decimal('2'), upper_inclusive=True)",
        "Range(1.5, 2.5, lower_inclusive=False)",
        "Range(empty=True)",
    ]
    assert all(eval(repr(one)) == one for one in shown)


def test_a_range_is_a_value() -> None:
    one = Range(Decimal(1), Decimal(2), upper_inclusive=True)
    assert pickle.loads(pickle.dumps(one)) == copy.deepcopy(one) == one
    with pytest.raises(AttributeError):
        one.lower = Decimal(0)  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
