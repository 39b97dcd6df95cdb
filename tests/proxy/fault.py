"""What can become of a connection between a client and a server."""

from enum import Enum

__all__ = ["FREEZES", "Fault"]


class Fault(Enum):
    """What happens to a message and to the link that it was to take."""

    CUT = "cut"
    """It is not passed on, and both sides are told that the link has ended."""
    RESET = "reset"
    """The same, and both are told that it was broken off."""
    HALF = "half"
    """Half of it is passed on, and then the link is cut."""
    FREEZE = "freeze"
    """From here on nothing passes, on any link, and nobody is told; new links are taken and stay deaf."""
    HALF_FREEZE = "half and freeze"
    """The same, with half of the message passed on before."""


FREEZES = frozenset({Fault.FREEZE, Fault.HALF_FREEZE})
