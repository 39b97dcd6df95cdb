"""The tree of errors. Each says what happened, with what, and how to cure it; none carries a value that was bound.

ActiveRecordError
├── ConfigurationError           a connection's configuration cannot be used
│   └── MissingDriver            the package of a driver is not installed
├── UsageError                   the library was called in a way that cannot work
│   ├── NoSuchAttribute          a name that a model or a record does not have
│   ├── SyncInLoop               a sync verb under a running event loop
│   ├── ColumnNotLoaded          a value was read that the record does not have
│   └── RelationNotLoaded        a relation was read before it was loaded
├── QueryError                   a query that cannot be sent
│   ├── UnknownColumn
│   ├── UnknownRelation
│   ├── UnknownTable
│   ├── WrongBinds               the number or names of the binds do not fit the text
│   ├── InvalidCursor            a cursor of pages that is damaged, or of another query
│   └── InvalidValue             a value that its column does not take
├── RecordNotFound
├── StaleRecord                  the row has changed or gone since it was read
├── TransactionClosed            the transaction was left already
├── PoolTimeout                  no connection became free in time
├── DeadlineExceeded             a verb or a scope took longer than it was given; also a TimeoutError
└── DatabaseError                the server's answer, or its silence
    ├── IntegrityError
    │   ├── UniqueViolation, ForeignKeyViolation, NotNullViolation, CheckViolation
    │   └── DeleteRestricted     others lead to the record, and their relation forbids its delete
    ├── RetryableError           the whole unit of work may be run again
    │   ├── SerializationFailure, Deadlock, LockTimeout
    │   └── SchemaChanged        a table was altered since it was read, or the statement since it was prepared
    ├── StatementTimeout
    ├── ConnectionLost
    │   └── ConnectionFailed     a connection could not be opened
    ├── OutcomeUnknown           whether COMMIT happened cannot be told
    ├── ReadOnly
    ├── DataError
    │   └── UnknownType          a row of a polymorphic relation names a model that the relation does not know
    └── SyntaxError_
"""

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = [
    "ActiveRecordError",
    "CheckViolation",
    "ColumnNotLoaded",
    "ConfigurationError",
    "ConnectionFailed",
    "ConnectionLost",
    "DataError",
    "DatabaseError",
    "DeadlineExceeded",
    "Deadlock",
    "DeleteRestricted",
    "ForeignKeyViolation",
    "IntegrityError",
    "InvalidCursor",
    "InvalidValue",
    "LockTimeout",
    "MissingDriver",
    "NoSuchAttribute",
    "NotNullViolation",
    "NotSupported",
    "OutcomeUnknown",
    "PoolTimeout",
    "QueryError",
    "ReadOnly",
    "RecordNotFound",
    "RelationNotLoaded",
    "RetryableError",
    "SchemaChanged",
    "SerializationFailure",
    "StaleRecord",
    "StatementTimeout",
    "StrictLoadingViolation",
    "SyncInLoop",
    "SyntaxError_",
    "TransactionClosed",
    "UniqueViolation",
    "UnknownColumn",
    "UnknownRelation",
    "UnknownTable",
    "UnknownType",
    "UsageError",
    "WrongBinds",
    "nearest",
]


class ActiveRecordError(Exception):
    """The root: catch it to catch all that this library raises by itself."""


class ConfigurationError(ActiveRecordError):
    """A configuration names something that does not exist or has a value that cannot be used."""


class MissingDriver(ConfigurationError):
    """The configuration needs a package that is not installed; the message names the extra."""


class UsageError(ActiveRecordError):
    """The library was called in a way that cannot work, whatever the data."""


class NoSuchAttribute(UsageError, AttributeError):
    """A name that a model, a record or `fn` does not have; an AttributeError, so that `hasattr` and `getattr` work as ever."""


class SyncInLoop(UsageError):
    """A sync verb was called in a thread whose event loop is running, which it would block."""


class ColumnNotLoaded(UsageError):
    """A value was read that the record does not have: its column was neither selected nor assigned."""


class RelationNotLoaded(UsageError):
    """A relation was read before it was loaded, where nothing may be loaded behind the reader's back."""


class StrictLoadingViolation(RelationNotLoaded):
    """A relation would have been loaded later than its record, which the query, the model or the process forbids."""


class QueryError(ActiveRecordError):
    """A query that cannot be sent as it stands."""


class NotSupported(QueryError):
    """Something that the engine at hand does not have; the message says what to do instead. Nothing was sent."""


class UnknownColumn(QueryError):
    """A column that its table does not have; the message names the nearest."""


class UnknownRelation(QueryError):
    """A relation that its model does not have; the message names the nearest."""


class UnknownTable(QueryError):
    """A table that the database does not have; the message names the nearest."""


class WrongBinds(QueryError):
    """The number or the names of the binds do not fit the text that they belong to."""


class InvalidCursor(QueryError, ValueError):
    """A cursor that is damaged, or of another query, order or secret. The message never holds it. Nothing was sent."""


class InvalidValue(QueryError, ValueError):
    """A value that its column does not take. The message names the types, never the value."""


class RecordNotFound(ActiveRecordError):
    """No row has the key, or fits the conditions, that was asked for."""


class StaleRecord(ActiveRecordError):
    """The row that a record stands for has changed or gone since it was read."""


class TransactionClosed(ActiveRecordError):
    """A statement came to a transaction that was left already, or that is dead; the message says where it was opened."""


class PoolTimeout(ActiveRecordError):
    """No connection became free within `acquire_timeout`; the message names who holds them."""


class DeadlineExceeded(ActiveRecordError, TimeoutError):
    """A verb, a scope or a statement took longer than it was given, and was stopped; the message says what, and how long.

    What was under way was stopped in the database, as by a cancellation. How it was broken off is the `__cause__`.
    """


class DatabaseError(ActiveRecordError):
    """What the server refused, or the loss of the server. The driver's own error is the `__cause__`.

    `sql` is the statement's text, without its values. `constraint`, `table` and `columns` are filled in where the
    engine tells them; `code` is the engine's own code (SQLSTATE, errno, SQLite's result code by name).
    """

    def __init__(
        self,
        message: str,
        *,
        sql: str | None = None,
        code: str | None = None,
        constraint: str | None = None,
        table: str | None = None,
        columns: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.sql = sql
        self.code = code
        self.constraint = constraint
        self.table = table
        self.columns = columns


class IntegrityError(DatabaseError):
    """A constraint of the schema forbids the statement."""


class UniqueViolation(IntegrityError):
    """Another row has the same values in columns that are unique together."""


class ForeignKeyViolation(IntegrityError):
    """A row refers to one that does not exist, or is still referred to."""


class NotNullViolation(IntegrityError):
    """A column that must have a value was given none."""


class CheckViolation(IntegrityError):
    """A row does not fit a CHECK of its table."""


class DeleteRestricted(IntegrityError):
    """Records lead to the one that was to be deleted, by a relation with `dependent="restrict"`; the message names it.

    The library asked before it deleted anything, so there is no `sql`.
    """


class RetryableError(DatabaseError):
    """The unit of work failed because of others at work: run again as a whole, it may succeed."""


class SerializationFailure(RetryableError):
    """The isolation level could not be kept up."""


class Deadlock(RetryableError):
    """Two transactions waited for each other; this one was chosen to give way."""


class LockTimeout(RetryableError):
    """A lock was not free, or did not become free in time."""


class SchemaChanged(RetryableError):
    """A table was altered since it was read, or since the server had read the statement; nothing of that was done.

    What was known of it has been given up, so what is run again finds the table as it is.
    """


class StatementTimeout(DatabaseError):
    """A statement took longer than it was allowed to."""


class ConnectionLost(DatabaseError):
    """The connection ended in the middle of its work."""


class ConnectionFailed(ConnectionLost):
    """A connection could not be opened; nothing was sent."""


class OutcomeUnknown(DatabaseError):
    """COMMIT was sent and its answer never came: the work is either there as a whole or not at all."""


class ReadOnly(DatabaseError):
    """A write came to a database, a file or a transaction that only takes reads."""


class DataError(DatabaseError):
    """The server cannot store or compute a value."""


class UnknownType(DataError):
    """A row names, as the model of the record that it leads to, one that its relation does not know; the message says which.

    It comes of the row, not of the server, so there is no `sql`.
    """


class SyntaxError_(DatabaseError):  # noqa: N801  # without the underscore it would hide the built-in
    """The server cannot read the text of the statement, or does not know a name in it."""


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown name: the most similar known one, or all of them when they are few."""
    candidates = sorted({*known})
    match = get_close_matches(name, candidates, n=1, cutoff=0.6)
    if not match:
        folded = {candidate.casefold(): candidate for candidate in candidates}
        match = [folded[found] for found in get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)]
    if match:
        return f"did you mean {match[0]!r}?"
    if not candidates:
        return "there are none"
    shown = ", ".join(repr(candidate) for candidate in candidates[:12])
    return f"known: {shown}" + (", ..." if len(candidates) > 12 else "")
