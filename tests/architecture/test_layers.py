"""The layers of the library as data: imports go one way, in no circle, and stand at the top of their files."""

import sys
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.architecture.source import LIBRARY, Import, Module, drivers, imports, library

# Top first. A room imports from rooms above its row, and from rooms before it in its row.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("errors", "config"),
    ("runtime",),
    ("types", "sql"),
    ("strictness", "schema", "hydration", "changes"),
    ("driver", "drivers", "bounds", "pool", "transaction", "catalog", "database", "streaming", "connected", "parallel"),
    ("mapper", "query", "bulk"),
    ("relation", "preloading"),
    ("validation", "callback", "mixins"),
    ("model",),
    ("__init__",),
    ("testing", "cli"),
)
ORDER = {room: number for number, room in enumerate(room for row in LAYERS for room in row)}

# Inside sql/, the same.
SQL_LAYERS: tuple[tuple[str, ...], ...] = (
    ("node",),
    ("expression",),
    ("document", "reference"),
    ("text",),
    ("statement", "table"),
    ("insert",),
    ("dialect",),
    ("compiler",),
    ("cache",),
    ("dialects",),
)
SQL_ORDER = {name: number for number, row in enumerate(SQL_LAYERS) for name in row}

# What a driver may know of the library.
DRIVER_ROOMS = {"errors", "config", "runtime", "types", "sql", "schema", "driver"}

# Who may wait. `testing` has to start loops to test on them.
WAITING = {"anyio", "asyncio", "trio", "sniffio"}
WAITING_ROOMS = {"runtime", "testing"}

# Said in a comment on the line of an import that stands in a function because a package may be absent. Of the library
# itself only the runtime may import its own so: what is for trio lies in modules of its own there.
OPTIONAL = "optional dependency"

# Said in such a comment on a module of the standard library that takes long to import, and that few programs need at once.
HEAVY = "heavy: "

# A driver that is made of another: both for SQLite, the one below needs nothing but Python.
BUILT_ON = {"activerecord_aiosqlite": "activerecord_sqlite3"}

DRIVER_PACKAGES = {module.name.split(".")[0] for module in drivers()}


def room_of(name: str) -> str:
    """The room of the library that a dotted name lies in."""
    return name.split(".")[1] if "." in name else "__init__"


def ours(found: Import) -> bool:
    """Whether an import reads the library."""
    return found.target.split(".")[0] == LIBRARY


def may_wait(module: Module, found: Import) -> bool:
    """Whether an import may stand in a function, and says why it does."""
    line = module.line(found.line)
    heavy = HEAVY in line and found.target.split(".")[0] in sys.stdlib_module_names
    return heavy or (OPTIONAL in line and may_be_absent(module, found))


def may_be_absent(module: Module, found: Import) -> bool:
    """Whether what is imported is somebody else's, or the runtime's own part for such a package."""
    return not ours(found) or module.room == room_of(found.target) == "runtime"


@pytest.mark.parametrize("module", library(), ids=lambda module: module.place)
def test_a_room_is_in_the_list(module: Module) -> None:
    assert module.room in ORDER, f"{module.place}: give the room {module.room!r} its place in LAYERS"


@pytest.mark.parametrize("module", library(), ids=lambda module: module.place)
def test_imports_go_up(module: Module) -> None:
    wrong = [
        str(found)
        for found in imports(module)
        if ours(found) and room_of(found.target) != module.room and ORDER[room_of(found.target)] > ORDER[module.room]
    ]
    assert not wrong, f"{module.room} may not import these, by LAYERS"


@pytest.mark.parametrize("module", [m for m in library() if m.room == "sql"], ids=lambda module: module.place)
def test_imports_inside_sql_go_up(module: Module) -> None:
    place = SQL_ORDER.get(module.name.split(".")[2] if module.name.count(".") > 1 else "", len(SQL_ORDER))
    inside = [found for found in imports(module) if found.target.startswith(f"{LIBRARY}.sql.")]
    wrong = [str(found) for found in inside if SQL_ORDER.get(found.target.split(".")[2], -1) > place]
    assert not wrong, "by SQL_LAYERS"


def test_no_circle() -> None:
    names = {module.name for module in library()}
    graph = {
        module.name: {found.target for found in imports(module) if found.target in names} - {module.name}
        for module in library()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail("a circle of imports: " + " -> ".join(reversed(error.args[1])))


@pytest.mark.parametrize("module", library(), ids=lambda module: module.place)
def test_only_the_runtime_waits(module: Module) -> None:
    if module.room in WAITING_ROOMS:
        return
    wrong = [str(found) for found in imports(module) if found.target.split(".")[0] in WAITING]
    assert not wrong, "what waits is written in runtime/"


@pytest.mark.parametrize("module", library(), ids=lambda module: module.place)
def test_nothing_imports_a_driver(module: Module) -> None:
    wrong = [str(found) for found in imports(module) if found.target.split(".")[0] in {"drivers", *DRIVER_PACKAGES}]
    assert not wrong, "drivers are found by entry point"


@pytest.mark.parametrize("module", drivers(), ids=lambda module: module.place)
def test_a_driver_knows_only_the_rooms_above_it(module: Module) -> None:
    wrong = [str(found) for found in imports(module) if ours(found) and room_of(found.target) not in DRIVER_ROOMS]
    assert not wrong, f"drivers import only {sorted(DRIVER_ROOMS)}"


@pytest.mark.parametrize("module", drivers(), ids=lambda module: module.place)
def test_a_driver_imports_no_other(module: Module) -> None:
    own = module.name.split(".")[0]
    wrong = [
        str(found)
        for found in imports(module)
        if found.target.split(".")[0] in DRIVER_PACKAGES - {own, BUILT_ON.get(own)}
    ]
    assert not wrong


@pytest.mark.parametrize("module", [*library(), *drivers()], ids=lambda module: module.place)
def test_imports_stand_at_the_top(module: Module) -> None:
    wrong = [str(found) for found in imports(module) if found.in_function and not may_wait(module, found)]
    assert not wrong, f"only what is marked {OPTIONAL!r} or {HEAVY!r} is imported in a function"
