"""What SQLite (3.35 and newer) says differently."""

from activerecord.sql.dialects.sqlite.compiler import SQLiteCompiler
from activerecord.sql.dialects.sqlite.dialect import SQLITE

__all__ = ["SQLITE", "SQLiteCompiler"]
