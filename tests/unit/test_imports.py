"""What is imported with the library, and what is left until somebody has a use for it."""

import subprocess
import sys

import pytest

from activerecord.config import Configuration
from activerecord.drivers import find_driver
from activerecord.sql.dialects import DRIVERS

# No program needs all engines, and few need both loops.
LATER = (
    "activerecord.sql.dialects.",
    "activerecord.schema.reflection.sqlite",
    "activerecord.schema.reflection.postgresql",
    "activerecord.schema.reflection.mysql",
    "activerecord.types.sqlite",
    "activerecord.types.postgresql",
    "activerecord.types.mysql",
    "activerecord.testing",
    "activerecord_",
    "asyncpg",
    "aiosqlite",
    "asyncmy",
    "sqlite3",
    "trio",
    "uvloop",
    "importlib.metadata",
)

PROGRAM = "import sys, activerecord; print(*sorted(sys.modules), sep='\\n')"


def test_what_nobody_has_asked_for_is_not_imported() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    imported = done.stdout.split()
    assert "activerecord.database" in imported
    assert [name for name in imported if name.startswith(LATER)] == []


@pytest.mark.parametrize("engine", DRIVERS)
def test_the_usual_driver_of_an_engine_speaks_its_words(engine: str) -> None:
    driver = find_driver(Configuration.read("main", f"{engine}:///somewhere"))
    assert driver.name == DRIVERS[engine]
    assert engine in driver.dialect.words
    assert set(driver.dialect.words) == {word for word, name in DRIVERS.items() if name == driver.name}
