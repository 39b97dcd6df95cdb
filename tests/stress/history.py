"""A checker of histories of transactions that append to lists: which anomalies does one show?

The idea is that of Elle (Kingsbury and Alvaro, "Elle: Inferring Isolation Anomalies from Experimental Observations", VLDB
2020): every element is appended once, so a list that was read tells who wrote before whom, and a cycle of such
dependencies is an anomaly. The names are Adya's ("Weak Consistency", 1999).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, TypeAlias

from activerecord.transaction import Outcome

__all__ = ["Anomaly", "Append", "Kind", "Operation", "Read", "Record", "anomalies"]

Kind: TypeAlias = Literal[
    "garbage",  # an element that nobody appended, or twice the same
    "internal",  # a transaction does not read what it has itself appended
    "lost",  # an element that was committed is not there at the end
    "fork",  # two reads of one list neither of which goes on where the other ends
    "G0",  # a cycle of writes
    "G1a",  # a read of what was rolled back
    "G1b",  # a read of what its writer had not finished
    "G1c",  # a cycle of writes and of reads of them
    "read skew",  # a cycle with one read of what was overwritten meanwhile, by a transaction that writes nothing itself
    "G-single",  # the same by one that writes too: a lost update is of this kind
    "G2",  # a cycle with several such reads: a write skew is of this kind
]


@dataclass(frozen=True, slots=True)
class Append:
    key: int
    element: int


@dataclass(frozen=True, slots=True)
class Read:
    key: int
    found: tuple[int, ...]


Operation: TypeAlias = Append | Read


@dataclass(slots=True)
class Record:
    """One transaction: what it did, in order, how it ended, and from when to when (seconds)."""

    number: int
    operations: list[Operation] = field(default_factory=list[Operation])
    outcome: Outcome = Outcome.OPEN
    begun: float = 0.0
    ended: float = 0.0

    def appended(self, key: int) -> list[int]:
        return [made.element for made in self.operations if isinstance(made, Append) and made.key == key]

    def reads(self) -> list[Read]:
        return [made for made in self.operations if isinstance(made, Read)]

    def writes(self) -> bool:
        return any(isinstance(made, Append) for made in self.operations)


@dataclass(frozen=True, slots=True)
class Anomaly:
    """`transactions` are the numbers of those that take part; of a cycle, in its order."""

    kind: Kind
    transactions: tuple[int, ...]
    about: str


Edges: TypeAlias = dict[int, set[int]]


def anomalies(history: Sequence[Record]) -> list[Anomaly]:
    """All that is anomalous in a history. The last of its transactions should read every list."""
    return _Checker(history).found()


class _Checker:
    def __init__(self, history: Sequence[Record]) -> None:
        self._writer = {
            (made.key, made.element): record
            for record in history
            for made in record.operations
            if isinstance(made, Append)
        }
        self._kept = _kept(history, self._writer)
        self._orders = self._versions()
        self._ww: Edges = defaultdict(set)
        self._wr: Edges = defaultdict(set)
        self._rw: Edges = defaultdict(set)

    def found(self) -> list[Anomaly]:
        found = [*self._in_reads(), *self._in_lists()]
        self._draw()
        return [*found, *self._cycles()]

    # what can be seen without a graph

    def _reads(self) -> Iterable[tuple[Record, Read]]:
        return ((record, read) for record in self._kept.values() for read in record.reads())

    def _in_reads(self) -> Iterable[Anomaly]:
        for record, read in self._reads():
            writers = [self._writer.get((read.key, element)) for element in read.found]
            if None in writers or len({*read.found}) < len(read.found):
                yield Anomaly("garbage", (record.number,), str(read))
            for writer in writers:
                if writer is not None and writer.outcome is Outcome.ROLLED_BACK:
                    yield Anomaly("G1a", (writer.number, record.number), str(read))
            last = writers[-1] if writers else None
            if last is not None and last is not record and last.appended(read.key)[-1] != read.found[-1]:
                yield Anomaly("G1b", (last.number, record.number), str(read))
        for record in self._kept.values():
            yield from _forgetful(record)

    def _in_lists(self) -> Iterable[Anomaly]:
        for record, read in self._reads():
            if read.found != self._orders[read.key][: len(read.found)]:
                yield Anomaly("fork", (record.number,), f"{read}, and {self._orders[read.key]}")
        for (key, element), writer in self._writer.items():
            if writer.outcome is Outcome.COMMITTED and key in self._orders and element not in self._orders[key]:
                yield Anomaly("lost", (writer.number,), f"{element} of {key}")

    # who depends on whom

    def _versions(self) -> Mapping[int, tuple[int, ...]]:
        """The elements of each list in the order of their writing: the longest read without any that was rolled back."""
        orders: dict[int, tuple[int, ...]] = {}
        for _, read in self._reads():
            longest = orders.setdefault(read.key, ())
            if len(read.found) > len(longest) and all(self._stands(read.key, element) for element in read.found):
                orders[read.key] = read.found
        return orders

    def _stands(self, key: int, element: int) -> bool:
        writer = self._writer.get((key, element))
        return writer is not None and writer.number in self._kept

    def _draw(self) -> None:
        for key, order in self._orders.items():
            writers = [self._writer[key, element].number for element in order]
            for before, after in pairwise(writers):
                _join(self._ww, before, after)
        for record, read in self._reads():
            if read.found == self._orders[read.key][: len(read.found)]:
                self._draw_read(record.number, read)

    def _draw_read(self, reader: int, read: Read) -> None:
        order = self._orders[read.key]
        others = [self._writer[read.key, element].number for element in read.found]
        while others and others[-1] == reader:
            others.pop()
        if others:
            _join(self._wr, others[-1], reader)
        if len(read.found) < len(order):
            _join(self._rw, reader, self._writer[read.key, order[len(read.found)]].number)

    def _cycles(self) -> Iterable[Anomaly]:
        """Each edge with the way back, if there is one: by writes, by writes and reads, by anything."""
        known = _union(self._ww, self._wr)
        everything = _union(known, self._rw)
        yield from _closed("G0", self._ww, self._ww)
        yield from _closed("G1c", self._wr, known)
        single = list(_closed("G-single", self._rw, known))
        for anomaly in single:
            reader = self._kept[anomaly.transactions[0]]
            yield anomaly if reader.writes() else Anomaly("read skew", anomaly.transactions, anomaly.about)
        by_one = {anomaly.transactions[:2] for anomaly in single}
        several = _closed("G2", self._rw, everything)
        yield from (anomaly for anomaly in several if anomaly.transactions[:2] not in by_one)


def _kept(history: Sequence[Record], writer: Mapping[tuple[int, int], Record]) -> dict[int, Record]:
    """The transactions that were committed: as they were told, or as what others have read of theirs proves."""
    kept = {record.number: record for record in history if record.outcome is Outcome.COMMITTED}
    seen = {(read.key, element) for record in kept.values() for read in record.reads() for element in read.found}
    proved = {key: writer[key] for key in seen if key in writer and writer[key].outcome is Outcome.UNKNOWN}
    return kept | {record.number: record for record in proved.values()}


def _forgetful(record: Record) -> Iterable[Anomaly]:
    own: dict[int, list[int]] = defaultdict(list)
    for made in record.operations:
        if isinstance(made, Append):
            own[made.key].append(made.element)
        elif [element for element in made.found if element in own[made.key]] != own[made.key]:
            yield Anomaly("internal", (record.number,), f"{made} after {own[made.key]}")


# graphs


def _join(edges: Edges, source: int, target: int) -> None:
    if source != target:
        edges[source].add(target)


def _union(one: Edges, other: Edges) -> Edges:
    return {source: one.get(source, set()) | other.get(source, set()) for source in {*one, *other}}


def _closed(kind: Kind, edges: Edges, back: Edges) -> Iterable[Anomaly]:
    for source, targets in edges.items():
        for target in targets:
            if way := _way(back, target, source):
                yield Anomaly(kind, (source, *way), f"{source} -> {' -> '.join(map(str, way))}")


def _way(edges: Edges, start: int, end: int) -> list[int]:
    """The shortest way from here to there, without its end; empty if there is none."""
    came: dict[int, int | None] = {start: None}
    front = [start]
    while front and end not in came:
        ahead = [(target, source) for source in front for target in edges.get(source, ()) if target not in came]
        came.update(ahead)
        front = list({target for target, _ in ahead})
    if end not in came:
        return []
    way: list[int] = []
    step = came[end]
    while step is not None:
        way.append(step)
        step = came[step]
    return way[::-1]
