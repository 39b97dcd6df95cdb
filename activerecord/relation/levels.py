"""Levels: in which order new records are inserted, so that each finds the keys that it is to hold."""

from collections.abc import Iterable, Sequence
from typing import Any

from activerecord import runtime
from activerecord.bulk import WholeRows
from activerecord.errors import UsageError
from activerecord.hydration import Origin
from activerecord.mapper import Mapper
from activerecord.relation.ties import Need

__all__ = ["Levels"]

# Records made ready, or given their rows, before others may run.
_LOOK = 512


class Levels:
    """New records by levels: those of one hold the keys of those before it. A circle is broken where a key may be NULL."""

    def __init__(self, records: Sequence[Any], needs: Sequence[Need]) -> None:
        self._left = {id(record): record for record in records}
        self._needs: dict[int, list[Need]] = {}
        self._unmet: dict[int, dict[int, Need]] = {}
        self._waiting: dict[int, list[Need]] = {}
        self._later: list[Need] = []
        for need in needs:
            self._needs.setdefault(id(need.holder), []).append(need)
            if id(need.holder) in self._left and id(need.parent) in self._left:
                self._unmet.setdefault(id(need.holder), {})[id(need)] = need
                self._waiting.setdefault(id(need.parent), []).append(need)

    async def insert(self) -> None:
        """Insert all of them, each level and model by one INSERT where the engine gives keys back. Raises UsageError for a circle."""
        ready = [record for key, record in self._left.items() if key not in self._unmet]
        while self._left:
            if not ready:
                ready = self._broken()
                continue
            await self._insert_level(ready)
            ready = self._next(ready)
        for need in self._later:
            table = await need.holder.__mapper__.table()
            need.holder._assign_until_undone(need.values())
            await need.holder._update(table)

    def _next(self, done: Iterable[Any]) -> list[Any]:
        """The records that wait for nothing more, once these are there."""
        ready: list[Any] = []
        for record in done:
            del self._left[id(record)]
            for need in self._waiting.pop(id(record), ()):
                ready += self._met(need)
        return ready

    def _met(self, need: Need) -> list[Any]:
        unmet = self._unmet.get(id(need.holder), {})
        if unmet.pop(id(need), None) is None or unmet:
            return []
        del self._unmet[id(need.holder)]
        return [need.holder]

    def _broken(self) -> list[Any]:
        """Put off one key of a circle; the records that are ready by that."""
        circle = self._circle()
        need = next((need for need in circle if need.loose()), None)
        if need is None:
            names = [f"{type(need.holder).__name__} ({', '.join(need.columns)})" for need in circle]
            raise UsageError(
                f"these new records need each other's keys, and none of them may be NULL meanwhile: "
                f"{' -> '.join([*names, names[0]])}. Let one of the columns be NULL, or give the records keys yourself, one by one"
            )
        self._later.append(need)
        return self._met(need)

    def _circle(self) -> list[Need]:
        """Needs that lead from a record back to itself. There is one, since each that is left needs another that is."""
        path: list[Need] = []
        places: dict[int, int] = {}
        record = next(iter(self._left.values()))
        while id(record) not in places:
            places[id(record)] = len(path)
            need = next(iter(self._unmet[id(record)].values()))
            path.append(need)
            record = need.parent
        return path[places[id(record)] :]

    # one level

    async def _insert_level(self, records: Sequence[Any]) -> None:
        groups: dict[tuple[type[Any], tuple[str, ...]], tuple[list[Any], list[list[Any]]]] = {}
        for number, record in enumerate(records, 1):
            values = await self._values(record)
            held, rows = groups.setdefault((record.__class__, tuple(values)), ([], []))
            held.append(record)
            rows.append(list(values.values()))
            if number % _LOOK == 0:
                await runtime.checkpoint()
        for (model, columns), (held, rows) in groups.items():
            await _insert(model.__mapper__, columns, held, rows)

    async def _values(self, record: Any) -> dict[str, Any]:
        """What a new row is made of, in the order of the table's columns."""
        table = record.__mapper__.known_table() or await record.__mapper__.table()
        values: dict[str, Any] = record._to_insert(table)
        for need in self._needs.get(id(record), ()):
            later = any(need is other for other in self._later)
            values.update(dict.fromkeys(need.loose()) if later else need.values())
        return {name: values[name] for name in table.columns if name in values}


async def _insert(mapper: "Mapper[Any]", columns: tuple[str, ...], records: list[Any], rows: list[list[Any]]) -> None:
    table = await mapper.table()
    found = await WholeRows(mapper, table, columns).insert(rows) if len(records) > 1 else None
    if found is None:
        for record, row in zip(records, rows, strict=True):
            await record._insert_values(table, dict(zip(columns, row, strict=True)))
        return
    compiled, fresh = found
    layout, _ = mapper.loader(compiled)
    origin = Origin(layout)
    for number, (record, made) in enumerate(zip(records, fresh, strict=True), 1):
        record._hold(made, origin)
        if number % _LOOK == 0:
            await runtime.checkpoint()
    origin.remember(records)
