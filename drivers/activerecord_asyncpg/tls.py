"""TLS as libpq's words for it ask for it."""

import ssl
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
    context = ssl.create_default_context(cafile=settings.sslrootcert)
    context.check_hostname = settings.sslmode == "verify-full"
    if settings.sslmode == "require" and settings.sslrootcert is None:
        # Encrypted, though nobody knows by whom: what the word means everywhere.
        context.verify_mode = ssl.CERT_NONE
    if settings.sslcert is not None:
        # Without a password a locked key would ask the terminal for one.
        context.load_cert_chain(settings.sslcert, settings.sslkey, password="")
    return context
