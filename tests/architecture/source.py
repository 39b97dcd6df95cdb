"""The project's own source as data: every module, its imports and its definitions, read without being run."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TypeAlias

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = "activerecord"
DRIVERS = "drivers"

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Definition: TypeAlias = Function | ast.ClassDef


@dataclass(frozen=True, eq=False)
class Module:
    """One file of source: its dotted name as imported, its text and its syntax tree."""

    name: str
    path: Path
    text: str = field(repr=False)
    tree: ast.Module = field(repr=False)

    @property
    def place(self) -> str:
        """Its path from the root of the project."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def room(self) -> str:
        """Its part of the library: `sql` for activerecord.sql.node, `__init__` for the library's own front."""
        return self.name.split(".")[1] if "." in self.name else "__init__"

    def line(self, number: int) -> str:
        """The text of a line, counted from one."""
        return self.text.splitlines()[number - 1]


@dataclass(frozen=True)
class Import:
    """One name that a module imports, and from where in the module."""

    importer: Module
    target: str
    line: int
    in_function: bool

    def __str__(self) -> str:
        return f"{self.importer.place}:{self.line} imports {self.target}"


@cache
def library() -> tuple[Module, ...]:
    """The modules of `activerecord`."""
    return tuple(_read(ROOT / LIBRARY, ROOT))


@cache
def drivers() -> tuple[Module, ...]:
    """The modules of all drivers."""
    return tuple(_read(ROOT / DRIVERS, ROOT / DRIVERS))


@cache
def others() -> tuple[Module, ...]:
    """The modules that are not installed: tests, examples, benchmarks."""
    return tuple(module for folder in ("tests", "examples", "benchmarks") for module in _read(ROOT / folder, ROOT))


def imports(module: Module) -> Iterator[Import]:
    """All that a module imports, wherever it does so; imports that only type checkers see count like any other."""
    return _imports(module, module.tree, in_function=False)


def definitions(module: Module) -> Iterator[tuple[str, Definition]]:
    """Every class, function and method that is not inside a function, with its dotted name in the module."""
    return _definitions(module.tree, "")


def functions(module: Module) -> Iterator[Function]:
    """Every function and method, nested ones too."""
    return (node for node in ast.walk(module.tree) if isinstance(node, Function))


def decorators(node: Definition) -> set[str]:
    """The last words of a definition's decorators: `overload` for @typing.overload."""
    return {re.split(r"[.(]", ast.unparse(decorator).split("(")[0])[-1] for decorator in node.decorator_list}


def is_check(node: Definition) -> bool:
    """Whether a function is one of the published checks for drivers: a test, whose name is its words."""
    return "add" in decorators(node)


def exported(module: Module) -> tuple[str, ...] | None:
    """The names in a module's `__all__`, or None where it has none."""
    for node in module.tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(to, ast.Name) and to.id == "__all__" for to in node.targets):
            return tuple(ast.literal_eval(node.value))
    return None


def docstring_nodes(module: Module) -> set[int]:
    """The `id`s of the constants that are docstrings."""
    return {
        id(node.value)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def _read(folder: Path, base: Path) -> Iterator[Module]:
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(base).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        text = path.read_text(encoding="utf-8")
        yield Module(name, path, text, ast.parse(text, str(path)))


def _imports(module: Module, node: ast.AST, *, in_function: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(module, alias.name, child.lineno, in_function)
        elif isinstance(child, ast.ImportFrom):
            for alias in child.names:
                yield Import(module, _origin(module, child, alias.name), child.lineno, in_function)
        yield from _imports(module, child, in_function=in_function or isinstance(child, Function | ast.Lambda))


def _origin(module: Module, node: ast.ImportFrom, name: str) -> str:
    """The module that `from x import name` reads: x.name where that is a module of ours, else x."""
    package = node.module or ""
    if node.level:
        is_package = module.path.name == "__init__.py"
        parts = module.name.split(".")
        kept = parts[: len(parts) - node.level + is_package]
        package = ".".join([*kept, *([node.module] if node.module else [])])
    whole = f"{package}.{name}"
    for base in (ROOT, ROOT / DRIVERS):
        path = base.joinpath(*whole.split("."))
        if path.with_suffix(".py").is_file() or path.is_dir():
            return whole
    return package


def _definitions(node: ast.AST, prefix: str) -> Iterator[tuple[str, Definition]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield prefix + child.name, child
            yield from _definitions(child, f"{prefix}{child.name}.")
        elif isinstance(child, Function):
            yield prefix + child.name, child
        elif isinstance(child, ast.If | ast.Try | ast.With):
            yield from _definitions(child, prefix)
