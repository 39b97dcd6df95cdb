"""What is demanded of each of our subjects: of a driver on its first kind of place everything, on a socket a shorter list.

A driver speaks the same protocol over a unix socket as over TCP. Only how a connection is opened, how another one is
opened beside it to stop a statement, and how it ends are other code; of the rest one demand of each chapter is enough.
"""

from collections.abc import Iterable

from activerecord.testing import RUNNERS, Runner
from activerecord.testing.contract import DriverContract, Subject

__all__ = ["OF_SOCKETS", "demands", "is_shortened"]

OF_SOCKETS = frozenset(
    {
        "a_hundred_thousand_rows_come_whole",
        "a_statement_of_a_megabyte",
        "a_unique_violation",
        "closing_in_a_transaction_undoes_it",
        "a_cursor_closed_early_leaves_the_session_free",
        "a_query_is_stopped",
        "a_write_is_stopped_and_leaves_nothing",
        "a_cancellation_hits_no_other_statement",
        "a_new_connection_is_usable_and_in_no_transaction",
        "a_connection_may_be_closed_twice",
        "a_connection_that_ended_is_lost",
        "terminate_lets_go_of_a_running_statement",
        "terminate_undoes_what_runs",
        "many_connections_leave_nothing",
        "connect",
        "rows_are_copied_in_order",
        "a_database_serves_several_loops_one_after_another",
    }
)


def is_shortened(subject: Subject) -> bool:
    """Whether only what OF_SOCKETS names is asked of it."""
    return subject.name.endswith("-socket")


def demands(subject: Subject, runners: Iterable[Runner] = tuple(RUNNERS.values())) -> list[DriverContract]:
    """All that is demanded of a subject under these runners."""
    made = DriverContract.of(subject, runners)
    return [each for each in made if each.check.name in OF_SOCKETS] if is_shortened(subject) else made
