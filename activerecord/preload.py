"""Loading the relations of many records: one query for each relation, whatever the number of records."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias, cast

from activerecord import runtime
from activerecord.errors import QueryError
from activerecord.mapper import Mapper
from activerecord.query.path import Relation, path_of
from activerecord.relation.association import Association
from activerecord.relation.hop import Narrow
from activerecord.relation.loading import Loading
from activerecord.transaction import current_transaction

__all__ = ["Preload"]

Path: TypeAlias = str | Relation[Any]


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
        """Load the relations of these records, and of what they lead to. Nothing is attached before all has arrived."""
        arrived: list[Callable[[], None]] = []
        await self._fetch(records, Loading(self._mapper, records), arrived)
        for attach in arrived:
            attach()

    async def _fetch(self, records: Sequence[Any], loading: Loading, arrived: "list[Callable[[], None]]") -> None:
        async def one(step: _Step) -> None:
            loaded = await step.association.fetch(records, loading, step.narrow)
            arrived.append(partial(step.association.attach, loaded))
            found = loaded.found() if step.beyond is not None else ()
            if step.beyond is not None and found:
                await step.beyond._fetch(found, loading, arrived)

        if len(self._steps) == 1 or current_transaction(self._mapper.database()) is not None:
            for step in self._steps:
                await one(step)
        else:
            await runtime.parallel([partial(one, step) for step in self._steps], limit=self._places())

    def _places(self) -> int:
        """All connections but one: what is loaded may need a second."""
        return max(1, self._mapper.database().configuration.max_size - 1)


@dataclass(frozen=True, slots=True)
class _Step:
    """One relation to load, what narrows it, and what loads the relations of what was found."""

    association: Association[Any]
    narrow: Narrow | None
    beyond: Preload | None


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
    names = list(path_of(path))
    return names, narrow


def _association(mapper: Mapper[Any], name: str) -> Association[Any]:
    found = cast("Association[Any]", mapper.relation(name))
    if not isinstance(found, Association):
        raise QueryError(f"{mapper.name}.{name} cannot be loaded with a query")
    return found
