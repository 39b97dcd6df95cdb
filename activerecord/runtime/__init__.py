"""Everything that can wait: the hosts of drivers, and the primitives that work under asyncio, trio and no loop at all."""

from activerecord.runtime.backend import Backend, backend
from activerecord.runtime.blocking import blocking, run_blocking
from activerecord.runtime.breath import breathe, is_breathless
from activerecord.runtime.deadline import Deadline, deadline
from activerecord.runtime.flight import GRACE
from activerecord.runtime.group import Group, Handle, parallel
from activerecord.runtime.hosts import Host, catch_up, host
from activerecord.runtime.identity import run_identity, running_task, task_finder, task_name
from activerecord.runtime.limiter import Limiter
from activerecord.runtime.loop_local import LoopLocal
from activerecord.runtime.scope import Scope
from activerecord.runtime.thread_deadline import is_expired
from activerecord.runtime.thread_wait import interrupted, take_interrupt
from activerecord.runtime.turnstile import Turnstile
from activerecord.runtime.waiting import checkpoint, raise_if_cancelled, sleep
from activerecord.runtime.wakeup import Wakeup

__all__ = [
    "GRACE",
    "Backend",
    "Deadline",
    "Group",
    "Handle",
    "Host",
    "Limiter",
    "LoopLocal",
    "Scope",
    "Turnstile",
    "Wakeup",
    "backend",
    "blocking",
    "breathe",
    "catch_up",
    "checkpoint",
    "deadline",
    "host",
    "interrupted",
    "is_breathless",
    "is_expired",
    "parallel",
    "raise_if_cancelled",
    "run_blocking",
    "run_identity",
    "running_task",
    "sleep",
    "take_interrupt",
    "task_finder",
    "task_name",
]
