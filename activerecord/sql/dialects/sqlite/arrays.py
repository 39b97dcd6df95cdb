"""Lists on SQLite: JSON."""

from collections.abc import Mapping
from typing import ClassVar

from activerecord.sql.compiler.arrays import Arrays

__all__ = ["SQLiteArrays"]

_ELEMENTS = "SELECT _a.value FROM json_each({a}) AS _a WHERE _a.type <> 'null'"
_VALUES = "SELECT _b.value FROM json_each({v}) AS _b"

_ALL = f"CASE WHEN {{a}} IS NOT NULL THEN NOT EXISTS ({_VALUES} WHERE _b.value NOT IN ({_ELEMENTS})) END"


class SQLiteArrays(Arrays):
    """`json_each(column)`; from SQLite 3.38."""

    array_tests: ClassVar[Mapping[str, str]] = {
        "has": _ALL,
        "contains": _ALL,
        "within": "CASE WHEN {a} IS NOT NULL THEN NOT EXISTS (SELECT 1 FROM json_each({a}) AS _a "
        f"WHERE _a.type = 'null' OR _a.value NOT IN ({_VALUES})) END",
        "overlaps": f"CASE WHEN {{a}} IS NOT NULL THEN EXISTS ({_ELEMENTS} AND _a.value IN ({_VALUES})) END",
    }
    array_length = "json_array_length({a})"
    array_changes: ClassVar[Mapping[str, str]] = {
        "concat": "CASE WHEN {a} IS NULL OR json_array_length({a}) = 0 THEN {v} WHEN json_array_length({v}) = 0 THEN {a} "
        "ELSE substr(json({a}), 1, length(json({a})) - 1) || ',' || substr({v}, 2) END",
        "remove": "CASE WHEN {a} IS NOT NULL THEN (SELECT '[' || COALESCE(group_concat(_c.item, ','), '') || ']' FROM "
        "(SELECT {a} -> _a.fullkey AS item FROM json_each({a}) AS _a "
        f"WHERE _a.value IS NOT ({_VALUES}) ORDER BY _a.key) AS _c) END",
    }
