"""A query: the records to be, described step by step and read by its terminal verbs."""

from typing import TypeVar

from activerecord.query.aggregates import Aggregates
from activerecord.query.batches import Batching
from activerecord.query.combining import Combining
from activerecord.query.conditions import Conditions
from activerecord.query.explain import Explains
from activerecord.query.joins import Joins
from activerecord.query.locking import Locking
from activerecord.query.merging import Merging
from activerecord.query.pages import Pages
from activerecord.query.plucking import Plucking
from activerecord.query.related import Related
from activerecord.query.scoping import Scoping
from activerecord.query.shape import Shape
from activerecord.query.spellings import Spellings
from activerecord.query.stream import Streams
from activerecord.query.terminals import Terminals
from activerecord.query.windows import NamedWindows
from activerecord.query.writes import Writes

__all__ = ["Query"]

R = TypeVar("R")


class Query(
    Spellings[R],
    Conditions[R],
    NamedWindows[R],
    Shape[R],
    Joins[R],
    Related[R],
    Combining[R],
    Locking[R],
    Scoping[R],
    Merging[R],
    Writes[R],
    Pages[R],
    Batching[R],
    Terminals[R],
    Aggregates[R],
    Plucking[R],
    Streams[R],
    Explains[R],
):
    """Records of one model to be: immutable and lazy.

    Every verb gives a new query and leaves this one as it is, so queries can be kept, shared and built upon. Nothing is
    sent before a terminal verb: `all`, `first`, `find`, `count` ... and their `async_` twins.
    """

    __slots__ = ()
