"""What a pool has, and what it has done since it was made."""

from dataclasses import dataclass

__all__ = ["Counters", "PoolStatistics"]


@dataclass(frozen=True, slots=True)
class PoolStatistics:
    """One look at a pool: of one event loop, of one thread of plain sync code, or of a database in memory.

    Now: `max_size`, the connections it may have; `open`, those it has; `idle`, of these those that wait for work; `lent`,
    the leases that are out (one whose connection is still being opened too); `waiting`, the tasks that wait for one.

    Since it was made: `acquired`, leases given; `opened` and `ended`, connections; `lost`, connections that ended unasked;
    `timeouts`, those who waited in vain; `waited`, those who had to wait at all, `wait_seconds` altogether.
    """

    max_size: int
    open: int = 0
    idle: int = 0
    lent: int = 0
    waiting: int = 0
    acquired: int = 0
    opened: int = 0
    ended: int = 0
    lost: int = 0
    timeouts: int = 0
    waited: int = 0
    wait_seconds: float = 0.0


class Counters:
    """What goes into the statistics of a pool, counted by its one thread."""

    __slots__ = ("acquired", "ended", "lost", "opened", "timeouts", "wait_seconds", "waited", "waiting")

    def __init__(self) -> None:
        self.acquired = self.opened = self.ended = self.lost = 0
        self.timeouts = self.waited = self.waiting = 0
        self.wait_seconds = 0.0

    def begin_wait(self) -> None:
        """Somebody waits."""
        self.waiting += 1
        self.waited += 1

    def end_wait(self, seconds: float) -> None:
        """It has waited so long, in vain or not."""
        self.waiting -= 1
        self.wait_seconds += seconds

    def seen(self, *, max_size: int, idle: int, lent: int) -> PoolStatistics:
        """The statistics."""
        return PoolStatistics(
            max_size=max_size,
            open=self.opened - self.ended,
            idle=idle,
            lent=lent,
            waiting=self.waiting,
            acquired=self.acquired,
            opened=self.opened,
            ended=self.ended,
            lost=self.lost,
            timeouts=self.timeouts,
            waited=self.waited,
            wait_seconds=self.wait_seconds,
        )
