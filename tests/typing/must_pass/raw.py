"""SQL of the program's own gives records of the model, and a result whose values are Any."""

from typing import Any, assert_type

from activerecord import Plan, RawQuery, StatementResult, async_execute, execute
from tests.typing.models import User


async def raw() -> None:
    query = User.from_sql("SELECT * FROM users WHERE age > ?", 18)
    assert_type(query, RawQuery[User])
    assert_type(query.with_("orders"), RawQuery[User])
    assert_type(await query.async_all(), list[User])
    assert_type(query.all(), list[User])
    assert_type(query.first(), User | None)
    assert_type(query.one(), User)
    assert_type(await query.async_one_or_none(), User | None)
    assert_type(query.dicts(), list[dict[str, Any]])
    assert_type(query.scalars(), list[Any])
    assert_type(query.explain(), Plan)
    assert_type(await User.query().async_explain(analyze=True), Plan)


async def statements() -> None:
    assert_type(execute("SELECT ?", 1, timeout=1, types={"a": bool}), StatementResult)
    assert_type(await async_execute("SELECT :a", {"a": 1}), StatementResult)
    assert_type(execute("SELECT 1").affected, int)
