"""Names that follow from other names."""

import keyword
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activerecord.schema.naming import class_name, identifier, plural, reference_name, singular, snake_case, table_name

PLURALS = """
user users, category categories, box boxes, bus buses, status statuses, city cities, day days, person people,
child children, equipment equipment, information information, series series, species species, news news, data data,
address addresses, analysis analyses, crisis crises, thesis theses, movie movies, cache caches, house houses,
database databases, purchase purchases, warehouse warehouses, quiz quizzes, order_detail order_details, key keys,
size sizes, response responses, photo photos, hero heroes, menu menus, base bases, case cases, exercise exercises,
course courses, virus viruses, knife knives, archive archives, match matches, dish dishes, process processes, class classes,
alias aliases, canvas canvases, lens lenses, company companies, survey surveys, index indexes, matrix matrices, shoe shoes,
tax taxes, bonus bonuses, man men, woman women, history histories, media media, staff staff, InvoiceLine InvoiceLines,
Category Categories, ORDER ORDERS, user2 users2, größe größes
"""


@pytest.mark.parametrize("pair", PLURALS.replace("\n", " ").split(","), ids=str.strip)
def test_plural_and_singular(pair: str) -> None:
    one, many = pair.split()
    assert plural(one) == many
    assert singular(many) == one
    assert singular(one) == one
    assert plural(many) == many


def test_other_plurals_are_understood() -> None:
    assert singular("indices") == "index"
    assert plural("settings") == "settings"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("InvoiceLine", "invoice_line"),
        ("HTTPStatus", "http_status"),
        ("UserID", "user_id"),
        ("order details", "order_details"),
        ("a.b-c", "a_b_c"),
        ("Level2Boss", "level2_boss"),
        ("__table__", "table"),
        ("ÄrgerNis", "ärger_nis"),
        ("%", ""),
    ],
)
def test_snake_case(name: str, expected: str) -> None:
    assert snake_case(name) == expected


def test_names_of_tables_and_classes() -> None:
    assert table_name("UserProfile") == "user_profiles"
    assert table_name("Person") == "people"
    assert class_name("order_details") == "OrderDetail"
    assert class_name("Order Details") == "OrderDetail"
    assert class_name("people") == "Person"
    assert class_name("2nd floors") == "_2ndFloor"
    assert class_name("none") == "None_"


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("ArtistId", "artist"),
        ("customer_id", "customer"),
        ("CustomerID", "customer"),
        ("ReportsTo", "reports_to"),
        ("parent group", "parent_group"),
        ("class_id", "class_"),
        ("import", "import_"),
        ("id", "id"),
        ("_id", "id"),
        ("2nd", "_2nd"),
        ("?", "_"),
        ("größe", "größe"),
        ("名前", "名前"),
    ],
)
def test_reference_names(column: str, expected: str) -> None:
    assert reference_name(column) == expected


names = st.text() | st.sampled_from([*keyword.kwlist, "\ud800", "²", "ﬁ_id", "İd", "_ID", "\u017fID"])


@settings(deadline=None)
@given(names)
def test_identifiers_are_identifiers(name: str) -> None:
    for made in (identifier(name), reference_name(name), class_name(name)):
        assert made.isidentifier()
        assert not keyword.iskeyword(made)
        # As Python itself spells the name when it reads it from a source file.
        assert unicodedata.normalize("NFKC", made) == made


@settings(deadline=None)
@given(names)
def test_any_name_is_taken(name: str) -> None:
    assert plural(singular(name)) is not None
    assert table_name(name) == plural(snake_case(name))


@settings(deadline=None)
@given(st.from_regex(r"[A-Za-z_][A-Za-z0-9_]*", fullmatch=True).filter(lambda name: not keyword.iskeyword(name)))
def test_identifiers_are_left_alone(name: str) -> None:
    assert identifier(name) == name
