"""What the library promises: the names in `__all__`, each there once and from one place."""

import ast
import importlib
import re
from collections import Counter
from types import FunctionType, ModuleType

import pytest

from tests.architecture.source import (
    LIBRARY,
    ROOT,
    Module,
    decorators,
    definitions,
    drivers,
    exported,
    is_check,
    library,
)

# The names that `from activerecord import ...` gives. A new one is a promise: add it here, to the docs and the changelog.
PUBLIC = (
    "ActiveRecord",
    "ActiveRecordError",
    "Batch",
    "Batches",
    "BelongsTo",
    "CheckViolation",
    "Column",
    "ColumnNotLoaded",
    "ConfigurationError",
    "ConnectionFailed",
    "ConnectionLost",
    "DataError",
    "DatabaseError",
    "DeadlineExceeded",
    "Deadlock",
    "DeleteRestricted",
    "Each",
    "ForeignKeyViolation",
    "Handle",
    "HasMany",
    "HasOne",
    "IntegrityError",
    "InvalidCursor",
    "InvalidValue",
    "LockTimeout",
    "Many",
    "MissingDriver",
    "NotNullViolation",
    "NotSupported",
    "NumberedPage",
    "Outcome",
    "OutcomeUnknown",
    "Page",
    "ParallelGroup",
    "Plan",
    "PlanStep",
    "PoolStatistics",
    "PoolTimeout",
    "Query",
    "QueryError",
    "Range",
    "RawQuery",
    "ReadOnly",
    "RecordNotFound",
    "Relation",
    "RelationNotLoaded",
    "RetryableError",
    "SchemaChanged",
    "SerializationFailure",
    "StaleRecord",
    "StatementResult",
    "StatementTimeout",
    "StrictLoadingViolation",
    "Stream",
    "SyncInLoop",
    "SyntaxError_",
    "Transaction",
    "TransactionClosed",
    "Undeclared",
    "UniqueViolation",
    "UnknownColumn",
    "UnknownRelation",
    "UnknownTable",
    "UnknownType",
    "UsageError",
    "WrongBinds",
    "all_",
    "any_",
    "array",
    "async_close",
    "async_create_tables",
    "async_drop_tables",
    "async_execute",
    "async_preload",
    "belongs_to",
    "case",
    "cast",
    "close",
    "column",
    "connected",
    "create_tables",
    "cube",
    "date_trunc",
    "deadline",
    "default_scope",
    "document",
    "drop_tables",
    "excluded",
    "execute",
    "exists",
    "extract",
    "fn",
    "gather",
    "grouping_sets",
    "groups",
    "has_and_belongs_to_many",
    "has_many",
    "has_one",
    "interval",
    "json_merge",
    "json_remove",
    "json_set",
    "parallel",
    "pool_statistics",
    "preload",
    "range_",
    "rollup",
    "rows",
    "scope",
    "search",
    "search_rank",
    "tuple_",
    "value",
)


def front() -> ModuleType:
    """The library as its users import it."""
    if not (ROOT / LIBRARY / "__init__.py").is_file():
        pytest.skip("activerecord/__init__.py is not written yet")
    return importlib.import_module(LIBRARY)


def public_names() -> list[str]:
    """What `from activerecord import ...` may name: all that the front binds but its own modules and private names."""
    there = front()
    bound = {name: value for name, value in vars(there).items() if not name.startswith("_")}
    return sorted(name for name, value in bound.items() if not isinstance(value, ModuleType))


def is_front(module: Module) -> bool:
    """Whether a module is a package's `__init__`, which hands on names of others."""
    return module.path.name == "__init__.py"


@pytest.mark.parametrize("module", [*library(), *drivers()], ids=lambda module: module.place)
def test_what_is_promised_is_there(module: Module) -> None:
    names = exported(module)
    if names is None:
        assert is_front(module), f"{module.place} has no __all__"
        assert not list(definitions(module)), f"{module.place} has no __all__"
        return
    assert len(set(names)) == len(names), "a name stands twice"
    there = importlib.import_module(module.name)
    assert [name for name in names if not hasattr(there, name)] == []


@pytest.mark.parametrize("module", [m for m in library() if not is_front(m)], ids=lambda module: module.place)
def test_what_is_public_is_promised(module: Module) -> None:
    defined = {
        name
        for name, node in definitions(module)
        if "." not in name and not name.startswith("_") and not is_check(node)
    }
    forgotten = defined - set(exported(module) or ())
    assert not forgotten, f"{module.place}: a name is in __all__ or has an underscore"


def test_the_public_names_are_these() -> None:
    assert public_names() == sorted(PUBLIC)


def test_all_and_only_public_names_are_promised() -> None:
    promised = getattr(front(), "__all__", None)
    assert promised is None or sorted(promised) == public_names()


def test_a_public_name_comes_from_one_module() -> None:
    there = front()
    homes = Counter(
        name
        for module in library()
        if not is_front(module)
        for name in set(exported(module) or ()) & set(public_names())
        if getattr(importlib.import_module(module.name), name) is getattr(there, name)
    )
    assert {name: homes[name] for name in public_names() if homes[name] != 1} == {}


def test_a_public_class_or_function_says_what_it_is() -> None:
    said = {
        name
        for module in library()
        for name, node in definitions(module)
        if ast.get_docstring(node) and "overload" not in decorators(node)
    }
    there = front()
    called = [name for name in public_names() if isinstance(getattr(there, name), type | FunctionType)]
    assert [name for name in called if name not in said] == []


def test_a_public_name_is_in_the_docs() -> None:
    pages = [*(ROOT / "docs").rglob("*.md")]
    if not pages:
        pytest.skip("no pages in docs/ yet")
    words = {
        word for page in [*pages, ROOT / "README.md"] for word in re.findall(r"\w+", page.read_text(encoding="utf-8"))
    }
    assert [name for name in public_names() if name not in words] == []
