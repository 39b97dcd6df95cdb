"""Members of an Enum as the texts that stand for them, for all dialects."""

from collections.abc import Callable
from enum import Enum
from functools import cache
from typing import Any

from activerecord.errors import InvalidValue
from activerecord.types.refusal import refuse_type
from activerecord.types.texts import dump_text
from activerecord.types.type import Enumeration

__all__ = ["dump_member", "enumeration_dump", "enumeration_load"]


@cache
def _stored_texts(enum_class: type[Enum]) -> dict[str, str]:
    return {name: dump_text(text) for name, text in Enumeration(enum_class).stored().items()}


def dump_member(member: Enum) -> str:
    """The text of a member of whatever Enum."""
    text = _stored_texts(type(member)).get(member.name)
    if text is None:
        raise InvalidValue(f"a combination of flags of {type(member).__name__} has no name that could be stored")
    return text


def enumeration_dump(kind: Enumeration) -> Callable[[Any], str]:
    """The text of a member of one Enum; others are refused."""
    name = kind.enum_class.__name__

    def dump(value: Any) -> str:
        if isinstance(value, kind.enum_class):
            return dump_member(value)
        raise refuse_type(f"Enumeration({name})", f"the members of {name}", value)

    return dump


def enumeration_load(kind: Enumeration) -> Callable[[Any], Any]:
    """The member that a text stands for; other values as stored."""
    members = {text: kind.enum_class[member] for member, text in _stored_texts(kind.enum_class).items()}
    return lambda value: members.get(value, value) if isinstance(value, str) else value
