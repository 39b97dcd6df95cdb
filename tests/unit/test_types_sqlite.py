"""SQLite keeps the value and the order of what it is given, or refuses it: tried on SQLite itself."""

import contextlib
import datetime as dt
import ipaddress
import sqlite3
import uuid
from collections.abc import Callable
from decimal import Decimal
from enum import Enum, Flag, IntEnum, StrEnum, auto
from typing import Any, Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from activerecord.errors import InvalidValue, UsageError
from activerecord.types import (
    Address,
    Array,
    Binary,
    Boolean,
    Date,
    DateTime,
    Enumeration,
    Float,
    Integer,
    Interval,
    Json,
    Network,
    Numeric,
    Range,
    RangeOf,
    Text,
    Time,
    Type,
    Unknown,
    Uuid,
)
from activerecord.types.sqlite import SQLITE_CODECS, dump_plain

# Naive ones too, which SQLite keeps as they are.
moment_of = dt.datetime.fromisoformat


class Mood(Enum):
    HAPPY = "very happy!"
    SAD = "it's bad"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Colour(StrEnum):
    RED = "red"


class LegacyColour(str, Enum):  # noqa: UP042 - its str() is not its value, which is the point
    RED = "red"


class Rights(Flag):
    READ = auto()
    WRITE = auto()


class Unheard:
    """What no engine keeps."""

    def __repr__(self) -> str:
        return "Unheard()"


KINDS: list[Type] = [
    Unknown(),
    Boolean(),
    Integer(),
    Float(),
    Numeric(),
    Numeric(10, 2),
    Numeric(scale=2),
    Text(),
    Text(5),
    Binary(),
    Date(),
    Time(),
    DateTime(),
    Interval(),
    Uuid(),
    Json(),
    Enumeration(Mood),
    Enumeration(Level),
    Integer(64, signed=False),
    DateTime(zone=True),
    DateTime(zone=False),
    Address(),
    Address(4),
    Network(),
    Network(6),
    Array(Integer()),
    Array(Float(), nulls=True),
    Array(Numeric()),
    Array(Enumeration(Mood)),
    Array(Binary()),
    Array(Address()),
]

whole = st.integers(-(2**63), 2**63 - 1)
decimals = st.tuples(st.integers(-(10**15) + 1, 10**15 - 1), st.integers(-30, 30)).map(
    lambda parts: Decimal(parts[0]).scaleb(parts[1])
)
microseconds = dt.timedelta(microseconds=1)
spans = whole.map(lambda count: count * microseconds)
moments = st.datetimes(timezones=st.just(dt.UTC) | st.timezones(), allow_imaginary=False)
instants = moments.filter(lambda moment: 1 < moment.year < 9999).map(lambda moment: moment.astimezone(dt.UTC))
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def networks(version: Literal[4, 6]) -> st.SearchStrategy[Any]:
    """Networks of every size."""
    size = 32 if version == 4 else 128
    parts = st.tuples(st.ip_addresses(v=version).map(str), st.integers(0, size))
    return parts.map(lambda both: ipaddress.ip_network(f"{both[0]}/{both[1]}", strict=False))


ORDERED: list[tuple[Type, st.SearchStrategy[Any]]] = [
    (Boolean(), st.booleans()),
    (Integer(), whole),
    (Integer(16), st.integers(-(2**15), 2**15 - 1)),
    (Integer(32, signed=False), st.integers(0, 2**32 - 1)),
    (Integer(64, signed=False), st.integers(0, 2**63 - 1)),
    (Float(), st.floats(allow_nan=False)),
    (Numeric(), decimals),
    (Numeric(), decimals | whole.map(Decimal)),
    (Numeric(15, 4), st.decimals(-99_999_999_999, 99_999_999_999, places=4)),
    (Numeric(scale=4), decimals),
    (Text(), st.text()),
    (Text(3), st.text(max_size=3)),
    (Binary(), st.binary()),
    (Date(), st.dates()),
    (Time(), st.times()),
    (DateTime(), st.datetimes()),
    (DateTime(), instants),
    (DateTime(zone=True), instants),
    (DateTime(zone=False), st.datetimes()),
    (Interval(), spans),
    (Uuid(), st.uuids()),
    (Address(4), st.ip_addresses(v=4)),
    (Address(6), st.ip_addresses(v=6)),
    (Network(4), networks(4)),
    (Network(6), networks(6)),
]

LISTS: list[tuple[Type, st.SearchStrategy[Any]]] = [
    (Array(Boolean()), st.booleans()),
    (Array(Integer()), whole),
    (Array(Integer(64, signed=False)), st.integers(0, 2**64 - 1)),
    (Array(Integer(), nulls=True), st.none() | whole),
    (Array(Float()), st.floats(allow_nan=False)),
    (Array(Numeric()), st.decimals(allow_nan=False, allow_infinity=False)),
    (Array(Numeric(10, 2)), st.decimals(-99_999_999, 99_999_999, places=2)),
    (Array(Text()), st.text()),
    (Array(Binary()), st.binary()),
    (Array(Date()), st.dates()),
    (Array(Time()), st.times()),
    (Array(DateTime()), st.datetimes() | instants),
    (Array(DateTime(zone=True)), instants),
    (Array(Interval()), spans),
    (Array(Uuid(), nulls=True), st.none() | st.uuids()),
    (Array(Address()), st.ip_addresses()),
    (Array(Network()), networks(4) | networks(6)),
    (Array(Enumeration(Mood)), st.sampled_from(Mood)),
]


def codec_pair(kind: Type) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    codec = SQLITE_CODECS(kind)
    return codec.dump or (lambda value: value), codec.load or (lambda value: value)


def stored(kind: Type, values: list[Any], *, ddl: str | None = None) -> list[Any]:
    """What SQLite gives back for the values, in its own order."""
    dump, load = codec_pair(kind)
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute(f"CREATE TABLE t (v {SQLITE_CODECS(kind).ddl if ddl is None else ddl})")
        connection.executemany("INSERT INTO t VALUES (?)", [(dump(value),) for value in values])
        for value in values:
            found = connection.execute("SELECT count(*) FROM t WHERE v = ?", (dump(value),)).fetchone()
            assert found == (sum(other == value for other in values),)
        return [load(row[0]) for row in connection.execute("SELECT v FROM t ORDER BY v, rowid")]
    finally:
        connection.close()


@pytest.mark.parametrize(("kind", "values"), ORDERED, ids=lambda part: str(part) if isinstance(part, Type) else "")
@settings(deadline=None)
@given(data=st.data())
def test_values_and_their_order_are_kept(kind: Type, values: st.SearchStrategy[Any], data: st.DataObject) -> None:
    given_values = data.draw(st.lists(values, max_size=12))
    loaded = stored(kind, given_values)
    assert loaded == sorted(given_values)
    assert [type(value) for value in loaded] == [type(value) for value in sorted(given_values)]


@pytest.mark.parametrize(("kind", "elements"), LISTS, ids=lambda part: str(part) if isinstance(part, Type) else "")
@settings(deadline=None)
@given(data=st.data())
def test_lists_are_kept(kind: Type, elements: st.SearchStrategy[Any], data: st.DataObject) -> None:
    given_lists = data.draw(st.lists(st.lists(elements, max_size=4), max_size=4))
    for given_list in given_lists:
        (loaded,) = stored(kind, [given_list])
        assert loaded == given_list
        assert [type(item) for item in loaded] == [type(item) for item in given_list]
    # Inside it is asked, for each, how many equal ones are found.
    assert sorted(map(repr, stored(kind, given_lists))) == sorted(repr(stored(kind, [one])[0]) for one in given_lists)


@settings(deadline=None)
@given(st.lists(st.ip_addresses(), max_size=8), st.lists(networks(4) | networks(6), max_size=8))
def test_version_4_comes_before_version_6(addresses: list[Any], networks: list[Any]) -> None:
    assert stored(Address(), addresses) == sorted(addresses, key=lambda address: (address.version, address))
    assert stored(Network(), networks) == sorted(networks, key=lambda network: (network.version, network))


def test_equal_elements_have_equal_texts() -> None:
    dump, _ = codec_pair(Array(Numeric()))
    assert dump([Decimal("1.50"), 2, "3.0", Decimal("-0.0")]) == dump([Decimal("1.5"), Decimal("2.00"), 3, 0])
    dump, _ = codec_pair(Array(Float()))
    assert dump([0.0, 1]) == dump([-0.0, 1.0]) == "[0.0,1.0]"


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Integer(), [-(2**63), -1, 0, 2**53 + 1, 2**63 - 1]),
        (Float(), [-float("inf"), -1.7976931348623157e308, 5e-324, 0.1, float("inf")]),
        (
            Numeric(),
            [Decimal(-(2**63)), Decimal("-0.000000000000001"), Decimal("123456789012345E+200"), Decimal("1E+300")],
        ),
        (Numeric(), [Decimal(2**53), Decimal(2**53 + 1), Decimal(2**63 - 1), Decimal(2**63) + 192]),
        (Text(), ["", "\0", "a", "a\0b", "a\0c", "\uffff", "\U00010000"]),
        (Binary(), [b"", b"\0", b"\0\0", b"\xff"]),
        (Date(), [dt.date.min, dt.date.max]),
        (Time(), [dt.time.min, dt.time(0, 0, 0, 1), dt.time(0, 0, 1), dt.time.max]),
        (
            DateTime(),
            [
                moment_of("0001-01-01 00:00"),
                moment_of("0999-01-01 00:00:00.000001"),
                moment_of("9999-12-31 23:59:59.999999"),
            ],
        ),
        (DateTime(), [moment_of("0001-01-01 00:00+00:00"), moment_of("9999-12-31 23:59:59.999999+00:00")]),
        (Interval(), [-(2**63) * microseconds, dt.timedelta(0), (2**63 - 1) * microseconds]),
    ],
    ids=str,
)
def test_limits_are_kept(kind: Type, values: list[Any]) -> None:
    assert stored(kind, values) == values


@settings(deadline=None)
@given(documents)
@example("12")
@example("1e5")
@example(2**63 - 1)
@example({"": [1.5, -0.0, 10**30, "\0", "é", "\ud800"]})
def test_documents_are_kept(document: Any) -> None:
    if document is None or isinstance(document, float):
        return
    if isinstance(document, int) and not -(2**63) <= document < 2**63:
        return
    assert stored(Json(), [document]) == [document]
    assert stored(Json(), [document], ddl="TEXT") == [document]


@pytest.mark.parametrize(
    "kind", [Enumeration(Mood), Enumeration(Level), Enumeration(Colour), Enumeration(LegacyColour)]
)
def test_members_are_kept(kind: Enumeration) -> None:
    for member in kind.enum_class:
        (loaded,) = stored(kind, [member])
        assert loaded is member


def test_an_enumeration_stores_texts_or_names() -> None:
    assert dump_plain(Mood.HAPPY) == "very happy!"
    assert dump_plain(Level.HIGH) == "HIGH"
    assert dump_plain(LegacyColour.RED) == "red"
    assert dump_plain(Rights.READ) == "READ"
    assert codec_pair(Enumeration(Mood))[1]("furious") == "furious"


@settings(deadline=None)
@given(st.lists(st.decimals(allow_nan=False, allow_infinity=False), max_size=8))
def test_a_decimal_is_kept_or_refused(values: list[Decimal]) -> None:
    accepted: list[Decimal] = []
    for value in values:
        try:
            dump_plain(value)
        except InvalidValue:
            continue
        accepted.append(value)
    assert stored(Numeric(), accepted) == sorted(accepted)


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_finite_real_of_a_numeric_column_can_be_written_back(value: float) -> None:
    dump, load = codec_pair(Numeric(scale=2))
    assert dump(load(value)) == value
    assert load(dump(value)) == load(value)


def test_decimals_are_shown_with_their_places() -> None:
    _, load = codec_pair(Numeric(10, 2))
    assert [str(load(value)) for value in (5, 0.99, 1.5, -1234567.5, 0.125, 1e20)] == [
        "5.00",
        "0.99",
        "1.50",
        "-1234567.50",
        "0.125",
        "1E+20",
    ]


REFUSED: list[tuple[Type, Any]] = [
    (Boolean(), 1),
    (Boolean(), "true"),
    (Integer(), True),
    (Integer(), 1.0),
    (Integer(), "1"),
    (Integer(), 2**63),
    (Integer(), -(2**63) - 1),
    (Integer(16), 2**15),
    (Float(), float("nan")),
    (Float(), True),
    (Float(), "1.5"),
    (Float(), 2**53 + 1),
    (Float(), 10**400),
    (Numeric(), Decimal("NaN")),
    (Numeric(), Decimal("sNaN")),
    (Numeric(), Decimal("-Infinity")),
    (Numeric(), float("nan")),
    (Numeric(), Decimal(1) / 3),
    (Numeric(), Decimal(2**63)),
    (Numeric(), Decimal(-(2**63)) - 192),
    (Numeric(), Decimal("1E+400")),
    (Numeric(), Decimal("1E-400")),
    (Numeric(), Decimal("1E+999999")),
    (Numeric(), True),
    (Numeric(), "twelve"),
    (Numeric(10, 2), Decimal("0.001")),
    (Numeric(10, 2), Decimal(100_000_000)),
    (Numeric(2, 2), Decimal(1)),
    (Text(), 12),
    (Text(), b"bytes"),
    (Text(), "half \ud83d"),
    (Text(3), "four"),
    (Binary(), "text"),
    (Binary(), [1, 2]),
    (Date(), dt.datetime(2024, 1, 2, tzinfo=dt.UTC)),
    (Date(), "2024-02-30"),
    (Date(), 19_000),
    (Time(), dt.time(1, tzinfo=dt.UTC)),
    (Time(), "01:00+01:00"),
    (Time(), dt.timedelta(1)),
    (DateTime(), dt.date(2024, 1, 2)),
    (DateTime(), "yesterday"),
    (DateTime(), "2024-01-02 03:04:05.1234567"),
    (DateTime(), moment_of("0001-01-01 00:00+01:00")),
    (DateTime(), 1_700_000_000),
    (Interval(), 12),
    (Interval(), dt.timedelta.max),
    (Uuid(), "not one"),
    (Uuid(), b"0123456789abcdef"),
    (Json(), {1: "a"}),
    (Json(), [{"a": {None: 1}}]),
    (Json(), [float("nan")]),
    (Json(), {"a": Unheard()}),
    (Json(), {1, 2}),
    (Json(), 0.5),
    (Json(), 2**63),
    (Json(), Decimal(1)),
    (Integer(16, signed=False), -1),
    (Integer(16, signed=False), 2**16),
    (Integer(64, signed=False), 2**63),
    (DateTime(zone=True), moment_of("2024-01-02 03:04")),
    (DateTime(zone=True), "2024-01-02 03:04"),
    (DateTime(zone=False), moment_of("2024-01-02 03:04+00:00")),
    (DateTime(zone=False), "2024-01-02T03:04Z"),
    (Address(), "10.0.0.256"),
    (Address(), 167_772_161),
    (Address(), b"\x0a\0\0\1"),
    (Address(), ipaddress.ip_address("fe80::1%eth0")),
    (Address(), "fe80::1%eth0"),
    (Address(), ipaddress.ip_interface("10.0.0.1/8")),
    (Address(), ipaddress.ip_network("10.0.0.1/32")),
    (Address(4), ipaddress.ip_address("::1")),
    (Address(6), ipaddress.ip_address("10.0.0.1")),
    (Network(), "10.0.0.1/8"),
    (Network(), ipaddress.ip_address("10.0.0.1")),
    (Network(4), ipaddress.ip_network("::/8")),
    (Array(Integer()), "12"),
    (Array(Integer()), {1, 2}),
    (Array(Integer()), [1, True]),
    (Array(Integer()), [1, None]),
    (Array(Integer(), nulls=True), [None, "a"]),
    (Array(Integer(16)), [2**15]),
    (Array(Float()), [float("nan")]),
    (Array(Numeric()), [Decimal("NaN")]),
    (Array(Numeric(4, 2)), [Decimal("0.001")]),
    (Array(Text()), [b"a"]),
    (Array(Text()), ["half \ud83d"]),
    (Array(Text(2)), ["abc"]),
    (Array(Date()), [dt.datetime(2024, 1, 2, tzinfo=dt.UTC)]),
    (Array(DateTime(zone=True)), [moment_of("2024-01-02 03:04")]),
    (Array(Enumeration(Mood)), ["very happy!"]),
    (Unknown(), Range(1, 2)),
    (Enumeration(Mood), "very happy!"),
    (Enumeration(Mood), Colour.RED),
    (Enumeration(Rights), Rights.READ | Rights.WRITE),
    (Unknown(), Unheard()),
    (Unknown(), {1, 2}),
    (Unknown(), 2**63),
    (Unknown(), float("nan")),
]


@pytest.mark.parametrize(("kind", "value"), REFUSED, ids=lambda part: f"{part!r:.40}")
def test_what_would_change_is_refused(kind: Type, value: Any) -> None:
    dump, _ = codec_pair(kind)
    with pytest.raises(InvalidValue) as caught:
        dump(value)
    assert repr(value) not in str(caught.value)


def test_a_refusal_names_the_types() -> None:
    dump, _ = codec_pair(Date())
    with pytest.raises(InvalidValue, match="a column of type Date takes date or its ISO text, not datetime"):
        dump(dt.datetime(2024, 1, 2, tzinfo=dt.UTC))


def test_a_document_that_contains_itself_is_refused() -> None:
    document: list[Any] = []
    document.append(document)
    with pytest.raises(InvalidValue):
        dump_plain(document)


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (Date(), "2024-01-02", "2024-01-02"),
        (Time(), "01:02", "01:02:00"),
        (DateTime(), "2024-01-02T03:04:05Z", "2024-01-02 03:04:05+00:00"),
        (DateTime(), "2024-01-02", "2024-01-02 00:00:00"),
        (Uuid(), "0123456789ABCDEF0123456789ABCDEF", "01234567-89ab-cdef-0123-456789abcdef"),
        (Numeric(), "1.50", 1.5),
        (Numeric(), 0.1, 0.1),
        (Numeric(), 3, 3),
        (Float(), 3, 3.0),
        (Binary(), bytearray(b"a"), b"a"),
        (Binary(), memoryview(b"a"), b"a"),
        (Integer(), Level.HIGH, 2),
        (Text(), LegacyColour.RED, "red"),
        (Json(), (1, 2), "[1,2]"),
        (Array(Integer()), (1, 2), "[1,2]"),
        (Array(Uuid()), ["0123456789ABCDEF0123456789ABCDEF"], '["01234567-89ab-cdef-0123-456789abcdef"]'),
        (Address(), "10.0.0.1", b"\4\x0a\0\0\1"),
        (Network(), "10.0.0.0/8", b"\4\x0a\0\0\0\x08"),
        (
            DateTime(),
            dt.datetime(2024, 1, 2, 3, tzinfo=dt.timezone(dt.timedelta(hours=2))),
            "2024-01-02 01:00:00+00:00",
        ),
    ],
)
def test_what_is_taken_for_convenience(kind: Type, value: Any, text: Any) -> None:
    dump, _ = codec_pair(kind)
    dumped = dump(value)
    assert dumped == text
    assert type(dumped) is type(text)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (DateTime(), "2024-01-02", moment_of("2024-01-02 00:00")),
        (DateTime(), "2024-01-02T03:04:05.5", moment_of("2024-01-02 03:04:05.500000")),
        (DateTime(), "2024-01-02 03:04:05Z", dt.datetime(2024, 1, 2, 3, 4, 5, tzinfo=dt.UTC)),
        (DateTime(), "2024-01-02 03:04:05.1234567", "2024-01-02 03:04:05.1234567"),
        (DateTime(), "soon", "soon"),
        (DateTime(), 1_700_000_000, 1_700_000_000),
        (Date(), "2024-01-02 00:00:00", "2024-01-02 00:00:00"),
        (Time(), "01:00+01:00", "01:00+01:00"),
        (Boolean(), 2, 2),
        (Boolean(), "true", "true"),
        (Numeric(), float("inf"), float("inf")),
        (Numeric(), "NaN", "NaN"),
        (Json(), "[NaN]", "[NaN]"),
        (Json(), "{", "{"),
        (Json(), 12, 12),
        (Uuid(), b"0123456789abcdef", b"0123456789abcdef"),
        (Interval(), "P1D", "P1D"),
        (Address(), b"\4abc", b"\4abc"),
        (Address(), "10.0.0.1", "10.0.0.1"),
        (Network(), b"\4\x0a\0\0\1\x08", b"\4\x0a\0\0\1\x08"),
        (Network(), b"\4\x0a\0\0\0\x21", b"\4\x0a\0\0\0\x21"),
        (Network(), b"", b""),
        (Array(Date()), '["2024-01-02","soon",null,3]', [dt.date(2024, 1, 2), "soon", None, 3]),
        (Array(Binary()), '["00ff","x",1]', [b"\0\xff", "x", 1]),
        (Array(Enumeration(Mood)), '["it\'s bad",["a"]]', [Mood.SAD, ["a"]]),
        (Array(Integer()), "12", 12),
        (Array(Integer()), "[1", "[1"),
    ],
)
def test_what_is_loaded(kind: Type, text: Any, value: Any) -> None:
    _, load = codec_pair(kind)
    loaded = load(text)
    assert loaded == value
    assert type(loaded) is type(value)


raw = (
    whole | st.floats() | st.text() | st.binary() | st.sampled_from(["[" * 100_000, "1" * 5000, "-1_0", "²", "9" * 20])
)


@settings(deadline=None)
@given(raw)
def test_load_never_raises(value: Any) -> None:
    for kind in KINDS:
        codec_pair(kind)[1](value)


anything = st.from_type(object) | raw | documents | moments | spans | decimals


@settings(deadline=None)
@given(anything)
def test_dump_raises_invalid_value_and_nothing_else(value: Any) -> None:
    for kind in KINDS:
        with contextlib.suppress(InvalidValue):
            codec_pair(kind)[0](value)


def test_plain_binds_go_by_their_own_type() -> None:
    identifier = uuid.UUID(int=1)
    assert dump_plain(None) is None
    assert [dump_plain(value) for value in (True, 2, 2.5, "a", b"a", Decimal("1.5"))] == [1, 2, 2.5, "a", b"a", 1.5]
    assert dump_plain(dt.date(2024, 1, 2)) == "2024-01-02"
    assert dump_plain(moment_of("2024-01-02 00:00")) == "2024-01-02 00:00:00"
    assert dump_plain(dt.time(1)) == "01:00:00"
    assert dump_plain(dt.timedelta(seconds=1)) == 1_000_000
    assert dump_plain(identifier) == str(identifier)
    assert dump_plain([1, {"a": None}]) == '[1,{"a":null}]'
    assert dump_plain(ipaddress.ip_address("10.0.0.1")) == b"\4\x0a\0\0\1"
    assert dump_plain(ipaddress.ip_network("::/0")) == b"\6" + bytes(17)


@pytest.mark.parametrize("item", [Integer(), Date()])
def test_ranges_are_refused_by_name(item: Type) -> None:
    with pytest.raises(UsageError, match="SQLite has no ranges, only PostgreSQL has"):
        SQLITE_CODECS(RangeOf(item))


@pytest.mark.parametrize("item", [Json(), Unknown(), Array(Integer()), RangeOf(Integer())])
def test_lists_of_what_no_list_has_are_refused(item: Type) -> None:
    with pytest.raises(UsageError, match="annotate it as `list`"):
        SQLITE_CODECS(Array(item))


def test_codecs_are_made_once() -> None:
    assert SQLITE_CODECS(Numeric(10, 2)) is SQLITE_CODECS(Numeric(10, 2))
    assert [kind for kind in KINDS if SQLITE_CODECS(kind).mutable and not isinstance(kind, Array)] == [Json()]
    assert all(SQLITE_CODECS(kind).mutable for kind in KINDS if isinstance(kind, Array))
