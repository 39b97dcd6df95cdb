"""MySQL (8.0.19 and newer) and MariaDB (10.6 and newer) as dialects."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from activerecord.errors import UsageError
from activerecord.sql.dialect import Dialect, Terms
from activerecord.sql.dialects.mysql.compiler import MariaDBCompiler, MySQLCompiler
from activerecord.sql.dialects.mysql.plan import MARIADB_EXPLAINING, MYSQL_EXPLAINING
from activerecord.sql.literal import literal
from activerecord.types.mysql import MARIADB_CODECS, MYSQL_CODECS, dump_plain, key_type

__all__ = ["MARIADB", "MYSQL"]

_LEVELS = ("read uncommitted", "read committed", "repeatable read", "serializable")

# Characters of a name, by the engine's own limit.
_NAME = 64


def _begin(terms: Terms) -> Sequence[str]:
    """The level is set for the next transaction alone, by a statement before it."""
    if terms.level not in (None, *_LEVELS):
        raise UsageError(f"MySQL has the isolation levels {', '.join(map(repr, _LEVELS))}, not {terms.isolation!r}")
    if terms.deferrable:
        raise UsageError("MySQL has no deferrable transactions")
    begin = "START TRANSACTION READ ONLY" if terms.read_only else "BEGIN"
    return (begin,) if terms.level is None else (f"SET TRANSACTION ISOLATION LEVEL {terms.level.upper()}", begin)


def _quote(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _literal(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.date | dt.time):
        return f"'{value}'"
    # In quotes a backslash begins an escape.
    return literal(value.replace("\\", "\\\\") if isinstance(value, str) else value)


def _table_options(collation: str) -> str:
    return f" ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={collation}"


MYSQL = Dialect(
    name="mysql",
    title="MySQL",
    words=("mysql", "mariadb"),
    quote=_quote,
    placeholder=lambda _: "?",
    codec=MYSQL_CODECS,
    dump_plain=dump_plain,
    compiler=MySQLCompiler,
    begin=_begin,
    returning=frozenset(),
    # They are counted in 16 bits.
    max_binds=65535,
    auto_key_clause="{} AUTO_INCREMENT PRIMARY KEY",
    locks_rows=True,
    keys_lock=True,
    literal=_literal,
    # Without the parentheses a LONGTEXT, a LONGBLOB and JSON have no default.
    default_clause="DEFAULT ({})",
    key_type=key_type,
    # Equal are texts that are the same, blanks at their end included, and their order is that of their code points.
    table_options=_table_options("utf8mb4_0900_bin"),
    name_fits=lambda name: len(name) <= _NAME,
    index_in_table=True,
    drops_together=True,
    transactional_ddl=False,
    names_conflict=False,
    # InnoDB gives the rows of one INSERT keys in a row, in its settings of every kind.
    made_keys="SELECT LAST_INSERT_ID(), @@auto_increment_increment",
    explaining=MYSQL_EXPLAINING,
)
"""MySQL, and what it has in common with MariaDB."""

MARIADB = replace(
    MYSQL,
    title="MariaDB",
    codec=MARIADB_CODECS,
    compiler=MariaDBCompiler,
    explaining=MARIADB_EXPLAINING,
    returning=frozenset({"insert", "delete"}),
    table_options=_table_options("utf8mb4_nopad_bin"),
    drop_key="ALTER TABLE IF EXISTS {} DROP FOREIGN KEY IF EXISTS {}",
)
"""MariaDB."""
