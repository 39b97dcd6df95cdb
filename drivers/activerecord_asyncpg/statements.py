"""The statements that the server has read on one connection, kept for the next time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from activerecord.errors import SyntaxError_, UsageError, WrongBinds
from activerecord_asyncpg.binds import Adapter, adapted, adapters
from activerecord_asyncpg.library import PreparedStatement
from activerecord_asyncpg.wire import Wire

__all__ = ["Prepared", "Statements"]

# Characters: a longer text is a literal full of data, which does not come again.
_LONGEST = 15_000

# A COPY from or to us: asyncpg waits for ever for the end of the one, and throws away what comes of the other.
_COPY = re.compile(
    r"(?:\s|--[^\n]*\n|/\*.*?\*/)*COPY\b.*\b(?:FROM\s+STDIN|TO\s+STDOUT)\b", re.IGNORECASE | re.ASCII | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement that the server has read, with what it said of it. `width` is the number of its binds."""

    statement: PreparedStatement
    columns: tuple[str, ...]
    width: int
    looks: tuple[tuple[int, frozenset[type], Adapter], ...]

    def binds(self, sql: str, given: Sequence[Any]) -> Sequence[Any]:
        """The binds as asyncpg may have them. Raises WrongBinds, DataError."""
        if len(given) != self.width:
            raise WrongBinds(f"{len(given)} binds do not fit the statement, which has {self.width}: {sql[:200]}")
        return adapted(self.looks, given) if self.looks else given


class Statements:
    """At most `capacity` of them; the one that was not used for longest goes first.

    What one connection of the process finds out of date, the others read again as well: work that is run again may come to
    any of them.
    """

    _era: ClassVar[int] = 0

    def __init__(self, wire: Wire, capacity: int) -> None:
        self._wire = wire
        self._capacity = capacity
        self._kept: dict[str, Prepared] = {}
        self._kept_in = Statements._era

    def kept(self, sql: str) -> Prepared | None:
        """The statement, if the server has read it before."""
        if self._kept_in != Statements._era:
            self._kept_in = Statements._era
            self._kept.clear()
        found = self._kept.pop(sql, None)
        if found is not None:
            self._kept[sql] = found
        return found

    async def prepared(self, sql: str) -> Prepared:
        """The statement, read by the server now if it was not before."""
        found = self.kept(sql)
        if found is None:
            # A text that is not kept takes the place of the last one of its kind on the server.
            found = await self.fresh(sql, name="" if self._capacity and len(sql) > _LONGEST else None)
            self._keep(sql, found)
        return found

    def _keep(self, sql: str, found: Prepared) -> None:
        if self._capacity and len(sql) <= _LONGEST:
            self._kept[sql] = found
            if len(self._kept) > self._capacity:
                # asyncpg tells the server when it is freed.
                del self._kept[next(iter(self._kept))]

    def forget(self) -> None:
        """Have every statement read again, on every connection."""
        Statements._era += 1

    async def fresh(self, sql: str, *, name: str | None = None) -> Prepared:
        """The statement, read by the server now whether it was before or not."""
        _check(sql)
        statement = await self._wire.prepare(sql, name=name)
        kinds = statement.get_parameters()
        columns = tuple([attribute.name for attribute in statement.get_attributes()])
        return Prepared(statement, columns, len(kinds), adapters(kinds))


def _check(sql: str) -> None:
    """Refuse what would end the connection: asyncpg or the server loses its place in the protocol."""
    if "\0" in sql:
        raise SyntaxError_("the text of the statement has a NUL character", sql=sql)
    if _COPY.match(sql):
        raise UsageError("COPY ... FROM STDIN and TO STDOUT are no statements with rows: use execute_many, or a query")
    if not sql.isascii():
        try:
            sql.encode()
        except UnicodeEncodeError:
            raise SyntaxError_("the text of the statement has lone surrogates, which UTF-8 does not have") from None
