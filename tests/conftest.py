"""One run of the tests: its servers, and what became of the engines."""

import gc
import os
import signal
from collections.abc import Generator, Iterator

import pytest

from tests import servers
from tests.turns import turn

# What to install, and the variable that names a server that is there already.
CURES = {
    "postgresql": "install PostgreSQL (Debian: postgresql), or name a server in ACTIVERECORD_TEST_POSTGRES",
    "mysql": "install MariaDB (Debian: mariadb-server), or name a server in ACTIVERECORD_TEST_MYSQL",
}


def is_worker(config: pytest.Config) -> bool:
    """Whether this process runs tests for another one, pytest-xdist's controller."""
    return hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    # Here and not with the first test that asks: the servers must outlive the worker that asks first.
    servers.begin()
    # Who runs the tests in the background of a script makes them deaf to Ctrl-C, and so the programs that they start.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Thousands of tests wait in memory; those that look for garbage after themselves need not look through all."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Outside of the test's own timeout: it may wait long for its turn."""
    with turn(servers.folder(), alone=item.get_closest_marker("alone") is not None):
        return (yield)


@pytest.fixture(autouse=True)
def databases_given_back() -> Iterator[None]:
    """What a test takes of the servers goes to later ones."""
    with servers.given_back():
        yield


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    # Hypothesis, where no test has imported it, is imported by its plugin at the end, and looks for references.
    gc.unfreeze()
    if os.environ.get("CI") and servers.missing() and not is_worker(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for engine in servers.missing():
        terminalreporter.write_line(f"NOT TESTED: {engine}. To test it, {CURES[engine]}.", red=True)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    servers.end()
