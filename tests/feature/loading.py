"""The sample databases on servers: loaded once, then copied for each test that asks.

PostgreSQL copies a database by itself. On MySQL a used copy is put right again where it was changed, which takes a tenth
of the time that another copy takes.
"""

import os
import re
from collections import defaultdict
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import cache, partial
from itertools import count
from pathlib import Path

import pytest

from tests import raw, servers

__all__ = ["DATA", "copies_given_back", "copy_of", "copy_url", "statements"]

DATA = Path(os.environ.get("ACTIVERECORD_TEST_DATA") or Path(__file__).parents[2] / ".." / "shared" / "data")

# PostgreSQL's chinook with the names that the other engines have.
_SCRIPTS = {("chinook", "postgresql"): "postgres_pascal.sql"}
_SCRIPT = {"postgresql": "postgres.sql", "mysql": "mysql.sql"}
_HOME = {"postgresql": "postgres", "mysql": "information_schema"}

_numbers = count(1)
_taken: list[tuple[str, str, str]] = []
_free: dict[tuple[str, str], list[str]] = defaultdict(list)


def copy_of(name: str, engine: str) -> str:
    """The name of a database that is a sample database, for the caller alone. Skips the test where data or server are not there."""
    template = _template(name, engine)
    free = _free[name, engine]
    copy = free.pop() if free else _name(engine)
    with raw.connection(engine, _HOME[engine]) as connection:
        _COPY[engine](connection, template, copy)
    _taken.append((name, engine, copy))
    return copy


def copy_url(name: str, engine: str) -> str:
    """The URL of a sample database that is for the caller alone."""
    copy, server = copy_of(name, engine), servers.server(engine)
    assert server is not None
    return server.url(copy)


@contextmanager
def copies_given_back() -> Generator[None]:
    """Copies that are taken within the block go to later callers at its end, as if they had not been touched."""
    before = len(_taken)
    yield
    for name, engine, copy in _taken[before:]:
        _free[name, engine].append(copy)
    del _taken[before:]


def statements(script: str) -> list[str]:
    """The statements of a script for MySQL, which takes one at a time. Nothing ends one in quotes and comments."""
    found: list[str] = []
    begin = 0
    for match in _TOKEN.finditer(f"{script};"):
        if match.group() == ";":
            part = script[begin : match.start()].strip()
            begin = match.end()
            found += [part] if re.sub(_COMMENT, "", part).strip() else []
    return found


_COMMENT = r"--(?=\s)[^\n]*|#[^\n]*|/\*(?s:.*?)\*/"
_TOKEN = re.compile(rf"{_COMMENT}|`[^`]*`|'(?s:[^'\\]|\\.)*'|\"(?s:[^\"\\]|\\.)*\"|;")


@cache
def _template(name: str, engine: str) -> str:
    path = DATA / name / _SCRIPTS.get((name, engine), _SCRIPT[engine])
    if not path.is_file():
        pytest.skip(f"the sample data is not there: {name} under ACTIVERECORD_TEST_DATA or ../shared/data")
    template, script = _name(engine), path.read_text(encoding="utf-8")
    with raw.connection(engine, _HOME[engine]) as connection:
        connection.script(f"CREATE DATABASE {template}")
    with raw.connection(engine, template) as connection:
        _LOAD[engine](connection, script)
    return template


def _name(engine: str) -> str:
    """A name that no database has; where the server outlives us, the database is dropped at the end."""
    name = f"activerecord_test_{os.getpid()}_sample_{next(_numbers)}"
    server = servers.server(engine)
    if server is not None and server.admin is None:
        servers.at_end(partial(_drop, engine, name))
    return name


def _drop(engine: str, name: str) -> None:
    with raw.connection(engine, _HOME[engine]) as connection:
        connection.script(f"DROP DATABASE IF EXISTS {name}")


def _load_postgres(connection: raw.Raw, script: str) -> None:
    connection.script(script)


def _copy_postgres(connection: raw.Raw, template: str, copy: str) -> None:
    connection.script(f"DROP DATABASE IF EXISTS {copy} WITH (FORCE)", f"CREATE DATABASE {copy} TEMPLATE {template}")


def _load_mysql(connection: raw.Raw, script: str) -> None:
    connection.script("SET foreign_key_checks = 0, unique_checks = 0, autocommit = 0")
    connection.script(*statements(script), "COMMIT")


def _copy_mysql(connection: raw.Raw, template: str, copy: str) -> None:
    # Who still uses the copy is waited for, but not for ever.
    connection.script(
        "SET foreign_key_checks = 0, lock_wait_timeout = 20, innodb_lock_wait_timeout = 20, autocommit = 1"
    )
    if _structure(connection, copy) != _structure(connection, template):
        connection.script(f"DROP DATABASE IF EXISTS {copy}", f"CREATE DATABASE {copy}", f"USE {copy}")
        _build(connection, template)
    tables = list(_structure(connection, template))
    wanted, found = (_checksums(connection, place, tables) for place in (template, copy))
    for table in tables:
        if found[table] != wanted[table]:
            _refill(connection, template, copy, table)
    wanted, found = (_counters(connection, place) for place in (template, copy))
    for table, number in wanted.items():
        if found[table] != number:
            connection.script(f"ALTER TABLE {copy}.{_quoted(table)} AUTO_INCREMENT = {number}")


def _structure(connection: raw.Raw, place: str) -> dict[str, list[tuple[str, ...]]]:
    """The columns of each table: name, type, default, what is special about it."""
    rows = connection.rows(
        "SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, coalesce(COLUMN_DEFAULT, ''), EXTRA FROM information_schema.COLUMNS "
        "JOIN information_schema.TABLES USING (TABLE_SCHEMA, TABLE_NAME) "
        f"WHERE TABLE_SCHEMA = '{place}' AND TABLE_TYPE = 'BASE TABLE' ORDER BY TABLE_NAME, ORDINAL_POSITION"
    )
    found: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for table, *column in rows:
        found[table].append(tuple(column))
    return found


def _build(connection: raw.Raw, template: str) -> None:
    """Make the template's tables, empty, and its views. One statement a table: its keys are not added one by one."""
    for table in _structure(connection, template):
        ((_, made),) = connection.rows(f"SHOW CREATE TABLE {template}.{_quoted(table)}")
        connection.script(re.sub(r" AUTO_INCREMENT=\d+", "", made))
    views = f"SELECT TABLE_NAME, VIEW_DEFINITION FROM information_schema.VIEWS WHERE TABLE_SCHEMA = '{template}'"
    for name, query in connection.rows(views):
        connection.script(f"CREATE VIEW {_quoted(name)} AS {query.replace(f'`{template}`.', '')}")


def _checksums(connection: raw.Raw, place: str, tables: list[str]) -> dict[str, int]:
    names = ", ".join(f"{place}.{_quoted(table)}" for table in tables)
    return dict(zip(tables, (number for _, number in connection.rows(f"CHECKSUM TABLE {names}")), strict=True))


def _refill(connection: raw.Raw, template: str, copy: str, table: str) -> None:
    columns = _structure(connection, template)[table]
    names = ", ".join(_quoted(name) for name, *_, extra in columns if "GENERATED" not in extra)
    quoted = _quoted(table)
    connection.script(
        f"DELETE FROM {copy}.{quoted}",
        f"INSERT INTO {copy}.{quoted} ({names}) SELECT {names} FROM {template}.{quoted}",
    )


def _counters(connection: raw.Raw, place: str) -> dict[str, int]:
    """The next automatic key of each table that has them."""
    return dict(
        connection.rows(
            "SELECT TABLE_NAME, AUTO_INCREMENT FROM information_schema.TABLES "
            f"WHERE TABLE_SCHEMA = '{place}' AND AUTO_INCREMENT IS NOT NULL"
        )
    )


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


_LOAD: dict[str, Callable[[raw.Raw, str], None]] = {"postgresql": _load_postgres, "mysql": _load_mysql}
_COPY: dict[str, Callable[[raw.Raw, str, str], None]] = {"postgresql": _copy_postgres, "mysql": _copy_mysql}
