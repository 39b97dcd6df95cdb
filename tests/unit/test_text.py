"""SQL in the program's own words: where its values go, and what is refused before anything is sent."""

import string
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activerecord.errors import QueryError, WrongBinds
from activerecord.sql.text import Text


def written(text: Text) -> str:
    """The text with a `?` for each bind."""
    marks = [", ".join("?" * len(binds)) for binds in text.binds_at]
    return "".join(part + mark for part, mark in zip(text.pieces, [*marks, ""], strict=True))


NOTHING: list[int] = []


@pytest.mark.parametrize(
    ("sql", "values", "expected"),
    [
        ("a = ?", (1,), "a = ?"),
        ("a = ? AND b = ?", (1, 2), "a = ? AND b = ?"),
        ("a = '?' AND b = ?", (1,), "a = '?' AND b = ?"),
        ("a = 'it''s ?' AND b = ?", (1,), "a = 'it''s ?' AND b = ?"),
        ('"a?" = ?', (1,), '"a?" = ?'),
        ('"a""?" = ?', (1,), '"a""?" = ?'),
        ("`a?` = ?", (1,), "`a?` = ?"),
        ("a = ? -- why?\n AND b = ?", (1, 2), "a = ? -- why?\n AND b = ?"),
        ("a = ? /* why? :b */ AND b = ?", (1, 2), "a = ? /* why? :b */ AND b = ?"),
        ("a ?? 'key' AND b = ?", (1,), "a ? 'key' AND b = ?"),
        ("a ??| ?", (1,), "a ?| ?"),
        ("a::text = ?", (1,), "a::text = ?"),
        ("a = ' :b ' AND b = ?", (1,), "a = ' :b ' AND b = ?"),
        ("a = '--' AND b = ?", (1,), "a = '--' AND b = ?"),
        ("a = '/*' AND b = ? AND c = '*/'", (1,), "a = '/*' AND b = ? AND c = '*/'"),
        ("a IN (?)", ([1, 2, 3],), "a IN (?, ?, ?)"),
        ("a IN (?)", ((1, 2),), "a IN (?, ?)"),
        ("a IN (?)", ({1},), "a IN (?)"),
        ("a IN (?) AND b = ?", (NOTHING, 2), "a IN (?) AND b = ?"),
        ("1 = 1", (), "1 = 1"),
        # in dollars, with a tag or without
        ("a = $$it's ?$$ AND b = ?", (1,), "a = $$it's ?$$ AND b = ?"),
        ("a = $t$ $$ ? $u$ $t$ AND b = ?", (1,), "a = $t$ $$ ? $u$ $t$ AND b = ?"),
        ("DO $été_1$ :a ?; $été_1$", (), "DO $été_1$ :a ?; $été_1$"),
        # a dollar in a name, or before a number, begins nothing
        ("a$b$ = ? AND c$b$ = ?", (1, 2), "a$b$ = ? AND c$b$ = ?"),
        ("a$$ = ?", (1,), "a$$ = ?"),
        ("$1$ = ?", (1,), "$1$ = ?"),
        # in a string with escapes
        (r"a = E'it\'s ?' AND b = ?", (1,), r"a = E'it\'s ?' AND b = ?"),
        (r"a = e'\\' AND b = ? AND c = '?'", (1,), r"a = e'\\' AND b = ? AND c = '?'"),
        (r"a = E'''\'' AND b = ?", (1,), r"a = E'''\'' AND b = ?"),
        # the end of a word is no prefix of a string
        (r"a LIKE'\' AND b = ? AND c = '?'", (1,), r"a LIKE'\' AND b = ? AND c = '?'"),
        # a backslash that escapes nothing, and one that does
        (r"a LIKE ? ESCAPE '\'", (1,), r"a LIKE ? ESCAPE '\'"),
        (r"a LIKE ? ESCAPE '\' OR b LIKE ? ESCAPE '\'", (1, 2), r"a LIKE ? ESCAPE '\' OR b LIKE ? ESCAPE '\'"),
        (r"a = '\\' AND b = ?", (1,), r"a = '\\' AND b = ?"),
        (r"a = 'it\'s ?' AND b = ?", (1,), r"a = 'it\'s ?' AND b = ?"),
        (r'a = "it\"s ?" AND b = ?', (1,), r'a = "it\"s ?" AND b = ?'),
        # a comment in a comment
        ("a = ? /* b /* ? */ AND d = ?", (1, 2), "a = ? /* b /* ? */ AND d = ?"),
        ("a = ? /* b /* ? */ c */ AND d = ?", (1, 2), "a = ? /* b /* ? */ c */ AND d = ?"),
        ("a = '/*/*' AND b = ?", (1,), "a = '/*/*' AND b = ?"),
    ],
)
def test_values_in_order(sql: str, values: tuple[Any, ...], expected: str) -> None:
    assert written(Text(sql, values)) == expected


def test_an_empty_list_is_null_which_nothing_is_in() -> None:
    assert Text("a IN (?)", ([],)).binds == (None,)


def test_values_by_name() -> None:
    text = Text("a = :a AND b::text = :b AND c = :a", named={"a": 1, "b": [2, 3]})
    assert written(text) == "a = ? AND b::text = ?, ? AND c = ?"
    assert text.binds == (1, 2, 3, 1)


def test_a_name_in_a_time_of_day_is_text() -> None:
    assert written(Text("a = '12:30:00' AND b = :b", named={"b": 1})) == "a = '12:30:00' AND b = ?"


@pytest.mark.parametrize(
    ("sql", "values", "named", "told"),
    [
        ("a = ?", (), None, r"has 1 `\?` but 0 value"),
        ("a = ?", (1, 2), None, r"has 1 `\?` but 2 value"),
        ("a = 1", (1,), None, r"has 0 `\?` but 1 value"),
        ("a = '?'", (1,), None, r"has 0 `\?` but 1 value"),
        ("a = :a", (), None, ":a"),
        ("a = :a", (1,), None, "give them by name"),
        ("a = ? AND b = :b", (1,), None, "not mixed"),
        ("a = ? AND b = :b", (), {"b": 1}, r"has `\?`"),
        ("a = :a", (1,), {"a": 1}, "not both"),
        ("a = :a", (), {}, "no value for: :a"),
        ("a = :a AND b = :b", (), {"a": 1}, "no value for: :b"),
        ("a = :a", (), {"a": 1, "z": 2}, "does not have: :z"),
        ("a = :a", (), {"a": 1, 3: 4, "z": 2}, "does not have: :3, :z"),
        ("a = ?", (), {"a": 1}, r"has `\?`"),
    ],
)
def test_wrong_values(sql: str, values: tuple[Any, ...], named: dict[Any, Any] | None, told: str) -> None:
    with pytest.raises(WrongBinds, match=told):
        Text(sql, values, named)


@pytest.mark.parametrize(
    "sql",
    [
        *("a = 'b", 'a = "b', "a = `b", "a = 1 /* b", "'", "a = 'b''", "/*/", "a = ' ? ", "'a' '"),
        *("a = $$b", "a = $t$b$$", "a = $t$b$T$", r"a = E'b\'", r"a = 'b\\' OR c = 'd", "/* /* */ /*"),
    ],
)
def test_what_is_not_closed_is_refused(sql: str) -> None:
    with pytest.raises(QueryError, match="not closed"):
        Text(sql)


@pytest.mark.parametrize(
    "sql",
    [
        # closed as the standard has it, and as MySQL has it, which sees a value where the other sees a string
        r"a = 'b\'' = ? AND c = '\''",
        # a value to SQLite and MySQL, a comment to PostgreSQL
        "a = 1 /* b /* c */ AND d = ? */",
        "a = 1 /* b /* c */ AND d = :d */",
    ],
)
def test_what_engines_read_differently_is_refused(sql: str) -> None:
    with pytest.raises(QueryError, match="engines differ"):
        Text(sql, (1,))


@pytest.mark.parametrize("sql", ["a = ?1", "a = ?1 AND b = ?2", "a = ? AND b = ?1"])
def test_numbered_binds_are_refused(sql: str) -> None:
    with pytest.raises(QueryError, match="digit"):
        Text(sql, (1,))


@pytest.mark.parametrize("sql", ["", "  \n", "a = 'x\0y'", None, 5, b"a = 1"])
def test_what_is_no_sql_is_refused(sql: Any) -> None:
    with pytest.raises(QueryError):
        Text(sql)


def test_equal_texts_have_equal_shapes_whatever_their_values() -> None:
    assert Text("a = ?", (1,)).shape == Text("a = ?", (2,)).shape
    assert Text("a IN (?)", ([1],)).shape != Text("a IN (?)", ([1, 2],)).shape


FRAGMENTS = st.lists(
    st.sampled_from(
        [
            "?",
            "??",
            ":a",
            "::",
            "'",
            '"',
            "`",
            "--",
            "/*",
            "*/",
            "\n",
            " ",
            "a",
            "1",
            ";",
            "\\",
            "$1",
            "é",
            "E'",
            "$$",
            "$a$",
        ]
    ),
    max_size=12,
).map("".join)


@given(FRAGMENTS | st.text(string.printable))
def test_any_text_is_taken_or_refused_by_our_own_errors(sql: str) -> None:
    try:
        text = Text(sql, (1,))
    except QueryError:
        return
    assert text.binds == (1,)
    assert len(text.pieces) == 2


@given(st.text())
def test_what_is_quoted_is_never_a_bind(content: str) -> None:
    quoted = "'" + content.replace("'", "''").replace("\0", "") + "'"
    assert written(Text(f"a = {quoted} AND b = ?", (1,))) == f"a = {quoted} AND b = ?"


@given(st.text(), st.sampled_from(["", "a", "tag_1", "é"]))
def test_what_stands_in_dollars_is_never_a_bind(content: str, tag: str) -> None:
    quoted = f"${tag}${content}${tag}$".replace("\0", "") if "$" not in content else f"${tag}$?${tag}$"
    assert written(Text(f"a = {quoted} AND b = ?", (1,))) == f"a = {quoted} AND b = ?"


@given(st.text())
def test_what_stands_in_a_string_with_escapes_is_never_a_bind(content: str) -> None:
    quoted = "E'" + content.replace("\\", "\\\\").replace("'", "\\'").replace("\0", "") + "'"
    assert written(Text(f"a = {quoted} AND b = ?", (1,))) == f"a = {quoted} AND b = ?"


@pytest.mark.parametrize("part", ["'", "/*", "$a", "\\'", "E'", "$$ ", "/* */", '"', "''", "$a$ "])
def test_a_long_text_takes_no_long_time(part: str) -> None:
    began = time.process_time()
    with suppress(QueryError):
        Text("a = ? " + part * 30_000, (1,))
    assert time.process_time() - began < 5
