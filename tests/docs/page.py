"""Run the Python blocks of one page of the docs. As a program: `python -m tests.docs.page PAGE LOOP`.

All blocks of a page run in order and share their names, as if they were one program. A block may `await` outside any
function: it then runs on the loop asked for; others run as plain code. A block that must raise is announced by a comment
of the page just above it: `<!-- fails: SyncInLoop -->`.
"""

import ast
import faulthandler
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import anyio

# How long a page may take, in seconds, before the stacks of its threads are printed and it is ended.
PATIENCE = 60

FENCE = re.compile(
    r"^(?:<!--\s*fails:\s*(?P<fails>\w+)\s*-->\s*?\n\s*)?"
    r"^(?P<indent> *)(?P<ticks>```+|~~~+) *(?P<words>[^\n]*)\n(?P<body>.*?)^(?P=indent)(?P=ticks) *$",
    re.MULTILINE | re.DOTALL,
)


class WrongPage(Exception):
    """A page that cannot be run as it is written, or a block that did not fail as announced."""


@dataclass(frozen=True)
class Block:
    """A block of Python: its text, the line of the page on which it starts, and the error it must raise, if any."""

    text: str
    line: int
    fails: str | None

    def code(self, page: str) -> CodeType:
        """The block compiled, so that a traceback shows the page's own lines."""
        placed = "\n" * (self.line - 1) + self.text
        code: CodeType = compile(placed, page, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        return code


def blocks(text: str) -> Iterator[Block]:
    """The Python blocks of a page. Raises WrongPage for one that is marked in a way that would keep it from running."""
    for found in FENCE.finditer(text):
        words = found["words"].split()
        if words[:1] in (["py"], ["python3"]) or (words[:1] == ["python"] and words != ["python"]):
            raise WrongPage(f"a block opens with {found['words']!r}: every block of Python is '```python' and runs")
        if words == ["python"]:
            line = text.count("\n", 0, found.start("body")) + 1
            yield Block(textwrap.dedent(found["body"]), line, found["fails"])
        elif found["fails"]:
            raise WrongPage(f"'fails: {found['fails']}' stands above a block that is not Python")


def run_page(text: str, name: str, loop: str) -> int:
    """Run all blocks of a page; how many there were. Raises what a block raises, or WrongPage."""
    module = ModuleType("__main__")
    # Names in annotations are looked up in the module of the class: the page has to be that module.
    sys.modules["__main__"] = module
    found = list(blocks(text))
    for block in found:
        _run_block(block, name, loop, vars(module))
    return len(found)


def _run_block(block: Block, name: str, loop: str, names: dict[str, Any]) -> None:
    code = block.code(name)
    try:
        if code.co_flags & inspect.CO_COROUTINE:
            anyio.run(_awaited, code, names, backend=loop)
        else:
            exec(code, names)
    except Exception as error:
        if block.fails not in {kind.__name__ for kind in type(error).__mro__}:
            raise
    else:
        if block.fails:
            raise WrongPage(f"{name}:{block.line}: the block should have raised {block.fails}")


async def _awaited(code: CodeType, names: dict[str, Any]) -> None:
    await eval(code, names)


def main() -> None:
    """Run the page and the loop that the command line names, in the folder that is current."""
    faulthandler.dump_traceback_later(PATIENCE, exit=True)
    page, loop = sys.argv[1:]
    print(run_page(Path(page).read_text(encoding="utf-8"), page, loop), "blocks ran")


if __name__ == "__main__":
    main()
