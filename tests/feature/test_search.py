"""Searches find the rows that have all words, whatever the text, on every engine."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activerecord import (
    ActiveRecord,
    DatabaseError,
    InvalidValue,
    NotSupported,
    QueryError,
    Undeclared,
    search,
    search_rank,
)
from tests import raw, servers
from tests.feature.held import ENGINES

ROWS = [
    ("a quick fox", "jumps over a dog"),
    ("slow fox fox", "don't jump"),
    ("quick", "e-mail me at ann@example.org"),
    ("été à Paris", "größe café"),
]
COLUMNS = "id integer primary key, title text, body text"


class Post(Undeclared):
    __table_name__ = "posts"


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with the posts in it."""
    name: str = request.param
    if name == "sqlite":
        with closing(sqlite3.connect(tmp_path / "posts.db")) as connection:
            connection.execute("CREATE VIRTUAL TABLE posts USING fts5 (title, body)")
        ActiveRecord.configure(f"sqlite:///{tmp_path / 'posts.db'}")
        Post.insert_all([{"title": title, "body": body} for title, body in ROWS])
        return name
    database = servers.fresh_database(name)
    server = servers.server(name)
    assert server is not None
    with raw.connection(name, database) as connection:
        indexes = ", FULLTEXT (title), FULLTEXT (title, body)" if name == "mysql" else ""
        connection.script(f"CREATE TABLE posts ({COLUMNS}{indexes})")
    ActiveRecord.configure(server.url(database))
    Post.insert_all([{"id": number, "title": title, "body": body} for number, (title, body) in enumerate(ROWS)])
    return name


def found(words: str, **options: Any) -> set[str]:
    return set(Post.query().where(search(Post.title, Post.body, words, **options)).pluck(Post.title))


def test_all_words_are_found(engine: str) -> None:
    quick, slow, mail, paris = (title for title, _ in ROWS)
    assert found("fox") == {quick, slow}
    assert found("fox jumps") == {quick}
    assert found("QUICK dog") == {quick}
    assert found("quick") == {quick, mail}
    assert found("e-mail") == found("ann@example.org") == {mail}
    assert found("don't") == {slow}
    assert found("café größe été") == {paris}
    # nothing in the text is an operator
    assert found("quick -fox") == found('"quick fox"') == found("(quick) +fox*") == {quick}
    assert found("fox or dog") == found("title:fox") == found("NEAR(fox dog)") == set()
    assert found("") == found("  \n") == found('"*"') == found("😀") == set()
    titles = Post.query().where(search(Post.title, "fox")).order_by(search_rank(Post.title, "fox").desc())
    assert titles.pluck(Post.title)[0] == slow
    assert Post.query().where(search(Post.title, "dog")).count() == 0
    assert Post.query().where(search(Post.title, "")).order_by(search_rank(Post.title, "")).all() == []


def test_any_text_is_answered(engine: str) -> None:
    hostile = st.text(max_size=30) | st.text("\"'()*+-<>~@:^|&!%\\;?$ abfox\0", max_size=20)

    @settings(
        deadline=None,
        derandomize=True,
        database=None,
        max_examples=60,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    @given(hostile)
    def answered(text: str) -> None:
        try:
            assert found(text) <= {title for title, _ in ROWS}
        except InvalidValue:
            assert any("\ud800" <= letter <= "\udfff" for letter in text)

    answered()
    for long in ("fox " * 2_500, "é" * 10_000, '"' * 10_000, "a AND " * 1_700):
        assert found(long) <= {title for title, _ in ROWS}


def test_a_language(engine: str) -> None:
    if engine == "postgresql":
        assert found("jumping foxes", language="english") == {ROWS[0][0], ROWS[1][0]}
        assert found("fox & (dog | jump:*)", raw=True) == {ROWS[0][0], ROWS[1][0]}
        with pytest.raises(DatabaseError, match='"klingon" does not exist'):
            found("fox", language="klingon")
        return
    with pytest.raises(NotSupported, match="searches in a language"):
        found("fox", language="english")


@pytest.mark.parametrize("language", ["", "English", "a'b", "a;b", 5])
def test_a_language_is_a_word(language: Any) -> None:
    with pytest.raises(QueryError):
        search(Post.title, "fox", language=language)


def test_the_engines_own_words(engine: str) -> None:
    own = {"sqlite": "fox NOT dog", "postgresql": "fox & !dog", "mysql": "+fox -dog"}[engine]
    assert found(own, raw=True) == {ROWS[1][0]}
    if engine != "mysql":
        with pytest.raises(DatabaseError):
            found("fox AND (" if engine == "sqlite" else "fox & (", raw=True)


def test_what_is_no_search() -> None:
    wrong: Any = search
    given_: tuple[Any, ...]
    for given_ in [(), ("fox",), (Post.title,), (Post.title, Post.body), (Post.title, b"fox"), ("title", "fox")]:
        with pytest.raises(QueryError):
            wrong(*given_)
