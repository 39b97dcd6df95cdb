"""Functions, cases and dates of what they cannot be of."""

import datetime as dt
from decimal import Decimal

from activerecord import case, cast, date_trunc, extract, fn, interval, rows
from activerecord.sql.expression import Condition, Expression
from tests.typing.models import User

aged: Expression[int] = User.age + dt.timedelta(days=1)  # error: pyright
left: Expression[int] = User.age % "x"  # error: both
apart: Condition = User.age.is_distinct_from("x")  # error: both
outside: Condition = User.age.not_between("a", "b")  # error: both
dear: Condition = User.age > Decimal(1)  # error: both
longer: Expression[str] = User.name + 1  # error: both
lowered: Expression[str] = fn.lower(User.age)  # error: both
rounded: Expression[int] = fn.round(User.name)  # error: both
counted: Condition = fn.count() > "x"  # error: both
mean: Expression[float | None] = fn.avg(User.name)  # error: both
chosen: Expression[int] = case((User.age > 18, "x"), else_="y")  # error: both
converted: Expression[str] = cast(User.name, int)  # error: both
filtered: Expression[int] = fn.count().filter(True)  # error: both
over: Expression[int] = fn.count().over(partition_by="city")  # error: both
frame = rows("x")  # error: both
part = extract("century", fn.now())  # error: both
period = date_trunc("decade", fn.now())  # error: both
year = extract("year", User.name)  # error: both
span = interval(days="x")  # error: both
