"""Keys: the values by which records of two models find each other."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from activerecord.mapper import Mapper
from activerecord.schema.table import Table
from activerecord.sql.expression import Condition, all_of
from activerecord.sql.reference import Reference
from activerecord.sql.rows import InRows

__all__ = ["Key", "key_reader", "keys_condition"]

Key: TypeAlias = "tuple[Any, ...] | None"


def key_reader(mapper: Mapper[Any], columns: Sequence[str]) -> "Callable[[Any], Key]":
    """What reads the values of these columns in a record of the model; None where one is NULL, which equals nothing."""
    names = [mapper.key(column) for column in columns]

    def read(record: Any) -> Key:
        values: dict[str, Any] = record.__dict__
        try:
            key = tuple([values[name] for name in names])
        except KeyError:
            # a new record may well lack it, for another the error names the column
            key = tuple([record[column] for column in columns])
        return None if None in key else key

    return read


def keys_condition(table: Table, columns: Sequence[str], keys: "Sequence[tuple[Any, ...]]") -> Condition:
    """The condition that a row has one of these keys, of which there is at least one."""
    references = [Reference[Any](table.name, column) for column in columns]
    if len(references) == 1:
        return references[0].in_([key[0] for key in keys])
    if len(keys) == 1:
        joined = all_of(*[reference == part for reference, part in zip(references, keys[0], strict=True)])
        assert joined is not None
        return joined
    return InRows(tuple(references), keys)
