"""SQLite's plans, as EXPLAIN QUERY PLAN tells them: a line of text a step, and the number of the step above it."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from activerecord.sql.plan import Explaining, PlanStep

__all__ = ["EXPLAINING"]

# `SCAN TABLE track AS t` before 3.36, `SCAN t` since. What is in parentheses is a query, and no table.
_READS = re.compile(
    r"(?P<operation>SCAN|SEARCH) (?:TABLE )?(?P<target>.+?)(?: AS (?P<alias>.+?))?"
    r"(?P<how> VIRTUAL TABLE INDEX .*| USING (?P<using>.*))?"
)
_BY_INDEX = re.compile(r"(?:(?:COVERING )?INDEX (?P<named>[^\s(]\S*)|(?P<key>(?:INTEGER )?PRIMARY KEY))(?P<rest>.*)")
_NO_TABLE = re.compile(r"\(|SUBQUERY |CONSTANT ROW|\d+ CONSTANT ROWS?|\d+-ROW VALUES CLAUSE")


_MADE = re.compile(r"(?:MATERIALIZE|CO-ROUTINE) (?P<name>.+)")

# What each step has right below it: their numbers and texts.
_Below: TypeAlias = dict[int, list[tuple[int, str]]]


def _read(rows: Sequence[Sequence[Any]]) -> tuple[str, PlanStep]:
    below: _Below = {}
    for number, above, _, detail in rows:
        below.setdefault(above, []).append((number, detail))
    made = frozenset([found["name"] for *_, detail in rows if (found := _MADE.fullmatch(detail))])
    tops = _steps(0, below, made)
    return "\n".join(_lines(0, below)), tops[0] if len(tops) == 1 else PlanStep("QUERY PLAN", children=tops)


def _steps(above: int, below: _Below, made: frozenset[str]) -> tuple[PlanStep, ...]:
    return tuple([_step(detail, _steps(number, below, made), made) for number, detail in below.get(above, ())])


def _step(detail: str, children: tuple[PlanStep, ...], made: frozenset[str]) -> PlanStep:
    """One step. What was `made` for the query alone is no table."""
    found = _READS.fullmatch(detail)
    if found is None or _NO_TABLE.match(found["target"]):
        return PlanStep(detail, children=children)
    target, using = found["alias"] or found["target"], found["using"] or ""
    indexed = _BY_INDEX.fullmatch(using)
    # an automatic index is made for this query alone, of every row
    reads_all = using.startswith("AUTOMATIC") or (found["operation"] == "SCAN" and not found["how"])
    return PlanStep(
        found["operation"],
        target,
        indexed["named"] or indexed["key"] if indexed else None,
        tuple(filter(None, [(indexed["rest"] if indexed else using or found["how"] or "").strip()])),
        is_full_scan=reads_all and target not in made,
        children=children,
    )


def _lines(above: int, below: _Below, indent: str = "") -> Iterator[str]:
    for number, detail in below.get(above, ()):
        yield indent + detail
        yield from _lines(number, below, indent + "  ")


EXPLAINING = Explaining("EXPLAIN QUERY PLAN", _read)
