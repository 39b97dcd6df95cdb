"""The plans of MariaDB, which tells them as JSON, and of MySQL, which tells them as an indented text."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from activerecord.sql.plan import Explaining, PlanStep

__all__ = ["MARIADB_EXPLAINING", "MYSQL_EXPLAINING"]

_Json = Mapping[str, Any]

# How a table is read, by the word that the server has for it.
_ACCESS = {
    "ALL": "Table scan",
    "index": "Index scan",
    "range": "Index range scan",
    "ref": "Index lookup",
    "eq_ref": "Unique index lookup",
    "ref_or_null": "Index lookup or NULL",
    "unique_subquery": "Unique index lookup",
    "index_subquery": "Index lookup",
    "index_merge": "Index merge",
    "fulltext": "Full-text lookup",
    "const": "One row",
    "system": "The only row",
}
_DETAILS = ("attached_condition", "index_condition", "sort_key", "having_condition", "join_type", "message")


def _read_json(rows: Sequence[Sequence[Any]]) -> tuple[str, PlanStep]:
    told: str = rows[0][0]
    steps = list(_steps(json.loads(told)))
    return told, steps[0] if len(steps) == 1 else PlanStep("query", children=tuple(steps))


def _steps(holder: _Json) -> Iterator[PlanStep]:
    """The steps that one is made of: they are its values that are objects, or lists of such, but for what is measured."""
    for name, value in holder.items():
        if name.startswith("r_") or name == "query_optimization":
            continue
        for each in cast("list[object]", value if isinstance(value, list) else [value]):
            if isinstance(each, dict):
                yield from _named(name, cast("_Json", each))


def _named(name: str, node: _Json) -> Iterator[PlanStep]:
    if name in ("nested_loop", "query_specifications", "subqueries"):
        # each of a list, which has no name of its own
        yield from _steps(node)
    elif name == "table":
        yield _table(node)
    else:
        yield PlanStep(
            name.replace("_", " "),
            index=node.get("key"),
            details=_details(node),
            cost=node.get("cost"),
            time=node.get("r_total_time_ms"),
            children=tuple(_steps(node)),
        )


def _table(node: _Json) -> PlanStep:
    access = str(node.get("access_type", ""))
    rounds = node.get("r_loops", 1)
    rows, time = node.get("r_rows"), node.get("r_table_time_ms", node.get("r_total_time_ms"))
    return PlanStep(
        _ACCESS.get(access, access or "table"),
        node.get("table_name"),
        node.get("key"),
        _details(node),
        node.get("rows"),
        node.get("cost"),
        None if rows is None else rows * rounds,
        time,
        is_full_scan=access == "ALL" and not str(node.get("table_name", "")).startswith("<"),
        children=tuple(_steps(node)),
    )


def _details(node: _Json) -> tuple[str, ...]:
    return tuple([f"{key.replace('_', ' ')}: {node[key]}" for key in _DETAILS if key in node])


MARIADB_EXPLAINING = Explaining("EXPLAIN FORMAT=JSON", _read_json, "ANALYZE FORMAT=JSON")


# `    -> Index lookup on t using PRIMARY (a=1)  (cost=0.35 rows=1) (actual time=0.01..0.02 rows=1 loops=3)`
_LINE = re.compile(
    r"(?P<indent> *)-> (?P<what>.*?)"
    r"(?: +\(cost=(?P<cost>[\d.e+]+)(?:\.\.[\d.e+]+)? rows=(?P<rows>[\d.e+]+)\))?"
    r"(?: +\(actual time=[\d.e+]+\.\.(?P<time>[\d.e+-]+) rows=(?P<actual>[\d.e+]+) loops=(?P<loops>\d+)\))?"
    r"(?: +\(never executed\))?"
)
_READS = re.compile(r"(?P<operation>[^:(]*?) on (?P<target>\S+)(?: using (?P<index>\S+))?(?P<rest>.*)")


def _read_tree(rows: Sequence[Sequence[Any]]) -> tuple[str, PlanStep]:
    told = "\n".join(str(row[0]) for row in rows)
    lines = [found for line in told.splitlines() if (found := _LINE.fullmatch(line.rstrip())) is not None]
    steps = _below(lines, -1)
    return told, steps[0] if len(steps) == 1 else PlanStep("query", children=steps)


def _below(lines: "list[re.Match[str]]", indent: int) -> tuple[PlanStep, ...]:
    """The steps at the beginning of the lines that are further in than this, which they are taken from."""
    found: list[PlanStep] = []
    while lines and len(lines[0]["indent"]) > indent:
        line = lines.pop(0)
        found.append(_told(line, _below(lines, len(line["indent"]))))
    return tuple(found)


def _told(line: "re.Match[str]", children: tuple[PlanStep, ...]) -> PlanStep:
    reads = _READS.fullmatch(line["what"])
    rounds = float(line["loops"] or 1)
    return PlanStep(
        reads["operation"] if reads else line["what"],
        reads["target"] if reads else None,
        reads["index"] if reads else None,
        tuple(filter(None, [reads["rest"].strip() if reads else ""])),
        _number(line["rows"]),
        _number(line["cost"]),
        None if line["actual"] is None else float(line["actual"]) * rounds,
        None if line["time"] is None else float(line["time"]) * rounds,
        is_full_scan=reads is not None and reads["operation"] == "Table scan" and not reads["target"].startswith("<"),
        children=children,
    )


def _number(text: str | None) -> float | None:
    return None if text is None else float(text)


MYSQL_EXPLAINING = Explaining("EXPLAIN FORMAT=TREE", _read_tree, "EXPLAIN ANALYZE")
