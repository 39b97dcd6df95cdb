"""Prints Debian's names of what the tests would like and this machine has not: `python -m tests.servers`."""

import os

from tests.servers import mariadb, postgresql
from tests.servers.programs import find
from tests.servers.run import GIVEN

__all__ = ["main"]


def main() -> None:
    """A name a line. A server that the environment names need not be installed."""
    installed = {"postgresql": postgresql.installed, "mysql": mariadb.installed}
    packages = {"postgresql": "postgresql", "mysql": "mariadb-server"}
    for engine, variable in GIVEN.items():
        if not os.environ.get(variable) and not installed[engine]():
            print(packages[engine])
    if not find("openssl"):
        print("openssl")


if __name__ == "__main__":
    main()
