"""Stress tests leave as little behind as feature tests, and nothing in the logs either."""

import gc
import logging
from collections.abc import Iterator

import pytest

from tests.feature.conftest import nothing_left, warm

__all__ = ["nothing_left", "nothing_said", "warm"]


@pytest.fixture(autouse=True)
def nothing_said(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """asyncio logs what nobody retrieves; what the collector finds, pytest makes an error."""
    yield
    gc.collect()
    said = [record.getMessage() for record in caplog.get_records("call") if record.levelno >= logging.WARNING]
    assert not said
