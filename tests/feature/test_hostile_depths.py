"""Depths and lengths without end: what is too much for an engine, or for Python, is an error of the library, and soon."""

import sys
from collections.abc import Callable
from functools import partial, reduce
from subprocess import run
from typing import Any

import pytest

from activerecord import (
    InvalidValue,
    QueryError,
    SyntaxError_,
    array,
    case,
    cast,
    document,
    exists,
    fn,
    interval,
    json_set,
    tuple_,
)
from tests.feature.canaries import Canary, Nest, is_whole, mend, refused, sing, sing_in_memory

servers = pytest.mark.engines("postgresql", "mysql")


@pytest.fixture
def canaries(configured: str) -> None:
    sing()


ALL: Any = Canary.query()
NESTS: Any = Nest.query()


def nested(step: Callable[[Any], Any], first: Any, depth: int) -> Any:
    return reduce(lambda inner, _: step(inner), range(depth), first)


# Each is written so many levels deep, or so many times.
QUERIES: dict[str, Callable[[int], Any]] = {
    "not": lambda depth: ALL.where(nested(lambda one: ~one, Canary.id == 1, depth)).all(),
    "and, or": lambda depth: ALL.where(
        nested(lambda one: one & (Canary.id == 1) | (Canary.id == 2), Canary.id == 1, depth)
    ).all(),
    "plus": lambda depth: ALL.pluck(nested(lambda one: one + 1, Canary.id, depth)),
    "concat": lambda depth: ALL.pluck(Canary.song.concat(*["x"] * depth)),
    "function": lambda depth: ALL.pluck(nested(fn.lower, Canary.song, depth)),
    "case": lambda depth: ALL.pluck(nested(lambda one: case((Canary.id == 1, one)), Canary.id, depth)),
    "cast": lambda depth: ALL.pluck(nested(lambda one: cast(one, str), Canary.id, depth)),
    "row": lambda depth: ALL.where(tuple_(*[Canary.id] * depth) == (1,) * depth).all(),
    "where": lambda depth: nested(lambda query: query.where(id=1), ALL, depth).all(),
    "or_where": lambda depth: nested(lambda query: query.or_where(id=1), ALL, depth).all(),
    "merge": lambda depth: nested(lambda query: query.merge(Canary.where(id=1)), ALL, depth).all(),
    "in": lambda depth: nested(lambda query: ALL.where(Canary.id.in_(query.select("id"))), ALL, depth).all(),
    "exists": lambda depth: nested(lambda query: ALL.where(exists(query)), ALL, depth).all(),
    "from_": lambda depth: nested(ALL.from_, ALL, depth).all(),
    "union": lambda depth: nested(lambda query: query.union(ALL), ALL, min(depth, 200)).all(),
    "joins": lambda depth: reduce(
        lambda query, at: query.left_join("perches", alias=f"p{at}"), range(min(depth, 70)), ALL
    ).all(),
    "order_by": lambda depth: ALL.order_by(*["id"] * depth).all(),
    "select": lambda depth: ALL.select(*["id"] * depth).tuples(),
    "explain": lambda depth: ALL.where(nested(lambda one: ~one, Canary.id == 1, depth)).explain(),
    "paginate": lambda depth: ALL.order_by(nested(lambda one: one + 1, Canary.id, depth)).paginate(),
    "in_batches": lambda depth: list(ALL.where(nested(lambda one: ~one, Canary.id == 1, depth)).in_batches()),
    "delete_all": lambda depth: NESTS.where(id=0).where(nested(lambda one: ~one, Nest.id == 1, depth)).delete_all(),
    "update_all": lambda depth: NESTS.where(id=1).update_all(note=nested(fn.lower, Nest.note, depth)),
    "dates": lambda depth: NESTS.pluck(nested(lambda one: one + interval(months=1), Nest.made, depth)),
    "json_set": lambda depth: NESTS.pluck(nested(lambda one: json_set(one, "a", 1), Nest.data, depth)),
    "lists": lambda depth: NESTS.pluck(nested(lambda one: array(one).append("x"), Nest.tags, depth)),
}

# Values of a user's, each as deep.
VALUES: dict[str, Callable[[int], Any]] = {
    "json path": lambda depth: NESTS.pluck(nested(lambda path: path["a"], document(Nest.data), depth)),
    "json_set": lambda depth: NESTS.pluck(json_set(Nest.data, ("a",) * depth, 1)),
    "json equals": lambda depth: NESTS.where(document(Nest.data)["a"] == lists(depth)).all(),
    "json contains": lambda depth: NESTS.where(document(Nest.data).contains(dicts(depth))).all(),
    "where": lambda depth: NESTS.where(data=dicts(depth)).all(),
    "update_all": lambda depth: NESTS.where(id=1).update_all(data=dicts(depth)),
    "a list": lambda depth: NESTS.where(id=1).update_all(tags=lists(depth)),
    "insert_all": lambda depth: Nest.insert_all([{"note": dicts(depth), "data": dicts(depth)}]),
    "a number": lambda depth: Canary.where(id=lists(depth)).all(),
    "with_": lambda depth: ALL.with_(".".join(["perches"] * depth)).all(),
    "query": lambda depth: ALL.query({"id" + "__gte" * depth: 1}).all(),
    "order_by": lambda depth: ALL.order_by("id" + " desc" * depth).all(),
    "like": lambda depth: ALL.where(Canary.song.like("%_" * depth)).all(),
}


def lists(depth: int) -> Any:
    return nested(lambda inner: [inner], 1, depth)


def dicts(depth: int) -> Any:
    return nested(lambda inner: {"a": inner}, {}, depth)


def check_depths() -> None:
    for depth in (8, 60, 2_000):
        for use in QUERIES.values():
            # how much SQL is too much the engine says
            refused(partial(use, depth), SyntaxError_)
        for use in VALUES.values():
            refused(partial(use, depth))
    mend()
    assert is_whole()


def test_depths() -> None:
    sing_in_memory()
    check_depths()


@servers
def test_depths_on_a_server(canaries: None) -> None:
    check_depths()


DEEP = """
from functools import reduce
from activerecord import ActiveRecord, Column, QueryError, case, exists, fn

class Leaf(ActiveRecord):
    id: Column[int]
    name: Column[str]

ActiveRecord.configure("sqlite:///:memory:")
ALL = Leaf.query()
CHAINS = {
    "not": (lambda one: ~one, Leaf.id == 1),
    "and, or": (lambda one: one & (Leaf.id == 1) | (Leaf.id == 2), Leaf.id == 1),
    "plus": (lambda one: one + 1, Leaf.id),
    "plus before": (lambda one: Leaf.id + one, Leaf.id),
    "minus": (lambda one: -one, Leaf.id),
    "equals": (lambda one: one == True, Leaf.id == 1),
    "function": (fn.lower, Leaf.name),
    "case": (lambda one: case((Leaf.id == 1, one)), Leaf.id),
    "filter": (lambda one: fn.count().filter(one == 1), Leaf.id),
    "in": (lambda one: ALL.where(Leaf.id.in_(one.select("id"))), ALL),
    "exists": (lambda one: ALL.where(exists(one)), ALL),
    "from_": (ALL.from_, ALL),
    "union": (lambda one: one.union(ALL.limit(1)), ALL),
}
for name, (step, first) in CHAINS.items():
    try:
        reduce(lambda inner, _: step(inner), range(1_000_000), first)
    except QueryError as error:
        assert "too deeply" in str(error), name
    else:
        raise AssertionError(name)
print("whole")
"""


def test_a_million_levels_do_not_end_the_process() -> None:
    ended = run([sys.executable, "-c", DEEP], capture_output=True, text=True, timeout=120, check=False)
    assert (ended.returncode, ended.stdout) == (0, "whole\n"), ended.stderr


def test_a_condition_of_too_many_parts_is_refused() -> None:
    condition = Canary.id == 1
    with pytest.raises(QueryError, match=r"at most 10,000 .*in_"):
        for _ in range(14):
            condition = condition | condition


def test_a_text_that_doubles_does_not_fill_the_memory() -> None:
    sing_in_memory()
    assert len(NESTS.pluck(nested(lambda one: json_set(one, "a", 1), Nest.data, 4))) == 1
    with pytest.raises(QueryError, match="too long"):
        QUERIES["json_set"](60)


def test_a_value_that_contains_itself() -> None:
    sing_in_memory()
    endless: dict[str, Any] = {}
    endless["a"] = endless
    uses: list[Callable[[], Any]] = [
        lambda: NESTS.where(id=1).update_all(data=endless),
        lambda: NESTS.where(document(Nest.data).contains(endless)).all(),
        lambda: NESTS.pluck(json_set(Nest.data, "a", endless)),
        lambda: NESTS.where(data=endless).all(),
    ]
    for use in uses:
        with pytest.raises(InvalidValue, match="deeply"):
            use()
