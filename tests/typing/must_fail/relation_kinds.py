"""A polymorphic relation takes and gives what its annotation names, and nothing else."""

from activerecord import ActiveRecord, BelongsTo, Column, belongs_to, column
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
