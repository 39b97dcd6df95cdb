"""Expressions: what Python's operators make of columns, and what they refuse to make."""

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activerecord.errors import QueryError, UsageError
from activerecord.sql.dialects.sqlite import SQLITE
from activerecord.sql.expression import (
    Bind,
    Comparison,
    Condition,
    Expression,
    Label,
    Logical,
    Nested,
    Not,
    all_of,
    any_of,
)
from activerecord.sql.function import Function, fn
from activerecord.sql.lists import rounded
from activerecord.sql.node import Node, alike, walk
from activerecord.sql.reference import Reference
from activerecord.sql.statement import Select, Source

AGE: Reference[Any] = Reference("users", "age")
NAME: Reference[Any] = Reference("users", "name")


def test_a_condition_is_no_bool() -> None:
    with pytest.raises(UsageError, match="is SQL, not a bool"):
        assert AGE > 1
    with pytest.raises(UsageError, match="is SQL, not a bool"):
        assert 1 < AGE < 5
    with pytest.raises(UsageError):
        assert AGE != 1
    with pytest.raises(UsageError, match="cannot become SQL"):
        assert 1 in AGE


def test_a_column_has_no_values_to_go_through() -> None:
    with pytest.raises(TypeError):
        list(AGE)  # type: ignore[call-overload]


def test_expressions_can_be_keys_of_a_dict() -> None:
    assert {AGE: 1, NAME: 2}[AGE] == 1


class _Loud:
    """A value that does not compare."""

    def __eq__(self, other: object) -> bool:
        raise ZeroDivisionError

    __hash__ = None  # type: ignore[assignment]


def test_equal_values_make_nodes_alike() -> None:
    made: list[Callable[[], Expression[Any]]] = [
        lambda: AGE.in_([1, "a" * 50, None]),
        lambda: AGE + int("1" * 30),
        lambda: NAME.like(str(AGE)),
        lambda: AGE * Decimal("1.5"),
    ]
    for make in made:
        assert alike(make(), make())


def test_values_of_other_types_are_not_alike() -> None:
    pairs: list[tuple[Any, Any]] = [
        ([1], [True]),
        ([1], [1.0]),
        ([1], [1, 1]),
        (["a"], ["b"]),
        ([Decimal("1.0")], [Decimal("1.00")]),
        ([Decimal("sNaN")], [Decimal(1)]),
        ([_Loud()], [_Loud()]),
    ]
    for one, other in pairs:
        assert not alike(AGE.in_(one), AGE.in_(other))
    assert not alike(AGE > 1, AGE >= 1)


COMPARISONS: list[Callable[[Any, Any], Any]] = [operator.lt, operator.le, operator.gt, operator.ge]


@pytest.mark.parametrize("compare", COMPARISONS)
def test_nothing_is_less_than_null(compare: Callable[[Any, Any], Any]) -> None:
    with pytest.raises(QueryError, match="is_null"):
        compare(AGE, None)


def test_between_needs_both_ends() -> None:
    with pytest.raises(QueryError, match="NULL"):
        AGE.between(1, None)
    with pytest.raises(QueryError, match="NULL"):
        AGE.between(None, 1)


@pytest.mark.parametrize("other", [None, True, 1, "age > 1", object()])
def test_conditions_combine_with_conditions(other: Any) -> None:
    with pytest.raises(QueryError, match="expected a condition"):
        assert (AGE > 1) & other is None
    with pytest.raises(QueryError, match="expected a condition"):
        assert (AGE > 1) | other is None


def test_forgotten_parentheses_are_told_of() -> None:
    with pytest.raises((QueryError, UsageError)):
        AGE > 1 & AGE < 5  # type: ignore[operator]  # noqa: B015


def test_conditions_of_one_kind_are_flat() -> None:
    joined = (AGE == 1) | (AGE == 2) | (AGE == 3) | (AGE == 4)
    assert isinstance(joined, Logical)
    assert len(joined.conditions) == 4
    nested = (AGE == 1) & (AGE == 2) | (AGE == 3)
    assert isinstance(nested, Logical)
    assert len(nested.conditions) == 2


def test_a_thousand_alternatives_do_not_nest() -> None:
    many = AGE == 0
    for value in range(1, 1000):
        many = many | AGE.in_([value])
    assert isinstance(many, Logical)
    assert len(many.conditions) == 1000
    assert many.binds == (0, *[(value,) for value in range(1, 1000)])


def test_a_long_sum_has_a_shape_of_its_own_length() -> None:
    one: Expression[Any] = AGE
    for _ in range(200):
        one = one + 1
    assert hash(one) == hash(one.shape)
    assert len(repr(one.shape)) < 20_000


def test_joining_nothing_is_nothing() -> None:
    assert all_of() is None
    assert any_of(None, None) is None
    single = AGE == 1
    assert all_of(None, single) is single


@pytest.mark.parametrize(
    "count", [1, 2, 3, 4, 5, 1000, 1024, 1025, 1500, 20_000, 31_999, 32_000, 32_001, 32_766, 40_000]
)
def test_lists_are_rounded_up_to_what_they_share(count: int) -> None:
    size = rounded(count)
    assert size >= count
    if count <= 32_766:
        assert size <= 32_766
    if count <= 1024:
        assert size.bit_count() == 1


def test_lists_of_similar_length_share_a_shape() -> None:
    assert AGE.in_([1, 2, 3]).shape == AGE.in_([4, 5, 6, 7]).shape
    assert AGE.in_(range(1001, 2500)).shape == AGE.in_(range(2000)).shape
    assert AGE.in_([1, 2]).shape != AGE.in_([1, None]).shape
    assert AGE.in_([]).shape != AGE.not_in([]).shape


@pytest.mark.parametrize("values", ["abc", b"abc", None, 5, AGE])
def test_in_takes_a_list(values: Any) -> None:
    with pytest.raises(QueryError, match="takes a list"):
        AGE.in_(values)


def test_in_takes_any_iterable_once() -> None:
    assert AGE.in_(value for value in (1, 2)).binds == ((1, 2),)
    assert AGE.in_({1: "a"}).binds == ((1,),)


@pytest.mark.parametrize("verb", ["like", "starts_with", "ends_with", "contains"])
@pytest.mark.parametrize("text", [None, 5, b"a", "a\0b"])
def test_patterns_are_text_without_nul(verb: str, text: Any) -> None:
    with pytest.raises(QueryError):
        getattr(NAME, verb)(text)


def test_the_letters_of_a_pattern_are_taken_to_the_letter() -> None:
    assert NAME.contains("50%_\\").binds == ("%50\\%\\_\\\\%",)
    assert NAME.starts_with("a_").binds == ("a\\_%",)
    assert NAME.ends_with("%").binds == ("%\\%",)


@pytest.mark.parametrize("name", ["", "a\0b", None, 5])
def test_a_label_is_a_text(name: Any) -> None:
    with pytest.raises(QueryError, match="label"):
        AGE.as_(name)


@pytest.mark.parametrize("name", ["count(*) --", "a b", 'a"b', "", "_x", "é", "a;", "a.b", "1a"])
def test_functions_have_plain_names(name: str) -> None:
    with pytest.raises(AttributeError):
        getattr(fn, name)


def test_values_given_to_functions_are_bound() -> None:
    made = fn.coalesce(NAME, "'); DROP TABLE users; --")
    assert isinstance(made, Function)
    assert made.binds == ("'); DROP TABLE users; --",)


def test_orders_are_turned_round() -> None:
    order = AGE.desc().nulls_first()
    turned = order.reversed()
    assert (turned.descending, turned.nulls) == (False, "LAST")
    assert (turned.reversed().descending, turned.reversed().nulls) == (True, "FIRST")
    assert AGE.asc().reversed().nulls is None


def test_queries_inside_are_found_wherever_they_stand() -> None:
    inner: Nested[Any] = Nested(Select((AGE,), Source("users")))
    places: list[Expression[Any]] = [
        inner,
        AGE.in_(inner),
        inner < AGE,
        ~((NAME == "a") & ((AGE == 1) | AGE.in_(inner))),
        fn.coalesce(AGE, inner),
        Label(AGE + inner, "n"),
        AGE.between(1, inner),
    ]
    for place in places:
        assert sources_in(place) == ["users"]
    assert sources_in(Not(AGE.in_(inner)).desc()) == ["users"]
    assert sources_in(AGE.in_(range(1000))) == []


def sources_in(node: Node) -> list[str]:
    return [found.name for found in walk(node) if isinstance(found, Source)]


def test_repr_of_a_column() -> None:
    assert repr(AGE) == "users.age"


def same_shape(first: Condition, second: Condition) -> bool:
    return first.shape == second.shape


@given(st.integers(), st.integers())
def test_values_are_no_part_of_the_shape(one: int, other: int) -> None:
    assert same_shape(one < AGE, other < AGE)
    assert same_shape(AGE.between(one, other), AGE.between(other, one))
    assert isinstance(one < AGE, Comparison)
    assert (one < AGE).binds == (one,)


def test_a_bind_remembers_what_it_is_stored_like() -> None:
    assert Bind(1, AGE).shape != Bind(1).shape
    assert SQLITE.quote('a"b') == '"a""b"'
