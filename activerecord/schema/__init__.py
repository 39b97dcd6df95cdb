"""What is known of tables: declared by models or read from the database, as plain values."""

from activerecord.schema.column import Column, column
from activerecord.schema.table import ForeignKey, Index, Table, TableColumn

__all__ = ["Column", "ForeignKey", "Index", "Table", "TableColumn", "column"]
