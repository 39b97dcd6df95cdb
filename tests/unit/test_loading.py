"""The sample databases on servers: every copy is as the first one was."""

from pathlib import Path
from typing import Any

import pytest

from tests import raw, servers
from tests.feature.loading import DATA, copies_given_back, copy_of, statements


def test_statements() -> None:
    parts = [
        "SELECT 'a;b', 'it''s;', 'c\\';', \"d;\\\"\", `e;``f`",
        "-- g;\nSELECT 1--1",
        "# h; '\nSELECT /* i; ` */ 2",
        "SELECT '\n;\n-- j'",
    ]
    assert statements(";\n".join(parts)) == parts
    assert statements(" ;\n -- nothing; at all\n;; SELECT 1; /* and nothing */ ") == ["SELECT 1"]


@pytest.mark.parametrize("name", ["chinook", "northwind", "awkward"])
def test_the_samples_are_split_as_they_say(name: str) -> None:
    script = DATA / name / "mysql.sql"
    if not script.exists():
        pytest.skip(f"the databases to test with are not at {DATA}; set ACTIVERECORD_TEST_DATA to where they are")
    text = script.read_text(encoding="utf-8")
    assert [f"{part};" for part in statements(text)] == [f"{part};" for part in _lines(script)]


def _lines(script: Path) -> list[str]:
    """Every statement ends with `;` at the end of a line, and no other line does."""
    parts = "".join(f"{line.rstrip()}\n" for line in script.read_text(encoding="utf-8").split("\n")).split(";\n")
    return [part.strip() for part in parts if part.strip()]


CHANGES = {
    "postgresql": (
        "DELETE FROM person_profile",
        "INSERT INTO department (name) VALUES ('new')",
        "DELETE FROM department WHERE name = 'new'",
        'DROP VIEW "table"',
        "CREATE TABLE more (a INT)",
    ),
    "mysql": (
        "UPDATE typed SET c_text = 'other' WHERE id = 1",
        "DELETE FROM person_profile",
        "INSERT INTO department (name) VALUES ('new')",
        "DELETE FROM department WHERE name = 'new'",
        "UPDATE line_item SET label = 'other'",
        "COMMIT",
    ),
}
ALTERATIONS = {
    "postgresql": ("ALTER TABLE typed DROP COLUMN c_text",),
    "mysql": ("ALTER TABLE typed DROP COLUMN c_text", "CREATE TABLE more (a INT)", "DROP TABLE no_pk_log"),
}


@pytest.mark.parametrize("engine", servers.ENGINES)
@pytest.mark.parametrize("changes", [CHANGES, ALTERATIONS], ids=["rows", "tables"])
def test_a_used_copy_is_as_a_new_one(engine: str, changes: dict[str, tuple[str, ...]]) -> None:
    with copies_given_back():
        first = copy_of("awkward", engine)
        before = _content(engine, first)
        with raw.connection(engine, first) as connection:
            connection.script(*changes[engine])
        assert _content(engine, first) != before
    with copies_given_back():
        again, other = copy_of("awkward", engine), copy_of("awkward", engine)
        assert again == first != other
        assert _content(engine, again) == before == _content(engine, other)


def _content(engine: str, place: str) -> dict[str, Any]:
    """All rows of all tables and views, and the key that the next department gets."""
    with raw.connection(engine, place) as connection:
        column, quote = (
            ("table_schema = 'public'", '"') if engine == "postgresql" else ("table_schema = database()", "`")
        )
        names = connection.rows(f"SELECT table_name FROM information_schema.tables WHERE {column} ORDER BY 1")
        found: dict[str, Any] = {
            name: sorted(map(repr, connection.rows(f"SELECT * FROM {quote}{name}{quote}"))) for (name,) in names
        }
        connection.script("BEGIN", "INSERT INTO department (name) VALUES ('next')")
        found["next"] = connection.rows("SELECT max(id) FROM department")
        connection.script("ROLLBACK")
        if engine == "mysql":
            # A rollback gives no key back.
            connection.script(f"ALTER TABLE department AUTO_INCREMENT = {found['next'][0][0]}")
    return found
