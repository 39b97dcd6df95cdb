"""What is entered by `async with`, and by `with` in plain sync code, and left whenever Ctrl-C comes."""

from abc import ABC, abstractmethod
from types import TracebackType
from typing import ClassVar, Self

from activerecord.runtime.blocking import run_blocking

__all__ = ["Scope"]


class Scope(ABC):
    """Its sync half; a subclass has the async one. It is entered as a whole or not at all, and always left.

    The sync half is written out in one frame each: what Ctrl-C finds between two of them, nobody catches.
    """

    __slots__ = ()

    # What a sync program calls it; the async verb is this with `async_` before it.
    _sync_name: ClassVar[str]

    @abstractmethod
    def _has_to_be_left(self) -> bool:
        """Whether it was entered, and leaving it has still something to do, or does no harm."""

    @abstractmethod
    async def __aenter__(self) -> Self:
        """Enter it; a failure or a cancellation leaves nothing open."""

    @abstractmethod
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Leave it, whatever comes."""

    def __enter__(self) -> Self:
        name = self._sync_name
        try:
            return run_blocking(self.__aenter__, name, cure=f"async with ... async_{name}()")
        except KeyboardInterrupt as error:
            # one that was held back until the scope was entered: nobody else would leave it
            if self._has_to_be_left():
                self.__exit__(type(error), error, error.__traceback__)
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            run_blocking(lambda: self.__aexit__(kind, error, traceback), self._sync_name)
        except KeyboardInterrupt as interrupt:
            # one that came before interrupts were held back: the scope is still to be left
            if self._has_to_be_left():
                ended = interrupt
                run_blocking(lambda: self.__aexit__(type(ended), ended, ended.__traceback__), self._sync_name)
            raise
