"""A polymorphic relation takes and gives what its annotation names, and an option one of its words, and nothing else."""

from activerecord import (
    ActiveRecord,
    BelongsTo,
    Column,
    HasMany,
    belongs_to,
    column,
    has_and_belongs_to_many,
    has_many,
)
from tests.typing.models import Order, Profile, User


class Remark(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    subject_type: Column[str]
    subject_id: Column[int]
    subject: BelongsTo["User | Order"] = belongs_to(polymorphic=True)


def assigned(remark: Remark, user: User, profile: Profile) -> None:
    remark.subject = user
    remark.subject = profile  # error: both
    remark.subject = None  # error: both


def of_one_of_them(remark: Remark) -> None:
    print(remark.subject.id)
    print(remark.subject.name)  # error: both


class Shelf(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    remarks: HasMany["Remark"] = has_many(as_="subject", dependent="destory")  # error: both
    tags: HasMany["User"] = has_and_belongs_to_many(dependent="destroy")  # error: both
