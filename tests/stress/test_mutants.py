"""Guards can be taken away: their texts are there, once each, and where one is, it is missed."""

import ast

import pytest

from tests.stress.guards import GUARDS, ROOT, Guard
from tests.stress.lengths import length
from tests.stress.mutants import tried

# One of each room.
SOME = (
    "a lease that got no connection gives its token back",
    "a value that arrives with a cancellation is handed over",
    "turnstile: who gives up leaves the queue",
    "records are put back as they were",
    "a stream that is left gives its connection back",
    "sqlite3: what was done all the same is told",
)


@pytest.mark.parametrize("guard", GUARDS, ids=str)
def test_a_guard_stands_in_its_file_once(guard: Guard) -> None:
    assert guard.occurrences() == 1
    text = (ROOT / guard.file).read_text()
    # Without it the file must still be Python, or everything would fail whatever the guard is good for.
    ast.parse(text.replace(guard.text, guard.instead))
    assert guard.text != guard.instead
    for test in guard.tests:
        assert (ROOT / test.partition("::")[0]).is_file()


def test_each_guard_has_a_name_of_its_own() -> None:
    assert len({guard.name for guard in GUARDS}) == len(GUARDS) >= 25


@pytest.mark.stress
@pytest.mark.parametrize("name", length(bounded=SOME[:1], long=SOME))
def test_without_a_guard_a_stress_test_fails(name: str) -> None:
    """`make mutants` takes every guard away."""
    (guard,) = (guard for guard in GUARDS if guard.name == name)
    verdict = tried(guard)
    assert verdict.is_caught, f"{verdict.word}\n{verdict.output}"
