"""From the type that PostgreSQL's catalogue gives a column to what its values mean."""

from collections.abc import Callable

from activerecord.types.type import (
    Address,
    Array,
    Binary,
    Boolean,
    Date,
    DateTime,
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
    Unknown,
    Uuid,
)

__all__ = ["type_from_postgresql"]

# A modifier is what stands in brackets after the type's name, and four more.
_HEADER = 4

_TYPES: dict[str, Type] = {
    "bool": Boolean(),
    "int2": Integer(16),
    "int4": Integer(32),
    "int8": Integer(64),
    "oid": Integer(32, signed=False),
    "float4": Float(32),
    "float8": Float(),
    "numeric": Numeric(),
    "text": Text(),
    "varchar": Text(),
    "bpchar": Text(),
    "citext": Text(),
    "name": Text(),
    "enum": Text(),
    "bytea": Binary(),
    "date": Date(),
    "time": Time(),
    "timestamp": DateTime(zone=False),
    "timestamptz": DateTime(zone=True),
    "interval": Interval(),
    "uuid": Uuid(),
    "json": Json(),
    "jsonb": Json(),
    "inet": Address(),
    "cidr": Network(),
    "int4range": RangeOf(Integer(32)),
    "int8range": RangeOf(Integer(64)),
    "numrange": RangeOf(Numeric()),
    "daterange": RangeOf(Date()),
    "tsrange": RangeOf(DateTime(zone=False)),
    "tstzrange": RangeOf(DateTime(zone=True)),
}


def type_from_postgresql(name: str, modifier: int, dimensions: int) -> Type:
    """The meaning of a type by its internal name (int4, bpchar, timestamptz ...), "enum" for all enums.

    Of a domain, name the type it is made of; of an array, that of its elements. `modifier` holds the sizes, -1 is none;
    `dimensions` is how many levels of arrays there are: arrays of one can hold NULLs, of more are not known here. Nor is
    `timetz`, whose values have a zone and no day: they are neither times of day nor moments.
    """
    sized = _SIZED.get(name) if modifier >= _HEADER else None
    kind = sized(modifier - _HEADER) if sized else _TYPES.get(name, Unknown())
    if dimensions == 0 or isinstance(kind, Unknown):
        return kind
    return Array(kind, nulls=True) if dimensions == 1 else Unknown()


def _numeric(sizes: int) -> Type:
    precision, scale = sizes >> 16 & 0xFFFF, sizes & 0x7FF
    # The scale is a signed number of 11 bits: numeric(3,-2) is rounded to hundreds, numeric(2,4) is below a hundredth.
    if scale > 1000:
        return Numeric()
    return Numeric(precision, scale) if scale <= precision else Numeric(scale=scale)


_SIZED: dict[str, Callable[[int], Type]] = {"numeric": _numeric, "varchar": Text, "bpchar": Text}
