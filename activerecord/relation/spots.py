"""Spots of a load: the places in its tree where records are found, and which of them can have the same objects."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

__all__ = ["Sharing", "Spot"]

# a relation of a model, by its name
Place: TypeAlias = tuple[type[Any], str]
_Narrow: TypeAlias = "Callable[..., Any] | None"


class Spot:
    """Where records of some models are found, and what is attached to them there: what narrows it, and the spot of what it leads to."""

    __slots__ = ("attached", "models")

    def __init__(
        self, models: "frozenset[type[Any]]" = frozenset(), attached: "dict[Place, tuple[_Narrow, Spot]] | None" = None
    ) -> None:
        self.models = models
        self.attached = attached or {}

    def below(self) -> "Iterator[Spot]":
        """The spot and all that it leads to, the nearest first."""
        waiting = [self]
        for spot in waiting:
            yield spot
            waiting += [beyond for _, beyond in spot.attached.values()]


class Sharing:
    """Which spots of a load have objects in common.

    Two spots can, where each relation that is attached at both is narrowed alike at both, and what it leads to can too: else what
    is attached at one would come over what the other asks for.
    """

    def __init__(self, root: Spot) -> None:
        self._into: dict[Spot, Spot] = {}
        # spots at one place of spots that share: whichever is read last is attached, so each must do for the others
        self._twins: dict[Spot, Spot] = {}
        self._attached: dict[Spot, dict[Place, tuple[_Narrow, Spot]]] = {}
        self._used = {root}
        # spots that can share with none but their twins, by what stands for them
        self._apart: dict[Spot, Spot] = {}
        self._add(root)
        self._unite_all(root.below())

    def extend(self, spot: Spot, root: Spot) -> None:
        """Have what is attached at one spot attached at another too: a query has told it, whose records are not read yet."""
        self._add(root)
        if not self._unite(spot, root, alike=False):
            self._apart.setdefault(_end(self._twins, spot), Spot(spot.models))
        self._unite_all(each for each in root.below() if each is not root)

    def are_twins(self, one: Spot, other: Spot) -> bool:
        """Whether they are at the same place of spots that share: the same query is asked at both."""
        return _end(self._twins, one) is _end(self._twins, other)

    def of(self, spot: Spot) -> Spot:
        """The spot that stands for all which it shares with. They stay together from now on."""
        apart = self._apart.get(_end(self._twins, spot))
        found = _end(self._into, spot) if apart is None else apart
        self._used.add(found)
        return found

    def _add(self, root: Spot) -> None:
        for spot in root.below():
            self._attached.setdefault(spot, spot.attached)

    def _unite_all(self, spots: "Iterable[Spot]") -> None:
        """Have each share with the first that it can share with."""
        for spot in spots:
            any(self._unite(other, spot) for other in list(self._attached) if other is not spot)

    def _unite(self, one: Spot, other: Spot, *, alike: bool = True) -> bool:
        """Have two spots of the same models share, and what they lead to, if they can."""
        if alike and one.models.isdisjoint(other.models):
            return False
        into, twins, attached = dict(self._into), dict(self._twins), dict(self._attached)
        waiting = [(one, other)]
        while waiting:
            first, second = (_end(into, each) for each in waiting.pop())
            if first is second:
                continue
            if first in self._used and second in self._used:
                return False
            if second in self._used:
                first, second = second, first
            here = dict(attached[first])
            for place, (narrow, beyond) in attached[second].items():
                known, there = here.setdefault(place, (narrow, beyond))
                if known is not narrow or not self._pair(twins, there, beyond):
                    return False
                waiting.append((there, beyond))
            into[second], attached[first] = first, here
        self._into, self._twins, self._attached = into, twins, attached
        return True

    def _pair(self, twins: "dict[Spot, Spot]", one: Spot, other: Spot) -> bool:
        """Make them twins, unless one has gone apart without the other."""
        first, second = _end(twins, one), _end(twins, other)
        if first is second:
            return True
        if first in self._apart or second in self._apart:
            return False
        twins[second] = first
        return True


def _end(into: "dict[Spot, Spot]", spot: Spot) -> Spot:
    while spot in into:
        spot = into[spot]
    return spot
