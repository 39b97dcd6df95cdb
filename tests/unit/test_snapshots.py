"""The golden files themselves: when they hold, when they fail, and what is written into them."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from activerecord import ActiveRecord, Column, NotSupported, UnknownColumn, column
from activerecord.sql.reference import Reference
from activerecord.sql.statement import Delete, Source
from tests.unit.snapshots import Case, Snapshots, Statement


class Parcel(ActiveRecord):
    __table_name__ = "parcels"
    id: Column[int] = column(primary_key=True)
    to: Column[str]


def unsupported() -> Statement:
    if Parcel.__mapper__.database().dialect.name == "sqlite":
        raise NotSupported("SQLite has no parcels: use the post")
    return Parcel.query().select("id")


def delete() -> Statement:
    table = Parcel.__mapper__.known_table()
    assert table is not None
    return Delete(Source("parcels"), Reference[Any]("parcels", "id") == 3), [table]


def counting() -> Any:
    return Parcel.where(to="ann")._counting()  # pyright: ignore[reportPrivateUsage]


CASES: dict[str, Case] = {
    "by text": lambda: Parcel.where(to="ann"),
    "refused": unsupported,
    "a statement": delete,
    "awaited": counting,
}

WRITTEN = """\
-- ==== by text
-- sqlite
SELECT "parcels"."id", "parcels"."to" FROM "parcels" WHERE "parcels"."to" = ?;
-- 'ann'

-- postgresql
SELECT "parcels"."id", "parcels"."to" FROM "parcels" WHERE "parcels"."to" = $1;
-- 'ann'

-- mysql, mariadb
SELECT `parcels`.`id`, `parcels`.`to` FROM `parcels` WHERE `parcels`.`to` = ?;
-- 'ann'

-- ==== refused
-- sqlite
-- NotSupported: SQLite has no parcels: use the post

-- postgresql
SELECT "parcels"."id" FROM "parcels";

-- mysql, mariadb
SELECT `parcels`.`id` FROM `parcels`;

-- ==== a statement
-- sqlite
DELETE FROM "parcels" WHERE "parcels"."id" = ?;
-- 3

-- postgresql
DELETE FROM "parcels" WHERE "parcels"."id" = $1;
-- 3

-- mysql, mariadb
DELETE FROM `parcels` WHERE `parcels`.`id` = ?;
-- 3
"""


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("ACTIVERECORD_SNAPSHOTS", raising=False)
    return monkeypatch


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "made by write" / "parcels.sql"


def check_all(path: Path, cases: Mapping[str, Case]) -> None:
    for case in cases:
        Snapshots(path, cases).check(case)
    Snapshots(path, cases).check_others()


def without(case: str) -> dict[str, Case]:
    return {name: given for name, given in CASES.items() if name != case}


def test_what_is_written_is_read_by_people_and_holds(path: Path, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("ACTIVERECORD_SNAPSHOTS", "write")
    check_all(path, without("awaited"))
    assert path.read_text() == WRITTEN
    environment.delenv("ACTIVERECORD_SNAPSHOTS")
    check_all(path, without("awaited"))
    assert [each.name for each in path.parent.iterdir()] == ["parcels.sql"]


def test_what_has_to_be_awaited_is(path: Path) -> None:
    Snapshots(path, CASES).write()
    assert 'SELECT count(*) FROM (SELECT "parcels"."id"' in path.read_text()
    check_all(path, CASES)


def test_a_stale_entry_fails_and_shows_what_differs(path: Path) -> None:
    Snapshots(path, CASES).write()
    path.write_text(path.read_text().replace('"parcels"."to" = ?', '"parcels"."to" < ?', 1))
    with pytest.raises(pytest.fail.Exception) as failure:
        Snapshots(path, CASES).check("by text")
    assert '\n-SELECT "parcels"."id", "parcels"."to" FROM "parcels" WHERE "parcels"."to" < ?;\n' in str(failure.value)
    assert '\n+SELECT "parcels"."id", "parcels"."to" FROM "parcels" WHERE "parcels"."to" = ?;\n' in str(failure.value)
    assert "ACTIVERECORD_SNAPSHOTS=write" in str(failure.value)
    Snapshots(path, CASES).check("refused")


def test_a_value_that_differs_fails_though_the_text_is_equal(path: Path) -> None:
    Snapshots(path, CASES).write()
    with pytest.raises(pytest.fail.Exception, match=r"-- 'ann'\n\+-- 'bob'"):
        Snapshots(path, {**CASES, "by text": lambda: Parcel.where(to="bob")}).check("by text")


def test_a_missing_entry_and_a_missing_file_fail(path: Path) -> None:
    with pytest.raises(pytest.fail.Exception, match="'refused' is not what"):
        Snapshots(path, CASES).check("refused")
    Snapshots(path, without("refused")).write()
    with pytest.raises(pytest.fail.Exception, match="'refused' is not what"):
        Snapshots(path, CASES).check("refused")


def test_an_entry_without_a_case_fails_and_so_does_another_order(path: Path) -> None:
    Snapshots(path, CASES).write()
    with pytest.raises(pytest.fail.Exception, match="\n-refused\n"):
        Snapshots(path, without("refused")).check_others()
    with pytest.raises(pytest.fail.Exception, match="other entries than there are cases"):
        Snapshots(path, dict(reversed(CASES.items()))).check_others()


def test_the_last_item_takes_out_what_has_no_case(path: Path, environment: pytest.MonkeyPatch) -> None:
    Snapshots(path, CASES).write()
    environment.setenv("ACTIVERECORD_SNAPSHOTS", "write")
    Snapshots(path, without("refused")).check_others()
    assert "refused" not in path.read_text()


@pytest.mark.parametrize(("name", "value"), [("CI", "true"), ("ACTIVERECORD_SNAPSHOTS", "yes")])
def test_nothing_is_written_in_ci_nor_by_another_word(
    name: str, value: str, path: Path, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("ACTIVERECORD_SNAPSHOTS", "write")
    environment.setenv(name, value)
    snapshots = Snapshots(path, CASES)
    checks: list[Callable[[], None]] = [partial(snapshots.check, "refused"), snapshots.check_others]
    for check in checks:
        with pytest.raises(pytest.UsageError, match="ACTIVERECORD_SNAPSHOTS"):
            check()
    assert not path.exists()


def test_other_errors_are_the_tests_own(path: Path) -> None:
    with pytest.raises(UnknownColumn):
        Snapshots(path, {"misspelt": lambda: Parcel.where(too="ann")}).check("misspelt")
