"""The conditions of what is beyond a place, in every dialect's words."""

from collections.abc import Sequence
from typing import Any

from activerecord import ActiveRecord, Column, Query, column, fn
from activerecord.query.keyset import Term, beyond
from activerecord.sql.expression import Ordering
from tests.unit.snapshots import against_snapshots


class Shelf(ActiveRecord):
    __table_name__ = "shelves"
    row: Column[int] = column(primary_key=True)
    place: Column[int] = column(primary_key=True)
    label: Column[str | None]


ROW, PLACE = (
    Term(Shelf.row.asc(), nullable=False, nulls_last=False),
    Term(Shelf.place.asc(), nullable=False, nulls_last=False),
)
LABEL_LAST, LABEL_FIRST = (
    Term(Shelf.label.asc(), nullable=True, nulls_last=True),
    Term(Shelf.label.desc(), nullable=True, nulls_last=False),
)
LENGTH = Term(Ordering(fn.length(Shelf.label), descending=True), nullable=True, nulls_last=True)


def after(terms: Sequence[Term], *place: Any, inclusive: bool = False, by_rows: bool = False) -> Query[Shelf]:
    return Shelf.where(beyond(terms, place, inclusive=inclusive, by_rows=by_rows)).select("row")


CASES = {
    "one column": lambda: after([ROW], 5),
    "one column, inclusive": lambda: after([ROW], 5, inclusive=True),
    "one column, backwards": lambda: after([ROW.reversed()], 5),
    "two columns": lambda: after([ROW, PLACE], 5, 6),
    "two columns, inclusive": lambda: after([ROW, PLACE], 5, 6, inclusive=True),
    "two columns by rows": lambda: after([ROW, PLACE], 5, 6, by_rows=True),
    "two columns by rows, inclusive and backwards": lambda: after(
        [ROW.reversed(), PLACE.reversed()], 5, 6, inclusive=True, by_rows=True
    ),
    "two ways": lambda: after([ROW, PLACE.reversed()], 5, 6),
    "two ways, with a range to look up": lambda: after([ROW, PLACE.reversed()], 5, 6, by_rows=True),
    "NULLs that come last": lambda: after([LABEL_LAST, ROW], "b", 5, by_rows=True),
    "NULLs that came first": lambda: after([LABEL_FIRST, ROW], "b", 5, by_rows=True),
    "from NULL, the last": lambda: after([LABEL_LAST, ROW], None, 5, by_rows=True),
    "from NULL, the first": lambda: after([LABEL_FIRST, ROW], None, 5, by_rows=True),
    "from NULL, inclusive": lambda: after([LABEL_FIRST], None, inclusive=True),
    "beyond all": lambda: after([LABEL_LAST], None),
    "an expression": lambda: after([LENGTH, ROW, PLACE], 3, 5, 6),
}

test_snapshots = against_snapshots("keyset", CASES)
