"""Binds that asyncpg would silently change to fit the type that the server expects: 2.5 to the integer 2."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, TypeAlias, cast

from activerecord.errors import DataError
from activerecord.types import Numeric
from activerecord.types.postgresql_values import numeric_dump
from activerecord_asyncpg.library import Kind

__all__ = ["Adapter", "adapted", "adapters"]

Adapter: TypeAlias = Callable[[int, Any], Any]

_decimal = numeric_dump(Numeric())


def _integer(place: int, value: Any) -> Any:
    """An int, as it is. asyncpg takes for one whatever has `__int__`: floats, Decimals, even addresses."""
    if isinstance(value, int):
        return value
    raise DataError(f"bind {place + 1} is of type {type(value).__name__}, and the server expects a whole number there")


def _numeric(_: int, value: Any) -> Any:
    """A float is the Decimal of its shortest text; asyncpg would send 0.1 with 55 digits."""
    return _decimal(value) if isinstance(value, float) else value


# By the type's name in the catalogue: what passes at a glance, and what looks at the rest.
_SINGLE: dict[str, tuple[frozenset[type], Adapter]] = {
    **dict.fromkeys(("int2", "int4", "int8", "oid"), (frozenset({int, type(None)}), _integer)),
    "numeric": (frozenset({Decimal, int, type(None)}), _numeric),
}


def _each(passing: frozenset[type], look: Adapter) -> Adapter:
    """The same for the elements of an array, in whatever number of dimensions."""

    def look_at_one(place: int, value: Any) -> Any:
        if type(value) in passing:
            return value
        return look_at_all(place, value) if isinstance(value, list | tuple) else look(place, value)

    def look_at_all(place: int, value: Any) -> Any:
        if not isinstance(value, list | tuple):
            return value
        given = cast("Sequence[Any]", value)
        return given if passing.issuperset(map(type, given)) else [look_at_one(place, each) for each in given]

    return look_at_all


_BY_TYPE: dict[str, tuple[frozenset[type], Adapter]] = {
    **_SINGLE,
    **{f"{name}[]": (frozenset({type(None)}), _each(passing, look)) for name, (passing, look) in _SINGLE.items()},
}


def adapters(kinds: Sequence[Kind]) -> tuple[tuple[int, frozenset[type], Adapter], ...]:
    """The binds to look at, by their places: the classes that pass, and what looks at values of others."""
    return tuple([(place, *_BY_TYPE[kind.name]) for place, kind in enumerate(kinds) if kind.name in _BY_TYPE])


def adapted(looks: Sequence[tuple[int, frozenset[type], Adapter]], binds: Sequence[Any]) -> Sequence[Any]:
    """The binds as asyncpg may have them. Raises DataError, InvalidValue."""
    changed: list[Any] | None = None
    for place, passing, look in looks:
        value = binds[place]
        if value.__class__ not in passing:
            changed = list(binds) if changed is None else changed
            changed[place] = look(place, value)
    return binds if changed is None else changed
