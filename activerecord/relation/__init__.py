"""Relations: how the records of one model find those of another."""

from activerecord.relation.association import Association
from activerecord.relation.declared import belongs_to, has_and_belongs_to_many, has_many, has_one
from activerecord.relation.kinds import BelongsTo, HasMany, HasOne
from activerecord.relation.many import Many

__all__ = [
    "Association",
    "BelongsTo",
    "HasMany",
    "HasOne",
    "Many",
    "belongs_to",
    "has_and_belongs_to_many",
    "has_many",
    "has_one",
]
