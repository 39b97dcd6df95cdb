"""Connections that the server ends while they lie idle in the pool are not lent any more, on a loop or without one."""

import pytest

from activerecord import ActiveRecord
from activerecord.database import database
from activerecord.runtime import parallel, sleep
from activerecord.testing.runners import Runner
from tests.feature.busy import BRIEF
from tests.feature.sessions import end_sessions, session

pytestmark = [pytest.mark.places("server"), pytest.mark.timeout(60)]

SEVERAL = 3


def test_what_the_server_ended_meanwhile_is_not_lent(runner: Runner, engine: str, database_url: str) -> None:
    ActiveRecord.configure(database_url)

    async def together() -> None:
        await parallel([lambda: database().execute_text(BRIEF[engine])] * SEVERAL)

    async def body() -> None:
        await together()
        before = await session(engine)
        end_sessions(database_url)
        # Longer than the pool takes for a moment in which nothing can have happened.
        await sleep(0.3)
        await together()
        assert await session(engine) != before

    runner.run(body)
