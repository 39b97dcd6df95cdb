"""SQL that the program wrote itself, with `?` or `:name` where its values go."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias, cast

from activerecord.errors import QueryError, WrongBinds
from activerecord.sql.expression import Bind, Expression
from activerecord.sql.node import Node, binds_of, shapes_of

__all__ = ["RawStatement", "Text", "text_of"]

# What is kept as it stands, what cannot be, and where values go; all else is left as it stands too. What has a beginning
# and no end, and `?1`, which counts the binds of the whole statement, cannot be left so. In a string a backslash may or may
# not take the meaning from the quote behind it; in an E'string' it does.
_LEXICON = r"""(?P<kept>(?<![\w$])[eE]'(?:[^'\\]++|\\.|'')*+' | {strings} | `(?:[^`]++|``)*+` | --[^\n]*+ | ::
                     | (?<![\w$])\$(?P<tag>(?:[^\W\d]\w*+)?)\$.*?\$(?P=tag)\$)
           | (?P<comment>/\*)
           | (?P<refused>(?<![\w$])[eE]' | ['"`] | \?(?=\d) | (?<![\w$])\$(?:[^\W\d]\w*+)?\$)
           | (?P<escaped>\?\?)
           | (?P<bind>\?)
           | :(?P<name>[A-Za-z_][A-Za-z0-9_]*+)"""
_STANDARD = re.compile(_LEXICON.format(strings=r"""'(?:[^']++|'')*+' | "(?:[^"]++|"")*+" """), re.VERBOSE | re.DOTALL)
_BACKSLASHES = re.compile(
    _LEXICON.format(strings=r"""'(?:[^'\\]++|\\.|'')*+' | "(?:[^"\\]++|\\.|"")*+" """), re.VERBOSE | re.DOTALL
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")

# The text around the binds, and what each bind is called (None for `?`).
_Parts: TypeAlias = tuple[tuple[str, ...], tuple[str | None, ...]]


class _Reading(NamedTuple):
    """How one kind of engine tells quotes and comments from the rest: its tokens, and whether comments nest."""

    tokens: re.Pattern[str]
    nests: bool


_PLAIN = _Reading(_STANDARD, nests=False)
_READINGS = (_PLAIN, _Reading(_STANDARD, nests=True), _Reading(_BACKSLASHES, nests=False))


class Text(Expression[Any]):
    """SQL in the program's own words. Its values are bound, and a list becomes as many binds as it has values.

    `?` in quotes and comments is text, `??` a literal question mark. A wrong number of values, or a missing or unknown
    name, raises WrongBinds before anything is sent. The text itself is trusted: it comes from the program, not its users.
    """

    __slots__ = ("binds_at", "pieces")

    def __init__(self, sql: str, values: Sequence[Any] = (), named: Mapping[str, Any] | None = None) -> None:
        parts, names = _split(_checked(sql))
        if named and values:
            raise WrongBinds("give values either in order, for `?`, or by name, for `:name`, not both")
        given = _by_name(names, named) if named is not None and not values else _in_order(names, values)
        self.pieces = parts
        self.binds_at = tuple([_binds(value) for value in given])
        shapes = tuple([shapes_of(binds) for binds in self.binds_at])
        super().__init__(
            ("text", parts, shapes), tuple([value for binds in self.binds_at for value in binds_of(binds)])
        )


def text_of(sql: str, values: tuple[Any, ...], named: Mapping[str, Any]) -> Text:
    """SQL of the program's own, with its values one by one, or all in one tuple, list or dict. Raises WrongBinds, QueryError."""
    if len(values) == 1 and not named:
        only = values[0]
        if isinstance(only, Mapping):
            return Text(sql, named=cast("Mapping[str, Any]", only))
        listed = cast("Sequence[Any]", only) if isinstance(only, tuple | list) else values
        if len(listed) != 1:
            try:
                return Text(sql, values)
            except WrongBinds:
                return Text(sql, listed)
    return Text(sql, values, named or None)


class RawStatement(Node, parts=("text",)):
    """A whole statement in the program's own words.

    `writes` tells whether it writes; None where nobody knows.
    """

    __slots__ = ("text", "writes")

    def __init__(self, text: Text, *, writes: bool | None = None) -> None:
        self.text = text
        self.writes = writes
        super().__init__(("statement", text.shape), text.binds)


def _checked(sql: str) -> str:
    if not isinstance(sql, str):
        raise QueryError(f"expected SQL as text, got {type(sql).__name__}")
    if "\0" in sql:
        raise QueryError("SQL cannot hold a NUL character")
    if not sql.strip():
        raise QueryError("the SQL text is empty")
    return sql


@lru_cache(maxsize=1024)
def _split(sql: str) -> _Parts:
    """The text around the binds. Raises QueryError where something is not closed, or engines differ in where binds are.

    Engines differ in what a backslash in a string is, and a comment in a comment. The text is read as each of them reads it,
    and must be the same to all that find every quote and comment closed.
    """
    if "\\" not in sql and sql.count("/*") < 2:
        return _read(sql, _PLAIN)
    found: set[_Parts] = set()
    refusal: QueryError | None = None
    for reading in _READINGS:
        try:
            found.add(_read(sql, reading))
        except QueryError as error:
            refusal = refusal or error
    if not found and refusal is not None:
        raise refusal
    if len(found) > 1:
        raise QueryError(
            "engines differ in where this text has its values, by a backslash before a quote or a comment in a comment: "
            "bind the string, write its quote twice, or leave the comment out"
        )
    return found.pop()


def _read(sql: str, reading: _Reading) -> _Parts:
    parts: list[str] = []
    names: list[str | None] = []
    pending = ""
    for text, name, is_bind in _tokens(sql, reading):
        pending += text
        if is_bind:
            parts.append(pending)
            names.append(name)
            pending = ""
    return (*parts, pending), tuple(names)


def _tokens(sql: str, reading: _Reading) -> Iterator[tuple[str, str | None, bool]]:
    end = 0
    while (match := reading.tokens.search(sql, end)) is not None:
        before, end = sql[end : match.start()], match.end()
        if match["refused"]:
            raise QueryError(_REFUSALS.get(match["refused"], "a quote in the SQL text is not closed"))
        if match["bind"] or match["name"]:
            yield before, match["name"], True
            continue
        if match["comment"]:
            end = _comment_end(sql, end, nests=reading.nests)
        yield before + ("?" if match["escaped"] else sql[match.start() : end]), None, False
    yield sql[end:], None, False


def _comment_end(sql: str, start: int, *, nests: bool) -> int:
    """Where the comment ends that began right before `start`."""
    depth = 1
    for edge in _COMMENT_EDGE.finditer(sql, start):
        if edge[0] == "*/":
            depth -= 1
        elif nests:
            depth += 1
        if not depth:
            return edge.end()
    raise QueryError("a comment in the SQL text is not closed")


_REFUSALS = {
    "?": "`?` is followed by a digit: values are given to `?` in order, or by name to `:name`",
}


def _in_order(names: tuple[str | None, ...], values: Sequence[Any]) -> list[Any]:
    wanted = names.count(None)
    if wanted != len(names):
        missing = ", ".join(f":{name}" for name in names if name)
        raise WrongBinds(
            f"the text names its values ({missing}): give them by name" + (", not mixed with `?`" if wanted else "")
        )
    if wanted != len(values):
        raise WrongBinds(f"the text has {wanted} `?` but {len(values)} value(s) were given")
    return list(values)


def _by_name(names: tuple[str | None, ...], named: Mapping[str, Any]) -> list[Any]:
    if None in names:
        raise WrongBinds("the text has `?` but its values were given by name")
    # from a dict they may be anything
    unknown = sorted(map(str, named.keys() - set(names)))
    missing = sorted({name for name in names if name} - named.keys())
    if unknown or missing:
        raise WrongBinds(
            "; ".join(
                f"{what}: " + ", ".join(f":{name}" for name in found)
                for what, found in (("no value for", missing), ("the text does not have", unknown))
                if found
            )
        )
    return [named[name] for name in names if name]


def _binds(value: Any) -> tuple[Bind[Any], ...]:
    """One bind, or one for each value of a list; an empty list is NULL, which nothing is in."""
    if isinstance(value, list | tuple | set | frozenset):
        return tuple([Bind[Any](item) for item in cast("Iterable[Any]", value)]) or (Bind[Any](None),)
    return (Bind[Any](value),)
