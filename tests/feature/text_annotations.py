"""Models whose annotations are text, since the module says so, and that are defined before what they lead to."""

from __future__ import annotations

from activerecord import ActiveRecord, BelongsTo, Column, HasMany, HasOne, belongs_to, column, has_many, has_one

__all__ = ["Page", "Site", "Theme"]


class Page(ActiveRecord):
    __table_name__ = "text_pages"
    id: Column[int] = column(primary_key=True)
    site_id: Column[int]
    parent_id: Column[int | None]
    site: BelongsTo[Site] = belongs_to()
    parent: BelongsTo[Page | None] = belongs_to()
    children: HasMany[Page] = has_many()


class Site(ActiveRecord):
    __table_name__ = "text_sites"
    id: Column[int] = column(primary_key=True)
    pages: HasMany[Page] = has_many()
    theme: HasOne[Theme] = has_one()


class Theme(ActiveRecord):
    __table_name__ = "text_themes"
    id: Column[int] = column(primary_key=True)
    site_id: Column[int] = column(unique=True)
