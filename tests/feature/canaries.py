"""Two canaries in a database, texts that would let them out, and how to try these."""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from activerecord import (
    ActiveRecord,
    ActiveRecordError,
    Column,
    HasMany,
    Query,
    SyntaxError_,
    Undeclared,
    column,
    create_tables,
    has_many,
)
from activerecord.database import database
from activerecord.testing.queries import count_queries

__all__ = [
    "ATTACKS",
    "SONGS",
    "Canary",
    "Nest",
    "Perch",
    "Use",
    "Wild",
    "any_name",
    "any_number",
    "any_value",
    "attempt",
    "is_whole",
    "joined",
    "mend",
    "refused",
    "sing",
    "sing_in_memory",
    "unquoted",
]

Use = Callable[[str], Any]

ATTACKS = [
    'x" ; DROP TABLE canaries; --',
    "x' ; DROP TABLE canaries; --",
    "'); DELETE FROM canaries; --",
    '"); DELETE FROM canaries; --',
    "1; DROP TABLE canaries",
    "1 OR 1=1",
    "' OR '1'='1",
    'id"; --',
    "id) UNION SELECT song FROM canaries --",
    "*",
    "id, song",
    "canaries.song",
    "song desc; --",
    "song desc",
    "song /* ",
    "`; DROP TABLE canaries; --",
    "[song]",
    "count(*)",
    "(SELECT song FROM canaries)",
    "\\'; DROP TABLE canaries; --",
    "?",
    "??",
    ":song",
    "$1",
    "@song",
    "%",
    "_",
    "\\",
    "a\0b",
    "\n",
    "\ud800",
    "\u2019; DROP TABLE canaries; --",
    "rowid",
    "sqlite_master",
    "x" * 100_000,
    "__class__",
    "__dict__",
    "__init__",
    "_row",
    "None",
    "",
    " ",
]


class Canary(ActiveRecord):
    __table_name__ = "canaries"
    id: Column[int] = column(primary_key=True)
    song: Column[str]
    perches: HasMany["Perch"] = has_many(foreign_key="canary_id")


class Perch(ActiveRecord):
    __table_name__ = "perches"
    id: Column[int] = column(primary_key=True)
    canary_id: Column[int]


class Nest(ActiveRecord):
    """One row of values of each kind, which tests may write."""

    __table_name__ = "nests"
    id: Column[int] = column(primary_key=True)
    note: Column[str]
    data: Column[dict[str, Any]]
    tags: Column[list[str]]
    made: Column[dt.datetime]
    price: Column[Decimal]


class Wild(Undeclared):
    __table_name__ = "canaries"


SONGS: Query[Canary] = Canary.query().select("id", "song")


LEAP_DAY = dt.datetime(2024, 2, 29)  # noqa: DTZ001  # the column is naive


def sing_in_memory() -> None:
    """A database with two canaries."""
    ActiveRecord.configure("sqlite:///:memory:")
    sing()


NESTED: dict[str, Any] = {
    "note": "a",
    "data": {"a": [1]},
    "tags": ["b"],
    "made": LEAP_DAY,
    "price": Decimal("1.5"),
}


def sing() -> None:
    """The canaries, and a nest."""
    create_tables(Canary, Perch, Nest)
    Canary.insert_all([{"song": "tweet"}, {"song": "trill"}])
    Nest.create(**NESTED)


def mend() -> None:
    """The nest as it was."""
    Nest.where(id=1).update_all(NESTED)


def is_whole() -> bool:
    return (
        Canary.query().order_by("id").tuples() == [(1, "tweet"), (2, "trill")]
        and Perch.query().count() == 0
        and Nest.query().ids() == [1]
    )


def joined(source: Any) -> list[Any]:
    return Canary.query().join(source, source.id == Canary.id).order_by(source.id).pluck(source.id)


def refused(call: Callable[[], Any], *others: type[Exception]) -> Exception | None:
    """The error of the library, or one of these others, that a call raises; none where it gives an answer.

    What was given are data, so the engine must not find a mistake in the SQL.
    """
    try:
        call()
    except others as error:
        return error
    except SyntaxError_ as error:
        # MariaDB has no names that end with a blank
        if "Incorrect table name" not in str(error):
            raise
        return error
    except ActiveRecordError as error:
        return error
    return None


def attempt(use: Use, text: str, *others: type[Exception]) -> list[str]:
    """Use a text; the statements that were sent."""
    with count_queries(database()) as sent:
        refused(lambda: use(text), *others)
    return list(sent)


def unquoted(sql: str) -> str:
    """The text without the names in it, which may be anything as long as they are quoted."""
    return re.sub(r'"(?:[^"]|"")*"|`(?:[^`]|``)*`', "name", sql)


any_number = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
any_name = st.text() | st.text("\"'`[];-/*?:\\ ", max_size=8)
any_value = st.text() | st.text("\"'`[];-/*?:\\%_ ", min_size=1, max_size=8)
