"""Where stress tests run: the loops, and the databases, each with two connections and little patience."""

from pathlib import Path

from activerecord import ActiveRecord
from activerecord.testing.runners import RUNNERS
from tests.feature.busy import with_settings
from tests.feature.cells import CELLS, Cell

__all__ = ["FILES", "LOOPS", "PLACES", "SERVERS", "configure"]

LOOPS = [RUNNERS[name] for name in ("asyncio", "uvloop", "trio") if name in RUNNERS]

FILES = [cell for cell in CELLS if cell.place == "file"]
SERVERS = [cell for cell in CELLS if cell.place == "server"]
PLACES = [*(Cell("sqlite", cell.driver, place) for cell in FILES for place in ("file", "memory")), *SERVERS]


def configure(cell: Cell, folder: Path, **settings: object) -> str:
    """Have the default connection lead to an empty database of the cell; the URL, with these settings."""
    url = with_settings(cell.url(folder), **{"max_size": 2, "acquire_timeout": 2, "lock_timeout": 2, **settings})
    ActiveRecord.configure(url)
    return url
