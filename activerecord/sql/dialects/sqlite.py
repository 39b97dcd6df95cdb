"""What SQLite (3.35 and newer) says differently."""

from collections.abc import Sequence

from activerecord.errors import UsageError
from activerecord.sql.compiler import Compiler
from activerecord.sql.dialect import Dialect
from activerecord.sql.expression import InRows
from activerecord.sql.statement import Select
from activerecord.types.sqlite import SQLITE_CODECS, dump_plain

__all__ = ["SQLITE", "SQLiteCompiler"]


class SQLiteCompiler(Compiler):
    """Standard SQL, but that OFFSET needs a LIMIT, and a list of rows is a table of its own."""

    def limits(self, select: Select) -> str:
        """`LIMIT -1 OFFSET ...`: SQLite's word for no limit is a negative one."""
        if select.offset is not None and select.limit is None:
            return f" LIMIT -1 OFFSET {self.visit(select.offset)}"
        return super().limits(select)

    def row_list(self, condition: InRows) -> str:
        """`VALUES (...), (...)`."""
        return f"VALUES {super().row_list(condition)}"


def _begin(*, isolation: str | None, read_only: bool) -> Sequence[str]:
    """A transaction that may write takes the lock at once: one that read first fails at its first write, for good."""
    if isolation not in (None, "serializable"):
        raise UsageError(f"SQLite has the isolation level 'serializable' and no other, not {isolation!r}")
    return ("BEGIN",) if read_only else ("BEGIN IMMEDIATE",)


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


SQLITE = Dialect(
    name="sqlite",
    words=("sqlite", "sqlite3"),
    driver="sqlite3",
    quote=_quote,
    placeholder=lambda _: "?",
    codec=SQLITE_CODECS,
    dump_plain=dump_plain,
    compiler=SQLiteCompiler,
    begin=_begin,
    returning=True,
    # SQLITE_MAX_VARIABLE_NUMBER since 3.32
    max_binds=32766,
    auto_key_clause="INTEGER PRIMARY KEY AUTOINCREMENT",
)
"""SQLite, the engine in a file."""
