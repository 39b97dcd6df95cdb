"""Reading a model's class body: its columns, its relations, its table."""

import re
import sys
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import replace
from inspect import get_annotations
from types import UnionType
from typing import Any, Union, get_args, get_origin

from activerecord.errors import UsageError
from activerecord.mapper import Joinable, Mapper
from activerecord.model.links import link_maker
from activerecord.model.metaclass import ModelType
from activerecord.preloading import Preload
from activerecord.query.query import Query
from activerecord.query.scope import DefaultScope, Scope, scopes_of
from activerecord.relation import Association, BelongsTo, HasMany, HasOne, belongs_to, has_many, has_one
from activerecord.relation.inferred import Inferred, ModelOf, inferred_relations
from activerecord.relation.joined import JoinedTree
from activerecord.relation.linked import Linked, LinkTable
from activerecord.relation.polymorphic import PolymorphicBelongsTo
from activerecord.relation.target import target_names
from activerecord.schema.column import Column, column
from activerecord.schema.naming import table_name
from activerecord.schema.table import Table
from activerecord.types import Integer

__all__ = ["declare", "make_mapper", "with_relations"]

_DECLARED = re.compile(r"^(?:\w+\.)*(Column|BelongsTo|HasOne|HasMany)\[(.*)\]$", re.DOTALL)
_ASSOCIATIONS: Mapping[str, type[Association[Any]]] = {"BelongsTo": BelongsTo, "HasOne": HasOne, "HasMany": HasMany}


def make_mapper(model: "type[Any]", base: "type[Any]", model_of: ModelOf) -> Mapper[Any]:
    """The mapper of a model class; `base` is ActiveRecord itself, whose names its columns may not take.

    Raises UsageError for a declaration that cannot work.
    """
    for body in reversed(model.__mro__):
        if body is model or not isinstance(body, ModelType):
            declare(body)
    columns: dict[str, Column[Any]] = {
        name: found for name in _names(model) if isinstance(found := _found(model, name), Column)
    }
    associations = {name: _own(model, name) for name in _names(model) if isinstance(_found(model, name), Association)}
    for association in associations.values():
        if isinstance(association.way, Linked):
            association.way.made_by(link_maker(base))
    _check_names(model, base, columns, associations)
    if columns and getattr(model, "__relation_names__", None):
        raise UsageError(
            f"{model.__name__} declares its columns, so its relations have the names it gives them: leave out __relation_names__"
        )
    link: LinkTable | None = vars(model).get("__link__")
    mapper: Mapper[Any] = Mapper(
        model,
        table_name=_table_name(model),
        schema_name=getattr(model, "__schema_name__", None),
        connection=getattr(model, "__connection__", "default"),
        declared=link.table if link is not None else (lambda: _table(mapper, columns)) if columns else None,
        attributes={found.name or name: name for name, found in columns.items()},
        reserved=frozenset(
            name for name in dir(model) if name not in columns and not isinstance(_found(model, name), Inferred)
        ),
        relations=lambda table: _relations(mapper, table, associations, model_of),
        after_load=Preload.along,
        beside=JoinedTree.along,
        scopes=scopes_of(Scope, model.__mro__),
        default_scopes=scopes_of(DefaultScope, model.__mro__),
    )
    _check_scopes(mapper, base)
    return mapper


def _check_names(
    model: "type[Any]",
    base: "type[Any]",
    columns: "Mapping[str, Column[Any]]",
    associations: "Mapping[str, Association[Any]]",
) -> None:
    for name in [*columns, *associations]:
        if hasattr(base, name):
            column = f", e.g. `{name}_ = column(name={name!r})`" if name in columns else ""
            raise UsageError(
                f"{model.__name__}.{name}: every model has a `{name}` of its own; call the attribute otherwise{column}"
            )
    taken: set[str] = set()
    for name, found in columns.items():
        in_table = found.name or name
        if not isinstance(in_table, str) or "\0" in in_table:
            raise UsageError(f"{model.__name__}.{name}: the name of a column is text, without a NUL character")
        if in_table in taken:
            raise UsageError(f"{model.__name__}.{name}: another attribute stands for the column {in_table!r} already")
        taken.add(in_table)
    for name, annotation in get_annotations(model).items() if columns else ():
        known = name in columns or name in associations or name.startswith("_") or hasattr(base, name)
        if not known and "ClassVar" not in str(annotation):
            raise UsageError(
                f"{model.__name__}.{name} is annotated, but not as a column: `{name}: Column[...]`; "
                f"what belongs to the class itself is a ClassVar[...]"
            )


def _check_scopes(mapper: Mapper[Any], base: "type[Any]") -> None:
    """Refuse scopes of names that mean something else."""
    for name in [*mapper.scopes, *mapper.default_scopes]:
        spelt = f"{mapper.name}.{name}"
        if name.startswith("_"):
            raise UsageError(f"{spelt}: the name of a scope begins with a letter")
        if hasattr(base, name) or hasattr(Query, name):
            raise UsageError(f"{spelt}: every model or query has a `{name}` of its own; call the scope otherwise")
        held = next(
            (body for body in mapper.model.__mro__ if isinstance(vars(body).get(name), Column | Association)), None
        )
        if held is not None:
            raise UsageError(f"{spelt} is a column or relation of {held.__name__}; call the scope otherwise")


def _check_columns(mapper: Mapper[Any], table: Table) -> None:
    taken = [name for name in [*mapper.scopes, *mapper.default_scopes] if name in table.columns]
    if taken:
        raise UsageError(
            f"{mapper.name}.{taken[0]} is a scope, and the table {table.name!r} has a column of that name; call the scope otherwise"
        )


def declare(model: "type[Any]") -> None:
    """Give every column and relation that a class body only annotates its descriptor. Raises UsageError."""
    for name, kind, inner in _annotations(model):
        _declare(model, name, kind, inner)


def _table_name(model: "type[Any]") -> str:
    given = model.__dict__.get("__table_name__")
    if given is None:
        return table_name(model.__name__)
    if not isinstance(given, str) or not given or "\0" in given:
        raise UsageError(f"{model.__name__}.__table_name__ is a text that is not empty")
    return given


def _names(model: "type[Any]") -> Iterator[str]:
    """The names in the bodies of the model and its bases, the bases' first, in the order of writing."""
    seen: set[str] = set()
    for body in reversed(model.__mro__):
        for name in [*get_annotations(body), *vars(body)]:
            if name not in seen:
                seen.add(name)
                yield name


def _found(model: "type[Any]", name: str) -> Any:
    return next((vars(body)[name] for body in model.__mro__ if name in vars(body)), None)


def _own(model: "type[Any]", name: str) -> Association[Any]:
    """The association of that name as the model's own: one that is inherited is copied, since it leads from elsewhere."""
    found: Association[Any] = _found(model, name)
    if name not in vars(model):
        found = copy(found).of(model, name)
        setattr(model, name, found)
    return found


def _annotations(model: "type[Any]") -> Iterator[tuple[str, str, Any]]:
    """The declarations of the class body: name, kind, and what stands in the brackets (a text, where it was one)."""
    for name, annotation in get_annotations(model).items():
        match = _DECLARED.match(annotation.strip(" \n'\"")) if isinstance(annotation, str) else None
        if match:
            yield name, match[1], match[2]
            continue
        found = _meaning(annotation, model) if isinstance(annotation, str) else annotation
        if found is Column:
            raise UsageError(f"{model.__name__}.{name}: what does the column hold? e.g. `{name}: Column[str]`")
        if get_origin(found) in {Column, *_ASSOCIATIONS.values()}:
            yield name, str(getattr(get_origin(found), "__name__", "")), get_args(found)[0]


def _meaning(annotation: str, model: "type[Any]") -> Any:
    """What the text of an annotation stands for; the text itself where its names are not known."""
    try:
        return _evaluated(annotation, model)
    except Exception:  # noqa: BLE001  # what is no declaration of ours may say anything
        return annotation


def _evaluated(annotation: str, model: "type[Any]") -> Any:
    """The program's own annotation, as Python itself would evaluate it where the class is defined."""
    body = {name: value for name, value in vars(model).items() if not isinstance(value, Column | Association)}
    module = sys.modules.get(model.__module__)
    return eval(annotation, dict(vars(module)) if module else {}, ChainMap(body, _surroundings()))  # noqa: S307


def _surroundings() -> "dict[str, Any]":
    """The local names around the class statement that runs."""
    frame = sys._getframe()  # pyright: ignore[reportPrivateUsage]  # the documented way to the frames of callers
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == _OURS:
        frame = frame.f_back
    return dict(frame.f_locals)


_OURS = __name__.partition(".")[0]


def _declare(model: "type[Any]", name: str, kind: str, inner: Any) -> None:
    given: Column[Any] | Association[Any] | None = model.__dict__.get(name)
    wanted: type[Column[Any] | Association[Any]] = Column if kind == "Column" else _ASSOCIATIONS[kind]
    factory = _FACTORIES[kind]
    if given is None:
        given = made = factory()
        setattr(model, name, made)
        made.__set_name__(model, name)
    if not isinstance(given, wanted):
        raise UsageError(
            f"{model.__name__}.{name} is annotated as {kind} but set to {type(given).__name__}: "
            f"use {factory.__name__}(...), for a default value column(default=...)"
        )
    if isinstance(given, Column):
        _set_type(given, model, inner)
    else:
        _set_target(given, inner)


_FACTORIES: "Mapping[str, Callable[[], Any]]" = {
    "Column": column,
    "BelongsTo": belongs_to,
    "HasOne": has_one,
    "HasMany": has_many,
}


def _set_type(column: "Column[Any]", model: "type[Any]", inner: Any) -> None:
    if isinstance(inner, str):
        try:
            inner = _evaluated(inner, model)
        except Exception as error:
            raise UsageError(
                f"{model.__name__}.{column.attribute}: the annotation {inner!r} cannot be evaluated "
                f"({type(error).__name__}): its names must be known where the class is defined"
            ) from error
    column.declared_as(inner)


def _set_target(association: Association[Any], inner: Any) -> None:
    if isinstance(inner, str):
        names, optional = target_names(inner)
    elif isinstance(inner, type):
        names, optional = (inner.__name__,), False
    elif get_origin(inner) in (Union, UnionType):
        names, optional = target_names(" | ".join(_spelt(part) for part in get_args(inner)))
    else:
        names, optional = target_names(_spelt(inner))
    association.leads_to(*names, optional=optional)


def _spelt(part: Any) -> str:
    if part is type(None):
        return "None"
    return str(getattr(part, "__forward_arg__", None) or getattr(part, "__name__", part))


def _table(mapper: Mapper[Any], columns: "Mapping[str, Column[Any]]") -> Table:
    keys = [found for found in columns.values() if found.primary_key]
    if not keys and "id" in columns:
        keys = [columns["id"]]
        keys[0].nullable = False
    described = [found.table_column() for found in columns.values()]
    sole = keys[0] if len(keys) == 1 else None
    foreign = [key for found in columns.values() if (key := found.foreign_key(mapper.table_name)) is not None]
    return Table(
        mapper.table_name,
        {found.name: found for found in described},
        schema=mapper.schema_name,
        primary_key=tuple([found.name or found.attribute for found in keys]),
        auto_key=sole.name if sole is not None and isinstance(sole.type, Integer) and sole.references is None else None,
        foreign_keys=tuple(foreign),
    )


def with_relations(mapper: Mapper[Any], table: Table) -> Table:
    """The declared table with the foreign keys that its belongs_to relations imply. Raises UnknownRelation."""
    taken = {key.columns for key in table.foreign_keys}
    held: list[BelongsTo[Any]] = [
        found
        for found in mapper.relations().values()
        if isinstance(found, BelongsTo) and not isinstance(found, PolymorphicBelongsTo)
    ]
    implied = [
        association.foreign_key(table.name)
        for association in held
        if association.own_columns() not in taken and _can_be_kept(association)
    ]
    # two relations may go by one key
    return replace(table, foreign_keys=(*table.foreign_keys, *dict.fromkeys(implied)))


def _can_be_kept(association: BelongsTo[Any]) -> bool:
    """Whether the database can keep the relation: where it leads is a key, on the same connection."""
    target = association.target
    columns, table = association.target_columns(), target.known_table()
    return target.connection == association.owner.connection and (
        table is None
        or set(columns) == set(table.primary_key)
        or (len(columns) == 1 and table.column(columns[0]).unique)
    )


def _relations(
    mapper: Mapper[Any], table: Table, declared: "Mapping[str, Association[Any]]", model_of: ModelOf
) -> Mapping[str, Joinable]:
    if mapper.is_declared:
        return declared
    _check_columns(mapper, table)
    inferred = inferred_relations(mapper, table, model_of, declared)
    for name, association in inferred.items():
        setattr(mapper.model, name, Inferred(association))
    return {**inferred, **declared}
