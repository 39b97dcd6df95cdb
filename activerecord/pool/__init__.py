"""Pools: connections lent and taken back, for one event loop each, or one connection for the whole process."""

from activerecord.pool.lease import Lease, caller, held, hold, let_go
from activerecord.pool.lender import Lender
from activerecord.pool.loop_pool import LoopPool
from activerecord.pool.shared import SharedConnection
from activerecord.pool.statistics import PoolStatistics

__all__ = ["Lease", "Lender", "LoopPool", "PoolStatistics", "SharedConnection", "caller", "held", "hold", "let_go"]
