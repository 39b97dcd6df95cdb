"""Tables as the database itself describes them."""

from collections.abc import Mapping

from activerecord.schema.reflection import mysql, postgresql, sqlite
from activerecord.schema.reflection.mysql_storage import read_storage
from activerecord.schema.reflection.reading import Reader, Reading

__all__ = ["READERS", "Reader", "Reading"]

# By the name of the dialect.
READERS: Mapping[str, Reader] = {
    "sqlite": Reader(sqlite.read_table, sqlite.table_names),
    "postgresql": Reader(postgresql.read_table, postgresql.table_names),
    "mysql": Reader(mysql.read_table, mysql.table_names, read_storage),
}
