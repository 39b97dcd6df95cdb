"""A private MariaDB with data of no worth."""

import secrets
import signal
import socket
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from tests.servers.certificates import Certificate
from tests.servers.programs import Account, Running, find, free_port
from tests.servers.server import Server

__all__ = ["DURABLE", "again", "installed", "start"]

_FOLDERS = ("/usr/sbin", "/usr/libexec", "/usr/local/sbin", "/opt/homebrew/opt/mariadb*/bin")

_USER = "tester"

# A clock that is not UTC, a lax mode and a collation that knows no case show whether our sessions and tables set theirs.
_SETTINGS = {
    "bind-address": "127.0.0.1",
    "character-set-server": "utf8mb4",
    "collation-server": "utf8mb4_general_ci",
    "default-time-zone": "+05:30",
    "innodb-buffer-pool-size": "64M",
    "innodb-doublewrite": "0",
    "innodb-fast-shutdown": "2",
    "innodb-flush-log-at-trx-commit": "0",
    "innodb-flush-method": "nosync",
    "innodb-log-file-size": "32M",
    "innodb-use-native-aio": "0",
    "loose-performance-schema": "0",
    "max-connections": "200",
    "skip-log-bin": "1",
    "skip-name-resolve": "1",
    "sql-mode": "",
}

# With these a commit outlives the server's process, though not the machine.
DURABLE = {"innodb-flush-log-at-trx-commit": "2"}


def installed() -> str | None:
    """The server's program."""
    return find("mariadbd", *_FOLDERS)


def start(
    program: str, folder: Path, authority: Path, settings: Mapping[str, str] = MappingProxyType({})
) -> tuple[Running, Server]:
    """A server in a folder that is made for it, with these settings of its own. Raises Broken."""
    account = Account.of("mysql")
    home, log = account.folder(folder / "mariadb"), folder / "mariadb.log"
    # Clients go through to its socket, and nobody else's user reads what is in it.
    home.chmod(0o711)
    data, password = account.folder(home / "data"), secrets.token_urlsafe() + "@:/%?#"
    _make(data, account, log)
    port, settings = free_port(), {**_SETTINGS, **settings}
    certificate = Certificate.make(home, authority, account)
    if certificate:
        settings |= {"ssl-cert": str(certificate.certificate), "ssl-key": str(certificate.key)}
        settings |= {"ssl-ca": str(authority)}
    at, users = home / "socket", home / "users.sql"
    settings |= {"datadir": str(data), "port": str(port), "socket": str(at), "pid-file": str(home / "pid")}
    settings |= {"init-file": str(users), "tmpdir": str(home)}
    users.write_text(_users(password))
    account.own(users)
    options = [f"--{name}={value}" for name, value in settings.items()]
    running = Running(account.start([program, "--no-defaults", *options], log), log, signal.SIGKILL)
    running.until(lambda: _listens(at))
    users.unlink()
    return running, Server("mysql", "127.0.0.1", port, _USER, password, str(at), settings.get("ssl-ca"), "root")


def again(stopped: Running, server: Server) -> Running:
    """The same server, started anew once it has ended, however it did. Raises Broken."""
    at = Path(server.socket or "")
    # Its users are there already.
    command = [part for part in stopped.command if not part.startswith("--init-file")]
    running = Running(Account.of("mysql").start(command, stopped.log), stopped.log, stopped.signal)
    running.until(lambda: _listens(at))
    return running


def _make(data: Path, account: Account, log: Path) -> None:
    program = find("mariadb-install-db")
    assert program is not None, "mariadb-install-db comes with the server"
    made = ["--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"]
    quick = ["--innodb-flush-log-at-trx-commit=0", "--innodb-flush-method=nosync", "--innodb-use-native-aio=0"]
    # A server that starts removes what others of its kind have in the folder for temporary files.
    where = [f"--datadir={data}", f"--tmpdir={data.parent}"]
    account.run([program, "--no-defaults", *where, *made, *quick], log)


def _users(password: str) -> str:
    """The statements that let the user in. One line each, as the server wants them."""
    return (
        f"CREATE USER '{_USER}'@'%' IDENTIFIED BY '{password}';\n"
        f"GRANT ALL PRIVILEGES ON *.* TO '{_USER}'@'%' WITH GRANT OPTION;\n"
    )


def _listens(at: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(at))
        except OSError:
            return False
        # It speaks first, once it lets anybody in.
        client.settimeout(5)
        return bool(client.recv(1))
