"""Report the sizes of files and functions: a hint where to look, not a bound. Run as a program."""

import ast
import io
import statistics
import tokenize
from collections.abc import Sequence

from tests.architecture.source import Function, Module, drivers, functions, library, others

# What to look at again, in lines.
LONG_FILE = 300
LONG_FUNCTION = 40

SILENT = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


def code_lines(module: Module) -> set[int]:
    """The numbers of the lines that hold code: no blank ones, comments or docstrings."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(module.text).readline):
        if token.type not in SILENT:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            lines.difference_update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return lines


def function_sizes(modules: Sequence[Module]) -> list[tuple[int, str]]:
    """(code lines, place and name) of every function, the longest first."""
    found: list[tuple[int, str]] = []
    for module in modules:
        lines = code_lines(module)
        found += [(_size(node, lines), f"{module.place}:{node.lineno} {node.name}") for node in functions(module)]
    return sorted(found, reverse=True)


def report(title: str, modules: Sequence[Module]) -> list[str]:
    """A few lines about a part of the project."""
    files = sorted(((len(module.text.splitlines()), module.place) for module in modules), reverse=True)
    if not files:
        return [f"{title}: nothing yet"]
    lines = [f"{title}: {len(files)} files, {sum(size for size, _ in files)} lines; {_spread(files)}"]
    if sizes := function_sizes(modules):
        lines.append(f"  {len(sizes)} functions, lines of code: {_spread(sizes)}")
        lines += [f"  long function: {size} {name}" for size, name in sizes if size > LONG_FUNCTION]
    lines += [f"  long file: {size} {name}" for size, name in files if size > LONG_FILE]
    return lines


def main() -> None:
    """Print the report."""
    parts = {"activerecord": library(), "drivers": drivers(), "tests and examples": others()}
    for title, modules in parts.items():
        print(*report(title, modules), sep="\n")


def _size(node: Function, lines: set[int]) -> int:
    return sum(number in lines for number in range(node.lineno, (node.end_lineno or node.lineno) + 1))


def _spread(rows: Sequence[tuple[int, str]]) -> str:
    sizes = sorted(size for size, _ in rows)
    return f"median {statistics.median(sizes):.0f}, nine in ten at most {sizes[int(len(sizes) * 0.9)]}, largest {sizes[-1]}"


if __name__ == "__main__":
    main()
