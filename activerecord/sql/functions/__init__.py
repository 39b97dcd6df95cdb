"""The functions of SQL that checkers know, and all others by name."""

from activerecord.sql.functions.aggregates import Aggregates
from activerecord.sql.functions.numbers import Numbers
from activerecord.sql.functions.others import NamedFunction, Others
from activerecord.sql.functions.ranks import Ranks
from activerecord.sql.functions.texts import Texts

__all__ = ["Functions", "NamedFunction", "fn"]


class Functions(Texts, Numbers, Aggregates, Ranks, Others):
    """SQL's functions by name: `fn.lower(User.name)`, `fn.count()`; any that is not listed gives a value of any type."""


fn = Functions()
"""SQL's functions by name."""
