"""What differs between a record and the row that it was loaded from, computed when asked for."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from activerecord.hydration import Layout

__all__ = ["MISSING", "changed_values", "differs"]


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


MISSING: Any = _Missing()
"""Stands for a value that a record does not have."""


def changed_values(layout: Layout, row: Sequence[Any], values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The columns whose value is no longer the row's: name to (old, new), in the order of the row.

    `values` holds the record's values by the layout's keys. A value that was changed in place counts, since the old one
    is loaded anew from the row.
    """
    changes: dict[str, tuple[Any, Any]] = {}
    for position, (key, raw, load) in enumerate(zip(layout.keys, row, layout.loads, strict=True)):
        new = values.get(key, MISSING)
        if new is raw or new is MISSING:
            continue
        old = raw if raw is None or load is None else load(raw)
        if differs(old, new):
            changes[layout.names[position]] = (old, new)
    return changes


def differs(old: Any, new: Any) -> bool:
    """Whether two values of one column are not the same. What cannot be compared differs."""
    if old is new:
        return False
    try:
        return type(old) is not type(new) or not bool(old == new) or _differs_inside(old, new)
    except Exception:  # noqa: BLE001  # a value's own comparison may fail in any way
        return True


def _differs_inside(old: Any, new: Any) -> bool:
    """Whether equal documents are not the same all the same: to Python 1, 1.0 and True are equal."""
    if isinstance(old, dict):
        return any(differs(value, new[name]) for name, value in cast("Mapping[Any, Any]", old).items())
    if isinstance(old, list):
        return any(map(differs, cast("Sequence[Any]", old), new))
    return False
