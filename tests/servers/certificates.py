"""A certificate for the servers of one run, by an authority that exists for that run."""

import secrets
from pathlib import Path

from tests.servers.programs import Account, find

__all__ = ["AUTHORITY", "Certificate"]

AUTHORITY = "ca.pem"

_DAYS = "2"
_NAMES = "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n"
_KEY = ["-newkey", "rsa:2048", "-nodes"]


class Certificate:
    """The files of a server's certificate and its key, in a folder that belongs to the server's user."""

    def __init__(self, folder: Path) -> None:
        self.certificate = folder / "server.pem"
        self.key = folder / "server.key"

    @classmethod
    def make(cls, folder: Path, authority: Path, account: Account) -> "Certificate | None":
        """A certificate for the server of this account; None without the program `openssl`."""
        openssl = find("openssl")
        if openssl is None or not authority.exists():
            return None
        made = cls(folder)
        request, names, log = folder / "server.csr", folder / "names", folder / "openssl.log"
        names.write_text(_NAMES)
        subject = ["-subj", "/CN=localhost", "-keyout", str(made.key), "-out", str(request)]
        Account().run([openssl, "req", *_KEY, *subject], log)
        signing = ["-CA", str(authority), "-CAkey", f"{authority}.key", "-days", _DAYS]
        # A serial number of one's own: a file of them would be written by both servers' threads.
        signing += ["-set_serial", str(secrets.randbits(63))]
        where = ["-in", str(request), "-extfile", str(names), "-out", str(made.certificate)]
        Account().run([openssl, "x509", "-req", *signing, *where], log)
        # PostgreSQL takes no key that others may read.
        made.key.chmod(0o600)
        for path in made.key, made.certificate:
            account.own(path)
        return made

    @staticmethod
    def authority(folder: Path) -> Path:
        """Where the authority's certificate is, if there is the program that makes one."""
        openssl, path = find("openssl"), folder / AUTHORITY
        if openssl is not None:
            subject = ["-subj", "/CN=tests of one run", "-keyout", f"{path}.key", "-out", str(path)]
            Account().run([openssl, "req", "-x509", *_KEY, "-days", _DAYS, *subject], folder / "openssl.log")
            path.chmod(0o644)
        return path
