"""What is in documents and lists has types of its own."""

from decimal import Decimal
from typing import Any, assert_type

from activerecord import ActiveRecord, Column, array, document, json_merge, json_remove, json_set, search, search_rank
from activerecord.sql.document import JsonPath
from activerecord.sql.expression import Condition, Expression


class Account(ActiveRecord):
    settings: Column[dict[str, Any]]
    tags: Column[list[str] | None]
    sizes: Column[list[int]]
    note: Column[str]


assert_type(Account.settings["theme"]["color"], JsonPath)
assert_type(Account.settings["items"][-1] == {"a": [1]}, Condition)
assert_type(Account.settings["size"] > Decimal("1.5"), Condition)
assert_type(Account.settings["size"].integer(), Expression[int | None])
assert_type(Account.settings["size"].text(), Expression[str | None])
assert_type(Account.settings["size"].contains(5), Condition)
assert_type(document(Account.settings).has_key("theme"), Condition)
assert_type(json_set(Account.settings, ("a", 0), None), Expression[dict[str, Any]])
assert_type(json_merge(Account.settings, {"a": 1}), Expression[dict[str, Any]])
assert_type(json_remove(Account.settings, "a"), Expression[dict[str, Any]])

assert_type(array(Account.tags).has("x"), Condition)
assert_type(array(Account.sizes).overlaps([1, 2]), Condition)
assert_type(array(Account.sizes)[0], Expression[int | None])
assert_type(array(Account.tags).append("x"), Expression[list[str]])

assert_type(search(Account.note, Account.settings["title"].text(), "quick fox"), Condition)
assert_type(search_rank(Account.note, "fox", language="english"), Expression[float])
