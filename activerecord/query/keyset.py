"""Places in the order of a query: a value for each of its terms, and the rows beyond a place."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from activerecord.sql.expression import Comparison, Condition, Expression, IsNull, Ordering, all_of, any_of
from activerecord.sql.reference import Reference
from activerecord.sql.rows import Row, row

__all__ = ["Place", "Term", "beyond"]

# The values by which a row is sorted, each as a value of the program or as an expression; None for NULL.
Place = Sequence[Any]


class Term(NamedTuple):
    """One of the values that rows are sorted by. `nulls_last` tells where NULLs are, if there may be any."""

    ordering: Ordering
    nullable: bool
    nulls_last: bool

    @property
    def operand(self) -> Expression[Any]:
        """What is sorted by."""
        return self.ordering.operand

    def reversed(self) -> "Term":
        """The same in the opposite order."""
        return Term(self.ordering.reversed(), self.nullable, not self.nulls_last)

    def is_of(self, source: str, column: str) -> bool:
        """Whether it is this column."""
        operand = self.operand
        return isinstance(operand, Reference) and (operand.source, operand.column) == (source, column)


def beyond(terms: Sequence[Term], place: Place, *, inclusive: bool = False, by_rows: bool = False) -> Condition:
    """The rows that come after a place in the order of the terms; with `inclusive` those at the place too.

    `by_rows` compares rows of values, `(a, b) > (?, ?)`, where the order allows it: for engines that look such a range up in an
    index. Otherwise it is `a > ? OR a = ? AND b > ?`, with what NULLs need.
    """
    first = terms[0]
    if by_rows and len(terms) > 1 and _is_plain(terms, place):
        return Comparison(
            _operator(first, inclusive=inclusive), Row(tuple([term.operand for term in terms])), _row(terms, place)
        )
    found = _beyond(terms, place, inclusive=inclusive)
    if found is None:
        return first.operand.in_([])
    # An index of the first column is of use to this, and not to an OR.
    leads = by_rows and len(terms) > 1 and not first.nullable and place[0] is not None
    led = all_of(Comparison(_operator(first, inclusive=True), first.operand, place[0]), found) if leads else found
    assert led is not None
    return led


def _beyond(terms: Sequence[Term], place: Place, *, inclusive: bool) -> Condition | None:
    """The condition; None where there is nothing."""
    (term, *others), (value, *values) = terms, place
    if not others:
        return _after(term, value, inclusive=inclusive)
    rest = _beyond(others, values, inclusive=inclusive)
    # The two sides of `=` are never NULL here.
    same = None if rest is None else all_of(_equal(term, value), rest)
    return any_of(_after(term, value, inclusive=False), same)


def _equal(term: Term, value: Any) -> Condition:
    return IsNull(term.operand, negated=False) if value is None else Comparison("=", term.operand, value)


def _after(term: Term, value: Any, *, inclusive: bool) -> Condition | None:
    """Of one term; None where nothing comes after."""
    if value is not None:
        beyond_value = Comparison(_operator(term, inclusive=inclusive), term.operand, value)
        is_null = IsNull(term.operand, negated=False)
        return any_of(beyond_value, is_null if term.nullable and term.nulls_last else None)
    if term.nulls_last:
        return IsNull(term.operand, negated=False) if inclusive else None
    return term.operand.not_in([]) if inclusive else IsNull(term.operand, negated=True)


def _operator(term: Term, *, inclusive: bool) -> str:
    return ("<" if term.ordering.descending else ">") + ("=" if inclusive else "")


def _is_plain(terms: Sequence[Term], place: Place) -> bool:
    directions = {term.ordering.descending for term in terms}
    return (
        len(directions) == 1 and not any(term.nullable for term in terms) and all(value is not None for value in place)
    )


def _row(terms: Sequence[Term], place: Place) -> Row:
    return row(place, [term.operand for term in terms])
