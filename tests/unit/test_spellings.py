"""The older words: each is in the guide, and says the same as the newer verb."""

import re
from collections.abc import Callable, Iterator
from copy import copy, deepcopy
from pathlib import Path
from typing import Any

import pytest

from activerecord import ActiveRecord, BelongsTo, Column, Query, QueryError, belongs_to, column, create_tables, execute
from activerecord.database import forget
from activerecord.errors import NoSuchAttribute, UsageError
from activerecord.query.spellings import RETIRED, Spellings

PAGE = Path(__file__).parents[2] / "docs" / "guide" / "spellings.md"
ROWS = re.findall(r"^\| (`.*?) \| .* \| (yes|no).* \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
WORDS = {word: answer for row, answer in ROWS for word in re.findall(r"(?:^|, )`(\w+)\(", row)}
# These are words of today, of which some older forms are accepted and some are not.
BOTH = {"order_by", "where", "join", "query"}


class Guest(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    name: Column[str]
    age: Column[int | None]
    host_id: Column[int | None]
    host: BelongsTo["Guest | None"] = belongs_to()


@pytest.fixture(autouse=True)
def guests() -> Iterator[None]:
    ActiveRecord.configure("sqlite:///:memory:")
    create_tables(Guest)
    Guest.insert_all([{"name": name, "age": age, "host_id": None} for name, age in [("ann", 30), ("bob", 17)]])
    yield
    forget(["default"])


def test_the_guide_has_them_all() -> None:
    accepted = {name for name in vars(Spellings) if not name.startswith(("_", "async_"))}
    assert accepted == {word for word, answer in WORDS.items() if answer == "yes"} - BOTH | {"query"}
    assert RETIRED.keys() == {word for word, answer in WORDS.items() if answer == "no"} - BOTH


@pytest.mark.parametrize("word", RETIRED)
def test_a_retired_word_names_the_newer(word: str) -> None:
    assert not hasattr(Query, word)
    with pytest.raises(NoSuchAttribute, match=rf"no verb '{word}': "):
        getattr(Guest.query(), word)


@pytest.mark.parametrize("word", ["all", "first", "count", "order_by", *RETIRED])
def test_a_verb_of_queries_that_is_called_on_an_undeclared_model_is_told(word: str) -> None:
    """Of such a model any name may be a column, and one of these is still used as one."""

    class Visitor(ActiveRecord): ...

    execute(f'CREATE TABLE visitors (id INTEGER PRIMARY KEY, "{word}" INTEGER)')
    named = getattr(Visitor, word)
    with pytest.raises(UsageError, match=f"visitors.{word} is a column, which cannot be called; "):
        named()
    assert Visitor.query().where(named == 1).to_sql()[0].endswith(f'WHERE "visitors"."{word}" = ?')


GUESTS = Guest.query()
SAME: dict[str, tuple[Callable[[], Query[Any]], Callable[[], Query[Any]]]] = {
    "in_list": (lambda: GUESTS.in_list("age", [1, 2]), lambda: GUESTS.where(age=[1, 2])),
    "in_list of none": (lambda: GUESTS.in_list(Guest.age, []), lambda: GUESTS.where(Guest.age.in_([]))),
    "in_list of none, lenient": (lambda: GUESTS.in_list(Guest.age, [], empty_result=False), lambda: GUESTS),
    "not_in": (lambda: GUESTS.not_in("age", [1, 2]), lambda: GUESTS.where(Guest.age.not_in([1, 2]))),
    "not_in of none": (lambda: GUESTS.not_in("age", []), lambda: GUESTS.where(Guest.age.not_in([]))),
    "not_in of none, strict": (lambda: GUESTS.not_in("age", [], empty_result=True), lambda: GUESTS.where("1 = 0")),
    "between": (lambda: GUESTS.between("age", 1, 2), lambda: GUESTS.where(Guest.age.between(1, 2))),
    "not_between": (lambda: GUESTS.not_between("age", 1, 2), lambda: GUESTS.where(Guest.age.not_between(1, 2))),
    "like": (lambda: GUESTS.like("name", "a%"), lambda: GUESTS.where(Guest.name.like("a%"))),
    "not_like": (lambda: GUESTS.not_like("name", "a%"), lambda: GUESTS.where(Guest.name.not_like("a%"))),
    "ilike": (lambda: GUESTS.ilike("name", "a%"), lambda: GUESTS.where(Guest.name.ilike("a%"))),
    "not_ilike": (lambda: GUESTS.not_ilike("name", "a%"), lambda: GUESTS.where(Guest.name.not_ilike("a%"))),
    "is_null": (lambda: GUESTS.is_null("age"), lambda: GUESTS.where(age=None)),
    "is_not_null": (lambda: GUESTS.is_not_null("age"), lambda: GUESTS.where(Guest.age.is_not_null())),
    "greater_than": (lambda: GUESTS.greater_than("age", 1), lambda: GUESTS.where(Guest.age > 1)),
    "greater_than_or_equal": (lambda: GUESTS.greater_than_or_equal("age", 1), lambda: GUESTS.where(Guest.age >= 1)),
    "less_than": (lambda: GUESTS.less_than("age", 1), lambda: GUESTS.where(Guest.age < 1)),
    "less_than_or_equal": (lambda: GUESTS.less_than_or_equal("age", 1), lambda: GUESTS.where(Guest.age <= 1)),
    "query": (
        lambda: GUESTS.query({"age__gte": 18, "name__like": "a%", "host_id": None, "id": [1], "age__ne": None}),
        lambda: GUESTS.where(
            Guest.age >= 18, Guest.name.like("a%"), {"host_id": None, "id": [1]}, Guest.age.is_not_null()
        ),
    ),
    "query with other operators": (
        lambda: GUESTS.query(
            {"age__lt": 1, "age__lte": 2, "age__gt": 3, "age__in": [1], "id__not_in": [2], "id__eq": 3}
        ),
        lambda: GUESTS.where(
            Guest.age < 1, Guest.age <= 2, Guest.age > 3, Guest.age.in_([1]), Guest.id.not_in([2]), Guest.id == 3
        ),
    ),
    "query of texts": (
        lambda: GUESTS.query({"name__not_like": "a", "name__ilike": "b", "name__not_ilike": "c"}),
        lambda: GUESTS.where(Guest.name.not_like("a"), Guest.name.ilike("b"), Guest.name.not_ilike("c")),
    ),
    "query of nothing": (lambda: GUESTS.query({}), lambda: GUESTS),
    "select_expr": (
        lambda: GUESTS.select("id").select_expr((Guest.age + 1).as_("next")),
        lambda: GUESTS.select("id", (Guest.age + 1).as_("next")),
    ),
    "order_by": (
        lambda: GUESTS.order_by(("age", "DESC"), (Guest.id, "asc")),
        lambda: GUESTS.order_by(Guest.age.desc(), Guest.id),
    ),
    "join_on": (
        lambda: GUESTS.join_on(Guest.alias("h"), Guest.alias("h").id == Guest.host_id, "LEFT OUTER JOIN"),
        lambda: GUESTS.left_join(Guest.alias("h"), Guest.alias("h").id == Guest.host_id),
    ),
    "join_on by two words": (
        lambda: GUESTS.join_on(Guest.alias("h"), Guest.alias("h").id == Guest.host_id, "left outer"),
        lambda: GUESTS.left_join(Guest.alias("h"), Guest.alias("h").id == Guest.host_id),
    ),
    "clone": (lambda: GUESTS.where(age=1).clone().copy(), lambda: GUESTS.where(age=1)),
}


@pytest.mark.parametrize("word", SAME)
def test_they_say_the_same(word: str) -> None:
    older, newer = SAME[word]
    assert older().to_sql() == newer().to_sql()


def test_copies() -> None:
    assert copy(GUESTS) is deepcopy(GUESTS) is GUESTS.copy() is GUESTS


def test_locks() -> None:
    assert GUESTS.lock_for_update(nowait=True).clauses.lock == GUESTS.for_update(nowait=True).clauses.lock
    assert GUESTS.lock_in_share_mode().clauses.lock == GUESTS.for_share().clauses.lock


def test_the_ends() -> None:
    assert GUESTS.where(name="ann").one_or_fail().id == 1
    found = GUESTS.find_one(2)
    by_name = GUESTS.find_one({"name": "bob"})
    assert found == by_name
    assert found is not None
    assert GUESTS.find_one(3) is None
    assert (GUESTS.sum_("age"), GUESTS.avg("age"), GUESTS.min_("age"), GUESTS.max_("age")) == (47, 23.5, 17, 30)
    ages = GUESTS.select("age").order_by("age")
    assert ages.aggregate() == [{"age": 17}, {"age": 30}]
    assert ages.to_dict(include=["name", "age"]).all() == [{"name": "bob", "age": 17}, {"name": "ann", "age": 30}]
    assert GUESTS.order_by("id").to_dict(exclude=["age", "host_id"]).one() == {"id": 1, "name": "ann"}
    assert GUESTS.where(id=5).to_dict().one() is None
    with pytest.raises(QueryError, match="'hostid'"):
        GUESTS.to_dict(exclude=["hostid"]).all()


def test_what_is_refused() -> None:
    any_query: Any = GUESTS
    refused: list[tuple[Callable[[], object], str]] = [
        (lambda: any_query.join("JOIN guests g ON g.id = guests.host_id"), "takes no SQL"),
        (lambda: any_query.query("age > 1"), "takes a dict"),
        (lambda: any_query.order_by(("age", "down")), 'column and "asc"'),
        (lambda: any_query.order_by(("age",)), 'column and "asc"'),
        (lambda: any_query.join_on(Guest, Guest.id == 1, "SIDEWAYS"), "INNER, LEFT"),
    ]
    for ask, words in refused:
        with pytest.raises(QueryError, match=words):
            ask()
    with pytest.raises(QueryError, match="no column 'aged'"):
        any_query.query({"aged__gte": 18}).all()
