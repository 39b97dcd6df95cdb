"""Tables as the database itself describes them: a reader for each engine, which the drivers of that engine import."""

from activerecord.schema.reflection.reading import Reader, Reading

__all__ = ["Reader", "Reading"]
