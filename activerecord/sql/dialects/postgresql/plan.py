"""PostgreSQL's plans, as EXPLAIN (FORMAT JSON) tells them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from activerecord.sql.plan import Explaining, PlanStep

__all__ = ["EXPLAINING"]

# What a step does, beside its name, in the order of the text that the server writes for people.
_DETAILS = (
    "Subplan Name",
    "Join Type",
    "Sort Key",
    "Presorted Key",
    "Group Key",
    "Index Cond",
    "Recheck Cond",
    "Hash Cond",
    "Merge Cond",
    "TID Cond",
    "Join Filter",
    "Filter",
    "One-Time Filter",
    "Rows Removed by Filter",
    "Rows Removed by Join Filter",
    "Sort Method",
)
_TARGETS = ("Alias", "Relation Name", "CTE Name", "Function Name", "Tuplestore Name")


def _read(rows: Sequence[Sequence[Any]]) -> tuple[str, PlanStep]:
    told: str = rows[0][0]
    return told, _step(json.loads(told)[0]["Plan"])


def _step(node: Mapping[str, Any]) -> PlanStep:
    name = str(node["Node Type"])
    rounds = node.get("Actual Loops", 1)
    return PlanStep(
        _operation(name, node),
        next((str(node[key]) for key in _TARGETS if key in node), None),
        node.get("Index Name"),
        tuple([f"{key}: {_told(node[key])}" for key in _DETAILS if node.get(key) not in (None, 0)]),
        node.get("Plan Rows"),
        node.get("Total Cost"),
        _times(node.get("Actual Rows"), rounds),
        _times(node.get("Actual Total Time"), rounds),
        is_full_scan=name == "Seq Scan",
        children=tuple([_step(child) for child in node.get("Plans", ())]),
    )


def _operation(name: str, node: Mapping[str, Any]) -> str:
    """As the server writes it for people: "HashAggregate", "Update"."""
    if name == "Aggregate":
        return {"Hashed": "HashAggregate", "Sorted": "GroupAggregate", "Mixed": "MixedAggregate"}.get(
            node.get("Strategy", ""), name
        )
    return str(node.get("Operation", name)) if name == "ModifyTable" else name


def _told(value: Any) -> str:
    return ", ".join(map(str, cast("list[object]", value))) if isinstance(value, list) else str(value)


def _times(mean: float | None, rounds: float) -> float | None:
    """The server tells means of all rounds."""
    return None if mean is None else mean * rounds


EXPLAINING = Explaining("EXPLAIN (FORMAT JSON)", _read, "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)")
