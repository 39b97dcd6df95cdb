"""The contract: short reads in the thread of whoever asks, where the driver has them."""

from collections.abc import Sequence
from typing import Any, cast

from activerecord.driver import InlineConnection, Row
from activerecord.testing.contract.bench import Bench, Link
from activerecord.testing.contract.check import Checks

__all__ = ["INLINE"]

INLINE = Checks()

_BY_NAME = "SELECT name, amount FROM contract_rows WHERE name = ?"
# short or long, as its value has it
_UP_TO = "SELECT count(*) FROM (WITH RECURSIVE upto(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM upto WHERE n < ?) SELECT n FROM upto) AS t"
# A machine that is busy with others makes a short read long now and then.
_MANY_TIMES = 1000


def _reads_inline(bench: Bench) -> bool:
    return bench.driver.reads_inline


def _inline(link: Link, sql: str, *binds: Any) -> Sequence[Row] | None:
    return cast(InlineConnection, link.connection).fetch_inline(link.text(sql), list(binds))


async def _trusted(link: Link, sql: str, *binds: Any) -> Sequence[Row] | None:
    """What a text gives inline once it has shown itself short."""
    for _ in range(_MANY_TIMES):
        await link.fetch(sql, *binds)
        rows = _inline(link, sql, *binds)
        if rows is not None:
            return rows
    return None


@INLINE.add(_reads_inline)
async def a_text_that_has_shown_itself_short_is_read_inline(bench: Bench) -> None:
    async with bench.link() as link:
        await link.execute("INSERT INTO contract_rows (name, amount) VALUES (?, ?)", "a", 1)
        assert _inline(link, _BY_NAME, "a") is None
        assert await _trusted(link, _BY_NAME, "a") == [("a", 1)]
        assert await _trusted(link, _BY_NAME, "nobody") == []
        await link.execute("UPDATE contract_rows SET amount = 2")
        assert await _trusted(link, _BY_NAME, "a") == [("a", 2)] == await link.fetch(_BY_NAME, "a")
        assert not link.connection.in_transaction()


@INLINE.add(_reads_inline)
async def one_that_takes_long_is_stopped_and_trusted_no_more(bench: Bench) -> None:
    async with bench.link() as link:
        assert await _trusted(link, _UP_TO, 1) == [(1,)]
        assert _inline(link, _UP_TO, 100_000_000) is None
        assert _inline(link, _UP_TO, 1) is None
        assert await link.fetch(_UP_TO, 1) == [(1,)]
        await link.sound()


@INLINE.add(_reads_inline)
async def many_rows_are_left_in_the_middle(bench: Bench) -> None:
    async with bench.link() as link:
        await link.execute_many("INSERT INTO contract_rows (name) VALUES (?)", [(f"row {n}",) for n in range(5000)])
        every = "SELECT name FROM contract_rows WHERE id <= ?"
        assert await _trusted(link, every, 1) == [("row 0",)]
        assert _inline(link, every, 1_000_000) is None
        await link.sound()
        # and no lock stays behind
        await link.execute("ALTER TABLE contract_rows RENAME COLUMN amount TO sum")


@INLINE.add(_reads_inline)
async def what_fails_is_left_to_the_usual_way(bench: Bench) -> None:
    async with bench.link() as link:
        assert await _trusted(link, _BY_NAME, "a") == []
        assert _inline(link, _BY_NAME) is None
        assert _inline(link, _BY_NAME, object()) is None
        assert _inline(link, _BY_NAME, 1 << 80) is None
        await link.execute("ALTER TABLE contract_rows RENAME COLUMN amount TO sum")
        assert _inline(link, _BY_NAME, "a") is None
        await link.sound()


@INLINE.add(_reads_inline)
async def a_connection_that_has_ended_reads_nothing(bench: Bench) -> None:
    async with bench.link() as link:
        assert await _trusted(link, _BY_NAME, "a") == []
        link.connection.terminate()
        assert _inline(link, _BY_NAME, "a") is None
