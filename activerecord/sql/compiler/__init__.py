"""The compiler walks a statement and writes standard SQL; a dialect overrides only what it says differently."""

from activerecord.sql.compiler.expressions import Expressions
from activerecord.sql.compiler.functions import Functions
from activerecord.sql.compiler.statements import Statements

__all__ = ["Compiler"]


class Compiler(Statements, Expressions, Functions):
    """Writes one statement of standard SQL; see `Writer` for how its parts go together."""
