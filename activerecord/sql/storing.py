"""Rows become what the driver takes: by a function that is written as code for each list of columns, once."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

from activerecord.errors import InvalidValue

__all__ = ["Store", "make_store", "named"]

Dump: TypeAlias = Callable[[Any], Any] | None

# the values of a row -> as the driver takes them
Store: TypeAlias = Callable[[Sequence[Any]], list[Any]]


def make_store(dumps: Sequence[Dump], columns: Sequence[str | None]) -> Store:
    """A function that puts each value of a row through its dump. It raises InvalidValue, naming the column."""
    if not dumps:
        return list
    space: dict[str, Any] = {f"dump{place}": dump for place, dump in enumerate(dumps) if dump is not None}
    space["InvalidValue"] = InvalidValue
    space["named"] = partial(named, dumps, columns)
    exec(compile(_source(dumps), "<activerecord row>", "exec"), space)  # noqa: S102  # the code holds positions only
    store: Store = space["store"]
    return store


def _source(dumps: Sequence[Dump]) -> str:
    values = [f"v{place}" for place in range(len(dumps))]
    stored = [
        value if dump is None else f"None if {value} is None else dump{place}({value})"
        for place, (value, dump) in enumerate(zip(values, dumps, strict=True))
    ]
    lines = [
        "def store(row):",
        f"    {', '.join(values)}, = row",
        "    try:",
        f"        return [{', '.join(stored)}]",
        "    except InvalidValue as error:",
        "        failure = named(row, error)",
        "    raise failure from None",
    ]
    return "\n".join(lines) + "\n"


def named(
    dumps: Sequence[Dump], columns: Sequence[str | None], values: Sequence[Any], error: InvalidValue
) -> InvalidValue:
    """The error with the name of the column whose value was refused."""
    for dump, column, value in zip(dumps, columns, values, strict=True):
        try:
            if dump is not None and value is not None:
                dump(value)
        except InvalidValue:
            return error if column is None else InvalidValue(f"{column!r}: {error}")
    return error
