"""Full-text search, which every engine has in a way of its own."""

from abc import abstractmethod
from collections.abc import Callable
from typing import Any

from activerecord.sql.compiler.templates import Templates
from activerecord.sql.search import Search, SearchRank

__all__ = ["Asked", "Searches", "searched"]

Asked = Search | SearchRank


class Searches(Templates):
    """The part of the compiler that writes searches."""

    def visit_search(self, search: Search) -> str:
        """Whether all words are found; without words, nothing is."""
        return self.search_condition(search) if search.has_words else "(1 = 0)"

    def visit_searchrank(self, rank: SearchRank) -> str:
        """How well the words are found."""
        return self.search_order(rank) if rank.has_words else "(0.0 + 0)"

    @abstractmethod
    def search_condition(self, search: Search) -> str:
        """Whether all words are found."""

    @abstractmethod
    def search_order(self, rank: SearchRank) -> str:
        """How well the words are found."""

    def refuse_language(self, search: Asked) -> None:
        """Raise NotSupported where a language is asked for."""
        if search.language is not None:
            raise self.unsupported("searches in a language", "leave language= out: the index decides what a word is")


def searched(write: Callable[[str], str], joint: str) -> Callable[[Any], str]:
    """The dump of a search's bind: each word as it is written, joined; of a raw one, the only one."""
    return lambda asked: joint.join([write(word) for word in asked[0]])
