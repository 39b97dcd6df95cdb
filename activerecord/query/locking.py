"""What a query says to the server beside what it asks for: locks, hints, comments."""

import re
from collections.abc import Iterable
from typing import Any, Self, TypeVar, cast

from activerecord.errors import QueryError
from activerecord.mapper import Mapper
from activerecord.query.clauses import QueryCore
from activerecord.query.named import Named
from activerecord.sql.statement import Lock

__all__ = ["Locking"]

R = TypeVar("R")


class Locking(QueryCore[R]):
    """The verbs for locks, hints and comments."""

    __slots__ = ()

    def for_update(self, *, of: Any = (), nowait: bool = False, skip_locked: bool = False) -> Self:
        """Have nobody else write or lock the rows until the transaction ends: `... FOR UPDATE`.

        `of` names the models whose rows are meant where several are joined (PostgreSQL, MySQL). Where a row is locked,
        `nowait` raises LockTimeout and `skip_locked` leaves it out. Reading raises UsageError outside a transaction, and
        NotSupported on SQLite, where a transaction that may write has the database to itself.
        """
        return self._locked(shared=False, of=of, nowait=nowait, skip_locked=skip_locked)

    def for_share(self, *, of: Any = (), nowait: bool = False, skip_locked: bool = False) -> Self:
        """Have nobody else write the rows until the transaction ends, though others may lock them so too: `... FOR SHARE`."""
        return self._locked(shared=True, of=of, nowait=nowait, skip_locked=skip_locked)

    def hint(self, *hints: str) -> Self:
        """Words for the optimizer, which are the engine's own: `SELECT /*+ MAX_EXECUTION_TIME(100) */ ...`.

        MySQL knows them, PostgreSQL with pg_hint_plan, MariaDB passes over most; SQLite raises NotSupported. They become
        a part of the text, so they come from the program, never from its users. Raises QueryError for what would end the
        comment that they stand in.
        """
        return self._told(hints=self._clauses.hints + tuple([_comment(hint, "hint") for hint in hints]))

    def comment(self, *comments: str) -> Self:
        """Words for whoever reads the server's logs: `SELECT ... /* checkout */`.

        Each text is another statement for the caches, here and on the server, so name places in the program and not requests.
        Raises QueryError for what would end the comment.
        """
        return self._told(comments=self._clauses.comments + tuple([_comment(text, "comment") for text in comments]))

    def _locked(self, *, shared: bool, of: Any, nowait: bool, skip_locked: bool) -> Self:
        if nowait and skip_locked:
            raise QueryError("a locked row is either skipped or an error: nowait or skip_locked, not both")
        listed = tuple(cast("Iterable[Any]", of)) if isinstance(of, tuple | list) else (of,)
        return self._told(lock=Lock(shared, tuple([_source_name(each) for each in listed]), nowait, skip_locked))


def _source_name(of: Any) -> str:
    if isinstance(of, Named):
        return of.__name__
    mapper = getattr(of, "__mapper__", None)
    if isinstance(mapper, Mapper):
        return mapper.source_name
    if not isinstance(of, str) or not of:
        raise QueryError(f"of= takes models, aliases or names of tables, got {type(of).__name__}")
    return of


# Printable, and without the signs that begin or end a comment, or that a client may take for a placeholder or a quote.
_PLAIN = re.compile(r"[^\x00-\x1f\x7f?%:;'\"`\\$#]+")


def _comment(text: object, what: str) -> str:
    if not isinstance(text, str) or not _PLAIN.fullmatch(text) or "*/" in text or "/*" in text or "--" in text:
        raise QueryError(
            f"a {what} is a text on one line, without /*, */, --, quotes, backslashes or any of ? % : ; $ #"
        )
    return text.strip()
