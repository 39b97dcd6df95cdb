"""A column is an expression on the class, and the value on a record."""

from typing import Any, assert_type

from activerecord import fn
from activerecord.sql.expression import Condition, Expression, Label, Ordering
from activerecord.sql.reference import Reference
from tests.typing.models import Order, User

assert_type(User.age, Reference[int])
assert_type(User.email, Reference[str | None])

assert_type(User.age > 18, Condition)
assert_type(User.age >= User.id, Condition)
assert_type(User.age < 18, Condition)
assert_type(User.age <= 18, Condition)
assert_type(User.age == 18, Condition)
assert_type(User.age != User.id, Condition)
assert_type(User.email == None, Condition)  # noqa: E711  # the way to say IS NULL
assert_type(User.email == "ann@example.com", Condition)
# a foreign key that may be NULL, and the key that it leads to
assert_type(Order.reviewer_id == User.id, Condition)
assert_type(User.id == Order.reviewer_id, Condition)
assert_type(User.id > Order.reviewer_id, Condition)
assert_type(Order.total > User.age, Condition)
assert_type(User.age > User.query().select(fn.avg(User.age)), Condition)
assert_type(User.age.in_([18, 19]), Condition)
assert_type(User.age.in_(Order.query().select(Order.reviewer_id)), Condition)
assert_type(User.age.between(18, User.id + 30), Condition)
assert_type(User.email.is_null(), Condition)
assert_type(User.name.like("a%"), Condition)
assert_type((User.age > 18) & (User.name == "ann") | ~(User.id == 1), Condition)

assert_type(User.age + 1, Expression[int])
assert_type(User.age - User.id, Expression[int])
assert_type(User.age * 2, Expression[int])
assert_type((User.age + 1).as_("next"), Label[int])
assert_type(User.age.desc(), Ordering)
assert_type(User["age"], Reference[Any])


def values(user: User) -> None:
    assert_type(user.age, int)
    assert_type(user.email, str | None)
    assert_type(user["age"], Any)
    user.age = 18
    user.age += 1
    user.email = None
