"""From text to values, for all dialects: each function gives None for what it cannot read without loss."""

import datetime as dt
import re
import uuid
from decimal import Decimal, InvalidOperation

__all__ = ["parse_date", "parse_datetime", "parse_decimal", "parse_time", "parse_uuid"]

# Python reads such a fraction and drops what is beyond the sixth digit.
_BELOW_MICROSECONDS = re.compile(r"[.,]\d{7}")


def parse_date(text: str) -> dt.date | None:
    """The day that ISO text tells."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def parse_time(text: str) -> dt.time | None:
    """The time of day that ISO text tells, to the microsecond; with a zone if the text has one."""
    if _loses_digits(text):
        return None
    try:
        return dt.time.fromisoformat(text)
    except ValueError:
        return None


def parse_datetime(text: str) -> dt.datetime | None:
    """The moment that ISO text tells, to the microsecond: with 'T' or a space, aware if it has an offset or a 'Z'.

    A day alone is its midnight.
    """
    if _loses_digits(text):
        return None
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None


def _loses_digits(text: str) -> bool:
    # ISO allows a comma too. Most texts have neither, and looking for them is cheaper than the pattern.
    return ("." in text or "," in text) and _BELOW_MICROSECONDS.search(text) is not None


def parse_decimal(text: str) -> Decimal | None:
    """The finite decimal number that text tells, to the last digit."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def parse_uuid(text: str) -> uuid.UUID | None:
    """The identifier that text tells, in any of the usual spellings."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
