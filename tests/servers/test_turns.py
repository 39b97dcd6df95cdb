"""Who needs the machine alone gets it, and is not kept waiting by those who come later."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.turns import turn

pytestmark = pytest.mark.timeout(60)

ROOT = Path(__file__).parents[2]

TURN = """
import sys, time
from pathlib import Path
from tests.turns import turn
folder, kind, length = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
print("waits", flush=True)
with turn(folder, alone=kind == "alone"):
    print("in", flush=True)
    time.sleep(length)
"""


def another(folder: Path, kind: str, length: float = 0.0) -> "subprocess.Popen[str]":
    """A process that has begun to wait for its turn."""
    command = [sys.executable, "-c", TURN, str(folder), kind, str(length)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "waits\n"
    return process


def is_in(process: "subprocess.Popen[str]") -> bool:
    assert process.stdout is not None
    return process.stdout.readline() == "in\n"


def test_tests_run_beside_each_other(tmp_path: Path) -> None:
    with turn(tmp_path, alone=False), another(tmp_path, "together") as other:
        assert is_in(other)


def test_alone_waits_for_all_who_are_in_and_goes_before_those_who_come(tmp_path: Path) -> None:
    with another(tmp_path, "together", 60.0) as first:
        assert is_in(first)
        with another(tmp_path, "alone", 0.5) as alone:
            time.sleep(0.2)
            with another(tmp_path, "together") as late:
                time.sleep(0.2)
                first.kill()
                assert is_in(alone)
                began = time.monotonic()
                assert is_in(late)
                assert time.monotonic() - began > 0.3
