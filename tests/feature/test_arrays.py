"""What queries find in lists is what Python finds in them, in arrays and in JSON lists."""

from decimal import Decimal
from typing import Any

import pytest

from activerecord import ActiveRecord, Column, NotSupported, QueryError, array, column, create_tables
from activerecord.sql.expression import Expression

pytestmark = pytest.mark.places("file", "server")


class Box(ActiveRecord):
    __table_name__ = "boxes"
    id: Column[int] = column(primary_key=True)
    tags: Column[list[str] | None]
    sizes: Column[list[int | None]]
    prices: Column[list[Decimal]]
    flags: Column[list[bool]]
    notes: Column[dict[str, Any] | None]


TAGS: list[list[str] | None] = [["a", "é", "'\"\\", "😀"], None, [], ["A", "a ", "1"], ["b"] * 3]
SIZES: list[list[int | None]] = [[1, 2, None], [], [3, 3], [2**62, -1], [1]]
PRICES = [[Decimal("1.5"), Decimal(2)], [], [Decimal("0.1")], [Decimal(10)], [Decimal(2)]]
FLAGS = [[True, False], [], [False], [True], [False, False]]


@pytest.fixture
def boxes(configured: str) -> None:
    create_tables(Box)
    columns = zip(TAGS, SIZES, PRICES, FLAGS, strict=True)
    Box.insert_all(
        [{"tags": tags, "sizes": sizes, "prices": prices, "flags": flags} for tags, sizes, prices, flags in columns]
    )


def values(expression: Expression[Any]) -> list[Any]:
    return [value for (value,) in Box.query().order_by("id").select(expression.as_("v")).tuples()]


def test_elements_are_found(boxes: None) -> None:
    tags = array(Box.tags)
    for words in (["a"], ["é", "a"], ["'\"\\", "😀"], ["A"], ["a "], ["1"], ["b"], ["b", "zz"], []):
        wanted = set(words)
        assert values(tags.contains(words)) == [None if own is None else wanted <= {*own} for own in TAGS], words
        assert values(tags.contained_by(words)) == [None if own is None else {*own} <= wanted for own in TAGS], words
        assert values(tags.overlaps(words)) == [None if own is None else bool({*own} & wanted) for own in TAGS], words
    assert values(tags.has("a")) == [None if own is None else "a" in own for own in TAGS]
    assert values(array(Box.sizes).has(2**62)) == [2**62 in own for own in SIZES]
    assert values(array(Box.sizes).contained_by([1, 2, 3])) == [{*own} <= {1, 2, 3} for own in SIZES]
    assert values(array(Box.prices).has(Decimal("2.0"))) == [Decimal(2) in own for own in PRICES]
    assert values(array(Box.flags).has(True)) == [True in own for own in FLAGS]


def test_elements_by_index(boxes: None) -> None:
    def item(own: list[Any] | None, index: int) -> Any:
        return own[index] if own is not None and -len(own) <= index < len(own) else None

    for index in (0, 1, 2, -1, -2, -3, -4, 7):
        assert values(array(Box.tags)[index]) == [item(own, index) for own in TAGS]
        assert values(array(Box.sizes)[index]) == [item(own, index) for own in SIZES]
        assert values(array(Box.flags)[index]) == [item(own, index) for own in FLAGS]
    assert Box.where(array(Box.tags)[0] == "a").ids() == [1]
    assert Box.where(array(Box.sizes)[0] > 1).ids() == [3, 4]
    assert values(array(Box.tags).length()) == [None if own is None else len(own) for own in TAGS]


def test_lists_with_other_elements(boxes: None, engine: str) -> None:
    tags, sizes = array(Box.tags), array(Box.sizes)
    assert values(tags.append("ü")) == [[*(own or []), "ü"] for own in TAGS]
    assert values(tags.concat(["x", "'"])) == [[*(own or []), "x", "'"] for own in TAGS]
    assert values(tags.concat([])) == [own or [] for own in TAGS]
    assert values(sizes.append(None)) == [[*own, None] for own in SIZES]
    if engine == "mysql":
        with pytest.raises(NotSupported, match="MariaDB has no removal"):
            values(sizes.remove(3))
        return
    assert values(sizes.remove(3)) == [[size for size in own if size != 3] for own in SIZES]
    assert values(sizes.remove(None)) == [[size for size in own if size is not None] for own in SIZES]
    assert values(tags.remove("é")) == [None if own is None else [tag for tag in own if tag != "é"] for own in TAGS]


@pytest.mark.engines("sqlite", "mysql")
def test_elements_that_json_has_as_texts(boxes: None) -> None:
    with pytest.raises(NotSupported, match="lists of Numeric"):
        values(array(Box.prices)[0])


def test_what_is_no_list(boxes: None) -> None:
    wrong: Any = Box.notes
    with pytest.raises(QueryError, match="Column\\[list"):
        Box.where(array(wrong).has("a")).count()
    with pytest.raises(QueryError, match=r"array\("):
        Box.where(Box.tags[0] == "a").count()
    with pytest.raises(QueryError):
        array(Box.sizes).contains([None])
    with pytest.raises(QueryError):
        array(Box.tags).contains("abc")


def test_rows_are_changed_under_any_alias(boxes: None) -> None:
    a, b = Box.alias("a"), Box.alias("b")
    assert a.query().where(array(a.tags).overlaps(["b"])).ids() == [5]
    assert b.query().where(array(b.tags).contains(["a", "é"]), array(b.tags).length() > 2).ids() == [1]
    assert Box.where(id=5).update_all(tags=array(Box.tags).append("c")) == 1
    assert Box.find(5).tags == ["b", "b", "b", "c"]
    assert Box.where(tags=["b", "b", "b", "c"]).ids() == [5]
