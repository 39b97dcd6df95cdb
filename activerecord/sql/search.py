"""Full-text search: `search(Post.title, Post.body, "quick fox")`."""

import re
from typing import Any

from activerecord.errors import QueryError
from activerecord.sql.expression import Condition, Expression
from activerecord.sql.node import binds_of, shapes_of
from activerecord.types import Boolean, Float

__all__ = ["Search", "SearchRank", "search", "search_rank"]

_LANGUAGE = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_WORD = re.compile(r"\w")
_BETWEEN = re.compile(r'["\s\x00-\x1f]+')


class _Asked(Expression[Any], parts=("columns",)):
    """Words and the columns that they are looked for in. Words and language are one bind, a tuple; without words there is none."""

    __slots__ = ("columns", "has_words", "is_raw", "language")

    def __init__(self, columns: tuple[Expression[Any], ...], words: str, *, language: str | None, is_raw: bool) -> None:
        found = (words,) if is_raw else _words(words)
        self.columns = columns
        self.language = language
        self.is_raw = is_raw
        self.has_words = any(map(_WORD.search, found))
        shape = (type(self).__name__, is_raw, self.has_words, language is None, *shapes_of(columns))
        super().__init__(shape, (*binds_of(columns), (found, language or "simple")) if self.has_words else ())


class Search(_Asked, gives=Boolean()):
    """Whether all words are found."""

    __slots__ = ()


class SearchRank(_Asked, gives=Float()):
    """How well the words are found: the higher the better."""

    __slots__ = ()


def _words(text: str) -> tuple[str, ...]:
    """What stands between blanks and quotation marks, where there is a letter or a digit in it."""
    return tuple([word for word in _BETWEEN.split(text) if _WORD.search(word)])


def _checked(given: tuple[Any, ...], language: str | None) -> tuple[tuple[Expression[Any], ...], str]:
    *columns, words = given or (None,)
    if not isinstance(words, str):
        raise QueryError(f"a search ends with its words, as text, got {type(words).__name__}")
    if not columns or not all(isinstance(column, Expression) for column in columns):
        raise QueryError("a search takes one column at least, and then its words")
    if language is not None and not (isinstance(language, str) and _LANGUAGE.fullmatch(language)):
        raise QueryError("a language is a plain word, such as 'english'")
    return tuple(columns), words


def search(
    *columns_and_words: *tuple[*tuple[Expression[Any], ...], str], language: str | None = None, raw: bool = False
) -> Condition:
    """Whether these columns, taken together, have all the words: `search(Post.title, Post.body, "quick fox")`.

    Any text will do: of what is no word nothing is asked, and no word at all is found nowhere. PostgreSQL takes a `language`
    ("simple" unless given; `select cfgname from pg_ts_config` lists the server's); MySQL and MariaDB need a FULLTEXT index over
    just these columns, SQLite an FTS5 table, and either decides there what a word is. With `raw` the words are in the engine's
    own syntax, mistakes in it are the engine's errors.
    Raises QueryError.
    """
    columns, words = _checked(columns_and_words, language)
    return Search(columns, words, language=language, is_raw=raw)


def search_rank(
    *columns_and_words: *tuple[*tuple[Expression[Any], ...], str], language: str | None = None, raw: bool = False
) -> Expression[float]:
    """How well a row fits a `search` of the same columns and words, to sort by: `search_rank(...).desc()`.

    The numbers compare within one query only. On SQLite the query must have the `search` as a condition. Raises QueryError.
    """
    columns, words = _checked(columns_and_words, language)
    return SearchRank(columns, words, language=language, is_raw=raw)
