"""Keys: the values by which records of two models find each other."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from activerecord.mapper import Mapper
from activerecord.sql.expression import Condition, all_of
from activerecord.sql.reference import Reference, refer
from activerecord.sql.rows import InRows

__all__ = ["Key", "conjoined", "key_reader", "keys_condition", "paired"]

Key: TypeAlias = "tuple[Any, ...] | None"


def key_reader(mapper: Mapper[Any], columns: Sequence[str]) -> "Callable[[Any], Key]":
    """What reads the values of these columns in a record of the model; None where one is NULL, which equals nothing."""
    names = [mapper.key(column) for column in columns]
    if len(names) == 1:
        return _single_reader(names[0], columns[0])

    def read(record: Any) -> Key:
        values: dict[str, Any] = record.__dict__
        try:
            key = tuple([values[name] for name in names])
        except KeyError:
            # a new record may well lack it, for another the error names the column
            key = tuple([record[column] for column in columns])
        return None if None in key else key

    return read


def _single_reader(name: str, column: str) -> "Callable[[Any], Key]":
    """The same for one column, as most keys have: it is read for every record of a load."""

    def read(record: Any) -> Key:
        try:
            value = record.__dict__[name]
        except KeyError:
            value = record[column]
        return None if value is None else (value,)

    return read


def keys_condition(references: "Sequence[Reference[Any]]", keys: "Sequence[tuple[Any, ...]]") -> Condition:
    """The condition that a row has one of these keys in those columns, of which there is at least one."""
    first, *others = references
    if not others:
        return first.in_([key[0] for key in keys])
    if len(keys) == 1:
        return conjoined([reference == part for reference, part in zip(references, keys[0], strict=True)])
    return InRows(tuple(references), keys)


def paired(source: str, columns: Sequence[str], other: str, others: Sequence[str]) -> Condition:
    """The condition that rows of two sources go together: `a.x = b.u AND a.y = b.v`."""
    pairs = zip(columns, others, strict=True)
    return conjoined([refer(other, there) == refer(source, here) for here, there in pairs])


def conjoined(conditions: Sequence[Condition]) -> Condition:
    """All of several conditions, of which there is at least one."""
    joined = all_of(*conditions)
    assert joined is not None
    return joined
