"""The report on sizes counts what it says it counts."""

import ast
from pathlib import Path

from tests.architecture.sizes import code_lines, function_sizes, report
from tests.architecture.source import ROOT, Module

TEXT = '''"""A module."""

def one() -> int:
    """Words,

    and more words.
    """
    # Why.
    return (
        1
    )


def two() -> str: return """text
that is code"""
'''


def sample() -> Module:
    """A module that is nowhere on disk."""
    return Module("sample", Path(ROOT / "sample.py"), TEXT, ast.parse(TEXT))


def test_only_code_counts() -> None:
    assert code_lines(sample()) == {3, 9, 10, 11, 14, 15}


def test_functions_come_with_the_longest_first() -> None:
    assert function_sizes([sample()]) == [(4, "sample.py:3 one"), (2, "sample.py:14 two")]


def test_a_part_without_files_is_told() -> None:
    assert report("nothing", []) == ["nothing: nothing yet"]
