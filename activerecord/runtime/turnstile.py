"""A mutex between tasks, loops and threads that serves them in the order in which they came."""

import threading
from asyncio import AbstractEventLoop
from collections import deque
from collections.abc import Callable, Hashable

from activerecord.runtime.backend import thread_of, token
from activerecord.runtime.wakeup import Wakeup

__all__ = ["Turnstile"]


class _Ticket:
    """One who waits, where, and whether its turn has come. `thread` is set where plain sync code waits."""

    __slots__ = ("holder", "is_granted", "run", "thread", "wakeup")

    def __init__(self, holder: object, thread: int | None) -> None:
        self.holder = holder
        self.run = token()
        self.thread = thread
        self.is_granted = False
        self.wakeup = Wakeup()


class Turnstile:
    """Lets one holder in at a time. A leaving holder hands over to the next at once, so nobody can slip in between.

    A holder whose event loop was closed under it will never leave. Where `evict` is given, whoever comes next calls it with
    that holder, which ends what it has begun, and takes the turn from it; else the turn is lost.
    """

    __slots__ = ("_entered_in", "_evict", "_holder", "_lock", "_queue", "_run")

    def __init__(self, *, evict: "Callable[[object], object] | None" = None) -> None:
        self._evict = evict
        # Reentrant: a finaliser that the collector runs inside the lock may leave this very turnstile.
        self._lock = threading.RLock()
        self._holder: object | None = None
        self._entered_in: int | None = None
        self._run: Hashable = None
        self._queue: deque[_Ticket] = deque()

    @property
    def holder(self) -> object | None:
        """Who is inside."""
        return self._holder

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return len(self._queue)

    def try_enter(self, holder: object) -> bool:
        """Enter if nobody is inside, without waiting."""
        if self._holder is not None:
            self._relieve()
        with self._lock:
            if self._holder is not None:
                return False
            run = token()
            self._holder, self._entered_in, self._run = holder, thread_of(run), run
            return True

    async def enter(self, holder: object, *, timeout: float | None = None) -> None:
        """Enter in one's turn.

        Raises TimeoutError after `timeout` seconds; in plain sync code at once if this very thread holds it, since nobody
        else could ever leave. A caller that is cancelled while its turn comes passes it on.
        """
        if self.try_enter(holder):
            return
        thread = thread_of(token())
        if thread is not None and thread == self._entered_in:
            raise TimeoutError("the turn is held by this thread itself, which would wait for ever")
        ticket = _Ticket(holder, thread)
        self._append(ticket)
        try:
            came = await ticket.wakeup.wait(timeout)
        except BaseException:
            if not self._withdraw(ticket):
                self.leave(holder)
            raise
        if came:
            return
        self._relieve()
        if self._withdraw(ticket):
            raise TimeoutError(f"the turn did not come within {timeout:g} s")

    def leave(self, holder: object = None) -> None:
        """Let the next one in. May be called from any task and any thread.

        With the `holder` nothing happens where the turn was taken from it.
        """
        with self._lock:
            if holder is None or holder is self._holder:
                self._holder = self._entered_in = self._run = None
                if self._queue:
                    self._admit()

    def _relieve(self) -> None:
        """Take the turn from a holder whose loop is closed."""
        if self._evict is None or self._holder is None:
            return
        with self._lock:
            lost = self._holder if _is_over(self._run) else None
        if lost is not None:
            self._evict(lost)
            self.leave(lost)

    def _append(self, ticket: _Ticket) -> None:
        with self._lock:
            self._queue.append(ticket)
            self._admit()

    def _admit(self) -> None:
        while self._holder is None and self._queue:
            ticket = self._queue.popleft()
            ticket.is_granted = True
            if _is_over(ticket.run):
                continue
            self._holder, self._entered_in, self._run = ticket.holder, ticket.thread, ticket.run
            ticket.wakeup.set()

    def _withdraw(self, ticket: _Ticket) -> bool:
        """Give the place in the queue up; False if the turn has come already."""
        with self._lock:
            if not ticket.is_granted:
                self._queue.remove(ticket)
            return not ticket.is_granted


def _is_over(run: Hashable) -> bool:
    return isinstance(run, AbstractEventLoop) and run.is_closed()
