"""Opening a database with Python's sqlite3: what every connection is set to before its first statement."""

import random
import sqlite3
import time
from collections.abc import Callable

from activerecord.errors import ConnectionFailed, LockTimeout
from activerecord_sqlite3.cursor import OpenQueries, Raw
from activerecord_sqlite3.settings import Settings

__all__ = ["LOOK", "has_log", "open_database"]

# Instructions of SQLite's virtual machine between two looks at the flag of a cancellation. About 0.6 ms of a plain
# scan, so a statement ends well within the second that callers are promised, while the look, one Python call that needs
# the GIL, cannot be measured. With 10,000 a scan took twelve times as long while another thread held the GIL.
LOOK = 100_000

# Seconds to wait before asking again for another journal mode, which needs the file alone for a moment.
_PAUSES = (0.002, 0.01, 0.03)


def open_database(settings: Settings, is_over: Callable[[], bool]) -> Raw:
    """A connection that commits each statement by itself, waits for no lock, and stops a statement when it `is_over()`.

    It may be used from any thread, but by one at a time. Raises ConnectionFailed, naming the database, and LockTimeout
    where another connection has it for itself just now, as the first one does that opens it and the last that closes it.
    """
    try:
        raw = sqlite3.connect(
            settings.target,
            uri=True,
            timeout=0,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=settings.cached_statements,
            factory=Raw,
        )
    except (sqlite3.Error, ValueError) as error:
        raise _failed(settings, error) from error
    raw.queries = OpenQueries()
    try:
        _prepare(raw, settings)
    except sqlite3.Error as error:
        raw.close()
        raise _failed(settings, error) from error
    except BaseException:
        raw.close()
        raise
    raw.set_progress_handler(is_over, LOOK)
    return raw


def has_log(raw: Raw) -> bool:
    """Whether what is written goes to a log first, so that a read goes on whatever others write."""
    return bool(raw.execute("PRAGMA journal_mode").fetchone() == ("wal",))


def _prepare(raw: sqlite3.Connection, settings: Settings) -> None:
    raw.execute(f"PRAGMA foreign_keys = {'ON' if settings.foreign_keys else 'OFF'}")
    if not settings.in_memory:
        if not settings.read_only:
            _put_in_journal_mode(raw, settings.journal_mode)
        _require_readable(raw)
    if settings.synchronous is not None:
        raw.execute(f"PRAGMA synchronous = {settings.synchronous}")


def _put_in_journal_mode(raw: sqlite3.Connection, mode: str) -> None:
    """Change the file's journal mode where that is possible: a file that cannot be changed stays as it is."""
    for pause in (*_PAUSES, None):
        try:
            raw.execute(f"PRAGMA journal_mode = {mode}")
            return
        except sqlite3.Error as error:
            if pause is None or not _is_busy(error):
                return
        # Two connections that ask at the same time each stand in the other's way.
        time.sleep(pause * random.uniform(0.5, 1.5))


def _require_readable(raw: sqlite3.Connection) -> None:
    """Opening reads nothing, so the first look at the file tells whether it is a database at all."""
    try:
        raw.execute("PRAGMA schema_version")
    except sqlite3.Error as error:
        if not _is_busy(error):
            raise


def _is_busy(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _failed(settings: Settings, error: Exception) -> ConnectionFailed | LockTimeout:
    kind = LockTimeout if isinstance(error, sqlite3.Error) and _is_busy(error) else ConnectionFailed
    return kind(
        f"cannot open the SQLite database {settings.database!r}: {error}",
        code=getattr(error, "sqlite_errorname", None),
    )
