"""Values as text of SQL, for the one place that takes no binds: the defaults in CREATE TABLE."""

import math

from activerecord.errors import InvalidValue

__all__ = ["literal"]


def literal(value: object) -> str:
    """A value, as a codec dumped it, as a literal: NULL, a number, text in quotes or bytes as `x'..'`.

    Raises InvalidValue for what has no literal: other types, NaN, infinities, and text with NUL in it, which would end
    the statement there.
    """
    if value is None:
        return "NULL"
    if type(value) is int:
        return str(value)
    if type(value) is float and math.isfinite(value):
        return repr(value)
    if type(value) is str and "\0" not in value:
        return "'" + value.replace("'", "''") + "'"
    if type(value) is bytes:
        return f"x'{value.hex()}'"
    raise InvalidValue(f"this value of type {type(value).__name__} cannot be written into the text of a statement")
