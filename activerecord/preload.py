"""Loading the relations of many records: one query for each relation, whatever the number of records."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias, cast

from activerecord import runtime
from activerecord.errors import QueryError
from activerecord.mapper import Mapper
from activerecord.relation.association import Association, Narrow
from activerecord.transaction import current_transaction

__all__ = ["Preload"]

Path: TypeAlias = str | Association[Any]


class Preload:
    """Completes records with relations along paths: `"orders"`, `"orders.items"`, `User.orders`, `("orders", narrow)`.

    Paths that begin alike share what they have in common. The first names are looked up at once, so a misspelt one is
    refused before anything is sent. Relations side by side are loaded in parallel, inside a transaction in turn.
    """

    def __init__(self, mapper: Mapper[Any], paths: Iterable[Any]) -> None:
        self._mapper = mapper
        self._branches: dict[str, _Branch] = {}
        for path in paths:
            names, narrow = _read(path)
            self._branches.setdefault(names[0], _Branch()).grow(names[1:], narrow)
        self._found = {name: _association(mapper, name) for name in self._branches}

    async def __call__(self, records: Sequence[Any]) -> None:
        """Load the relations of these records, and of what they lead to."""
        jobs = [self._job(name, branch, records) for name, branch in self._branches.items()]
        if len(jobs) == 1 or current_transaction(self._mapper.database()) is not None:
            for job in jobs:
                await job()
        else:
            await runtime.parallel(jobs)

    def _job(self, name: str, branch: "_Branch", records: Sequence[Any]) -> Callable[[], Any]:
        association = self._found[name]

        async def load() -> None:
            found = await association.load(records, branch.narrow)
            if branch.paths and found:
                await Preload(association.target, branch.paths)(found)

        return load


class _Branch:
    """One relation to load, what narrows it, and the paths that go on from it."""

    def __init__(self) -> None:
        self.narrow: Narrow | None = None
        self.paths: list[Any] = []

    def grow(self, rest: Sequence[str], narrow: Narrow | None) -> None:
        """Add a path's remainder; what narrows a path narrows its last relation."""
        if not rest:
            self.narrow = narrow or self.narrow
        else:
            path = ".".join(rest)
            self.paths.append(path if narrow is None else (path, narrow))


def _read(path: "Path | tuple[Path, Narrow]") -> tuple[list[str], Narrow | None]:
    narrow: Narrow | None = None
    if isinstance(path, tuple):
        if len(path) != 2 or not callable(path[1]):
            raise QueryError("with_ takes a tuple of a relation and a function that narrows its query")
        path, narrow = path
    if isinstance(path, Association):
        return [path.name], narrow
    if not isinstance(path, str) or not all(path.split(".")):
        raise QueryError(f"with_ takes relations, their names or dotted paths, got {type(path).__name__}")
    return path.split("."), narrow


def _association(mapper: Mapper[Any], name: str) -> Association[Any]:
    found = cast("Association[Any]", mapper.relation(name))
    if not isinstance(found, Association):
        raise QueryError(f"{mapper.name}.{name} cannot be loaded with a query")
    return found
