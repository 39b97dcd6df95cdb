"""Strict loading: what is said where a relation would be loaded later than the query that gave the record."""

import logging
from typing import Any

from activerecord import runtime
from activerecord.errors import StrictLoadingViolation
from activerecord.hydration import Origin
from activerecord.pool import caller
from activerecord.strictness import Strictness, checked_strictness

__all__ = ["forbid_later", "note_later"]

_log = logging.getLogger("activerecord")


def forbid_later(record: Any, spelt: str, name: str) -> None:
    """Raise StrictLoadingViolation where that relation of the record may only be loaded with the query, or by preload."""
    mode, by = _told(record)
    if mode == "raise":
        preload = "preload" if runtime.backend() is None else "await async_preload"
        raise StrictLoadingViolation(
            f"{spelt} is not loaded, and {by} forbids loading it later: ask for it with the query, `.with_({name!r})`, or "
            f"for all records at hand, `{preload}(records, {name!r})`"
        )


def note_later(record: Any, spelt: str, count: int) -> None:
    """Log a warning where that relation of so many records, this one among them, should not be loaded later."""
    mode, by = _told(record)
    if mode == "log":
        _log.warning("%s is loaded later than the query, for %d records, at %s (%s)", spelt, count, caller(), by)


def _told(record: Any) -> tuple[Strictness, str]:
    """What holds for the record, and who says so. A new one came with no query, so nothing is later than that."""
    if record.is_new:
        return "off", ""
    origin: Origin | None = record._origin
    told = None if origin is None else origin.strict
    if told is not None:
        return told, "strict_loading() of its query"
    place = f"{record.__class__.__name__}.__strict_loading__"
    return checked_strictness(record.__strict_loading__, place), place
