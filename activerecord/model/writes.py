"""The verbs by which a record writes its row, and holds what the database has made of it."""

from collections.abc import Awaitable, Callable, Container, Coroutine, Mapping, Sequence
from typing import Any, Self, TypeVar

from activerecord import runtime
from activerecord.bounds import bounded
from activerecord.bulk import refuse_generated, refuse_view
from activerecord.changes import MISSING, differs
from activerecord.driver import Result
from activerecord.errors import QueryError, RecordNotFound, UniqueViolation, UsageError
from activerecord.hydration import Layout, Origin
from activerecord.model.finders import Finders
from activerecord.model.written import RowWriter, has_key
from activerecord.query.clauses import Clauses
from activerecord.query.query import Query
from activerecord.relation.clearing import delete_with_others
from activerecord.relation.dependent import dependents
from activerecord.relation.effects import before_write, carry_out, has_effects, hold_parents
from activerecord.relation.parents import Written
from activerecord.relation.trees import save_tree
from activerecord.schema.column import not_loaded
from activerecord.schema.table import Table
from activerecord.sql.expression import Bind, Condition
from activerecord.sql.statement import Lock
from activerecord.transaction import current_transaction

__all__ = ["Writes"]

T = TypeVar("T")


class Writes(Finders):
    """The verbs that write. Each comes as a pair: `x` for plain sync code, `async_x` to await.

    With `timeout=` a verb takes at most so many seconds, all its waits included, and raises DeadlineExceeded after that.
    Those that take the values of columns have no such keyword: `with deadline(seconds):` bounds them.
    """

    async def async_save(self, *, timeout: float | None = None) -> bool:
        """Write what has changed; True when it is written.

        A new record is inserted, and keys, defaults and generated columns come back; new records that it was given by its
        relations are inserted with it, in one transaction. One that came from the database is
        updated where it has changed, and nothing is sent where it has not. Raises StaleRecord where the row has gone, and
        what the database refuses; then the record stands for the row that it stood for before, and has the values that it
        was given. Raises UsageError while another task writes this very record.
        """
        self._claim()
        try:
            with bounded(timeout, "save"):
                table = self.__mapper__.table_at_hand() or await self.__mapper__.table()
                self._settle(table)
                if self._pending is None:
                    await self._write(table)
                else:
                    await save_tree(self)
        finally:
            self._writing = False
        return True

    save = runtime.blocking(async_save)

    async def async_update(self, /, **values: Any) -> bool:
        """Assign these values and save."""
        self.attributes = values
        return await self.async_save()

    update = runtime.blocking(async_update)

    async def async_delete(self, *, timeout: float | None = None) -> bool:
        """Delete the record's row; False where it had gone already. The record is new again, with the values it had.

        Before it, in one transaction, that becomes of the records that lead to it what their relations say, `dependent=...`.
        Raises DeleteRestricted, with nothing deleted.
        """
        if self._row is None:
            raise UsageError(f"a new {type(self).__name__} has no row to delete")
        self._claim()
        try:
            with bounded(timeout, "delete"):
                await self.__mapper__.table()
                if dependents(self.__mapper__):
                    result = await delete_with_others(self, self._delete_again)
                else:
                    result = await self._with_effects(self._delete_again, deletes=True)
        finally:
            self._writing = False
        return result.affected > 0

    delete = runtime.blocking(async_delete)

    async def async_reload(self, *, timeout: float | None = None) -> Self:
        """Read the row again, whole, and forget what was assigned or loaded along. Raises RecordNotFound."""
        with bounded(timeout, "reload"):
            table = await self.__mapper__.table()
            if self._row is None:
                raise UsageError(f"a new {type(self).__name__} has no row to read")
            fresh = await type(self).unscoped().where(self._own_row(table)).async_one_or_none()
        if fresh is None:
            raise RecordNotFound(f"the row of this {type(self).__name__} has gone")
        origin, again = self._origin, fresh._origin
        vars(self).clear()
        vars(self).update(vars(fresh))
        if origin is not None and again is not None:
            self._origin = origin.of(again.layout)
        return self

    reload = runtime.blocking(async_reload)

    @classmethod
    async def async_create(cls, /, **values: Any) -> Self:
        """A new record with these values, saved."""
        record = cls(**values)
        await record.async_save()
        return record

    @classmethod
    def create(cls, /, **values: Any) -> Self:
        """A new record with these values, saved."""
        return runtime.run_blocking(lambda: cls.async_create(**values), "create")

    @classmethod
    async def async_find_or_create_by(cls, /, **values: Any) -> Self:
        """The first record with these values, or a new one with them. Race-free where a unique key covers them."""
        return await cls.async_find_by(**values) or await cls.async_create_or_find_by(**values)

    @classmethod
    def find_or_create_by(cls, /, **values: Any) -> Self:
        """The first record with these values, or a new one with them. Race-free where a unique key covers them."""
        return runtime.run_blocking(lambda: cls.async_find_or_create_by(**values), "find_or_create_by")

    @classmethod
    async def async_create_or_find_by(cls, /, **values: Any) -> Self:
        """A new record with these values, or, where a unique key forbids it, the one that has them already."""
        database = cls.__mapper__.database()
        try:
            async with database.transaction():
                return await cls.async_create(**values)
        except UniqueViolation:
            found = await cls.async_find_by(**values)
            if found is None and database.dialect.locks_rows and current_transaction(database) is not None:
                # the transaction may have looked before the row was there, and be shown what it saw then
                found = await Query(cls.__mapper__, Clauses(lock=Lock())).where(**values).async_first()
            if found is None:
                # another value of the row is taken, so no row has all of these
                raise
            return found

    @classmethod
    def create_or_find_by(cls, /, **values: Any) -> Self:
        """A new record with these values, or, where a unique key forbids it, the one that has them already."""
        return runtime.run_blocking(lambda: cls.async_create_or_find_by(**values), "create_or_find_by")

    # one record's statements

    def _claim(self) -> None:
        """Two tasks that write one record would each not know of the other's row."""
        if self._writing:
            raise UsageError(
                f"this {type(self).__name__} is being written by another task: let each have a record of its own"
            )
        self._writing = True

    def _leave(self) -> None:
        self._writing = False

    async def _write(self, table: Table) -> None:
        """Write the record's own row, if there is anything to write."""
        write = self._insert if self._row is None else self._update
        if not has_effects(self.__mapper__):
            await write(table)
        elif self._row is None or self.changes:
            await self._with_effects(lambda: write(table))

    async def _with_effects(self, write: Callable[[], Awaitable[T]], *, deletes: bool = False) -> T:
        """Write the row, and do what that means for others: together, or not at all."""
        if not has_effects(self.__mapper__):
            return await write()
        async with self.__mapper__.database().transaction():
            before = await before_write(self, self._known_before(), deletes=deletes)
            if not deletes:
                await hold_parents([Written(self.__mapper__, before, self.attributes, self)])
            found = await write()
            after = None if self._row is None else self.attributes
            if not isinstance(found, Result) or found.affected:
                await carry_out([Written(self.__mapper__, before, after, self)])
        return found

    def _known_before(self) -> dict[str, Any] | None:
        """The values of the row as it was loaded; None for a new record."""
        if self._row is None or self._origin is None:
            return None
        layout = self._origin.layout
        return {name: layout.value(self._row, name) for name in layout.names}

    async def _delete_again(self) -> Result:
        return await RowWriter(self.__mapper__, await self.__mapper__.table()).delete(self._own_key, self._drop)

    def _insert(self, table: Table) -> Coroutine[Any, Any, None]:
        return self._insert_values(table, self._to_insert(table))

    def _insert_values(self, table: Table, values: Mapping[str, Any]) -> Coroutine[Any, Any, None]:
        return RowWriter(self.__mapper__, table).insert(values, self._take)

    def _to_insert(self, table: Table) -> dict[str, Any]:
        """The values of a new row, by column. Raises QueryError for what cannot be written."""
        refuse_view(table)
        if table.generated:
            self._shed_computed(table)
        held, keys = vars(self), self.__mapper__.keys(table)
        values = {name: held[key] for name in table.writable if (key := keys[name]) in held}
        if table.auto_key is not None and values.get(table.auto_key, MISSING) is None:
            # there, as None: the database is to make it
            del values[table.auto_key]
        return values

    def _shed_computed(self, table: Table) -> None:
        """Before an insert: no value for what the database computes, though one may be left of a row that has gone."""
        held = self._held_of_generated(table)
        # None asks for the key that the database makes, as it does where one may be given
        asked = {name: value for name, value in held.items() if value is not None or name != table.auto_key}
        assigned = [name for name, value in asked.items() if differs(self._computed.get(name, MISSING), value)]
        refuse_generated(table, assigned)
        for name in held:
            del vars(self)[self.__mapper__.key(name)]

    async def _update(self, table: Table) -> None:
        changes = self.changes
        values = {name: new for name, (_, new) in changes.items() if name in table.columns}
        if not values:
            return
        refuse_generated(table, values)
        hold = self._hold_stored if self._is_whole(table) else None
        await RowWriter(self.__mapper__, table).update(values, self._own_key(table), self._take, hold)

    def _take(self, layout: Layout, rows: Sequence[Sequence[Any]]) -> None:
        """Hold what the database has, now that it has it."""
        if rows:
            self._hold(rows[0], Origin(layout) if self._origin is None else self._origin.of(layout))

    def _is_whole(self, table: Table) -> bool:
        """Whether the record has every column of its row."""
        return self._origin is not None and self._origin.layout.positions.keys() >= table.columns.keys()

    def _hold_stored(self, stored: Mapping[str, Any]) -> None:
        """Hold what the row has now in some columns; the others are as they were."""
        assert self._row is not None
        assert self._origin is not None
        row = list(self._row)
        for name, value in stored.items():
            row[self._origin.layout.positions[name]] = value
        self._hold(tuple(row), self._origin)

    def _hold(self, row: Sequence[Any], origin: Origin) -> None:
        """Stand for this row."""
        values = vars(self)
        before, layout = dict(values), origin.layout
        for key, raw, load in zip(layout.keys, row, layout.loads, strict=True):
            value, held = raw if raw is None or load is None else load(raw), values.get(key)
            # the program may hold a document too, and what it changes in it later must not be lost
            if not isinstance(held, dict | list) or differs(held, value):
                values[key] = value
        self._become(row, origin, before)

    def _hold_values(self, values: Mapping[str, Any], *, but: Container[str] = ()) -> None:
        """Hold values that are in the row now, though the record's own verbs have not written them.

        In the columns `but` the record goes on showing what it does.
        """
        before = dict(vars(self))
        self._assign_until_undone({name: value for name, value in values.items() if name not in but})
        self._become(self._row_with(values), self._origin, before)

    def _assign_until_undone(self, values: Mapping[str, Any]) -> None:
        """Assign to columns, as far as the transaction that goes on is kept."""
        before = dict(vars(self))
        for name, value in values.items():
            vars(self)[self.__mapper__.key(name)] = value
        scope = current_transaction(self.__mapper__.database())
        assert scope is not None
        keys = [self.__mapper__.key(name) for name in values]
        scope.on_undo(lambda: self._put_back(keys, before))

    def _row_with(self, values: Mapping[str, Any]) -> Sequence[Any] | None:
        if self._row is None or self._origin is None:
            return self._row
        table, dialect = self.__mapper__.known_table(), self.__mapper__.database().dialect
        assert table is not None
        row = list(self._row)
        for name, value in values.items():
            place = self._origin.layout.positions.get(name)
            if place is not None:
                dump = dialect.codec(table.type_of(name)).dump
                row[place] = value if value is None or dump is None else dump(value)
        return tuple(row)

    def _put_back(self, keys: Sequence[str], values: Mapping[str, Any]) -> None:
        """Have what these were before."""
        for key in keys:
            if key in values:
                vars(self)[key] = values[key]
            else:
                vars(self).pop(key, None)

    def _drop(self, table: Table) -> None:
        """Stand for no row any more."""
        self._become(None, None, dict(vars(self)))
        self._computed = self._held_of_generated(table)

    def _held_of_generated(self, table: Table) -> dict[str, Any]:
        held, keys = vars(self), self.__mapper__.keys(table)
        return {name: held[key] for name in table.generated if (key := keys[name]) in held}

    def _become(self, row: Sequence[Any] | None, origin: Origin | None, values: dict[str, Any]) -> None:
        before = self._row, self._origin, values
        self._row, self._origin = row, origin
        scope = current_transaction(self.__mapper__.database())
        if scope is not None:
            scope.on_undo(lambda: self._undo(*before))

    def _undo(self, row: Sequence[Any] | None, origin: Origin | None, values: dict[str, Any]) -> None:
        """What was written is no more: stand for the row that was there before, and for no generated value of the other."""
        if self._row is None and row is None:
            return
        for key in self._origin.layout.keys if self._origin is not None else ():
            if key not in values:
                vars(self).pop(key, None)
            elif values[key] is None:
                vars(self)[key] = None
        self._row, self._origin = row, origin

    def _own_row(self, table: Table) -> Condition:
        """The condition that a row is the record's, whatever was assigned to its key since."""
        return has_key(table, self._own_key(table))

    def _own_key(self, table: Table) -> dict[str, Bind[Any]]:
        """The key as the database gave it: what we would write for the same value may be spelt otherwise."""
        if not table.primary_key:
            raise QueryError(f"table {table.name!r} has no primary key, so one of its rows cannot be told from another")
        return {name: self._stored(table, name) for name in table.primary_key}

    def _stored(self, table: Table, name: str) -> Bind[Any]:
        if self._row is None or self._origin is None or name not in self._origin.layout.positions:
            raise not_loaded(type(self), name)
        value = self._row[self._origin.layout.positions[name]]
        if value is None:
            raise QueryError(
                f"the key {name!r} of this row of {table.name!r} is NULL, so it cannot be told from others"
            )
        return Bind(value)
