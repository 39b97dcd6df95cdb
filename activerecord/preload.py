"""Loading the relations of many records: one query for each relation, whatever the number of records."""

from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from activerecord import runtime
from activerecord.errors import QueryError
from activerecord.mapper import Mapper
from activerecord.relation.association import Association, Narrow, name_of
from activerecord.transaction import current_transaction

__all__ = ["Preload"]

Path: TypeAlias = str | Association[Any]


class Preload:
    """Completes records with relations along paths: `"orders"`, `"orders.items"`, `User.orders`, `("orders", narrow)`.

    Paths that begin alike share what they have in common. Relations side by side are loaded in parallel, inside a
    transaction in turn.
    """

    def __init__(self, mapper: Mapper[Any], steps: "Sequence[_Step]") -> None:
        self._mapper = mapper
        self._steps = steps

    @classmethod
    async def along(cls, mapper: Mapper[Any], paths: Iterable[Any]) -> "Preload":
        """What loads along these paths; their tables are read now.

        Raises QueryError and UnknownRelation, so a misspelt name is refused before any record is read.
        """
        await mapper.table()
        branches: dict[str, _Branch] = {}
        for path in paths:
            names, narrow = _read(path)
            branches.setdefault(names[0], _Branch()).grow(names[1:], narrow)
        return cls(mapper, [await cls._step(mapper, name, branch) for name, branch in branches.items()])

    @classmethod
    async def _step(cls, mapper: Mapper[Any], name: str, branch: "_Branch") -> "_Step":
        association = _association(mapper, name)
        await association.know()
        beyond = await cls.along(association.target, branch.paths) if branch.paths else None
        return _Step(association, branch.narrow, beyond)

    async def __call__(self, records: Sequence[Any]) -> None:
        """Load the relations of these records, and of what they lead to."""
        jobs = [step.job(records) for step in self._steps]
        if len(jobs) == 1 or current_transaction(self._mapper.database()) is not None:
            for job in jobs:
                await job()
        else:
            await runtime.parallel(jobs, limit=self._places())

    def _places(self) -> int:
        """All connections but one: what is loaded may need a second."""
        return max(1, self._mapper.database().configuration.max_size - 1)


@dataclass(frozen=True, slots=True)
class _Step:
    """One relation to load, what narrows it, and what loads the relations of what was found."""

    association: Association[Any]
    narrow: Narrow | None
    beyond: Preload | None

    def job(self, records: Sequence[Any]) -> Callable[[], Coroutine[Any, Any, None]]:
        """What loads it for these records."""

        async def load() -> None:
            found = await self.association.load(records, self.narrow)
            if self.beyond is not None and found:
                await self.beyond(found)

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
    names = path.split(".") if isinstance(path, str) else [name_of(path)]
    if not all(names):
        raise QueryError("with_ takes relations, their names or dotted paths, and a name is missing here")
    return names, narrow


def _association(mapper: Mapper[Any], name: str) -> Association[Any]:
    found = cast("Association[Any]", mapper.relation(name))
    if not isinstance(found, Association):
        raise QueryError(f"{mapper.name}.{name} cannot be loaded with a query")
    return found
