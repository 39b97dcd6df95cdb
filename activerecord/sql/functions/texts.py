"""Functions of texts."""

import re
from typing import Any, TypeVar

from activerecord.errors import QueryError
from activerecord.sql.call import Function, called, counted
from activerecord.sql.expression import Expression, Selectable, is_expression
from activerecord.types import Integer, Text

__all__ = ["Texts"]

S = TypeVar("S", bound="str | None")

# What not every engine takes in a text.
_UNSENT = re.compile("[\0\ud800-\udfff]")


class Texts:
    """Functions of texts. NULL gives NULL."""

    def lower(self, text: "S | Expression[S]") -> Function[S]:
        """In small letters; SQLite knows those of ASCII."""
        return called("lower", text, type=Text())

    def upper(self, text: "S | Expression[S]") -> Function[S]:
        """In capitals; SQLite knows those of ASCII."""
        return called("upper", text, type=Text())

    def trim(self, text: "S | Expression[S]") -> Function[S]:
        """Without the blanks at both ends."""
        return called("trim", text, type=Text())

    def ltrim(self, text: "S | Expression[S]") -> Function[S]:
        """Without the blanks at the beginning."""
        return called("ltrim", text, type=Text())

    def rtrim(self, text: "S | Expression[S]") -> Function[S]:
        """Without the blanks at the end."""
        return called("rtrim", text, type=Text())

    def length(self, text: "str | Expression[Any]") -> Function[int]:
        """The number of characters."""
        return called("length", text, type=Integer())

    def replace(
        self, text: "S | Expression[S]", old: "str | Expression[str]", new: "str | Expression[str]"
    ) -> Function[S]:
        """With every `old` in it replaced by `new`."""
        return called("replace", text, old, new, type=Text())

    def substr(
        self, text: "S | Expression[S]", start: "int | Expression[int]", length: "int | Expression[int] | None" = None
    ) -> Function[S]:
        """From the character `start`, counted from 1, to the end, or `length` characters of that."""
        rest = () if length is None else (_place(length),)
        return called("substr", text, _place(start), *rest, type=Text())

    def concat(self, first: "str | Expression[Any]", *others: "str | int | Expression[Any]") -> Function[str]:
        """Joined to one text; NULL where one of them is, on every engine."""
        return called("concat", first, *others, type=Text())

    def string_agg(
        self,
        text: "Expression[Any]",
        separator: str = ",",
        *,
        distinct: bool = False,
        order_by: Any = (),
    ) -> "Function[str | None]":
        """The texts of all rows in one, NULLs left out: `string_agg(...)`, or `GROUP_CONCAT(...)`.

        `order_by` is not for SQLite, where the order is that of the rows, nor is `distinct` with another separator than a
        comma: they raise NotSupported. MySQL cuts the text off at its `group_concat_max_len`.
        """
        if not isinstance(separator, str) or _UNSENT.search(separator):
            raise QueryError("the separator is a text without NUL characters and halves of surrogate pairs")
        made = called("string_agg", text, separator, distinct=distinct, order_by=order_by)
        return Function(
            "string_agg", made.arguments, distinct=distinct, type=Text(), orders=made.orders, written=separator
        )

    def group_concat(
        self,
        text: "Expression[Any]",
        separator: str = ",",
        *,
        distinct: bool = False,
        order_by: Any = (),
    ) -> "Function[str | None]":
        """As `string_agg`."""
        return self.string_agg(text, separator, distinct=distinct, order_by=order_by)


def _place(given: Any) -> Any:
    if is_expression(given) or isinstance(given, Selectable):
        return given
    return counted(given, "the place of a character", 1 - (1 << 31))
