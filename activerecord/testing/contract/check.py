"""One demand of the contract, and the list of them all."""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from activerecord.testing.contract.bench import Bench

__all__ = ["Check", "Checks", "Fits", "everywhere", "raised"]

Fits: TypeAlias = Callable[[Bench], bool]
E = TypeVar("E", bound=Exception)


def everywhere(_: Bench) -> bool:
    """Whether a demand is made of this driver, database and runner: of every one."""
    return True


@dataclass(frozen=True, slots=True)
class Check:
    """A demand: its name, the coroutine function that makes it by `assert`, and of whom it is made."""

    name: str
    demand: Callable[[Bench], Coroutine[Any, Any, None]]
    fits: Fits = everywhere


class Checks(list[Check]):
    """The demands of one file, in its order."""

    def add(
        self, fits: Fits = everywhere
    ) -> Callable[[Callable[[Bench], Coroutine[Any, Any, None]]], Callable[[Bench], Coroutine[Any, Any, None]]]:
        """A decorator that puts a coroutine function on the list under its own name."""

        def put(demand: Callable[[Bench], Coroutine[Any, Any, None]]) -> Callable[[Bench], Coroutine[Any, Any, None]]:
            self.append(Check(demand.__name__, demand, fits))
            return demand

        return put


async def raised(kind: type[E], work: Awaitable[object]) -> E:
    """The error of this kind that `work` raises."""
    try:
        await work
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} was not raised")
