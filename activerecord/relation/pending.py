"""What waits to be written with a record: others that it was given, and that the database knows nothing of yet."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from activerecord.errors import UsageError
from activerecord.relation.association import Association, related

__all__ = [
    "appended",
    "back_of",
    "checked",
    "keep",
    "lead_back",
    "left_out",
    "let_go",
    "put",
    "waiting",
]


def waiting(association: Association[Any], record: Any) -> list[Any]:
    """The others that a record was given by this relation, and that are to be written with it."""
    held: dict[str, list[Any]] | None = record._pending
    others = None if held is None else held.get(association.name)
    if not others:
        return []
    if association.holds_key:
        # whoever assigns the key itself means another, or none
        return (
            list(others) if association.is_loaded(record) and related(record)[association.name][1] is others[0] else []
        )
    back = back_of(association)
    return [other for other in others if back is None or _leads_to(back, other, record)]


def keep(association: Association[Any], record: Any, others: Iterable[Any]) -> None:
    """Have these others wait, each once, after those that wait already; they lead back to the record from now on."""
    fresh = list(others)
    put(record, association.name, _each_once([*waiting(association, record), *fresh]))
    lead_back(association, record, fresh)


def let_go(association: Association[Any], record: Any, others: Sequence[Any]) -> None:
    """Have these others wait no more; they lead to nothing then."""
    gone = {id(other) for other in others}
    dropped = [other for other in waiting(association, record) if id(other) in gone]
    put(record, association.name, [other for other in waiting(association, record) if id(other) not in gone])
    back = back_of(association)
    for other in dropped if back is not None else ():
        assert back is not None
        back.assign(other, None)


def put(record: Any, name: str, others: list[Any] | None) -> None:
    """Have exactly these wait under a name."""
    if record._pending is None and not others:
        return
    held: dict[str, list[Any]] = dict(record._pending or {})
    held.pop(name, None)
    if others:
        held[name] = others
    record._pending = held or None


def back_of(association: Association[Any]) -> Association[Any] | None:
    """The relation by which the others lead back to one record, where there is one, and the tables are known."""
    if association.holds_key:
        return None
    if association.owner.known_table() is None or association.target.known_table() is None:
        return None
    if len(association.hops()) > 1:
        return None
    back = association.inverse()
    return back if back is not None and back.holds_key and not back.many else None


def lead_back(association: Association[Any], record: Any, others: Iterable[Any]) -> None:
    """Let the others lead to the record, before anything is written: with its key, where it has one."""
    back = back_of(association)
    if back is not None:
        for other in others:
            back.assign(other, record)


def checked(association: Association[Any], others: Any) -> list[Any]:
    """The records of a call, each once. Raises UsageError for what is none of the target's."""
    target = association.target
    if isinstance(others, (target.model, str, bytes, dict)) or getattr(others, "__iter__", None) is None:
        raise UsageError(f"{association.spelt} takes a list of {target.name}, got {type(others).__name__}")
    found = _each_once(others)
    for other in found:
        if not isinstance(other, target.model):
            raise UsageError(f"{association.spelt} takes {target.name}, got {type(other).__name__}")
    return found


def appended(record: Any, name: str, key: Any, others: Sequence[Any]) -> Callable[[], None]:
    """Put others at the end of what a record has loaded for this key, if it has; what undoes that."""
    held = related(record).get(name)
    if held is None or held[0] != key:
        return _nothing
    known = {_row_of(other) for other in held[1]}
    fresh = [other for other in others if _row_of(other) not in known]
    return _replaced(record, name, key, [*held[1], *fresh], lambda now: _without(now, fresh))


def left_out(record: Any, name: str, key: Any, others: Sequence[Any]) -> Callable[[], None]:
    """Take others out of what a record has loaded for this key, if it has; what undoes that."""
    held = related(record).get(name)
    if held is None or held[0] != key:
        return _nothing
    rows = {_row_of(other) for other in others}
    gone = [other for other in held[1] if _row_of(other) in rows]
    return _replaced(record, name, key, _without(held[1], gone), lambda now: _each_once([*now, *gone]))


def _replaced(
    record: Any, name: str, key: Any, fresh: list[Any], undone: Callable[[list[Any]], list[Any]]
) -> Callable[[], None]:
    before = related(record)[name]
    after = related(record)[name] = key, fresh

    def undo() -> None:
        now = related(record).get(name)
        if now is after:
            related(record)[name] = before
        elif now is not None and now[0] == key:
            # another task has changed it since, and what that did stands
            related(record)[name] = key, undone(now[1])

    return undo


def _row_of(record: Any) -> object:
    """What two records of one row have in common."""
    key: object = record._key()
    return id(record) if key is None else (record.__class__, key)


def _without(others: Sequence[Any], gone: Sequence[Any]) -> list[Any]:
    ids = {id(other) for other in gone}
    return [other for other in others if id(other) not in ids]


def _leads_to(back: Association[Any], other: Any, record: Any) -> bool:
    held = related(other).get(back.name)
    return held is None or (held[1] is record and held[0] == back.own_key(other))


def _each_once(records: Iterable[Any]) -> list[Any]:
    return list({id(record): record for record in records}.values())


def _nothing() -> None:
    pass
