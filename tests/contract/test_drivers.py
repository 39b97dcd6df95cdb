"""The published contract, run over our own drivers under every runner."""

from itertools import product

import pytest

from activerecord.testing import RUNNERS
from activerecord.testing.contract import CHECKS, DriverContract, Subject
from tests.contract.subjects import DRIVERS, SUBJECTS, TARGETS

DEMANDS = [demand for subject in SUBJECTS for demand in DriverContract.of(subject)]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("demand", DEMANDS, ids=str)
def test_contract(demand: DriverContract) -> None:
    demand.run()


def test_the_matrix_has_no_hole() -> None:
    expected = set(product(DRIVERS, TARGETS, RUNNERS))
    assert {(*demand.subject.name.split("-"), demand.runner.name) for demand in DEMANDS} == expected
    assert {"asyncio", "uvloop", "trio", "sync"} <= set(RUNNERS)


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)
def test_every_demand_is_made_somewhere_of_every_driver(subject: Subject) -> None:
    made = {demand.check.name for demand in DEMANDS if demand.subject.driver is subject.driver}
    assert made == {check.name for _, check in CHECKS}
