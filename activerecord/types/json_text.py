"""JSON documents as text, for all dialects: what cannot come back equal is refused."""

import json
from collections.abc import Iterable
from typing import Any, NoReturn, cast

from activerecord.errors import InvalidValue

__all__ = ["dump_json", "load_json", "refuse_halves"]

_encoder = json.JSONEncoder(allow_nan=False, separators=(",", ":"))


def dump_json(value: Any) -> str:
    """The document as compact ASCII text, keys in their own order.

    Raises InvalidValue for what JSON cannot hold: keys that are not text, NaN and infinities, other types, cycles.
    """
    try:
        _check_keys(value)
        return _encoder.encode(value)
    except RecursionError:
        raise InvalidValue("a JSON document is nested too deeply, or contains itself") from None
    except TypeError:
        raise InvalidValue(f"JSON takes dict, list, str, int, float, bool and None; {_found(value)}") from None
    except ValueError as error:
        raise error if isinstance(error, InvalidValue) else _unrepresentable() from None


def load_json(text: Any) -> Any:
    """The document that text tells; what is no JSON text comes back as it is."""
    if not isinstance(text, str):
        return text
    try:
        return _decoder.decode(text)
    except (ValueError, RecursionError):
        return text


def refuse_halves(value: Any, engine: str) -> None:
    """Raises InvalidValue for a document with half of a surrogate pair in it, which only its escape can tell."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise InvalidValue(
            f"a text within a JSON document has half of a surrogate pair in it, which {engine} cannot store"
        ) from None


def _check_keys(value: Any) -> None:
    """JSON would turn the keys 1, None and True into text, so that the document read is another one."""
    if isinstance(value, dict):
        document = cast("dict[object, object]", value)
        for key in document:
            if not isinstance(key, str):
                raise InvalidValue(f"the keys of a JSON document are str, not {type(key).__name__}")
        _check_each(document.values())
    elif isinstance(value, (list, tuple)):
        _check_each(cast("list[object]", value))


def _check_each(values: Iterable[Any]) -> None:
    for value in values:
        if isinstance(value, (dict, list, tuple)):
            _check_keys(value)


def _found(value: Any) -> str:
    if isinstance(value, (dict, list, tuple)):
        return "something inside it is of another type"
    return f"not {type(value).__name__}"


def _unrepresentable() -> InvalidValue:
    return InvalidValue("a JSON document cannot hold NaN, an infinity or a number of more than 4300 digits")


def _refuse_constant(_: str) -> NoReturn:
    raise ValueError


# NaN and Infinity are no JSON, though Python's decoder takes them.
_decoder = json.JSONDecoder(parse_constant=_refuse_constant)
