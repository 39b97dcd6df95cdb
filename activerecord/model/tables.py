"""Making and dropping the tables of declared models."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from activerecord import runtime
from activerecord.database import Database
from activerecord.driver import Connection
from activerecord.errors import ActiveRecordError, UnknownTable, UsageError
from activerecord.model.active_record import ActiveRecord
from activerecord.model.declaration import with_relations
from activerecord.model.links import links_of
from activerecord.schema.plan import Step, creation, removal
from activerecord.schema.table import Table
from activerecord.sql.dialect import Dialect
from activerecord.transaction import current_transaction

__all__ = ["async_create_tables", "async_drop_tables", "create_tables", "drop_tables"]


async def async_create_tables(*models: type[ActiveRecord], if_not_exists: bool = False) -> None:
    """Create the tables of declared models, those that others refer to first; all of them or none.

    Foreign keys follow from `references=` and from belongs_to relations; link tables are made with the models on both sides. Raises UsageError for a model without columns.
    Where the engine cannot undo CREATE TABLE (MySQL, MariaDB), what was made before a failure is dropped again, and it is a
    UsageError to do it inside a transaction.
    """
    for database, wanted in _by_database((*models, *_links(models, all))).items():
        dialect, tables = await _settled(database), wanted
        if if_not_exists and not (dialect.forward_keys and dialect.transactional_ddl):
            # what stands there is not to get its keys again, nor to be dropped with the others
            tables = await _without_those_there(database, wanted)
        if dialect.transactional_ddl:
            steps = creation(tables, dialect, if_not_exists=if_not_exists)
            await _as_a_whole(database, [step.sql for step in steps])
        else:
            await _one_by_one(database, creation(tables, dialect, if_not_exists=False), dialect)
        database.catalog.forget()


def create_tables(*models: type[ActiveRecord], if_not_exists: bool = False) -> None:
    """Create the tables of declared models, those that others refer to first; all of them or none."""
    runtime.run_blocking(lambda: async_create_tables(*models, if_not_exists=if_not_exists), "create_tables")


async def async_drop_tables(*models: type[ActiveRecord]) -> None:
    """Drop the tables of declared models, those that refer to others first; all of them or none.

    Where the engine cannot undo DROP TABLE (MySQL, MariaDB), a failure may leave some of them dropped, and it is a
    UsageError to do it inside a transaction.
    """
    for database, tables in _by_database((*models, *_links(models, any))).items():
        dialect = await _settled(database)
        statements = removal(tables, dialect)
        if dialect.transactional_ddl:
            await _as_a_whole(database, statements)
        else:
            for sql in statements:
                await database.execute_text(sql, writes=True)
        database.catalog.forget()


def drop_tables(*models: type[ActiveRecord]) -> None:
    """Drop the tables of declared models, those that refer to others first; all of them or none."""
    runtime.run_blocking(lambda: async_drop_tables(*models), "drop_tables")


async def _settled(database: Database) -> Dialect:
    """What the server speaks. Raises UsageError where making a table would end the transaction around it."""
    dialect = await database.settle()
    if not dialect.transactional_ddl and current_transaction(database) is not None:
        raise UsageError(
            f"{dialect.name} ends a transaction, and keeps what was done in it, where a table is made or dropped inside: "
            f"make and drop tables outside of transactions"
        )
    return dialect


async def _without_those_there(database: Database, tables: Iterable[Table]) -> list[Table]:
    """Those of the tables that the database does not have yet."""
    database.catalog.forget()
    missing: list[Table] = []
    for table in tables:
        try:
            await database.catalog.table(table.name, table.schema)
        except UnknownTable:
            missing.append(table)
    return missing


async def _as_a_whole(database: Database, statements: Sequence[str]) -> None:
    async with database.transaction():
        for sql in statements:
            await database.execute_text(sql, writes=True)


async def _one_by_one(database: Database, steps: Sequence[Step], dialect: Dialect) -> None:
    """Run the steps on one connection, and where one fails, drop the tables that were made."""
    lender = database.lender()
    lease = await lender.acquire("making tables")
    made: list[Table] = []
    try:
        for sql, table in steps:
            # not cancelled in the middle, when nobody could tell whether the table was made
            await database.send(lease.connection, sql, done=None if table is None else partial(made.append, table))
    except BaseException as error:
        if made:
            await _drop_again(database, lease.connection, made, dialect, error)
        raise
    finally:
        lender.release(lease)


async def _drop_again(
    database: Database, connection: Connection, made: "list[Table]", dialect: Dialect, error: BaseException
) -> None:
    names = ", ".join(table.name for table in made)
    try:
        await database.send(connection, *removal(made, dialect))
    except ActiveRecordError as failure:
        error.add_note(f"these tables had been made and could not be dropped again ({type(failure).__name__}): {names}")
    else:
        error.add_note(
            f"these tables had been made, and were dropped again, since {dialect.name} cannot undo it: {names}"
        )


def _links(models: tuple[type[ActiveRecord], ...], enough: Callable[[Iterable[bool]], bool]) -> list[Any]:
    """The models of the link tables that relations of these go by, where all, or any, of both sides are among them."""
    mappers = [model.__mapper__ for model in models if _is_declared(model)]
    return [
        link.model for mapper in mappers for link, ends in links_of(mapper) if enough(end in models for end in ends)
    ]


def _is_declared(model: Any) -> bool:
    return isinstance(model, type) and issubclass(model, ActiveRecord) and model.__mapper__.is_declared


def _by_database(models: tuple[type[ActiveRecord], ...]) -> dict[Database, list[Table]]:
    found: dict[Database, list[Table]] = {}
    for model in models:
        if not isinstance(model, type) or not issubclass(model, ActiveRecord):
            raise UsageError(f"expected models, got {type(model).__name__}")
        mapper = model.__mapper__
        table = mapper.known_table() if mapper.is_declared else None
        if table is None:
            raise UsageError(f"{model.__name__} declares no columns, so there is nothing to make its table of")
        found.setdefault(mapper.database(), []).append(with_relations(mapper, table))
    return found
