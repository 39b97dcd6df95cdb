"""Windows that a query names, for several functions to share."""

from typing import Any, Self, TypeVar

from activerecord.errors import QueryError
from activerecord.query.shape import Shape
from activerecord.sql.expression import Expression, Ordering
from activerecord.sql.window import Frame, NamedWindow, Window, listed, window_name

__all__ = ["NamedWindows"]

R = TypeVar("R")


class NamedWindows(Shape[R]):
    """The verb that names a window."""

    __slots__ = ()

    def window(
        self,
        name: str,
        *,
        partition_by: "str | Expression[Any] | list[str | Expression[Any]] | tuple[str | Expression[Any], ...]" = (),
        order_by: "str | Expression[Any] | Ordering | list[Any] | tuple[Any, ...]" = (),
        frame: Frame | None = None,
    ) -> Self:
        """Rows for `fn.rank().over("w")` to look at: `... WINDOW "w" AS (PARTITION BY ... ORDER BY ...)`.

        Columns are given as to `order_by`. Raises QueryError for a name that is taken.
        """
        if any(isinstance(each, NamedWindow) and each.name == name for each in self._clauses.windows):
            raise QueryError(f"the query has a window {name!r} already")
        window = Window(
            None,
            tuple([self._column(each) for each in listed(partition_by)]),
            tuple([self._ordering(each) for each in listed(order_by)]),
            frame,
        )
        return self._told(windows=(*self._clauses.windows, NamedWindow(window_name(name), window)))
