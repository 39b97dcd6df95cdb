"""A table with one column of a type, on each engine, and what comes of values that are put into it."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from decimal import Decimal
from itertools import count
from typing import Any, cast

import pytest

from activerecord import ActiveRecord, Column, InvalidValue, column, create_tables, drop_tables
from activerecord.database import database
from activerecord.testing.queries import assert_queries, count_queries
from activerecord.types import Numeric, Type
from tests import servers

__all__ = ["ENGINES", "Held", "engine_url", "held_on", "same"]

ENGINES = ("sqlite", "postgresql", "mysql")

Key = Callable[[Any], Any]


class Held:
    """The table. Each batch of values is written in both ways, read in both ways, and looked for."""

    def __init__(self, model: type[Any], kind: Type) -> None:
        self.model = model
        self._kind = kind
        self._batches = count(1)

    def keep(self, values: Sequence[Any], *, ordered: Key | None = None) -> None:
        """Require that the values come back equal and of their own types, that each is found, and where they are
        `ordered` (by a key for Python's own sorting) that the engine orders them so."""
        batch = next(self._batches)
        self._write(batch, values)
        rows = self.model.where(batch=batch)
        loaded = rows.order_by("id").pluck("value")
        same(loaded, values)
        for value in values[:4]:
            found = rows.where(self.model.value == value).count()
            assert found == sum(other == value for other in values), value
        if ordered is not None:
            assert rows.order_by("value", "id").pluck("value") == sorted(values, key=ordered)

    def keep_documents(self, values: Sequence[Any]) -> None:
        """Require that the values come back equal and of their own types."""
        batch = next(self._batches)
        self._write(batch, values)
        same(self.model.where(batch=batch).order_by("id").pluck("value"), values)

    def _write(self, batch: int, values: Sequence[Any]) -> None:
        if values:
            record = self.model.create(batch=batch, value=values[0])
            same([record.reload().value], [values[0]])
            same([self.model.find(record.id).value], [values[0]])
        self.model.insert_all({"batch": batch, "value": value} for value in values[1:])

    def taken(self, values: Iterable[Any]) -> list[Any]:
        """Those of the values that are not refused; the others are refused before anything is sent."""
        return [value for value in values if not self._refuses(value)]

    def refuse(self, value: Any) -> None:
        """Require that the value is refused, in every way to write it or to look for it, and not sent.

        A decimal number that the column could not hold can be looked for where the engine has such numbers; it is not found.
        """
        model = self.model
        look = model.where(model.value == value).count
        with assert_queries(0, database("types")):
            self._refused(value, lambda: model.create(batch=0, value=value))
            if not self._is_beside(value):
                self._refused(value, look)
        if self._is_beside(value):
            with suppress(InvalidValue):
                assert look() == 0
        with count_queries(database("types")) as statements:
            self._refused(value, lambda: model.insert_all([{"batch": 0, "value": value}]))
        assert not any("held" in sql for sql in statements)

    def _refused(self, value: Any, use: Callable[[], object]) -> None:
        with pytest.raises(InvalidValue) as caught:
            use()
        # A short one is in every other message.
        assert len(repr(value)) < 4 or repr(value) not in str(caught.value)

    def _is_beside(self, value: Any) -> bool:
        return isinstance(self._kind, Numeric) and isinstance(value, Decimal) and value.is_finite()

    def _refuses(self, value: Any) -> bool:
        try:
            self.model.where(batch=-1).update_all(value=value)
        except InvalidValue:
            self.refuse(value)
            return True
        return False


def same(loaded: Sequence[Any], values: Sequence[Any]) -> None:
    """Require that the values are equal and of the same types, to the innermost."""
    assert list(loaded) == list(values)
    assert list(map(shape, loaded)) == list(map(shape, values))


def shape(value: Any) -> Any:
    """The types of a value and of all that is in it."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in cast("dict[object, object]", value).items()}
    if isinstance(value, list | tuple):
        return [shape(inner) for inner in cast("list[object]", value)]
    return cast(object, type(value))


def engine_url(engine: str, folder: Any) -> str:
    """The URL of an empty database of an engine."""
    if engine == "sqlite":
        return f"sqlite+sqlite3:///{folder / 'types.db'}"
    name = servers.fresh_database(engine)
    server = servers.server(engine)
    assert server is not None
    return server.url(name)


def held_on(url: str, kind: Type) -> Held:
    """A new table with a column of this type."""
    ActiveRecord.configure({"types": url})

    class HeldValue(ActiveRecord):
        __table_name__ = "held"
        __connection__ = "types"
        id: Column[int] = column(primary_key=True)
        batch: Column[int] = column(index=True)
        value: Column[Any] = column(type=kind)

    drop_tables(HeldValue)
    create_tables(HeldValue)
    return Held(HeldValue, kind)
