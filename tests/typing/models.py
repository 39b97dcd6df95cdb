"""The models of the programs that type checkers are given."""

from activerecord import (
    ActiveRecord,
    BelongsTo,
    Column,
    HasMany,
    HasOne,
    Undeclared,
    belongs_to,
    column,
    has_many,
    has_one,
)


class User(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    name: Column[str]
    age: Column[int]
    email: Column[str | None] = column(unique=True)
    orders: HasMany["Order"] = has_many()
    profile: HasOne["Profile"] = has_one()


class Profile(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    user_id: Column[int] = column(references="users.id")


class Order(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    user_id: Column[int] = column(references="users.id")
    reviewer_id: Column[int | None] = column(references="users.id")
    total: Column[float]
    user: BelongsTo["User"] = belongs_to()
    reviewer: BelongsTo["User | None"] = belongs_to()


class Track(Undeclared):
    __table_name__ = "Track"
