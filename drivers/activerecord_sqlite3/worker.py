"""Where the jobs of one connection run: in a thread of its own under an event loop, in place in plain sync code."""

import os
from collections.abc import Callable
from queue import SimpleQueue
from threading import RLock, Thread
from typing import Any, Generic, TypeVar, cast

from activerecord.errors import ConnectionFailed, UsageError
from activerecord.runtime import Wakeup, backend, interrupted, take_interrupt
from activerecord_sqlite3.errors import is_stopped, lost

__all__ = ["Job", "Worker"]

T = TypeVar("T")

# What must never be freed: connections that came through a fork, where closing one would disturb its parent's.
_inherited: list[object] = []


class Job(Generic[T]):
    """One piece of work, the flag that asks it to stop, and its outcome. Without a wakeup it runs in place."""

    __slots__ = ("done", "error", "lost", "stopped", "value", "wakeup", "work")

    def __init__(self, work: Callable[[], T], wakeup: Wakeup | None) -> None:
        self.work: Callable[[], T] | None = work
        self.wakeup = wakeup
        self.stopped = False
        self.done = False
        self.lost = False
        self.value: T | None = None
        self.error: BaseException | None = None

    def stop(self) -> None:
        """Ask the work to end early."""
        self.stopped = True

    def abandon(self) -> None:
        """Ask the work to end early, and let its caller go without waiting for that."""
        self.stopped = self.lost = True
        if self.wakeup is not None:
            self.wakeup.set()

    def run(self) -> None:
        """Do the work, and wake the caller who waits for it."""
        work, self.work = self.work, None
        try:
            if work is not None and not self.stopped:
                self.value = work()
                self.done = True
        except BaseException as error:  # noqa: BLE001  # raised again for the caller
            self.error = error
        finally:
            # The thread may keep the job for longer than its caller does, and must not keep the connection by it.
            del work
            if self.wakeup is not None:
                self.wakeup.set()

    def answer(self) -> T:
        """What the work gave; raises what it raised, or ConnectionLost if it was abandoned."""
        if self.lost:
            raise lost("was terminated")
        try:
            if self.error is not None:
                raise self.error
            return cast(T, self.value)
        finally:
            # The error's traceback holds this frame, and so would hold the error.
            self.error = None


class Worker:
    """Runs the jobs of one connection one at a time, and closes it when no more will come.

    `close` is called once, where no job can be at work: by `terminate()`, or behind the last job.
    """

    def __init__(self, name: str, close: Callable[[], object]) -> None:
        self._name = name
        self._close = close
        self._queue: SimpleQueue[Job[Any] | None] | None = None
        self._job: Job[Any] | None = None
        self._inline: Job[Any] = Job(_nothing, None)
        self._ended = False
        # Re-entrant, since a signal handler or a finaliser may terminate in the middle of the same thread's own change.
        self._lock = RLock()
        self._process = os.getpid()

    @property
    def ended(self) -> bool:
        """Whether no more jobs are taken: terminated, or of another process."""
        return self._ended or os.getpid() != self._process

    def stopping(self) -> bool:
        """Whether what runs now was asked to stop."""
        job = self._job
        return self._ended or (job is not None and (job.stopped or (job.wakeup is None and interrupted())))

    async def run(self, work: Callable[[], T]) -> T:
        """The outcome of `work()`. Raises ConnectionLost.

        A cancellation stops the work and is raised after its end. Where that came too late the work's value is returned:
        it was done, and the host, which raises the cancellation, must be able to tell.
        """
        job = Job(work, Wakeup() if backend() is not None else None)
        try:
            self._begin(job)
            if job.wakeup is None:
                job.run()
                if is_stopped(job.error):
                    job.error = take_interrupt() or job.error
            else:
                await job.wakeup.outlast(job.stop)
        except BaseException:
            if not (job.stopped and job.done) or job.lost:
                raise
        finally:
            self._leave(job)
        return job.answer()

    def try_inline(self) -> bool:
        """Have the caller itself be at work, in its own thread and until `leave_inline`; False where something else is."""
        if os.getpid() != self._process or not self._lock.acquire(blocking=False):
            return False
        try:
            if self._ended or self._job is not None:
                return False
            self._job = self._inline
            return True
        finally:
            self._lock.release()

    def leave_inline(self) -> None:
        """End what `try_inline` began."""
        self._leave(self._inline)

    def _begin(self, job: Job[Any]) -> None:
        if os.getpid() != self._process:
            # Before the lock, which a thread of the parent may have held.
            raise lost("was made in another process")
        with self._lock:
            if self._ended:
                raise lost("is closed")
            if self._job is not None:
                raise UsageError("a SQLite connection runs one statement at a time, and another one is running on it")
            self._job = job
            if job.wakeup is not None:
                (self._queue or self._threaded()).put(job)

    def _leave(self, job: Job[Any]) -> None:
        if self._job is not job:
            return
        with self._lock:
            self._job = None
            if self._ended and job.wakeup is None:
                self._dismiss()

    def _threaded(self) -> "SimpleQueue[Job[Any] | None]":
        """The queue of the thread, which is started by the first job that needs it."""
        if self._queue is None:
            queue: SimpleQueue[Job[Any] | None] = SimpleQueue()
            try:
                Thread(target=_serve, args=(queue, self._close), name=self._name, daemon=True).start()
            except RuntimeError as error:
                raise ConnectionFailed(f"no thread could be started for a SQLite connection: {error}") from error
            self._queue = queue
        return self._queue

    def terminate(self) -> bool:
        """Take no more jobs; stop the one at work and let its caller go. Whether there was something to close here.

        Never waits for a thread, never fails.
        """
        if os.getpid() != self._process:
            self._ended = True
            _inherited.append(self)
            return False
        with self._lock:
            if self._ended:
                return False
            self._ended = True
            job = self._job
            if job is not None:
                job.abandon()
            if job is None or job.wakeup is not None:
                self._dismiss()
            return True

    def _dismiss(self) -> None:
        if self._queue is not None:
            self._queue.put(None)
        else:
            self._close()


def _nothing() -> None:
    """The work of a job that is done without being run."""


def _serve(queue: "SimpleQueue[Job[Any] | None]", close: Callable[[], object]) -> None:
    """The thread: it knows nothing of the worker, so that a connection that is forgotten can be freed."""
    while (job := queue.get()) is not None:
        job.run()
        # Kept until the next one came, it would keep its rows.
        del job
    close()
