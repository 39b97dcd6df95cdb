"""The sample databases, as files to copy and as statements, and what plain sqlite3 reads in them."""

import datetime as dt
import json
import re
import shutil
import sqlite3
import uuid
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from activerecord import ActiveRecord, database
from activerecord.runtime import run_blocking
from tests import servers
from tests.feature.cells import Cell
from tests.feature.loading import DATA, copy_url

__all__ = ["Sample", "expected", "model_for", "quoted", "same_rows", "sample"]


@dataclass(frozen=True)
class Sample:
    """One sample database."""

    name: str

    @cached_property
    def statements(self) -> list[str]:
        text = (DATA / self.name / "sqlite.sql").read_text(encoding="utf-8")
        return [part for part in re.split(r";[ \t]*\n", text) if part.strip()]

    @cached_property
    def template(self) -> Path:
        """The database as a file, made once for all tests."""
        path = Path(mkdtemp(prefix="sample-", dir=servers.folder())) / f"{self.name}.db"
        with closing(sqlite3.connect(path)) as connection:
            for statement in self.statements:
                connection.execute(statement)
            connection.commit()
        return path

    def configure(self, cell: Cell, folder: Path) -> None:
        """Make a connection of the sample's name to a copy of it: a file lies in this folder."""
        url = copy_url(self.name, cell.engine) if cell.place == "server" else cell.url(folder)
        if cell.place == "file":
            shutil.copy(self.template, url.partition(":///")[2])
        ActiveRecord.configure({self.name: url})
        if cell.place == "memory":
            run_blocking(self._load, "load")

    async def _load(self) -> None:
        database_ = database.database(self.name)
        async with database_.transaction():
            for statement in self.statements:
                await database_.execute_text(statement)

    @contextmanager
    def raw(self) -> Generator[sqlite3.Connection]:
        """Plain sqlite3 on the template, for reading."""
        with closing(sqlite3.connect(f"file:{self.template}?mode=ro", uri=True)) as connection:
            yield connection

    def rows(self, sql: str, *binds: Any) -> list[Any]:
        """What plain sqlite3 gives for a query."""
        with self.raw() as connection:
            return connection.execute(sql, binds).fetchall()

    @cached_property
    def tables(self) -> list[str]:
        return [name for (name,) in self.rows(_NAMES.format("'table'"))]

    @cached_property
    def views(self) -> list[str]:
        return [name for (name,) in self.rows(_NAMES.format("'view'"))]

    def columns(self, table: str) -> dict[str, str]:
        """The declared type of each column."""
        return dict(self.rows("SELECT name, type FROM pragma_table_xinfo(?) ORDER BY cid", table))

    def typed_rows(self, table: str) -> list[tuple[Any, ...]]:
        """Every row, its values as the declared types of their columns mean them."""
        columns = self.columns(table)
        names = ", ".join(quoted(name) for name in columns)
        rows = self.rows(f"SELECT {names} FROM {quoted(table)}")
        return [tuple(map(expected, columns.values(), row)) for row in rows]


_NAMES = "SELECT name FROM sqlite_schema WHERE type = {} AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name"


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def expected(declared: str, value: Any) -> Any:
    """A value as its declared type means it, written down here once more, apart from the library."""
    word, _, sizes = declared.rstrip(")").partition("(")
    mean = _MEANINGS.get(word.upper())
    if value is None or mean is None:
        return value
    if mean is Decimal:
        number = Decimal(repr(value) if isinstance(value, float) else value)
        shown = number.quantize(Decimal(1).scaleb(-int(sizes.partition(",")[2] or 0)))
        return shown if float(shown) == value else number
    return mean(value)


_MEANINGS: Mapping[str, Callable[[Any], Any]] = {
    "BOOLEAN": bool,
    "DATE": dt.date.fromisoformat,
    "TIME": dt.time.fromisoformat,
    "DATETIME": dt.datetime.fromisoformat,
    "TIMESTAMP": dt.datetime.fromisoformat,
    "DECIMAL": Decimal,
    "NUMERIC": Decimal,
    "JSON": json.loads,
    "UUID": uuid.UUID,
    "DOUBLE PRECISION": float,
}


def model_for(table: str, connection: str) -> type[ActiveRecord]:
    """An undeclared model of a table, whatever the table's name."""

    class Row(ActiveRecord):
        __table_name__ = table
        __connection__ = connection

    return Row


@cache
def sample(name: str) -> Sample:
    """A sample database; the test that asks for one that is not there is skipped."""
    if not (DATA / name / "sqlite.sql").is_file():
        pytest.skip(f"the sample data is not there: {name} under ACTIVERECORD_TEST_DATA or ../shared/data")
    return Sample(name)


def same_rows(found: Sequence[Any], wanted: Sequence[Any]) -> bool:
    """Whether two lists have the same rows, in whatever order."""
    return sorted(map(repr, found)) == sorted(map(repr, wanted))
