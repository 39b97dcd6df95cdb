"""The program's own SQL, and questions about a statement."""

from activerecord.sql.compiler.writer import Writer
from activerecord.sql.plan import Explain
from activerecord.sql.text import RawStatement, Text

__all__ = ["Raw"]


class Raw(Writer):
    """The part of the compiler that writes what it did not make up."""

    def visit_text(self, text: Text) -> str:
        """The program's own SQL with its placeholders, in parentheses."""
        written = self._with_binds(text)
        # a comment at the end of the text must not swallow the parenthesis
        return f"({written}\n)" if "--" in text.pieces[-1] else f"({written})"

    def visit_rawstatement(self, statement: RawStatement) -> str:
        """The program's own SQL with its placeholders, as it stands."""
        return self._with_binds(statement.text)

    def _with_binds(self, text: Text) -> str:
        binds = [self.visit_all(binds) for binds in text.binds_at]
        return "".join([part + bind for part, bind in zip(text.pieces, [*binds, ""], strict=True)])

    def visit_explain(self, explain: Explain) -> str:
        """`EXPLAIN statement`. Raises NotSupported."""
        explaining = self.dialect.explaining
        if explaining is None:
            raise self.unsupported("EXPLAIN", "ask it by its own means")
        if explain.analyze and not explaining.analyze:
            raise self.unsupported("EXPLAIN ANALYZE", "explain() tells the plan; run the query to see what it takes")
        return f"{explaining.analyze if explain.analyze else explaining.words} {self.visit(explain.query)}"
