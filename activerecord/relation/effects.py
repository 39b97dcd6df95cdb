"""What a written row means for others: the one place that every write of rows passes, inside its transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from activerecord.mapper import Mapper

__all__ = ["Written", "carry_out", "has_effects"]


@dataclass(frozen=True, slots=True)
class Written:
    """One row that was written: its values by column before and after, as far as they are known and matter.

    `before` is None for a row that was inserted, `after` for one that was deleted. A column that a change left alone may stand
    in neither. `record` is the record that stands for the row; a row that links two records has none.
    """

    mapper: Mapper[Any]
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    record: Any = None


def has_effects(mapper: Mapper[Any]) -> bool:  # noqa: ARG001
    """Whether a write of rows of this model has to do something for others, so that it needs a transaction."""
    return False


async def carry_out(written: Sequence[Written]) -> None:
    """Do for others what these writes ask for. Called inside the transaction of the writes, after them, before the commit."""
