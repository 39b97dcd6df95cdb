"""Plans of each engine, as they were told once: their steps, their figures, and how they print."""

import json
from typing import Any

import pytest

from activerecord import Plan, PlanStep
from activerecord.sql.dialect import Dialect
from activerecord.sql.dialects.mysql import MARIADB, MYSQL
from activerecord.sql.dialects.postgresql import POSTGRESQL
from activerecord.sql.dialects.sqlite import SQLITE


def plan(dialect: Dialect, rows: list[tuple[Any, ...]]) -> Plan:
    assert dialect.explaining is not None
    text, root = dialect.explaining.read(rows)
    return Plan(root, text)


def lines(*told: tuple[int, int, str]) -> Plan:
    """SQLite's: number, number of the step above, text."""
    return plan(SQLITE, [(number, above, 0, detail) for number, above, detail in told])


def said(dialect: Dialect, answer: Any) -> Plan:
    return plan(dialect, [(json.dumps(answer),)])


# SQLite


def test_sqlite_a_scan_and_a_search() -> None:
    found = lines(
        (6, 0, "SCAN t"),
        (9, 0, "SEARCH b USING INTEGER PRIMARY KEY (rowid=?)"),
        (12, 0, "SEARCH a USING COVERING INDEX artist_name (name=? AND id>?)"),
        (40, 0, "USE TEMP B-TREE FOR ORDER BY"),
    )
    assert str(found) == (
        "QUERY PLAN\n"
        "├─ SCAN on t\n"
        "├─ SEARCH on b by INTEGER PRIMARY KEY [(rowid=?)]\n"
        "├─ SEARCH on a by artist_name [(name=? AND id>?)]\n"
        "└─ USE TEMP B-TREE FOR ORDER BY"
    )
    assert (found.full_scans, found.indexes) == (("t",), ("INTEGER PRIMARY KEY", "artist_name"))
    assert found.is_full_scan
    assert found.uses_index
    assert found.text.splitlines()[0] == "SCAN t"


def test_sqlite_one_step_is_the_root() -> None:
    found = lines((2, 0, "SCAN users USING INDEX users_age"))
    assert found.root == PlanStep("SCAN", "users", "users_age")
    assert not found.is_full_scan


def test_sqlite_steps_below_others() -> None:
    found = lines(
        (1, 0, "COMPOUND QUERY"),
        (2, 1, "LEFT-MOST SUBQUERY"),
        (5, 2, "SEARCH Track USING INDEX track_album (AlbumId=?)"),
        (8, 2, "LIST SUBQUERY 1"),
        (10, 8, "SCAN Album"),
        (52, 1, "UNION USING TEMP B-TREE"),
        (60, 52, "SCAN Track"),
    )
    assert str(found).splitlines() == [
        "COMPOUND QUERY",
        "├─ LEFT-MOST SUBQUERY",
        "│  ├─ SEARCH on Track by track_album [(AlbumId=?)]",
        "│  └─ LIST SUBQUERY 1",
        "│     └─ SCAN on Album",
        "└─ UNION USING TEMP B-TREE",
        "   └─ SCAN on Track",
    ]
    assert found.text.splitlines()[2:5] == [
        "    SEARCH Track USING INDEX track_album (AlbumId=?)",
        "    LIST SUBQUERY 1",
        "      SCAN Album",
    ]


@pytest.mark.parametrize(
    ("detail", "step"),
    [
        ("SCAN TABLE users", PlanStep("SCAN", "users", is_full_scan=True)),
        ("SCAN TABLE users AS u", PlanStep("SCAN", "u", is_full_scan=True)),
        ("SEARCH TABLE users AS u USING INDEX i (a=?)", PlanStep("SEARCH", "u", "i", ("(a=?)",))),
        ("SEARCH t USING PRIMARY KEY (a=?)", PlanStep("SEARCH", "t", "PRIMARY KEY", ("(a=?)",))),
        (
            "SEARCH c USING AUTOMATIC COVERING INDEX (name=?)",
            PlanStep("SEARCH", "c", details=("AUTOMATIC COVERING INDEX (name=?)",), is_full_scan=True),
        ),
        ("SCAN json_each VIRTUAL TABLE INDEX 1:", PlanStep("SCAN", "json_each", details=("VIRTUAL TABLE INDEX 1:",))),
        ("SCAN (subquery-2)", PlanStep("SCAN (subquery-2)")),
        ("SCAN CONSTANT ROW", PlanStep("SCAN CONSTANT ROW")),
        ("SCAN 3 CONSTANT ROWS", PlanStep("SCAN 3 CONSTANT ROWS")),
        ("SCAN two words", PlanStep("SCAN", "two words", is_full_scan=True)),
        ("SCAN", PlanStep("SCAN")),
    ],
)
def test_sqlite_a_step(detail: str, step: PlanStep) -> None:
    assert lines((2, 0, detail)).root == step


def test_sqlite_what_is_made_for_the_query_is_no_table() -> None:
    found = lines(
        (2, 0, "CO-ROUTINE a"), (5, 2, "SCAN b"), (20, 0, "SCAN a"), (25, 0, "MATERIALIZE c"), (28, 0, "SCAN c")
    )
    assert found.full_scans == ("b",)


def test_a_query_of_nothing_has_a_plan_without_steps() -> None:
    assert str(lines()) == "QUERY PLAN"


# PostgreSQL

POSTGRESQL_PLAN = {
    "Node Type": "Limit",
    "Total Cost": 22.19,
    "Plan Rows": 3,
    "Actual Total Time": 0.094,
    "Actual Rows": 3,
    "Actual Loops": 1,
    "Plans": [
        {
            "Node Type": "Aggregate",
            "Strategy": "Hashed",
            "Group Key": ["a.name", "a.id"],
            "Total Cost": 20,
            "Plan Rows": 280,
            "Plans": [
                {
                    "Node Type": "Seq Scan",
                    "Relation Name": "albums",
                    "Alias": "b",
                    "Total Cost": 7.34,
                    "Plan Rows": 2,
                    "Actual Total Time": 0.02,
                    "Actual Rows": 2,
                    "Actual Loops": 3,
                    "Filter": "(artist_id = a.id)",
                    "Rows Removed by Filter": 115,
                    "Rows Removed by Join Filter": 0,
                },
                {
                    "Node Type": "Index Only Scan",
                    "Alias": "a",
                    "Relation Name": "artists",
                    "Index Name": "artists_pkey",
                },
            ],
        }
    ],
}


def test_postgresql() -> None:
    found = said(POSTGRESQL, [{"Plan": POSTGRESQL_PLAN, "Planning Time": 0.1}])
    assert str(found).splitlines() == [
        "Limit (rows 3, cost 22.19, actual rows 3, ms 0.094)",
        "└─ HashAggregate (rows 280, cost 20) [Group Key: a.name, a.id]",
        "   ├─ Seq Scan on b (rows 2, cost 7.34, actual rows 6, ms 0.06) [Filter: (artist_id = a.id); Rows Removed by Filter: 115]",
        "   └─ Index Only Scan on a by artists_pkey",
    ]
    assert (found.full_scans, found.indexes) == (("b",), ("artists_pkey",))
    assert "Planning Time" in found.text


@pytest.mark.parametrize(
    ("node", "operation", "target"),
    [
        ({"Node Type": "Aggregate", "Strategy": "Sorted"}, "GroupAggregate", None),
        ({"Node Type": "Aggregate", "Strategy": "Plain"}, "Aggregate", None),
        ({"Node Type": "ModifyTable", "Operation": "Update", "Alias": "u"}, "Update", "u"),
        ({"Node Type": "CTE Scan", "CTE Name": "tree"}, "CTE Scan", "tree"),
        ({"Node Type": "Function Scan", "Alias": "g", "Function Name": "generate_series"}, "Function Scan", "g"),
    ],
)
def test_postgresql_a_step(node: dict[str, Any], operation: str, target: str | None) -> None:
    found = said(POSTGRESQL, [{"Plan": node}]).root
    assert (found.operation, found.target, found.is_full_scan) == (operation, target, False)


# MariaDB

MARIADB_PLAN = {
    "query_optimization": {"r_total_time_ms": 0.06},
    "query_block": {
        "select_id": 1,
        "r_loops": 1,
        "r_total_time_ms": 4.5,
        "filesort": {
            "sort_key": "count(0)",
            "r_total_time_ms": 0.03,
            "temporary_table": {
                "nested_loop": [
                    {
                        "table": {
                            "table_name": "a",
                            "access_type": "ALL",
                            "r_loops": 1,
                            "rows": 275,
                            "r_rows": 275,
                            "r_table_time_ms": 0.05,
                            "r_engine_stats": {"pages_accessed": 3},
                        }
                    },
                    {
                        "table": {
                            "table_name": "t",
                            "access_type": "ref",
                            "key": "track_album",
                            "r_loops": 347,
                            "rows": 1,
                            "r_rows": 10,
                            "attached_condition": "t.price < 2",
                        }
                    },
                    {
                        "table": {
                            "table_name": "<derived2>",
                            "access_type": "ALL",
                            "rows": 10,
                            "materialized": {"query_block": {"table": {"table_name": "g", "access_type": "ALL"}}},
                        }
                    },
                ]
            },
        },
        "subqueries": [{"query_block": {"table": {"message": "No tables used"}}}],
    },
}


def test_mariadb() -> None:
    found = said(MARIADB, MARIADB_PLAN)
    assert str(found).splitlines() == [
        "query block (ms 4.5)",
        "├─ filesort (ms 0.03) [sort key: count(0)]",
        "│  └─ temporary table",
        "│     ├─ Table scan on a (rows 275, actual rows 275, ms 0.05)",
        "│     ├─ Index lookup on t by track_album (rows 1, actual rows 3470) [attached condition: t.price < 2]",
        "│     └─ Table scan on <derived2> (rows 10)",
        "│        └─ materialized",
        "│           └─ query block",
        "│              └─ Table scan on g",
        "└─ query block",
        "   └─ table [message: No tables used]",
    ]
    assert (found.full_scans, found.indexes) == (("a", "g"), ("track_album",))


def test_mariadb_what_was_never_run_has_no_figures() -> None:
    told = {"table_name": "t", "access_type": "eq_ref", "key": "PRIMARY", "r_loops": 0, "r_rows": None, "rows": 1}
    [step] = said(MARIADB, {"query_block": {"table": told}}).root.children
    assert (step.operation, step.rows, step.actual_rows) == ("Unique index lookup", 1, None)


# MySQL

MYSQL_TREE = """\
-> Sort: `n`  (actual time=2.5..2.6 rows=204 loops=1)
    -> Table scan on <temporary>  (actual time=2.1..2.2 rows=204 loops=1)
        -> Aggregate using temporary table  (actual time=2.1..2.1 rows=204 loops=1)
            -> Nested loop inner join  (cost=156.2 rows=347) (actual time=0.1..1.2 rows=347 loops=1)
                -> Table scan on b  (cost=35.7 rows=347) (actual time=0.06..0.2 rows=347 loops=1)
                -> Filter: (a.id > 3)  (cost=0.25 rows=1) (never executed)
                    -> Single-row index lookup on a using PRIMARY (id=b.artist_id)  (cost=0.25 rows=1) (actual time=0.002..0.003 rows=1 loops=347)
"""


def test_mysql() -> None:
    found = plan(MYSQL, [(MYSQL_TREE,)])
    assert str(found).splitlines() == [
        "Sort: `n` (actual rows 204, ms 2.6)",
        "└─ Table scan on <temporary> (actual rows 204, ms 2.2)",
        "   └─ Aggregate using temporary table (actual rows 204, ms 2.1)",
        "      └─ Nested loop inner join (rows 347, cost 156.2, actual rows 347, ms 1.2)",
        "         ├─ Table scan on b (rows 347, cost 35.7, actual rows 347, ms 0.2)",
        "         └─ Filter: (a.id > 3) (rows 1, cost 0.25)",
        "            └─ Single-row index lookup on a by PRIMARY (rows 1, cost 0.25, actual rows 347, ms 1.041) [(id=b.artist_id)]",
    ]
    assert (found.full_scans, found.indexes) == (("b",), ("PRIMARY",))


def test_mysql_two_trees_and_none() -> None:
    two = plan(
        MYSQL, [("-> Table scan on a  (cost=0.35 rows=1)\n-> Select #2 (subquery in condition; run only once)\n",)]
    )
    assert [step.operation for step in two.root.children] == [
        "Table scan",
        "Select #2 (subquery in condition; run only once)",
    ]
    assert plan(MYSQL, [("<not executable by iterator executor>\n",)]).root == PlanStep("query")
