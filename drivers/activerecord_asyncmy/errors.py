"""MySQL's and MariaDB's answers as errors of the house, told apart by error numbers and never by the text of a message."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from asyncmy.errors import MySQLError

from activerecord.errors import (
    CheckViolation,
    ConnectionFailed,
    ConnectionLost,
    DatabaseError,
    DataError,
    Deadlock,
    ForeignKeyViolation,
    IntegrityError,
    LockTimeout,
    NotNullViolation,
    ReadOnly,
    SerializationFailure,
    StatementTimeout,
    SyntaxError_,
    UniqueViolation,
)
from activerecord_asyncmy.wire import LibraryError, ServerError

__all__ = ["ENDS", "STOPPED", "UNPREPARABLE", "failed", "interrupted", "lost", "translated", "unreadable"]

Failure = TypeVar("Failure", bound=DatabaseError)

# KILL QUERY, or somebody else's KILL.
STOPPED = 1317
UNPREPARABLE = 1295

# After these the server has closed the connection, or is about to: it is shutting down, the session was killed, a packet
# could not be read, or (1153) was too large, or the node has left its cluster.
ENDS = frozenset({1047, 1053, 1079, 1080, 1152, 1153, *range(1154, 1162), 1184, 1927, 3169, 4031})

_NUMBERS: dict[type[DatabaseError], Iterable[int]] = {
    UniqueViolation: (1022, 1062, 1169, 1586, 1859),
    ForeignKeyViolation: (1216, 1217, 1451, 1452, 1761, 1762),
    NotNullViolation: (1048, 1138, 1263, 1364, 1566),
    CheckViolation: (3819, 4025),
    Deadlock: (1213, 1614, 3058),
    # The last one: of the lock on the next key of a table. A BIGINT UNSIGNED that has no more keys gives it too.
    LockTimeout: (1205, 3572, 1467),
    # A row has changed since the snapshot; a table has; the cluster found a conflict.
    SerializationFailure: (1020, 1412, 3101),
    StatementTimeout: (1969, 3024),
    ReadOnly: (1223, 1290, 1792, 1836),
    DataError: (
        *(167, 1153, 1242, 1264, 1265, 1292, 1300, 1301, 1365, 1366, 1367, 1406, 1411, 1416, 1441, 1525, 1690),
        *range(3140, 3160),
        *range(4036, 4046),
    ),
    SyntaxError_: (
        *(
            1050,
            1051,
            1052,
            1054,
            1055,
            1056,
            1060,
            1061,
            1063,
            1064,
            1065,
            1066,
            1067,
            1068,
            1070,
            1072,
            1091,
            1102,
            1103,
        ),
        *(
            1109,
            1110,
            1111,
            1113,
            1115,
            1128,
            1136,
            1140,
            1146,
            1149,
            1166,
            1176,
            1193,
            1222,
            1231,
            1235,
            1239,
            1241,
            1247,
        ),
        *(1248, 1273, 1304, 1305, 1318, 1327, 1347, 1359, 1360, 1582, 1583, 1584, 1630, 3065, 3730, 4161),
    ),
    ConnectionLost: ENDS - {1153},
}
_KINDS = {number: kind for kind, numbers in _NUMBERS.items() for number in numbers}

# Messages that quote values, from the statement or from the table.
_QUOTING = frozenset({1022, 1062, 1169, 1292, 1300, 1366, 1367, 1411, 1525, 1586, 1690, 1761, 1762, 1859})
# Messages that quote names and nothing else, whatever was bound.
_SAFE = frozenset(
    {
        *(
            1020,
            1047,
            1048,
            1052,
            1053,
            1054,
            1138,
            1146,
            1205,
            1213,
            1216,
            1217,
            1242,
            1264,
            1265,
            1267,
            1270,
            1271,
            1290,
            1317,
            1364,
            1365,
            1390,
            1406,
            1412,
        ),
        *(167, 1451, 1452, 1461, 1467, 1615, 1792, 1836, 1927, 1969, 3024, 3572, 3819, 4025),
    }
)

_MESSAGES: dict[type[DatabaseError], str] = {
    UniqueViolation: "another row has these values already",
    DataError: "the server cannot take a value",
}
_CURES: dict[type[DatabaseError] | int, str] = {
    1191: "a search needs a FULLTEXT index over just the columns that it names",
    1467: "another statement held the lock on new keys for too long, and the transaction may be run again; or none are left",
    LockTimeout: "another connection holds the lock; run the transaction again",
    Deadlock: "run the transaction again",
    SerializationFailure: "run the transaction again",
}


@dataclass(frozen=True, slots=True)
class _Names:
    constraint: str | None = None
    table: str | None = None
    columns: tuple[str, ...] = ()


# Where a message has names. Each stands after all that a value could be, or the message quotes no value; a name with a
# quotation mark in it is not found, and never taken for another.
_KEY = re.compile(r" for key '(?:(?P<table>[^'.]+)\.)?(?P<constraint>[^'.]+)'\Z")
_COLUMN = re.compile(r"(?:\A|for )(?:Column|Field|column) '(?P<column>[^']+)'")
_PLACE = re.compile(r" for column (?:`[^`]*`\.`(?P<table>[^`]*)`\.)?[`'](?P<column>[^`']+)[`'] at row \d+\Z")
_CHECK = re.compile(
    r"\A(?:CONSTRAINT `(?P<constraint>[^`]+)` failed for `[^`]*`\.`(?P<table>[^`]+)`"
    r"|Check constraint '(?P<named>[^']+)' is violated\.)\Z"
)
_FOREIGN = re.compile(
    r"\(`[^`]*`\.`(?P<table>[^`]+)`, CONSTRAINT `(?P<constraint>[^`]+)` FOREIGN KEY \((?P<columns>`[^`]+`(?:, `[^`]+`)*)\)"
)
_PATTERNS: dict[type[DatabaseError], tuple[re.Pattern[str], ...]] = {
    UniqueViolation: (_KEY,),
    ForeignKeyViolation: (_FOREIGN,),
    NotNullViolation: (_COLUMN,),
    CheckViolation: (_CHECK,),
    DataError: (_PLACE, _COLUMN),
}


def lost(reason: str) -> ConnectionLost:
    """What a verb of a connection that is gone raises."""
    return ConnectionLost(f"the MySQL connection {reason}; open another")


def interrupted(sql: str) -> DatabaseError:
    """The end of a statement that was told to stop."""
    return DatabaseError("the statement was stopped", sql=sql, code=str(STOPPED))


def unreadable(failure: LibraryError, sql: str) -> DatabaseError:
    """What becomes of a failure that no server sent: the link broke, or an answer was not what asyncmy can read."""
    error = failure.error
    if isinstance(error, (ValueError, ArithmeticError)):
        # Its text may be that of the value.
        return DataError("asyncmy cannot read a value of the answer, such as a day that no month has", sql=sql)
    code = str(error.args[0]) if isinstance(error, MySQLError) and error.args else None
    return _caused(ConnectionLost("the MySQL connection was lost", sql=sql, code=code), error)


def failed(error: Exception, where: str) -> ConnectionFailed:
    """Why a connection could not be opened."""
    if isinstance(error, ServerError | LibraryError):
        error = error.error
    code = str(error.args[0]) if isinstance(error, MySQLError) and error.args else None
    if isinstance(error, TimeoutError):
        reason = "it did not answer in time"
    else:
        reason = str(error.args[-1] if error.args else error) or type(error).__name__
    return _caused(ConnectionFailed(f"cannot connect to {where}: {reason}", code=code), error)


def translated(refusal: ServerError, sql: str) -> DatabaseError:
    """A server's error as one of the house, with asyncmy's own as its cause, or a copy of it where that quotes a value."""
    number, cause = refusal.number, refusal.error
    text = str(cause.args[1])
    kind = _KINDS.get(number, DatabaseError)
    names = _names(kind, text)
    if number in _QUOTING or (refusal.bound and number not in _SAFE):
        text = _without_values(kind, names)
        cause = type(cause)(number, text)
    cure = _CURES.get(number) or _CURES.get(kind)
    failure = kind(
        f"{text}: {cure}" if cure else text,
        sql=sql,
        code=str(number),
        constraint=names.constraint,
        table=names.table,
        columns=names.columns,
    )
    return _caused(failure, cause)


def _without_values(kind: type[DatabaseError], names: _Names) -> str:
    text = _MESSAGES.get(kind, "the server could not run the statement with these values")
    if names.constraint:
        return f"{text}: the key is {names.constraint!r}"
    return f"{text}: the column is {names.columns[0]!r}" if names.columns else text


def _names(kind: type[DatabaseError], text: str) -> _Names:
    if not issubclass(kind, IntegrityError | DataError):
        return _Names()
    for pattern in _PATTERNS.get(kind, ()):
        if found := pattern.search(text):
            groups = found.groupdict()
            columns = groups.get("columns") or ""
            one = groups.get("column")
            return _Names(
                groups.get("constraint") or groups.get("named"),
                groups.get("table"),
                (one,) if one else tuple(re.findall(r"`([^`]+)`", columns)),
            )
    return _Names()


def _caused(failure: Failure, cause: BaseException) -> Failure:
    failure.__cause__ = cause
    return failure
