"""Why a value is refused: by the names of the types, never by the value."""

from typing import Any

from activerecord.errors import InvalidValue

__all__ = ["refuse_type"]


def refuse_type(column: str, takes: str, value: Any) -> InvalidValue:
    """The error for a value of a type that its column does not take: what the column takes, and what came."""
    return InvalidValue(f"a column of type {column} takes {takes}, not {type(value).__name__}")
