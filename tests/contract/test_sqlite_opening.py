"""What both drivers of SQLite make of a configuration and of the file that it names."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from activerecord.config import Configuration
from activerecord.errors import ConfigurationError, ConnectionFailed, DatabaseError, ReadOnly
from activerecord.testing import Footprint
from tests.contract.places import bench_on, configuration, in_sync
from tests.contract.subjects import SQLITE_DRIVERS

pytestmark = pytest.mark.timeout(30)

drivers = pytest.mark.parametrize("driver", SQLITE_DRIVERS)


def ask(driver: str, database: object, sql: str, **options: Any) -> Any:
    async def body() -> Any:
        bench = bench_on(driver, database, **options)
        async with bench.link(table=False) as link:
            return await link.value(sql)

    return in_sync(body)


@drivers
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"database": ""}, "is empty"),
        ({"database": "  "}, "is empty"),
        ({"database": "a\0b"}, "NUL"),
        ({"database": "folder/"}, "directory"),
        ({"database": "x.db", "host": "localhost"}, "three slashes"),
        ({"database": "x.db", "username": "me"}, "'username' means nothing"),
        ({"database": "x.db", "password": "hush"}, "'password' means nothing"),
        ({"database": ":memory:", "options": {"read_only": True}}, "are for files"),
        ({"database": ":memory:", "options": {"journal_mode": "wal"}}, "are for files"),
    ],
)
def test_what_cannot_work_is_refused_without_io(driver: str, given: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said) as caught:
        SQLITE_DRIVERS[driver].check(Configuration("test", "sqlite", **given))
    assert "hush" not in str(caught.value)


@drivers
def test_options_take_known_words_only(driver: str) -> None:
    options = SQLITE_DRIVERS[driver].options
    for name, value in ("journal_mode", "wal; DROP TABLE t"), ("synchronous", 1), ("foreign_keys", "maybe"):
        with pytest.raises(ValueError, match=r"\w+"):
            options[name](value)
    assert (options["journal_mode"]("WAL"), options["read_only"]("yes"), options["cached_statements"]("9")) == (
        "wal",
        True,
        9,
    )


@drivers
def test_a_file_is_put_in_wal_with_foreign_keys_on_and_waits_for_no_lock(driver: str, tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    assert ask(driver, file, "PRAGMA journal_mode") == "wal"
    assert ask(driver, file, "PRAGMA foreign_keys") == 1
    assert ask(driver, file, "PRAGMA busy_timeout") == 0
    assert ask(driver, file, "PRAGMA synchronous") == 2
    assert [path.name for path in tmp_path.iterdir()] == ["x.db"]


@drivers
def test_options_reach_sqlite(driver: str, tmp_path: Path) -> None:
    assert ask(driver, tmp_path / "a.db", "PRAGMA journal_mode", journal_mode="delete") == "delete"
    assert ask(driver, tmp_path / "b.db", "PRAGMA synchronous", synchronous="normal") == 1
    assert ask(driver, tmp_path / "c.db", "PRAGMA foreign_keys", foreign_keys=False) == 0


@drivers
def test_a_file_that_may_not_be_changed_stays_as_it_is(driver: str, tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    assert ask(driver, file, "PRAGMA journal_mode", journal_mode="delete") == "delete"
    assert ask(driver, file, "PRAGMA journal_mode", read_only=True) == "delete"
    with pytest.raises(ReadOnly):
        ask(driver, file, "CREATE TABLE t (a)", read_only=True)


@drivers
def test_a_file_that_another_program_holds_stays_as_it_is(driver: str, tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("CREATE TABLE t (a)")
    other.execute("BEGIN IMMEDIATE")
    assert ask(driver, file, "PRAGMA journal_mode") == "delete"
    assert ask(driver, file, "SELECT count(*) FROM t") == 0
    other.close()


@drivers
@pytest.mark.parametrize("runner", ["sync", "asyncio"])
def test_what_cannot_be_opened_is_named(driver: str, runner: str, tmp_path: Path) -> None:
    garbage = tmp_path / "garbage.db"
    garbage.write_bytes(b"no database " * 1000)
    (tmp_path / "folder").mkdir()
    before = Footprint.now()
    for place in garbage, tmp_path / "folder", tmp_path / "no" / "x.db":
        bench = bench_on(driver, place, runner=runner)
        with pytest.raises(ConnectionFailed, match=place.name) as caught:
            bench.runner.run(bench.connect)
        assert caught.value.code in {"SQLITE_NOTADB", "SQLITE_CANTOPEN"}
        assert isinstance(caught.value.__cause__, sqlite3.Error)
    with pytest.raises(ConnectionFailed):
        ask(driver, tmp_path / "missing.db", "SELECT 1", read_only=True)
    assert not (tmp_path / "missing.db").exists()
    # The private loop of this thread is not the driver's.
    assert not [line for line in before.leaked() if line.startswith("thread") or "db" in line]


@drivers
@pytest.mark.parametrize("name", ["a b.db", "100%.db", "what?mode=ro.db", "a#b.db", "file:x.db", "naïve.db", "'q\".db"])
def test_a_path_is_a_path(driver: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ask(driver, name, "SELECT 1")
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert SQLITE_DRIVERS[driver].writer_key(configuration(name)) == str(tmp_path / name)


@drivers
def test_writers_of_one_file_have_one_key(driver: str, tmp_path: Path) -> None:
    (tmp_path / "x.db").touch()
    (tmp_path / "link.db").symlink_to(tmp_path / "x.db")
    key = SQLITE_DRIVERS[driver].writer_key
    assert key(configuration(tmp_path / "x.db")) == key(configuration(tmp_path / "link.db"))
    assert key(configuration(tmp_path / "x.db", read_only=True)) is None
    assert key(configuration(":memory:")) is None
    assert SQLITE_DRIVERS[driver].shared(configuration(":memory:"))
    assert not SQLITE_DRIVERS[driver].shared(configuration("x.db"))


@drivers
def test_a_file_damaged_later_is_told_with_its_code(driver: str, tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    plain = sqlite3.connect(file, isolation_level=None)
    plain.execute("CREATE TABLE t (a)")
    plain.execute("INSERT INTO t WITH n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 999) SELECT i FROM n")
    plain.close()
    damaged = bytearray(file.read_bytes())
    damaged[4096:8192] = b"\xff" * 4096
    file.write_bytes(damaged)
    with pytest.raises(DatabaseError) as caught:
        ask(driver, file, "SELECT count(*) FROM t")
    assert caught.value.code == "SQLITE_CORRUPT"
