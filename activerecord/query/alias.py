"""A model under another name, to stand in a query a second time."""

from typing import Any, Generic, TypeVar

from activerecord.errors import NoSuchAttribute, nearest
from activerecord.mapper import Mapper
from activerecord.query.named import Named
from activerecord.query.path import Relation
from activerecord.query.query import Query
from activerecord.sql.reference import refer

__all__ = ["Alias"]

R = TypeVar("R")


class Alias(Named, Generic[R]):
    """A model under another name: its columns, its relations, and queries of it."""

    def __init__(self, mapper: "Mapper[R]", name: str) -> None:
        self.__mapper__ = mapper.aliased(name)
        super().__init__(name, self.__mapper__.source)

    def query(self) -> Query[R]:
        """A query of all records: `SELECT ... FROM table AS name`."""
        return Query(self.__mapper__)

    def where(self, /, *conditions: Any, **equals: Any) -> Query[R]:
        """A query of the records that fit these conditions, given as to `Query.where`."""
        return self.query().where(*conditions, **equals)

    def __getattr__(self, name: str) -> Any:
        mapper = self.__mapper__
        if mapper.is_column(name):
            return refer(self.__name__, mapper.column_name(name))
        if name in mapper.relations():
            return Relation[Any](mapper, (name,))
        if name in mapper.scopes:
            return getattr(self.query(), name)
        if mapper.is_declared or name.startswith("_"):
            known = [*mapper.attributes.values(), *mapper.relations()]
            raise NoSuchAttribute(f"{mapper.name} has no column {name!r}; {nearest(name, known)}")
        return refer(self.__name__, name)
