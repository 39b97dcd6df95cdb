"""The models of link tables: made for many-to-many relations whose link the program has no model of."""

from collections.abc import Iterator
from types import new_class
from typing import Any

from activerecord.mapper import Mapper
from activerecord.relation import Association
from activerecord.relation.linked import LinkOf, Links, LinkTable
from activerecord.relation.target import is_private
from activerecord.schema.naming import identifier

__all__ = ["link_maker", "links_of"]


def link_maker(base: "type[Any]") -> LinkOf:
    """What makes the model of a link table, as a class derived from `base`."""

    def make(beside: Mapper[Any], name: str, schema: str | None, link: LinkTable | None) -> Mapper[Any]:
        body = {
            "__table_name__": name,
            "__connection__": beside.connection,
            "__schema_name__": schema,
            "__module__": beside.model.__module__,
            "__link__": link,
        }
        made: type[Any] = new_class(identifier(name), (base,), exec_body=lambda space: space.update(body))
        mapper: Mapper[Any] = made.__mapper__
        return mapper

    return make


def links_of(mapper: Mapper[Any]) -> Iterator[tuple[Mapper[Any], "frozenset[type[Any]]"]]:
    """The link tables that relations of a model go by and have made for themselves, each with the models on both sides.

    Raises UnknownRelation for a relation that cannot work.
    """
    for association in mapper.relations().values():
        link = _link(association)
        if link is not None and is_private(link):
            told: LinkTable = vars(link.model)["__link__"]
            yield link, told.ends


def _link(association: Any) -> Mapper[Any] | None:
    if not isinstance(association, Association) or not isinstance(association.way, Links):
        return None
    association.check()
    found: Mapper[Any] = association.hops()[0].target
    return found
