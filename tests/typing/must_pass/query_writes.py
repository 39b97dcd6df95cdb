"""What writes by query give, and scopes."""

from typing import Any, assert_type

from activerecord import ActiveRecord, Column, Query, column, default_scope, scope
from tests.typing.models import User


class Person(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    age: Column[int]

    @scope
    @staticmethod
    def adult(query: "Query[Person]", age: int = 18) -> "Query[Person]":
        return query.where(Person.age >= age)

    @scope
    @staticmethod
    def alive(query: "Query[Person]") -> "Query[Person]":
        return query.scope(Person.adult, 1)

    @default_scope
    @staticmethod
    def present(query: "Query[Person]") -> "Query[Person]":
        return query.where(age=None)


class Chief(Person):
    pass


async def writes() -> None:
    assert_type(await User.where(id=1).async_update_all(age=User.age + 1, name="x"), int)
    assert_type(await User.where(id=1).async_update_all({"odd name": 1}), int)
    assert_type(await User.where(id=1).async_update_all({"age": 1}, returning=True), list[User])
    assert_type(await User.where(id=1).async_update_all(age=1, returning="*"), list[User])
    assert_type(await User.where(id=1).async_update_all(age=1, returning=["id"]), list[dict[str, Any]])
    assert_type(await User.query().everywhere().async_delete_all(timeout=1.5), int)
    assert_type(await User.where(id=1).async_delete_all(returning=True), list[User])
    assert_type(await User.where(id=1).async_delete_all(returning=("id", "age")), list[dict[str, Any]])


def writes_in_plain_sync_code() -> None:
    assert_type(User.where(id=1).update_all(age=1), int)
    assert_type(User.where(id=1).update_all(age=1, returning=True), list[User])
    assert_type(User.where(id=1).update_all(age=1, returning=("id",)), list[dict[str, Any]])
    assert_type(User.where(id=1).delete_all(), int)
    assert_type(User.where(id=1).delete_all(returning="*", timeout=2), list[User])
    assert_type(User.where(id=1).delete_all(returning=["id"]), list[dict[str, Any]])


assert_type(Person.adult(), Query[Person])
assert_type(Person.adult(21), Query[Person])
assert_type(Person.adult(age=21).scope(Person.alive), Query[Person])
assert_type(Person.query().scope(Person.adult, age=21), Query[Person])
assert_type(Chief.adult(21), Query[Chief])
assert_type(Chief.query().scope(Person.adult), Query[Chief])
assert_type(Person.unscoped(), Query[Person])
assert_type(Person.query().unscoped("present").merge(Person.adult()), Query[Person])
assert_type(User.query().one_or_fail(), User)
assert_type(User.query().find_one(1), User | None)
assert_type(User.query().order_by(("age", "desc"), (User.id, "asc")).clone(), Query[User])
