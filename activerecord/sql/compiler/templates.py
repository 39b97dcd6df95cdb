"""Texts from templates, in which a part may stand several times though its values are counted once."""

import re
from collections.abc import Callable

from activerecord.sql.compiler.expressions import Expressions

__all__ = ["Templates", "Texts"]

Texts = dict[str, Callable[[], str]]

_PLACE = re.compile(r"\{(\w+)\}")


class Templates(Expressions):
    """The part of the compiler that fills templates."""

    def repeated(self, write: Callable[[], str]) -> Callable[[], str]:
        """What writes a text where it is called first, and gives the same text again wherever it is called later."""
        again: Callable[[], str] | None = None

        def text() -> str:
            nonlocal again
            if again is not None:
                return again()
            written, again = self.write_twice(write)
            return written

        return text

    def filled(self, template: str, **texts: Callable[[], str]) -> str:
        """The template with each `{name}` replaced, from left to right, by what is called for."""
        return _PLACE.sub(lambda found: texts[found[1]](), template)
