"""Values of every type are the same by every way that many rows go in as by one INSERT."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from activerecord import InvalidValue, Range
from activerecord.database import database
from activerecord.testing.queries import count_queries
from activerecord.types import Array, Json
from tests.feature.held import engine_url, held_on, same
from tests.feature.test_types import CASES, DOCUMENTS, KNOWN, LISTS, RANGES, REFUSED, Case, named

reproducible = settings(
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=2,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.large_base_example],
)


@pytest.fixture(scope="module", params=("sqlite", "postgresql", "mysql"))
def engine(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def url(engine: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    return engine_url(engine, tmp_path_factory.mktemp("types"))


def write(model: Any, values: list[Any]) -> None:
    """The values, one by one, by the driver's own way where it has one, by lists where the engine takes them, and upserted."""
    with model.transaction():
        for value in values:
            model.create(batch=0, value=value)
    rows = [{"batch": 1, "value": value} for value in values]
    assert model.insert_all(rows) == len(values)
    keys = model.insert_all(({**row, "batch": 2} for row in rows), returning=True)
    model.upsert_all({"id": key, "batch": 3, "value": value} for key, value in zip(keys, values, strict=True))
    model.insert_all({"batch": 4, "value": value} for value in values[:5])


def checked(url: str, kind: Any, values: list[Any]) -> None:
    held = held_on(url, kind)
    with count_queries(database("types")) as statements:
        write(held.model, values)
    stored = [held.model.where(batch=batch).order_by("id").pluck("value") for batch in (0, 1, 3, 4)]
    same(stored[1], stored[0])
    same(stored[2], stored[0])
    same(stored[3], stored[0][:5])
    if database("types").dialect.name == "postgresql":
        assert any(sql.startswith("COPY") for sql in statements)
        assert any(sql.startswith("INSERT") and "unnest" in sql for sql in statements) is not isinstance(kind, Array)


@pytest.mark.parametrize("case", [*CASES, *LISTS, *RANGES], ids=named)
def test_types(url: str, engine: str, case: Case) -> None:
    if engine != "postgresql":
        # there many rows go in by VALUES as one does, with the same treatment of each value
        pytest.skip("one way for many rows and for one")
    one = st.lists(case.values, max_size=4) if case in LISTS else case.values
    if case in RANGES:
        one = case.values.map(lambda value: Range(value, None))

    @reproducible
    @given(st.lists(st.none() | one, min_size=20, max_size=25))
    def run(values: list[Any]) -> None:
        checked(url, case.kind, values)

    run()


@pytest.mark.parametrize(("kind", "values"), [*KNOWN, (Json(), DOCUMENTS)], ids=named)
def test_known_traps(url: str, kind: Any, values: list[Any]) -> None:
    checked(url, kind, (values * 20)[:40])


@pytest.mark.parametrize(("kind", "values"), REFUSED, ids=named)
def test_what_would_change_is_refused(url: str, kind: Any, values: list[Any]) -> None:
    model = held_on(url, kind).model
    for value in values:
        with pytest.raises(InvalidValue):
            model.insert_all([{"batch": 0, "value": None}] * 30 + [{"batch": 0, "value": value}])
        assert model.query().count() == 0
