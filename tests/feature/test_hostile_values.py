"""Any text is a value wherever a value is taken: it comes back as it was given, or is refused, and no error quotes it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from activerecord import (
    ActiveRecordError,
    DatabaseError,
    InvalidValue,
    NotSupported,
    QueryError,
    SyntaxError_,
    array,
    case,
    cast,
    document,
    execute,
    exists,
    fn,
    json_merge,
    json_remove,
    json_set,
    tuple_,
    value,
)
from activerecord.database import database
from activerecord.testing.queries import count_queries
from tests.feature.canaries import (
    ATTACKS,
    SONGS,
    Canary,
    Nest,
    Perch,
    any_number,
    any_value,
    is_whole,
    joined,
    mend,
    sing,
    sing_in_memory,
)

servers = pytest.mark.engines("postgresql", "mysql")


@pytest.fixture
def canaries(configured: str) -> None:
    sing()


Answer = Callable[[str], bool]

TEXT = {"sqlite": "text", "postgresql": "text", "mysql": "char"}
NEST: dict[str, Any] = {"data": {}, "tags": [], "made": "2024-02-29 00:00", "price": 1}


def streamed(text: str) -> list[Any]:
    with Canary.where(song=text).stream() as found:
        return list(found)


def written(text: str) -> bool:
    Nest.where(id=1).update_all(note=text)
    return Nest.query().pluck("note") == [text] and Nest.where(note=text).ids() == [1]


def saved(text: str) -> bool:
    nest = Nest.find(1)
    nest.note, nest.tags, nest.data = text, [text], {text: text}
    nest.save()
    return Nest.query().pluck("note", "tags", "data") == [(text, [text], {text: text})]


def inserted(text: str) -> bool:
    try:
        count = Nest.insert_all([{**NEST, "id": 2, "note": text, "tags": [text], "data": {text: text}}])
        return count == 1 and Nest.where(id=2).pluck("note", "tags", "data") == [(text, [text], {text: text})]
    finally:
        Nest.where(id=2).delete_all()


def upserted(text: str) -> bool:
    row = {**NEST, "id": 1, "note": text, "tags": [text, text], "data": {text: text}}
    return Nest.upsert_all([row]) == 1 and Nest.query().pluck("note", "tags", "data") == [
        (text, [text, text], {text: text})
    ]


CONDITIONS: dict[str, Answer] = {
    "where": lambda text: Canary.where(song=text).count() == 0,
    "where list": lambda text: Canary.where(song=[text, text + "x"]).count() == 0,
    "where text": lambda text: Canary.where("song = ?", text).count() == 0,
    "where named": lambda text: Canary.where("song = :song", song=text).count() == 0,
    "comparison": lambda text: Canary.where(Canary.song == text).count() == 0,
    "distinct from": lambda text: Canary.where(Canary.song.is_distinct_from(text)).count() == 2,
    "like": lambda text: Canary.where(Canary.song.contains(text + "~")).count() == 0,
    "starts_with": lambda text: Canary.where(Canary.song.starts_with(text + "~")).count() == 0,
    "iends_with": lambda text: Canary.where(Canary.song.iends_with("~" + text)).count() == 0,
    "between": lambda text: Canary.where(Canary.song.between(text, text)).count() == 0,
    "having": lambda text: (
        Canary.query().select("song").group_by("song").having(fn.max(Canary.song) == text).tuples() == []
    ),
    "find_by": lambda text: Canary.find_by(song=text) is None,
    "in": lambda text: Canary.where(Canary.song.in_([text])).all() == [],
    "in_list": lambda text: Canary.query().in_list("song", [text]).all() == [],
    "query": lambda text: Canary.query().query({"song__eq": text}).all() == [],
    "a row": lambda text: Canary.where(tuple_(Canary.id, Canary.song) == (1, text)).all() == [],
    "rows": lambda text: Canary.where(tuple_(Canary.id, Canary.song).in_([(1, text), (2, text)])).all() == [],
    "exists": lambda text: Canary.where(exists(Perch.where(id=1)) | (Canary.song == text)).all() == [],
    "union": lambda text: Canary.where(song=text).union(Canary.where(song=[text, "-"])).all() == [],
    "cte": lambda text: joined(SONGS.where(song=text).cte("sung")) == [],
    "merge": lambda text: Canary.query().merge(Canary.where(song=text)).all() == [],
    "batches": lambda text: list(Canary.where(song=text).in_batches()) == [],
    "pages": lambda text: len(Canary.where(song=text).paginate()) == Canary.where(song=text).page().total == 0,
    "stream": lambda text: streamed(text) == [],
    "from_sql": lambda text: Canary.from_sql("SELECT * FROM canaries WHERE song = ?", text).all() == [],
}

ANSWERS: dict[str, Answer] = {
    "function": lambda text: Canary.query().limit(1).pluck(fn.coalesce(None, text)) == [text],
    "concatenation": lambda text: Canary.where(id=1).pluck(Canary.song + text) == ["tweet" + text],
    "concat": lambda text: Canary.where(id=1).pluck(Canary.song.concat(text, "-", text)) == [f"tweet{text}-{text}"],
    "case": lambda text: Canary.where(id=1).pluck(case((Canary.song == text, "-"), else_=text)) == [text],
    "case of a subject": lambda text: (
        Canary.where(id=1).pluck(case(Canary.song, {text + "~": "-", "tweet": text})) == [text]
    ),
    "cast": lambda text: Canary.where(id=1).pluck(cast(value(text), str)) == [text],
    "replace": lambda text: Canary.where(id=1).pluck(fn.replace(Canary.song, "t", text)) == [f"{text}wee{text}"],
    "string_agg": lambda text: (
        Canary.query().pluck(fn.string_agg(Canary.song, text))[0] in (f"tweet{text}trill", f"trill{text}tweet")
    ),
    "window": lambda text: (
        Canary.where(id=1).pluck(fn.coalesce(fn.lag(Canary.song).over(order_by=Canary.id), text)) == [text]
    ),
    "subquery": lambda text: (
        Canary.where(id=1).pluck(Canary.query().select(fn.coalesce(None, text)).limit(1).as_value()) == [text]
    ),
    "execute": lambda text: execute(f"SELECT CAST(? AS {TEXT[database().dialect.name]})", text).scalar() == text,
    "from a page": lambda text: written(text) and Nest.query().order_by("note").paginate(limit=1).next is None,
}

DOCUMENTS: dict[str, Answer] = {
    "json key": lambda text: Nest.where(Nest.data[text]["x"] == text).count() == 0,
    "json text": lambda text: Nest.where(Nest.data["a"] == text).count() == 0,
    "json_set": lambda text: Nest.query().pluck(json_set(Nest.data, text, text)) == [{"a": [1], text: text}],
    "json_set deeper": lambda text: Nest.query().pluck(json_set(Nest.data, ("a", 0), text)) == [{"a": [text]}],
    "json_merge": lambda text: Nest.query().pluck(json_merge(Nest.data, {text: [text]})) == [{"a": [1], text: [text]}],
    "json_remove": lambda text: Nest.query().pluck(json_remove(Nest.data, (text, "x"))) == [{"a": [1]}],
    "has_key": lambda text: Nest.where(document(Nest.data).has_key(text + "~")).count() == 0,
    "has_any_key": lambda text: Nest.where(document(Nest.data).has_any_key(text + "~", "a")).count() == 1,
    "json contains": lambda text: Nest.where(document(Nest.data).contains({text: text})).count() == 0,
    "json like": lambda text: Nest.where(Nest.data["a"].text().contains(text)).count() == 0,
    "array has": lambda text: Nest.where(array(Nest.tags).has(text)).count() == 0,
    "array contains": lambda text: Nest.where(array(Nest.tags).contains(["b", text])).count() == 0,
    "array overlaps": lambda text: Nest.where(array(Nest.tags).overlaps(["b", text])).count() == 1,
    "array contained_by": lambda text: Nest.where(array(Nest.tags).contained_by([text])).count() == 0,
    "array append": lambda text: Nest.query().pluck(array(Nest.tags).append(text)) == [["b", text]],
    "array concat": lambda text: Nest.query().pluck(array(Nest.tags).concat([text, "c"])) == [["b", text, "c"]],
    "array remove": lambda text: Nest.query().pluck(array(Nest.tags).remove(text)) == [["b"]],
}

WRITES: dict[str, Answer] = {
    "update_all": written,
    "update_all of an expression": lambda text: (
        Nest.query().everywhere().update_all(note=fn.coalesce(None, text)) == 1 and Nest.query().pluck("note") == [text]
    ),
    "update_all returning": lambda text: Nest.where(id=1).update_all(note=text, returning=["note"]) == [{"note": text}],
    "update_all of a document": lambda text: (
        Nest.where(id=1).update_all(data={text: [text]}) == 1 and Nest.query().pluck("data") == [{text: [text]}]
    ),
    "delete_all": lambda text: Canary.where(song=text).delete_all() == 0,
    "save": saved,
    "insert_all": inserted,
    "upsert_all": upserted,
    "upsert_all to": lambda text: (
        Nest.upsert_all([{**NEST, "id": 1, "note": "-"}], update={"note": fn.coalesce(None, text)}) == 1
        and Nest.query().pluck("note") == [text]
    ),
}

VALUES = CONDITIONS | ANSWERS | DOCUMENTS | WRITES


def check_value(place: str, text: str) -> None:
    """The value comes back, or is refused for what is in it: before it is sent, or as data."""
    with count_queries(database()) as sent:
        try:
            assert VALUES[place](text), (place, text)
        except NotSupported:
            pass
        except SyntaxError_:
            raise
        except (QueryError, InvalidValue, DatabaseError):
            # SQLite's own bound of a pattern is 50,000 bytes
            assert {"\0", "\ud800"} & set(text) or len(text) > 50_000, place
    assert not any("canaries;" in sql for sql in sent), place
    if place in WRITES:
        mend()
    assert is_whole(), place


@pytest.mark.parametrize("place", VALUES)
def test_values_from_outside(place: str) -> None:
    sing_in_memory()
    for text in ATTACKS:
        check_value(place, text)


@servers
def test_values_from_outside_on_a_server(canaries: None) -> None:
    for place in VALUES:
        for text in ATTACKS:
            check_value(place, text)


def check_any_value(place: str, text: str) -> None:
    # what is there already answers otherwise
    if text not in ("", "tweet", "trill", "a", "b"):
        check_value(place, text)


@any_number
@given(place=st.sampled_from(sorted(VALUES)), text=any_value)
def test_any_value(place: str, text: str) -> None:
    sing_in_memory()
    check_any_value(place, text)


@servers
@any_number
@given(place=st.sampled_from(sorted(VALUES)), text=any_value)
def test_any_value_on_a_server(canaries: None, place: str, text: str) -> None:
    check_any_value(place, text)


def likened(pattern: str) -> str | None:
    r"""The pattern as a regular expression: a backslash takes their meaning from wild signs. None where nothing follows one."""
    parts = list(re.finditer(r"\\(.)|(%)|(_)|(.)", pattern, re.DOTALL))
    return None if parts and parts[-1][0] == "\\" else "".join(map(_sign, parts))


def _sign(match: re.Match[str]) -> str:
    escaped, every, one, plain = match.groups()
    return ".*" if every else "." if one else re.escape(escaped or plain)


patterns = st.text("%_\\\\'\"aAé\U0001f600 \n", max_size=8)


@any_number
@given(pattern=patterns, text=patterns)
@example(pattern="\\", text="\\")
@example(pattern="%\\", text="a\\")
@example(pattern="\\%\\\\_", text="%\\a")
def test_like_as_a_regular_expression_says(pattern: str, text: str) -> None:
    sing_in_memory()
    check_like(pattern, text)


@servers
@any_number
@given(pattern=patterns, text=patterns)
@example(pattern="\\", text="\\")
@example(pattern="%\\", text="a\\")
@example(pattern="\\%\\\\_", text="%\\a")
def test_like_on_a_server_as_a_regular_expression_says(canaries: None, pattern: str, text: str) -> None:
    check_like(pattern, text)


def check_like(pattern: str, text: str) -> None:
    Nest.where(id=1).update_all(note=text)
    # SQLite takes capitals for small letters
    flags = re.DOTALL | (re.IGNORECASE | re.ASCII if database().dialect.name == "sqlite" else re.NOFLAG)
    wanted = likened(pattern)
    if wanted is None:
        with pytest.raises(QueryError, match="backslash"):
            Nest.note.like(pattern)
        return
    fits = re.fullmatch(wanted, text, flags) is not None
    assert Nest.where(Nest.note.like(pattern)).count() == fits
    assert Nest.where(Nest.note.not_like(pattern)).count() == (not fits)
    assert Nest.where(Nest.note.ilike(pattern)).count() >= fits
    assert Nest.where(document(Nest.data)["a"].like(pattern)).count() == 0


# Where the engine quotes a value that it cannot use.
QUOTED = {
    "sqlite": "json_extract(song, ?) = 1",
    "postgresql": "song::jsonb @? CAST(? AS jsonpath)",
    "mysql": "song REGEXP ?",
}


def test_errors_do_not_quote_values(canaries: None, engine: str) -> None:
    secret = "hunter2"
    for call in (
        lambda: Canary.create(id=1, song=secret),
        lambda: Canary.where(QUOTED[engine], "$" + secret + "[").all(),
        lambda: Canary.where(id=secret).all(),
        lambda: Canary.where("song = ? AND", secret).all(),
    ):
        with pytest.raises(ActiveRecordError) as caught:
            call()
        assert secret not in str(caught.value)
        assert secret not in repr(caught.value)
    assert is_whole()
