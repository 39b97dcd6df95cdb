"""The SQL of JSON documents, lists and searches, in every dialect."""

from decimal import Decimal
from typing import Any

from activerecord import (
    ActiveRecord,
    Column,
    array,
    column,
    document,
    json_merge,
    json_remove,
    json_set,
    search,
    search_rank,
)
from tests.unit.snapshots import Case, against_snapshots


class Account(ActiveRecord):
    __table_name__ = "accounts"
    id: Column[int] = column(primary_key=True)
    settings: Column[dict[str, Any]]
    tags: Column[list[str] | None]
    prices: Column[list[Decimal]]
    note: Column[str]


SETTINGS = Account.settings

CASES: dict[str, Case] = {
    "a document in a document": lambda: Account.query().select(SETTINGS["theme"]["color"].as_("color")),
    "an element": lambda: Account.query().select(SETTINGS["items"][0]["name"].as_("name")),
    "an element from the end": lambda: Account.query().select(SETTINGS["items"][-1].as_("last")),
    "a key that may be written in two ways": lambda: Account.query().select(SETTINGS["größe"]["x"].as_("size")),
    "a document as text": lambda: Account.query().select(Account.note["a"].as_("a")),
    "a text": lambda: Account.query().select(SETTINGS["a"].text().as_("v")),
    "a whole number": lambda: Account.query().select(SETTINGS["a"].integer().as_("v")),
    "a number": lambda: Account.query().select(SETTINGS["a"].number().as_("v")),
    "a decimal number": lambda: Account.query().select(SETTINGS["a"].decimal().as_("v")),
    "true or false": lambda: Account.query().select(SETTINGS["a"].boolean().as_("v")),
    "a length": lambda: Account.query().select(SETTINGS["a"].length().as_("v")),
    "a type": lambda: Account.query().select(SETTINGS["a"].type().as_("v")),
    "equal to a text": lambda: Account.where(SETTINGS["a"] == "x"),
    "another number": lambda: Account.where(SETTINGS["a"] != 5),
    "equal to a large number": lambda: Account.where(SETTINGS["a"] == 1 << 60),
    "equal to true": lambda: Account.where(SETTINGS["a"] == True),  # noqa: E712
    "equal to a document": lambda: Account.where(SETTINGS["a"] == {"b": [1]}),
    "nothing there": lambda: Account.where(SETTINGS["a"] == None),  # noqa: E711
    "less": lambda: Account.where(SETTINGS["a"] < 2.5),
    "between texts": lambda: Account.where(SETTINGS["a"].between("a", "b")),
    "one of several": lambda: Account.where(SETTINGS["a"].in_(["x", 1])),
    "contains an element": lambda: Account.where(SETTINGS["a"].contains("x")),
    "contains a document": lambda: Account.where(SETTINGS["a"].contains({"b": ["x"]})),
    "contains a list of lists": lambda: Account.where(SETTINGS["a"].contains([[1]])),
    "has a key": lambda: Account.where(SETTINGS["a"].has_key("b")),
    "a whole document contains": lambda: Account.where(document(SETTINGS).contains({"a": 1})),
    "a whole document has a key": lambda: Account.where(document(SETTINGS).has_key("a")),
    "sorted": lambda: Account.query().order_by(SETTINGS["a"].text()),
    "a key set": lambda: Account.query().select(json_set(SETTINGS, ("a", "b"), None).as_("v")),
    "an element set": lambda: Account.query().select(json_set(SETTINGS, ("a", 0), "x").as_("v")),
    "an element from the end set": lambda: Account.query().select(json_set(SETTINGS, ("a", -1), "x").as_("v")),
    "a key set to what is computed": lambda: Account.query().select(json_set(SETTINGS, "a", Account.id).as_("v")),
    "an odd key set": lambda: Account.query().select(json_set(SETTINGS, "ö", 1).as_("v")),
    "keys merged": lambda: Account.query().select(json_merge(SETTINGS, {"a": 1, "b": {}}).as_("v")),
    "a key removed": lambda: Account.query().select(json_remove(SETTINGS, ("a", "b")).as_("v")),
    "a list has": lambda: Account.where(array(Account.tags).has("x")),
    "a list has all": lambda: Account.where(array(Account.tags).contains(["x", "y"])),
    "a list has no others": lambda: Account.where(array(Account.tags).contained_by(["x", "y"])),
    "a list has one of": lambda: Account.where(array(Account.prices).overlaps([Decimal("1.50")])),
    "an element of a list": lambda: Account.where(array(Account.tags)[0] == "x"),
    "the last element of a list": lambda: Account.query().select(array(Account.tags)[-1].as_("v")),
    "an element of a list of decimals": lambda: Account.query().select(array(Account.prices)[0].as_("v")),
    "how long a list is": lambda: Account.where(array(Account.tags).length() > 2),
    "a list and one more": lambda: Account.query().select(array(Account.tags).append("x").as_("v")),
    "a list without": lambda: Account.query().select(array(Account.tags).remove("x").as_("v")),
    "a search": lambda: Account.where(search(Account.note, 'quick "fox" -')),
    "a search of two columns, ranked": lambda: Account.where(search(Account.note, Account.tags, "fox")).order_by(
        search_rank(Account.note, Account.tags, "fox").desc()
    ),
    "a search for nothing": lambda: Account.where(search(Account.note, "")),
    "a search in a language": lambda: Account.where(search(Account.note, "foxes", language="english")),
    "a search in the engine's words": lambda: Account.where(search(Account.note, "fox -dog", raw=True)),
}

test_snapshots = against_snapshots("json", CASES)
