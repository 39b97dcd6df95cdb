"""Type checkers accept the programs of `must_pass`, and find just the marked lines of `must_fail`.

A line marked `# error: both` is reported by mypy and pyright, one marked `# error: mypy` or `# error: pyright` by that one
alone.
"""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
# That of the project leaves out must_fail, whose mistakes are wanted; for mypy a file that is named counts all the same.
CONFIGURATION = str(HERE / "pyrightconfig.json")
PROGRAMS = sorted([HERE / "models.py", *HERE.glob("must_*/*.py")])
MARK = re.compile(r"# error: (both|mypy|pyright)\b")

# What a checker reports: file and line, with its words.
Reports: TypeAlias = dict[tuple[Path, int], str]


def output(*command: str) -> str:
    """What a checker prints about the programs, all in one run."""
    files = [str(program) for program in PROGRAMS]
    # A checker ends with 1 where it finds mistakes, and with more where it has trouble itself.
    done = subprocess.run(
        [sys.executable, "-m", *command, *files], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode <= 1, done.stdout + done.stderr
    return done.stdout


def by_mypy() -> Reports:
    found = [json.loads(line) for line in output("mypy", "--output=json").splitlines() if line.startswith("{")]
    return {(ROOT / one["file"], one["line"]): one["message"] for one in found if one["severity"] == "error"}


def by_pyright() -> Reports:
    given = output("pyright", "--outputjson", "--project", CONFIGURATION, "--pythonpath", sys.executable)
    found = json.loads(given)["generalDiagnostics"]
    return {(Path(one["file"]), one["range"]["start"]["line"] + 1): one["message"] for one in found}


CHECKERS: dict[str, Callable[[], Reports]] = {"mypy": by_mypy, "pyright": by_pyright}


@pytest.fixture(scope="module", params=CHECKERS)
def checker(request: pytest.FixtureRequest) -> tuple[str, Reports]:
    name: str = request.param
    return name, CHECKERS[name]()


def marked(program: Path, name: str) -> set[int]:
    lines = enumerate(program.read_text(encoding="utf-8").splitlines(), 1)
    return {number for number, line in lines if (mark := MARK.search(line)) and mark[1] in {"both", name}}


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: str(program.relative_to(HERE)))
def test_the_marked_lines_are_reported_and_no_others(checker: tuple[str, Reports], program: Path) -> None:
    name, reports = checker
    reported = {line: words for (file, line), words in reports.items() if file == program}
    wanted = marked(program, name)
    assert {line: words for line, words in reported.items() if line not in wanted} == {}
    assert wanted - reported.keys() == set()


def test_the_marks_are_where_they_belong() -> None:
    for program in PROGRAMS:
        assert bool(MARK.search(program.read_text(encoding="utf-8"))) == (program.parent.name == "must_fail")
        assert "must_fail" not in program.parts or len(marked(program, "mypy")) > 1
