"""The idle connections of a pool, and when each of them is due: to be asked whether it lives, or to end."""

import math
import random
import time
from collections import deque

from activerecord.config import Configuration
from activerecord.driver import Connection

__all__ = ["Pooled", "Shelf", "in_order"]

# Of max_lifetime, at most: connections that were opened together do not all end together.
_SHORTENED = 0.1


class Pooled:
    """A connection of a pool. `ends`, `expires` and `quiet_until` are times of `time.monotonic`."""

    __slots__ = ("connection", "ends", "expires", "generation", "quiet_until")

    def __init__(self, connection: Connection, *, generation: int, ends: float) -> None:
        self.connection = connection
        self.generation = generation
        self.ends = ends
        # of an idle one: when it is ended, and until when it is lent without being asked anything
        self.expires = ends
        self.quiet_until = math.inf


def in_order(connection: Connection) -> bool:
    """Whether a connection can be given to the next."""
    return connection.usable() and not connection.in_transaction()


class Shelf:
    """The idle connections, the last one used on top: it is the likeliest to be alive, and lets the others grow old.

    `due` is the earliest time at which one of them may have to be ended.
    """

    __slots__ = ("_idle", "_max_idle", "_max_lifetime", "_min_size", "_ping_after", "due", "generation")

    def __init__(self, configuration: Configuration) -> None:
        self._max_lifetime = configuration.max_lifetime
        self._max_idle = math.inf if configuration.max_idle is None else configuration.max_idle
        self._ping_after = math.inf if configuration.ping_after is None else configuration.ping_after
        self._min_size = configuration.min_size
        self._idle: deque[Pooled] = deque()
        self.due = math.inf
        self.generation = 0

    def __len__(self) -> int:
        return len(self._idle)

    def new(self, connection: Connection, *, generation: int) -> Pooled:
        """A connection that was just opened, in what was the generation when that began."""
        if self._max_lifetime is None:
            return Pooled(connection, generation=generation, ends=math.inf)
        shortened = self._max_lifetime * (1 - _SHORTENED * random.random())
        return Pooled(connection, generation=generation, ends=time.monotonic() + shortened)

    def bump(self) -> None:
        """Let nothing that was opened before this be lent again."""
        self.generation += 1
        self.due = 0.0

    def put(self, pooled: Pooled, now: float) -> bool:
        """Take one that nobody uses any more. False, and it is not taken, where it is too old or of an old generation."""
        if now >= pooled.ends or pooled.generation != self.generation:
            return False
        self.used(pooled, now)
        self.due = min(self.due, pooled.expires)
        self._idle.append(pooled)
        return True

    def used(self, pooled: Pooled, now: float) -> None:
        """Count the times of one anew from its last use, which is now."""
        pooled.quiet_until = now + self._ping_after
        expires = now + self._max_idle
        pooled.expires = min(pooled.ends, expires)

    def top(self, now: float) -> Pooled | None:
        """The one that was used last, which stays where it is; None where something is due first, if only to ask it."""
        if now >= self.due:
            return None
        try:
            pooled = self._idle[-1]
        except IndexError:
            return None
        return pooled if now < pooled.quiet_until else None

    def take(self, now: float) -> Pooled | None:
        """The one that was used last; None, and nothing is taken, where something is due first, or it is not open any more."""
        if now >= self.due:
            return None
        pooled = self.pop()
        if pooled is not None and (now >= pooled.quiet_until or not pooled.connection.usable()):
            self._idle.append(pooled)
            return None
        return pooled

    def pop(self) -> Pooled | None:
        """The one on top. Another thread may be emptying the shelf."""
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def expired(self, others: int) -> Pooled | None:
        """One that is to be ended; None, in no time, where none is due. `others` are open beside the idle ones.

        As many as `min_size` are kept, however long they have been idle; not past their age, nor of an old generation.
        """
        now = time.monotonic()
        if now < self.due:
            return None
        for pooled in [*self._idle]:
            if pooled.generation != self.generation or now >= pooled.ends:
                return self._removed(pooled)
            if now >= pooled.expires:
                if len(self._idle) + others > self._min_size:
                    return self._removed(pooled)
                pooled.expires = min(pooled.ends, now + self._max_idle)
        self.due = min((pooled.expires for pooled in [*self._idle]), default=math.inf)
        return None

    def _removed(self, pooled: Pooled) -> Pooled | None:
        try:
            self._idle.remove(pooled)
        except ValueError:  # another thread is emptying the shelf
            return None
        return pooled
