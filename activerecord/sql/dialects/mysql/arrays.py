"""Lists on MySQL and MariaDB: JSON."""

from collections.abc import Mapping
from typing import Any, ClassVar

from activerecord.sql.arrays import ArrayWith
from activerecord.sql.compiler.arrays import Arrays

__all__ = ["MariaDBArrays", "MySQLArrays"]


class MariaDBArrays(Arrays):
    """`JSON_CONTAINS(column, ?)`; `overlaps` from MariaDB 10.9."""

    array_tests: ClassVar[Mapping[str, str]] = {
        "has": "JSON_CONTAINS({a}, {v})",
        "contains": "JSON_CONTAINS({a}, {v})",
        "within": "CASE WHEN {a} IS NOT NULL THEN JSON_CONTAINS({v}, {a}) END",
        "overlaps": "JSON_OVERLAPS({a}, {v})",
    }
    array_length = "JSON_LENGTH({a})"
    # as it is written here, so that equal lists have equal texts
    array_changes: ClassVar[Mapping[str, str]] = {
        "concat": "JSON_COMPACT(JSON_MERGE_PRESERVE(COALESCE({a}, '[]'), {v}))"
    }

    def visit_arraywith(self, change: ArrayWith[Any]) -> str:
        """No element can be removed by its value."""
        if change.name == "remove":
            raise self.unsupported("removal from a list by value", "read the record, and save it with another list")
        return super().visit_arraywith(change)


class MySQLArrays(MariaDBArrays):
    """The same; `overlaps` from MySQL 8.0.17."""

    array_changes: ClassVar[Mapping[str, str]] = {"concat": "JSON_MERGE_PRESERVE(COALESCE({a}, '[]'), {v})"}
