"""The order in which rows go that lead to each other."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from activerecord import ActiveRecord, Column, HasMany, column, has_many
from activerecord.relation.association import Association
from activerecord.relation.cascade import Cascade, Fall, Row


class Knot(ActiveRecord):
    __table_name__ = "ca_knots"
    id: Column[int] = column(primary_key=True)
    knot_id: Column[int | None]
    knots: HasMany["Knot"] = has_many(dependent="destroy")


KNOTS: Any = vars(Knot)["knots"]
assert isinstance(KNOTS, Association)


def row(number: int) -> Row:
    return Knot.__mapper__, (number,)


def cascade(pairs: list[tuple[int, int]]) -> Cascade:
    """What is reached from 0, in the order in which it is found level by level."""
    found, level = [0], [0]
    while level:
        level = list(dict.fromkeys([b for a in level for c, b in pairs if c == a and b not in found]))
        found += level
    falls = [Fall(KNOTS, row(a), row(b)) for a, b in pairs if a in found]
    return Cascade({row(number): {} for number in found}, falls)


def reaches(falls: set[Fall], start: Row, end: Row) -> bool:
    seen, left = set[Row](), [start]
    while left:
        at = left.pop()
        if at == end:
            return True
        if at not in seen:
            seen.add(at)
            left += [fall.other for fall in falls if fall.owner == at]
    return False


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20))
def test_each_goes_before_what_it_leads_to(pairs: list[tuple[int, int]]) -> None:
    found = cascade(pairs)
    levels, circular = found.in_order()
    assert sorted(key for level in levels for _, key in level) == sorted(key for _, key in found.rows)
    place = {each: number for number, level in enumerate(levels) for each in level}
    for fall in found.falls:
        if fall in circular:
            # it is cut only where there is a circle
            assert reaches({*found.falls}, fall.other, fall.owner)
        else:
            assert place[fall.other] < place[fall.owner]


def test_a_long_chain() -> None:
    levels, circular = cascade([(n, n + 1) for n in range(3000)]).in_order()
    assert (len(levels), circular) == (3001, [])


def test_a_row_behind_a_circle_is_not_cut_from_it() -> None:
    levels, circular = cascade([(0, 1), (0, 2), (2, 3), (3, 2), (3, 1)]).in_order()
    assert [(fall.owner[1], fall.other[1]) for fall in circular] == [((3,), (2,))]
    assert levels[0] == [row(1)]
