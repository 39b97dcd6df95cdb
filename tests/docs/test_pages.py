"""Every block of Python in README.md and in docs/ runs, on asyncio and on trio."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT
from tests.docs.page import WrongPage, blocks, run_page

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("loop", ["asyncio", "trio"])
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_runs(page: Path, loop: str, tmp_path: Path) -> None:
    """Each page is a process of its own: its models and its configuration are nobody else's."""
    roots = os.pathsep.join([str(ROOT), str(ROOT / "drivers")])
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.docs.page", str(page), loop],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": roots},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


PAGE = """
# A page

```python
import sniffio

class Answer(Exception): ...

said = []
```

- in a list

  ```python
  async def ask() -> str:
      return sniffio.current_async_library()

  said.append(await ask())
  ```

```text
not Python
```

<!-- fails: Exception -->

```python
raise Answer(said)
```

````python
assert said, '''
```python
'''
````
"""


@pytest.fixture(autouse=True)
def _own_main(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.mark.parametrize("loop", ["asyncio", "trio"])
def test_blocks_share_names_and_may_await(loop: str) -> None:
    assert run_page(PAGE, "page.md", loop) == 4
    assert vars(sys.modules["__main__"])["said"] == [loop]


def test_blocks_know_their_lines() -> None:
    assert [(block.line, block.fails) for block in blocks(PAGE)] == [
        (5, None),
        (15, None),
        (28, "Exception"),
        (32, None),
    ]


def test_a_traceback_names_the_line_of_the_page() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        run_page("one\n\n```python\n\n1 / 0\n```\n", "page.md", "asyncio")
    place = caught.traceback[-1]
    assert (str(place.path), place.lineno + 1) == ("page.md", 5)


@pytest.mark.parametrize(
    "page",
    [
        "```python no-run\n1\n```\n",
        "```py\n1\n```\n",
        "<!-- fails: KeyError -->\n```text\n1\n```\n",
        "<!-- fails: KeyError -->\n```python\n1\n```\n",
    ],
    ids=["not run", "another name", "not Python", "no failure"],
)
def test_a_page_that_would_hide_something_is_refused(page: str) -> None:
    with pytest.raises(WrongPage):
        run_page(page, "page.md", "asyncio")


def test_another_error_than_announced_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        run_page("<!-- fails: KeyError -->\n```python\n1 / 0\n```\n", "page.md", "asyncio")
