"""What PostgreSQL (12 and newer) says differently."""

from activerecord.sql.dialects.postgresql.compiler import PostgreSQLCompiler
from activerecord.sql.dialects.postgresql.dialect import POSTGRESQL
from activerecord.sql.dialects.postgresql.literal import postgresql_literal

__all__ = ["POSTGRESQL", "PostgreSQLCompiler", "postgresql_literal"]
