"""Queries that look at a table beside the row of it that a statement is about to write."""

from collections.abc import Callable, Iterator

from activerecord.sql.node import Node, walk
from activerecord.sql.reference import Reference
from activerecord.sql.statement import Compound, NamedTable, Select, Source, Subquery

__all__ = ["looks_beside", "reads"]


def reads(query: Node, written: Source) -> bool:
    """Whether a query reads the table that is written."""
    table = (written.schema, written.table)
    return any(isinstance(node, Source) and (node.schema, node.table) == table for node in walk(query))


def looks_beside(expression: Node, written: Source) -> bool:
    """Whether a query in an expression, or as one, reads the table that is written, and names the row at hand in it.

    It is asked anew for each row, so an engine that writes one row before it looks at the next finds in it what it has written.
    """
    queries = [node for node in _walk_until(expression, _is_query) if _is_query(node)]
    return any(_names_row(query, written.name) and reads(query, written) for query in queries)


def _names_row(query: Node, name: str) -> bool:
    def has_its_own(node: Node) -> bool:
        return isinstance(node, Select) and name in _sources(node)

    found = _walk_until(query, has_its_own)
    return any(isinstance(node, Reference) and node.source == name for node in found)


def _sources(select: Select) -> set[str]:
    """The names of what a query reads itself, but for the queries in it."""
    inside = (node for part in select.inner() for node in _walk_until(part, _is_query))
    return {node.name for node in inside if isinstance(node, Source | Subquery | NamedTable)}


def _walk_until(node: Node, is_far: Callable[[Node], bool]) -> Iterator[Node]:
    """A node and what it is made of, down to those that are far enough, these too."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        if not is_far(found):
            waiting.extend(found.inner())


def _is_query(node: Node) -> bool:
    return isinstance(node, Select | Compound)
