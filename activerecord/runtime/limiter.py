"""A bounded number of tokens, each borrowed by an object rather than by a task."""

import anyio

from activerecord.runtime.backend import backend

__all__ = ["Limiter"]


class Limiter:
    """Lends `total` tokens. Belongs to the loop, or the thread, that it was made in."""

    __slots__ = ("_borrowers", "_limiter", "total")

    def __init__(self, total: int) -> None:
        self.total = total
        self._limiter = None if backend() is None else anyio.CapacityLimiter(total)
        self._borrowers: set[int] = set()

    @property
    def borrowed(self) -> int:
        """How many tokens are lent."""
        return len(self._borrowers) if self._limiter is None else self._limiter.borrowed_tokens

    def try_acquire(self, borrower: object) -> bool:
        """Borrow a token if one is free and nobody waits for it."""
        if self._limiter is None:
            if len(self._borrowers) >= self.total:
                return False
            self._borrowers.add(id(borrower))
            return True
        try:
            self._limiter.acquire_on_behalf_of_nowait(borrower)
        except anyio.WouldBlock:
            return False
        return True

    async def acquire(self, borrower: object, *, timeout: float | None = None) -> None:
        """Borrow a token; raises TimeoutError if none comes free within `timeout` seconds.

        In plain sync code, where nobody else could give one back, it raises TimeoutError at once. No checkpoint if a
        token is free.
        """
        if self.try_acquire(borrower):
            return
        if self._limiter is None:
            raise TimeoutError(f"all {self.total} are taken, by this thread itself, which would wait for ever")
        with anyio.fail_after(timeout):
            await self._limiter.acquire_on_behalf_of(borrower)

    def release(self, borrower: object) -> None:
        """Give the token back that `borrower` has."""
        if self._limiter is None:
            self._borrowers.remove(id(borrower))
        else:
            self._limiter.release_on_behalf_of(borrower)
