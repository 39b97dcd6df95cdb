"""A query: the records to be, described step by step and read by its terminal verbs."""

from typing import TypeVar

from activerecord.query.conditions import Conditions
from activerecord.query.shape import Shape
from activerecord.query.stream import Streams
from activerecord.query.terminals import Terminals
from activerecord.query.values import Values

__all__ = ["Query"]

R = TypeVar("R")


class Query(Conditions[R], Shape[R], Terminals[R], Values[R], Streams[R]):
    """Records of one model to be: immutable and lazy.

    Every verb gives a new query and leaves this one as it is, so queries can be kept, shared and built upon. Nothing is
    sent before a terminal verb: `all`, `first`, `find`, `count` ... and their `async_` twins.
    """

    __slots__ = ()
