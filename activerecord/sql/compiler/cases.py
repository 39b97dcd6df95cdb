"""Values by condition, values of another type, any or every row of a query."""

from typing import Any

from activerecord.errors import QueryError
from activerecord.sql.case import Case, Cast, Quantified
from activerecord.sql.compiler.arithmetic import widest
from activerecord.sql.compiler.expressions import Expressions
from activerecord.sql.expression import Expression
from activerecord.types import Type, Unknown

__all__ = ["Cases"]


class Cases(Expressions):
    """The part of the compiler that writes CASE and CAST."""

    def visit_case(self, case: Case[Any]) -> str:
        """`CASE WHEN condition THEN value ELSE value END`."""
        subject = "" if case.subject is None else f" {self.free(case.subject)}"
        branches = "".join(
            [
                f" WHEN {self.operand(asked)} THEN {self.free(given)}"
                for asked, given in zip(case.branches[::2], case.branches[1::2], strict=True)
            ]
        )
        otherwise = "" if case.otherwise is None else f" ELSE {self.free(case.otherwise)}"
        return f"CASE{subject}{branches}{otherwise} END"

    def visit_cast(self, cast: Cast[Any]) -> str:
        """`CAST(operand AS type)`."""
        return self.converted(cast.operand, self.type_of(cast.operand), cast.type)

    def converted(self, operand: Expression[Any], given: Type, wanted: Type) -> str:
        """The operand, of the type `given`, as one of the type that is wanted."""
        del given
        return f"CAST({self.free(operand)} AS {self.dialect.codec(wanted).ddl})"

    def uncastable(self, wanted: Type) -> QueryError:
        """The error for a type that the engine makes of nothing else."""
        return QueryError(f"{self.dialect.title} casts nothing to {type(wanted).__name__}: select the value as it is")

    def visit_quantified(self, quantified: Quantified[Any]) -> str:
        """`ANY (SELECT ...)`."""
        return f"{quantified.word} {self.visit(quantified.query)}"

    def type_of_case(self, case: Case[Any]) -> Type:
        """That which its values have in common."""
        return self.common(case.values)

    def type_of_cast(self, cast: Cast[Any]) -> Type:
        """The one that was asked for."""
        return cast.type

    def type_of_quantified(self, quantified: Quantified[Any]) -> Type:
        """That of the query's column."""
        return self.type_of(quantified.query)

    def common(self, expressions: "tuple[Expression[Any], ...]") -> Type:
        """The type of any of several values: the first that is known; of numbers of several kinds the widest kind."""
        types = [found for found in map(self.type_of, expressions) if not isinstance(found, Unknown)]
        return widest(types) or (types[0] if types else Unknown())
