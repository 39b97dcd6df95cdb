"""The contract: transactions, and what one connection sees of another's."""

from contextlib import suppress

from activerecord.errors import DatabaseError, LockTimeout
from activerecord.runtime import sleep
from activerecord.testing.contract.bench import Bench, Link
from activerecord.testing.contract.check import Checks

__all__ = ["TRANSACTIONS"]

TRANSACTIONS = Checks()

INSERT = "INSERT INTO contract_rows (name) VALUES (?)"


@TRANSACTIONS.add()
async def every_statement_commits_by_itself_outside_a_transaction(bench: Bench) -> None:
    async with bench.link() as link:
        await link.execute(INSERT, "a")
        assert not link.connection.in_transaction()


@TRANSACTIONS.add()
async def in_transaction_is_true_between_begin_and_the_end(bench: Bench) -> None:
    async with bench.link() as link:
        for word in "COMMIT", "ROLLBACK":
            assert not link.connection.in_transaction()
            await link.begin()
            assert link.connection.in_transaction()
            await link.execute(INSERT, word)
            assert link.connection.in_transaction()
            await link.end(word)
            assert not link.connection.in_transaction()
        assert await link.fetch("SELECT name FROM contract_rows") == [("COMMIT",)]


@TRANSACTIONS.add()
async def a_savepoint_takes_back_its_own_part(bench: Bench) -> None:
    async with bench.link() as link:
        await link.begin()
        await link.execute(INSERT, "kept")
        await link.finish(link.connection.execute("SAVEPOINT s1", ()))
        await link.execute(INSERT, "undone")
        await link.finish(link.connection.execute("ROLLBACK TO SAVEPOINT s1", ()))
        await link.finish(link.connection.execute("RELEASE SAVEPOINT s1", ()))
        assert link.connection.in_transaction()
        await link.end("COMMIT")
        assert await link.fetch("SELECT name FROM contract_rows") == [("kept",)]


@TRANSACTIONS.add()
async def aborted_tells_whether_the_transaction_takes_more(bench: Bench) -> None:
    """After a failure, until the savepoint, or the whole, is rolled back."""
    async with bench.link() as link:
        await link.begin()
        await link.execute(INSERT, "kept")
        await link.finish(link.connection.execute("SAVEPOINT s1", ()))
        assert not link.connection.aborted()
        await _fail(link)
        assert await _takes_more(link) is not link.connection.aborted()
        await link.finish(link.connection.execute("ROLLBACK TO SAVEPOINT s1", ()))
        assert not link.connection.aborted() and await _takes_more(link)
        await _fail(link)
        await link.end("ROLLBACK")
        assert not link.connection.aborted() and await _takes_more(link)
        await _fail(link)
        assert not link.connection.aborted()


async def _fail(link: Link) -> None:
    with suppress(DatabaseError):
        await link.execute("SELECT * FROM no_such_table")
        raise AssertionError("a table that is not there was read")


async def _takes_more(link: Link) -> bool:
    try:
        return await link.fetch("SELECT 57") == [(57,)]
    except DatabaseError:
        return False


@TRANSACTIONS.add(lambda bench: not bench.shared)
async def two_connections_see_what_the_other_committed_and_no_more(bench: Bench) -> None:
    async with bench.link() as first, bench.link(table=False) as second:
        await _seen(first, second, 0)
        await _seen(second, first, 1)


async def _seen(writer: Link, reader: Link, before: int) -> None:
    await writer.begin()
    await writer.execute(INSERT, f"row {before}")
    assert await reader.count() == before
    await writer.end("COMMIT")
    assert await reader.count() == before + 1


@TRANSACTIONS.add(lambda bench: not bench.shared)
async def closing_in_a_transaction_undoes_it(bench: Bench) -> None:
    async with bench.link() as link:
        for end in "close", "terminate":
            other = await bench.connect()
            await other.begin()
            await other.execute(INSERT, end)
            if end == "close":
                await other.close()
            else:
                other.connection.terminate()
            await _lock_is_free(link)
            assert await link.count() == 0


async def _lock_is_free(link: Link) -> None:
    """A connection that was terminated lets go of its locks a moment later."""
    for _ in range(200):
        try:
            await link.begin()
        except LockTimeout:
            await sleep(0.005)
        else:
            await link.end("ROLLBACK")
            return
    raise AssertionError("the lock of a connection that ended was not given back")
