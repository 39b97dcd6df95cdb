"""Load Python's own standard library into a database, several modules at a time, then put questions to it.

Every module is parsed with `ast`. What it defines and what it imports become rows; each module is one transaction. A
definition is a name that the module gives to something: a class, a function, a method, a variable of the module, an
attribute of a class. Each counts once in its scope. Python's own tests belong to the library where they are installed;
some of them are no valid Python on purpose, and are counted and left out.
"""

import argparse
import ast
import shutil
import sys
import sysconfig
import tempfile
import threading
import time
import tokenize
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

from anyio import to_thread

from activerecord import (
    ActiveRecord,
    BelongsTo,
    Column,
    HasMany,
    async_create_tables,
    async_drop_tables,
    belongs_to,
    column,
    fn,
    gather,
    has_many,
)

# Modules in work at once. Parsing takes one processor whatever the number; the rest overlaps with it.
TASKS = 8

# Before Python 3.11.5, two threads that parse at once can fail with a SystemError.
PARSER = threading.Lock()


class Module(ActiveRecord):
    """A module of the library."""

    __table_name__ = "modules"
    id: Column[int] = column(primary_key=True)
    name: Column[str] = column(unique=True)
    path: Column[str]
    lines: Column[int] = column(default=0)
    definitions: HasMany["Definition"] = has_many()


class Definition(ActiveRecord):
    """A name that a module gives to something."""

    __table_name__ = "definitions"
    id: Column[int] = column(primary_key=True)
    module_id: Column[int] = column(references="modules.id", index=True)
    kind: Column[str]
    name: Column[str]
    line: Column[int]
    lines: Column[int]
    module: BelongsTo[Module] = belongs_to()


class Import(ActiveRecord):
    """A module that another one imports; `imported` is None where it has no source in the library."""

    __table_name__ = "imports"
    id: Column[int] = column(primary_key=True)
    importer_id: Column[int] = column(references="modules.id", index=True)
    imported_id: Column[int | None] = column(references="modules.id", index=True)
    target: Column[str] = column(index=True)
    line: Column[int]
    importer: BelongsTo[Module] = belongs_to()
    imported: BelongsTo[Module | None] = belongs_to()


# Reading the source.

Scope: TypeAlias = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
Row: TypeAlias = dict[str, Any]

NOT_THE_LIBRARY = {"site-packages", "dist-packages"}
VARIABLES: Mapping[type[ast.AST], str] = {ast.Module: "variable", ast.ClassDef: "attribute"}


@dataclass
class Source:
    """What was found in one module: its definitions as rows, and the line of the first import of each target."""

    lines: int
    definitions: list[Row] = field(default_factory=list[Row])
    imports: dict[str, int] = field(default_factory=dict[str, int])


def library() -> Iterator[tuple[str, Path]]:
    """The name and the file of every module of the standard library that is written in Python."""
    root = Path(sysconfig.get_path("stdlib"))
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        if NOT_THE_LIBRARY.isdisjoint(parts) and all(part.isidentifier() for part in parts):
            yield ".".join(parts[:-1] if parts[-1] == "__init__" and parts[1:] else parts), path


def read(name: str, path: Path, known: Mapping[str, int]) -> Source:
    """Parse one module. `known` are the modules of the library, which tell a module from a name inside one."""
    with tokenize.open(path) as file:
        text = file.read()
    source = Source(lines=len(text.splitlines()))
    with PARSER:
        tree = ast.parse(text, str(path))
    source.definitions += definitions(tree, "")
    package = name if path.stem == "__init__" else name.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for target in targets(node, package, known):
                source.imports.setdefault(target, node.lineno)
    return source


def definitions(scope: Scope, prefix: str) -> Iterator[Row]:
    """A row for each name that is defined in a scope or inside it."""
    seen: set[str] = set()
    for node in inside(scope):
        for kind, name in names(node, scope):
            if name not in seen:
                seen.add(name)
                yield row(kind, prefix + name, node)
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield from definitions(node, f"{prefix}{node.name}.")


def inside(scope: ast.AST) -> Iterator[ast.AST]:
    """All nodes of a scope, down to the scopes in it, which are given but not entered."""
    for node in ast.iter_child_nodes(scope):
        yield node
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield from inside(node)


def names(node: ast.AST, scope: Scope) -> Iterator[tuple[str, str]]:
    """The kind and the name of what one node defines."""
    match node:
        case ast.ClassDef(name=name):
            yield "class", name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            yield "method" if isinstance(scope, ast.ClassDef) else "function", name
        case ast.Name(id=name, ctx=ast.Store()) if type(scope) in VARIABLES:
            yield VARIABLES[type(scope)], name
        case _:
            pass


def row(kind: str, name: str, node: ast.AST) -> Row:
    """A definition as a row; its module is filled in later."""
    first, last = getattr(node, "lineno", 1), getattr(node, "end_lineno", 1)
    return {"kind": kind, "name": name, "line": first, "lines": last - first + 1}


def targets(node: ast.Import | ast.ImportFrom, package: str, known: Mapping[str, int]) -> Iterator[str]:
    """The modules that an import statement imports."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    origin = node.module or ""
    if node.level:
        above = package.split(".")[: package.count(".") + 2 - node.level]
        origin = ".".join([*above, origin] if origin else above)
    for alias in node.names:
        whole = f"{origin}.{alias.name}"
        yield whole if whole in known else origin


# Loading the database.


class Progress:
    """A bar that grows in place on a terminal, and a line for each quarter elsewhere."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.done = 0
        self.unreadable = 0
        self.live = sys.stdout.isatty()

    def step(self) -> None:
        """Count one more."""
        self.done += 1
        if self.live:
            filled = 40 * self.done // self.total
            end = "\n" if self.done == self.total else ""
            print(f"\r  [{'#' * filled}{'.' * (40 - filled)}] {self.done}/{self.total}", end=end, flush=True)
        elif 4 * self.done // self.total > 4 * (self.done - 1) // self.total:
            print(f"  {self.done}/{self.total} modules", flush=True)


async def load(files: Sequence[tuple[str, Path]]) -> None:
    """Fill the tables, several modules at a time."""
    await async_drop_tables(Module, Definition, Import)
    await async_create_tables(Module, Definition, Import)
    await Module.async_insert_all([{"name": name, "path": str(path)} for name, path in files])
    modules = await Module.query().order_by(Module.id).async_all()
    known = {module.name: module.id for module in modules}
    progress = Progress(len(modules))
    await gather(*(load_module(module, known, progress) for module in modules), limit=TASKS)
    if progress.unreadable:
        print(f"  {progress.unreadable} of them are no valid Python")


async def load_module(module: Module, known: Mapping[str, int], progress: Progress) -> None:
    """Parse one module in a thread, then write all that was found in one transaction."""
    try:
        source = await to_thread.run_sync(partial(read, module.name, Path(module.path), known))
    except (SyntaxError, UnicodeDecodeError):
        progress.unreadable += 1
        source = Source(lines=0)
    # Two modules that import each other may be in each other's way on a server: then one is written again.
    await Module.async_run_transaction(partial(write_module, module, source, known))
    progress.step()


async def write_module(module: Module, source: Source, known: Mapping[str, int]) -> None:
    """Write what was found in one module."""
    module.lines = source.lines
    await module.async_save()
    await Definition.async_insert_all([{"module_id": module.id, **found} for found in source.definitions])
    await Import.async_insert_all(
        [
            {"importer_id": module.id, "imported_id": known.get(target), "target": target, "line": line}
            for target, line in source.imports.items()
        ]
    )


# Asking questions.


@dataclass
class Answer:
    """A table: what it tells, the heads of its columns, and its rows."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[object]]

    def show(self) -> None:
        """Print it: numbers to the right, words to the left."""
        cells = [self.heads, *([self._text(value) for value in row] for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        numbers = [isinstance(value, int | float) for value in self.rows[0]] if self.rows else [False] * len(widths)
        print(f"\n{self.title}")
        for line in [cells[0], ["-" * width for width in widths], *cells[1:]]:
            padded = zip(line, widths, numbers, strict=True)
            print(
                "  "
                + "  ".join(f"{cell:>{size}}" if right else f"{cell:<{size}}" for cell, size, right in padded).rstrip()
            )

    @staticmethod
    def _text(value: object) -> str:
        return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}" if isinstance(value, float) else str(value)


async def kinds() -> Answer:
    """How many definitions there are of each kind: an aggregate per group."""
    rows = await (
        Definition.query()
        .select(Definition.kind, fn.count().as_("number"), fn.avg(Definition.lines).as_("average"))
        .group_by(Definition.kind)
        .order_by(fn.count().desc())
        .async_tuples()
    )
    return Answer("Definitions by kind", ["kind", "number", "average lines"], rows)


async def largest_modules() -> Answer:
    """The longest files with what is in them: ten records, and all their definitions in one query more."""
    modules = await Module.query().order_by(Module.lines.desc()).limit(10).with_("definitions").async_all()
    rows: list[tuple[object, ...]] = []
    for module in modules:
        number = Counter(definition.kind for definition in module.definitions)
        rows.append((module.name, module.lines, number["class"], number["method"], number["function"]))
    return Answer("Largest modules", ["module", "lines", "classes", "methods", "functions"], rows)


async def most_imported() -> Answer:
    """The modules that most others import."""
    rows = await (
        Import.query()
        .select(Import.target, fn.count().as_("importers"))
        .group_by(Import.target)
        .order_by(fn.count().desc(), Import.target)
        .limit(10)
        .async_dicts()
    )
    return Answer("Most imported", ["module", "importers"], [(row["target"], row["importers"]) for row in rows])


async def longest_functions() -> Answer:
    """The longest functions and methods, each with its module."""
    found = await (
        Definition.query()
        .where(kind=["function", "method"])
        .order_by(Definition.lines.desc(), Definition.name)
        .limit(10)
        .with_("module")
        .async_all()
    )
    rows = [(one.name, one.module.name, one.line, one.lines) for one in found]
    return Answer("Longest functions", ["function", "module", "line", "lines"], rows)


async def mutual_imports() -> Answer:
    """Modules that import each other, each pair once: a condition in SQL of our own, and two relations loaded."""
    found = await (
        Import.query()
        .where("imports.importer_id < imports.imported_id")
        .where(
            "EXISTS (SELECT 1 FROM imports AS back"
            " WHERE back.importer_id = imports.imported_id AND back.imported_id = imports.importer_id)"
        )
        .with_("importer", "imported")
        .async_all()
    )
    pairs = sorted((one.importer.name, one.imported.name) for one in found if one.imported)
    title = f"Modules that import each other ({len(pairs)} pairs)"
    return Answer(title, ["module", "and"], pairs[:10])


# The program.


async def index(url: str | None, database: Path, limit: int | None) -> None:
    """Load the library into a database, of a server or of a file, and answer the questions."""
    ActiveRecord.configure({"default": url or {"driver": "sqlite", "database": fresh(database)}})
    files = list(islice(library(), limit))
    print(f"Loading {len(files):,} modules of Python {sys.version.split()[0]}")
    began = time.perf_counter()
    await load(files)
    loaded = time.perf_counter()
    counts = await gather(Module.query().async_count(), Definition.query().async_count(), Import.query().async_count())
    print("Loaded {:,} modules, {:,} definitions and {:,} imports".format(*counts), f"in {loaded - began:.1f} s")
    for answer in await gather(kinds(), largest_modules(), most_imported(), longest_functions(), mutual_imports()):
        answer.show()
    print(f"\nAnswered in {time.perf_counter() - loaded:.1f} s")


async def main() -> None:
    """Read the command line and do the work in a file that is there already, or in one that is removed afterwards."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--database", type=Path, help="keep the database in this file; one from before is replaced")
    parser.add_argument(
        "--url", help="use the database of a server (postgresql://..., mysql://...); its tables are replaced"
    )
    parser.add_argument("--limit", type=int, help="load only so many modules")
    options = parser.parse_args()
    # Old modules of the library have strings that newer Pythons warn about.
    warnings.filterwarnings("ignore", category=SyntaxWarning)
    folder = Path(tempfile.mkdtemp(prefix="library-index-"))
    try:
        await index(options.url, options.database or folder / "library.db", options.limit)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fresh(database: Path) -> Path:
    """The path, with no database at it."""
    for ending in ("", "-wal", "-shm", "-journal"):
        database.with_name(database.name + ending).unlink(missing_ok=True)
    return database


if __name__ == "__main__":
    import trio

    trio.run(main)
