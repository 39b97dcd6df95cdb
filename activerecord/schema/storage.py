"""Which values a table keeps just as they are written, so that nobody has to read them again to know them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

__all__ = ["NOTHING_KEPT", "Kept", "Storage"]


class Kept(NamedTuple):
    """What a column keeps: values of one type, as the driver takes them.

    `most` is how many characters or bytes it has room for, whatever they are; `step` how many microseconds a moment is
    rounded to.
    """

    kind: type
    most: int | None = None
    step: int = 1

    def keeps(self, stored: Any) -> bool:
        """Whether this very value would be read from it; NULL always is."""
        if stored is None:
            return True
        if stored.__class__ is not self.kind:
            return False
        if isinstance(stored, dt.datetime):
            return stored.microsecond % self.step == 0
        return self.most is None or not isinstance(stored, str | bytes) or len(stored) <= self.most


@dataclass(frozen=True, slots=True)
class Storage:
    """The columns of a table that keep what an UPDATE gives them, and nothing else changes meanwhile.

    Empty for a table in which an UPDATE changes more than it says: by a trigger, say, or a column that is computed.
    """

    columns: Mapping[str, Kept] = field(default_factory=lambda: MappingProxyType(dict[str, Kept]()))

    def keeps(self, stored: Mapping[str, Any]) -> bool:
        """Whether all these columns keep these values."""
        return all(name in self.columns and self.columns[name].keeps(value) for name, value in stored.items())


NOTHING_KEPT = Storage()
