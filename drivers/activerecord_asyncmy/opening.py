"""Opening a connection: to the server, over TLS or not, and into a session that is set to what the library relies on."""

import asyncio
import ssl

from asyncmy.errors import MySQLError

from activerecord.errors import ConfigurationError, ConnectionFailed
from activerecord.sql.dialect import Dialect
from activerecord.sql.dialects.mysql import MARIADB, MYSQL
from activerecord_asyncmy.errors import failed
from activerecord_asyncmy.settings import Settings
from activerecord_asyncmy.wire import Wire

__all__ = ["dialect_of", "open_session", "open_wire"]


async def open_session(settings: Settings) -> Wire:
    """A connection whose session is set. Raises ConnectionFailed; cancelled or failing, it leaves nothing open."""
    wire: Wire | None = None
    try:
        async with asyncio.timeout(settings.connect_timeout):
            wire = await open_wire(settings)
            await wire.run(settings.session(mariadb=dialect_of(wire) is MARIADB))
    except BaseException as error:
        if wire is not None:
            wire.abort()
        if isinstance(error, Exception) and not isinstance(error, ConfigurationError | ConnectionFailed):
            raise failed(error, settings.where) from error
        raise
    return wire


def dialect_of(wire: Wire) -> Dialect:
    """The SQL that the server speaks, by what it calls itself."""
    return MARIADB if "mariadb" in wire.version.lower() else MYSQL


async def open_wire(settings: Settings) -> Wire:
    """A connection that is logged in."""
    if settings.mode != "PREFERRED":
        return await _logged_in(settings, tls=settings.mode != "DISABLED")
    wire = Wire(_arguments(settings, tls=True))
    try:
        return await _opened(wire)
    except (MySQLError, OSError):
        if not wire.greeted or wire.has_tls:
            raise
    return await _logged_in(settings, tls=False)


async def _logged_in(settings: Settings, *, tls: bool) -> Wire:
    return await _opened(Wire(_arguments(settings, tls=tls)))


async def _opened(wire: Wire) -> Wire:
    try:
        await wire.open()
    except BaseException:
        wire.abort()
        raise
    return wire


def _arguments(settings: Settings, *, tls: bool) -> dict[str, object]:
    try:
        return settings.arguments(tls=tls)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(f"a file of a certificate for {settings.where} cannot be read: {error}") from error
