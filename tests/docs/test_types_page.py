"""The table of types in the guide is true: what it says a type is stored as is what the engines' codecs say."""

import datetime as dt
import ipaddress
import re
import uuid
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

import pytest

from activerecord import Range, UsageError, types
from activerecord.types import Codec, Type, type_for
from activerecord.types.mysql import MARIADB_CODECS, MYSQL_CODECS
from activerecord.types.postgresql import POSTGRESQL_CODECS
from activerecord.types.sqlite import SQLITE_CODECS
from tests.architecture.source import ROOT

PAGE = ROOT / "docs" / "guide" / "types.md"


class Size(Enum):
    SMALL = "small"
    LARGE = "large"


NAMES: dict[str, Any] = {
    "Annotated": Annotated,
    "Decimal": Decimal,
    "Range": Range,
    "Size": Size,
    "UUID": uuid.UUID,
    **vars(ipaddress),
    **{name: getattr(dt, name) for name in ("date", "time", "datetime", "timedelta")},
    **{name: getattr(types, name) for name in types.__all__},
}

ENGINES: list[Callable[[Type], Codec]] = [SQLITE_CODECS, POSTGRESQL_CODECS, MARIADB_CODECS]


def table() -> list[list[str]]:
    """The cells of the page's one table, without its head."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


def code(cell: str) -> str:
    """The first words of code in a cell."""
    found = re.match(r"`([^`]+)`", cell)
    assert found is not None, cell
    return found[1].replace("\\|", "|")


def stored_as(codecs: Callable[[Type], Codec], kind: Type) -> str:
    try:
        return codecs(kind).ddl
    except UsageError:
        return "refused"


@pytest.mark.parametrize("row", table(), ids=lambda row: code(row[0]))
def test_a_row_says_what_the_codecs_do(row: list[str]) -> None:
    kind, _ = type_for(eval(code(row[0]), NAMES))
    for codecs, cell in zip(ENGINES, row[1:4], strict=True):
        assert (cell if cell == "refused" else code(cell)) == stored_as(codecs, kind)
    assert stored_as(MYSQL_CODECS, kind) == stored_as(MARIADB_CODECS, kind)


def test_every_type_has_a_row() -> None:
    told = {type(type_for(eval(code(row[0]), NAMES))[0]) for row in table()}
    known = {found for name in types.__all__ if isinstance(found := getattr(types, name), type)}
    assert told == {found for found in known if issubclass(found, Type)} - {Type, types.Unknown}
