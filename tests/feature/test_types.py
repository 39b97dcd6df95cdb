"""Values to the limits of their types come back equal, in order and found by equality, on every engine, or are refused."""

import datetime as dt
import ipaddress
import uuid
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activerecord import Range, UsageError
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
    RangeOf,
    Text,
    Time,
    Type,
    Uuid,
)
from tests.feature.held import ENGINES, engine_url, held_on

# The same examples in every run: what fails here fails again.
reproducible = settings(
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=12,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


class Mood(Enum):
    HAPPY = "very happy!"
    SAD = "it's bad"


class Case(NamedTuple):
    """A type and values that every engine keeps, in the order of the key."""

    kind: Type
    values: st.SearchStrategy[Any]
    key: Callable[[Any], Any] | None = None


def plain(value: Any) -> Any:
    return value


def by_version(value: Any) -> Any:
    return (value.version, value)


def moment_of(text: str) -> dt.datetime:
    """A moment with or without a zone."""
    return dt.datetime.fromisoformat(text)


def whole(kind: Integer) -> Case:
    least, greatest = kind.bounds()
    edges = st.sampled_from([least, least + 1, 0, greatest - 1, greatest])
    return Case(kind, edges | st.integers(least, greatest), plain)


def networks(version: Literal[4, 6]) -> st.SearchStrategy[Any]:
    parts = st.tuples(st.ip_addresses(v=version).map(str), st.integers(0, 32 if version == 4 else 128))
    return parts.map(lambda both: ipaddress.ip_network(f"{both[0]}/{both[1]}", strict=False))


# MySQL promises nothing of the years before 1000.
FIRST, LAST = moment_of("1000-01-01"), moment_of("9999-12-31 23:59:59.999999")
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
finite = st.floats(allow_nan=False, allow_infinity=False)
naive = st.datetimes(min_value=FIRST)
aware = st.datetimes(FIRST + dt.timedelta(days=2), LAST - dt.timedelta(days=2), timezones=st.timezones())
instants = aware.map(lambda moment: moment.astimezone(dt.UTC))
microseconds = st.integers(-(2**63), 2**63 - 1).map(lambda number: number * dt.timedelta(microseconds=1))
documents = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | finite | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)

CASES = [
    Case(Boolean(), st.booleans(), plain),
    *[whole(Integer(bits, signed)) for bits in (8, 16, 24, 32) for signed in (True, False)],
    whole(Integer()),
    Case(Integer(64, signed=False), st.integers(0, 2**63 - 1), plain),
    Case(Float(), finite, plain),
    Case(Numeric(15, 4), st.decimals(-99_999_999_999, 99_999_999_999, places=4), plain),
    Case(Numeric(15), st.integers(-(10**15) + 1, 10**15 - 1).map(Decimal), plain),
    Case(
        Numeric(15, 15), st.integers(-(10**15) + 1, 10**15 - 1).map(lambda digits: Decimal(digits).scaleb(-15)), plain
    ),
    Case(Text(), texts, plain),
    Case(Text(3), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=3), plain),
    Case(Binary(), st.binary(max_size=300), plain),
    Case(Date(), st.dates(min_value=FIRST.date()), plain),
    Case(Time(), st.times(), plain),
    Case(DateTime(), naive, plain),
    Case(DateTime(zone=False), naive, plain),
    Case(DateTime(zone=True), instants, plain),
    Case(Interval(), microseconds, plain),
    Case(Uuid(), st.uuids(), plain),
    Case(Enumeration(Mood), st.sampled_from(Mood)),
    Case(Address(), st.ip_addresses(), by_version),
    Case(Address(4), st.ip_addresses(v=4), plain),
    Case(Address(6), st.ip_addresses(v=6), plain),
    Case(Network(), networks(4) | networks(6), by_version),
    Case(Network(4), networks(4), plain),
    Case(Network(6), networks(6), plain),
]

# Engines with arrays order them, the others do not.
LISTS = [
    Case(Array(Boolean()), st.booleans()),
    Case(Array(Integer()), st.integers(-(2**63), 2**63 - 1)),
    Case(Array(Integer(32), nulls=True), st.none() | st.integers(-(2**31), 2**31 - 1)),
    Case(Array(Float()), finite),
    Case(Array(Numeric()), st.decimals(-(10**30), 10**30, places=10)),
    Case(Array(Numeric(10, 2)), st.decimals(-99_999_999, 99_999_999, places=2)),
    Case(Array(Text()), texts),
    Case(Array(Binary()), st.binary(max_size=20)),
    Case(Array(Date()), st.dates()),
    Case(Array(Time()), st.times()),
    Case(Array(DateTime()), st.datetimes()),
    Case(Array(DateTime(zone=True)), instants),
    Case(Array(Interval()), microseconds),
    Case(Array(Uuid(), nulls=True), st.none() | st.uuids()),
    Case(Array(Address()), st.ip_addresses()),
    Case(Array(Network()), networks(4) | networks(6)),
    Case(Array(Enumeration(Mood)), st.sampled_from(Mood)),
]

# Values of which engines keep different ones. Each keeps them or refuses them, before anything is sent.
ANYTHING = [
    Case(Integer(64, signed=False), st.integers(-1, 2**64), plain),
    Case(Float(), st.floats(), plain),
    Case(Numeric(), st.decimals(), plain),
    Case(Numeric(scale=4), st.decimals(allow_nan=False), plain),
    Case(Numeric(38, 10), st.decimals(-(10**28), 10**28, places=10), plain),
    Case(Text(), st.text(st.characters(exclude_categories=[])), plain),
    Case(Text(2), st.text(), plain),
    Case(Date(), st.dates(), plain),
    Case(DateTime(), st.datetimes(), plain),
    Case(DateTime(zone=True), st.datetimes(timezones=st.timezones()), plain),
    Case(Interval(), st.timedeltas(), plain),
    Case(Json(), documents),
    Case(Json(), st.text(st.characters(exclude_categories=[])).map(lambda text: [text, {text: text}])),
]

KNOWN: list[tuple[Type, list[Any]]] = [
    (Numeric(15, 3), [Decimal("9.5"), Decimal(10), Decimal("-0.001"), Decimal(0)]),
    (Float(), [0.1, 5e-324, -1.7976931348623157e308, 9007199254740993.0, 1e16, -0.0]),
    (Text(), ["9.5", "10", "a", "A", "a ", "á", "", "\uffff", "\U00010000", "\\", "'", "%_", "ß", "ss"]),
    (Binary(), [b"", b"\0", b"\0\0", b"\xff", b"a", bytes(range(256))]),
    (
        DateTime(),
        [
            moment_of("2024-01-02 03:04:05"),
            moment_of("2024-01-02 03:04:05.000001"),
            moment_of("2024-01-02 03:04:04.999999"),
            moment_of("9999-12-31 23:59:59.999999"),
            moment_of("1000-01-01 00:00"),
        ],
    ),
    (
        DateTime(zone=True),
        [
            moment_of("2024-03-31 00:59:59.999999+00:00"),
            moment_of("2024-03-31 01:00:00+00:00"),
            moment_of("2024-10-27 01:30:00+00:00"),
            moment_of("1969-12-31 23:59:59.999999+00:00"),
            moment_of("2038-01-19 03:14:08+00:00"),
        ],
    ),
    (Time(), [dt.time.min, dt.time.max, dt.time(0, 0, 0, 1)]),
    (
        Interval(),
        [dt.timedelta(0), -dt.timedelta(microseconds=1), dt.timedelta(days=-1, hours=25), dt.timedelta(36500)],
    ),
    (Uuid(), [uuid.UUID(int=0), uuid.UUID(int=2**128 - 1)]),
]

DOCUMENTS: list[Any] = [
    {},
    [],
    {"a": [1, 1.0, True, None, {"b": "é\\'\"\U0001f642"}]},
    [1e16, 1e300, 5e-324, -1.7976931348623157e308, 0.1, 1e-7],
    [2**63 - 1, -(2**63)],
    {"": "", "b": 1, "a": 2},
    "text",
    "12",
    12,
    True,
]

REFUSED: list[tuple[Type, list[Any]]] = [
    (Boolean(), [1, "true"]),
    (Integer(), [True, 1.0, "1", 2**63, -(2**63) - 1, Decimal(1)]),
    (Integer(16), [2**15, -(2**15) - 1]),
    (Integer(32, signed=False), [-1, 2**32]),
    (Float(), [float("nan"), True, "1.5", 2**53 + 1, 10**400]),
    (Numeric(), [Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), float("nan"), True, "twelve"]),
    (Numeric(10, 2), [Decimal("0.001"), Decimal(100_000_000)]),
    (Text(), [12, b"bytes", "half \ud83d"]),
    (Text(3), ["four"]),
    (Binary(), ["text", [1, 2]]),
    (Date(), [moment_of("2024-01-02"), "2024-02-30", 19_000]),
    (Time(), [dt.time(1, tzinfo=dt.UTC), "01:00+01:00", dt.timedelta(1)]),
    (DateTime(), [dt.date(2024, 1, 2), "yesterday", "2024-01-02 03:04:05.1234567", 1_700_000_000]),
    (DateTime(zone=False), [moment_of("2024-01-02 03:04+00:00"), "2024-01-02T03:04Z"]),
    (DateTime(zone=True), [moment_of("2024-01-02 03:04"), "2024-01-02T03:04", moment_of("0001-01-01 00:00+01:00")]),
    (Interval(), [12, "P1D"]),
    (Uuid(), ["not one", b"0123456789abcdef"]),
    (Json(), [{1: "a"}, [float("nan")], {"a": {1, 2}}]),
    (Enumeration(Mood), ["very happy!", 1]),
    (Address(), ["10.0.0.256", 1, ipaddress.ip_address("fe80::1%eth0"), ipaddress.ip_interface("10.0.0.1/8")]),
    (Address(4), [ipaddress.ip_address("::1"), "::1"]),
    (Network(), ["10.0.0.1/8", ipaddress.ip_address("10.0.0.1")]),
    (Network(6), [ipaddress.ip_network("10.0.0.0/8")]),
    (Array(Integer()), ["12", [1, "a"], [1, None], [True], [[1]], [2**63]]),
    (Array(Text(2)), [["abc"], [b"a"], ["\ud800"]]),
]

RANGES = [
    Case(RangeOf(Integer()), st.integers(-(2**63), 2**63 - 1)),
    Case(RangeOf(Numeric()), st.decimals(-(10**20), 10**20, places=5)),
    Case(RangeOf(Date()), st.dates()),
    Case(RangeOf(DateTime()), st.datetimes()),
    Case(RangeOf(DateTime(zone=True)), instants),
]


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def url(engine: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database that all tests of this module share."""
    return engine_url(engine, tmp_path_factory.mktemp("types"))


def named(part: Any) -> str | None:
    return str(part.kind if isinstance(part, Case) else part) if isinstance(part, Case | Type) else ""


@pytest.mark.parametrize("case", CASES, ids=named)
def test_values_their_order_and_their_equality_are_kept(url: str, case: Case) -> None:
    held = held_on(url, case.kind)

    @reproducible
    @given(st.lists(case.values, min_size=1, max_size=12))
    def keep(values: list[Any]) -> None:
        held.keep(values, ordered=case.key)

    keep()


@pytest.mark.parametrize("case", LISTS, ids=named)
def test_lists_are_kept(url: str, case: Case) -> None:
    held = held_on(url, case.kind)

    @reproducible
    @given(st.lists(st.lists(case.values, max_size=4), min_size=1, max_size=6))
    def keep(values: list[Any]) -> None:
        held.keep(values)

    keep()


@pytest.mark.parametrize("case", ANYTHING, ids=named)
def test_a_value_is_kept_or_refused(url: str, case: Case) -> None:
    held = held_on(url, case.kind)

    @reproducible
    @given(st.lists(case.values, min_size=1, max_size=12))
    def keep(values: list[Any]) -> None:
        taken = held.taken(values)
        if isinstance(case.kind, Json):
            held.keep_documents(taken)
        else:
            held.keep(_in_utc(taken), ordered=case.key)

    keep()


def _in_utc(values: list[Any]) -> list[Any]:
    """Aware moments come back as the same instants, in UTC; in a fold Python finds a moment unequal to its own instant."""
    return [value.astimezone(dt.UTC) if isinstance(value, dt.datetime) and value.tzinfo else value for value in values]


@pytest.mark.parametrize(("kind", "values"), KNOWN, ids=named)
def test_known_traps(url: str, kind: Type, values: list[Any]) -> None:
    held_on(url, kind).keep(values, ordered=plain)


def test_documents_are_kept(url: str) -> None:
    held_on(url, Json()).keep_documents(DOCUMENTS)


@pytest.mark.parametrize(("kind", "values"), REFUSED, ids=named)
def test_what_would_change_is_refused(url: str, kind: Type, values: list[Any]) -> None:
    held = held_on(url, kind)
    for value in values:
        held.refuse(value)
    assert held.model.query().count() == 0


def test_an_aware_moment_is_the_same_instant_in_every_zone(url: str) -> None:
    held = held_on(url, DateTime(zone=True))
    noon = moment_of("2024-06-01 12:00:00.000001+00:00")
    zones = [dt.timezone(dt.timedelta(hours=hours)) for hours in (-11, 0, 2, 14)]
    held.model.insert_all({"batch": 1, "value": noon.astimezone(zone)} for zone in zones)
    assert [(value, value.tzinfo) for value in held.model.query().pluck("value")] == [(noon, dt.UTC)] * len(zones)
    assert held.model.where(value=noon.astimezone(zones[0])).count() == len(zones)


def test_a_naive_moment_is_given_no_zone(url: str) -> None:
    held = held_on(url, DateTime())
    record = held.model.create(batch=1, value=moment_of("2024-03-31 02:30"))
    assert record.reload().value == moment_of("2024-03-31 02:30")
    assert record.value.tzinfo is None


@pytest.mark.parametrize("case", RANGES, ids=named)
def test_ranges_are_kept_or_refused_by_name(url: str, engine: str, case: Case) -> None:
    if engine != "postgresql":
        with pytest.raises(UsageError, match="PostgreSQL"):
            held_on(url, case.kind)
        return
    held = held_on(url, case.kind)
    pairs = st.tuples(st.none() | case.values, st.none() | case.values, st.booleans(), st.booleans())

    @reproducible
    @given(st.lists(pairs, min_size=1, max_size=6))
    def keep(pairs: list[Any]) -> None:
        held.keep(held.taken(_range(*pair) for pair in pairs))

    keep()
    held.keep([Range[Any](), Range[Any](empty=True)])


def _range(lower: Any, upper: Any, from_lower: bool, to_upper: bool) -> Range[Any]:
    if lower is not None and upper is not None and lower > upper:
        lower, upper = upper, lower
    try:
        return Range(lower, upper, lower_inclusive=from_lower, upper_inclusive=to_upper)
    except ValueError:
        return Range(lower, None)
