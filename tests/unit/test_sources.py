"""The SQL of joins, aliases, queries of queries, common tables, locks and hints, in every dialect."""

from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest

from activerecord import (
    ActiveRecord,
    BelongsTo,
    Column,
    HasMany,
    Query,
    QueryError,
    belongs_to,
    column,
    exists,
    fn,
    has_many,
    tuple_,
)
from activerecord.database import forget
from activerecord.errors import NoSuchAttribute
from tests.unit.snapshots import Case, against_snapshots


class Worker(ActiveRecord):
    __table_name__ = "workers"
    id: Column[int] = column(primary_key=True)
    name: Column[str]
    called: Column[str | None] = column(name="nick")
    boss_id: Column[int | None]
    boss: BelongsTo["Worker | None"] = belongs_to()
    jobs: HasMany["Job"] = has_many()


class Job(ActiveRecord):
    __table_name__ = "jobs"
    id: Column[int] = column(primary_key=True)
    worker_id: Column[int]
    year: Column[int]
    number: Column[int]
    worker: BelongsTo[Worker] = belongs_to()
    parts: HasMany["Part"] = has_many()


class Part(ActiveRecord):
    __table_name__ = "parts"
    id: Column[int] = column(primary_key=True)
    job_id: Column[int]
    price: Column[float]


@pytest.fixture
def unopened() -> Iterator[None]:
    ActiveRecord.configure("sqlite:///nowhere/at/all.db")
    yield
    forget(["default"])


BOSS = Worker.alias("boss")
SPENT = Part.query().select(Part.job_id, fn.sum(Part.price).as_("spent")).group_by(Part.job_id)
NEWEST = Job.where(Job.worker_id == Worker.id).order_by("year desc").limit(3)
TREE = Worker.where(boss_id=None).recursive_cte(
    "tree", lambda tree: Worker.query().join(tree, Worker.boss_id == tree.id)
)


def ids(key: int) -> Query[Worker]:
    return Worker.where(id=key)


def count_of_jobs() -> Query[Job]:
    return Job.where(Job.worker_id == Worker.id).select(fn.count())


def joined_query() -> Query[Job]:
    spent = SPENT.subquery("spent")
    return Job.query().left_join(spent, spent.job_id == Job.id).where(spent.spent > 5).select(Job.id, spent.spent)


def sums() -> Any:
    return SPENT.cte("sums", columns=("job", "total"))


def reading(table: Any) -> Query[Worker]:
    return Worker.query().from_(table).select("id")


CASES: dict[str, Case] = {
    "a path of relations": lambda: Worker.query().join("jobs.parts").where(Part.price > 5),
    "a path that goes on from another": lambda: Worker.query().join("jobs").left_join(Job.parts),
    "paths that share their beginning": lambda: (
        Worker.query().join("jobs").join("jobs.parts").join("jobs.worker", alias="w")
    ),
    "a path that goes on from another in another manner": lambda: (
        Worker.query().left_join("jobs").join("jobs.worker", alias="w").left_join("jobs.parts")
    ),
    "a path that goes on from a join on the same condition": lambda: (
        Worker.query().left_join(Job, Job.worker_id == Worker.id).join("jobs.parts")
    ),
    "a relation under an alias": lambda: Worker.query().join(Worker.boss, alias=BOSS).where(BOSS.name == "ann"),
    "a model joined to itself": lambda: (
        Worker.query().left_join(BOSS, BOSS.id == Worker.boss_id).select("name", BOSS.called)
    ),
    "a query of an alias": lambda: BOSS.query().where(called=None).order_by(BOSS.name),
    "a relation of an alias": lambda: Worker.query().join(BOSS, BOSS.id == Worker.boss_id).join(BOSS.jobs),
    "a right join": lambda: Worker.query().right_join("jobs").select(Worker.name, Job.id.as_("job")),
    "a full join": lambda: Worker.query().full_join(Job, Job.worker_id == Worker.id).select(Worker.name, Job.year),
    "a cross join": lambda: Worker.query().cross_join(Job).select(Worker.name, Job.year),
    "a join of a query": joined_query,
    "a join of a query with values, on a condition with others": lambda: Worker.query().join(
        Job.where(year=2024).subquery("recent"), Job.where(year=2024).subquery("recent").number > 5
    ),
    "a lateral join": lambda: Worker.query().cross_join(NEWEST.lateral("newest")).select("name"),
    "a row compared": lambda: Job.where(tuple_(Job.year, Job.number) > (2024, 17)),
    "a row in a list": lambda: Job.where(tuple_(Job.year, Job.number).in_([(2024, 1), (2024, 2), (2025, 1)])),
    "a row in a query": lambda: Job.where(tuple_(Job.id, Job.year).in_(Job.query().select("id", "number"))),
    "exists": lambda: Worker.where(exists(Job.where(Job.worker_id == Worker.id, year=2024))),
    "not exists": lambda: Worker.where(~exists(Job.where(Job.worker_id == Worker.id))),
    "a query as a value": lambda: Worker.query().select("name", count_of_jobs().as_value().as_("jobs")),
    "a query compared with": lambda: Part.where(Part.price > Part.query().select(fn.avg(Part.price))),
    "a union": lambda: (
        Worker.where(id=1).union(Worker.where(name="ann")).where(Worker.id > 0).order_by("name").limit(5)
    ),
    "unions one after another": lambda: ids(1).union_all(ids(2)).union(ids(3)),
    "an intersection of a union": lambda: ids(1).union(ids(2)).intersect(ids(3)),
    "what is left of a limited query": lambda: Worker.query().order_by("id").limit(3).except_(ids(1)),
    "a common table": lambda: Worker.query().join(SPENT.cte("spent"), exists(ids(1))),
    "a common table with names of its own": lambda: (
        Job.query().join(sums(), sums().job == Job.id).select(Job.id, sums().total)
    ),
    "a common table made once": lambda: Worker.query().from_(Worker.where(boss_id=None).cte("top", materialized=True)),
    "a recursive common table": lambda: Worker.query().from_(TREE).where(Worker.name != "ann"),
    "a recursive common table without circles": lambda: Worker.query().from_(
        ids(1).recursive_cte("t", lambda t: Worker.query().join(t, Worker.boss_id == t.id), distinct=True)
    ),
    "a recursive common table of a limited query": lambda: Worker.query().from_(
        Worker.query()
        .order_by("name")
        .limit(1)
        .recursive_cte("t", lambda t: Worker.query().join(t, t.id == Worker.boss_id))
    ),
    "a recursive common table that reads another": lambda: Worker.query().from_(
        ids(1).recursive_cte(
            "t",
            lambda t: Worker.query().join(t, t.id == Worker.boss_id).join(SPENT.cte("spent"), exists(ids(2))),
        )
    ),
    "a row in a limited query": lambda: Job.where(
        tuple_(Job.id, Job.year).in_(Job.query().select("id", "number").order_by("id").limit(3))
    ),
    "a limited list that names what the query around reads": lambda: Worker.where(
        Worker.id.in_(Job.where(Job.worker_id == Worker.boss_id).select("worker_id").order_by("id").limit(1))
    ),
    "a source that names what only the query around reads": lambda: Worker.where(
        exists(Job.query().from_(Job.where(Job.worker_id == Worker.id)))
    ),
    "one common table, read twice": lambda: (
        Worker.query().with_cte(TREE).where(Worker.id.in_(reading(TREE)), Worker.boss_id.in_(reading(TREE)))
    ),
    "from a query": lambda: Worker.query().from_(Worker.query().order_by("id").limit(10)).where(name="ann"),
    "one of each kind": lambda: Job.query().distinct_on(Job.worker_id).order_by(Job.worker_id, Job.year.desc()),
    "for update": lambda: Worker.where(id=1).for_update(),
    "for update without waiting": lambda: Worker.where(id=1).for_update(nowait=True),
    "a queue": lambda: Job.query().order_by("id").limit(1).for_update(skip_locked=True),
    "for update of one of two": lambda: Worker.query().join("jobs").for_update(of=Job),
    "for update of what may be missing": lambda: Worker.query().left_join("jobs").for_update(),
    "for update of what is there": lambda: Worker.query().left_join("jobs").for_update(of=Worker),
    "for update of distinct rows": lambda: Worker.query().distinct().for_update(),
    "for update of groups": lambda: Worker.query().group_by("name").select("name").for_update(),
    "for update of a computed row": lambda: Worker.query().select(fn.max(Worker.id)).for_update(),
    "for update of a union": lambda: ids(1).union(ids(2)).for_update(),
    "for update of a joined union": lambda: (
        Job.query().join(ids(1).union(ids(2)).subquery("u"), Job.worker_id == 1).for_update()
    ),
    "for update beside a union": lambda: (
        Job.query().join(ids(1).union(ids(2)).subquery("u"), Job.worker_id == 1).for_update(of=Job)
    ),
    "for update of a query of a union": lambda: (
        Worker.query().from_(Worker.query().from_(ids(1).union(ids(2)))).for_update()
    ),
    "for update of a common table": lambda: Worker.query().from_(ids(1).cte("t")).for_update(of=Worker),
    "for share": lambda: Worker.where(id=1).for_share(),
    "a hint": lambda: Worker.query().hint("MAX_EXECUTION_TIME(100)"),
    "a comment": lambda: Worker.where(id=1).comment("checkout", "worker.find"),
    "a group by an expression with values": lambda: (
        Worker.query()
        .select(fn.coalesce(Worker.called, "?").as_("called"), fn.count().as_("n"))
        .group_by("called")
        .order_by("called")
    ),
    "a group by an expression with equal values": lambda: (
        Worker.query()
        .select(fn.coalesce(Worker.called, "?"), Worker.id.in_([1, 2]))
        .group_by(fn.coalesce(Worker.called, "?"), Worker.id.in_([1, 2]))
        .order_by(fn.coalesce(Worker.called, "!"))
    ),
    "distinct rows in an order of theirs": lambda: Worker.query().distinct().order_by(Worker.name.desc(), "called"),
    "distinct values in an order of theirs": lambda: (
        Worker.query().select("name", (Worker.id + 1).as_("n")).distinct().order_by("n", "name", Worker.id + 1)
    ),
    "distinct values in an order of their own": lambda: (
        Worker.query().select(fn.lower(Worker.name)).distinct().order_by(fn.lower(Worker.name))
    ),
}

test_snapshots = against_snapshots("sources", CASES)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: Worker.query().join(Job, Job.worker_id == Worker.id).join(Job, Job.id == 1), "stands twice"),
        (lambda: Worker.query().join(BOSS, BOSS.id == 1).where(Job.id == 1), "does not read 'jobs'"),
        (lambda: joined_query().where(SPENT.subquery("spent").nothing == 1), "gives no column 'nothing'"),
        (lambda: Worker.query().join(SPENT.subquery("s"), Worker.id == 1).where(SPENT.subquery("t").spent == 1), "'t'"),
        (lambda: ids(1).select("id").union(Worker.query()), "UNION of queries of 1 and 4 columns"),
        (lambda: Worker.query().from_(SPENT.cte("s", columns=("a",))), "names 1 columns, its query has 2"),
        (
            lambda: Worker.query().join(Part.query().join("nothing").subquery("s"), Worker.id == 1),
            "has no relation 'nothing'",
        ),
        (lambda: Worker.query().select("id", "id").subquery("twice"), "are called 'id'"),
        (lambda: Job.where(year=2024).cte("jobs"), "hides the table 'jobs'"),
        (lambda: Worker.query().join(Job.query().cte("JOBS"), Worker.id == 1).where(exists(Job.query())), "hides"),
        (lambda: ids(1).recursive_cte("t", lambda t: Worker.query().select("id").join(t, Worker.id == 1)), "4 columns"),
        (lambda: Job.where(Job.worker_id == Worker.id).subquery("s"), "does not read 'workers'"),
        (lambda: Job.where(Job.worker_id == Worker.id).cte("s"), "does not read 'workers'"),
        (lambda: Worker.query().select("id").distinct().order_by("name"), "sorted by what is selected"),
        (
            lambda: Worker.query().select(fn.lower(Worker.name)).distinct().order_by("name"),
            "sorted by what is selected",
        ),
        (lambda: Worker.query().select(Worker.id + 1).distinct().order_by(Worker.id + 2), "sorted by what is selected"),
        (lambda: Worker.query().join("jobs").distinct().order_by(Job.year), "sorted by what is selected"),
        (lambda: Job.query().select(tuple_(Job.year, Job.number)), "one by one"),
        (lambda: Job.query().order_by(tuple_(Job.year, Job.number).desc()), "one by one"),
        (lambda: Job.query().group_by(tuple_(Job.year, Job.number)).select("year"), "one by one"),
        (lambda: Job.where(tuple_(Job.year, Job.number).is_null()), "one by one"),
        (lambda: Job.where(Job.year == tuple_(Job.year, Job.number)), "one by one"),
        (lambda: Job.where(tuple_(Job.year, Job.number).is_distinct_from((1, 2))), "one by one"),
        (lambda: Job.where(tuple_(Job.year, Job.number).between((1, 2), (3, 4))), "one by one"),
        (lambda: Worker.where(Worker.name), "'name' is no condition, since it is of type Text"),
        (lambda: Worker.where(~cast("Any", Worker.name)), "'name' is no condition"),
        (lambda: Worker.where(Worker.id == 1).or_where(Worker.boss_id), "'boss_id' is no condition, since .* Integer"),
        (lambda: Worker.query().group_by("id").having(Worker.id).select("id"), "'id' is no condition"),
        (lambda: Worker.query().join(Job, cast("Any", Job.worker_id)), "'worker_id' is no condition"),
    ],
)
def test_what_cannot_be_is_refused_when_it_is_compiled(unopened: None, wrong: Callable[[], Any], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        made = wrong()
        (Worker.query().join(made, Worker.id == 1) if not isinstance(made, Query) else made).to_sql()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Worker.query().join(Job),
        lambda: Worker.query().join(Job, on=cast("Any", "jobs.id = 1")),
        lambda: Worker.query().join("jobs", Job.id == 1),
        lambda: Worker.query().join("jobs."),
        lambda: Worker.query().join(cast("Any", 5)),
        lambda: Worker.query().cross_join("jobs"),
        lambda: Worker.query().join(Worker.query()),
        lambda: Worker.query().union(cast("Any", [])),
        lambda: Worker.query().from_(cast("Any", "workers")),
        lambda: Worker.query().with_cte(SPENT.subquery("s")),
        lambda: Worker.query().subquery(""),
        lambda: Worker.query().cte("a\0"),
        lambda: Worker.alias(cast("Any", None)),
        lambda: ids(1).recursive_cte("t", lambda t: t),
        lambda: ids(1).recursive_cte("t", cast("Any", 5)),
        lambda: ids(1).recursive_cte("t", lambda t: Worker.query().join(t, Worker.boss_id == t.id).limit(1)),
        lambda: ids(1).recursive_cte("t", lambda t: Worker.query().join(t, Worker.boss_id == t.id).order_by("id")),
        lambda: ids(1).cte("t", columns="ab"),
        lambda: ids(1).cte("t", columns=cast("Any", [5])),
        lambda: ids(1).cte("t", materialized=cast("Any", "yes")),
        lambda: Worker.query().with_cte(ids(1).cte("t"), ids(2).cte("t")),
        lambda: Worker.query().join(ids(1).cte("t"), Worker.id == 1).join(ids(2).cte("t"), Worker.id == 1, alias="u"),
        lambda: Worker.query().order_by(cast("Any", ())),
        lambda: tuple_(Job.year, Job.number).in_(cast("Any", 5)),
        lambda: Worker.query().for_update(nowait=True, skip_locked=True),
        lambda: Worker.query().distinct_on(),
        lambda: exists(cast("Any", Worker)),
        tuple_,
        lambda: tuple_(Job.year, Job.number) > (1,),
        lambda: tuple_(Job.year, Job.number) > (1, None),
        lambda: tuple_(Job.year, Job.number) == 5,
        lambda: tuple_(Job.year, Job.number).in_([]),
        lambda: tuple_(Job.year, Job.number).in_([(1, 2, 3)]),
        lambda: tuple_(Job.year, Job.number).in_(Job.query().select("id")),
        lambda: Worker.where(Worker.id.in_(Job.query().select("id", "year"))),
    ],
)
def test_what_makes_no_sense_is_refused_at_once(wrong: Callable[[], Any]) -> None:
    with pytest.raises(QueryError):
        wrong()


@pytest.mark.parametrize(
    "text", ["*/ DROP TABLE workers --", "a/*b", "a\nb", "a\0b", "?", ":name", "", "%s", "a;b", "'", "$1"]
)
def test_a_comment_cannot_end_itself(text: str) -> None:
    with pytest.raises(QueryError):
        Worker.query().comment(text)
    with pytest.raises(QueryError):
        Worker.query().hint(text)


def test_an_alias_has_the_columns_of_its_model() -> None:
    assert repr(BOSS.called) == "boss.nick"
    assert cast("Any", BOSS)["odd name"].column == "odd name"
    with pytest.raises(NoSuchAttribute, match="no column 'nam'; did you mean 'name'"):
        cast("Any", BOSS).nam  # noqa: B018  # the access itself is tested
    with pytest.raises(NoSuchAttribute):
        SPENT.subquery("s")._private  # noqa: B018


def test_names_that_a_query_is_given_are_quoted(unopened: None) -> None:
    hostile = 'x" ; DROP TABLE y; --'
    labelled = Job.query().select(Job.id.as_(hostile))
    for named in (labelled.subquery(hostile), labelled.cte(hostile), labelled.cte(hostile, columns=[hostile])):
        sql, _ = Job.query().join(named, named[hostile] == Job.id).to_sql()
        assert hostile not in sql
        assert sql.count('"x"" ; DROP TABLE y; --"') >= 3


def test_a_common_table_that_is_made_twice_is_named_once(unopened: None) -> None:
    one, same = ids(1).cte("t"), ids(1).cte("t")
    query = Worker.query().join(one, one.id == Worker.id).join(same, same.id == Worker.boss_id, alias="u")
    assert query.to_sql()[0].count(" AS (SELECT") == 1


def test_a_step_reads_its_table_once(unopened: None) -> None:
    def both(tree: Any) -> Query[Worker]:
        return Worker.query().join(tree, tree.id == Worker.boss_id)

    steps: list[Callable[[Any], Query[Worker]]] = [
        lambda tree: both(tree).union_all(both(tree)),
        lambda tree: ids(1).union(both(tree)).where(Worker.id > 1),
        lambda tree: Worker.where(Worker.id.in_(both(tree).intersect(ids(1)).select("id"))),
    ]
    for step in steps:
        with pytest.raises(QueryError, match=r"is a union, .* join\(tree, first \| second\)"):
            ids(1).recursive_cte("tree", step)
    others = Worker.query().from_(
        ids(1).recursive_cte("tree", lambda tree: both(tree).where(Worker.id.in_(ids(1).union(ids(2)).select("id"))))
    )
    assert others.to_sql()[0].count("UNION") == 2


def test_exists_takes_a_query_of_groups_without_columns(unopened: None) -> None:
    assert "HAVING" in Worker.where(exists(Job.query().having(fn.count() > 1))).to_sql()[0]


def test_what_is_nested_too_deeply_is_refused_each_time(unopened: None) -> None:
    condition = Worker.id > 1
    for _ in range(3000):
        condition = ~condition
    for _ in range(3):
        with pytest.raises(QueryError, match="too deeply"):
            Worker.where(condition).to_sql()
