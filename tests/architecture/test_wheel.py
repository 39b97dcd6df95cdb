"""What is shipped: the wheel's contents, and that it works where nothing but the wheel is."""

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.source import DRIVERS, LIBRARY, ROOT, Module, drivers, imports, library

pytestmark = pytest.mark.slow

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = set(PROJECT["optional-dependencies"]) - {"all", "dev"}
PACKAGES = {LIBRARY} | {path.name for path in (ROOT / DRIVERS).iterdir() if (path / "py.typed").is_file()}

# A driver is announced, its package is absent: the error must say what to install.
MISSING = """
import asyncio, importlib.metadata
from activerecord import ActiveRecord, MissingDriver

announced = {entry.name for entry in importlib.metadata.entry_points(group="activerecord.drivers")}
print("announced", *sorted(announced))

async def use() -> None:
    class Track(ActiveRecord): ...
    ActiveRecord.configure({"default": {"driver": "sqlite", "driver_type": "aiosqlite", "database": ":memory:"}})
    await Track.query().async_all()

try:
    asyncio.run(use())
except MissingDriver as error:
    print("missing", error)
"""


def run(*command: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program to its end; what it prints is read as text."""
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True, timeout=100, check=False)


def told(done: subprocess.CompletedProcess[str]) -> str:
    """What a program has said on both of its streams."""
    return f"{' '.join(done.args)}\n{done.stdout}\n{done.stderr}"


def standing_alone() -> list[str]:
    """The modules that import no package of an extra, nor a module that does. `testing` is for those who have pytest."""
    modules = {module.name: module for module in (*library(), *drivers())}
    extras = {requirement.split(">")[0] for name in EXTRAS for requirement in PROJECT["optional-dependencies"][name]}
    extras.add("pytest")

    def targets(module: Module) -> set[str]:
        """What is imported with a module, its packages among them."""
        parts = module.name.split(".")
        packages = {".".join(parts[:length]) for length in range(1, len(parts))}
        return packages | {found.target for found in imports(module) if not found.in_function}

    wanted = {name: targets(module) for name, module in modules.items()}
    needing = {name for name, found in wanted.items() if {target.split(".")[0] for target in found} & extras}
    while more := {name for name, found in wanted.items() if found & needing} - needing:
        needing |= more
    return sorted(modules.keys() - needing)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the project as it stands. Nothing is downloaded: what builds it is in the environment."""
    folder = tmp_path_factory.mktemp("wheel")
    done = run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    assert done.returncode == 0, told(done)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def clean_python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a new environment that holds the wheel and what it requires, and nothing else."""
    folder = tmp_path_factory.mktemp("clean")
    made = run(sys.executable, "-m", "venv", "--without-pip", folder)
    assert made.returncode == 0, told(made)
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    pip = (sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check", "install", "--quiet")
    required = run(*pip, *PROJECT["dependencies"])
    if required.returncode != 0:
        pytest.skip(f"no package index can be reached: {required.stderr.strip().splitlines()[-1:]}")
    installed = run(*pip, "--no-index", wheel)
    assert installed.returncode == 0, told(installed)
    return python


def test_the_packages_are_announced() -> None:
    built = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    assert {Path(path).name for path in built["targets"]["wheel"]["packages"]} == PACKAGES
    entries = PROJECT["entry-points"]["activerecord.drivers"]
    assert set(entries.values()) == {f"{name}:driver" for name in PACKAGES - {LIBRARY}}


def test_the_wheel_has_these_packages(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    top = {name.split("/")[0] for name in names}
    assert top == {*PACKAGES, f"{PROJECT['name']}-{PROJECT['version']}.dist-info"}
    assert {name for name in names if name.endswith("py.typed")} == {f"{name}/py.typed" for name in PACKAGES}


def test_the_wheel_has_all_the_source(wheel: Path) -> None:
    shipped = {name for name in zipfile.ZipFile(wheel).namelist() if name.endswith(".py")}
    bases = [(ROOT, LIBRARY), *((ROOT / DRIVERS, name) for name in PACKAGES - {LIBRARY})]
    written = {path.relative_to(base).as_posix() for base, name in bases for path in (base / name).rglob("*.py")}
    assert shipped == written


def test_only_what_is_needed_is_required() -> None:
    assert sorted(requirement.split(">")[0] for requirement in PROJECT["dependencies"]) == ["anyio", "sniffio"]


def test_the_library_stands_alone(clean_python: Path, tmp_path: Path) -> None:
    """Without an extra, every module of the library and of the driver that needs none can be imported."""
    names = standing_alone()
    assert {LIBRARY, "activerecord_sqlite3"} <= set(names)
    done = run(clean_python, "-W", "error", "-c", f"import {', '.join(names)}", cwd=tmp_path)
    assert done.returncode == 0, told(done)


def test_a_missing_extra_is_named(clean_python: Path, tmp_path: Path) -> None:
    done = run(clean_python, "-W", "error", "-c", MISSING, cwd=tmp_path)
    assert done.returncode == 0, told(done)
    announced, missing = done.stdout.splitlines()
    assert announced.split()[1:] == sorted(PROJECT["entry-points"]["activerecord.drivers"])
    assert "activerecord[aiosqlite]" in missing
