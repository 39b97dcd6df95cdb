"""The contract: what statements answer."""

from collections.abc import Iterator

from activerecord.driver import Result
from activerecord.testing.contract.bench import Bench
from activerecord.testing.contract.check import Checks, raised

__all__ = ["ANSWERS"]

ANSWERS = Checks()

TEXTS = (
    "",
    " ",
    "plain",
    'it\'s "quoted" `so` [and] so',
    "'; DROP TABLE contract_rows; --",
    "100% %s %(a)s {0} $1 ? ?? :name @name",
    "back\\slash \\' \\0 \\n",
    "line\nfeed\r\n\ttab",
    "naïve Ω 中文 العربية",
    "\U0001f9d1\u200d\U0001f680 e\u0301 \u202e \ufeff \uffff",
    "x" * 1_000_000,
)
NUMBERS = (0, 1, -1, 2**31, -(2**31) - 1, 2**53 + 1, 2**63 - 1, -(2**63))
FLOATS = (0.0, -0.5, 1e-300, 1.7976931348623157e308, 0.1 + 0.2)
BYTES = (b"", b"\0", bytes(range(256)), b"\xff\xfe" * 100_000)


@ANSWERS.add()
async def a_query_gives_tuples_in_the_order_selected(bench: Bench) -> None:
    async with bench.link() as link:
        await link.execute_many("INSERT INTO contract_rows (name, amount) VALUES (?, ?)", [("b", 2), ("a", 1)])
        rows = await link.fetch("SELECT amount, name FROM contract_rows ORDER BY name")
        assert rows == [(1, "a"), (2, "b")]
        assert all(type(row) is tuple for row in rows)


@ANSWERS.add()
async def a_query_without_rows_gives_an_empty_list(bench: Bench) -> None:
    async with bench.link() as link:
        assert await link.fetch("SELECT id FROM contract_rows") == []
        result = await link.execute("SELECT id, name FROM contract_rows")
        assert (result.columns, result.rows) == (("id", "name"), [])


@ANSWERS.add()
async def execute_gives_rows_and_the_names_of_their_columns(bench: Bench) -> None:
    async with bench.link(table=False) as link:
        two = link.driver.dialect.quote("two words")
        result = await link.execute(f"SELECT 1 AS one, 2 AS {two}, 3 AS one")
        assert result.columns == ("one", "two words", "one")
        assert result.rows == [(1, 2, 3)]


@ANSWERS.add()
async def a_statement_that_gives_nothing_has_an_empty_result(bench: Bench) -> None:
    async with bench.link() as link:
        assert await link.execute("CREATE INDEX contract_names ON contract_rows (name)") == Result()


@ANSWERS.add()
async def affected_counts_the_rows_changed(bench: Bench) -> None:
    async with bench.link() as link:
        insert = "INSERT INTO contract_rows (name, amount) VALUES (?, 1), (?, 1), (?, 1)"
        assert (await link.execute(insert, "a", "b", "c")).affected == 3
        assert (await link.execute("UPDATE contract_rows SET amount = 2 WHERE name <> ?", "a")).affected == 2
        assert (await link.execute("DELETE FROM contract_rows WHERE name = ?", "z")).affected == 0
        assert (await link.execute("DELETE FROM contract_rows")).affected == 3
        assert (await link.execute("SELECT 1")).affected in {0, 1}


@ANSWERS.add(lambda bench: {"insert", "update"} <= bench.driver.dialect.returning)
async def rows_come_back_from_a_write(bench: Bench) -> None:
    async with bench.link() as link:
        result = await link.execute("INSERT INTO contract_rows (name) VALUES (?), (?) RETURNING name", "a", "b")
        assert (result.columns, sorted(result.rows), result.affected) == (("name",), [("a",), ("b",)], 2)
        assert await link.fetch("UPDATE contract_rows SET amount = 1 WHERE name = ? RETURNING amount", "a") == [(1,)]
        assert await link.count() == 2


@ANSWERS.add(lambda bench: bench.words.tells_last_id)
async def last_id_is_the_key_of_the_row_inserted_and_of_nothing_else(bench: Bench) -> None:
    async with bench.link() as link:
        insert = "INSERT INTO contract_rows (name) VALUES (?)"
        first = (await link.execute(insert, "a")).last_id
        second = (await link.execute(insert, "b")).last_id
        rows = await link.fetch("SELECT id FROM contract_rows ORDER BY name")
        assert [(first,), (second,)] == rows
        for other in "SELECT 1", "UPDATE contract_rows SET amount = 1", "DELETE FROM contract_rows":
            assert (await link.execute(other)).last_id is None, other


@ANSWERS.add()
async def texts_come_back_as_they_went_in(bench: Bench) -> None:
    async with bench.link(table=False) as link:
        await link.execute(f"CREATE TABLE contract_texts (id INTEGER PRIMARY KEY, value {bench.words.text})")
        await link.execute_many("INSERT INTO contract_texts VALUES (?, ?)", list(enumerate(TEXTS)))
        rows = await link.fetch("SELECT value FROM contract_texts ORDER BY id")
        assert [value for (value,) in rows] == list(TEXTS)


@ANSWERS.add()
async def values_come_back_as_they_went_in(bench: Bench) -> None:
    async with bench.link(table=False) as link:
        for name, values, kind in (
            ("contract_numbers", NUMBERS, bench.words.whole),
            ("contract_floats", FLOATS, "DOUBLE PRECISION"),
            ("contract_bytes", BYTES, bench.words.binary),
        ):
            await link.execute(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, value {kind})")
            for key, value in enumerate((*values, None)):
                await link.execute(f"INSERT INTO {name} VALUES (?, ?)", key, value)
            rows = await link.fetch(f"SELECT value FROM {name} ORDER BY id")
            assert [value for (value,) in rows] == [*values, None]
            assert {type(value) for (value,) in rows} == {type(values[0]), type(None)}


@ANSWERS.add()
async def placeholders_in_quotes_and_comments_are_text(bench: Bench) -> None:
    async with bench.link(table=False) as link:
        sql = link.text("SELECT '{}', 1 -- {}\n /* {} */ + ?").replace("{}", link.driver.dialect.placeholder(1))
        rows = await link.call(link.connection.fetch(sql, [57]))
        assert rows == [(link.driver.dialect.placeholder(1), 58)]


@ANSWERS.add()
async def a_hundred_thousand_rows_come_whole(bench: Bench) -> None:
    async with bench.link(table=False) as link:
        rows = await link.fetch(bench.words.numbers.format(count=100_000))
        assert len(rows) == 100_000
        assert (rows[0], rows[-1]) == ((1, "row 1"), (100_000, "row 100000"))
        await link.answers()


@ANSWERS.add()
async def as_many_binds_as_the_dialect_says(bench: Bench) -> None:
    async with bench.link() as link:
        await link.execute("INSERT INTO contract_rows (id, name) VALUES (57, 'it')")
        count = bench.driver.dialect.max_binds
        marks = ", ".join("?" * count)
        rows = await link.fetch(f"SELECT name FROM contract_rows WHERE id IN ({marks})", *range(50, 50 + count))
        assert rows == [("it",)]


@ANSWERS.add()
async def a_statement_of_a_megabyte(bench: Bench) -> None:
    async with bench.link(table=False) as link:
        assert await link.value(f"SELECT length('{'x' * 1_000_000}')") == 1_000_000


@ANSWERS.add()
async def execute_many_runs_a_statement_for_each_row(bench: Bench) -> None:
    async with bench.link() as link:
        sql = "INSERT INTO contract_rows (name, amount) VALUES (?, ?)"
        await link.execute_many(sql, [])
        assert await link.count() == 0
        await link.begin()
        await link.execute_many(sql, ((f"row {i}", i) for i in range(2_000)))
        await link.end("COMMIT")
        await link.execute_many("UPDATE contract_rows SET amount = ? WHERE amount < ?", [(1, 2), (0, 3)])
        assert await link.count() == 2_000
        assert await link.value("SELECT count(*) FROM contract_rows WHERE amount = 0") == 3


@ANSWERS.add()
async def an_error_of_the_rows_themselves_comes_out_as_it_is(bench: Bench) -> None:
    async with bench.link() as link:
        failure = OverflowError("the program's own")

        def rows() -> Iterator[tuple[str]]:
            yield ("a",)
            raise failure

        await link.begin()
        error = await raised(OverflowError, link.execute_many("INSERT INTO contract_rows (name) VALUES (?)", rows()))
        assert error is failure
        await link.sound()
