"""The SQL of writes by query, of scopes and of merged queries, in every dialect; and what is refused."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from activerecord import (
    ActiveRecord,
    BelongsTo,
    Column,
    HasMany,
    Query,
    QueryError,
    UnknownColumn,
    UsageError,
    belongs_to,
    column,
    default_scope,
    exists,
    fn,
    has_many,
    scope,
)
from activerecord.database import forget
from activerecord.errors import NoSuchAttribute
from tests.unit.snapshots import Case, Statement, against_snapshots


class Clerk(ActiveRecord):
    __table_name__ = "clerks"
    id: Column[int] = column(primary_key=True)
    name: Column[str]
    called: Column[str | None] = column(name="nick")
    age: Column[int]
    tasks: HasMany["Task"] = has_many()

    @scope
    @staticmethod
    def older(query: "Query[Clerk]", age: int = 50) -> "Query[Clerk]":
        return query.where(Clerk.age >= age)

    @scope
    @staticmethod
    def busy(query: "Query[Clerk]") -> "Query[Clerk]":
        return query.scope(Clerk.older, 18).join("tasks")


class Task(ActiveRecord):
    __table_name__ = "tasks"
    id: Column[int] = column(primary_key=True)
    clerk_id: Column[int]
    hours: Column[int]
    deleted: Column[bool] = column(default=False)
    clerk: BelongsTo[Clerk] = belongs_to()

    @default_scope
    @staticmethod
    def present(query: "Query[Task]") -> "Query[Task]":
        return query.where(deleted=False)

    @default_scope
    @staticmethod
    def long(query: "Query[Task]") -> "Query[Task]":
        return query.where(Task.hours > 1)


class Share(ActiveRecord):
    __table_name__ = "shares"
    clerk_id: Column[int] = column(primary_key=True)
    task_id: Column[int] = column(primary_key=True)
    part: Column[int]
    clerk: BelongsTo[Clerk] = belongs_to()


class Loose(ActiveRecord):
    """A table without a key."""

    __table_name__ = "loose"
    note: Column[str]


@pytest.fixture(autouse=True)
def nowhere() -> Iterator[None]:
    ActiveRecord.configure("sqlite:///nowhere/at/all.db")
    yield
    forget(["default"])


async def update(query: Query[Any], returning: Any = None, /, **values: Any) -> Statement:
    make = query._updating(values, {})  # pyright: ignore[reportPrivateUsage]
    write = await query._prepare_write("update_all", returning, make)  # pyright: ignore[reportPrivateUsage]
    return write.statement, write.tables


async def delete(query: Query[Any], returning: Any = None) -> Statement:
    make = query._deleting()  # pyright: ignore[reportPrivateUsage]
    write = await query._prepare_write("delete_all", returning, make)  # pyright: ignore[reportPrivateUsage]
    return write.statement, write.tables


def hours_of_clerk() -> Query[Task]:
    return Task.where(Task.clerk_id == Clerk.id).select(fn.sum(Task.hours))


OLDER = Clerk.alias("older_one")


def older() -> Query[Clerk]:
    return OLDER.where(OLDER.age > Clerk.age)


CASES: dict[str, Case] = {
    "update": lambda: update(Clerk.where(name="ann"), age=Clerk.age + 1, called=None),
    "update of everything": lambda: update(Clerk.query().everywhere(), age=1),
    "update by a query": lambda: update(Clerk.where(Clerk.age > 1), age=hours_of_clerk()),
    "update where a query of the table says so": lambda: update(
        Clerk.where(Clerk.age > Clerk.query().select(fn.avg(Clerk.age))), age=2
    ),
    "update where other rows say so": lambda: update(Clerk.where(exists(older())), age=2),
    "update by other rows": lambda: update(Clerk.where(id=1), age=older().select(OLDER.age)),
    "update by other rows, in a query of its own": lambda: update(
        Clerk.where(id=1), age=Clerk.where(exists(older())).select(fn.max(Clerk.age))
    ),
    "update in the order of reading": lambda: update(Clerk.where(id=1), age=3, called=fn.concat(Clerk.name, Clerk.age)),
    "update of columns that swap": lambda: update(Clerk.where(id=1), name=Clerk.called, called=Clerk.name),
    "update with a limit": lambda: update(Clerk.where(age=1).order_by("name").limit(2), age=2),
    "update with an order alone": lambda: update(Clerk.where(age=1).order_by("name"), age=2),
    "update of distinct rows, limited": lambda: update(
        Clerk.query().join("tasks").distinct().order_by(Clerk.name).limit(2), age=2
    ),
    "update of the first of each": lambda: update(Clerk.query().distinct_on("age").order_by("age", "name"), age=2),
    "update of a join": lambda: update(Clerk.query().join("tasks").where(Task.hours > 3), age=2),
    "update of groups by the key": lambda: update(
        Clerk.query().join("tasks").group_by(Clerk.id).having(fn.count() > 2), age=2
    ),
    "update of rows of a union": lambda: update(Clerk.where(id=1).union(Clerk.where(id=2)), age=2),
    "update of rows of a common table": lambda: update(Clerk.query().from_(Clerk.where(id=1).cte("few")), age=2),
    "update under another name": lambda: update(Clerk.alias("c").where(name="ann"), age=2),
    "update of rows that are locked": lambda: update(
        Clerk.where(age=1).order_by("id").limit(1).for_update(skip_locked=True), age=2
    ),
    "update of a composite key": lambda: update(Share.query().join("clerk").where(Clerk.age > 3), part=1),
    "update of a composite key, limited": lambda: update(Share.query().limit(2), part=1),
    "update with returning": lambda: update(Clerk.where(id=1), ["id", "called"], age=2),
    "update with returning all": lambda: update(Clerk.where(id=1), True, age=2),
    "update with a comment": lambda: update(Clerk.where(id=1).comment("nightly"), age=2),
    "delete": lambda: delete(Clerk.where(name="ann")),
    "delete everything": lambda: delete(Clerk.query().everywhere()),
    "delete with a limit": lambda: delete(Clerk.query().limit(2).offset(1)),
    "delete of a join": lambda: delete(Clerk.query().join("tasks").where(Task.hours > 3)),
    "delete with returning": lambda: delete(Clerk.where(id=1), ["id"]),
    "delete without a key": lambda: delete(Loose.where(note="x")),
    "a common table that deletes": lambda: Clerk.query().from_(Clerk.where(id=1).delete_cte("gone", returning="*")),
    "a common table that updates": lambda: (
        Clerk.query()
        .select(Clerk.name)
        .join(
            grown := Clerk.where(id=1).update_cte("grown", {"age": Clerk.age + 1}, returning=["id", "age"]),
            grown.id == Clerk.id,
        )
    ),
    "a common table that deletes and is not read": lambda: Task.query().with_cte(Clerk.where(id=1).delete_cte("gone")),
    "a scope": lambda: Clerk.older(60),
    "a scope of a scope": lambda: Clerk.query().where(name="ann").scope(Clerk.busy),
    "default scopes": lambda: Task.where(clerk_id=1).or_where(clerk_id=2),
    "one default scope lifted": lambda: Task.unscoped().where(hours=3),
    "another lifted": lambda: Task.where(hours=3).unscoped("long"),
    "default scopes in a query inside": lambda: Clerk.where(id=Task.where(hours=3).select("clerk_id")),
    "default scopes are not for what is joined": lambda: Clerk.query().join("tasks"),
    "default scopes and a union": lambda: Task.where(hours=2).union(Task.unscoped().where(hours=3)),
    "a union of a union that was narrowed": lambda: (
        Clerk.where(id=1).union(Clerk.where(id=2)).where(age=3).union(Clerk.where(id=4))
    ),
    "update with default scopes": lambda: update(Task.where(clerk_id=1), hours=2),
    "delete without default scopes": lambda: delete(Task.unscoped().where(clerk_id=1)),
    "merged": lambda: (
        Clerk.where(name="ann")
        .order_by("name")
        .limit(3)
        .merge(Clerk.where(age=1).join("tasks").order_by("age").limit(2))
    ),
    "merged with a joined model": lambda: (
        Clerk.query().join("tasks").merge(Task.where(clerk_id=5).order_by(Task.hours))
    ),
    "merged with a joined model's joins": lambda: (
        Task.query().join("clerk").merge(Clerk.query().join("tasks", alias="t"))
    ),
}

test_snapshots = against_snapshots("query_writes", CASES)


def anything(value: object) -> Any:
    """A value that checkers take for the right one."""
    return value


Ask = Callable[[], object]
REFUSED: dict[str, tuple[Ask, type[Exception], str]] = {
    "no condition": (lambda: Clerk.query().delete_all(), QueryError, "everywhere"),
    "a default scope only": (lambda: Task.query().update_all(hours=2), QueryError, "everywhere"),
    "a left join only": (lambda: Clerk.query().left_join("tasks").delete_all(), QueryError, "everywhere"),
    "no values": (lambda: Clerk.where(id=1).update_all(), QueryError, "needs a column"),
    "no dict": (lambda: Clerk.where(id=1).update_all(anything([1])), QueryError, "columns and values"),
    "an unknown column": (lambda: Clerk.where(id=1).update_all(nam="x"), UnknownColumn, "'name'"),
    "unknown returning": (lambda: Clerk.where(id=1).delete_all(returning=["nam"]), UnknownColumn, "'name'"),
    "empty returning": (lambda: Clerk.where(id=1).delete_all(returning=[]), QueryError, "returning takes"),
    "a text as returning": (
        lambda: anything(Clerk.where(id=1)).delete_all(returning="id"),
        QueryError,
        "returning takes",
    ),
    "groups": (lambda: Clerk.query().group_by("age").limit(1).delete_all(), QueryError, "group by the key"),
    "having": (lambda: Clerk.query().having(fn.count() > 1).delete_all(), QueryError, "group by the key"),
    "a hint": (lambda: Clerk.where(id=1).hint("x").delete_all(), QueryError, "hint"),
    "distinct values": (lambda: Clerk.query().select("name").distinct().limit(1).delete_all(), QueryError, "distinct"),
    "no key": (lambda: Loose.query().limit(1).delete_all(), QueryError, "no primary key"),
    "a column of another": (
        lambda: Clerk.query().join("tasks").update_all(age=Task.hours),
        QueryError,
        "does not read 'tasks'",
    ),
    "merge of no query": (lambda: Clerk.query().merge(anything(Clerk)), QueryError, "takes a query"),
    "merge of a limit": (lambda: Clerk.query().merge(Task.query().limit(1)), QueryError, "limit"),
    "no such default scope": (lambda: Task.query().unscoped("presnt"), QueryError, "'present'"),
    "no scope": (lambda: Clerk.query().scope(anything(5)), QueryError, "takes a scope"),
    "a scope of another model": (lambda: Task.query().scope(Clerk.older), QueryError, "query of Task"),
    "no such verb": (lambda: getattr(Clerk.query(), "oldr"), NoSuchAttribute, "'older'"),  # noqa: B009
    "no verb any more": (lambda: getattr(Clerk.query(), "natural_join"), NoSuchAttribute, "join(Model"),  # noqa: B009
    "no column of that name": (lambda: getattr(Clerk, "zzz"), NoSuchAttribute, "known: 'age'"),  # noqa: B009
    "a scope on a record": (lambda: Clerk().older, NoSuchAttribute, "Clerk.older"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    ask, kind, words = REFUSED[case]
    with pytest.raises(kind) as caught:
        ask()
    assert words in str(caught.value)


def test_scopes_at_run_time() -> None:
    query: Any = Clerk.query()
    assert query.older(60).busy().to_sql() == Clerk.older(60).scope(Clerk.busy).to_sql()
    assert query.busy().older().to_sql() == Clerk.busy().scope(Clerk.older).to_sql()


def test_scopes_are_inherited() -> None:
    class Chief(Clerk):
        __table_name__ = "clerks"

        @scope
        @staticmethod
        def older(query: "Query[Chief]", age: int = 70) -> "Query[Chief]":
            return query.where(age=age)

    assert Chief.older().to_sql()[1] == [70]
    assert Chief.busy().to_sql()[1] == [18]
    assert Chief.query().scope(Clerk.older).to_sql()[1] == [50]


TOO_MUCH: list[tuple[Callable[[Any], Any], str]] = [
    (lambda query: query.limit(1), "says limit"),
    (lambda query: query.order_by("id"), "says orders"),
    (lambda _: None, "return query"),
    (lambda query: query.where(id=query.model.query().select("id")), "unscoped"),
]


def test_a_default_scope_says_which_rows_there_are() -> None:
    def broken(function: Callable[[Any], Any]) -> type[ActiveRecord]:
        class Item(ActiveRecord):
            id: Column[int] = column(primary_key=True)
            chosen = default_scope(function)

        return Item

    for function, words in TOO_MUCH:
        with pytest.raises(QueryError, match=words):
            broken(function).query().to_sql()


def named(name: str) -> dict[str, Any]:
    return {name: scope(lambda query: query), "__table_name__": "odd", "id": column(primary_key=True)}


@pytest.mark.parametrize("name", ["where", "save", "_own", "limit"])
def test_a_scope_needs_a_name_of_its_own(name: str) -> None:
    with pytest.raises(UsageError, match=r"call the scope otherwise|begins with a letter"):
        type("Odd", (ActiveRecord,), {**named(name), "__annotations__": {"id": "Column[int]"}})


def test_a_scope_does_not_hide_a_column() -> None:
    with pytest.raises(UsageError, match="is a column or relation of Clerk"):
        type("Odd", (Clerk,), {"age": scope(lambda query: query), "__table_name__": "odd"})


def test_a_scope_is_a_function() -> None:
    with pytest.raises(UsageError, match="takes a function"):
        scope(anything(5))
