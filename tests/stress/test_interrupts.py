"""Ctrl-C at every line of the library that a sync verb passes through: then a right answer, and nothing half done."""

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = '''
import signal
import sys
from types import FrameType
from typing import Any

from activerecord import ActiveRecord, Column, column, create_tables

ActiveRecord.configure({"driver": "sqlite", "driver_type": sys.argv[1], "database": sys.argv[2],
                        "max_size": 1, "acquire_timeout": 0.5, "lock_timeout": 0.5})


class Row(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    kind: Column[str]


def work() -> None:
    with Row.transaction():
        Row.create(kind="pair")
        with Row.transaction():
            Row.create(kind="pair")
    Row.find(1)


def judge() -> None:
    assert Row.where(kind="pair").count() % 2 == 0, "half a transaction was kept"
    assert Row.find(1).kind == "first"
    with Row.transaction():
        Row.create(kind="after")


def begins_exit(frame: FrameType) -> bool:
    """The one place that Python leaves no means to protect: the entry of `__exit__`, before its first statement."""
    return frame.f_code.co_name == "__exit__" and frame.f_lineno <= frame.f_code.co_firstlineno + 3


def interrupted_at(number: int) -> bool:
    """Run the work with Ctrl-C at the line of the library that comes as this number; whether there was one."""
    lines = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal lines
        if "activerecord" not in frame.f_code.co_filename:
            return None
        if event == "line" and not begins_exit(frame):
            lines += 1
            if lines == number:
                sys.settrace(None)
                signal.raise_signal(signal.SIGINT)
        return trace

    try:
        sys.settrace(trace)
        work()
    except KeyboardInterrupt:
        pass
    finally:
        sys.settrace(None)
    return lines >= number


create_tables(Row)
Row.create(kind="first")
work()
number, step = 1, int(sys.argv[3])
while interrupted_at(number):
    try:
        judge()
    except Exception as error:
        raise SystemExit(f"after Ctrl-C at line {number}: {type(error).__name__}: {error}")
    number += step
print("points", (number - 1) // step)
'''


# Every second line for our own driver, every fifth for the other, whose every call turns a loop.
@pytest.mark.stress
@pytest.mark.parametrize(("driver", "step"), [("sqlite3", 2), ("aiosqlite", 5)])
@pytest.mark.parametrize("place", ["file", "memory"])
def test_an_interrupt_at_any_line_leaves_everything_right(driver: str, step: int, place: str, tmp_path: Path) -> None:
    database = ":memory:" if place == "memory" else str(tmp_path / "test.db")
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, driver, database, str(step)],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert int(result.stdout.removeprefix("points")) > 200
