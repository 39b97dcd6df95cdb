"""Columns, tables and labels may have any name, which comes back as it was given; savepoints have names of ours."""

from types import new_class
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activerecord import ActiveRecord, ActiveRecordError, Column, column, create_tables, drop_tables
from activerecord.database import database
from activerecord.testing.queries import count_queries
from tests.feature.canaries import ATTACKS, Canary, any_number, is_whole, sing, sing_in_memory

servers = pytest.mark.engines("postgresql", "mysql")


@pytest.fixture
def canaries(configured: str) -> None:
    sing()


@any_number
@given(text=st.text())
def test_any_label(text: str) -> None:
    sing_in_memory()
    check_any_label(text)


@servers
@any_number
@given(text=st.text())
def test_any_label_on_a_server(canaries: None, engine: str, text: str) -> None:
    # MariaDB and MySQL have names in UTF-8 of three bytes at most.
    check_any_label(text, takes_all=engine != "mysql")


def check_any_label(text: str, *, takes_all: bool = True) -> None:
    try:
        rows = Canary.query().select(Canary.song.as_(text)).order_by(Canary.id).dicts()
    except ActiveRecordError:
        assert not text or "\0" in text or (not takes_all and max(text) > "\uffff")
        return
    assert rows == [{text: "tweet"}, {text: "trill"}]
    assert Canary.query().select("id", Canary.song.as_(text)).first() is not None if text not in ("id", "ID") else True


USABLE = [text for text in ATTACKS if text and not {"\0", "\ud800"} & set(text)]


@pytest.mark.parametrize("name", USABLE, ids=range(len(USABLE)))
def test_a_column_may_have_any_name(name: str) -> None:
    sing_in_memory()
    check_column(name)


def usable_on(engine: str) -> list[str]:
    """MariaDB and MySQL refuse names that end with a blank or a line."""
    fitting = [name for name in USABLE if database().dialect.name_fits(name)]
    return [name for name in fitting if engine != "mysql" or name == name.rstrip()]


@servers
def test_a_column_of_a_server_may_have_any_name(canaries: None, engine: str) -> None:
    assert len(usable_on(engine)) > len(USABLE) - 5
    for name in usable_on(engine):
        check_column(name)


def check_column(name: str) -> None:
    def body(space: dict[str, Any]) -> None:
        space["__annotations__"] = {"id": Column[int], "odd": Column[str | None]}
        space["__table_name__"] = "odds"
        space["__module__"] = __name__
        space["id"] = column(primary_key=True)
        space["odd"] = column(name=name, unique=len(name) < 1000, default=name)

    model: Any = new_class("Odd", (ActiveRecord,), exec_body=body)
    create_tables(model)
    made = model.create(odd="a")
    made.odd = "b"
    assert made.save()
    assert model.where(odd="b").order_by("odd").pluck("odd") == ["b"]
    assert model.where({name: "b"}).order_by(model[name].desc()).one()[name] == "b"
    assert made.attributes == {"id": 1, name: "b"}
    assert model.create().odd == name
    assert model.insert_all([{name: "c"}, {name: "d"}]) == 2
    read: Any = new_class(
        "Odds", (ActiveRecord,), exec_body=lambda space: space.update(__table_name__="odds", __module__=__name__)
    )
    found = read.where({name: "c"}).one()
    found[name] = "e"
    assert found.save()
    assert read.query().order_by("id").dicts()[2] == {"id": 3, name: "e"}
    assert made.delete()
    drop_tables(model)
    assert is_whole()


@pytest.mark.parametrize("name", [text for text in USABLE if len(text) < 1000 and not text.startswith("sqlite_")])
def test_a_table_may_have_any_name(name: str) -> None:
    sing_in_memory()
    check_table(name)


@servers
def test_a_table_of_a_server_may_have_any_name(canaries: None, engine: str) -> None:
    for name in usable_on(engine):
        check_table(name)


def check_table(name: str) -> None:
    def body(space: dict[str, Any]) -> None:
        space["__annotations__"] = {"id": Column[int], "word": Column[str]}
        space["__table_name__"] = name
        space["__module__"] = __name__
        space["word"] = column(index=True, default="'); DROP TABLE canaries; --")

    model: Any = new_class("Odd", (ActiveRecord,), exec_body=body)
    create_tables(model)
    assert model.create().word == "'); DROP TABLE canaries; --"
    assert model.where(word="x").or_where(id=1).count() == 1
    found = model.find(1)
    found.word = name
    assert found.save() and found.reload().word == name
    read: Any = new_class(
        "Odds", (ActiveRecord,), exec_body=lambda space: space.update(__table_name__=name, __module__=__name__)
    )
    assert read.query().pluck("word") == [name]
    assert found.delete()
    drop_tables(model)
    assert is_whole()


@pytest.mark.parametrize("name", ["", "a\0b", 5])
def test_names_that_no_table_can_have(name: Any) -> None:
    with pytest.raises(ActiveRecordError):
        new_class("Odd", (ActiveRecord,), exec_body=lambda space: space.update(__table_name__=name))


def test_names_of_savepoints_are_ours(canaries: None) -> None:
    with count_queries(database()) as sent, Canary.transaction(), Canary.transaction():
        Canary.query().count()
    assert [sql for sql in sent if "SAVEPOINT" in sql] != []
    assert not any("canaries;" in sql for sql in sent)
