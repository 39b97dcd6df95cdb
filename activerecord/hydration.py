"""Rows become records: by a function that is written as code for each model and list of columns, once."""

import keyword
import linecache
import unicodedata
from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import count
from typing import Any, Self, TypeAlias
from weakref import ReferenceType, finalize, ref

from activerecord.errors import QueryError
from activerecord.strictness import Strictness

__all__ = ["Layout", "Loader", "Origin", "make_loader"]

Load: TypeAlias = Callable[[Any], Any] | None

_numbers = count(1)


class Layout:
    """Which columns a row has, in which order, where a record keeps each, and what loads it."""

    __slots__ = ("keys", "loads", "names", "positions")

    def __init__(self, names: Sequence[str], loads: Sequence[Load], keys: Sequence[str]) -> None:
        self.names = tuple(names)
        self.loads = tuple(loads)
        self.keys = tuple(keys)
        self.positions: Mapping[str, int] = {name: position for position, name in enumerate(names)}
        if len(self.positions) < len(self.names):
            twice = next(name for position, name in enumerate(names) if name in self.names[:position])
            raise QueryError(f"two columns of a record would be called {twice!r}: give one a label, as_(...)")

    def value(self, row: Sequence[Any], name: str) -> Any:
        """A column of a row, loaded."""
        position = self.positions[name]
        raw, load = row[position], self.loads[position]
        return raw if raw is None or load is None else load(raw)

    def keys_of(self, rows: Sequence[Sequence[Any]], names: Sequence[str]) -> list[Any]:
        """What the rows hold in these columns, loaded: of one column the values, of several tuples of them."""
        columns = [self._column(rows, name) for name in names]
        return columns[0] if len(columns) == 1 else list(zip(*columns, strict=True))

    def _column(self, rows: Sequence[Sequence[Any]], name: str) -> list[Any]:
        position = self.positions[name]
        load = self.loads[position]
        if load is None:
            return [row[position] for row in rows]
        return [None if row[position] is None else load(row[position]) for row in rows]


class Origin:
    """The result that a record came with: the layout of its row, and the records that came with it.

    `strict` is what its query told about relations that are loaded later, None where it told nothing.
    """

    __slots__ = ("_under_way", "layout", "siblings", "strict")

    def __init__(self, layout: Layout, strict: Strictness | None = None) -> None:
        self.layout = layout
        self.strict: Strictness | None = strict
        # weak: a record that is kept must not keep the ten thousand others
        self.siblings: list[ReferenceType[Any]] = []
        self._under_way: dict[Hashable, Any] | None = None

    @property
    def under_way(self) -> "dict[Hashable, Any]":
        """What is being loaded for these records just now."""
        found = self._under_way
        if found is None:
            found = self._under_way = {}
        return found

    def of(self, layout: Layout) -> Self:
        """The same result, for one of its records whose row was read anew."""
        twin = type(self)(layout, self.strict)
        twin.siblings, twin._under_way = self.siblings, self.under_way
        return twin

    def alive(self) -> list[Any]:
        """The records of the result that are still in use."""
        return [record for sibling in self.siblings if (record := sibling()) is not None]

    def remember(self, records: Sequence[Any]) -> None:
        """Let these records find each other."""
        self.siblings = list(map(ref, records))


# (rows, class of the records, origin) -> records
Loader: TypeAlias = Callable[[Sequence[Sequence[Any]], type[Any], Origin], list[Any]]


def make_loader(layout: Layout, of: str) -> Loader:
    """A function `(rows, cls, origin) -> records` that unpacks each row into a record's attributes.

    `of` names the model in tracebacks, where the generated code can be read. The row itself is kept as the snapshot that
    changes are measured against.
    """
    source = _source(layout)
    filename = f"<activerecord loader {of} {next(_numbers)}>"
    space: dict[str, Any] = {f"load{position}": load for position, load in enumerate(layout.loads) if load is not None}
    exec(compile(source, filename, "exec"), space)  # noqa: S102  # the code holds positions and checked names only
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    loader: Loader = space["load"]
    # for as long as a traceback may need it
    finalize(space["load"].__code__, linecache.cache.pop, filename, None)
    return loader


def _source(layout: Layout) -> str:
    targets = [
        _target(key) if load is None else f"v{position}"
        for position, (key, load) in enumerate(zip(layout.keys, layout.loads, strict=True))
    ]
    lines = [
        "def load(rows, cls, origin):",
        "    new = cls.__new__",
        "    records = []",
        "    append = records.append",
        "    for row in rows:",
        "        o = new(cls)",
        f"        {', '.join(targets)}, = o._row = row",
    ]
    for position, (key, load) in enumerate(zip(layout.keys, layout.loads, strict=True)):
        if load is not None:
            lines.append(f"        {_target(key)} = None if v{position} is None else load{position}(v{position})")
    lines += ["        o._origin = origin", "        append(o)", "    return records"]
    return "\n".join(lines) + "\n"


def _target(key: str) -> str:
    """Where a column's value goes: an attribute where its name can be one, else an entry of the record's dict."""
    plain = key.isidentifier() and not keyword.iskeyword(key) and unicodedata.normalize("NFKC", key) == key
    # a leading double underscore is left out for the reader's sake: outside a class body it means nothing
    return f"o.{key}" if plain and not key.startswith("__") else f"o.__dict__[{key!r}]"
