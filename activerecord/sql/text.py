"""SQL that the program wrote itself, with `?` or `:name` where its values go."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

from activerecord.errors import QueryError, WrongBinds
from activerecord.sql.expression import Bind, Expression
from activerecord.sql.node import binds_of, shapes_of

__all__ = ["Text"]

# Quoted strings and names, comments, `??`, `?`, `::`, `:name`. All else is left as it stands. What has a beginning and no
# end, and `?1`, which counts the binds of the whole statement, cannot be left so.
_TOKEN = re.compile(
    r"""(?P<kept>'(?:[^']|'')*' | "(?:[^"]|"")*" | `(?:[^`]|``)*` | --[^\n]* | /\*.*?\*/ | ::)
      | (?P<refused>['"`] | /\* | \?(?=\d))
      | (?P<escaped>\?\?)
      | (?P<bind>\?)
      | :(?P<name>[A-Za-z_][A-Za-z0-9_]*)""",
    re.VERBOSE | re.DOTALL,
)


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


def _checked(sql: str) -> str:
    if not isinstance(sql, str):
        raise QueryError(f"expected SQL as text, got {type(sql).__name__}")
    if "\0" in sql:
        raise QueryError("SQL cannot hold a NUL character")
    if not sql.strip():
        raise QueryError("the SQL text is empty")
    return sql


@lru_cache(maxsize=1024)
def _split(sql: str) -> tuple[tuple[str, ...], tuple[str | None, ...]]:
    """The text around the binds, and what each bind is called (None for `?`)."""
    parts: list[str] = []
    names: list[str | None] = []
    pending = ""
    for text, name, is_bind in _tokens(sql):
        pending += text
        if is_bind:
            parts.append(pending)
            names.append(name)
            pending = ""
    return (*parts, pending), tuple(names)


def _tokens(sql: str) -> Iterator[tuple[str, str | None, bool]]:
    end = 0
    for match in _TOKEN.finditer(sql):
        if match["refused"]:
            raise QueryError(_REFUSALS.get(match["refused"], "a quote in the SQL text is not closed"))
        before = sql[end : match.start()]
        end = match.end()
        if match["bind"] or match["name"]:
            yield before, match["name"], True
        else:
            yield before + ("?" if match["escaped"] else match["kept"]), None, False
    yield sql[end:], None, False


_REFUSALS = {
    "/*": "a comment in the SQL text is not closed",
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
    unknown = sorted(named.keys() - set(names))
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
