"""Loading the relations of many records: one query for each relation, whatever the number of records."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeAlias, cast

from activerecord import runtime
from activerecord.bounds import bounded
from activerecord.errors import QueryError, UnknownRelation, UsageError
from activerecord.mapper import Mapper
from activerecord.query.path import Relation, path_of
from activerecord.query.paths import Along, flat_paths
from activerecord.relation.association import Association
from activerecord.relation.hop import Narrow
from activerecord.relation.loading import Loading
from activerecord.relation.polymorphic import PolymorphicBelongsTo
from activerecord.relation.spots import Spot
from activerecord.transaction import current_transaction

__all__ = ["Preload", "async_preload", "preload"]

Path: TypeAlias = str | Relation[Any]


async def async_preload(records: Iterable[Any], *paths: Along, timeout: float | None = None) -> None:
    """Load these relations of records at hand, one query each.

    `await async_preload(users, "orders.items", User.profile)`: the paths are those of `with_`. They are loaded afresh, whether
    they were loaded or not, and attached when all has arrived: on failure the records are as they were. New records are left
    out. Raises UsageError for records of several models and what are none, QueryError and UnknownRelation for paths that cannot be loaded.
    """
    wanted = flat_paths(paths)
    saved = list({id(record): record for record in _checked(records) if not record.is_new}.values())
    models = {record.__class__ for record in saved}
    if len(models) > 1:
        names = " and ".join(sorted(model.__name__ for model in models))
        raise UsageError(f"preload takes records of one model, got {names}: preload each model's by themselves")
    for model in models:
        with bounded(timeout, "preload"):
            complete = await Preload.along(cast("Mapper[Any]", model.__mapper__), wanted)
            await complete(saved)


def preload(records: Iterable[Any], *paths: Along, timeout: float | None = None) -> None:
    """Load these relations of records at hand, as `async_preload` does, in plain sync code."""
    runtime.run_blocking(lambda: async_preload(records, *paths, timeout=timeout), "preload")


def _checked(records: Iterable[Any]) -> list[Any]:
    if not isinstance(cast("object", records), Iterable):
        raise UsageError(f"preload takes a list of records, got {type(records).__name__}")
    given = list(records)
    for each in given:
        if not isinstance(getattr(each.__class__, "__mapper__", None), Mapper):
            raise UsageError(f"preload takes a list of records, got {each.__class__.__name__} in it")
    return given


class Preload:
    """Completes records with relations along paths: `"orders"`, `"orders.items"`, `User.orders`, `("orders", narrow)`.

    Paths that begin alike share what they have in common. Relations side by side are loaded in parallel, inside a
    transaction in turn.
    """

    def __init__(self, mapper: Mapper[Any], steps: "Sequence[_Step]") -> None:
        self._mapper = mapper
        self._steps = steps
        attached = {(mapper.model, step.association.name): (step.narrow, step.spot) for step in steps}
        self.spot = Spot(frozenset({mapper.model}), attached)

    @classmethod
    async def along(cls, mapper: Mapper[Any], paths: Iterable[Any]) -> "Preload":
        """What loads along these paths; their tables are read now.

        Raises QueryError and UnknownRelation, so a misspelt name is refused before any record is read.
        """
        await mapper.table()
        branches: dict[str, _Branch] = {}
        for path in paths:
            names, narrow = _read(path)
            branches.setdefault(names[0], _Branch(f"{mapper.name}.{names[0]}")).grow(names[1:], narrow)
        return cls(mapper, [await cls._step(mapper, name, branch) for name, branch in branches.items()])

    @classmethod
    async def _step(cls, mapper: Mapper[Any], name: str, branch: "_Branch") -> "_Step":
        association = _association(mapper, name)
        await association.know()
        beyond = await cls._beyond(association, branch.paths) if branch.paths else None
        spot = Spot(_models(association)) if beyond is None else beyond.spot
        return _Step(association, branch.narrow, beyond, spot)

    @classmethod
    async def _beyond(cls, association: Association[Any], paths: Iterable[Any]) -> "Preload | _ByModel":
        if isinstance(association, PolymorphicBelongsTo):
            return await _ByModel.along(association.targets, paths)
        return await cls.along(association.target, paths)

    async def __call__(self, records: Sequence[Any]) -> None:
        """Load the relations of these records, and of what they lead to. Nothing is attached before all has arrived."""
        loading = Loading(self._mapper, records, self.spot)
        await self.fetch(records, loading)
        loading.attach()

    async def fetch(self, records: Sequence[Any], loading: Loading) -> None:
        """Read the relations of these records, as a part of that load, which attaches them at its end."""

        async def one(step: _Step) -> None:
            loaded = await step.association.fetch(records, loading, step.narrow, step.spot)
            loading.arrive(step.association, loaded)
            found = loaded.found() if step.beyond is not None else ()
            if step.beyond is not None and found:
                await step.beyond.fetch(found, loading)

        if len(self._steps) == 1 or current_transaction(self._mapper.database()) is not None:
            for step in self._steps:
                await one(step)
        else:
            await runtime.parallel([partial(one, step) for step in self._steps], limit=self._places())

    def _places(self) -> int:
        """All connections but one: what is loaded may need a second."""
        return max(1, self._mapper.database().configuration.max_size - 1)


class _Step(NamedTuple):
    """One relation to load, what narrows it, and what loads the relations of what was found."""

    association: Association[Any]
    narrow: Narrow | None
    beyond: "Preload | _ByModel | None"
    spot: Spot


class _ByModel:
    """What loads along paths from records of several models: each of those that are there must have the relations."""

    def __init__(self, ways: "Mapping[type[Any], Preload | UnknownRelation]") -> None:
        self._ways = ways
        there = [way.spot.attached for way in ways.values() if isinstance(way, Preload)]
        attached = {place: beyond for each in there for place, beyond in each.items()}
        self.spot = Spot(frozenset(ways), attached)

    @classmethod
    async def along(cls, targets: Iterable[Mapper[Any]], paths: Iterable[Any]) -> "_ByModel":
        """What loads along these paths. Raises UnknownRelation where none of the models has them."""
        ways: dict[type[Any], Preload | UnknownRelation] = {}
        for target in targets:
            try:
                ways[target.model] = await Preload.along(target, paths)
            except UnknownRelation as error:
                ways[target.model] = error
        errors = [way for way in ways.values() if isinstance(way, UnknownRelation)]
        if len(errors) == len(ways):
            raise errors[0]
        return cls(ways)

    async def fetch(self, records: Sequence[Any], loading: Loading) -> None:
        """Read the relations of these records, as a part of that load. Raises UnknownRelation."""
        by_model: dict[type[Any], list[Any]] = {}
        for record in records:
            model: type[Any] = record.__class__
            by_model.setdefault(model, []).append(record)
        for model in by_model:
            way = self._ways[model]
            if isinstance(way, UnknownRelation):
                raise UnknownRelation(f"a record of {model.__name__} is among those that were found: {way}") from way
        for model, found in by_model.items():
            way = self._ways[model]
            assert isinstance(way, Preload)
            await way.fetch(found, loading)


def _models(association: Association[Any]) -> frozenset[type[Any]]:
    """The models of what an association leads to."""
    if isinstance(association, PolymorphicBelongsTo):
        return frozenset([target.model for target in association.targets])
    return frozenset({association.target.model})


class _Branch:
    """One relation to load, what narrows it, and the paths that go on from it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.narrow: Narrow | None = None
        self.paths: list[Any] = []

    def grow(self, rest: Sequence[str], narrow: Narrow | None) -> None:
        """Add a path's remainder; what narrows a path narrows its last relation."""
        if not rest:
            if narrow is not None and self.narrow not in (None, narrow):
                raise QueryError(f"{self.name} is narrowed by two functions: give it one that does both")
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
