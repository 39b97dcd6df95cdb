"""Models: classes whose instances are rows that know how to save themselves."""

from activerecord.model.active_record import ActiveRecord, Undeclared
from activerecord.model.tables import async_create_tables, async_drop_tables, create_tables, drop_tables

__all__ = ["ActiveRecord", "Undeclared", "async_create_tables", "async_drop_tables", "create_tables", "drop_tables"]
