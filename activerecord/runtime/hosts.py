"""Where a driver's awaits land: the contract of a host, and which one serves the caller."""

from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar

from activerecord.runtime.backend import backend
from activerecord.runtime.direct import direct
from activerecord.runtime.flight import GRACE
from activerecord.runtime.in_place import InPlace
from activerecord.runtime.native import Native

__all__ = ["Host", "catch_up", "host"]

T = TypeVar("T")


class Host(Protocol):
    """Where a driver's awaits land. Every host gives the same answers.

    Whatever else happens, an error of the work is raised in its caller and nowhere else, and a CancelledError that no
    caller asked for becomes ConnectionLost.
    """

    async def call(
        self,
        work: Coroutine[Any, Any, T],
        *,
        orphan: Callable[[T], object] | None = None,
        grace: float = GRACE,
        terminate: Callable[[], object] | None = None,
    ) -> T:
        """What `work` returns.

        A cancellation of the caller goes into the work, once. The work then cleans up undisturbed for at most `grace`
        seconds, after which `terminate()` is called, synchronously, and must make it end. The cancellation is raised
        once the work has ended, from the error it ended with if that is another. A value that arrived all the same goes
        to `orphan`. A timeout of the work's own is its own business: the work's answer stands.
        """
        ...

    async def finish(self, work: Coroutine[Any, Any, T], *, bound: float, terminate: Callable[[], object]) -> T:
        """What `work` returns. No cancellation reaches it: it is for what must not be left half done.

        After `bound` seconds `terminate()` is called and must make the work end. A cancellation of the caller is raised
        after the work, in place of its value: it must note itself what it has achieved. Work that does not end a moment
        after `terminate()` is waited for no longer: ConnectionLost.
        """
        ...


_native = Native()
_in_place = InPlace()


def host(*, asyncio_only: bool) -> Host:
    """The host for the caller's loop and for a driver that needs asyncio, or for one that waits only by this package."""
    running = backend()
    if running == "asyncio":
        return _native
    if running == "trio":
        from activerecord.runtime import trio_hosts  # an optional dependency

        return trio_hosts.guest() if asyncio_only else trio_hosts.in_place
    return direct() if asyncio_only else _in_place


def catch_up() -> None:
    """Have drivers' connections hear what came while no loop was turned: in plain sync code none is, between two calls.

    For one, that the server has ended them. Under a loop they have heard already.
    """
    if backend() is None:
        direct().catch_up()
