"""Random JSON documents, and what Python finds in them."""

import json
import random
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias, cast

__all__ = [
    "DOCUMENTS",
    "Steps",
    "at",
    "boolean",
    "equals",
    "holds",
    "holds_anywhere",
    "kind",
    "length",
    "number",
    "paths",
    "removed",
    "text",
    "whole",
    "written",
]

Steps: TypeAlias = tuple[str | int, ...]

KEYS = ("a", "b", "key", "é", "a.b", "x y", "", "$", "0", "it's", "[0]", "\\", "\n", "/", "😀")
SCALARS: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    1,
    -5,
    2.5,
    1e-7,
    1 << 40,
    "x",
    "X",
    "hi ",
    "hi",
    "é😀",
    "",
    "null",
    "1",
)


def invented(chance: random.Random, depth: int) -> Any:
    """A document of so many levels at most."""
    kind = chance.random()
    if depth == 0 or kind < 0.35:
        return chance.choice(SCALARS)
    if kind < 0.65:
        return [invented(chance, depth - 1) for _ in range(chance.randrange(4))]
    return {chance.choice(KEYS): invented(chance, depth - 1) for _ in range(chance.randrange(5))}


def _invented_list(seed: int, count: int) -> list[Any]:
    chance = random.Random(seed)
    return [{key: invented(chance, 3) for key in ("a", "b", *chance.sample(KEYS, 3))} for _ in range(count)]


# The last one holds numbers at their limits.
DOCUMENTS: list[Any] = [
    None,
    {},
    [1, [2], {"a": 3}],
    *_invented_list(20, 80),
    {"a": [7, 7.0, 7.5, (1 << 53) + 1, (1 << 63) - 1, -(1 << 63), 1e300, -0.0], "b": 0.1},
]


def paths(document: Any, steps: Steps = ()) -> Iterator[Steps]:
    """Every path in a document, from the beginning of its lists and from their end."""
    if steps:
        yield steps
    if isinstance(document, dict):
        for key, value in cast("dict[str, Any]", document).items():
            yield from paths(value, (*steps, key))
    if isinstance(document, list):
        items = cast("list[object]", document)
        for index, value in enumerate(items):
            yield from paths(value, (*steps, index))
            yield from paths(value, (*steps, index - len(items)))


def at(document: Any, steps: Steps) -> tuple[Any, ...]:
    """What is at the end of a path, in a tuple; an empty one where there is nothing."""
    if document is None:
        return ()
    for step in steps:
        if isinstance(step, str) and isinstance(document, dict) and step in document:
            document = cast("dict[str, Any]", document)[step]
        elif isinstance(step, int) and isinstance(document, list):
            items = cast("list[object]", document)
            if not -len(items) <= step < len(items):
                return ()
            document = items[step]
        else:
            return ()
    return (document,)


def kind(value: Any) -> str:
    """The word for the type of a value."""
    if value is None:
        return "null"
    words: dict[type, str] = {
        bool: "boolean",
        int: "number",
        float: "number",
        str: "string",
        list: "array",
        dict: "object",
    }
    return words[type(value)]


def text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def number(value: Any) -> float | int | None:
    return value if kind(value) == "number" else None


def length(value: Any) -> int | None:
    return len(cast("Sequence[object]", value)) if isinstance(value, list | dict) else None


def whole(value: Any) -> int | None:
    found = number(value)
    return int(found) if found is not None and found == int(found) and -(1 << 63) <= found < 1 << 63 else None


def boolean(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def equals(value: Any, other: Any) -> bool:
    """Whether two documents are the same, in which true is no 1."""
    if kind(value) != kind(other):
        return False
    if isinstance(value, list):
        items, others = cast("list[object]", value), cast("list[object]", other)
        return len(items) == len(others) and all(map(equals, items, others))
    if isinstance(value, dict):
        mine, theirs = cast("dict[str, Any]", value), cast("dict[str, Any]", other)
        return mine.keys() == theirs.keys() and all(equals(mine[key], theirs[key]) for key in mine)
    return bool(value == other)


def holds(value: Any, part: Any, *, top: bool = True) -> bool:
    """Containment, as PostgreSQL defines it."""
    if isinstance(part, dict):
        wanted = cast("dict[str, Any]", part)
        return isinstance(value, dict) and all(
            key in value and holds(cast("dict[str, Any]", value)[key], wanted[key], top=False) for key in wanted
        )
    items = cast("Sequence[object]", value) if isinstance(value, list) else ()
    if isinstance(part, list):
        return isinstance(value, list) and all(
            any(holds(item, each, top=False) for item in items) for each in cast("list[object]", part)
        )
    return equals(value, part) or (top and any(equals(item, part) for item in items))


def holds_anywhere(value: Any, part: Any) -> bool:
    """Containment, as MySQL defines it: what is no list is held by a list that has an element that holds it."""
    if isinstance(value, list) and not isinstance(part, list):
        return any(holds_anywhere(item, part) for item in cast("list[object]", value))
    if isinstance(part, list):
        return isinstance(value, list) and all(holds_anywhere(value, each) for each in cast("list[object]", part))
    if isinstance(part, dict):
        wanted = cast("dict[str, Any]", part)
        return isinstance(value, dict) and all(
            key in value and holds_anywhere(cast("dict[str, Any]", value)[key], wanted[key]) for key in wanted
        )
    return equals(value, part)


def written(document: Any, steps: Steps, value: Any) -> Any:
    """A copy of the document in which the value is set, where it can be."""
    copy = json.loads(json.dumps(document))
    parent, last = at(copy, steps[:-1]), steps[-1]
    is_new_key = bool(parent) and isinstance(last, str) and isinstance(parent[0], dict)
    if is_new_key or at(copy, steps):
        parent[0][last] = value
    return copy


def removed(document: Any, steps: Steps) -> Any:
    """A copy of the document without what is at the end of a path."""
    copy = json.loads(json.dumps(document))
    if at(copy, steps):
        del at(copy, steps[:-1])[0][steps[-1]]
    return copy
