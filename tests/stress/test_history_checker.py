"""The checker of histories finds each anomaly where there is one, and none where there is none."""

from collections.abc import Mapping

import pytest

from activerecord.transaction import Outcome
from tests.stress.history import Append, Kind, Operation, Read, Record, anomalies

X, Y = 1, 2


def _record(number: int, *operations: Operation, outcome: Outcome = Outcome.COMMITTED) -> Record:
    return Record(number, list(operations), outcome)


def _kinds(*history: Record) -> set[Kind]:
    return {anomaly.kind for anomaly in anomalies(history)}


def _end(x: tuple[int, ...] = (), y: tuple[int, ...] = ()) -> Record:
    return _record(99, Read(X, x), Read(Y, y))


ROLLED_BACK, UNKNOWN = Outcome.ROLLED_BACK, Outcome.UNKNOWN

CLEAN: Mapping[str, tuple[Record, ...]] = {
    "nothing": (),
    "one after another": (
        _record(1, Append(X, 1), Append(Y, 1)),
        _record(2, Read(X, (1,)), Append(X, 2), Read(X, (1, 2)), Read(Y, (1,))),
        _end((1, 2), (1,)),
    ),
    "own elements": (_record(1, Append(X, 1), Read(X, (1,)), Append(X, 2), Read(X, (1, 2))), _end((1, 2))),
    "rolled back and seen by itself only": (
        _record(1, Append(X, 1), Read(X, (1,)), outcome=ROLLED_BACK),
        _record(2, Append(X, 2)),
        _end((2,)),
    ),
    "unknown and kept": (_record(1, Append(X, 1), outcome=UNKNOWN), _end((1,))),
    "unknown and not kept": (_record(1, Append(X, 1), outcome=UNKNOWN), _end()),
    "a snapshot": (
        _record(1, Append(X, 1), Append(Y, 1)),
        _record(2, Read(X, ()), Read(Y, ())),
        _end((1,), (1,)),
    ),
}

FAULTY: Mapping[str, tuple[Kind, tuple[Record, ...]]] = {
    "from nowhere": ("garbage", (_end((1,)),)),
    "twice": ("garbage", (_record(1, Append(X, 1)), _end((1, 1)))),
    "own element missing": ("internal", (_record(1, Append(X, 1), Read(X, ())), _end((1,)))),
    "element lost": ("lost", (_record(1, Append(X, 1)), _record(2, Append(X, 2)), _end((2,)))),
    "two orders": (
        "fork",
        (_record(1, Append(X, 1)), _record(2, Append(X, 2)), _record(3, Read(X, (2,))), _end((1, 2))),
    ),
    "writes crossed": (
        "G0",
        (_record(1, Append(X, 1), Append(Y, 1)), _record(2, Append(X, 2), Append(Y, 2)), _end((1, 2), (2, 1))),
    ),
    "aborted read": ("G1a", (_record(1, Append(X, 1), outcome=ROLLED_BACK), _record(2, Read(X, (1,))), _end())),
    "aborted and kept": ("G1a", (_record(1, Append(X, 1), outcome=ROLLED_BACK), _end((1,)))),
    "intermediate read": (
        "G1b",
        (_record(1, Append(X, 1), Append(X, 2)), _record(2, Read(X, (1,))), _end((1, 2))),
    ),
    "each has read the other": (
        "G1c",
        (_record(1, Append(X, 1), Read(Y, (2,))), _record(2, Append(Y, 2), Read(X, (1,))), _end((1,), (2,))),
    ),
    "read and overwritten": (
        "G1c",
        (_record(1, Append(X, 1), Append(Y, 1)), _record(2, Read(X, (1,)), Append(Y, 2)), _end((1,), (2, 1))),
    ),
    "half of another's writes": (
        "read skew",
        (_record(1, Append(X, 1), Append(Y, 1)), _record(2, Read(X, ()), Read(Y, (1,))), _end((1,), (1,))),
    ),
    "not repeatable": ("read skew", (_record(1, Append(X, 1)), _record(2, Read(X, ()), Read(X, (1,))), _end((1,)))),
    "lost update": ("G-single", (_record(1, Read(X, ()), Append(X, 1)), _record(2, Append(X, 2)), _end((2, 1)))),
    "write skew": (
        "G2",
        (_record(1, Read(X, ()), Append(Y, 1)), _record(2, Read(Y, ()), Append(X, 2)), _end((2,), (1,))),
    ),
}


@pytest.mark.parametrize("history", CLEAN.values(), ids=CLEAN.keys())
def test_nothing_is_found_where_nothing_is(history: tuple[Record, ...]) -> None:
    assert _kinds(*history) == set()


@pytest.mark.parametrize(("kind", "history"), FAULTY.values(), ids=FAULTY.keys())
def test_each_anomaly_is_found(kind: Kind, history: tuple[Record, ...]) -> None:
    assert kind in _kinds(*history)


@pytest.mark.parametrize("case", ["half of another's writes", "lost update", "write skew", "writes crossed"])
def test_and_taken_for_no_other(case: str) -> None:
    kind, history = FAULTY[case]
    assert _kinds(*history) == {kind}


def test_what_an_unknown_transaction_read_counts_once_it_proves_kept() -> None:
    first = _record(1, Read(X, ()), Append(Y, 1), outcome=UNKNOWN)
    second = _record(2, Read(Y, ()), Append(X, 2))
    assert _kinds(first, second, _end((2,), (1,))) == {"G2"}
    assert _kinds(first, second, _end((2,), ())) == set()


def test_a_cycle_of_three() -> None:
    history = (
        _record(1, Append(1, 1), Append(2, 1)),
        _record(2, Append(2, 2), Append(3, 2)),
        _record(3, Append(3, 3), Append(1, 3)),
        _record(99, Read(1, (3, 1)), Read(2, (1, 2)), Read(3, (2, 3))),
    )
    found = [anomaly for anomaly in anomalies(history) if anomaly.kind == "G0"]
    assert {frozenset(anomaly.transactions) for anomaly in found} == {frozenset({1, 2, 3})}
