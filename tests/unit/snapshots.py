"""Golden files: what each query of a feature is in every dialect, kept as text beside the tests.

    CASES = {"running total": lambda: Order.query().select(...)}
    test_snapshots = against_snapshots("windows", CASES)

compares with `sql/windows.sql`. `ACTIVERECORD_SNAPSHOTS=write pytest ...` writes that file anew.
"""

import os
from collections.abc import Callable, Coroutine, Generator, Mapping, Sequence
from contextlib import contextmanager
from difflib import unified_diff
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from activerecord import ActiveRecord, NotSupported, Query
from activerecord.database import Database, database, forget
from activerecord.query.clauses import Prepared
from activerecord.runtime import run_blocking
from activerecord.sql.cache import CachedTable, StatementCache
from activerecord.sql.dialect import Dialect
from activerecord.sql.dialects.mysql import MARIADB, MYSQL
from activerecord.sql.dialects.postgresql import POSTGRESQL
from activerecord.sql.dialects.sqlite import SQLITE
from activerecord.sql.node import Node

__all__ = ["FOLDER", "Case", "Snapshots", "Statement", "against_snapshots"]

FOLDER = Path(__file__).with_name("sql")

SPOKEN: Mapping[str, Dialect] = {"sqlite": SQLITE, "postgresql": POSTGRESQL, "mysql": MYSQL, "mariadb": MARIADB}

# A query; or a statement, with the tables that it reads and writes; or what has to be awaited for one.
Statement: TypeAlias = Query[Any] | Prepared | tuple[Node, Sequence[CachedTable]]
Case: TypeAlias = Callable[[], Statement | Coroutine[Any, Any, Statement]]

_HEADING = "-- ==== "


def against_snapshots(subject: str, cases: Mapping[str, Case]) -> Callable[[str | None], None]:
    """A test of one item a case, and one that looks for what no case is there for any more."""
    snapshots = Snapshots(FOLDER / f"{subject}.sql", cases)

    @pytest.mark.parametrize("case", [*cases, None], ids=[*cases, "nothing else"])
    def test_snapshots(case: str | None) -> None:
        snapshots.check_others() if case is None else snapshots.check(case)

    return test_snapshots


class Snapshots:
    """The golden file of one subject.

    Its entries are in the order of the cases. Each has the text and the values that the driver is given, or what is refused;
    dialects that say the same share one text.
    """

    def __init__(self, path: Path, cases: Mapping[str, Case]) -> None:
        self._path = path
        self._cases = cases

    def check(self, case: str) -> None:
        """Fail where the entry of this case is another or missing; or write the file anew, if that is wanted."""
        recorded, now = self._recorded().get(case, ""), self._entry(case)
        if recorded == now:
            return
        if _is_to_write():
            self.write()
            return
        changes = unified_diff(recorded.splitlines(), now.splitlines(), self._path.name, "now", lineterm="")
        self._fail(f"{case!r} is not what {self._path.name} says", *changes)

    def check_others(self) -> None:
        """Fail where the file has entries without a case, or another order; or write it anew, if that is wanted."""
        recorded, now = [*self._recorded()], [*self._cases]
        if recorded == now:
            return
        if _is_to_write():
            self.write()
            return
        self._fail(
            f"{self._path.name} has other entries than there are cases",
            *unified_diff(recorded, now, self._path.name, "cases", lineterm=""),
        )

    def write(self) -> None:
        """Write the whole file, at once: several processes may, and they write the same."""
        entries = [f"{_HEADING}{case}\n{self._entry(case)}" for case in self._cases]
        self._path.parent.mkdir(exist_ok=True)
        draft = self._path.with_suffix(f".{os.getpid()}")
        draft.write_bytes("\n".join(entries).encode())
        draft.replace(self._path)

    def _recorded(self) -> dict[str, str]:
        text = self._path.read_bytes().decode() if self._path.exists() else ""
        _, *entries = f"\n{text}".split(f"\n{_HEADING}")
        return {name: f"{entry.rstrip()}\n" for name, _, entry in [entry.partition("\n") for entry in entries]}

    def _entry(self, case: str) -> str:
        texts: dict[str, list[str]] = {}
        for name, dialect in SPOKEN.items():
            with _speaking(dialect) as spoken:
                texts.setdefault(_text(self._cases[case], spoken), []).append(name)
        entry = "\n".join([f"-- {', '.join(names)}\n{text}\n" for text, names in texts.items()])
        assert _HEADING not in case + entry and "\n" not in case, "it would be read as another entry"
        return entry

    def _fail(self, *lines: str) -> None:
        cure = "If that is as it should be: ACTIVERECORD_SNAPSHOTS=write pytest, with the name of this test's file."
        pytest.fail("\n".join([*lines, cure]), pytrace=False)


@contextmanager
def _speaking(dialect: Dialect) -> Generator[Database]:
    """The default connection, to nowhere, as if that spoke this dialect."""
    ActiveRecord.configure("sqlite:///nowhere/at/all.db")
    try:
        spoken = database()
        spoken.statements = StatementCache(dialect)
        yield spoken
    finally:
        forget(["default"])


def _text(case: Case, spoken: Database) -> str:
    try:
        sql, binds = _compiled(case, spoken)
    except NotSupported as error:
        return f"-- NotSupported: {error}"
    return f"{sql};\n-- {', '.join(map(repr, binds))}" if binds else f"{sql};"


def _compiled(case: Case, spoken: Database) -> tuple[str, Sequence[Any]]:
    given = case()
    statement: Statement = run_blocking(lambda: given, "case") if isinstance(given, Coroutine) else given
    if isinstance(statement, Query):
        return statement.to_sql()
    node, tables = (statement.select, statement.tables) if isinstance(statement, Prepared) else statement
    compiled = spoken.statements.compile(node, tables)
    return compiled.sql, compiled.binds(node.binds)


def _is_to_write() -> bool:
    wish = os.environ.get("ACTIVERECORD_SNAPSHOTS", "")
    if wish not in {"", "write"}:
        raise pytest.UsageError(f"ACTIVERECORD_SNAPSHOTS is 'write' or not set, got {wish!r}")
    if wish and os.environ.get("CI"):
        raise pytest.UsageError(
            "ACTIVERECORD_SNAPSHOTS=write where CI is set: snapshots are written by those who read them"
        )
    return bool(wish)
