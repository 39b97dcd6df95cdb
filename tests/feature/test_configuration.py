"""Configuring connections: what it takes, what it refuses, and that it opens nothing."""

import os
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from activerecord import (
    ActiveRecord,
    ActiveRecordError,
    Column,
    ConfigurationError,
    ConnectionFailed,
    DatabaseError,
    ReadOnly,
    close,
    column,
    create_tables,
)
from activerecord.database import database, databases
from tests import servers
from tests.feature.cells import Cell

DRIVERS = ("sqlite3", "aiosqlite")
DRIVERS_OF_SERVERS = {"postgresql": "asyncpg", "mysql": "asyncmy"}


class Leaf(ActiveRecord):
    __table_name__ = "leaves"
    id: Column[int] = column(primary_key=True)
    name: Column[str]


class Elsewhere(ActiveRecord):
    __table_name__ = "leaves"
    __connection__ = "other"
    id: Column[int] = column(primary_key=True)
    name: Column[str]


@pytest.mark.parametrize("driver", DRIVERS)
def test_configuring_opens_nothing(tmp_path: Path, driver: str) -> None:
    threads = threading.active_count()
    ActiveRecord.configure(f"sqlite+{driver}:///{tmp_path}/new.db")
    assert list(tmp_path.iterdir()) == []
    assert threading.active_count() == threads
    create_tables(Leaf)
    assert (tmp_path / "new.db").exists()


@pytest.mark.parametrize("engine", DRIVERS_OF_SERVERS)
def test_configuring_asks_no_server(engine: str) -> None:
    threads = threading.active_count()
    ActiveRecord.configure(f"{engine}://nobody@no-such-host.invalid/nothing")
    assert threading.active_count() == threads
    close()


def test_connections_to_several_engines(cell: Cell, tmp_path: Path) -> None:
    ActiveRecord.configure({"default": cell.url(tmp_path), "other": "sqlite:///:memory:"})
    create_tables(Leaf, Elsewhere)
    Leaf.create(name="here")
    assert (Leaf.query().count(), Elsewhere.query().count()) == (1, 0)


@pytest.mark.places("file", "server")
def test_a_database_is_where_the_configuration_says(cell: Cell, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    first, second = cell.url(tmp_path), cell.url(tmp_path / "other")
    for url, names in (first, ["a"]), (second, []), (first, ["a"]):
        ActiveRecord.configure(url)
        create_tables(Leaf, if_not_exists=True)
        if url == first and not Leaf.query().count():
            Leaf.create(name="a")
        assert Leaf.query().pluck("name") == names


def test_several_connections(tmp_path: Path) -> None:
    ActiveRecord.configure(
        {
            "default": f"sqlite:///{tmp_path}/a.db",
            "other": {"driver": "sqlite", "database": tmp_path / "b.db", "journal_mode": "delete"},
        }
    )
    create_tables(Leaf, Elsewhere)
    Leaf.create(name="here")
    assert (Leaf.query().count(), Elsewhere.query().count()) == (1, 0)


def test_configuring_again_takes_the_place_of_the_old(tmp_path: Path) -> None:
    ActiveRecord.configure(f"sqlite:///{tmp_path}/a.db")
    create_tables(Leaf)
    Leaf.create(name="a")
    ActiveRecord.configure(f"sqlite:///{tmp_path}/b.db")
    create_tables(Leaf)
    assert Leaf.query().count() == 0
    ActiveRecord.configure(f"sqlite:///{tmp_path}/a.db")
    assert Leaf.query().pluck("name") == ["a"]


def test_the_other_connections_stay(tmp_path: Path) -> None:
    ActiveRecord.configure({"default": "sqlite:///:memory:", "other": "sqlite:///:memory:"})
    create_tables(Elsewhere)
    kept = database("other")
    ActiveRecord.configure("sqlite:///:memory:")
    assert database("other") is kept
    assert Elsewhere.query().count() == 0


def test_nothing_is_changed_where_one_is_wrong() -> None:
    ActiveRecord.configure("sqlite:///:memory:")
    before = databases()
    with pytest.raises(ConfigurationError, match="'other'"):
        ActiveRecord.configure({"default": "sqlite:///x.db", "other": "nonsense"})
    assert databases() == before


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (None, "takes a URL"),
        ({}, "takes a URL"),
        ([], "takes a URL"),
        ({5: "sqlite:///x"}, "the name of a connection is text"),
        ({"default": None}, "'driver' is missing"),
        ("oracle:///x", "no engine is called 'oracle'; known: .*'mysql', .*'postgresql', 'sqlite'"),
        ("sqlit:///x", "did you mean 'sqlite'"),
        ("sqlite+aiosqlit:///x", "did you mean 'aiosqlite'"),
        ("sqlite+sqlite:///x", "no driver is called 'sqlite'"),
        ("pgsql+sqlite3:///x", "speaks sqlite, not 'pgsql'"),
        ("postgresql+asyncmy://localhost/x", "speaks mysql, not 'postgresql'"),
        ("mysql+asyncpgs://localhost/x", "did you mean 'asyncpg'"),
        ("postgresql://localhost/x?sslmod=require", "did you mean 'sslmode'"),
        ("postgresql://localhost/x?sslmode=perhaps", "'sslmode' takes one of disable"),
        ("postgresql://localhost:port/x", "the port of the URL cannot be read"),
        ("mysql://localhost/x?ssl_mode=perhaps", "'ssl_mode' takes one of DISABLED"),
        ("mariadb://localhost/x?journal_mode=wal", "'journal_mode'"),
        ("sqlite://", "'database' is empty"),
        ("sqlite:///", "'database' is empty"),
        ("sqlite:///%20%20", "'database' is empty"),
        ("sqlite:////tmp/", "directory"),
        ("sqlite://localhost/x.db", "three slashes"),
        ("sqlite:///x?jurnal_mode=wal", "did you mean 'journal_mode'"),
        ("sqlite:///x?journal_mode=drop", "'journal_mode' takes one of wal"),
        ("sqlite:///x?foreign_keys=perhaps", "'foreign_keys' takes true or false"),
        ("sqlite:///x?cached_statements=-1", "'cached_statements' takes"),
        ("sqlite:///:memory:?read_only=1", "for files"),
        ({"driver": "sqlite", "database": "x", "pasword": "y"}, "did you mean 'password'"),
        ({"driver": "sqlite", "database": "x", "password": "y"}, "'password' means nothing"),
        ({"driver": "sqlite", "database": "x", "journal_mode": 5}, "'journal_mode' takes one of"),
        ({"driver": "sqlite", "database": "x", "driver_type": "x" * 10_000}, "no driver is called"),
    ],
)
def test_what_is_refused(settings: Any, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        ActiveRecord.configure(settings)
    assert databases() == {}


def test_without_a_configuration() -> None:
    with pytest.raises(ConfigurationError, match=r"ActiveRecord\.configure\("):
        Leaf.query().all()
    with pytest.raises(ConfigurationError, match="no connection"):
        Leaf(name="x").save()
    with pytest.raises(ConfigurationError, match="no connection"), Leaf.transaction():
        raise AssertionError
    ActiveRecord.configure("sqlite:///:memory:")
    with pytest.raises(ConfigurationError, match="'other'; known: 'default'"):
        Elsewhere.query().all()


BLOCKED = """
import sys

class Gone:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == {package!r}:
            raise ModuleNotFoundError("no module", name=name)

sys.meta_path.insert(0, Gone())
from activerecord import ActiveRecord, MissingDriver
ActiveRecord.configure("sqlite+sqlite3:///:memory:")
try:
    ActiveRecord.configure("{engine}+{package}:///:memory:")
except MissingDriver as error:
    print(error)
"""


@pytest.mark.parametrize(("engine", "package"), [("sqlite", "aiosqlite"), *DRIVERS_OF_SERVERS.items()])
def test_a_missing_package_is_named_with_its_extra(engine: str, package: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", BLOCKED.format(engine=engine, package=package)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert f"pip install 'activerecord[{package}]'" in ran.stdout, ran.stderr
    assert ran.stderr == ""


def refused(url: str) -> ActiveRecordError:
    ActiveRecord.configure(url)
    with pytest.raises(ActiveRecordError) as caught:
        Leaf.query().all()
    return caught.value


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_path_that_leads_nowhere(tmp_path: Path, driver: str) -> None:
    error = refused(f"sqlite+{driver}:///{tmp_path}/no/such/folder/x.db")
    assert isinstance(error, ConnectionFailed)
    assert "no/such/folder" in str(error)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_directory(tmp_path: Path, driver: str) -> None:
    (tmp_path / "x.db").mkdir()
    assert isinstance(refused(f"sqlite+{driver}:///{tmp_path}/x.db"), ConnectionFailed)


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_file_that_is_no_database(tmp_path: Path, driver: str) -> None:
    (tmp_path / "x.db").write_bytes(b"this is a letter, and no database at all\n" * 100)
    assert isinstance(refused(f"sqlite+{driver}:///{tmp_path}/x.db"), ConnectionFailed)
    assert (tmp_path / "x.db").read_bytes().startswith(b"this is a letter")


def test_a_name_that_cannot_be_encoded(tmp_path: Path) -> None:
    ActiveRecord.configure({"driver": "sqlite", "database": f"{tmp_path}/\ud800.db"})
    with pytest.raises(ConnectionFailed):
        Leaf.query().all()


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Path]:
    """A database file with one row."""
    path = tmp_path / "x.db"
    ActiveRecord.configure(f"sqlite:///{path}?journal_mode=delete")
    create_tables(Leaf)
    Leaf.create(name="a")
    close()
    yield path
    path.chmod(0o644)


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_database_opened_to_be_read(written: Path, driver: str) -> None:
    ActiveRecord.configure(f"sqlite+{driver}:///{written}?read_only=yes&journal_mode=delete")
    assert Leaf.query().pluck("name") == ["a"]
    with pytest.raises(ReadOnly):
        Leaf.create(name="b")
    leaf = Leaf.find(1)
    leaf.name = "c"
    with pytest.raises(ReadOnly):
        leaf.save()
    assert (leaf.name, leaf.changes) == ("c", {"name": ("a", "c")})
    assert Leaf.query().count() == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_file_that_may_not_be_written(written: Path) -> None:
    written.chmod(0o444)
    ActiveRecord.configure(f"sqlite:///{written}")
    assert Leaf.query().pluck("name") == ["a"]
    with pytest.raises(ReadOnly):
        Leaf.create(name="b")


def test_a_read_only_file_that_does_not_exist(tmp_path: Path) -> None:
    assert isinstance(refused(f"sqlite:///{tmp_path}/x.db?read_only=1"), ConnectionFailed)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_damaged_later(written: Path) -> None:
    content = bytearray(written.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    written.write_bytes(content)
    error = refused(f"sqlite:///{written}")
    assert isinstance(error, DatabaseError)


def test_a_failed_connection_can_be_tried_again(tmp_path: Path) -> None:
    folder = tmp_path / "late"
    ActiveRecord.configure(f"sqlite:///{folder}/x.db")
    with pytest.raises(ConnectionFailed):
        create_tables(Leaf)
    folder.mkdir()
    create_tables(Leaf)
    assert Leaf.query().count() == 0


def test_repr_names_the_connection_and_no_more() -> None:
    ActiveRecord.configure("sqlite:///:memory:")
    assert repr(database()) == "<Database 'default' by sqlite3>"


@pytest.mark.engines("postgresql", "mysql")
@pytest.mark.parametrize("wrong", ["database", "password", "port"])
def test_a_server_that_cannot_be_used(cell: Cell, tmp_path: Path, engine: str, wrong: str) -> None:
    url = cell.url(tmp_path)
    server = servers.server(engine)
    assert server is not None
    bad = {
        "database": server.url("there_is_no_such_database"),
        "password": replace(server, password="secret of another").url(url.rpartition("/")[2]),
        "port": replace(server, port=1).url("any"),
    }
    error = refused(bad[wrong])
    assert isinstance(error, ConnectionFailed)
    told = "".join(traceback.format_exception(error))
    assert server.password not in told and "secret of another" not in told
    ActiveRecord.configure(url)
    create_tables(Leaf)
    assert Leaf.query().count() == 0


def test_repr_tells_no_password(cell: Cell, configured: str) -> None:
    assert repr(database()) == f"<Database 'default' by {cell.driver}>"
