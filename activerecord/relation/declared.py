"""The words by which a model declares its relations."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from activerecord.errors import UsageError
from activerecord.relation.dependent import Dependent, LinksDependent, checked
from activerecord.relation.follow import followed_by
from activerecord.relation.hop import Narrow
from activerecord.relation.kinds import BelongsTo, HasMany, HasOne
from activerecord.relation.linked import Linked
from activerecord.relation.polymorphic import Held, PolymorphicBelongsTo
from activerecord.relation.scoped import Scoped, Where
from activerecord.relation.way import KeyHere, KeyThere, Through, Way

__all__ = ["belongs_to", "has_and_belongs_to_many", "has_many", "has_one"]

Names: TypeAlias = "str | tuple[str, ...]"


def belongs_to(
    *,
    foreign_key: Names = (),
    references: Names = (),
    inverse: str | None = None,
    polymorphic: bool = False,
    type_column: str | None = None,
    touch: bool | str = False,
    counter_cache: bool | str = False,
) -> Any:
    """A relation to the one record whose key this record holds.

    `foreign_key` names the column of this model (usually `<name>_id`), `references` that of the other (usually its key);
    tuples where the key is composite. `inverse` names the other's relation back, where it is not found by itself.

    With `polymorphic`, to one record of several models, which the annotation names, `BelongsTo["Post | Photo"]`: by
    `<name>_type`, or `type_column`, which names the model, and by `<name>_id`, or `foreign_key`.

    With `touch`, each write of a record sets the other's column `updated_at`, or the one that is named, to now, in UTC.
    `counter_cache` names a column of the other that counts the records that lead to it; with True that is
    `<its has_many>_count`, or `<records>_count` where it has none. Both are done by the verbs of records, not by those of
    many rows: `insert_all`, `update_all`, `delete_all`.
    """
    follow = followed_by(touch=touch, counter_cache=counter_cache)
    if polymorphic:
        if references:
            raise UsageError("a polymorphic relation goes by the key of each model: leave references out")
        several = PolymorphicBelongsTo[Any](_names(foreign_key), type_column, inverse=inverse)
        several.follow = follow
        return several
    if type_column is not None:
        raise UsageError("type_column is for polymorphic relations: belongs_to(polymorphic=True)")
    found = BelongsTo[Any](KeyHere(_names(foreign_key), _names(references)), inverse=inverse)
    found.follow = follow
    return found


def has_one(
    *,
    foreign_key: Names = (),
    references: Names = (),
    through: str | None = None,
    as_: str | None = None,
    where: Where = None,
    order: "str | Sequence[Any]" = (),
    inverse: str | None = None,
    dependent: Dependent | None = None,
) -> Any:
    """A relation to the one record that holds this record's key, or that other relations lead to.

    Its options are those of `has_many`; the first in the order is the one.
    """
    way = _way(foreign_key, references, through, as_, is_one=True)
    found = HasOne[Any](way, narrow=_narrow(where, order), inverse=inverse or as_)
    found.dependent = checked(dependent, shows_one=bool(order), through=through is not None)
    return found


def has_many(
    *,
    foreign_key: Names = (),
    references: Names = (),
    through: str | None = None,
    as_: str | None = None,
    where: Where = None,
    order: "str | Sequence[Any]" = (),
    inverse: str | None = None,
    dependent: Dependent | None = None,
) -> Any:
    """A relation to the records that hold this record's key, or that other relations lead to.

    `foreign_key` names the column of the other model (usually `<this model>_id`), `references` that of this one; tuples where
    the key is composite. `through` is a path of relations instead, `"albums.tracks"`, by which each record is reached
    once. `as_` names the other's polymorphic belongs_to by which they lead back: `as_="commentable"`. `where` says which of
    them are meant, as a dict of values or a function of the query, and `order` in which order they come. `inverse` names the
    other's relation back, where it is not found by itself.

    `dependent` says what becomes of these records when the record is deleted by its own verb: they are deleted too, with what
    depends on them in turn ("destroy") or by one plain DELETE ("delete"), or their key becomes NULL ("nullify"), or their being
    there forbids it with DeleteRestricted ("restrict").
    """
    way = _way(foreign_key, references, through, as_, is_one=False)
    found = HasMany[Any](way, narrow=_narrow(where, order), inverse=inverse or as_)
    found.dependent = checked(dependent, through=through is not None)
    return found


def has_and_belongs_to_many(
    *,
    table: str | None = None,
    foreign_key: Names = (),
    other_key: Names = (),
    where: Where = None,
    order: "str | Sequence[Any]" = (),
    inverse: str | None = None,
    dependent: LinksDependent | None = None,
) -> Any:
    """A relation to many records over a link table that holds the keys of both sides, and needs no model.

    `table` names the link table, usually both tables' names in alphabetical order: `posts_tags`. `foreign_key` names its
    column that leads back to this model (usually `<this model>_id`), `other_key` the one that leads on (usually `<other
    model>_id`); tuples where a key is composite. The other options are those of `has_many`. `create_tables` makes the link
    table with the models on both sides, its columns together its primary key. One with columns of its own wants a model, and
    `has_many(through=...)`. With `dependent="delete"` the links of a record are deleted with it, where the database does not see to
    that, and with "restrict" their being there forbids it.
    """
    way = Linked(table, _names(foreign_key), _names(other_key))
    found = HasMany[Any](way, narrow=_narrow(where, order), inverse=inverse)
    found.dependent = checked(dependent, links=True)
    return found


def _way(foreign_key: Names, references: Names, through: str | None, as_: str | None, *, is_one: bool) -> Way:
    if as_ is not None:
        if foreign_key or references or through is not None:
            raise UsageError(
                "as_ names a relation that knows its columns: leave foreign_key, references and through out"
            )
        return Held(as_, is_one=is_one)
    if through is None:
        return KeyThere(_names(foreign_key), _names(references), is_one=is_one)
    if foreign_key or references:
        raise UsageError("a relation through others goes by their columns: leave foreign_key and references out")
    names = tuple(through.split(".")) if isinstance(through, str) else ()
    if not names or not all(names):
        raise UsageError('through takes a path of relations: through="albums.tracks"')
    return Through(names)


def _narrow(where: Where, order: "str | Sequence[Any]") -> Narrow | None:
    orders = (order,) if isinstance(order, str) else tuple(order)
    if where is None and not orders:
        return None
    return Scoped.read(where, orders)


def _names(given: Names) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)
