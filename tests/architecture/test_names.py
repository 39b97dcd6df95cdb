"""Words that stand only where they belong."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.source import (
    DRIVERS,
    LIBRARY,
    ROOT,
    Module,
    definitions,
    docstring_nodes,
    drivers,
    library,
    others,
)

# The names of dialects and drivers, and the modules that may have one as a value.
ENGINES = {"sqlite", "postgresql", "postgres", "pgsql", "mysql", "mariadb"}
PACKAGES = {"sqlite3", "aiosqlite", "asyncpg", "asyncmy"}
ROOMS = (
    "activerecord.sql.dialects",
    "activerecord.types.sqlite",
    "activerecord.types.postgresql",
    "activerecord.types.mysql",
    "activerecord.schema.reflection",
    "activerecord.testing",
)

# A word that says nothing about what a thing is.
EMPTY_WORDS = re.compile(r"Manager|Helper|Util|^_?Base(?=[A-Z])|Mixin$")
EMPTY_MODULES = {"util", "utils", "helper", "helpers", "common", "misc", "base"}
MIXED_IN_BY_USERS = "activerecord.mixins"

# A path of somebody's machine; written so that this file does not find itself.
MACHINE_PATH = re.compile(r"(?<![\w.$}])/(?:work|root|home|Users|tmp/venv)/[\w.]+|[A-Z]:\\\\?Users")
TEXTS = {".py", ".md", ".toml", ".txt", ".cfg", ".yml", ".yaml", ".json", ".sql", ""}
OWNED = ("activerecord", "drivers", "tests", "examples", "benchmarks", "docs", "scripts", ".ci")


def texts() -> list[Path]:
    """The files of the project that people read."""
    inside = [path for folder in OWNED for path in (ROOT / folder).rglob("*")]
    return sorted(path for path in [*inside, *ROOT.glob("*")] if path.is_file() and path.suffix in TEXTS)


def in_a_room(module: Module) -> bool:
    """Whether the names of dialects and drivers belong in a module."""
    return any(module.name == room or module.name.startswith(f"{room}.") for room in ROOMS)


@pytest.mark.parametrize("module", [m for m in library() if not in_a_room(m)], ids=lambda module: module.place)
def test_dialects_and_drivers_are_named_in_their_rooms(module: Module) -> None:
    words = docstring_nodes(module)
    found = [
        f"{module.place}:{node.lineno} {node.value!r}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and id(node) not in words and _names_an_engine(node.value)
    ]
    assert not found, f"a difference between engines belongs in one of {ROOMS} or in {DRIVERS}/"


def _names_an_engine(value: object) -> bool:
    return isinstance(value, str) and value.lower() in ENGINES | PACKAGES


@pytest.mark.parametrize("module", [*library(), *drivers(), *others()], ids=lambda module: module.place)
def test_names_say_something(module: Module) -> None:
    empty = [
        f"{module.place}:{node.lineno} {name}"
        for name, node in definitions(module)
        if isinstance(node, ast.ClassDef)
        and EMPTY_WORDS.search(node.name)
        and not (module.name.startswith(MIXED_IN_BY_USERS) and node.name.endswith("Mixin"))
    ]
    assert not empty
    assert module.name.rsplit(".", 1)[-1] not in EMPTY_MODULES, f"{module.place} says nothing about what is in it"


@pytest.mark.parametrize("path", texts(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_path_of_a_machine(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [f"{number}: {line.strip()}" for number, line in enumerate(lines, 1) if MACHINE_PATH.search(line)]
    assert not found


def test_the_pattern_of_paths_finds_one() -> None:
    assert MACHINE_PATH.search("see " + "/home" + "/ada/notes")
    assert not MACHINE_PATH.search("https://example.org/home/page and docs/home/page")


def test_every_room_is_spelt_as_the_library_is() -> None:
    assert all(room.startswith(f"{LIBRARY}.") for room in ROOMS)
