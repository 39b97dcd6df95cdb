"""One database server that tests may use: where it listens, and who may come in."""

from dataclasses import dataclass
from urllib.parse import quote, unquote, urlencode, urlsplit

__all__ = ["DRIVERS", "ENGINES", "Server"]

ENGINES = ("postgresql", "mysql")
DRIVERS = {"postgresql": "asyncpg", "mysql": "asyncmy"}


@dataclass(frozen=True, slots=True)
class Server:
    """A server. A private one has a clock that is not UTC, TLS, a unix socket and a user with a secret password.

    `socket` is what its clients take to reach it without TCP: the folder of PostgreSQL's socket, the file of
    MariaDB's. `ca` is the file of the certificate that signed its own, which names localhost and 127.0.0.1. `admin`
    is a user who may do everything, without a password, through the socket. Of a server that was there before, all
    three are None.
    """

    engine: str
    host: str
    port: int
    user: str
    password: str
    socket: str | None = None
    ca: str | None = None
    admin: str | None = None

    def url(self, database: str, **options: object) -> str:
        """The URL of a database over TCP, for the library; `options` follow the question mark."""
        user, password = quote(self.user, safe=""), quote(self.password, safe="")
        host = f"[{self.host}]" if ":" in self.host else self.host
        asked = f"?{urlencode(options)}" if options else ""
        return f"{self.engine}+{DRIVERS[self.engine]}://{user}:{password}@{host}:{self.port}/{database}{asked}"

    @classmethod
    def of(cls, engine: str, url: str) -> "Server":
        """The server that `scheme://user:password@host:port` names."""
        parts = urlsplit(url)
        port = parts.port or {"postgresql": 5432, "mysql": 3306}[engine]
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(engine, parts.hostname or "127.0.0.1", port, user, password)
