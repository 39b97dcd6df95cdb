"""Every block of Python in README.md and in docs/ runs, on asyncio and on trio; a page about servers on each server."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import servers
from tests.architecture.source import ROOT
from tests.docs.page import WrongPage, blocks, run_page

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


URL = "DATABASE_URL"  # a page that reads it is about databases with a server

WITH_SERVERS = [page for page in PAGES if URL in page.read_text(encoding="utf-8")]
WITHOUT = [page for page in PAGES if page not in WITH_SERVERS]


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("loop", ["asyncio", "trio"])
@pytest.mark.parametrize("page", WITHOUT, ids=_name)
def test_a_page_runs(page: Path, loop: str, tmp_path: Path) -> None:
    _run(page, loop, tmp_path, {})


@pytest.mark.parametrize("loop", ["asyncio", "trio"])
@pytest.mark.parametrize("engine", servers.ENGINES)
@pytest.mark.parametrize("page", WITH_SERVERS, ids=_name)
def test_a_page_about_servers_runs_on_each(page: Path, engine: str, loop: str, tmp_path: Path) -> None:
    name = servers.fresh_database(engine)
    server = servers.server(engine)
    assert server is not None
    _run(page, loop, tmp_path, {URL: server.url(name)})


def _run(page: Path, loop: str, folder: Path, environment: dict[str, str]) -> None:
    """Each page is a process of its own: its models and its configuration are nobody else's."""
    roots = os.pathsep.join([str(ROOT), str(ROOT / "drivers")])
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.docs.page", str(page), loop],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": roots, **environment},
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
