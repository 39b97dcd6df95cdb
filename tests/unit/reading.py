"""Readings of the schema driven by hand, on plain connections."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from activerecord.schema.reflection import Reader, Reading, mysql, postgresql, sqlite
from activerecord.schema.table import ForeignKey, Table

__all__ = ["Ask", "Catalogue", "drive", "unnamed"]

T = TypeVar("T")
READERS: dict[str, Reader] = {"sqlite": sqlite.READER, "postgresql": postgresql.READER, "mysql": mysql.READER}
Ask = Callable[..., Sequence[tuple[Any, ...]]]


def drive(ask: Ask, reading: Reading[T], *, most: int) -> T:
    """What a reading returns, if it asks no more than so many questions."""
    answer: list[tuple[Any, ...]] | None = None
    for _ in range(most + 1):
        try:
            sql, binds = next(reading) if answer is None else reading.send(answer)
        except StopIteration as end:
            result: T = end.value
            return result
        answer = list(ask(sql, *binds))
    raise AssertionError(f"more than {most} questions were asked")


class Catalogue:
    """The tables of one connection, as the library reads them."""

    def __init__(self, dialect: str, ask: Ask, *, questions: int) -> None:
        self._reader = READERS[dialect]
        self._ask = ask
        self._questions = questions

    def read(self, name: str, schema: str | None = None) -> Table:
        return drive(self._ask, self._reader.read_table(name, schema), most=self._questions)

    def names(self, schema: str | None = None) -> list[str]:
        return drive(self._ask, self._reader.table_names(schema), most=1)


def unnamed(keys: Sequence[ForeignKey]) -> list[tuple[Any, ...]]:
    """What keys are, without the names that engines give them."""
    return [(key.table, key.columns, key.target, key.target_columns, key.on_delete, key.unique) for key in keys]
