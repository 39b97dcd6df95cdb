"""Values as MySQL and MariaDB take and give them in their binary protocol: numbers, days and moments by their own kinds."""

import datetime as dt
import math
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, cast

from activerecord.errors import InvalidValue
from activerecord.types.json_text import dump_json, refuse_halves
from activerecord.types.numbers import dump_float, load_boolean
from activerecord.types.numeric import check_digits, finite_decimal, places_of
from activerecord.types.parse import parse_date, parse_datetime, parse_time
from activerecord.types.texts import dump_date, dump_time, read_datetime
from activerecord.types.type import DateTime, Numeric

__all__ = [
    "LARGEST",
    "dump_computed",
    "dump_day",
    "dump_decimal",
    "dump_moment",
    "dump_native_json",
    "dump_number",
    "dump_time_of_day",
    "load_date",
    "load_decimal",
    "load_flag",
    "load_moment",
    "load_time_of_day",
    "load_utc",
    "numeric_dump",
    "shallow_json",
]

# The largest DECIMAL: of so many digits in all, and so many of them behind the point.
LARGEST = Numeric(65, 30)

_DAY = dt.timedelta(days=1)
_MIDNIGHT = dt.datetime.min  # noqa: DTZ901  # a day that is not asked for


def numeric_dump(kind: Numeric) -> Callable[[Any], Decimal]:
    """The Decimal, checked: a server of these rounds what has more places than its column, and says nothing."""
    fits = LARGEST if kind.precision is None else kind

    def dump(value: Any) -> Decimal:
        number = finite_decimal(value)
        check_digits(fits, number)
        return number

    return dump


dump_decimal = numeric_dump(Numeric())

# What MariaDB computes may have more places than any of its columns, for fewer digits before the point.
_COMPUTED = Numeric(65, 38)


def dump_computed(value: Any) -> Decimal:
    """The Decimal, to be compared with others: of as many digits as MariaDB computes with."""
    number = finite_decimal(value)
    check_digits(LARGEST if places_of(number) <= (LARGEST.scale or 0) else _COMPUTED, number)
    return number


def load_decimal(value: Any) -> Any:
    """A Decimal without the zeros that its column pads it with."""
    if isinstance(value, int):
        return Decimal(value)
    text = format(value, "f") if isinstance(value, Decimal) else ""
    return Decimal(text.rstrip("0").rstrip(".")) if "." in text else value


def dump_number(value: Any) -> float:
    """A float, or an int that equals one. DOUBLE has neither NaN nor infinities."""
    number = dump_float(value)
    if math.isinf(number):
        raise InvalidValue("a column of type Float takes no infinity on MySQL and MariaDB")
    return number


def load_flag(value: Any) -> Any:
    """The bool of a TINYINT(1), or of a BIT(1), which comes as a byte."""
    return load_boolean(value[0] if isinstance(value, bytes) and len(value) == 1 else value)


def dump_day(value: Any) -> dt.date:
    """A date, not a datetime."""
    return value if type(value) is dt.date else cast(dt.date, parse_date(dump_date(value)))


def dump_time_of_day(value: Any) -> dt.time:
    """A time without a zone."""
    return cast(dt.time, parse_time(dump_time(value)))


def dump_moment(kind: DateTime) -> Callable[[Any], dt.datetime]:
    """A datetime as DATETIME holds it, which has no zone: an aware one in UTC."""
    # A column that tells nothing of zones could not tell a naive value from the UTC of an aware one.
    zone = bool(kind.zone)
    return lambda value: read_datetime(value, zone=zone).replace(tzinfo=None)


def load_moment(value: Any) -> Any:
    """A naive datetime; also from text, which is what an expression may give."""
    return _parsed(value, parse_datetime)


def load_utc(value: Any) -> Any:
    """The aware datetime of a moment that was stored in UTC."""
    moment = _parsed(value, parse_datetime)
    return moment.replace(tzinfo=dt.UTC) if isinstance(moment, dt.datetime) and moment.tzinfo is None else moment


def load_date(value: Any) -> Any:
    """A date; also from text."""
    return _parsed(value, parse_date)


def load_time_of_day(value: Any) -> Any:
    """A time of day, where TIME holds one: it holds spans of time too."""
    if isinstance(value, dt.timedelta):
        return (_MIDNIGHT + value).time() if dt.timedelta() <= value < _DAY else value
    return _parsed(value, parse_time)


def _parsed(value: Any, parse: Callable[[str], Any]) -> Any:
    if not isinstance(value, str):
        return value
    found = parse(value)
    return value if found is None else found


def dump_native_json(value: Any) -> str:
    """JSON text for MySQL's own type, which makes a float of a whole number beyond 64 bits."""
    _check_numbers(value)
    return dump_json(value)


def shallow_json(dump: Callable[[Any], str], levels: int) -> Callable[[Any], str]:
    """The same for a server that reads no more levels of a document: a deeper one is refused."""

    def shallow(value: Any) -> str:
        text = dump(value)
        if "\\ud" in text:
            refuse_halves(value, "MySQL and MariaDB")
        # Most texts have fewer brackets than that. What has a text does not contain itself.
        if text.count("[") + text.count("{") > levels and _is_deeper(value, levels):
            raise InvalidValue(
                f"the server reads {levels} levels of lists and dicts in a JSON document, and this one has more: "
                "store its inner part as text"
            )
        return text

    return shallow


def _is_deeper(value: Any, levels: int) -> bool:
    """Whether there is a list or dict under so many others, one in another."""
    level: list[Any] = [value]
    for _ in range(levels):
        level = [inner for each in level for inner in _inside(each)]
    return any(isinstance(each, (dict, list, tuple)) for each in level)


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return cast("dict[str, Any]", value).values()
    return cast("Iterable[Any]", value) if isinstance(value, (list, tuple)) else ()


def _check_numbers(value: Any) -> None:
    waiting: list[Any] = [value]
    seen: set[int] = set()
    while waiting:
        found: Any = waiting.pop()
        if isinstance(found, int) and not -(1 << 63) <= found < 1 << 64:
            raise InvalidValue("MySQL keeps whole numbers of 64 bits in a JSON document; store a larger one as text")
        if not isinstance(found, (dict, list, tuple)) or id(cast(object, found)) in seen:
            continue
        # One that contains itself is refused by what reads it next.
        seen.add(id(cast(object, found)))
        waiting += found.values() if isinstance(found, dict) else cast("list[Any]", found)
