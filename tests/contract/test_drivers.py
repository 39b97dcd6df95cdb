"""The published contract, run over our own drivers under every runner."""

import pytest

from activerecord.testing.contract import DriverContract
from tests.contract.subjects import SUBJECTS

DEMANDS = [demand for subject in SUBJECTS for demand in DriverContract.of(subject)]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("demand", DEMANDS, ids=str)
def test_contract(demand: DriverContract) -> None:
    demand.run()
