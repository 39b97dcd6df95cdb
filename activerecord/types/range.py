"""A range as a value: what lies between two bounds."""

import datetime as dt
from dataclasses import KW_ONLY, dataclass
from typing import Any, Generic, TypeVar

from activerecord.errors import InvalidValue

__all__ = ["Range"]

T = TypeVar("T")

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, repr=False)
class Range(Generic[T]):
    """The numbers, days or moments from `lower` to `upper`; None is no bound. Immutable and hashable.

    A range has one form, so that ranges with the same members are equal: one of ints or dates includes its lower bound
    and not its upper (`Range(1, 3, upper_inclusive=True)` is `Range(1, 4)`), one that nothing lies in is
    `Range(empty=True)`, and a bound that is not there is not included.

    Raises InvalidValue, which is a ValueError, where the lower bound is above the upper or they cannot be compared.
    """

    lower: T | None = None
    upper: T | None = None
    _: KW_ONLY
    lower_inclusive: bool = True
    upper_inclusive: bool = False
    empty: bool = False

    def __post_init__(self) -> None:
        lower = _next(self.lower, steps=not self.lower_inclusive)
        upper = _next(self.upper, steps=self.upper_inclusive)
        counted = _is_counted(lower) or _is_counted(upper)
        from_lower = lower is not None and (counted or self.lower_inclusive)
        to_upper = upper is not None and not counted and self.upper_inclusive
        if self.empty or _is_empty(lower, upper, both=from_lower and to_upper):
            lower, upper, from_lower, to_upper = None, None, False, False
            object.__setattr__(self, "empty", True)
        object.__setattr__(self, "lower", lower)
        object.__setattr__(self, "upper", upper)
        object.__setattr__(self, "lower_inclusive", from_lower)
        object.__setattr__(self, "upper_inclusive", to_upper)

    def __contains__(self, value: Any) -> bool:
        """Whether a value lies in the range."""
        if self.empty:
            return False
        above = self.lower is None or self.lower < value or (self.lower_inclusive and self.lower == value)
        return above and (self.upper is None or value < self.upper or (self.upper_inclusive and self.upper == value))

    def __repr__(self) -> str:
        if self.empty:
            return "Range(empty=True)"
        lower = ", lower_inclusive=False" if self.lower is not None and not self.lower_inclusive else ""
        upper = ", upper_inclusive=True" if self.upper_inclusive else ""
        return f"Range({self.lower!r}, {self.upper!r}{lower}{upper})"


def _is_counted(bound: Any) -> bool:
    """Whether there is a next value: of ints and dates there is."""
    return isinstance(bound, int) or (isinstance(bound, dt.date) and not isinstance(bound, dt.datetime))


def _next(bound: Any, *, steps: bool) -> Any:
    """The bound of the one form: the value behind it, if it `steps` and there is a next one."""
    if not steps or not _is_counted(bound):
        return bound
    try:
        return bound + (1 if isinstance(bound, int) else _DAY)
    except OverflowError:
        raise InvalidValue("no date follows the last one: leave the bound out, None is no bound") from None


def _is_empty(lower: Any, upper: Any, *, both: bool) -> bool:
    """Whether nothing lies between two bounds, `both` of which are included or not."""
    if lower is None or upper is None:
        return False
    try:
        if lower > upper:
            raise InvalidValue("the lower bound of a range is above its upper bound")
        return bool(lower == upper) and not both
    except (TypeError, ArithmeticError):
        raise InvalidValue(
            f"the bounds of a range cannot be compared: {type(lower).__name__} and {type(upper).__name__}"
        ) from None
