"""Queries: immutable, lazy; each verb gives a new query, and only the terminal ones touch the database."""

from activerecord.query.batches import Batch, Batches, Each
from activerecord.query.combining import exists
from activerecord.query.execution import StatementResult, async_execute, execute
from activerecord.query.pages import NumberedPage, Page
from activerecord.query.path import Relation
from activerecord.query.query import Query
from activerecord.query.raw import RawQuery
from activerecord.query.scope import default_scope, scope
from activerecord.query.stream import Stream

__all__ = [
    "Batch",
    "Batches",
    "Each",
    "NumberedPage",
    "Page",
    "Query",
    "RawQuery",
    "Relation",
    "StatementResult",
    "Stream",
    "async_execute",
    "default_scope",
    "execute",
    "exists",
    "scope",
]
