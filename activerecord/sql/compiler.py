"""The compiler walks a statement and writes standard SQL; a dialect overrides only what it says differently."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from activerecord.errors import QueryError, nearest
from activerecord.sql.dialect import Compiled, Dialect, TableLike
from activerecord.sql.expression import (
    Arithmetic,
    Between,
    Bind,
    Comparison,
    Expression,
    Function,
    In,
    InRows,
    IsNull,
    Label,
    Like,
    Logical,
    Nested,
    Not,
    Ordering,
    Reference,
    Star,
)
from activerecord.sql.node import Node
from activerecord.sql.statement import Delete, Insert, Join, Select, Source, Subquery, Update
from activerecord.sql.text import Text
from activerecord.types import Boolean, Float, Integer, Numeric, Type, Unknown
from activerecord.types import Text as TextType

__all__ = ["Compiler"]

Dump = Callable[[Any], Any]


class Compiler:
    """Writes one statement for one dialect. `tables` holds what is known of each source, by the source's name.

    Each `visit_*` returns the text of one kind of node. Binds are counted as they are written, so the order of the
    dumps is the order of the text.
    """

    def __init__(self, dialect: Dialect, tables: Mapping[str, TableLike]) -> None:
        self.dialect = dialect
        self.tables = tables
        self._dumps: list[Dump | None] = []
        self._columns: list[str | None] = []
        self._values: list[Any] = []
        self._lists: list[tuple[int, int]] = []

    def compile(self, statement: Node) -> Compiled:
        """The text of a statement and the treatment of its values. Raises QueryError."""
        try:
            sql = self.visit(statement)
        except RecursionError:
            raise QueryError("the expression is nested too deeply") from None
        if len(self._values) != len(statement.binds) or any(
            written is not bound for written, bound in zip(self._values, statement.binds, strict=True)
        ):
            raise AssertionError(f"the binds of {type(statement).__name__} are not in the order of its text")
        names, loads = self._answer(statement)
        return Compiled(sql, tuple(self._dumps), tuple(self._columns), names, loads, tuple(self._lists))

    def visit(self, node: Node) -> str:
        """The text of a node."""
        method: Callable[[Any], str] = getattr(self, f"visit_{type(node).__name__.lower()}")
        return method(node)

    def visit_all(self, nodes: Iterable[Node], separator: str = ", ") -> str:
        """The texts of several nodes, joined."""
        return separator.join([self.visit(node) for node in nodes])

    # statements

    def visit_select(self, select: Select) -> str:
        """`SELECT ... FROM ... WHERE ... GROUP BY ... HAVING ... ORDER BY ... LIMIT ... OFFSET ...`."""
        clauses = [
            "SELECT DISTINCT " if select.distinct else "SELECT ",
            ", ".join([self._selected(column) for column in select.columns]),
            " FROM ",
            self.visit(select.source),
            *[self.visit(join) for join in select.joins],
            self._clause(" WHERE ", select.where),
            self._clause(" GROUP BY ", *select.groups),
            self._clause(" HAVING ", select.having),
            self._clause(" ORDER BY ", *select.orders),
            self.limits(select),
            self.dialect.locked_read if select.locked else "",
        ]
        return "".join(clauses)

    def _selected(self, column: Expression[Any]) -> str:
        text = self.visit(column)
        return f"{text} AS {self.dialect.quote(column.name)}" if isinstance(column, Label) else text

    def limits(self, select: Select) -> str:
        """`LIMIT ... OFFSET ...`."""
        return self._clause(" LIMIT ", select.limit) + self._clause(" OFFSET ", select.offset)

    def visit_subquery(self, subquery: Subquery) -> str:
        """`(SELECT ...) AS name`."""
        return f"({self.visit(subquery.query)}) AS {self.dialect.quote(subquery.name)}"

    def visit_join(self, join: Join) -> str:
        """` INNER JOIN source ON condition`."""
        return f" {join.kind} JOIN {self.visit(join.source)} ON {self.visit(join.condition)}"

    def visit_insert(self, insert: Insert) -> str:
        """`INSERT INTO table (columns) VALUES (...), (...)`, or the defaults of all columns."""
        table = self.visit(insert.source)
        names = ", ".join(map(self.dialect.quote, insert.columns))
        values = f"({names}) VALUES {self._rows(insert)}" if insert.columns else "DEFAULT VALUES"
        return f"INSERT INTO {table} {values}{self.returning(insert.source, insert.returning)}"

    def visit_update(self, update: Update) -> str:
        """`UPDATE table SET column = value WHERE ...`."""
        table = self.visit(update.source)
        pairs = ", ".join([f"{self.dialect.quote(name)} = {self.visit(value)}" for name, value in update.assignments])
        returning = self.returning(update.source, update.returning)
        return f"UPDATE {table} SET {pairs}{self._clause(' WHERE ', update.where)}{returning}"

    def visit_delete(self, delete: Delete) -> str:
        """`DELETE FROM table WHERE ...`."""
        return f"DELETE FROM {self.visit(delete.source)}{self._clause(' WHERE ', delete.where)}"

    def visit_source(self, source: Source) -> str:
        """The table's name, with its schema and alias where it has them."""
        quote = self.dialect.quote
        name = f"{quote(source.schema)}.{quote(source.table)}" if source.schema else quote(source.table)
        return f"{name} AS {quote(source.alias)}" if source.alias else name

    def returning(self, source: Source, columns: tuple[str, ...]) -> str:
        """` RETURNING columns`, where some are wanted."""
        quote = self.dialect.quote
        # SQLite takes a name that it does not know for text, unless it is qualified
        return " RETURNING " + ", ".join([f"{quote(source.name)}.{quote(name)}" for name in columns]) if columns else ""

    def _rows(self, insert: Insert) -> str:
        table = self._table(insert.source.name)
        dumps = [self._dump(table.type_of(name)) for name in insert.columns]
        width = len(dumps)
        rows = [
            [
                self._bind(value, dump, name)
                for value, dump, name in zip(insert.binds[start : start + width], dumps, insert.columns, strict=True)
            ]
            for start in range(0, insert.rows * width, width)
        ]
        return ", ".join([f"({', '.join(row)})" for row in rows])

    def _clause(self, word: str, *nodes: Node | None) -> str:
        present = [node for node in nodes if node is not None]
        return word + self.visit_all(present) if present else ""

    # expressions

    def visit_reference(self, reference: Reference[Any]) -> str:
        """`source.column`."""
        self._table(reference.source).type_of(reference.column)
        return f"{self.dialect.quote(reference.source)}.{self.dialect.quote(reference.column)}"

    def visit_star(self, star: Star) -> str:
        """Every column of a source by name, so that the order of the answer is ours to know."""
        quote = self.dialect.quote
        return ", ".join([f"{quote(star.source)}.{quote(name)}" for name in self._table(star.source).names()])

    def visit_bind(self, bind: Bind[Any]) -> str:
        """A placeholder."""
        column = bind.typed_as.column if isinstance(bind.typed_as, Reference) else None
        return self._bind(bind.binds[0], self._dump(self.type_of(bind)), column)

    def visit_comparison(self, comparison: Comparison) -> str:
        """`left = right`."""
        return f"{self._operand(comparison.left)} {comparison.operator} {self._operand(comparison.right)}"

    def visit_arithmetic(self, arithmetic: Arithmetic[Any]) -> str:
        """`(left + right)`; of texts, `(left || right)`."""
        joins = arithmetic.operator == "+" and isinstance(self.type_of(arithmetic.left), TextType)
        operator = "||" if joins else arithmetic.operator
        return f"({self._operand(arithmetic.left)} {operator} {self._operand(arithmetic.right)})"

    def visit_isnull(self, condition: IsNull) -> str:
        """`operand IS NULL`."""
        return f"{self._operand(condition.operand)} IS {'NOT ' if condition.negated else ''}NULL"

    def visit_in(self, condition: In) -> str:
        """`operand IN (...)`; NULL in the list is asked for apart."""
        if condition.query is not None:
            word = "NOT IN" if condition.negated else "IN"
            return f"{self._operand(condition.operand)} {word} {self.visit(condition.query)}"
        if not condition.values:
            return self._in_nothing(condition)
        listed = self.in_list(condition)
        if not condition.has_null:
            return listed
        null, joint = ("IS NOT NULL", "AND") if condition.negated else ("IS NULL", "OR")
        return f"({listed} {joint} {self._operand(condition.operand)} {null})"

    def in_list(self, condition: In) -> str:
        """`operand IN (?, ?)`, over values that are there."""
        word = "NOT IN" if condition.negated else "IN"
        return f"{self._operand(condition.operand)} {word} ({self.visit_all(condition.values)})"

    def visit_inrows(self, condition: InRows) -> str:
        """`(a, b) IN ((...), (...))`."""
        return f"({self.visit_all(condition.operands)}) IN ({self.row_list(condition)})"

    def row_list(self, condition: InRows) -> str:
        """`(...), (...)`."""
        return ", ".join([f"({self.visit_all(row)})" for row in condition.rows])

    def _in_nothing(self, condition: In) -> str:
        if condition.has_null:
            return f"{self._operand(condition.operand)} IS {'NOT ' if condition.negated else ''}NULL"
        # the operand is named so that a misspelt column is still refused, and its binds still count
        operand = self._operand(condition.operand)
        return f"({operand} IS NULL OR 1 = 1)" if condition.negated else f"({operand} IS NULL AND 1 = 0)"

    def visit_nested(self, nested: Nested[Any]) -> str:
        """`(SELECT ...)`."""
        return f"({self.visit(nested.query)})"

    def visit_between(self, condition: Between) -> str:
        """`operand BETWEEN low AND high`."""
        operand, low, high = map(self._operand, (condition.operand, condition.low, condition.high))
        return f"{operand} BETWEEN {low} AND {high}"

    def visit_like(self, condition: Like) -> str:
        r"""`operand LIKE pattern ESCAPE '\'`."""
        return f"{self._operand(condition.operand)} LIKE {self.visit(condition.pattern)} ESCAPE '\\'"

    def visit_logical(self, condition: Logical) -> str:
        """`(a AND b)`."""
        return "(" + self.visit_all(condition.parts, f" {condition.operator} ") + ")"

    def visit_not(self, condition: Not) -> str:
        """`NOT (condition)`."""
        return f"NOT ({self.visit(condition.operand)})"

    def visit_label(self, label: Label[Any]) -> str:
        """`operand`: its name belongs to the answer, and stands nowhere else."""
        return self._operand(label.operand)

    def visit_function(self, function: Function[Any]) -> str:
        """`name(arguments)`."""
        arguments = self.visit_all(function.arguments) or ("*" if function.name == "count" else "")
        if function.distinct and not function.arguments:
            raise QueryError(f"{function.name}(DISTINCT ...) needs a column")
        return f"{function.name}({'DISTINCT ' if function.distinct else ''}{arguments})"

    def visit_ordering(self, ordering: Ordering) -> str:
        """`operand DESC NULLS LAST`."""
        nulls = f" NULLS {ordering.nulls}" if ordering.nulls else ""
        return f"{self.visit(ordering.operand)}{' DESC' if ordering.descending else ''}{nulls}"

    def visit_text(self, text: Text) -> str:
        """The program's own SQL with its placeholders, in parentheses."""
        binds = [self.visit_all(binds) for binds in text.binds_at]
        written = "".join([part + bind for part, bind in zip(text.parts, [*binds, ""], strict=True)])
        # a comment at the end of the text must not swallow the parenthesis
        return f"({written}\n)" if "--" in text.parts[-1] else f"({written})"

    def _operand(self, node: Expression[Any]) -> str:
        text = self.visit(node)
        return f"({text})" if isinstance(node, _LOOSE) else text

    # types and binds

    def type_of(self, expression: Expression[Any]) -> Type:
        """The type of an expression's value, as far as it is known."""
        match expression:
            case Reference():
                return self._table(expression.source).type_of(expression.column)
            case Bind():
                return Unknown() if expression.typed_as is None else self.type_of(expression.typed_as)
            case Label():
                return self.type_of(expression.operand)
            case Nested():
                return self.type_of(expression.query.columns[0]) if isinstance(expression.query, Select) else Unknown()
            case Arithmetic():
                return self._type_of_arithmetic(expression)
            case Function():
                return self._type_of_function(expression)
            case Comparison() | In() | InRows() | IsNull() | Like() | Between() | Logical() | Not():
                return Boolean()
            case _:
                return Unknown()

    def _type_of_arithmetic(self, arithmetic: Arithmetic[Any]) -> Type:
        # a bind has the type of the other side, which is not to be found out twice at each level
        sides = [side for side in (arithmetic.left, arithmetic.right) if not isinstance(side, Bind)]
        types = [self.type_of(side) for side in sides or [arithmetic.left]]
        return next((found for found in types if isinstance(found, Numeric | Float)), types[0])

    def _type_of_function(self, function: Function[Any]) -> Type:
        if function.type is not None or not function.arguments:
            return function.type or Unknown()
        first = self.type_of(function.arguments[0])
        if function.name == "sum" and isinstance(first, Boolean):
            return Integer()
        if function.name != "avg":
            return first if function.name in _SAME_TYPE else Unknown()
        return first if isinstance(first, Numeric) else Float()

    def _table(self, source: str) -> TableLike:
        table = self.tables.get(source)
        if table is None:
            raise QueryError(f"the query does not read {source!r}; {nearest(source, self.tables)}")
        return table

    def _dump(self, of: Type) -> Dump | None:
        return self.dialect.dump_plain if isinstance(of, Unknown) else self.dialect.codec(of).dump

    def _bind(self, value: Any, dump: Dump | None, column: str | None) -> str:
        self._dumps.append(dump)
        self._columns.append(column)
        self._values.append(value)
        return self.dialect.placeholder(len(self._dumps))

    def _bind_list(self, values: list[Any], dump: Dump | None, column: str | None) -> str:
        """The placeholder of all the values together; each is dumped by itself."""
        self._lists.append((len(self._values), len(values)))
        self._dumps.append(_dump_of_each(dump))
        self._columns.append(column)
        self._values.extend(values)
        return self.dialect.placeholder(len(self._dumps))

    def _answer(self, statement: Node) -> tuple[tuple[str, ...], tuple[Dump | None, ...]]:
        """The names of the answer's columns, and what loads their values."""
        answer: list[tuple[str, Dump | None]] = []
        if isinstance(statement, Select):
            for column in statement.columns:
                answer += self._columns_of(column)
        elif isinstance(statement, Insert | Update):
            answer = self._stored(statement.source.name, statement.returning)
        return tuple([name for name, _ in answer]), tuple([load for _, load in answer])

    def _columns_of(self, column: Expression[Any]) -> list[tuple[str, Dump | None]]:
        match column:
            case Star():
                return self._stored(column.source, self._table(column.source).names())
            case Label():
                return [(column.name, self.load_of(column.operand))]
            case Reference():
                return [(column.column, self.load_of(column))]
            case Function():
                return [(column.name, self.load_of(column))]
            case _:
                return [("value", self.load_of(column))]

    def _stored(self, source: str, names: Iterable[str]) -> list[tuple[str, Dump | None]]:
        table = self._table(source)
        return [(name, self.dialect.codec(table.type_of(name)).load) for name in names]

    def load_of(self, expression: Expression[Any]) -> Dump | None:
        """What the values of an expression go through when they arrive."""
        return self.dialect.codec(self.type_of(expression)).load


def _dump_of_each(dump: Dump | None) -> Dump | None:
    return None if dump is None else lambda values: [dump(value) for value in values]


# Operands that need parentheses when they stand inside another operator.
_LOOSE = (Comparison, IsNull, In, InRows, Between, Like, Not)

# Functions that give a value of the type of their first argument.
_SAME_TYPE = frozenset({"coalesce", "ifnull", "nullif", "min", "max", "sum"})
