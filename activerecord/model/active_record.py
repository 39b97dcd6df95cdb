"""ActiveRecord: a row that knows how to save itself."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import new_class
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from activerecord import database, runtime
from activerecord.bounds import bounded
from activerecord.config import Settings
from activerecord.errors import UsageError
from activerecord.mapper import Mapper
from activerecord.model.bulk import Bulk
from activerecord.model.declaration import declare, make_mapper
from activerecord.model.metaclass import ModelType
from activerecord.query.path import Relation, path_of
from activerecord.relation import Association
from activerecord.relation.counters import recount
from activerecord.relation.target import model_of_table
from activerecord.schema.naming import class_name
from activerecord.schema.table import Table
from activerecord.sql.dialect import Terms
from activerecord.strictness import checked_strictness
from activerecord.transaction import RETRIES, Transaction

__all__ = ["ActiveRecord", "Undeclared"]

T = TypeVar("T")
V = TypeVar("V")


class ActiveRecord(Bulk):
    """The base of all models.

    A subclass with columns (`age: Column[int]`) is declared: typed, and able to create its table. One without reads its
    columns, keys and relations from the table of the database. `__table_name__` names the table (else the class's name in
    snake case and plural), `__connection__` the configured connection, `__abstract__ = True` marks a base without a table.
    `__strict_loading__` says what becomes of relations that are loaded later than the query that gave the record: "raise", "log"
    or "off". It is inherited, so `ActiveRecord.__strict_loading__ = "raise"` is for the process; `Query.strict_loading` comes first.
    """

    __table_name__: ClassVar[str]
    __connection__: ClassVar[str] = "default"
    __schema_name__: ClassVar[str | None] = None
    __strict_loading__: ClassVar[str] = "off"

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        checked_strictness(cls.__strict_loading__, f"{cls.__name__}.__strict_loading__")
        if cls.__dict__.get("__abstract__", False):
            declare(cls)
        else:
            cls.__mapper__ = make_mapper(cls, ActiveRecord, lambda table, name: _model_of(cls, table, name))
            cls.__table_name__ = cls.__mapper__.table_name

    @staticmethod
    def configure(settings: "Settings | Mapping[str, Settings]") -> None:
        """Set the connections of the process: a URL or a dict of settings, or a dict of these by connection name.

        Opens nothing. Raises ConfigurationError, naming what is wrong.
        """
        database.configure(settings)

    # relations

    async def async_load(self, relation: "Relation[V]", *, timeout: float | None = None) -> V:
        """Load a relation, `await order.async_load(Order.user)`, for all records of the same result at once."""
        with bounded(timeout, "load"):
            await self.__mapper__.table()
            association = cast("Association[V]", self.__mapper__.relation(_only_name(relation)))
            return cast("V", await association.obtain(self))

    def load(self, relation: "Relation[V]", *, timeout: float | None = None) -> V:
        """Load a relation, `order.load(Order.user)`, for all records of the same result at once."""
        return runtime.run_blocking(lambda: self.async_load(relation, timeout=timeout), "load")

    @classmethod
    async def async_reset_counters(
        cls, relation: "Relation[Any] | str", *, ids: "Iterable[Any] | None" = None, timeout: float | None = None
    ) -> int:
        """Count anew what a has_many leads to, `User.async_reset_counters("orders")`, in all rows or those of these keys.

        For what the counter of its belongs_to has missed: rows from before it, or written many at a time. One UPDATE; gives
        the number of rows that it reached. Raises UsageError for a relation without a counter.
        """
        with bounded(timeout, "reset_counters"):
            await cls.__mapper__.table()
            return await recount(cast("Association[Any]", cls.__mapper__.relation(_only_name(relation))), ids)

    @classmethod
    def reset_counters(
        cls, relation: "Relation[Any] | str", *, ids: "Iterable[Any] | None" = None, timeout: float | None = None
    ) -> int:
        """Count anew what a has_many leads to; see `async_reset_counters`."""
        return runtime.run_blocking(
            lambda: cls.async_reset_counters(relation, ids=ids, timeout=timeout), "reset_counters"
        )

    # transactions

    @classmethod
    def async_transaction(
        cls,
        *,
        isolation: str | None = None,
        read_only: bool = False,
        deferrable: bool = False,
        retries: int | None = None,
        timeout: float | None = None,
    ) -> Transaction:
        """A transaction on the model's connection, `async with User.async_transaction() as tx`; inside another, a savepoint.

        It decorates async functions too, which then run in such a transaction each time, and with `retries` again so many
        times where others at work were in the way. After `timeout` seconds, its beginning included, what is under way is stopped,
        it is rolled back, and DeadlineExceeded is raised. `deferrable` (PostgreSQL; serializable and read only) waits at
        the beginning for a moment from which on it cannot be refused.
        """
        terms = Terms(isolation, read_only, deferrable)
        return Transaction(cls._database, terms, retries=retries, timeout=timeout, is_async=True)

    @classmethod
    def transaction(
        cls,
        *,
        isolation: str | None = None,
        read_only: bool = False,
        deferrable: bool = False,
        retries: int | None = None,
        timeout: float | None = None,
    ) -> Transaction:
        """A transaction on the model's connection, `with User.transaction() as tx`; see `async_transaction`."""
        terms = Terms(isolation, read_only, deferrable)
        return Transaction(cls._database, terms, retries=retries, timeout=timeout, is_async=False)

    @classmethod
    async def async_run_transaction(
        cls,
        work: Callable[[], Awaitable[T]],
        *,
        retries: int = RETRIES,
        isolation: str | None = None,
        timeout: float | None = None,
    ) -> T:
        """What `await work()` returns, in a transaction on the model's connection.

        Where others at work were in its way (RetryableError: a deadlock, a serialization failure, a lock that was not
        free), all of it is undone and `work` is called again, up to `retries` times, after a pause of random length. It must be such
        that this does no harm: what is not in the database is not undone. Raises UsageError inside another transaction,
        and DeadlineExceeded where all of it takes longer than `timeout` seconds.
        """
        with bounded(timeout, "run_transaction"):
            return await cls._database().run_transaction(work, retries=retries, isolation=isolation)

    @classmethod
    def run_transaction(
        cls,
        work: Callable[[], T],
        *,
        retries: int = RETRIES,
        isolation: str | None = None,
        timeout: float | None = None,
    ) -> T:
        """What `work()` returns, in a transaction; see `async_run_transaction`."""

        async def worked() -> T:
            return work()

        return runtime.run_blocking(
            lambda: cls.async_run_transaction(worked, retries=retries, isolation=isolation, timeout=timeout),
            "run_transaction",
        )

    @classmethod
    def _database(cls) -> database.Database:
        mapper = cls.__dict__.get("__mapper__")
        return mapper.database() if isinstance(mapper, Mapper) else database.database(cls.__connection__)

    # the schema

    @classmethod
    async def async_schema(cls) -> Table:
        """The model's table: as declared, or as the database describes it, read now if it was not. Raises UnknownTable."""
        return await cls.__mapper__.table()

    @classmethod
    def schema(cls) -> Table:
        """The model's table: as declared, or as the database describes it, read now if it was not. Raises UnknownTable."""
        return runtime.run_blocking(cls.async_schema, "schema")

    @classmethod
    async def async_reload_schema(cls) -> Table:
        """Read the table again after it was changed; every other table of the connection is read again when needed."""
        cls.__mapper__.database().catalog.forget()
        return await cls.async_schema()

    @classmethod
    def reload_schema(cls) -> Table:
        """Read the table again after it was changed; every other table of the connection is read again when needed."""
        return runtime.run_blocking(cls.async_reload_schema, "reload_schema")


def _only_name(relation: Any) -> str:
    name, *others = path_of(relation)
    if others:
        raise UsageError("a record loads its own relations, one at a time; a path of them: with_(...) in the query")
    return name


# Models that nobody wrote, for tables that foreign keys lead to. Kept, since nothing else may refer to them.
_made: dict[tuple[str, str | None, str], type[ActiveRecord]] = {}


def _model_of(owner: type[ActiveRecord], beside: Table, table: str) -> Mapper[Any]:
    """The model of a table beside the owner's: the program's own, or one made for it."""
    found = model_of_table(table, owner.__mapper__, any_case=beside.any_case)
    if found is not None:
        return found
    body = {
        "__table_name__": table,
        "__connection__": owner.__connection__,
        "__schema_name__": owner.__schema_name__,
        "__module__": owner.__module__,
        "__made__": True,
    }
    made: type[ActiveRecord] = new_class(class_name(table), (ActiveRecord,), exec_body=lambda space: space.update(body))
    _made[owner.__connection__, owner.__schema_name__, table] = made
    return made.__mapper__


if TYPE_CHECKING:

    class _UndeclaredType(ModelType):
        def __getattr__(cls, name: str) -> Any: ...  # noqa: N805  # a metaclass

    class Undeclared(ActiveRecord, metaclass=_UndeclaredType):
        """For type checkers: an undeclared model, whose columns are Any."""

        def __getattr__(self, name: str) -> Any: ...
        def __setattr__(self, name: str, value: Any) -> None: ...

else:

    class Undeclared(ActiveRecord):
        """A model without declared columns, whose attributes a type checker takes for Any."""

        __abstract__ = True
