"""SQLite's answers as errors of the house, told apart by result codes and never by the text of a message."""

import re
import sqlite3
from collections.abc import Sequence
from itertools import islice
from typing import Any, TypeAlias

from activerecord.errors import (
    CheckViolation,
    ConnectionLost,
    DatabaseError,
    DataError,
    ForeignKeyViolation,
    IntegrityError,
    LockTimeout,
    NotNullViolation,
    ReadOnly,
    SerializationFailure,
    SyntaxError_,
    UniqueViolation,
    WrongBinds,
)

__all__ = ["RAISED", "Compiles", "interrupted", "is_interrupt", "is_stopped", "lost", "translated", "undecided"]

# All that the sqlite3 module raises because of a statement or its values.
RAISED = (sqlite3.Error, sqlite3.Warning, OverflowError, UnicodeError)

# What became of compiling the statement without running it: None where it compiles.
Compiles: TypeAlias = BaseException | None

_EXTENDED: dict[int, type[DatabaseError]] = {
    sqlite3.SQLITE_CONSTRAINT_UNIQUE: UniqueViolation,
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY: UniqueViolation,
    sqlite3.SQLITE_CONSTRAINT_ROWID: UniqueViolation,
    sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY: ForeignKeyViolation,
    sqlite3.SQLITE_CONSTRAINT_NOTNULL: NotNullViolation,
    sqlite3.SQLITE_CONSTRAINT_CHECK: CheckViolation,
    # SQLITE_CONSTRAINT_DATATYPE: a value that a column of a STRICT table does not take; Python 3.11 has no name for it.
    sqlite3.SQLITE_CONSTRAINT | 12 << 8: DataError,
    # The transaction read before another wrote: asking again for the lock never helps, only running it again.
    sqlite3.SQLITE_BUSY_SNAPSHOT: SerializationFailure,
}
_PRIMARY: dict[int, type[DatabaseError]] = {
    sqlite3.SQLITE_CONSTRAINT: IntegrityError,
    sqlite3.SQLITE_BUSY: LockTimeout,
    sqlite3.SQLITE_LOCKED: LockTimeout,
    sqlite3.SQLITE_READONLY: ReadOnly,
    sqlite3.SQLITE_TOOBIG: DataError,
    sqlite3.SQLITE_MISMATCH: DataError,
}
_CURES: dict[type[DatabaseError], str] = {
    LockTimeout: "another connection holds the lock; try again",
    SerializationFailure: "another connection wrote since this transaction's first read; run the transaction again",
}
_PLAIN = (type(None), int, float, str, bytes, bytearray, memoryview)
# Each is read from the start of the text again; past these the text is a literal full of them.
_SEMICOLONS = 100
_COLUMNS = re.compile(r"(?:UNIQUE|NOT NULL) constraint failed: (.+)", re.DOTALL)
_BLANK = re.compile(r"--[^\n]*|/\*.*?\*/|[\s;]", re.DOTALL)
# An expression without a name stands there in full; what may be a name is taken for one.
_CHECK = re.compile(r"CHECK constraint failed: ([\w ]+)")


def undecided(error: BaseException) -> bool:
    """Whether the error can be told only by compiling the statement again: it has no code, or the one for everything."""
    if not isinstance(error, sqlite3.Error | sqlite3.Warning):
        return False
    return _code(error) in (None, sqlite3.SQLITE_ERROR)


def is_interrupt(error: BaseException) -> bool:
    """Whether a statement was stopped by the connection's progress handler."""
    return _code(error) == sqlite3.SQLITE_INTERRUPT


def interrupted(sql: str) -> DatabaseError:
    """The end of a statement that was told to stop."""
    return DatabaseError("the statement was stopped", sql=sql, code="SQLITE_INTERRUPT")


def is_stopped(error: BaseException | None) -> bool:
    """Whether it is the end of a statement that was told to stop, and not one that came by itself."""
    return isinstance(error, DatabaseError) and error.code == "SQLITE_INTERRUPT"


def lost(reason: str) -> ConnectionLost:
    """What a verb of a connection that is gone raises."""
    return ConnectionLost(f"the SQLite connection {reason}; open another")


def translated(error: BaseException, sql: str, binds: Sequence[Any], compiles: Compiles = None) -> Exception:
    """An error of the sqlite3 module as one of the house, with the module's own as its cause.

    `compiles` is asked for where `undecided(error)`. An error that quotes a value is not kept as the cause.
    """
    code = _code(error)
    if code is None:
        return _without_code(error, sql, binds, compiles)
    if code == sqlite3.SQLITE_ERROR:
        return _general(error, sql, binds, compiles)
    kind = _EXTENDED.get(code) or _PRIMARY.get(code & 0xFF, DatabaseError)
    cure = _CURES.get(kind)
    constraint, table, columns = _details(str(error)) if issubclass(kind, IntegrityError) else (None, None, ())
    return _caused(
        kind(
            f"{error}: {cure}" if cure else str(error),
            sql=sql,
            code=_name(error),
            constraint=constraint,
            table=table,
            columns=columns,
        ),
        error,
    )


def _general(error: BaseException, sql: str, binds: Sequence[Any], compiles: Compiles) -> Exception:
    """SQLITE_ERROR stands for a text that cannot be compiled, and for whatever goes wrong while it runs."""
    if compiles is not None and _code(compiles) == sqlite3.SQLITE_ERROR:
        return _caused(SyntaxError_(str(error), sql=sql, code=_name(error)), error)
    if any(isinstance(value, str) for value in binds):
        # JSON paths and full-text queries are quoted in SQLite's message, and they come as binds.
        return DatabaseError("SQLite could not run the statement with these values", sql=sql, code=_name(error))
    return _caused(DatabaseError(str(error), sql=sql, code=_name(error)), error)


def _without_code(error: BaseException, sql: str, binds: Sequence[Any], compiles: Compiles) -> Exception:
    """The sqlite3 module itself refused: the text, the number of binds, a value, or what is stored."""
    if "\0" in sql:
        return SyntaxError_("the text of the statement has a NUL character", sql=sql)
    if isinstance(error, UnicodeError):
        if _encodes(sql):
            return DataError("a bound text has lone surrogates, which UTF-8 does not have", sql=sql)
        return SyntaxError_("the text of the statement has lone surrogates, which UTF-8 does not have")
    if isinstance(error, OverflowError):
        return _caused(DataError("a bound number has more than 64 bits; bind it as text", sql=sql), error)
    if isinstance(error, sqlite3.OperationalError):
        return DataError("a stored text is not UTF-8; select it as CAST(... AS BLOB)", sql=sql)
    if compiles is not None and _code(compiles) is None:
        return _miscounted(error, sql, len(binds))
    return _untaken(error, sql, binds)


def _miscounted(error: BaseException, sql: str, count: int) -> Exception:
    if _several(sql):
        return _caused(SyntaxError_("only one statement may be sent at a time", sql=sql), error)
    return _caused(WrongBinds(f"{count} binds do not fit the statement: {sql[:200]}"), error)


def _untaken(error: BaseException, sql: str, binds: Sequence[Any]) -> Exception:
    for place, value in enumerate(binds, 1):
        if not isinstance(value, _PLAIN):
            message = f"bind {place} is of type {type(value).__qualname__}, which SQLite cannot store"
            return _caused(DataError(message, sql=sql), error)
    return _caused(DatabaseError(str(error), sql=sql), error)


def _several(sql: str) -> bool:
    """Whether a statement ends before the end of the text, by SQLite's own reading of quotes and comments."""
    for semicolon in islice(re.finditer(";", sql), _SEMICOLONS):
        if sqlite3.complete_statement(sql[: semicolon.end()]):
            return bool(_BLANK.sub("", sql[semicolon.end() :]))
    return False


def _details(message: str) -> tuple[str | None, str | None, tuple[str, ...]]:
    """(constraint, table, columns) as far as the message says; nothing where a name may hold a dot or a comma."""
    if check := _CHECK.fullmatch(message):
        return check[1], None, ()
    found = _COLUMNS.fullmatch(message)
    if found is None:
        return None, None, ()
    pairs = [part.split(".") for part in found[1].split(", ")]
    if any(len(pair) != 2 or "," in "".join(pair) or pair[0] != pairs[0][0] for pair in pairs):
        return None, None, ()
    return None, pairs[0][0], tuple(column for _, column in pairs)


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _code(error: BaseException) -> int | None:
    return getattr(error, "sqlite_errorcode", None)


def _name(error: BaseException) -> str | None:
    return getattr(error, "sqlite_errorname", None)


def _caused(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error
