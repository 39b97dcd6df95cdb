"""PostgreSQL's answers as errors of the house, told apart by SQLSTATE and never by the text of a message."""

import re
from collections.abc import Sequence
from typing import Any

from activerecord.errors import (
    ActiveRecordError,
    CheckViolation,
    ConnectionLost,
    DatabaseError,
    DataError,
    Deadlock,
    ForeignKeyViolation,
    IntegrityError,
    LockTimeout,
    NotNullViolation,
    OutcomeUnknown,
    ReadOnly,
    SchemaChanged,
    SerializationFailure,
    StatementTimeout,
    SyntaxError_,
    UniqueViolation,
)
from activerecord_asyncpg.library import (
    InterfaceError,
    InternalClientError,
    InvalidCachedStatement,
    OutdatedSchemaCache,
    PostgresError,
)

__all__ = ["is_altered", "is_stale", "lost", "scrubbed", "translated"]

_KINDS: dict[str, type[DatabaseError]] = {
    "23502": NotNullViolation,
    "23503": ForeignKeyViolation,
    "23505": UniqueViolation,
    "23514": CheckViolation,
    "25006": ReadOnly,
    "40001": SerializationFailure,
    "40003": OutcomeUnknown,
    "40P01": Deadlock,
    "55P03": LockTimeout,
    "57014": StatementTimeout,
    # Idle for too long, or in a transaction for too long; shut down, crashed, starting; idle for too long.
    **dict.fromkeys(("25P03", "25P04", "57P01", "57P02", "57P03", "57P05"), ConnectionLost),
    # Not a name that is unknown, but one that may not be used, or is there already.
    **dict.fromkeys(("42501", "42P03", "42P04", "42P05", "42P06", "42P07", "42701", "42710", "42723"), DatabaseError),
}
_CLASSES: dict[str, type[DatabaseError]] = {
    "08": ConnectionLost,
    "22": DataError,
    # What others depend on cannot be dropped.
    "2B": IntegrityError,
    "23": IntegrityError,
    "3F": SyntaxError_,
    "42": SyntaxError_,
}
_CURES: dict[type[DatabaseError], str] = {
    SerializationFailure: "run the transaction again",
    Deadlock: "run the transaction again",
}

# The names in "Key (a, "b c")=(1, 2) already exists.", in whatever language the rest is. Anything but plain names, such
# as an expression, does not match, so no value is ever taken for a name.
_NAME = r'(?:[a-z_][a-z0-9_$]*|"(?:[^"]|"")+")'
_KEY = re.compile(rf'[^("]*\(({_NAME}(?:, {_NAME})*)\)=\(')
_EACH = re.compile(_NAME)
_LAST_TABLE = re.compile(r'"((?:[^"]|"")+)"[^"]*\Z')
_PATH = re.compile(rf'(?:{_NAME}\.)*(?:"(?P<quoted>(?:[^"]|"")+)"|(?P<plain>[^\W\d][\w$]*))', re.IGNORECASE)
_BIND = re.compile(r"\$(\d+)")
_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")

# What the library says of a statement that the server knows no more, or not as it was.
_NO_SUCH_STATEMENT = "26000"
_NO_SUCH_COLUMN = "42703"


def is_stale(error: BaseException) -> bool:
    """Whether the statement was prepared for another schema, or is not there any more; it was not executed."""
    return is_altered(error) or getattr(error, "sqlstate", None) == _NO_SUCH_STATEMENT


def is_altered(error: BaseException) -> bool:
    """Whether the statement was prepared for another schema; it was not executed."""
    return isinstance(error, InvalidCachedStatement)


def lost(reason: str, *, sql: str | None = None, code: str | None = None) -> ConnectionLost:
    """What a verb of a connection that is gone raises."""
    return ConnectionLost(f"the PostgreSQL connection {reason}; open another", sql=sql, code=code)


def translated(error: BaseException, sql: str, binds: Sequence[Any]) -> Exception:
    """An error that came out of asyncpg as one of the house, with asyncpg's own, without values, as its cause."""
    if isinstance(error, ActiveRecordError):
        if isinstance(error, DatabaseError):
            error.sql = sql
        return error
    if isinstance(error, PostgresError) and getattr(error, "severity", None) is not None:
        return _from_server(error, sql)
    if isinstance(error, TimeoutError):
        return lost("gave no answer in time", sql=sql)
    if isinstance(error, OSError) or (code := getattr(error, "sqlstate", None) or "").startswith("08"):
        return _caused(lost("was broken off", sql=sql, code=getattr(_root(error), "sqlstate", None)), error)
    if isinstance(error, OutdatedSchemaCache):
        return _caused(
            DatabaseError("a type was altered since the connection first saw it; run the statement again", sql=sql),
            error,
        )
    if code or not isinstance(error, InterfaceError | InternalClientError):
        return _from_library(error, sql, binds)
    return _caused(DatabaseError(f"asyncpg: {error.args[0]}", sql=sql), error)


def _from_server(error: Any, sql: str) -> Exception:
    code: str = error.sqlstate
    if is_stale(error):
        message = "the statement was prepared before the schema changed; run it, or its transaction, again"
        return _caused(SchemaChanged(message, sql=sql, code=code), scrubbed(error))
    kind = _KINDS.get(code) or _CLASSES.get(code[:2], DatabaseError)
    columns = _columns(error) if code != _NO_SUCH_COLUMN else _named_at(getattr(error, "position", None), sql)
    message = _message(error, kind)
    failure = kind(
        message,
        sql=sql,
        code=code,
        constraint=error.constraint_name,
        table=error.table_name,
        columns=columns,
    )
    return _caused(failure, scrubbed(error))


def _message(error: Any, kind: type[DatabaseError]) -> str:
    if kind is DataError:
        # The server quotes the value that it could not read.
        return f"the server cannot store or compute a value: {_condition(error)}"
    cure = _CURES.get(kind)
    return f"{error.args[0]}: {cure}" if cure else str(error.args[0])


def _condition(error: BaseException) -> str:
    """The standard's name of what went wrong: "string data right truncation"."""
    return _WORD.sub(" ", type(error).__name__.removesuffix("Error")).lower()


def scrubbed(error: Any) -> Exception:
    """The server's error without what quotes values: the values of a key, a row that failed, the place in a function."""
    error.detail = error.hint = error.context = error.internal_query = None
    if error.sqlstate.startswith("22"):
        error.args = (_condition(error),)
    found: Exception = error
    return found


def _columns(error: Any) -> tuple[str, ...]:
    if error.column_name is not None:
        return (error.column_name,)
    found = _KEY.match(error.detail or "") if error.sqlstate in ("23503", "23505") else None
    if found is None or (error.sqlstate == "23503" and not _is_of_child(error)):
        return ()
    return tuple([name[1:-1].replace('""', '"') if name[0] == '"' else name for name in _EACH.findall(found[1])])


def _named_at(position: str | None, sql: str) -> tuple[str, ...]:
    """The column that the text names at the place, counted from 1, where the server stopped reading it."""
    found = _PATH.match(sql, int(position) - 1) if position else None
    if found is None:
        return ()
    name: str = found["quoted"] or found["plain"].lower()
    return (name.replace('""', '"'),)


def _is_of_child(error: Any) -> bool:
    """Whether the key that is quoted is the foreign one.

    Where a parent may not go it is the parent's, and the table named at the end is the child's own.
    """
    last = _LAST_TABLE.search(error.detail)
    return last is not None and last[1].replace('""', '"') != error.table_name


def _from_library(error: BaseException, sql: str, binds: Sequence[Any]) -> Exception:
    """The library itself refused a bind, or could not read what is stored. Its message quotes the value."""
    message = str(error.args[0]) if error.args else ""
    found = _BIND.search(message) if isinstance(error, PostgresError) else None
    place = int(found[1]) if found else 0
    if not 1 <= place <= len(binds):
        return DataError(f"a value could not be sent or read: {type(error).__name__}", sql=sql)
    if isinstance(error.__cause__, DataError):
        # A codec of ours knows better, and quotes nothing.
        return DataError(f"bind {place} {error.__cause__}", sql=sql)
    kind = type(binds[place - 1]).__name__
    return DataError(f"bind {place}, of type {kind}, does not fit the type that the server expects there", sql=sql)


def _root(error: BaseException) -> BaseException:
    """The server's last word, where it had one before it went."""
    return error.__cause__ if isinstance(error.__cause__, PostgresError) else error


def _caused(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error
