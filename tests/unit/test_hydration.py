"""Rows become records by generated code, whatever the names of their columns."""

import gc
import keyword
import linecache
import traceback
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activerecord.errors import QueryError
from activerecord.hydration import Layout, Origin, make_loader


class Thing:
    """A record without a table."""

    _row: Any
    _origin: Any


def loaded(names: list[str], loads: list[Any], *rows: tuple[Any, ...]) -> list[Thing]:
    layout = Layout(names, loads, names)
    return make_loader(layout, "Thing")(rows, Thing, Origin(layout))


def test_values_become_attributes() -> None:
    one, other = loaded(["a", "b"], [None, str.upper], (1, "x"), (2, None))
    assert (vars(one)["a"], vars(one)["b"], vars(one)["_row"]) == (1, "X", (1, "x"))
    assert (vars(other)["a"], vars(other)["b"]) == (2, None)
    assert vars(one)["_origin"] is vars(other)["_origin"]


def test_a_single_column_and_no_row() -> None:
    assert [vars(thing)["a"] for thing in loaded(["a"], [None], (1,), (2,))] == [1, 2]
    assert loaded(["a"], [None]) == []


ODD = [
    "class",
    "a b",
    "1st",
    "x = 1; y",
    "\n",
    "",
    "a'b",
    'a"b',
    "\\",
    "é",
    "ﬁ",
    "__class__",
    "__dict__",
    "None",
    "o",
    "new",
]


@pytest.mark.parametrize("name", ODD)
def test_odd_names(name: str) -> None:
    (thing,) = loaded([name, "load0"], [None, None], (5, 6))
    assert vars(thing)[name] == 5
    assert vars(thing)["load0"] == 6
    assert type(thing) is Thing


NAMES = st.lists(
    st.text(min_size=0, max_size=12) | st.sampled_from(keyword.kwlist) | st.sampled_from(ODD),
    min_size=1,
    max_size=6,
    unique=True,
).filter(lambda names: not {"_row", "_origin"} & set(names))


@given(NAMES)
def test_any_names(names: list[str]) -> None:
    row = tuple(range(len(names)))
    (thing,) = loaded(names, [None] * len(names), row)
    assert {name: vars(thing)[name] for name in names} == dict(zip(names, row, strict=True))
    (thing,) = loaded(names, [str] * len(names), row)
    assert [vars(thing)[name] for name in names] == [str(value) for value in row]


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(QueryError, match="would be called 'a'"):
        Layout(["a", "b", "a"], [None] * 3, ["a", "b", "a"])


def test_the_code_can_be_read_in_a_traceback() -> None:
    def fail(_: Any) -> Any:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught:
        loaded(["a"], [fail], (1,))
    assert "load0(v0)" in "".join(traceback.format_exception(caught.value))
    assert any(name.startswith("<activerecord loader Thing") for name in linecache.cache)


def test_a_layout_gives_single_values() -> None:
    layout = Layout(["a", "b"], [None, str], ["a", "b_"])
    assert (layout.value((1, 2), "a"), layout.value((1, 2), "b"), layout.value((1, None), "b")) == (1, "2", None)


def test_siblings_are_not_kept_alive() -> None:
    things = loaded(["a"], [None], (1,), (2,))
    origin: Origin = vars(things[0])["_origin"]
    origin.remember(things)
    assert len(origin.alive()) == 2
    del things[1]
    gc.collect()
    assert origin.alive() == things


def test_the_source_goes_with_the_loader() -> None:
    def sources() -> int:
        gc.collect()
        return len([name for name in linecache.cache if name.startswith("<activerecord loader")])

    before = sources()
    load = make_loader(Layout(["a"], [None], ["a"]), "Thing")
    assert sources() == before + 1
    del load
    assert sources() == before
