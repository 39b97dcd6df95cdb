"""Texts to the letter: what starts with, ends with or contains a text, whatever is in it, as Python says."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activerecord import ActiveRecord, Column, column, create_tables
from activerecord.sql.expression import Condition

pytestmark = pytest.mark.places("memory", "server")


class Word(ActiveRecord):
    __table_name__ = "words"
    id: Column[int] = column(primary_key=True)
    text: Column[str]


@pytest.fixture
def words(configured: str) -> None:
    del configured
    create_tables(Word)


# Wild signs, escapes, quotes, comments, both cases, letters beyond ASCII, none of which changes its length in small letters.
TEXTS = st.text("%_\\'\"`-;aAbB?:éß\U0001f600 \n", max_size=6)

EXACT: dict[str, tuple[Callable[[str], Condition], Callable[[str, str], bool]]] = {
    "starts": (Word.text.starts_with, str.startswith),
    "ends": (Word.text.ends_with, str.endswith),
    "contains": (Word.text.contains, str.__contains__),
}
FOLDED: dict[str, tuple[Callable[[str], Condition], Callable[[str, str], bool]]] = {
    "starts": (Word.text.istarts_with, str.startswith),
    "ends": (Word.text.iends_with, str.endswith),
    "contains": (Word.text.icontains, str.__contains__),
}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS, part=TEXTS)
def test_texts_are_taken_to_the_letter(words: None, engine: str, text: str, part: str) -> None:
    Word.query().everywhere().delete_all()
    Word.create(text=text)
    for asked in (part, text, text[1:3]):
        for name, (condition, fits) in EXACT.items():
            # SQLite takes capitals for small letters
            wanted = fits(text.lower(), asked.lower()) if engine == "sqlite" else fits(text, asked)
            assert Word.where(condition(asked)).count() == wanted, (name, text, asked)
        for name, (condition, fits) in FOLDED.items():
            wanted = fits(text.lower(), asked.lower())
            assert Word.where(condition(asked)).count() == wanted, (name, text, asked)
            assert Word.where(condition(asked.upper().replace("SS", "ß").replace("É", "é"))).count() == wanted
        assert Word.where(
            Word.text.ilike("%" + asked.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_"))
        ).count() == (text.lower().endswith(asked.lower()))
