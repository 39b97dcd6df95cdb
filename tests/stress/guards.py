"""Guards of the library: each with what would be in its place if it were missing, and the tests that must notice.

The texts stand in their files exactly once; a unit test keeps that so.
"""

from dataclasses import dataclass
from pathlib import Path

__all__ = ["GUARDS", "ROOT", "Guard"]

ROOT = Path(__file__).parents[2]

_SWEEP = "tests/stress/test_sweep.py::test_sweep"
_STORM = "tests/stress/test_storm.py::test_storm"


@dataclass(frozen=True, slots=True)
class Guard:
    """`text` of `file` keeps something right; with `instead` of it one of the `tests` fails, or hangs."""

    name: str
    file: str
    text: str
    instead: str
    tests: tuple[str, ...]

    def __str__(self) -> str:
        return self.name

    def occurrences(self, root: Path = ROOT) -> int:
        """How often the text stands in the file."""
        return (root / self.file).read_text().count(self.text)

    def take_away(self, root: Path) -> None:
        """Replace it in a copy of the library."""
        path = root / self.file
        path.write_text(path.read_text().replace(self.text, self.instead))


def _sweep(cell: str, *scenes: str) -> tuple[str, ...]:
    """Scenes on one loop and database, as "asyncio-sqlite3-file"."""
    return tuple(f"{_SWEEP}[{cell}-{scene}]" for scene in scenes)


def _storm(*cells: str) -> tuple[str, ...]:
    """Storms, as "asyncio-task-asyncpg-1"."""
    return tuple(f"{_STORM}[{cell}]" for cell in cells)


_POOL = (
    Guard(
        "a lease that got no connection gives its token back",
        "activerecord/pool/loop_pool.py",
        "        except BaseException:\n            self.release(lease)\n            raise\n",
        "        except BaseException:\n            raise\n",
        _sweep("asyncio-sqlite3-file", "Opening"),
    ),
    Guard(
        "what comes back out of order is not kept",
        "activerecord/pool/loop_pool.py",
        "if not in_order(pooled.connection) or not self._shelf.put(pooled, now):",
        "if not self._shelf.put(pooled, now):",
        _sweep("asyncio-asyncpg", "Careless"),
    ),
    Guard(
        "what has gone out of order is not lent",
        "activerecord/pool/shelf.py",
        "if pooled is not None and (now >= pooled.quiet_until or not pooled.connection.usable()):",
        "if pooled is not None and now >= pooled.quiet_until:",
        ("tests/feature/test_pool_ages.py::test_one_that_was_ended_while_it_was_idle_is_passed_over",),
    ),
    Guard(
        "one who waited until the pool was closed gets nothing",
        "activerecord/pool/loop_pool.py",
        "        if self._closed:\n            self._limiter.release(lease)\n            raise closed(self.configuration)\n",
        "",
        ("tests/feature/test_pool.py::test_who_waits_when_configured_anew_is_told",),
    ),
    Guard(
        "a connection that arrives too late is ended",
        "activerecord/pool/opener.py",
        "orphan=lambda late: late.terminate()",
        "orphan=lambda late: None",
        _sweep("asyncio-sqlite3-file", "Opening"),
    ),
    Guard(
        "the shared connection is passed on by one who could not open it",
        "activerecord/pool/shared.py",
        "        except BaseException:\n            self._leave()\n            raise\n",
        "        except BaseException:\n            raise\n",
        _sweep("asyncio-sqlite3-memory", "Opening"),
    ),
)

_RUNTIME = (
    Guard(
        "native: what was begun to be finished is outlasted",
        "activerecord/runtime/native.py",
        "        await caller.outlast(flight)\n",
        "        await caller._is_struck_in_pause()\n",
        _sweep("asyncio-asyncpg", "Transaction"),
    ),
    Guard(
        "native: a cancelled call is seen out",
        "activerecord/runtime/native.py",
        "        await caller.see_out(flight, grace)\n",
        "        await caller._is_struck_in_pause()\n",
        _sweep("asyncio-asyncpg", "Find"),
    ),
    Guard(
        "native: the second cancellation stays out of the clean-up",
        "activerecord/runtime/native.py",
        "leave=caller.is_struck)",
        "leave=lambda error: not caller.is_struck(error))",
        _sweep("asyncio-asyncpg", "Find"),
    ),
    Guard(
        "a value that arrives with a cancellation is handed over",
        "activerecord/runtime/outcome.py",
        "            orphan(cast(T, outcome.value))\n",
        "            pass\n",
        _sweep("asyncio-sqlite3-file", "Insert"),
    ),
    Guard(
        "a cancellation is not turned into what came of it",
        "activerecord/runtime/outcome.py",
        "    raise cancellation from cause\n",
        "    raise cause\n",
        ("tests/runtime/test_cancellation.py",),
    ),
    Guard(
        "asyncio's bell is waited for though one is cancelled",
        "activerecord/runtime/bells.py",
        "        while not self._is_rung:\n            struck = await shielded",
        "        if not self._is_rung:\n            struck = await shielded",
        ("tests/runtime/test_wakeup.py", "tests/runtime/test_cancellation.py"),
    ),
    Guard(
        "trio's bell is waited for though one is cancelled",
        "activerecord/runtime/trio_bell.py",
        "with trio.CancelScope(shield=True):",
        "with trio.CancelScope():",
        ("tests/runtime/test_wakeup.py",),
    ),
    Guard(
        "guest: the call ends before its cancellation leaves",
        "activerecord/runtime/guest.py",
        "        return trio.lowlevel.Abort.FAILED\n",
        "        return trio.lowlevel.Abort.SUCCEEDED\n",
        _sweep("trio-asyncpg", "Find"),
    ),
    Guard(
        "guest: only who is blocked is woken",
        "activerecord/runtime/guest.py",
        "        if self._is_blocked:\n",
        "        if True:\n",
        _sweep("trio-asyncpg", "Find"),
    ),
    Guard(
        "guest: a cancellation goes into the work",
        "activerecord/runtime/guest.py",
        "    flight.strike()\n    flight.limit(grace)\n",
        "    flight.limit(grace)\n",
        _storm("trio-scope-asyncpg-1"),
    ),
    Guard(
        "trio in place: what was begun to be finished is not cut",
        "activerecord/runtime/trio_in_place.py",
        "        shelter = trio.CancelScope(shield=True)\n",
        "        shelter = trio.CancelScope()\n",
        ("tests/runtime/test_cancellation.py",),
    ),
    Guard(
        "trio in place: the clean-up is sheltered",
        "activerecord/runtime/trio_in_place.py",
        "        if self.cancellation is not None:\n            self._shelter.shield = True\n",
        "",
        ("tests/runtime/test_cancellation.py",),
    ),
    Guard(
        "flight: what goes on too long is terminated",
        "activerecord/runtime/flight.py",
        "            self._terminate()\n",
        "            pass\n",
        ("tests/stress/test_faults.py::test_a_link_that_falls_silent",),
    ),
    Guard(
        "turnstile: a turn that comes with a cancellation is passed on",
        "activerecord/runtime/turnstile.py",
        "            if not self._withdraw(ticket):\n                self.leave(holder)\n            raise\n",
        "            self._withdraw(ticket)\n            raise\n",
        _sweep("asyncio-sqlite3-file", "Queueing", "GatherInside"),
    ),
    Guard(
        "turnstile: who gives up leaves the queue",
        "activerecord/runtime/turnstile.py",
        "                self._queue.remove(ticket)\n",
        "                pass\n",
        _sweep("asyncio-sqlite3-file", "Queueing", "GatherInside"),
    ),
    Guard(
        "a deadline is told as such",
        "activerecord/runtime/deadline.py",
        "        if was_broken_off:\n            raise self._late() from error\n",
        "",
        _sweep("asyncio-asyncpg", "OutOfTime"),
    ),
)

_TRANSACTION = (
    Guard(
        "a scope that could not be entered gives everything back",
        "activerecord/transaction/scope.py",
        "            try:\n                await self._undo(error)\n            finally:\n                self._release()\n            raise\n",
        "            await self._undo(error)\n            raise\n",
        _sweep("asyncio-sqlite3-file", "Transaction"),
    ),
    Guard(
        "a savepoint that could not be set gives its turn back",
        "activerecord/transaction/scope.py",
        "                await self._give_up(error, begun=bool(begun))\n            finally:\n                self._release()\n",
        "                await self._give_up(error, begun=bool(begun))\n            finally:\n                pass\n",
        _sweep("asyncio-sqlite3-file", "Nested"),
    ),
    Guard(
        "what an error leaves is rolled back",
        "activerecord/transaction/scope.py",
        "            await self._unit.undo(self._rolled_back)\n",
        "            pass\n",
        _sweep("asyncio-sqlite3-file", "Nested"),
    ),
    Guard(
        "records are put back as they were",
        "activerecord/transaction/scope.py",
        "                self._callbacks.restore()\n",
        "                pass\n",
        _sweep("asyncio-sqlite3-file", "Transaction"),
    ),
    Guard(
        "a scope that is left gives everything back",
        "activerecord/transaction/scope.py",
        "        finally:\n            self._release()\n            if self.outcome is Outcome.ROLLED_BACK:\n",
        "        else:\n            self._release()\n        finally:\n            if self.outcome is Outcome.ROLLED_BACK:\n",
        _sweep("asyncio-sqlite3-file", "Transaction"),
    ),
    Guard(
        "a scope that is left steps out of the context",
        "activerecord/transaction/scope.py",
        "        self._step_out()\n        failure",
        "        failure",
        ("tests/feature/test_transactions.py::test_a_record_has_its_row_again_when_its_delete_is_undone",),
    ),
    Guard(
        "that COMMIT has succeeded is noted before its cancellation leaves",
        "activerecord/database.py",
        '            await connection.execute("COMMIT", ())\n            done()\n\n'
        "        await self._finish(connection, work(), self.configuration.commit_timeout)\n",
        '            await connection.execute("COMMIT", ())\n\n'
        "        await self._finish(connection, work(), self.configuration.commit_timeout)\n        done()\n",
        _sweep("asyncio-sqlite3-file", "Transaction"),
    ),
    Guard(
        "a scope is left in its last turn",
        "activerecord/transaction/turns.py",
        "        if self._turn.try_enter(holder):\n            return None\n        timeout",
        "        return None\n        timeout",
        _sweep("asyncio-sqlite3-file", "Transaction"),
    ),
    Guard(
        "a statement gives its turn back",
        "activerecord/transaction/scope.py",
        "            return await self._guarded(work)\n        finally:\n            self._turns.leave()\n",
        "            value = await self._guarded(work)\n        finally:\n            pass\n        self._turns.leave()\n"
        "        return value\n",
        _sweep("asyncio-sqlite3-file", "Transaction", "GatherInside"),
    ),
    Guard(
        "the writers' turn is given back",
        "activerecord/transaction/unit.py",
        "            self._writer.leave(self)\n",
        "            pass\n",
        _sweep("asyncio-sqlite3-file", "Transaction"),
    ),
    Guard(
        "a write on its own gives the writers' turn back",
        "activerecord/database.py",
        "        finally:\n            writer.leave(write)\n",
        "        except ZeroDivisionError:\n            writer.leave(write)\n",
        _sweep("asyncio-sqlite3-file", "Insert"),
    ),
    Guard(
        "a callback that is cancelled keeps no other from being called",
        "activerecord/transaction/callbacks.py",
        "        except BaseException as failure:  # noqa: BLE001  # one's failure",
        "        except Exception as failure:  # noqa: BLE001  # one's failure",
        _sweep("asyncio-sqlite3-file", "Callbacks"),
    ),
)

_QUERIES = (
    Guard(
        "a stream that failed to open ends what it has opened",
        "activerecord/streaming.py",
        "            self._has_failed = True\n            await closed_after(error, self.close)\n            raise\n",
        "            raise\n",
        _sweep("asyncio-asyncpg", "Stream"),
    ),
    Guard(
        "a stream that is left gives its connection back",
        "activerecord/streaming.py",
        "            await self._end(lease.connection)\n        finally:\n            lender.release(lease)\n",
        "            await self._end(lease.connection)\n        finally:\n            pass\n",
        _sweep("asyncio-sqlite3-file", "Stream"),
    ),
    Guard(
        "what gather has not begun is closed",
        "activerecord/parallel.py",
        "        if not self._begun:\n            _close([self.awaitable])\n",
        "        pass\n",
        _sweep("asyncio-sqlite3-file", "GatherInside"),
    ),
)

_DRIVERS = (
    Guard(
        "sqlite3: a statement is waited for though its caller is cancelled",
        "drivers/activerecord_sqlite3/worker.py",
        "await job.wakeup.outlast(job.stop)",
        "await job.wakeup.wait()",
        _sweep("asyncio-sqlite3-file", "Insert", "Nested"),
    ),
    Guard(
        "sqlite3: what was done all the same is told",
        "drivers/activerecord_sqlite3/worker.py",
        "            if not (job.stopped and job.done) or job.lost:\n                raise\n",
        "            raise\n",
        _sweep("asyncio-sqlite3-file", "Insert"),
    ),
    Guard(
        "sqlite3: the flag stops the statement",
        "drivers/activerecord_sqlite3/worker.py",
        "(job.stopped or",
        "(False or",
        _storm("asyncio-task-sqlite3-file-1"),
    ),
    Guard(
        "aiosqlite: a statement is waited for though its caller is cancelled",
        "drivers/activerecord_aiosqlite/session.py",
        "await wakeup.outlast(self._flags.stop)",
        "await wakeup.wait()",
        _sweep("asyncio-aiosqlite-file", "Insert", "Nested"),
    ),
    Guard(
        "aiosqlite: the flag is taken back for the next statement",
        "drivers/activerecord_aiosqlite/session.py",
        "        self._flags.stopped = False\n        self._opener",
        "        self._opener",
        _sweep("asyncio-aiosqlite-file", "Insert"),
    ),
    Guard(
        "aiosqlite: what was done all the same is told",
        "drivers/activerecord_aiosqlite/session.py",
        "            if not self._flags.stopped or not _is_success(task):\n                raise\n",
        "            raise\n",
        _sweep("asyncio-aiosqlite-file", "Insert"),
    ),
    Guard(
        "asyncpg: the server's stop is waited for",
        "drivers/activerecord_asyncpg/session.py",
        "        except CancelledError:\n            await self._settle()\n            raise\n",
        "        except CancelledError:\n            raise\n",
        ("tests/contract/test_asyncpg.py",),
    ),
    Guard(
        "asyncmy: the server is asked to stop",
        "drivers/activerecord_asyncmy/killing.py",
        '                await side.run(f"KILL QUERY {self._session:d}")\n',
        "",
        _storm("asyncio-task-asyncmy-3"),
    ),
    Guard(
        "asyncmy: what an error has left of the transaction is asked",
        "drivers/activerecord_asyncmy/session.py",
        "            await self._look()\n",
        "            pass\n",
        (
            "tests/contract/test_asyncmy.py::test_of_several_results_the_first_is_given_and_the_last_tells_of_the_transaction",
        ),
    ),
    Guard(
        "asyncmy: no request to stop is under way any more",
        "drivers/activerecord_asyncmy/session.py",
        "            await killing.over()\n",
        "            pass\n",
        _sweep("asyncio-asyncmy", "Find"),
    ),
    Guard(
        "asyncmy: a side connection that is not needed is let go",
        "drivers/activerecord_asyncmy/killing.py",
        "            await _abandon(opening)\n            return\n",
        "            return\n",
        _sweep("asyncio-asyncmy", "Find"),
    ),
)

GUARDS = (*_POOL, *_RUNTIME, *_TRANSACTION, *_QUERIES, *_DRIVERS)
