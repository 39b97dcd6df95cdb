"""Finding records: the ways from a model to a query, and the short forms of the commonest ones."""

from typing import Any, Self, cast

from activerecord import runtime
from activerecord.model.attributes import Attributes
from activerecord.query.alias import Alias
from activerecord.query.named import checked_name
from activerecord.query.query import Query
from activerecord.query.raw import RawQuery
from activerecord.sql.text import text_of
from activerecord.strictness import Strictness

__all__ = ["Finders"]


class Finders(Attributes):
    """The class methods that read. `timeout` is as in the verbs of a query; those that take values of columns have none."""

    @classmethod
    def query(cls) -> "Query[Self]":
        """A query of all records: `SELECT ... FROM table`."""
        return Query(cls.__mapper__)

    @classmethod
    def alias(cls, name: str) -> "type[Self]":
        """The model under another name, to stand in a query a second time: `boss = Employee.alias("boss")`, `boss.name`.

        It has columns, relations, `query()` and `where()`; the records are the model's own.
        """
        return cast("type[Self]", Alias(cls.__mapper__, checked_name(name)))

    @classmethod
    def where(cls, /, *conditions: Any, **equals: Any) -> "Query[Self]":
        """A query of the records that fit these conditions, given as to `Query.where`."""
        return cls.query().where(*conditions, **equals)

    @classmethod
    def unscoped(cls, *names: str) -> "Query[Self]":
        """A query of all records, without the model's default scopes, or without those of these names."""
        return cls.query().unscoped(*names)

    @classmethod
    def strict_loading(cls, mode: Strictness = "raise") -> "Query[Self]":
        """A query of all records, whose relations are not loaded later; see `Query.strict_loading`."""
        return cls.query().strict_loading(mode)

    @classmethod
    def from_sql(cls, sql: str, /, *binds: Any, **named: Any) -> "RawQuery[Self]":
        """Records by SQL of the program's own: `User.from_sql("SELECT * FROM users WHERE age > ?", 18).all()`.

        Values are given as to `where`. Raises WrongBinds, and QueryError for what is no text of SQL.
        """
        return RawQuery(cls.__mapper__, text_of(sql, binds, named))

    @classmethod
    async def async_find(cls, key: Any, *, timeout: float | None = None) -> Self:
        """The record of this key; a composite key is a tuple. Raises RecordNotFound."""
        return await cls.query().async_find(key, timeout=timeout)

    @classmethod
    def find(cls, key: Any, *, timeout: float | None = None) -> Self:
        """The record of this key; a composite key is a tuple. Raises RecordNotFound."""
        return runtime.run_blocking(lambda: cls.async_find(key, timeout=timeout), "find")

    @classmethod
    async def async_find_or_none(cls, key: Any, *, timeout: float | None = None) -> Self | None:
        """The record of this key, or None; a composite key is a tuple."""
        return await cls.query().async_find_or_none(key, timeout=timeout)

    @classmethod
    def find_or_none(cls, key: Any, *, timeout: float | None = None) -> Self | None:
        """The record of this key, or None; a composite key is a tuple."""
        return runtime.run_blocking(lambda: cls.async_find_or_none(key, timeout=timeout), "find_or_none")

    @classmethod
    async def async_find_by(cls, /, **equals: Any) -> Self | None:
        """The first record with these values, or None."""
        return await cls.where(**equals).async_first()

    @classmethod
    def find_by(cls, /, **equals: Any) -> Self | None:
        """The first record with these values, or None."""
        return runtime.run_blocking(lambda: cls.async_find_by(**equals), "find_by")
