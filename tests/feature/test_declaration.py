"""Class bodies of models: what they may say, and what is refused as soon as it is said."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar, Optional, Self

import pytest

import activerecord as ar
from activerecord import (
    ActiveRecord,
    BelongsTo,
    Column,
    HasMany,
    Query,
    UsageError,
    belongs_to,
    column,
    create_tables,
    has_many,
)
from activerecord.database import database
from activerecord.types import Enumeration, Integer, Numeric, Text


class Kind(enum.Enum):
    A = "a"
    B = "b"


class Stamped(ActiveRecord):
    __abstract__ = True
    id: Column[int] = column(primary_key=True)
    made: Column[dt.datetime | None]


class Noted:
    """A plain class to mix in."""

    note: Column[str | None]
    weight: Column[int] = column(default=1)


class Paper(Stamped):
    title: Column[str]
    kind: Column[Kind] = column(default=Kind.A)
    old: Column[Optional[int]]  # noqa: UP045
    date: Column[dt.date | None] = column()
    quoted: "Column[int | None]"  # noqa: UP037
    dotted: ar.Column[int | None]
    limit: ClassVar[int] = 5
    pages: HasMany[Page] = has_many()

    def shout(self) -> str:
        return self.title.upper()

    @classmethod
    def recent(cls) -> Query[Self]:
        return cls.query().order_by("made desc")


class Page(Noted, Stamped):
    __table_name__ = "sheets"
    paper_id: Column[int]
    paper: BelongsTo[Paper] = belongs_to()


class Renamed(ActiveRecord):
    key: Column[int] = column(primary_key=True, name="renamed_key")
    save_: Column[str] = column(name="save")
    klass: Column[str | None] = column(name="class")
    spaced: Column[int | None] = column(name="two words")


C = Column


class Aliased(ActiveRecord):
    id: C[int]
    word: C[str | None]


@pytest.fixture
def memory() -> None:
    """A database of nothing: what is said of class bodies alone is the same on each."""
    ActiveRecord.configure("sqlite:///:memory:")


@pytest.fixture
def tables(configured: str) -> None:
    create_tables(Paper, Page, Renamed, Aliased)


def test_columns_are_read_from_annotations_that_are_text() -> None:
    table = Paper.__mapper__.known_table()
    assert table is not None
    types = {name: (found.type, found.nullable) for name, found in table.columns.items()}
    assert types["title"] == (Text(), False)
    assert types["kind"] == (Enumeration(Kind), False)
    assert types["old"] == (Integer(), True)
    assert types["quoted"] == types["dotted"] == (Integer(), True)
    assert table.primary_key == ("id",)
    assert "limit" not in table.columns


def test_aliases_of_column(tables: None) -> None:
    assert Aliased.create(word="x").id == 1
    assert Aliased.query().pluck("word") == ["x"]


def test_columns_of_bases_are_inherited(tables: None) -> None:
    paper = Paper.create(title="x", made=dt.datetime(2024, 1, 1))  # noqa: DTZ001
    assert Paper.find(paper.id).made == dt.datetime(2024, 1, 1)  # noqa: DTZ001
    page = Page.create(paper_id=paper.id, note="n")
    assert (page.weight, page.note, page.id) == (1, "n", 1)
    assert Page.where(Page.note == "n", Page.made.is_null()).count() == 1
    assert Paper.made is not Page.made
    assert Paper.recent().ids() == [1]
    assert paper.shout() == "X"
    assert [found.note for found in paper.pages] == ["n"]
    assert page.paper == paper


def test_names_by_default() -> None:
    assert Paper.__table_name__ == "papers"
    assert Page.__table_name__ == "sheets"

    class HTTPLogEntry(ActiveRecord):
        id: Column[int]

    assert HTTPLogEntry.__table_name__ == "http_log_entries"


def test_a_subclass_of_a_model_has_a_table_of_its_own(tables: None) -> None:
    class Draft(Paper):
        open: Column[bool] = column(default=True)

    create_tables(Draft)
    draft = Draft.create(title="d")
    assert (draft.open, draft.title, Draft.__table_name__) == (True, "d", "drafts")
    assert Paper.query().count() == 0


def test_attributes_with_another_name_than_their_column(tables: None) -> None:
    two_words = database().dialect.quote("two words")
    made = Renamed.create(save_="a", klass="b", spaced=1)
    assert made.key == 1
    assert made.attributes == {"renamed_key": 1, "save": "a", "class": "b", "two words": 1}
    assert Renamed(save_="x").attributes == {"save": "x"}
    assert Renamed(**{"class": "x", "two words": 2}).attributes == {"class": "x", "two words": 2}
    assert made["class"] == made["klass"] == made.klass == "b"
    made["two words"] = 5
    made.save_ = "c"
    assert made.changes == {"save": ("a", "c"), "two words": (1, 5)}
    assert (made.was("save_"), made.was("save")) == ("a", "a")
    assert made.save()
    for query in (
        Renamed.where(save_="c"),
        Renamed.where({"save": "c"}),
        Renamed.where(Renamed.save_ == "c"),
        Renamed.where(Renamed["two words"] == 5),
        Renamed.where({"klass": ["b"]}),
        Renamed.query().order_by("klass desc", "two words", Renamed.key),
        Renamed.where(f"{two_words} = ?", 5),
    ):
        assert query.ids() == [1]
    assert Renamed.query().pluck("klass", "class", Renamed.spaced) == [("b", "b", 5)]
    assert Renamed.query().select("key", "klass").dicts() == [{"renamed_key": 1, "class": "b"}]
    assert Renamed.query().group_by("klass").count() == 1
    assert Renamed.query().max("spaced") == 5
    assert Renamed.insert_all([{"save_": "x", "spaced": 7}, {"save": "y", "two words": 8}]) == 2
    assert Renamed.query().sum("spaced") == 20
    assert Renamed.find(1).reload().update(klass=None)
    assert Renamed.find(1).klass is None


def test_an_enum_that_is_local(tables: None) -> None:
    class Local(enum.Enum):
        X = 1
        Y = 2

    class Holder(ActiveRecord):
        id: Column[int]
        local: Column[Local | None]

    create_tables(Holder)
    made = Holder.create(local=Local.Y)
    assert Holder.find(made.id).local is Local.Y
    assert Holder.where(local=[Local.Y, Local.X]).count() == 1


def test_defaults(tables: None) -> None:
    numbers = iter(range(100))

    class Defaulting(ActiveRecord):
        id: Column[int]
        number: Column[int] = column(default=lambda: next(numbers))
        tags: Column[list[str]] = column(default=[])
        zero: Column[int] = column(default=0)
        off: Column[bool] = column(default=False)
        empty: Column[str] = column(default="")

    create_tables(Defaulting)
    one, other = Defaulting(), Defaulting()
    assert (one.number, other.number) == (0, 1)
    one.tags.append("x")
    assert other.tags == []
    assert Defaulting().tags == []
    one.save()
    other.save()
    assert Defaulting.query().order_by("id").pluck("tags") == [["x"], []]
    assert (one.zero, one.off, one.empty) == (0, False, "")
    assert Defaulting(number=9).number == 9
    Defaulting.insert_all([{}, {}])
    assert len(set(Defaulting.query().pluck("number"))) == 4


def collides() -> type[ActiveRecord]:
    class Bad(ActiveRecord):
        id: Column[int]
        save: Column[str]  # type: ignore[assignment]

    return Bad


def collides_with_query() -> type[ActiveRecord]:
    class Bad(ActiveRecord):
        query: Column[str] = column()  # type: ignore[assignment]

    return Bad


def collides_privately() -> type[ActiveRecord]:
    class Bad(ActiveRecord):
        _row: Column[str]  # type: ignore[mutable-override]

    return Bad


def relation_collides() -> type[ActiveRecord]:
    class Bad(ActiveRecord):
        id: Column[int]
        changes: HasMany[Page] = has_many()  # type: ignore[assignment]

    return Bad


def plain_default() -> type[ActiveRecord]:
    class Bad(ActiveRecord):
        id: Column[int]
        name: Column[str] = "x"  # type: ignore[assignment]

    return Bad


def wrong_factory() -> type[ActiveRecord]:
    class Bad(ActiveRecord):
        id: Column[int]
        name: Column[str] = has_many()

    return Bad


def no_type() -> type[ActiveRecord]:
    class Bad(ActiveRecord):
        id: Column  # type: ignore[type-arg]

    return Bad


def plain_annotation() -> type[ActiveRecord]:
    class Bad(ActiveRecord):
        id: Column[int]
        name: str

    return Bad


def unknown_type() -> type[ActiveRecord]:
    class Bad(ActiveRecord):
        id: Column[object]

    return Bad


def two_types() -> type[ActiveRecord]:
    class Bad(ActiveRecord):
        id: Column[int | str]

    return Bad


def unknown_name() -> type[ActiveRecord]:
    class Bad(ActiveRecord):
        id: Column[Nothing]  # type: ignore[name-defined]  # noqa: F821

    return Bad


def twice() -> type[ActiveRecord]:
    class Bad(ActiveRecord):
        id: Column[int]
        other: Column[int] = column(name="id")

    return Bad


def nul() -> type[ActiveRecord]:
    class Bad(ActiveRecord):
        id: Column[int] = column(name="a\0b")

    return Bad


def number() -> type[ActiveRecord]:
    class Bad(ActiveRecord):
        id: Column[int] = column(name=5)  # type: ignore[arg-type]

    return Bad


def table_name() -> type[ActiveRecord]:
    class Bad(ActiveRecord):
        __table_name__ = ""
        id: Column[int]

    return Bad


def unannotated() -> type[ActiveRecord]:
    class Bad(ActiveRecord):
        id = column()

    return Bad


def lonely_action() -> type[ActiveRecord]:
    class Bad(ActiveRecord):
        id: Column[int] = column(on_delete="cascade")

    return Bad


def length_of_a_number() -> type[ActiveRecord]:
    class Bad(ActiveRecord):
        id: Column[int] = column(length=5)

    return Bad


def no_length() -> type[ActiveRecord]:
    class Bad(ActiveRecord):
        id: Column[str] = column(length=-1)

    return Bad


def reference_by_column() -> type[ActiveRecord]:
    class Bad(ActiveRecord):
        id: Column[int] = column(references=Paper.id)  # type: ignore[arg-type]

    return Bad


def reference_into_a_schema() -> type[ActiveRecord]:
    class Bad(ActiveRecord):
        id: Column[int] = column(references="other.papers.id")

    return Bad


@pytest.mark.parametrize(
    ("declare", "told"),
    [
        (collides, r"Bad\.save: .*`save_ = column\(name='save'\)`"),
        (collides_with_query, r"Bad\.query: "),
        (collides_privately, r"Bad\._row: "),
        (relation_collides, r"Bad\.changes: every model has"),
        (plain_default, r"column\(default=...\)"),
        (wrong_factory, r"annotated as Column but set to HasMany"),
        (no_type, r"Bad\.id: what does the column hold"),
        (plain_annotation, r"Bad\.name is annotated, but not as a column: `name: Column"),
        (unknown_type, "supported are"),
        (two_types, "supported are"),
        (unknown_name, "Nothing.* cannot be evaluated"),
        (twice, "'id' already"),
        (nul, "NUL"),
        (number, "is text"),
        (table_name, "not empty"),
        (unannotated, "annotate it"),
        (lonely_action, "references="),
        (length_of_a_number, "length is for text"),
        (no_length, "one or more"),
        (reference_by_column, "as text"),
        (reference_into_a_schema, r"'other\.papers\.id': expected 'table\.column', .*belongs_to"),
    ],
)
def test_what_is_refused(memory: None, declare: Callable[[], type[ActiveRecord]], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        declare().query().to_sql()


def test_abstract_bases_stand_for_no_table(memory: None) -> None:
    with pytest.raises(UsageError, match="make a subclass"):
        Stamped()
    with pytest.raises(UsageError, match="make a subclass"):
        Stamped.query()
    with pytest.raises(UsageError, match="make a subclass"):
        create_tables(Stamped)


def test_types_given_by_hand(tables: None) -> None:
    class Priced(ActiveRecord):
        id: Column[int]
        price: Column[Decimal] = column(type=Numeric(6, 2))

    create_tables(Priced)
    made = Priced.create(price=Decimal("1.5"))
    assert str(Priced.find(made.id).price) == "1.50"
    with pytest.raises(ar.InvalidValue, match="'price'"):
        made.update(price=Decimal("1.555"))


def test_attributes_of_the_class_itself(memory: None) -> None:
    assert Paper.limit == 5
    assert Paper(title="x").limit == 5


def test_what_is_no_column_is_not_taken_for_one(memory: None) -> None:
    found: Any = Paper
    with pytest.raises(AttributeError, match="did you mean 'title'"):
        assert found.titel
    assert not hasattr(Paper, "titel")
