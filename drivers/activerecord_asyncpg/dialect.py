"""PostgreSQL's dialect with ranges as asyncpg has them."""

from dataclasses import replace
from typing import Any, cast

from activerecord.sql.dialects.postgresql import POSTGRESQL
from activerecord.sql.dialects.postgresql.literal import postgresql_literal
from activerecord.types import Range
from activerecord.types.postgresql import PostgreSQLCodecs
from activerecord_asyncpg.library import RangeValue

__all__ = ["DIALECT"]


def _dump_range(value: Range[Any]) -> Any:
    return RangeValue(
        value.lower,
        value.upper,
        lower_inc=value.lower_inclusive,
        upper_inc=value.upper_inclusive,
        empty=value.empty,
    )


def _load_range(value: Any) -> Any:
    if not isinstance(value, RangeValue):
        return value
    return Range[Any](
        value.lower,
        value.upper,
        lower_inclusive=value.lower_inc,
        upper_inclusive=value.upper_inc,
        empty=value.isempty,
    )


def _literal(value: object) -> str:
    return postgresql_literal(_ours(value))


def _ours(value: Any) -> Any:
    return [_ours(item) for item in cast("list[object]", value)] if isinstance(value, list) else _load_range(value)


_CODECS = PostgreSQLCodecs(_dump_range, _load_range)

DIALECT = replace(POSTGRESQL, codec=_CODECS, dump_plain=_CODECS.plain, literal=_literal)
