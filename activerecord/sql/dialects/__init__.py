"""The dialects that the house speaks, by every word that a configuration may have for them."""

from collections.abc import Mapping

from activerecord.sql.dialect import Dialect
from activerecord.sql.dialects.mysql import MARIADB, MYSQL
from activerecord.sql.dialects.postgresql import POSTGRESQL
from activerecord.sql.dialects.sqlite import SQLITE

__all__ = ["DIALECTS", "MARIADB", "MYSQL", "POSTGRESQL", "SQLITE"]

DIALECTS: Mapping[str, Dialect] = {word: dialect for dialect in (SQLITE, POSTGRESQL, MYSQL) for word in dialect.words}
