"""The published contract, run over our own drivers under every runner."""

from itertools import product

import pytest

from activerecord.testing import RUNNERS
from activerecord.testing.contract import CHECKS, DriverContract
from tests.contract.demands import OF_SOCKETS, demands
from tests.contract.subjects import DRIVERS, SUBJECTS, TARGETS

# All of them, but of a server's socket the shorter list: see tests/contract/demands.py.
DEMANDS = [demand for subject in SUBJECTS for demand in demands(subject)]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("demand", DEMANDS, ids=str)
def test_contract(demand: DriverContract) -> None:
    demand.run()


def test_the_matrix_has_no_hole() -> None:
    places = {(driver, target) for driver, targets in TARGETS.items() for target in targets}
    expected = {(*place, runner) for place, runner in product(places, RUNNERS)}
    assert DRIVERS.keys() == TARGETS.keys()
    assert {(*demand.subject.name.split("-"), demand.runner.name) for demand in DEMANDS} == expected
    assert {"asyncio", "uvloop", "trio", "sync"} <= set(RUNNERS)


def test_the_shorter_list_has_something_of_every_chapter() -> None:
    chapters = {check.name: chapter for chapter, check in CHECKS}
    assert chapters.keys() >= OF_SOCKETS
    # no server is read inline
    assert {chapters[name] for name in OF_SOCKETS} == {*chapters.values()} - {"inline"}


# What is asked of a database in memory alone, and of an engine that itself waits for no lock.
_OF_SQLITE = {"one_connection_serves_several_loops_one_after_another", "a_taken_lock_is_told_at_once"}
# Of drivers whose cursors do not interleave: see test_apart.py.
_OF_OTHERS = {"what_cannot_run_between_is_refused"}
# Of those that have a way of their own to write many rows.
_OF_COPYING = {check.name for chapter, check in CHECKS if chapter == "copying"} | {"copy_rows_in_a_transaction"}
# Of those that read in the thread of whoever asks.
_OF_INLINE = {check.name for chapter, check in CHECKS if chapter == "inline"}
LEFT_OUT: dict[str, set[str]] = {
    "sqlite3": _OF_COPYING,
    "aiosqlite": _OF_COPYING | _OF_INLINE,
    # It tells no key but through RETURNING.
    "asyncpg": _OF_SQLITE | _OF_INLINE | {"last_id_is_the_key_of_the_row_inserted_and_of_nothing_else"},
    # MariaDB has no UPDATE with RETURNING, MySQL has none at all.
    "asyncmy": _OF_SQLITE | _OF_COPYING | _OF_INLINE | {"rows_come_back_from_a_write"},
}


@pytest.mark.parametrize("name", DRIVERS)
def test_every_demand_is_made_somewhere_of_every_driver(name: str) -> None:
    made = {demand.check.name for demand in DEMANDS if demand.subject.driver is DRIVERS[name]}
    assert made == {check.name for _, check in CHECKS} - LEFT_OUT.get(name, set()) - _OF_OTHERS
