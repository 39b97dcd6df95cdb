"""No text that stands for a name reaches the SQL but in quotes, wherever it is given."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activerecord import (
    ActiveRecord,
    SyntaxError_,
    case,
    cast,
    cube,
    date_trunc,
    excluded,
    execute,
    extract,
    fn,
    grouping_sets,
    rollup,
    rows,
    search,
)
from activerecord.database import database
from tests.feature.canaries import (
    ATTACKS,
    SONGS,
    Canary,
    Nest,
    Perch,
    Use,
    Wild,
    any_name,
    any_number,
    attempt,
    is_whole,
    joined,
    sing,
    sing_in_memory,
    unquoted,
)

servers = pytest.mark.engines("postgresql", "mysql")


@pytest.fixture
def canaries(configured: str) -> None:
    sing()


# What a type checker would refuse is tried too.
fn_: Any = fn
extract_: Any = extract
date_trunc_: Any = date_trunc
rows_: Any = rows
cast_: Any = cast
PERCHED: Any = Perch.alias("perched")
NOBODY: Any = Canary.where(id=0)
ONE: Any = {"id": 1, "song": "tweet"}
OLDER: Any = Canary.query()

# Everything that takes a name. Each raises an error of the library, or gives an answer that a plain name would give.
READING: dict[str, Use] = {
    "where keyword": lambda text: Canary.where(**{text: 1}).all(),
    "where dict": lambda text: Canary.where({text: ["a", None]}).all(),
    "where_not": lambda text: Canary.query().where_not({text: 1}).all(),
    "or_where": lambda text: Canary.where(id=1).or_where({text: 1}).all(),
    "having": lambda text: Canary.query().select("song").group_by("song").having({text: 1}).tuples(),
    "order_by": lambda text: Canary.query().order_by(text).all(),
    "order_by desc": lambda text: Canary.query().order_by(f"{text} desc").all(),
    "reorder": lambda text: Canary.query().reorder(text).first(),
    "select": lambda text: Canary.query().select(text).tuples(),
    "select append": lambda text: Canary.query().select("id").select(text, append=True).tuples(),
    "select label": lambda text: Canary.query().select(Canary.song.as_(text)).order_by(text).group_by(text).dicts(),
    "group_by": lambda text: Canary.query().select("song").group_by(text).tuples(),
    "rollup": lambda text: Canary.query().select(fn.count()).group_by(rollup(Canary[text])).tuples(),
    "cube": lambda text: Canary.query().select(fn.count()).group_by(cube(Canary[text])).tuples(),
    "grouping_sets": lambda text: Canary.query().select(fn.count()).group_by(grouping_sets(Canary[text], ())).tuples(),
    "pluck": lambda text: Canary.query().pluck(text, "song"),
    "dicts": lambda text: Canary.query().select(text).dicts(),
    "sum": lambda text: Canary.query().sum(text),
    "average": lambda text: Canary.query().average(text),
    "min": lambda text: Canary.query().min(text),
    "max": lambda text: Canary.query().max(text),
    "count": lambda text: Canary.query().count(text),
    "with_": lambda text: Canary.query().with_(text).all(),
    "with_ path": lambda text: Canary.query().with_(f"perches.{text}").all(),
    "find_by": lambda text: Canary.find_by(**{text: 1}),
    "find_or_none of a dict": lambda text: OLDER.find_or_none({text: 1}),
    "Model[...]": lambda text: Canary.where(Canary[text] == 1).all(),
    "Model[...] desc": lambda text: Canary.query().order_by(Canary[text].desc()).all(),
    "connection": database,
    "distinct_on": lambda text: Canary.query().distinct_on(text).all(),
    "for_update": lambda text: Canary.query().for_update(of=text).to_sql(),
    "for_share in a transaction": lambda text: in_a_transaction(lambda: Canary.query().for_share(of=text).all()),
    "comment": lambda text: Canary.query().comment(text).all(),
    "hint": lambda text: Canary.query().hint(text).all(),
    "explain": lambda text: Canary.query().order_by(text).explain(),
    "stream": lambda text: streamed(Canary.query().order_by(text)),
    "paginate": lambda text: Canary.query().order_by(text).paginate(limit=1),
    "page": lambda text: Canary.query().order_by(text).page(1),
    "in_batches": lambda text: list(OLDER.in_batches(order=text)),
    "find_each": lambda text: list(OLDER.find_each(order=text)),
    "unscoped": lambda text: Canary.query().unscoped(text).all(),
    "merge": lambda text: Canary.query().join("perches").merge(Perch.where({text: 1})).all(),
    "undeclared where": lambda text: Wild.where({text: 1}).all(),
    "undeclared order_by": lambda text: Wild.query().order_by(text).all(),
    "undeclared Model[...]": lambda text: Wild.where(Wild[text] == 1).all(),
    "undeclared join": lambda text: Wild.query().join(text).all(),
}

JOINING: dict[str, Use] = {
    "join": lambda text: Canary.query().join(text).all(),
    "left_join": lambda text: Canary.query().left_join(text).all(),
    "join alias": lambda text: Canary.query().left_join("perches", alias=text).all(),
    "join path": lambda text: Canary.query().join(f"perches.{text}").all(),
    "alias": lambda text: Canary.alias(text).query().all(),
    "alias[...]": lambda text: Canary.query().join(PERCHED, PERCHED[text] == Canary.id).all(),
    "subquery": lambda text: joined(SONGS.subquery(text)),
    "subquery column": lambda text: Canary.query().from_(Canary.query().select(Canary.song.as_(text))).tuples(),
    "subquery[...]": lambda text: Canary.query().from_(SONGS.subquery("s")).where(SONGS.subquery("s")[text] == 1).all(),
    "cte": lambda text: joined(SONGS.cte(text)),
    "cte columns": lambda text: joined(SONGS.cte("named", columns=["id", text])),
    "recursive_cte": lambda text: joined(SONGS.recursive_cte(text, lambda table: SONGS.where(table.id == 0))),
    "recursive_cte columns": lambda text: joined(
        SONGS.recursive_cte("named", lambda table: SONGS.where(table.id == 0), columns=["id", text])
    ),
    "lateral": lambda text: joined(SONGS.lateral(text)),
    "union": lambda text: Canary.query().union(Canary.query()).where({text: 1}).all(),
    "union order": lambda text: Canary.query().union(Canary.query()).order_by(text).all(),
}

EXPRESSIONS: dict[str, Use] = {
    "over": lambda text: Canary.query().select(fn.rank().over(text)).tuples(),
    "window": lambda text: Canary.query().select(fn.count().over(text)).window(text, order_by="id").tuples(),
    "window order": lambda text: Canary.query().select(fn.count().over("w")).window("w", order_by=text).tuples(),
    "window partition": lambda text: (
        Canary.query().select(fn.count().over("w")).window("w", partition_by=text).tuples()
    ),
    "frame exclude": lambda text: Canary.query().pluck(fn.count().over(frame=rows_(-1, 0, exclude=text))),
    "extract": lambda text: Nest.query().pluck(extract_(text, Nest.made)),
    "date_trunc": lambda text: Nest.query().pluck(date_trunc_(text, Nest.made)),
    "cast": lambda text: Canary.query().pluck(cast_(Canary.song, text)),
    "search language": lambda text: Canary.where(search(Canary.song, "tweet", language=text)).all(),
    "excluded": lambda text: Canary.upsert_all([ONE], update={"song": excluded(Canary[text])}),
    "case": lambda text: Canary.query().pluck(case((Canary[text] == 1, 1), else_=Canary[text])),
    "function of a column": lambda text: Canary.query().pluck(fn.lower(Canary[text])),
    "aggregate order": lambda text: Canary.query().pluck(fn.string_agg(Canary.song, ",", order_by=Canary[text])),
}

WRITING: dict[str, Use] = {
    "attributes": lambda text: Canary(**{text: 1}),
    "undeclared attributes": lambda text: Wild(**{text: 1}),
    "record[...]": lambda text: Canary.find(1)[text],
    "record[...] = ": lambda text: Canary.find(1).__setitem__(text, 1),
    "was": lambda text: Canary.find(1).was(text),
    "create": lambda text: Canary.create(**{text: 1}),
    "update": lambda text: Canary.find(1).update(**{text: 1}),
    "insert_all": lambda text: Canary.insert_all([{text: 1}]),
    "insert_all of a known and another column": lambda text: Canary.insert_all([{"id": 7, "song": "x", text: 1}]),
    "insert_all returning": lambda text: Canary.insert_all([ONE], returning=[text]),
    "undeclared insert_all": lambda text: Wild.insert_all([{text: 1}]),
    "upsert_all": lambda text: Canary.upsert_all([{**ONE, text: 1}]),
    "upsert_all unique_by": lambda text: Canary.upsert_all([ONE], unique_by=text),
    "upsert_all unique_by a list": lambda text: Canary.upsert_all([ONE], unique_by=["id", text]),
    "upsert_all update": lambda text: Canary.upsert_all([ONE], update=[text]),
    "upsert_all update one": lambda text: Canary.upsert_all([ONE], update=text),
    "upsert_all update to": lambda text: Canary.upsert_all([ONE], update={text: "tweet"}),
    "upsert_all returning": lambda text: Canary.upsert_all([ONE], returning=[text]),
    "undeclared upsert_all": lambda text: Wild.upsert_all([ONE], unique_by=[text], update=[text]),
    "update_all": lambda text: NOBODY.update_all({text: 1}),
    "update_all keyword": lambda text: NOBODY.update_all(**{text: 1}),
    "update_all returning": lambda text: NOBODY.update_all(song="x", returning=[text]),
    "update_all returning text": lambda text: NOBODY.update_all(song="x", returning=text),
    "undeclared update_all": lambda text: Wild.where(id=0).update_all({text: 1}),
    "update_all of a column": lambda text: NOBODY.update_all(song=Canary[text]),
    "delete_all": lambda text: NOBODY.where({text: 1}).delete_all(),
    "delete_all returning": lambda text: NOBODY.delete_all(returning=[text]),
    "delete_all order": lambda text: NOBODY.order_by(text).limit(1).delete_all(),
    "update_cte": lambda text: joined(NOBODY.update_cte(text, song="x", returning=["id"])),
    "update_cte column": lambda text: joined(NOBODY.update_cte("u", {text: 1}, returning=["id"])),
    "update_cte returning": lambda text: joined(NOBODY.update_cte("u", song="x", returning=["id", text])),
    "delete_cte": lambda text: joined(NOBODY.delete_cte(text, returning=["id"])),
    "delete_cte returning": lambda text: joined(NOBODY.delete_cte("d", returning=["id", text])),
}

# The older words, and SQL of the program's own, whose values have names.
OTHERS: dict[str, Use] = {
    "query": lambda text: OLDER.query({text: 1}).all(),
    "query, operated": lambda text: OLDER.query({f"{text}__gte": 1}).all(),
    "query, operator": lambda text: OLDER.query({f"song__{text}": 1}).all(),
    "in_list": lambda text: OLDER.in_list(text, [1]).all(),
    "not_in": lambda text: OLDER.not_in(text, [1]).all(),
    "between": lambda text: OLDER.between(text, 1, 2).all(),
    "not_between": lambda text: OLDER.not_between(text, 1, 2).all(),
    "like": lambda text: OLDER.like(text, "a").all(),
    "not_ilike": lambda text: OLDER.not_ilike(text, "a").all(),
    "is_null": lambda text: OLDER.is_null(text).all(),
    "greater_than": lambda text: OLDER.greater_than(text, 1).all(),
    "order_by tuple": lambda text: OLDER.order_by((text, "desc")).all(),
    "order_by direction": lambda text: OLDER.order_by(("song", text)).all(),
    "order_by direction, text": lambda text: OLDER.order_by(f"song {text}").all(),
    "select_expr": lambda text: OLDER.select_expr(text).tuples(),
    "to_dict": lambda text: OLDER.to_dict(include=[text]).all(),
    "to_dict exclude": lambda text: OLDER.to_dict(exclude=[text]).all(),
    "sum_": OLDER.sum_,
    "join_on": lambda text: OLDER.join_on(Perch, Perch.canary_id == Canary.id, text).all(),
    "join_on alias": lambda text: OLDER.join_on(Perch, Perch.canary_id == Canary.id, alias=text).all(),
    "find_one": lambda text: OLDER.find_one({text: 1}),
    "from_sql": lambda text: Canary.from_sql("SELECT * FROM canaries WHERE id = :id", {text: 1}).all(),
    "from_sql with_": lambda text: Canary.from_sql("SELECT * FROM canaries").with_(text).all(),
    "execute": lambda text: execute("SELECT :id", {text: 1}),
    "execute types": lambda text: execute("SELECT 1 AS one", types={text: int}),
    "execute connection": lambda text: execute("SELECT 1", connection=text),
    "where named": lambda text: Canary.where("id = :id", {text: 1}).all(),
}

# Where the name is an attribute's, AttributeError is the answer to one that is none.
ATTRIBUTES: dict[str, Use] = {
    "attribute": lambda text: getattr(Canary, text),
    "attribute of a record": lambda text: getattr(Canary.find(1), text),
    "attribute of a query": lambda text: getattr(OLDER, text),
    "alias.column": lambda text: Canary.alias("c").query().where(getattr(Canary.alias("c"), text) == 1).all(),
    "cte.column": lambda text: Canary.query().from_(SONGS.cte("c")).pluck(getattr(SONGS.cte("c"), text)),
    "function": lambda text: Canary.query().select(getattr(fn_, text.strip("_"))(Canary.song)).tuples(),
}

CONFIGURING: dict[str, Use] = {
    "driver": lambda text: ActiveRecord.configure({"default": {"driver": text, "database": ":memory:"}}),
    "driver_type": lambda text: ActiveRecord.configure(
        {"other": {"driver": "sqlite", "driver_type": text, "database": ":memory:"}}
    ),
    "journal_mode": lambda text: ActiveRecord.configure(
        {"other": {"driver": "sqlite", "database": "x.db", "journal_mode": text}}
    ),
    "isolation": lambda text: Canary.transaction(isolation=text).__enter__(),
}

# The places where nothing is configured anew.
PLACES: dict[str, Use] = READING | JOINING | EXPRESSIONS | WRITING | OTHERS | ATTRIBUTES
NAMES: dict[str, Use] = PLACES | CONFIGURING

# Which functions and languages there are the engine alone knows; and MariaDB strips the names of a subquery's columns.
OTHERWISE: dict[str, list[type[Exception]]] = {
    "function": [AttributeError, SyntaxError_],
    "search language": [SyntaxError_],
    "subquery column": [SyntaxError_],
}


def in_a_transaction(call: Callable[[], Any]) -> None:
    with Canary.transaction():
        call()


def streamed(query: Any) -> list[Any]:
    with query.stream() as found:
        return list(found)


def tried(place: str, text: str) -> list[str]:
    return attempt(NAMES[place], text, *OTHERWISE.get(place, [AttributeError] if place in ATTRIBUTES else []))


def check_name(place: str) -> None:
    for text in ATTACKS:
        for sql in map(unquoted, tried(place, text)):
            assert "canaries;" not in sql, place
            assert "DROP" not in sql, place
            assert "DELETE FROM canaries" not in sql, place
    assert is_whole(), place


@pytest.mark.parametrize("place", NAMES)
def test_names_from_outside(place: str) -> None:
    sing_in_memory()
    check_name(place)


@servers
def test_names_from_outside_on_a_server(canaries: None) -> None:
    for place in PLACES:
        check_name(place)


@any_number
@given(place=st.sampled_from(sorted(PLACES)), text=any_name)
def test_any_name(place: str, text: str) -> None:
    sing_in_memory()
    tried(place, text)
    assert is_whole()


@servers
@any_number
@given(place=st.sampled_from(sorted(PLACES)), text=any_name)
def test_any_name_on_a_server(canaries: None, place: str, text: str) -> None:
    tried(place, text)
    assert is_whole()
