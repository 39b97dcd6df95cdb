"""Comparing and computing with values that the column cannot have."""

from activerecord.sql.expression import Condition, Expression
from tests.typing.models import Order, User

later: Condition = User.age > 18
older: Condition = User.age > "x"  # error: both
same: Condition = User.age == "x"  # error: both
other: Condition = User.age != "x"  # error: both
joined: Condition = User.age == User.name  # error: both
among: Condition = User.age.in_(["x"])  # error: both
amid: Condition = User.age.between(1, "x")  # error: both
unlike: Condition = Order.reviewer_id == User.name  # error: both
added: Expression[int] = User.age + "x"  # error: both
negated: Expression[int] = ~User.age  # error: both
both: Condition = User.age & (User.id == 1)  # error: both
mistaken: Condition = User.age == 18 & User.id == 1  # error: both
wrong_type: Expression[str] = User.age  # error: both
