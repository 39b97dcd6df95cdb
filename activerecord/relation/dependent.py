"""What becomes of the records that lead to one that is deleted: the option `dependent` of has_one and has_many."""

from typing import Any, Literal, TypeAlias, cast, get_args

from activerecord.errors import UsageError
from activerecord.mapper import Mapper
from activerecord.relation.association import Association

__all__ = ["Dependent", "LinksDependent", "checked", "dependents"]

Dependent: TypeAlias = Literal["destroy", "delete", "nullify", "restrict"]

LinksDependent: TypeAlias = Literal["delete", "restrict"]

_LINKS = "the records on the other side belong to others too"


def checked(given: Any, *, shows_one: bool = False, through: bool = False, links: bool = False) -> Any:
    """The option as a declaration gives it. Raises UsageError for what is none, or cannot be for such a relation.

    `shows_one` says that the relation shows one record of several by its order, `through` that it leads over others, `links` that
    it goes by a link table.
    """
    if given is None:
        return None
    words = get_args(Dependent)
    if given not in words:
        raise UsageError(f"dependent takes one of {', '.join(map(repr, words))}, got {given!r}")
    if through:
        raise UsageError(
            "dependent is for records that hold the key: declare it on the first relation of the way through"
        )
    if shows_one:
        raise UsageError("dependent is for all records that hold the key, has_one(order=...) shows one: use a has_many")
    if links and given not in get_args(LinksDependent):
        raise UsageError(f"dependent={given!r} is not for links, {_LINKS}: dependent='delete' takes the links alone")
    return given


def dependents(mapper: Mapper[Any]) -> tuple[Association[Any], ...]:
    """The relations of a model of which something becomes when one of its records is deleted."""
    relations = mapper.relations()
    if mapper.dependents[0] is not relations:
        found = [cast("Association[Any]", each) for each in relations.values()]
        mapper.dependents = relations, tuple([each for each in found if each.dependent is not None])
    return mapper.dependents[1]
