"""Finding a driver: from the words of a configuration to the package that is installed."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from activerecord.config import COMMON_KEYS, Configuration
from activerecord.driver import Driver
from activerecord.errors import ConfigurationError, MissingDriver, nearest
from activerecord.sql.dialects import DRIVERS

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["GROUP", "check", "find_driver"]

GROUP = "activerecord.drivers"
"""The group of entry points in which a package announces its driver, under the driver's name."""


def find_driver(configuration: Configuration) -> Driver:
    """The driver that a configuration asks for.

    Raises ConfigurationError for an engine or a driver that nobody provides, MissingDriver where its package is not
    installed, naming the extra.
    """
    name = configuration.driver_type or DRIVERS.get(configuration.engine.lower())
    if name is None:
        raise ConfigurationError(
            f"connection {configuration.name!r}: no engine is called {configuration.engine!r}; "
            f"{nearest(configuration.engine, DRIVERS)}"
        )
    installed = _installed()
    entry = installed.get(name)
    if entry is None:
        raise ConfigurationError(
            f"connection {configuration.name!r}: no driver is called {name!r}; {nearest(name, installed)}"
        )
    driver = _load(entry)
    if configuration.engine.lower() not in driver.dialect.words:
        raise ConfigurationError(
            f"connection {configuration.name!r}: the driver {name!r} speaks {driver.dialect.name}, "
            f"not {configuration.engine!r}"
        )
    return driver


def check(configuration: Configuration, driver: Driver) -> Configuration:
    """The configuration with the driver's own options parsed. Raises ConfigurationError, naming what is wrong."""
    known: Iterable[str] = COMMON_KEYS | driver.options.keys()
    options: dict[str, Any] = {}
    for key, value in configuration.options.items():
        parse = driver.options.get(key)
        if parse is None:
            raise ConfigurationError(f"connection {configuration.name!r}: unknown key {key!r}; {nearest(key, known)}")
        try:
            options[key] = parse(value)
        except ValueError as error:
            raise ConfigurationError(f"connection {configuration.name!r}: {key!r} takes {error}") from None
    checked = replace(configuration, options=MappingProxyType(options))
    driver.check(checked)
    return checked


def _installed() -> "Mapping[str, EntryPoint]":
    from importlib.metadata import entry_points  # heavy: only a program that connects has to wait for it

    return {entry.name: entry for entry in entry_points(group=GROUP)}


@cache
def _load(entry: "EntryPoint") -> Driver:
    try:
        return cast("Driver", entry.load())
    except ImportError as error:
        raise MissingDriver(
            f"the driver {entry.name!r} needs a package that is not installed ({error.name}): "
            f"pip install 'activerecord[{entry.name}]'"
        ) from error
