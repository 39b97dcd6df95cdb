"""Lists asked for what they cannot hold, and searches without words."""

from typing import Any

from activerecord import ActiveRecord, Column, array, json_merge, search
from activerecord.sql.expression import Condition


class Account(ActiveRecord):
    settings: Column[dict[str, Any]]
    tags: Column[list[str] | None]
    sizes: Column[list[int]]
    note: Column[str]


has: Condition = array(Account.tags).has(5)  # error: both
contains: Condition = array(Account.sizes).contains(["x"])  # error: both
no_list = array(Account.note)  # error: both
step = Account.settings[1.5]  # error: both
keys = json_merge(Account.settings, {1: 2})  # error: both
less: Condition = array(Account.sizes)[0] < "x"  # error: both
no_words: Condition = search(Account.note)  # error: both
no_text: Condition = search(Account.note, 5)  # error: both
