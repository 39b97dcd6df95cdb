"""Keys: the values by which records of two models find each other."""

from collections.abc import Sequence
from typing import Any

from activerecord.schema.table import Table
from activerecord.sql.expression import Condition, Reference, all_of, any_of

__all__ = ["keys_condition", "keys_of"]


def keys_of(record: Any, columns: Sequence[str]) -> "tuple[Any, ...] | None":
    """The values of these columns in a record; None where one of them is NULL, since NULL equals nothing."""
    key = tuple([record[column] for column in columns])
    return None if None in key else key


def keys_condition(table: Table, columns: Sequence[str], keys: "Sequence[tuple[Any, ...]]") -> Condition:
    """The condition that a row has one of these keys."""
    references = [Reference[Any](table.name, column) for column in columns]
    if len(references) == 1:
        return references[0].in_([key[0] for key in keys])
    rows = [all_of(*[reference == part for reference, part in zip(references, key, strict=True)]) for key in keys]
    joined = any_of(*rows)
    assert joined is not None
    return joined
