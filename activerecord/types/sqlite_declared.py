"""From the type that a column of an SQLite table was declared with to what its values mean."""

import re

from activerecord.types.type import (
    Binary,
    Boolean,
    Date,
    DateTime,
    Float,
    Integer,
    Json,
    Numeric,
    Text,
    Time,
    Type,
    Unknown,
    Uuid,
)

__all__ = ["type_from_sqlite"]

# Not among them: STRING, which SQLite takes for a number, so that '007' becomes 7; INTERVAL and BIT, which mean
# something else in every program.
_WORDS: dict[Type, str] = {
    Boolean(): "BOOL BOOLEAN",
    Integer(): "INT INTEGER TINYINT SMALLINT MEDIUMINT BIGINT INT2 INT4 INT8 UNSIGNED SERIAL BIGSERIAL YEAR",
    Float(): "REAL DOUBLE FLOAT FLOAT4 FLOAT8",
    Numeric(): "NUMERIC DECIMAL DEC NUMBER MONEY SMALLMONEY CURRENCY",
    Text(): "TEXT TINYTEXT MEDIUMTEXT LONGTEXT NTEXT CITEXT CLOB NCLOB CHAR CHARACTER NCHAR BPCHAR VARCHAR VARCHAR2 "
    "NVARCHAR NVARCHAR2 NATIVE VARYING",
    Binary(): "BLOB TINYBLOB MEDIUMBLOB LONGBLOB BINARY VARBINARY BYTEA IMAGE",
    Date(): "DATE",
    Time(): "TIME",
    DateTime(): "DATETIME DATETIME2 TIMESTAMP TIMESTAMPTZ SMALLDATETIME DATETIMEOFFSET",
    Uuid(): "UUID GUID UNIQUEIDENTIFIER",
    Json(): "JSON JSONB",
}

_TYPES: dict[str, Type] = {word: kind for kind, words in _WORDS.items() for word in words.split()}

_DECLARED = re.compile(r"\s*(\w+)[\w\s]*(?:\(\s*\+?(\d{1,4})\s*(?:,\s*\+?(\d{1,3})\s*)?\))?")


def type_from_sqlite(declared: str) -> Type:
    """The meaning of a declared type, by its first word: DECIMAL(10,2), NVARCHAR(160), DOUBLE PRECISION, "" ...

    SQLite keeps no row to the sizes in brackets, so they refuse nothing here; those of a decimal number only say with
    how many places it is shown. A word that is not known, or none, gives Unknown.
    """
    match = _DECLARED.match(declared)
    if match is None:
        return Unknown()
    word, precision, scale = match.groups()
    kind = _TYPES.get(word.upper(), Unknown())
    if isinstance(kind, Numeric) and precision is not None:
        return Numeric(scale=int(scale or 0))
    return kind
