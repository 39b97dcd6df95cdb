"""SQL is text, and its records are of the model that was asked."""

from activerecord import execute
from tests.typing.models import Order, User


def raw() -> None:
    order: Order = User.from_sql("SELECT * FROM users").one()  # error: both
    print(order)
    User.from_sql(5)  # error: both
    execute("SELECT 1", conection="default")  # error: both
    execute("SELECT 1").rows = []  # error: both
    User.query().explain(True)  # error: both
