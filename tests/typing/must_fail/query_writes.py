"""Writes by query and scopes take what they say."""

from activerecord import ActiveRecord, Column, Query, column, scope
from tests.typing.models import User


class Person(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    age: Column[int]

    @scope
    @staticmethod
    def adult(query: "Query[Person]", age: int = 18) -> "Query[Person]":
        return query.where(Person.age >= age)

    @scope  # error: both
    @staticmethod
    def broken(query: "Query[Person]") -> int:
        return query.count()


def scopes(person: Person) -> None:
    Person.adult("21")  # error: both
    Person.adult(1, 2)  # error: both
    Person.query().scope(Person.adult, "21")  # error: both
    Person.query().scope(Person.adult, years=21)  # error: both
    Person.query().adlt()  # error: both


def writes() -> None:
    count: str = User.where(id=1).update_all(age=1)  # error: both
    names: list[User] = User.where(id=1).delete_all(returning=["id"])  # error: both
    User.where(id=1).delete_all(returning=5)  # error: both
    User.where(id=1).delete_all(5)  # error: both
    User.query().everywhere(1)  # error: both
    User.query().unscoped(5)  # error: both
    print(count, names)
