"""Queries: immutable, lazy; each verb gives a new query, and only the terminal ones touch the database."""

from activerecord.query.query import Query
from activerecord.query.stream import Stream

__all__ = ["Query", "Stream"]
