"""The compiler walks a statement and writes standard SQL; a dialect overrides only what it says differently."""

from activerecord.sql.compiler.arrays import Arrays
from activerecord.sql.compiler.dates import Dates
from activerecord.sql.compiler.functions import Functions
from activerecord.sql.compiler.json import Json
from activerecord.sql.compiler.raw import Raw
from activerecord.sql.compiler.search import Searches
from activerecord.sql.compiler.statements import Statements
from activerecord.sql.compiler.windows import WindowClauses

__all__ = ["Compiler"]


class Compiler(Raw, Json, Arrays, Searches, Statements, Functions, Dates, WindowClauses):
    """Writes one statement of standard SQL; see `Writer` for how its parts go together."""
