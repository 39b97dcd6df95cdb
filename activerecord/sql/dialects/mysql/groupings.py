"""Groupings of MariaDB and MySQL, which know one way to take several at once: `GROUP BY a, b WITH ROLLUP`."""

from activerecord.sql.compiler.statements import Statements
from activerecord.sql.compiler.windows import WindowClauses
from activerecord.sql.grouping import GroupingSets
from activerecord.sql.statement import Select

__all__ = ["MariaDBGroupings", "MySQLGroupings"]

_UNION = "take the union_all of a query for each grouping"


class MariaDBGroupings(Statements, WindowClauses):
    """A rollup that is all of GROUP BY, and not in any order."""

    def visit_select(self, select: Select) -> str:
        """`SELECT ... GROUP BY a, b WITH ROLLUP`."""
        if any(isinstance(group, GroupingSets) for group in select.groups):
            self.check_rollup(select)
        return super().visit_select(select)

    def check_rollup(self, select: Select) -> None:
        """Raise NotSupported where there is more in GROUP BY than that, or an order."""
        if len(select.groups) > 1:
            raise self.unsupported("ROLLUP beside other groups", _UNION)
        if select.orders:
            raise self.unsupported("order after ROLLUP", "order the rows of the query as a subquery(...)")

    def visit_groupingsets(self, groupings: GroupingSets) -> str:
        """`a, b WITH ROLLUP`."""
        if groupings.kind != "ROLLUP" or any(len(each) != 1 for each in groupings.sets):
            raise self.unsupported(
                groupings.kind if groupings.kind != "ROLLUP" else "ROLLUP of columns together", _UNION
            )
        return f"{self.visit_all(groupings.columns)} WITH ROLLUP"


class MySQLGroupings(MariaDBGroupings):
    """A rollup in any order."""

    def check_rollup(self, select: Select) -> None:
        """Raise NotSupported where there is more in GROUP BY than that."""
        if len(select.groups) > 1:
            raise self.unsupported("ROLLUP beside other groups", _UNION)
