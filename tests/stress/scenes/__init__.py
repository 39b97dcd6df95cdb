"""What the sweep cancels: one operation each, what it finds beforehand, and what it may leave."""

from tests.stress.scenes.connections import Asked, Careless, Close, Connected, Expired, Opening, Queueing
from tests.stress.scenes.parallel import Gather, GatherInside, Parallel
from tests.stress.scenes.reading import All, Find, FirstReading, LazyLoad, Unprepared, With
from tests.stress.scenes.records import Delete, FindOrCreate, Insert, InsertAll, Reload, Update, UpdateAll, UpsertAll
from tests.stress.scenes.scene import Scene
from tests.stress.scenes.streams import Stream, StreamInside
from tests.stress.scenes.transactions import (
    Callbacks,
    InTime,
    Nested,
    OutOfTime,
    ReadOnly,
    Retried,
    RolledBack,
    Slow,
    Transaction,
)

__all__ = [
    "BRIEFLY",
    "IN_MEMORY",
    "ON_SERVERS",
    "SCENES",
    "All",
    "Asked",
    "Callbacks",
    "Careless",
    "Close",
    "Connected",
    "Delete",
    "Expired",
    "Find",
    "FindOrCreate",
    "FirstReading",
    "Gather",
    "GatherInside",
    "InTime",
    "Insert",
    "InsertAll",
    "LazyLoad",
    "Nested",
    "Opening",
    "OutOfTime",
    "Parallel",
    "Queueing",
    "ReadOnly",
    "Reload",
    "Retried",
    "RolledBack",
    "Scene",
    "Slow",
    "Stream",
    "StreamInside",
    "Transaction",
    "Unprepared",
    "Update",
    "UpdateAll",
    "UpsertAll",
    "With",
]

SCENES: tuple[type[Scene], ...] = (
    Insert,
    Update,
    Delete,
    InsertAll,
    UpdateAll,
    UpsertAll,
    FindOrCreate,
    Reload,
    Find,
    All,
    Unprepared,
    With,
    LazyLoad,
    FirstReading,
    Gather,
    GatherInside,
    Parallel,
    Transaction,
    Nested,
    RolledBack,
    ReadOnly,
    Callbacks,
    Retried,
    InTime,
    Stream,
    StreamInside,
    Opening,
    Queueing,
    Close,
    Connected,
    Asked,
    Expired,
    Careless,
)
ON_SERVERS: tuple[type[Scene], ...] = (*SCENES, Slow, OutOfTime)
# The one connection of a database in memory neither grows old nor waits to be closed.
IN_MEMORY: tuple[type[Scene], ...] = tuple(scene for scene in SCENES if scene not in (Close, Expired))
# Those in which a loop can make a difference: it opens connections, runs tasks beside each other, and closes connections.
BRIEFLY: tuple[type[Scene], ...] = (Opening, Gather, Queueing, Transaction, StreamInside, Slow, Close)
