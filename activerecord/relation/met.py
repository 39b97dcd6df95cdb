"""Records that a load has met: a row that is reached twice is one object, as far as one object can hold what is asked of it."""

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from activerecord.hydration import Layout
from activerecord.mapper import Mapper

__all__ = ["Met"]


class Met:
    """The records that may be shared by the parts of a load, since none of them wants a relation otherwise than another."""

    __slots__ = ("_by_layout",)

    def __init__(self) -> None:
        # of the columns that were read, by key: an object with others would lack some, or give away too many
        self._by_layout: dict[Layout, dict[Hashable, Any]] = {}

    def meet_result(self, mapper: "Mapper[Any]", records: "list[Any]") -> list[Any]:
        """What `meet` gives for the records of one result, which have their layout in common."""
        table = mapper.known_table()
        if not records or table is None or not table.primary_key:
            return records
        return self._meet(records[0]._origin.layout, table.primary_key, records)

    def meet(self, mapper: "Mapper[Any]", records: "Iterable[Any]") -> list[Any]:
        """The records, or in place of each the one of the same row that was met before."""
        given, table = list(records), mapper.known_table()
        if table is None or not table.primary_key:
            return given
        layouts = {None if record._origin is None else record._origin.layout for record in given}
        if len(layouts) == 1:
            return self._meet(layouts.pop(), table.primary_key, given)
        return [
            self._meet(None if record._origin is None else record._origin.layout, table.primary_key, [record])[0]
            for record in given
        ]

    def _meet(self, layout: Layout | None, names: tuple[str, ...], records: "list[Any]") -> list[Any]:
        if layout is None or not layout.positions.keys() >= {*names}:
            return records
        keys = layout.keys_of([record._row for record in records], names)
        known = self._by_layout.setdefault(layout, {})
        if not known:
            known.update(zip(keys, records, strict=True))
            if len(known) == len(records) and not _any_null(known, len(names)):
                return records
            known.clear()
        return [
            record if _is_null(key) else known.setdefault(key, record)
            for key, record in zip(keys, records, strict=True)
        ]


def _is_null(key: Any) -> bool:
    """Whether a key has a part that is NULL, so that it is equal to no other."""
    return key is None or (key.__class__ is tuple and None in key)


def _any_null(keys: "Mapping[Any, Any]", width: int) -> bool:
    """Whether one of these keys of so many columns has a part that is NULL."""
    return None in keys if width == 1 else any(map(_is_null, keys))
