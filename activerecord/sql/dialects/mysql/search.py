"""Full-text search on MySQL and MariaDB: MATCH over a FULLTEXT index."""

from activerecord.errors import QueryError
from activerecord.sql.compiler.search import Asked, Searches, searched
from activerecord.sql.reference import Reference
from activerecord.sql.search import Search, SearchRank

__all__ = ["MySQLSearch"]


class MySQLSearch(Searches):
    """`MATCH (columns) AGAINST (? IN BOOLEAN MODE)`."""

    def search_condition(self, search: Search) -> str:
        """Every word is told to be wanted."""
        return self._match(search)

    def search_order(self, rank: SearchRank) -> str:
        """The number that MATCH gives."""
        return self._match(rank)

    def _match(self, search: Asked) -> str:
        self.refuse_language(search)
        if not all(isinstance(column, Reference) for column in search.columns):
            raise QueryError("a search takes columns that have an index together, and no other expressions")
        columns = self.visit_all(search.columns)
        words = searched(self.dialect.dump_plain if search.is_raw else self._wanted, " ")
        return f"(MATCH ({columns}) AGAINST ({self.bind(search.binds[-1], words)} IN BOOLEAN MODE))"

    def _wanted(self, word: str) -> str:
        """In quotation marks nothing is an operator, and there are none in a word."""
        return f'+"{self.dialect.dump_plain(word)}"'
