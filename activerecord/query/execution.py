"""Statements in the program's own words, of any kind, and what they answer."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from activerecord import runtime
from activerecord.bounds import bounded
from activerecord.database import database
from activerecord.driver import Row
from activerecord.errors import QueryError, UsageError, nearest
from activerecord.sql.dialect import Dialect
from activerecord.sql.text import RawStatement, Text, text_of
from activerecord.types import type_for

__all__ = ["StatementResult", "async_execute", "execute", "loaded", "raw_statement", "refuse_same_names"]

_FIRST_WORDS = re.compile(
    r"(?:\s|\(|--[^\n]*+(?:\n|$)|/\*.*?\*/)*+(?P<first>[A-Za-z]+)(?:\s+(?P<second>[A-Za-z]+))?", re.DOTALL
)

# What certainly writes. Of all else nobody knows: WITH may lead to an INSERT, and SELECT may call a function that writes.
_WRITES = frozenset(
    "INSERT UPDATE DELETE REPLACE MERGE TRUNCATE CREATE ALTER DROP RENAME COMMENT GRANT REVOKE REINDEX VACUUM".split()
)

# What a transaction is made of, which scopes see to: elsewhere it meets a connection that goes back to the pool at once.
_SCOPE_WORDS = frozenset("BEGIN COMMIT ROLLBACK SAVEPOINT RELEASE END ABORT".split())


@dataclass(frozen=True, slots=True)
class StatementResult:
    """What a statement answered: its rows, as the driver gives them, and what it changed.

    `columns` are the names of the columns, and `rows` tuples of their values; both are empty where it gives no rows.
    `affected` is the number of rows that it inserted, changed or deleted, `last_id` the key that the engine made for the one row
    inserted, where the engine tells it apart from the rows. Its length is the number of rows, and iteration gives them.
    """

    columns: tuple[str, ...] = ()
    rows: list[Row] = field(default_factory=list[Row])
    affected: int = 0
    last_id: int | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def dicts(self) -> list[dict[str, Any]]:
        """The rows as dicts, by the names of their columns. Raises QueryError where two have one name."""
        refuse_same_names(self.columns)
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def scalars(self) -> list[Any]:
        """The first value of each row."""
        return [row[0] for row in self.rows]

    def scalar(self) -> Any:
        """The first value of the first row, None where there is no row."""
        return self.rows[0][0] if self.rows else None


async def async_execute(
    sql: str,
    /,
    *binds: Any,
    connection: str = "default",
    writes: bool | None = None,
    types: Mapping[str, Any] | None = None,
    timeout: float | None = None,
) -> StatementResult:
    """What one statement of any kind answers, in the engine's own SQL: `("UPDATE users SET age = ?", 18)`.

    Values are given to `?` one by one or in one list, to `:name` in a dict, as to `where`. It runs in the current transaction
    of the connection, or in one of its own. `writes` tells whether it writes where its first word does not (WITH, PRAGMA,
    a procedure): on SQLite a writer outside a transaction then takes its turn, and a read-only transaction refuses it.
    `types` are Python types by the names of columns, `{"active": bool}`, that values are loaded as, where the driver's own
    are not meant.

    Raises WrongBinds and QueryError, before anything is sent; UsageError for BEGIN, COMMIT and their like, which are the
    business of transactions; SyntaxError_ for several statements in one; and what the engine raises.
    """
    statement = raw_statement(text_of(sql, binds, {}), writes=writes)
    place = database(connection)
    with bounded(timeout, "execute"):
        dialect = await place.settle() if types else place.dialect
        loads = {name: _load(dialect, kind) for name, kind in (types or {}).items()}
        result = await place.catalog.again_if_altered(lambda: place.execute(statement, ()))
    return StatementResult(
        result.columns, _as_types(result.columns, result.rows, loads), result.affected, result.last_id
    )


def execute(
    sql: str,
    /,
    *binds: Any,
    connection: str = "default",
    writes: bool | None = None,
    types: Mapping[str, Any] | None = None,
    timeout: float | None = None,
) -> StatementResult:
    """Run one statement of any kind, in the engine's own SQL; see `async_execute`."""
    return runtime.run_blocking(
        lambda: async_execute(sql, *binds, connection=connection, writes=writes, types=types, timeout=timeout),
        "execute",
    )


def raw_statement(text: Text, *, writes: bool | None = None) -> RawStatement:
    """The text as a statement. Raises UsageError where it is one that a transaction is made of."""
    found = _FIRST_WORDS.match(text.pieces[0])
    first, second = (found["first"].upper(), (found["second"] or "").upper()) if found else ("", "")
    if first in _SCOPE_WORDS or (first, second) == ("START", "TRANSACTION"):
        raise UsageError(
            f"{first} is not run as a statement: `async with Model.async_transaction()`, or `with Model.transaction()` in plain "
            f"sync code, begins a transaction, and inside another one a savepoint"
        )
    return RawStatement(text, writes=True if writes is None and first in _WRITES else writes)


def refuse_same_names(names: Sequence[str]) -> None:
    """Raise QueryError where two columns of an answer have one name."""
    if len(set(names)) < len(names):
        twice = next(name for place, name in enumerate(names) if name in names[:place])
        raise QueryError(
            f"two columns of the answer are called {twice!r}: give one another name, AS ..., or use tuples"
        )


def loaded(rows: list[Row], loads: "Sequence[Callable[[Any], Any] | None]") -> list[Row]:
    """The rows with their values loaded, each by the load at its place."""
    if not any(loads):
        return rows
    return [
        tuple([value if load is None or value is None else load(value) for value, load in zip(row, loads, strict=True)])
        for row in rows
    ]


def _as_types(names: Sequence[str], rows: list[Row], loads: "Mapping[str, Callable[[Any], Any] | None]") -> list[Row]:
    unknown = next((name for name in loads if name not in names), None)
    if unknown is not None:
        raise QueryError(f"the answer has no column {unknown!r} to load; {nearest(unknown, names)}")
    return loaded(rows, [loads.get(name) for name in names])


def _load(dialect: Dialect, kind: Any) -> "Callable[[Any], Any] | None":
    return dialect.codec(type_for(kind)[0]).load
