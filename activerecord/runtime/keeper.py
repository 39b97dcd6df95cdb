"""Who closes what belongs to one run of a loop, once that run ends."""

import asyncio
import atexit
import threading
from collections.abc import AsyncGenerator, Hashable
from contextlib import suppress
from typing import Protocol, TypeVar, cast

import anyio

from activerecord.runtime.backend import ThreadToken, adopt_token, backend, token
from activerecord.runtime.by_hand import by_hand
from activerecord.runtime.fork import bury, is_inherited, on_fork, process

__all__ = ["Ground", "Held", "Keeper", "keeper", "sweep"]


class Ground(Protocol):
    """What other things of the loop stand on, and so is closed after them: a loop of our own."""

    async def close(self) -> None:
        """End it. Bounded."""
        ...


class Held(Protocol):
    """What is to be closed at the end of its loop."""

    async def close(self) -> None:
        """End it in good order. Bounded."""
        ...

    def abandon(self) -> None:
        """End it at once, its loop being gone."""
        ...


G = TypeVar("G", bound=Ground)


class Keeper:
    """The end of one run of a loop (in plain sync code: of one thread) and all that waits for it."""

    def __init__(self, run: Hashable) -> None:
        self.run = run
        self._held: list[Held] = []
        self._grounds: dict[type[Ground], Ground] = {}
        self._vigil: AsyncGenerator[None, None] | None = None

    def hold(self, held: Held) -> None:
        """Close `held` when the run ends; what was held last is closed first."""
        self._held.append(held)

    def release(self, held: Held) -> None:
        """Do not close it after all."""
        if held in self._held:
            self._held.remove(held)

    def ground(self, kind: type[G]) -> G:
        """The run's only instance of `kind`, made on first use."""
        ground = self._grounds.get(kind)
        if ground is None:
            ground = self._grounds[kind] = kind()
        return cast(G, ground)

    async def close(self) -> None:
        """Close everything, each in its turn and whatever becomes of the others; their errors are raised together."""
        errors: list[BaseException] = []
        while self._held or self._grounds:
            closing = self._held.pop() if self._held else self._grounds.pop(next(reversed(self._grounds)))
            try:
                await closing.close()
            except BaseException as error:  # noqa: BLE001  # raised below
                errors.append(error)
        if errors:
            raise BaseExceptionGroup("closing what belonged to an event loop failed", errors)

    def is_occupied(self) -> bool:
        """Whether there is anything to close."""
        return bool(self._held or self._grounds)

    def abandon(self) -> None:
        """The loop is gone: end at once what it left."""
        while self._held:
            self._held.pop().abandon()

    def watch(self) -> None:
        """Be woken by the end of the running loop: it finalises the async generators that are still open."""
        self._vigil = _vigil(self)
        with suppress(ResourceWarning):  # it winds up already, and warnings are errors: the next sweep is for this one
            by_hand(self._vigil.__anext__())


_keepers: dict[Hashable, Keeper] = {}


async def _vigil(kept: Keeper) -> AsyncGenerator[None, None]:
    try:
        yield
    finally:
        try:
            with anyio.CancelScope(shield=True):
                await kept.close()
        finally:
            _keepers.pop(kept.run, None)


def keeper() -> Keeper:
    """The keeper of the running loop, or in plain sync code of the thread. It begins its watch when it is first asked for."""
    if backend() is None:
        return _life().keeper
    run = token()
    kept = _keepers.get(run)
    if kept is None:
        kept = _keepers[run] = Keeper(run)
        # A loop that is winding up would finalise no generator that it sees only now: that keeper is swept later.
        if not getattr(run, "_asyncgens_shutdown_called", False):
            kept.watch()
    return kept


def sweep() -> None:
    """End what belongs to loops that were closed without `shutdown_asyncgens`."""
    for run, kept in list(_keepers.items()):
        if isinstance(run, asyncio.AbstractEventLoop) and run.is_closed():
            _keepers.pop(run, None)
            kept.abandon()


class _Life:
    """A thread's keeper, collected when the thread ends."""

    def __init__(self) -> None:
        self.keeper = Keeper(token())
        self._process = process()

    def end(self) -> None:
        """Close what the thread has used; nothing is left to do if it has used nothing."""
        if is_inherited(self._process):
            bury(self)
        elif self.keeper.is_occupied():
            self._close()

    def _close(self) -> None:
        # A thread that ends has lost its thread-locals by now: put back what the closing looks for there.
        adopt_token(self.keeper.run)
        _threads.life = self
        try:
            by_hand(self.keeper.close())
        finally:
            _threads.life = None

    def __del__(self) -> None:
        self.end()


class _Threads(threading.local):
    life: _Life | None = None


_threads = _Threads()


def _life() -> _Life:
    life = _threads.life
    if life is None:
        life = _threads.life = _Life()
    return life


def _at_exit() -> None:
    for run, kept in list(_keepers.items()):
        if isinstance(run, asyncio.AbstractEventLoop) and not run.is_running():
            kept.abandon()
    life, _threads.life = _threads.life, None
    if life is not None:
        life.end()


def _after_fork() -> None:
    bury(list(_keepers.values()))
    _keepers.clear()
    bury(_threads.life)
    adopt_token(ThreadToken())
    _threads.life = None


atexit.register(_at_exit)
on_fork(_after_fork)
