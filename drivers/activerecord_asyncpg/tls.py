"""TLS as libpq's words for it ask for it."""

import ssl
from functools import lru_cache
from pathlib import Path
from typing import Any

from activerecord.errors import ConfigurationError
from activerecord_asyncpg.settings import Settings

__all__ = ["tls"]


def tls(settings: Settings) -> Any:
    """What asyncpg takes as `ssl`: None for its own way, a word, False, or a context that verifies.

    Raises ConfigurationError for a file of certificates that cannot be read.
    """
    if settings.sslmode is None or settings.sslmode in ("allow", "prefer"):
        return settings.sslmode
    if settings.sslmode == "disable":
        return False
    try:
        return _context(settings)
    except (OSError, ValueError) as error:
        files = [file for file in (settings.sslrootcert, settings.sslcert, settings.sslkey) if file]
        raise ConfigurationError(f"the certificates of {', '.join(files)} cannot be read: {error}") from None


def _context(settings: Settings) -> ssl.SSLContext:
    files = settings.sslrootcert, settings.sslcert, settings.sslkey
    written = tuple([Path(file).stat().st_mtime_ns for file in files if file is not None])
    return _made(settings.sslmode, *files, written)


@lru_cache(maxsize=16)
def _made(
    mode: str | None, root: str | None, certificate: str | None, key: str | None, _: tuple[int, ...]
) -> ssl.SSLContext:
    """Kept until one of its files changes: reading the system's authorities keeps the whole loop waiting."""
    context = ssl.create_default_context(cafile=root)
    context.check_hostname = mode == "verify-full"
    if mode == "require" and root is None:
        # Encrypted, though nobody knows by whom: what the word means everywhere.
        context.verify_mode = ssl.CERT_NONE
    if certificate is not None:
        # Without a password a locked key would ask the terminal for one.
        context.load_cert_chain(certificate, key, password="")
    return context
