"""Full-text search on SQLite: FTS5 tables."""

from activerecord.errors import QueryError
from activerecord.sql.compiler.search import Asked, Searches, searched
from activerecord.sql.reference import Reference
from activerecord.sql.search import Search, SearchRank

__all__ = ["SQLiteSearch"]


class SQLiteSearch(Searches):
    """`table MATCH ?`: an FTS5 table has a hidden column of its own name, which stands for all others."""

    def search_condition(self, search: Search) -> str:
        """The columns are named in the bind."""
        table, names = self._searched(search)
        quoted = " ".join([_quoted(name) for name in names])
        write = self.dialect.dump_plain if search.is_raw else _quoted
        words = searched(write, " ")
        place = self.bind(search.binds[-1], lambda asked: f"{{{quoted}}} : ({self.dialect.dump_plain(words(asked))})")
        return f"({table} MATCH {place})"

    def search_order(self, rank: SearchRank) -> str:
        """`-bm25(table)`: the best is the least there. The words are those of the condition."""
        table, _ = self._searched(rank)
        self.bind_parts(rank.binds[-1], [])
        return f"(-bm25({table}))"

    def _searched(self, search: Asked) -> tuple[str, list[str]]:
        self.refuse_language(search)
        names = [column.column for column in search.columns if isinstance(column, Reference)]
        sources = {column.source for column in search.columns if isinstance(column, Reference)}
        if len(names) != len(search.columns) or len(sources) != 1:
            raise QueryError("a search takes columns of one FTS5 table, and no other expressions")
        self.visit_all(search.columns)
        source = sources.pop()
        return f"{self.dialect.quote(source)}.{self.dialect.quote(self.table(source).name)}", names


def _quoted(text: str) -> str:
    """A string of FTS5's query language: nothing in it is an operator."""
    return '"' + text.replace('"', '""') + '"'
