"""How a Python value is stored and loaded: semantic types, and what one dialect makes of each."""

from activerecord.types.annotation import type_for
from activerecord.types.type import (
    Binary,
    Boolean,
    Codec,
    Date,
    DateTime,
    Enumeration,
    Float,
    Integer,
    Interval,
    Json,
    Numeric,
    Text,
    Time,
    Type,
    Unknown,
    Uuid,
)

__all__ = [
    "Binary",
    "Boolean",
    "Codec",
    "Date",
    "DateTime",
    "Enumeration",
    "Float",
    "Integer",
    "Interval",
    "Json",
    "Numeric",
    "Text",
    "Time",
    "Type",
    "Unknown",
    "Uuid",
    "type_for",
]
