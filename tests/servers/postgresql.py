"""A private PostgreSQL with data of no worth."""

import secrets
import signal
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from tests.servers.certificates import Certificate
from tests.servers.programs import Account, Running, find, free_port
from tests.servers.server import Server

__all__ = ["DURABLE", "again", "installed", "start"]

_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")

_USER = "tester"

# A clock that is not UTC shows whether our sessions set theirs; a quick look for deadlocks makes their tests quick.
_SETTINGS = {
    "TimeZone": "Asia/Kolkata",
    "autovacuum": "off",
    "deadlock_timeout": "100ms",
    "dynamic_shared_memory_type": "mmap",
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "127.0.0.1",
    "log_timezone": "UTC",
    "max_connections": "200",
    "max_wal_size": "256MB",
    "min_wal_size": "32MB",
    "password_encryption": "scram-sha-256",
    "shared_buffers": "32MB",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
# With these a commit outlives the server's processes, though not the machine.
DURABLE = {"synchronous_commit": "on"}

_DOORS = f"""
local all postgres trust
local all {_USER} scram-sha-256
host all {_USER} 127.0.0.1/32 scram-sha-256
"""


def installed() -> str | None:
    """The server's program."""
    return find("postgres", *_FOLDERS)


def start(
    program: str, folder: Path, authority: Path, settings: Mapping[str, str] = MappingProxyType({})
) -> tuple[Running, Server]:
    """A server in a folder that is made for it, with these settings of its own. Raises Broken."""
    account = Account.of("postgres")
    home, log = account.folder(folder / "postgresql"), folder / "postgresql.log"
    # Clients go through to its socket, and nobody else's user reads what is in it.
    home.chmod(0o711)
    data, password = home / "data", secrets.token_urlsafe() + "@:/%?#"
    _make(program, data, account, log, password)
    port, settings = free_port(), {**_SETTINGS, **settings}
    certificate = Certificate.make(home, authority, account)
    if certificate:
        settings |= {"ssl": "on", "ssl_cert_file": str(certificate.certificate), "ssl_key_file": str(certificate.key)}
    settings |= {"port": str(port), "unix_socket_directories": str(home)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    running = Running(account.start([program, "-D", str(data), *options], log), log, signal.SIGQUIT)
    running.until(lambda: _ready(data / "postmaster.pid"))
    ca = str(authority) if certificate else None
    return running, Server("postgresql", "127.0.0.1", port, _USER, password, str(home), ca, "postgres")


def again(stopped: Running, server: Server) -> Running:
    """The same server, started anew once it has ended, however it did. Raises Broken."""
    status = Path(server.socket or "") / "data" / "postmaster.pid"
    # What the former one has left would be taken for the new one's word.
    status.unlink(missing_ok=True)
    running = Running(Account.of("postgres").start(stopped.command, stopped.log), stopped.log, stopped.signal)
    running.until(lambda: _ready(status))
    return running


def _make(program: str, data: Path, account: Account, log: Path, password: str) -> None:
    initdb = str(Path(program).resolve().with_name("initdb"))
    made = ["--username=postgres", "--auth=trust", "--locale=C.UTF-8", "--encoding=UTF8", "--no-sync"]
    account.run([initdb, f"--pgdata={data}", *made], log)
    (data / "pg_hba.conf").write_text(_DOORS)
    roles = data.parent / "roles.sql"
    roles.write_text(f"CREATE ROLE {_USER} LOGIN CREATEDB CREATEROLE PASSWORD '{password}'\n")
    account.own(roles)
    # Before the server listens, nobody needs to be let in.
    shell = 'exec "$0" --single -c fsync=off -D "$1" template1 < "$2"'
    account.run(["/bin/sh", "-c", shell, program, str(data), str(roles)], log)
    roles.unlink()


def _ready(status: Path) -> bool:
    """The server writes into the file of its process how far it is."""
    try:
        return "ready" in status.read_text()
    except FileNotFoundError:
        return False
