"""Which model a relation leads to: named in an annotation, found when it is first needed."""

import re
import sys
from typing import Any

from activerecord.errors import UnknownRelation, nearest
from activerecord.mapper import Mapper, mappers

__all__ = ["find_model", "is_private", "model_of_table", "target_names"]


_WORDS = frozenset({"None", "Optional", "Union"})


def target_names(annotation: str) -> tuple[tuple[str, ...], bool]:
    """The classes that an annotation such as `"User | None"` names, and whether it may be missing."""
    inner = annotation.strip().strip("'\"").strip()
    optional = bool(re.search(r"\bNone\b|\bOptional\b", inner))
    names = re.findall(r"[\w.]+", inner)
    return tuple([name for name in names if name.rpartition(".")[2] not in _WORDS]) or (inner,), optional


def is_private(mapper: Mapper[Any]) -> bool:
    """Whether the model is that of a link table which relations have made for themselves."""
    return vars(mapper.model).get("__link__") is not None


def find_model(name: str, owner: Mapper[Any]) -> Mapper[Any]:
    """The model of that class name, nearest to the owner: of its module, or known there, first, then of its connection.

    A name with a module before it, `models.User`, is looked for there.

    Raises UnknownRelation, naming the nearest. Of several classes of one name and place the last one defined counts.
    """
    known_there = _known_to(owner, name)
    if known_there is not None:
        return known_there
    place, _, name = name.rpartition(".")
    named = [mapper for mapper in mappers if not is_private(mapper)]
    found = sorted((mapper for mapper in named if mapper.name == name), key=lambda mapper: mapper.serial)
    # one that was made for a table nobody wrote a model of is not what a program means, if it has one of that name
    found = [mapper for mapper in found if not vars(mapper.model).get("__made__")] or found
    if not found:
        known = {mapper.name for mapper in named}
        raise UnknownRelation(
            f"{owner.name} has a relation to {name!r}, but no model is called so; {nearest(name, known)}"
        )
    module = owner.model.__module__
    found = [mapper for mapper in found if f".{mapper.model.__module__}".endswith(f".{place}")] or found
    near = [mapper for mapper in found if mapper.model.__module__ == module]
    near = near or [mapper for mapper in found if mapper.connection == owner.connection] or found
    return near[-1]


def _known_to(owner: Mapper[Any], name: str) -> Mapper[Any] | None:
    """What the name, or the path, means in the owner's module by now, where that is a model of another."""
    found: Any = sys.modules.get(owner.model.__module__)
    for part in name.split("."):
        found = getattr(found, part, None)
    mapper: Mapper[Any] | None = vars(found).get("__mapper__") if isinstance(found, type) else None
    return None if mapper is None or mapper.model.__module__ == owner.model.__module__ else mapper


def model_of_table(table_name: str, owner: Mapper[Any], *, any_case: bool) -> Mapper[Any] | None:
    """The model of a table on the owner's connection, or None; of several, the nearest and last defined.

    In `any_case`, a model may spell the name otherwise.
    """
    folded = table_name.casefold()
    found = sorted(
        (
            mapper
            for mapper in mappers
            if (mapper.connection, mapper.schema_name) == (owner.connection, owner.schema_name)
            and (mapper.table_name == table_name or (any_case and mapper.table_name.casefold() == folded))
            and not is_private(mapper)
        ),
        key=lambda mapper: (mapper.model.__module__ == owner.model.__module__, mapper.serial),
    )
    return found[-1] if found else None
