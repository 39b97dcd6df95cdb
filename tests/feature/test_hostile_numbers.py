"""Numbers of any kind and size, values of wrong types, depths without end: each is an error of the library, or has an answer."""

import datetime as dt
import math
import uuid
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from activerecord import (
    SyntaxError_,
    all_,
    any_,
    array,
    case,
    cast,
    cube,
    date_trunc,
    deadline,
    document,
    exists,
    extract,
    fn,
    groups,
    interval,
    json_merge,
    json_remove,
    json_set,
    range_,
    rollup,
    rows,
    search,
    tuple_,
    value,
)
from tests.feature.canaries import Canary, Nest, Perch, is_whole, joined, mend, refused, sing, sing_in_memory

servers = pytest.mark.engines("postgresql", "mysql")


@pytest.fixture
def canaries(configured: str) -> None:
    sing()


class Odd:
    """No value of any database."""


THINGS: list[Any] = [
    *(-1, 0, 1, 1 << 31, -(1 << 31) - 1, (1 << 53) + 1, 1 << 63, -(1 << 63), (1 << 64) + 1, 10**400),
    *(True, False, None, 0.0, -0.5, 1e308, math.nan, math.inf, -math.inf),
    *(Decimal(2), Decimal("1E+400"), Decimal("NaN"), Decimal("-Infinity"), Decimal("sNaN"), 1j),
    *(
        "",
        "1",
        "x",
        b"",
        b"1",
        bytearray(b"1"),
        [],
        [1],
        [None],
        (),
        (1, 2),
        {},
        {"a": 1},
        {1: 2},
        set[int](),
        range(3),
    ),
    *(
        dt.date.max,
        dt.datetime(1, 1, 1),  # noqa: DTZ001  # naive moments are values too
        dt.datetime.max.replace(tzinfo=dt.UTC),
        dt.time.max,
        dt.timedelta.max,
        uuid.UUID(int=0),
    ),
    *(Odd(), object, int, len, Canary, Canary.id.asc(), Canary.query(), fn, ...),
]

# Of what is SQL already, the engine may find that it is of another type than what stands beside it.
PIECES: list[Any] = [Canary.id, Canary.song, Canary.id == 1, fn.count(), Canary.query().select("id")]

Use = Callable[[Any], Any]
OLDER: Any = Canary.query()
NEST: Any = Nest
PERCH: Any = Perch
CANARY: Any = Canary
SONG: Any = Canary.song
ID: Any = Canary.id
MADE: Any = Nest.made
DATA: Any = Nest.data
TAGS: Any = Nest.tags
ANY: dict[str, Any] = {
    each.__name__: each
    for each in (
        *(
            array,
            case,
            cast,
            cube,
            date_trunc,
            deadline,
            document,
            exists,
            extract,
            groups,
            interval,
            json_merge,
            json_remove,
        ),
        *(json_set, range_, rollup, rows, search, tuple_, value, any_, all_),
    )
}
FN: Any = fn


def given_back(thing: Any, table: Any) -> Any:
    del table
    return thing


def inserted(thing: Any) -> None:
    try:
        NEST.insert_all([{"id": 2, "note": thing, "data": thing, "tags": thing, "made": thing, "price": thing}])
    finally:
        NEST.where(id=2).delete_all()


def upserted(thing: Any) -> None:
    row: dict[str, Any] = {"id": 1, "note": "b", "data": {}, "tags": [], "made": "2024-01-01", "price": 1}
    NEST.upsert_all([row], update={"note": thing, "price": thing})


SIZES: dict[str, Use] = {
    "limit": lambda thing: OLDER.limit(thing).all(),
    "offset": lambda thing: OLDER.limit(1).offset(thing).all(),
    "offset alone": lambda thing: OLDER.offset(thing).all(),
    "limit of a union": lambda thing: OLDER.union(OLDER).limit(thing).offset(thing).all(),
    "limit of a subquery": lambda thing: OLDER.where(ID.in_(OLDER.select("id").limit(thing))).all(),
    "limit of a write": lambda thing: OLDER.where(id=0).limit(thing).delete_all(),
    "in_batches": lambda thing: list(OLDER.in_batches(thing)),
    "in_batches timeout": lambda thing: list(OLDER.in_batches(timeout=thing)),
    "find_each": lambda thing: list(OLDER.find_each(batch=thing)),
    "start": lambda thing: list(OLDER.in_batches(start=thing)),
    "after": lambda thing: list(OLDER.find_each(after=thing)),
    "finish": lambda thing: list(OLDER.in_batches(finish=thing)),
    "order": lambda thing: list(OLDER.in_batches(order=thing)),
    "paginate": OLDER.paginate,
    "paginate after": lambda thing: OLDER.paginate(after=thing),
    "paginate before": lambda thing: OLDER.paginate(before=thing),
    "page": OLDER.page,
    "per_page": lambda thing: OLDER.page(per_page=thing),
    "stream": lambda thing: streamed(OLDER.stream(batch=thing)),
    "insert_all": lambda thing: NEST.insert_all([], batch=thing),
    "upsert_all": lambda thing: CANARY.upsert_all([{"id": 1, "song": "tweet"}], batch=thing),
    "timeout": lambda thing: OLDER.all(timeout=thing),
    "deadline": ANY["deadline"],
    "find": Canary.find,
    "find_or_none": Canary.find_or_none,
    "find_one": OLDER.find_one,
}

WINDOWS: dict[str, Use] = {
    "rows": lambda thing: plucked(FN.count().over(order_by=ID, frame=ANY["rows"](thing, None))),
    "rows end": lambda thing: plucked(FN.count().over(order_by=ID, frame=ANY["rows"](None, thing))),
    "range_": lambda thing: plucked(FN.count().over(order_by=ID, frame=ANY["range_"](thing, None))),
    "groups": lambda thing: plucked(FN.count().over(order_by=ID, frame=ANY["groups"](thing, None))),
    "frame": lambda thing: plucked(FN.count().over(frame=thing)),
    "exclude": lambda thing: plucked(FN.count().over(frame=ANY["rows"](exclude=thing))),
    "over": lambda thing: plucked(FN.count().over(thing)),
    "partition_by": lambda thing: plucked(FN.count().over(partition_by=thing)),
    "over, order_by": lambda thing: plucked(FN.count().over(order_by=thing)),
    "window": lambda thing: OLDER.select(FN.count().over("w")).window("w", order_by=thing, partition_by=thing).tuples(),
    "window name": lambda thing: OLDER.window(thing).all(),
    "ntile": lambda thing: plucked(FN.ntile(thing).over(order_by=ID)),
    "lag": lambda thing: plucked(FN.lag(ID, thing).over(order_by=ID)),
    "lead default": lambda thing: plucked(FN.lead(ID, 1, thing).over(order_by=ID)),
    "nth_value": lambda thing: plucked(FN.nth_value(ID, thing).over(order_by=ID)),
    "substr": lambda thing: plucked(FN.substr(SONG, thing, thing)),
    "round": lambda thing: plucked(FN.round(ID, thing)),
    "string_agg": lambda thing: plucked(FN.string_agg(SONG, thing)),
    "filter": lambda thing: plucked(FN.count().filter(thing)),
    "coalesce": lambda thing: plucked(FN.coalesce(SONG, thing)),
    "sum": lambda thing: plucked(FN.sum(thing)),
    "count": lambda thing: plucked(FN.count(thing)),
    "any function": lambda thing: plucked(FN.abs(thing)),
}

DATES: dict[str, Use] = {
    "interval": lambda thing: NEST.query().pluck(MADE + ANY["interval"](days=thing)),
    "interval months": lambda thing: NEST.query().pluck(MADE - ANY["interval"](months=thing)),
    "plus": lambda thing: NEST.query().pluck(MADE + thing),
    "minus": lambda thing: NEST.query().pluck(MADE - thing),
    "extract": lambda thing: NEST.query().pluck(ANY["extract"]("year", thing)),
    "extract part": lambda thing: NEST.query().pluck(ANY["extract"](thing, MADE)),
    "date_trunc": lambda thing: NEST.query().pluck(ANY["date_trunc"]("month", thing)),
    "date_trunc period": lambda thing: NEST.query().pluck(ANY["date_trunc"](thing, MADE)),
    "compared": lambda thing: NEST.query().where(thing < MADE).all(),
}

DOCUMENTS: dict[str, Use] = {
    "json step": lambda thing: NEST.query().pluck(DATA[thing]),
    "json steps": lambda thing: NEST.query().where(DATA[thing][thing] == 1).all(),
    "json equals": lambda thing: NEST.query().where(DATA["a"] == thing).all(),
    "json less": lambda thing: NEST.query().where(DATA["a"] < thing).all(),
    "json in": lambda thing: NEST.query().where(DATA["a"].in_(thing)).all(),
    "json between": lambda thing: NEST.query().where(DATA["a"].between(thing, thing)).all(),
    "json contains": lambda thing: NEST.query().where(ANY["document"](DATA).contains(thing)).all(),
    "json has_key": lambda thing: NEST.query().where(ANY["document"](DATA).has_key(thing)).all(),
    "json_set": lambda thing: NEST.query().pluck(ANY["json_set"](DATA, "a", thing)),
    "json_set path": lambda thing: NEST.query().pluck(ANY["json_set"](DATA, thing, 1)),
    "json_remove": lambda thing: NEST.query().pluck(ANY["json_remove"](DATA, thing)),
    "json_merge": lambda thing: NEST.query().pluck(ANY["json_merge"](DATA, thing)),
    "json_set of": lambda thing: NEST.query().pluck(ANY["json_set"](thing, "a", 1)),
    "json of another column": lambda thing: OLDER.pluck(ANY["document"](ID)[thing]),
    "array item": lambda thing: NEST.query().pluck(ANY["array"](TAGS)[thing]),
    "array has": lambda thing: NEST.query().where(ANY["array"](TAGS).has(thing)).all(),
    "array contains": lambda thing: NEST.query().where(ANY["array"](TAGS).contains(thing)).all(),
    "array overlaps": lambda thing: NEST.query().where(ANY["array"](TAGS).overlaps(thing)).all(),
    "array append": lambda thing: NEST.query().pluck(ANY["array"](TAGS).append(thing)),
    "array concat": lambda thing: NEST.query().pluck(ANY["array"](TAGS).concat(thing)),
    "array of": lambda thing: NEST.query().pluck(ANY["array"](thing).length()),
}

CONDITIONS: dict[str, Use] = {
    "where": lambda thing: OLDER.where(no_sql(thing)).all(),
    "where keyword": lambda thing: OLDER.where(id=thing).all(),
    "where of a text": lambda thing: OLDER.where(song=thing).all(),
    "where of a price": lambda thing: NEST.where(price=thing).all(),
    "where of a document": lambda thing: NEST.where(data=thing).all(),
    "where of a list": lambda thing: NEST.where(tags=thing).all(),
    "where dict": lambda thing: OLDER.where({key(thing): 1}).all(),
    "where text": lambda thing: OLDER.where("id IN (?)", thing).all(),
    "where_not": lambda thing: OLDER.where_not(no_sql(thing)).all(),
    "having": lambda thing: OLDER.select("id").group_by("id").having(no_sql(thing)).tuples(),
    "equals": lambda thing: OLDER.where(thing == ID).all(),
    "differs": lambda thing: OLDER.where(thing != SONG).all(),
    "less": lambda thing: OLDER.where(thing > ID).all(),
    "distinct": lambda thing: OLDER.where(ID.is_distinct_from(thing)).all(),
    "between": lambda thing: OLDER.where(ID.between(thing, thing)).all(),
    "in": lambda thing: OLDER.where(ID.in_(thing)).all(),
    "not in one": lambda thing: OLDER.where(ID.not_in([thing])).all(),
    "like": lambda thing: OLDER.where(SONG.like(thing)).all(),
    "contains": lambda thing: OLDER.where(SONG.contains(thing)).all(),
    "and": lambda thing: OLDER.where((ID == 1) & thing).all(),
    "or": lambda thing: OLDER.where(thing | (ID == 1)).all(),
    "plus": lambda thing: OLDER.pluck(ID + thing),
    "times": lambda thing: OLDER.pluck(thing * ID),
    "divided": lambda thing: OLDER.pluck(thing / ID),
    "rest": lambda thing: OLDER.pluck(ID % thing),
    "text and": lambda thing: OLDER.pluck(SONG + thing),
    "concat": lambda thing: OLDER.pluck(SONG.concat(thing)),
    "a row": lambda thing: OLDER.where(ANY["tuple_"](ID, SONG) == thing).all(),
    "a row of": lambda thing: OLDER.where(ANY["tuple_"](ID, thing) > (1, "a")).all(),
    "rows": lambda thing: OLDER.where(ANY["tuple_"](ID, SONG).in_([(1, thing)])).all(),
    "rows of": lambda thing: OLDER.where(ANY["tuple_"](ID, SONG).in_(thing)).all(),
    "exists": lambda thing: OLDER.where(ANY["exists"](thing)).all(),
    "any_": lambda thing: OLDER.where(ANY["any_"](thing) == ID).all(),
    "case": lambda thing: OLDER.pluck(ANY["case"]((ID == 1, thing), else_=thing)),
    "case branch": lambda thing: OLDER.pluck(ANY["case"](thing)),
    "case of": lambda thing: OLDER.pluck(ANY["case"](thing, {1: 2})),
    "case values": lambda thing: OLDER.pluck(ANY["case"](ID, thing)),
    "cast": lambda thing: OLDER.pluck(ANY["cast"](thing, str)),
    "cast to": lambda thing: OLDER.pluck(ANY["cast"](ID, thing)),
    "value": lambda thing: OLDER.pluck(ANY["value"](thing)),
    "search": lambda thing: OLDER.where(ANY["search"](SONG, thing)).all(),
    "search in": lambda thing: OLDER.where(ANY["search"](thing, "tweet")).all(),
    "query": lambda thing: OLDER.query(thing).all(),
    "in_list": lambda thing: OLDER.in_list("id", thing).all() if is_list(thing) else OLDER.in_list(thing, []).all(),
}

SHAPES: dict[str, Use] = {
    "select": lambda thing: OLDER.select(thing).tuples(),
    "pluck": OLDER.pluck,
    "order_by": lambda thing: OLDER.order_by(thing).all(),
    "group_by": lambda thing: OLDER.select(FN.count()).group_by(thing).tuples(),
    "rollup": lambda thing: OLDER.select(FN.count()).group_by(ANY["rollup"](thing)).tuples(),
    "cube": lambda thing: OLDER.select(FN.count()).group_by(ANY["cube"](thing)).tuples(),
    "distinct_on": lambda thing: OLDER.distinct_on(thing).all(),
    "label": lambda thing: OLDER.select(ID.as_(thing)).dicts(),
    "join": lambda thing: OLDER.join(thing).all(),
    "join on": lambda thing: OLDER.join(Perch, thing).all(),
    "join alias": lambda thing: OLDER.join("perches", alias=thing).all(),
    "from_": lambda thing: OLDER.from_(thing).all(),
    "with_": lambda thing: OLDER.with_(thing).all(),
    "with_cte": lambda thing: OLDER.with_cte(thing).all(),
    "alias": lambda thing: Canary.alias(thing).query().all(),
    "cte": lambda thing: joined(OLDER.cte(thing)),
    "cte columns": lambda thing: joined(OLDER.select("id").cte("c", columns=thing)),
    "subquery": lambda thing: joined(OLDER.subquery(thing)),
    "recursive_cte": lambda thing: joined(OLDER.recursive_cte("c", partial(given_back, thing))),
    "union": lambda thing: OLDER.union(thing).all(),
    "merge": lambda thing: OLDER.merge(thing).all(),
    "scope": lambda thing: OLDER.scope(thing).all(),
    "unscoped": lambda thing: OLDER.unscoped(thing).all(),
    "for_update": lambda thing: OLDER.for_update(of=thing).all(),
    "hint": lambda thing: OLDER.hint(thing).all(),
    "comment": lambda thing: OLDER.comment(thing).all(),
    "to_dict": lambda thing: OLDER.to_dict(include=thing if is_list(thing) else [thing]).all(),
    "join_on": lambda thing: OLDER.join_on(Perch, Perch.canary_id == ID, thing).all(),
    "count": OLDER.count,
    "average": OLDER.average,
}

WRITES: dict[str, Use] = {
    "update_all": lambda thing: NEST.where(id=1).update_all(thing),
    "update_all note": lambda thing: NEST.where(id=1).update_all(note=thing),
    "update_all data": lambda thing: NEST.where(id=1).update_all(data=thing),
    "update_all tags": lambda thing: NEST.where(id=1).update_all(tags=thing),
    "update_all made": lambda thing: NEST.where(id=1).update_all(made=thing),
    "update_all price": lambda thing: NEST.where(id=1).update_all(price=thing),
    "update_all returning": lambda thing: NEST.where(id=0).update_all(note="b", returning=thing),
    "delete_all returning": lambda thing: NEST.where(id=0).delete_all(returning=thing),
    "delete_cte": lambda thing: joined(NEST.where(id=0).delete_cte(thing)),
    "update_cte": lambda thing: joined(NEST.where(id=0).update_cte("u", thing)),
    "insert_all rows": PERCH.insert_all,
    "insert_all row": lambda thing: PERCH.insert_all([thing]),
    "insert_all value": inserted,
    "insert_all returning": lambda thing: PERCH.insert_all([], returning=thing),
    "insert_all progress": lambda thing: NEST.insert_all([], progress=thing),
    "upsert_all unique_by": lambda thing: CANARY.upsert_all([{"id": 1, "song": "tweet"}], unique_by=thing),
    "upsert_all update": lambda thing: CANARY.upsert_all([{"id": 1, "song": "tweet"}], update=thing),
    "upsert_all update to": upserted,
    "upsert_all returning": lambda thing: CANARY.upsert_all([{"id": 1, "song": "tweet"}], returning=thing),
}

PLACES = {
    f"{room}: {place}": use
    for room, uses in {
        "sizes": SIZES,
        "windows": WINDOWS,
        "dates": DATES,
        "documents": DOCUMENTS,
        "conditions": CONDITIONS,
        "shapes": SHAPES,
        "writes": WRITES,
    }.items()
    for place, use in uses.items()
}


# SQLite searches FTS5 tables only; what functions and operators take, and SQL of the program's, is up to the engine.
BY_ENGINE = {
    "conditions: search",
    "conditions: search in",
    "conditions: where text",
    "conditions: plus",
    "windows: sum",
    "windows: count",
    "windows: any function",
}


def is_list(thing: object) -> bool:
    return isinstance(thing, list | tuple | set | range)


def no_sql(thing: Any) -> Any:
    """A text there is SQL of the program's."""
    return None if isinstance(thing, str) else thing


def key(thing: Any) -> Any:
    try:
        hash(thing)
    except TypeError:
        return "id"
    return thing


def plucked(expression: Any) -> list[Any]:
    found: list[Any] = OLDER.pluck(expression)
    return found


def streamed(stream: Any) -> list[Any]:
    with stream as found:
        return list(found)


def check_thing(place: str) -> None:
    others = [SyntaxError_] if place in BY_ENGINE else []
    for thing in THINGS:
        refused(partial(PLACES[place], thing), *others)
    for piece in PIECES:
        refused(partial(PLACES[place], piece), SyntaxError_)
    mend()
    assert is_whole(), place


@pytest.mark.parametrize("place", PLACES)
def test_things_of_any_type(place: str) -> None:
    sing_in_memory()
    check_thing(place)


@servers
def test_things_of_any_type_on_a_server(canaries: None) -> None:
    for place in PLACES:
        check_thing(place)
