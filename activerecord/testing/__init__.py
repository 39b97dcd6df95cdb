"""Tools for tests: the contract of drivers, cancellation sweeps, counted statements, leaks."""

from activerecord.testing.leaks import Footprint
from activerecord.testing.queries import Observed, Statements, assert_queries, count_queries
from activerecord.testing.runners import MANNERS, RUNNERS, Manner, Runner, cut_short, interrupting
from activerecord.testing.sweep import CancelAt, Outcome, Report, Violation, sweep

__all__ = [
    "MANNERS",
    "RUNNERS",
    "CancelAt",
    "Footprint",
    "Manner",
    "Observed",
    "Outcome",
    "Report",
    "Runner",
    "Statements",
    "Violation",
    "assert_queries",
    "count_queries",
    "cut_short",
    "interrupting",
    "sweep",
]
