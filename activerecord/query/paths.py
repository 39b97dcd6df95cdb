"""Paths of relations that are to be loaded along, in all their spellings."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, cast

from activerecord.errors import QueryError
from activerecord.query.path import Relation, path_of

__all__ = ["Along", "flat_paths"]

# A relation or its name, alone or with a function that narrows its query; lists of these, and dicts by relation of what
# is loaded beyond it.
Along: TypeAlias = (
    "str | Relation[Any] | tuple[str | Relation[Any], Callable[[Any], Any]] | list[Any] | Mapping[Any, Any]"
)


def flat_paths(given: "Sequence[Along]") -> tuple[Any, ...]:
    """The paths that were given one by one, in lists and in dicts, in one row. Raises QueryError."""
    return tuple([path for one in given for path in _flat(one)])


def _flat(given: Any) -> list[Any]:
    if isinstance(given, list):
        return [path for one in cast("list[object]", given) for path in _flat(one)]
    if isinstance(given, Mapping):
        pairs = cast("Mapping[object, object]", given).items()
        return [path for relation, beyond in pairs for path in _beyond(".".join(path_of(relation)), beyond)]
    return [given]


def _beyond(start: str, given: Any) -> list[Any]:
    """The paths that go on from `start`, which itself is one where nothing does."""
    if given is None or given is True or given in ([], {}):
        return [start]
    if isinstance(given, list):
        return [path for one in cast("list[object]", given) for path in _beyond(start, one)]
    if callable(given) and not isinstance(given, Relation):
        return [(start, given)]
    return [_joined(start, path) for path in _flat(given)]


def _joined(start: str, path: Any) -> Any:
    if not isinstance(path, tuple):
        return f"{start}.{'.'.join(path_of(path))}"
    if len(cast("tuple[object, ...]", path)) != 2:
        raise QueryError("with_ takes a tuple of a relation and a function that narrows its query")
    return _joined(start, path[0]), path[1]
