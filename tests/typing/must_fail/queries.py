"""A query is not its result, and its verbs take what they say."""

from activerecord import Query
from tests.typing.models import Order, User


def not_its_result(query: Query[User]) -> None:
    print(query[0])  # error: both
    print(query.name)  # error: both
    records: list[User] = query  # error: both
    print(records)


def of_another_model() -> None:
    orders: list[Order] = User.query().all()  # error: both
    ids: list[str] = User.query().pluck(User.id)  # error: both
    print(orders, ids)


def arguments() -> None:
    User.query().limit("1")  # error: both
    User.query().order_by(1)  # error: both
    User.query().select(User)  # error: both
    User.query().join(Order, "user_id")  # error: both
    User.query().with_(User.age)  # error: both
    User.query().with_(5)  # error: both
    User.query().with_(("orders", "age > 18"))  # error: both
    User.query().count(1)  # error: both
    User.query().pluck()  # error: both
    User.query().find()  # error: both
    User.find(1, 2)  # error: both
    User.insert_all({"name": "ann"})  # error: both
    User.configure(5)  # error: both
