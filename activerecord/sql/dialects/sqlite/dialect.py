"""SQLite (3.35 and newer) as a dialect."""

from collections.abc import Sequence

from activerecord.errors import UsageError
from activerecord.sql.dialect import Dialect, Terms
from activerecord.sql.dialects.sqlite.compiler import SQLiteCompiler
from activerecord.sql.dialects.sqlite.plan import EXPLAINING
from activerecord.types.sqlite import SQLITE_CODECS, dump_plain

__all__ = ["SQLITE"]


def _begin(terms: Terms) -> Sequence[str]:
    """A transaction that may write takes the lock at once: one that read first fails at its first write, for good."""
    if terms.level not in (None, "serializable"):
        raise UsageError(f"SQLite has the isolation level 'serializable' and no other, not {terms.isolation!r}")
    if terms.deferrable:
        raise UsageError("SQLite has no deferrable transactions: its readers are never refused")
    return ("BEGIN",) if terms.read_only else ("BEGIN IMMEDIATE",)


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


SQLITE = Dialect(
    name="sqlite",
    title="SQLite",
    words=("sqlite", "sqlite3"),
    quote=_quote,
    placeholder=lambda _: "?",
    codec=SQLITE_CODECS,
    dump_plain=dump_plain,
    compiler=SQLiteCompiler,
    begin=_begin,
    returning=frozenset({"insert", "update", "delete"}),
    # SQLITE_MAX_VARIABLE_NUMBER since 3.32
    max_binds=32766,
    auto_key_clause="INTEGER PRIMARY KEY AUTOINCREMENT",
    index_in_schema=True,
    forward_keys=True,
    row_ranges=True,
    any_value=True,
    explaining=EXPLAINING,
    only_reads=("PRAGMA query_only = 1", "PRAGMA query_only = 0"),
)
"""SQLite, the engine in a file."""
