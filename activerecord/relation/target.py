"""Which model a relation leads to: named in an annotation, found when it is first needed."""

import re
from typing import Any

from activerecord.errors import UnknownRelation, nearest
from activerecord.mapper import Mapper, mappers

__all__ = ["find_model", "model_of_table", "target_name"]


def target_name(annotation: str) -> tuple[str, bool]:
    """The class that an annotation such as `"User | None"` names, and whether it may be missing."""
    inner = annotation.strip().strip("'\"").strip()
    optional = bool(re.search(r"\bNone\b|\bOptional\b", inner))
    names = [name for name in re.findall(r"[\w.]+", inner) if name.rpartition(".")[2] not in {"None", "Optional"}]
    return (names[0].rpartition(".")[2] if names else inner), optional


def find_model(name: str, owner: Mapper[Any]) -> Mapper[Any]:
    """The model of that class name, nearest to the owner: of its module first, then of its connection.

    Raises UnknownRelation, naming the nearest. Of several classes of one name and place the last one defined counts.
    """
    found = sorted((mapper for mapper in mappers if mapper.name == name), key=lambda mapper: mapper.serial)
    if not found:
        known = {mapper.name for mapper in mappers}
        raise UnknownRelation(
            f"{owner.name} has a relation to {name!r}, but no model is called so; {nearest(name, known)}"
        )
    module = owner.model.__module__
    near = [mapper for mapper in found if mapper.model.__module__ == module]
    near = near or [mapper for mapper in found if mapper.connection == owner.connection] or found
    return near[-1]


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
        ),
        key=lambda mapper: (mapper.model.__module__ == owner.model.__module__, mapper.serial),
    )
    return found[-1] if found else None
