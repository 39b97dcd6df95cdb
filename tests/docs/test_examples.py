"""The examples run, say what they should, and are the same programs on asyncio and on trio but for their start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import servers
from tests.architecture.source import ROOT

EXAMPLES = ROOT / "examples"
LOOPS = ("asyncio", "trio")
NAMES = sorted({path.name for loop in LOOPS for path in (EXAMPLES / loop).glob("*.py")})

STARTS = {
    "asyncio": 'if __name__ == "__main__":\n    import asyncio\n\n    asyncio.run(main())\n',
    "trio": 'if __name__ == "__main__":\n    import trio\n\n    trio.run(main)\n',
}

# What each program is run with here: a slice of the library is enough to see that the whole would do.
ARGUMENTS = {"library_index.py": ("--limit", "40")}

# Lines that each program prints, among others.
SAID = {
    "library_index.py": (
        "Loaded 40 modules",
        "Definitions by kind",
        "Largest modules",
        "Most imported",
        "Longest functions",
    ),
    "quickstart.py": (
        "active: Ada, Bob",
        "an admin: Ada",
        "over forty: 1",
        "average age: 38.5",
        "order #1 of Ada: 12.50 (paid)",
        "order #2 of Ada: 3.99 (pending)",
        "3 users; pending: Ada 3.99, Bob 80.00",
    ),
    "transfer.py": ("Ada: 100.00  Bob: 20.00", "Ada: 70.00  Bob: 50.00", "nothing moved: Bob is 450.00 short"),
}


def run(program: Path, *arguments: str, folder: Path) -> str:
    """What a program prints. It runs as a user runs it, in a folder of its own, with every warning an error."""
    roots = os.pathsep.join([str(ROOT), str(ROOT / "drivers")])
    done = subprocess.run(
        [sys.executable, "-W", "error", str(program), *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": roots, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, f"{program.name} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("name", NAMES)
def test_only_the_start_differs(name: str) -> None:
    bodies: list[str] = []
    for loop in LOOPS:
        text = (EXAMPLES / loop / name).read_text(encoding="utf-8")
        assert text.endswith(STARTS[loop])
        bodies.append(text.removesuffix(STARTS[loop]))
    assert bodies[0] == bodies[1]


def test_every_example_is_expected_to_say_something() -> None:
    assert sorted(SAID) == NAMES


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("name", NAMES)
def test_an_example_runs(name: str, loop: str, tmp_path: Path) -> None:
    said = run(EXAMPLES / loop / name, *ARGUMENTS.get(name, ()), folder=tmp_path)
    assert [line for line in SAID[name] if line not in said] == [], said
    assert not list(tmp_path.iterdir()), "an example leaves nothing behind"


@pytest.mark.parametrize("loop", LOOPS)
def test_the_index_can_be_kept_and_replaced(loop: str, tmp_path: Path) -> None:
    program = EXAMPLES / loop / "library_index.py"
    for _ in range(2):
        said = run(program, "--limit", "5", "--database", "kept.db", folder=tmp_path)
        assert "Loaded 5 modules" in said
    assert (tmp_path / "kept.db").stat().st_size > 0


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("engine", servers.ENGINES)
def test_the_index_can_be_kept_by_a_server(engine: str, loop: str, tmp_path: Path) -> None:
    name = servers.fresh_database(engine)
    server = servers.server(engine)
    assert server is not None
    program = EXAMPLES / loop / "library_index.py"
    for _ in range(2):
        said = run(program, "--limit", "40", "--url", server.url(name), folder=tmp_path)
        assert [line for line in SAID["library_index.py"] if line not in said] == [], said
