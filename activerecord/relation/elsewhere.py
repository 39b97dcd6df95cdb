"""Rows of a model that stand in a query under another name, where what narrows them speaks of the model by its own."""

from collections.abc import Iterator
from typing import Any

from activerecord.query.clauses import Clauses
from activerecord.query.query import Query
from activerecord.sql.expression import Label, Ordering, Star
from activerecord.sql.node import Node, walk
from activerecord.sql.reference import Reference, refer
from activerecord.sql.statement import Subquery
from activerecord.sql.text import Text

__all__ = ["rows_under", "speaks_of"]

# What the rows are sorted by stands beside their columns, under names that no table is likely to have.
_ORDER = "order {}"


def speaks_of(clauses: Clauses, name: str) -> bool:
    """Whether clauses name columns of the source of this name, or have SQL of the program's own, which may."""
    return any(_may_be_of(node, name) for part in _parts(clauses) for node in walk(part))


def _may_be_of(node: Node, name: str) -> bool:
    return isinstance(node, Text) or (isinstance(node, Reference) and node.source == name)


def _parts(clauses: Clauses) -> Iterator[Node]:
    joined = [join.condition for join in clauses.joins]
    yield from [part for part in (clauses.where, clauses.having, *clauses.orders, *joined) if part is not None]


def rows_under(name: str, query: Query[Any]) -> tuple[Subquery, tuple[Ordering, ...]]:
    """The rows of a query as a table of this name, in which every name means what it meant in the query, and their order there.

    Raises UsageError where a table is not read yet.
    """
    orders = query.known_clauses().orders
    labels = [Label[Any](order.operand, _ORDER.format(place)) for place, order in enumerate(orders)]
    columns = (Star(query.source_name), *labels)
    outside = [order.of(refer(name, label.name)) for order, label in zip(orders, labels, strict=True)]
    return Subquery(query.reorder().as_statement(columns), name), tuple(outside)
