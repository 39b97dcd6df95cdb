"""The databases that feature tests run on: an engine, a driver for it, and where the data lie."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests import servers

__all__ = ["CELLS", "Cell", "chosen"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One driver on one kind of database. `place` is "file", "memory" or "server"."""

    engine: str
    driver: str
    place: str

    def url(self, folder: Path) -> str:
        """The URL of an empty database, another one at each call on a server; a file lies in the folder."""
        if self.place != "server":
            where = ":memory:" if self.place == "memory" else folder / "test.db"
            return f"{self.engine}+{self.driver}:///{where}"
        # It skips the test where there is no server.
        name = servers.fresh_database(self.engine)
        server = servers.server(self.engine)
        assert server is not None
        return server.url(name)

    def __str__(self) -> str:
        return self.driver if self.place == "server" else f"{self.driver}-{self.place}"


# Of the second driver of SQLite a file is enough: in memory it does what the first does, and the contract covers it.
CELLS = [
    Cell("sqlite", "sqlite3", "file"),
    Cell("sqlite", "sqlite3", "memory"),
    Cell("sqlite", "aiosqlite", "file"),
    *(Cell(engine, driver, "server") for engine, driver in servers.DRIVERS.items()),
]


def chosen(engines: Sequence[str], places: Sequence[str]) -> list[Cell]:
    """The cells of these engines and places; of none given, all."""
    wrong = {*engines} - {"sqlite", *servers.ENGINES} | {*places} - {"file", "memory", "server"}
    assert not wrong, f"no such engine or place: {wrong}"
    return [cell for cell in CELLS if (not engines or cell.engine in engines) and (not places or cell.place in places)]
