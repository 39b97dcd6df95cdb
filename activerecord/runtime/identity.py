"""What a thing that lives as long as one loop is filed under."""

from collections.abc import Hashable

from activerecord.runtime.backend import token
from activerecord.runtime.fork import process

__all__ = ["run_identity"]


def run_identity() -> Hashable:
    """The running loop (in plain sync code: the thread) and the process. Never equal to that of another run."""
    return token(), process()
