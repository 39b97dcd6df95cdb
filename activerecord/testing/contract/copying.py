"""The contract: rows that are added in a way of the driver's own, where it has one."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, cast

from activerecord.driver import CopyingConnection
from activerecord.errors import DatabaseError, NotNullViolation, NotSupported, UniqueViolation
from activerecord.testing.contract.bench import Bench, Link
from activerecord.testing.contract.check import Checks, raised
from activerecord.testing.runners import cut_short

__all__ = ["COPYING"]

COPYING = Checks()


def _copies(bench: Bench) -> bool:
    return bench.driver.copies_rows


async def _copy(
    link: Link, columns: Sequence[str], rows: Sequence[Sequence[Any]], table: str = "contract_rows"
) -> None:
    await link.call(cast(CopyingConnection, link.connection).copy_rows(table, None, columns, rows))


@COPYING.add(_copies)
async def rows_are_copied_in_order(bench: Bench) -> None:
    async with bench.link() as link:
        await _copy(link, ("name", "amount"), [("b", 2), ("a", None), ("ü\\N\t", 0)])
        rows = await link.fetch("SELECT name, amount FROM contract_rows ORDER BY id")
        assert rows == [("b", 2), ("a", None), ("ü\\N\t", 0)]
        assert not link.connection.in_transaction()


@COPYING.add(_copies)
async def no_rows_are_copied_as_well(bench: Bench) -> None:
    async with bench.link() as link:
        await _copy(link, ("name",), [])
        assert await link.count() == 0


@COPYING.add(_copies)
async def a_copy_that_fails_leaves_nothing(bench: Bench) -> None:
    wrong: list[tuple[type[Exception], Sequence[Any]]] = [
        (UniqueViolation, ("a", 1)),
        (NotNullViolation, (None, 1)),
        (DatabaseError, ("b", "not a number")),
        (DatabaseError, ("b", 2.5)),
        (DatabaseError, (object(), 1)),
    ]
    for kind, row in wrong:
        async with bench.link() as link:
            await raised(
                kind, _copy(link, ("name", "amount"), [("a", 1), *[(f"row {n}", n) for n in range(5000)], row])
            )
            await link.sound()
            assert link.connection.usable() and await link.count() == 0


@COPYING.add(_copies)
async def a_copy_that_fails_aborts_the_transaction_to_its_savepoint(bench: Bench) -> None:
    async with bench.link() as link:
        await link.begin()
        await _copy(link, ("name",), [("a",)])
        await link.finish(link.connection.execute("SAVEPOINT here", ()))
        for value in ("a", 5):
            await raised(DatabaseError, _copy(link, ("name",), [("b",), (value,)]))
            assert link.connection.aborted()
            await link.finish(link.connection.execute("ROLLBACK TO SAVEPOINT here", ()))
            assert not link.connection.aborted()
        await _copy(link, ("name",), [("c",)])
        await link.end("COMMIT")
        assert await link.fetch("SELECT name FROM contract_rows ORDER BY id") == [("a",), ("c",)]


@COPYING.add(_copies)
async def what_cannot_be_copied_is_said_before_anything_is_sent(bench: Bench) -> None:
    async with bench.link() as link:
        await link.execute("CREATE TABLE contract_odd (name CHAR(5))")
        await link.begin()
        await raised(NotSupported, _copy(link, ("name",), [("a",)], "contract_odd"))
        assert not link.connection.aborted()
        await link.execute("INSERT INTO contract_odd (name) VALUES (?)", "a")
        await link.end("COMMIT")


@COPYING.add(_copies)
async def a_table_altered_meanwhile_is_copied_to(bench: Bench) -> None:
    async with bench.link() as link:
        await _copy(link, ("name", "amount"), [("a", 1)])
        await link.execute("ALTER TABLE contract_rows ALTER COLUMN amount TYPE BIGINT")
        await _copy(link, ("name", "amount"), [("b", 1 << 40)])
        await raised(DatabaseError, _copy(link, ("name",), [("a",)], "contract_nowhere"))
        assert await link.count() == 2


@COPYING.add(_copies)
async def a_copy_is_stopped_and_leaves_nothing(bench: Bench) -> None:
    for manner in bench.runner.manners:
        async with bench.link() as link, bench.link(table=False) as other:
            # it waits for a row of the same name, of which nobody knows yet whether it will stay
            await other.begin()
            await other.execute("INSERT INTO contract_rows (name) VALUES (?)", "row 4999")
            assert await cut_short(partial(_copy, link, ("name",), list(_rows(5000))), manner, after=0.05)
            await link.sound()
            await other.end("ROLLBACK")
            assert await other.count() == 0


def _rows(count: int) -> Iterator[tuple[str]]:
    return ((f"row {number}",) for number in range(count))
