"""Real servers for the tests: private ones, started when a test first asks and gone when the run has ended.

    from tests import servers

    server = servers.postgres()                       # None where PostgreSQL is not installed
    name = servers.fresh_database("postgresql")       # an empty database
    server.url(name)                                  # "postgresql+asyncpg://tester:...@127.0.0.1:23456/..."

A test need not give its databases back; a program does so with `with servers.given_back():`, and a later caller gets
them, emptied. `server.host` and `port`, `server.socket`, `server.ca`, `user` and `password` are for configurations by hand.
Nothing here needs pytest. In one run of several processes (pytest-xdist) all use the same servers.
"""

from tests.servers.databases import Missing, fresh_database, give_back, given_back
from tests.servers.run import at_end, begin, end, folder, missing, server
from tests.servers.server import DRIVERS, ENGINES, Server

__all__ = [
    "DRIVERS",
    "ENGINES",
    "Missing",
    "Server",
    "at_end",
    "begin",
    "end",
    "folder",
    "fresh_database",
    "give_back",
    "given_back",
    "missing",
    "mysql",
    "postgres",
    "server",
]


def postgres() -> Server | None:
    """The PostgreSQL of this run; None where none is installed. Raises RuntimeError where it does not start."""
    return server("postgresql")


def mysql() -> Server | None:
    """The MariaDB of this run, or the MySQL that the environment names; None where there is neither."""
    return server("mysql")
