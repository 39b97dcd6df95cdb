"""What MySQL (8.0.19 and newer) and MariaDB (10.6 and newer) say differently."""

from activerecord.sql.dialects.mysql.compiler import MariaDBCompiler, MySQLCompiler
from activerecord.sql.dialects.mysql.dialect import MARIADB, MYSQL

__all__ = ["MARIADB", "MYSQL", "MariaDBCompiler", "MySQLCompiler"]
