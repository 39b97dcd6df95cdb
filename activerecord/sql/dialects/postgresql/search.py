"""Full-text search on PostgreSQL: tsvector and tsquery."""

from typing import Any

from activerecord.sql.compiler.search import Asked, Searches, searched
from activerecord.sql.expression import Expression
from activerecord.sql.search import Search, SearchRank
from activerecord.types import Unknown

__all__ = ["PostgreSQLSearch"]


class PostgreSQLSearch(Searches):
    """`to_tsvector($1::regconfig, column) @@ plainto_tsquery($1::regconfig, $2)`."""

    def search_condition(self, search: Search) -> str:
        """`document @@ words`."""
        document, words = self._asked(search)
        return f"({document} @@ {words})"

    def search_order(self, rank: SearchRank) -> str:
        """`ts_rank(document, words)`."""
        document, words = self._asked(rank)
        return f"ts_rank({document}, {words})::double precision"

    def _asked(self, search: Asked) -> tuple[str, str]:
        columns = [self.operand(column) for column in search.columns]
        dump = self.dialect.dump_plain
        places = self.bind_parts(search.binds[-1], [searched(dump, " "), lambda asked: asked[1]])
        words, language = [place() for place in places]
        config = f"{language}::regconfig"
        query = f"{'to_tsquery' if search.is_raw else 'plainto_tsquery'}({config}, {words}::text)"
        return self._document(search.columns, columns, config), query

    def _document(self, columns: tuple[Expression[Any], ...], texts: list[str], config: str) -> str:
        """The words of all columns; a column whose type is not known is a tsvector already."""
        if len(columns) == 1 and isinstance(self.type_of(columns[0]), Unknown):
            return texts[0]
        whole = texts[0] if len(texts) == 1 else " || ' ' || ".join([f"coalesce({text}, '')" for text in texts])
        return f"to_tsvector({config}, {whole})"
