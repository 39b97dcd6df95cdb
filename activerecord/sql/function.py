"""SQL's functions by name, and what a call of one is."""

from activerecord.sql.call import Function
from activerecord.sql.functions import Functions, NamedFunction, fn

__all__ = ["Function", "Functions", "NamedFunction", "fn"]
