"""Making and dropping the tables of declared models."""

from activerecord import runtime
from activerecord.database import Database
from activerecord.errors import UsageError
from activerecord.model.active_record import ActiveRecord
from activerecord.model.declaration import with_relations
from activerecord.schema.ddl import create_table, dependency_order, drop_table
from activerecord.schema.table import Table

__all__ = ["async_create_tables", "async_drop_tables", "create_tables", "drop_tables"]


async def async_create_tables(*models: type[ActiveRecord], if_not_exists: bool = False) -> None:
    """Create the tables of declared models, those that others refer to first; all of them or none.

    Foreign keys follow from `references=` and from belongs_to relations. Raises UsageError for a model without columns.
    """
    for database, tables in _by_database(models).items():
        dialect = await database.settle()
        async with database.transaction():
            for table in dependency_order(tables):
                for sql in create_table(table, dialect, if_not_exists=if_not_exists):
                    await database.execute_text(sql, writes=True)
        database.forget_tables()


def create_tables(*models: type[ActiveRecord], if_not_exists: bool = False) -> None:
    """Create the tables of declared models, those that others refer to first; all of them or none."""
    runtime.run_blocking(lambda: async_create_tables(*models, if_not_exists=if_not_exists), "create_tables")


async def async_drop_tables(*models: type[ActiveRecord]) -> None:
    """Drop the tables of declared models, those that refer to others first; all of them or none."""
    for database, tables in _by_database(models).items():
        dialect = await database.settle()
        async with database.transaction():
            for table in reversed(dependency_order(tables)):
                await database.execute_text(drop_table(table, dialect), writes=True)
        database.forget_tables()


def drop_tables(*models: type[ActiveRecord]) -> None:
    """Drop the tables of declared models, those that refer to others first; all of them or none."""
    runtime.run_blocking(lambda: async_drop_tables(*models), "drop_tables")


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
