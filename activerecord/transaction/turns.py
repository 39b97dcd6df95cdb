"""The turns that the statements of a scope, and the scopes inside it, take on its one connection."""

from contextlib import suppress

from activerecord import runtime
from activerecord.config import Configuration
from activerecord.errors import TransactionClosed
from activerecord.transaction.state import State

__all__ = ["Turns"]


class Turns:
    """One scope's: first come, first served, and no wait without an end."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._turn = runtime.Turnstile()

    async def take(self, holder: object, configuration: Configuration) -> None:
        """Enter in turn. Raises TransactionClosed where it does not come within `acquire_timeout`, naming who has it."""
        if self._turn.try_enter(holder):
            return
        timeout = configuration.acquire_timeout
        try:
            await self._turn.enter(holder, timeout=timeout)
        except TimeoutError:
            raise TransactionClosed(
                f"waited {timeout:g} s for a turn in {self._state}: {self._turn.holder} holds it. A task that was started "
                f"outside a nested transaction cannot be awaited inside it"
            ) from None

    def leave(self) -> None:
        """Let the next one in."""
        self._turn.leave()

    def leave_for_good(self, holder: object) -> None:
        """Let those in who still wait: they find the scope closed."""
        if self._turn.holder is holder:
            self._turn.leave()

    async def last(self, holder: object, configuration: Configuration) -> BaseException | None:
        """Wait for the statement of a task that goes on inside the scope while it is being left; what broke that off.

        Where even `close_timeout` was not enough, `holder` does not have the turn then.
        """
        if self._turn.try_enter(holder):
            return None
        timeout = configuration.acquire_timeout
        try:
            await self._turn.enter(holder, timeout=timeout)
        except TimeoutError:
            return TransactionClosed(
                f"{self._state} was left while a statement of another task was under way, which did not end within "
                f"{timeout:g} s: the connection was ended, and nothing is kept"
            )
        except BaseException as struck:  # noqa: BLE001  # raised once the scope is left
            await self._insist(holder, configuration.close_timeout)
            return struck
        return None

    def is_with(self, holder: object) -> bool:
        """Whether it is this one's turn."""
        return self._turn.holder is holder

    async def _insist(self, holder: object, bound: float) -> None:
        """Cancelled or not, have the other task's statement end first: ending the connection could lose a whole database."""
        host = runtime.host(asyncio_only=False)
        with suppress(BaseException):  # one cancellation is on its way already, and who has the turn is seen
            await host.finish(self._turn.enter(holder, timeout=bound), bound=bound, terminate=_nothing)


def _nothing() -> None:
    pass
