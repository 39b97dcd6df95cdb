"""The contract: a database in memory has one connection, which goes from loop to loop and from thread to thread."""

import threading
from collections.abc import Callable

from activerecord.testing.contract.bench import Bench, Link
from activerecord.testing.contract.check import Checks
from activerecord.testing.runners import RUNNERS

__all__ = ["MOVING"]

MOVING = Checks()


def _elsewhere(work: Callable[[], None]) -> None:
    """Run in a thread of its own; its error comes out here."""
    errors: list[BaseException] = []

    def body() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  # raised in the thread that waits
            errors.append(error)

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]


@MOVING.add(lambda bench: bench.shared)
async def one_connection_serves_several_loops_one_after_another(bench: Bench) -> None:
    async with bench.link() as link:
        for number in range(2):
            for name, runner in RUNNERS.items():
                _elsewhere(lambda: runner.run(lambda: _insert(link, f"{name} {number}")))  # noqa: B023  # called at once
                await link.answers()
        assert await link.count() == 2 * len(RUNNERS)


@MOVING.add(lambda bench: not bench.shared)
async def a_database_serves_several_loops_one_after_another(bench: Bench) -> None:
    async with bench.link() as link:
        for runner in RUNNERS.values():
            _elsewhere(lambda: runner.run(lambda: _insert_anew(bench, runner.name)))  # noqa: B023  # called at once
        assert await link.count() == len(RUNNERS)


async def _insert(link: Link, name: str) -> None:
    await link.execute("INSERT INTO contract_rows (name) VALUES (?)", name)


async def _insert_anew(bench: Bench, name: str) -> None:
    link = await bench.connect()
    await _insert(link, name)
    await link.close()
