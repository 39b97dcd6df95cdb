"""Take each guard of the library away in turn, in a copy, and see that the stress tests notice.

python -m tests.stress.mutants [part of a guard's name]
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import servers
from tests.stress.guards import GUARDS, ROOT, Guard

__all__ = ["Verdict", "copied", "tried"]

# Seconds: of one test, of one run of some, and of the run of all of them with all guards in place.
TEST, RUN, CONTROL = 40, 100, 900

_PARTS = ("activerecord", "drivers", "tests", "pyproject.toml", "README.md")

# A plugin of the copy's pytest: whatever is installed, it is the copy that is tested.
_PROOF = """
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parent
NAMES = ("activerecord", *(f"activerecord_{name}" for name in ("sqlite3", "aiosqlite", "asyncpg", "asyncmy")), "tests.stress")


def pytest_collection_finish() -> None:
    for name in NAMES:
        place = Path(import_module(name).__path__[0])
        assert place.is_relative_to(HERE), f"{name} was imported from {place}"
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of the tests without a guard: they failed or hung, as they must ("caught"), or the guard is not missed."""

    guard: Guard
    word: str
    seconds: float
    output: str = ""

    @property
    def is_caught(self) -> bool:
        return self.word in ("caught", "caught: it hangs")


@contextmanager
def copied() -> Generator[Path]:
    """A copy of the library and its tests."""
    with tempfile.TemporaryDirectory(prefix="activerecord-mutant-") as folder:
        place = Path(folder)
        for name in _PARTS:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, place / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, place / name)
        (place / "is_the_copy.py").write_text(_PROOF)
        yield place


def tried(guard: Guard) -> Verdict:
    """Take the guard away in a copy, and run its tests there."""
    if guard.occurrences() != 1:
        return Verdict(guard, "NOT THERE", 0.0)
    with copied() as place:
        guard.take_away(place)
        began = time.monotonic()
        code, output = run(place, guard.tests, seconds=RUN)
        words = {None: "caught: it hangs", 0: "SURVIVED", 1: "caught"}
        return Verdict(guard, words.get(code, "BROKEN"), time.monotonic() - began, output)


def sound(guards: Iterable[Guard]) -> str | None:
    """What their tests say of a copy with all its guards, where they do not pass: then they prove nothing."""
    tests = sorted({test for guard in guards for test in guard.tests})
    with copied() as place:
        code, output = run(place, tests, seconds=CONTROL)
        return None if code == 0 else output


def run(place: Path, tests: Sequence[str], *, seconds: float) -> tuple[int | None, str]:
    """How pytest ends in a copy, None where it does not in that time, and what it says."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "is_the_copy",
        "-x",
        "-q",
        "--tb=line",
        f"--timeout={TEST}",
        *tests,
    ]
    process = subprocess.Popen(
        command,
        cwd=place,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        return None, process.communicate()[0]
    return process.returncode, output


def main(words: Sequence[str]) -> int:
    """Try the guards whose names have one of the words, all if there is none. 1 if one is not missed."""
    chosen = [guard for guard in GUARDS if not words or any(word in guard.name for word in words)]
    servers.begin()
    # Started here, so that no copy starts its own.
    for engine in servers.ENGINES:
        servers.server(engine)
    if complaint := sound(chosen):
        print(f"{complaint[-4000:]}\nthe tests fail though no guard is missing")
        return 1
    left: list[Verdict] = []
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for verdict in threads.map(tried, chosen):
            print(f"{verdict.word:18} {verdict.seconds:5.1f} s  {verdict.guard}", flush=True)
            if not verdict.is_caught:
                left.append(verdict)
    for verdict in left:
        print(f"\n{verdict.word}: {verdict.guard} ({verdict.guard.file})\n{verdict.output[-2000:]}")
    print(f"{len(chosen) - len(left)} of {len(chosen)} caught")
    return 1 if left or not chosen else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    finally:
        servers.end()
