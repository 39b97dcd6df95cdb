"""Queries: immutable, lazy; each verb gives a new query, and only the terminal ones touch the database."""

from activerecord.query.query import Query

__all__ = ["Query"]
