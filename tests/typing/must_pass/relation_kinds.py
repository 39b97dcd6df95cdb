"""Polymorphic relations are the union of what they may lead to; many-to-many is as any other to-many."""

from typing import assert_type

from activerecord import (
    ActiveRecord,
    BelongsTo,
    Column,
    HasMany,
    HasOne,
    Many,
    Relation,
    belongs_to,
    column,
    has_and_belongs_to_many,
    has_many,
    has_one,
)


class Post(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    tags: HasMany["Tag"] = has_and_belongs_to_many(table="posts_tags", foreign_key="post_id", other_key="tag_id")
    related: HasMany["Post"] = has_many(through="tags.posts")
    comments: HasMany["Comment"] = has_many(as_="subject", order="id desc")


class Tag(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    posts: HasMany[Post] = has_and_belongs_to_many()


class Photo(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    comment: HasOne["Comment"] = has_one(as_="subject")


class Comment(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    subject_type: Column[str]
    subject_id: Column[int]
    subject: BelongsTo["Post | Photo"] = belongs_to(polymorphic=True)
    topic: BelongsTo["Post | Photo | None"] = belongs_to(polymorphic=True)


assert_type(Comment.subject, Relation[Post | Photo])
assert_type(Post.tags, Relation[list[Tag]])


def at_hand(post: Post, photo: Photo, comment: Comment) -> None:
    assert_type(comment.subject, Post | Photo)
    assert_type(comment.topic, Post | Photo | None)
    tags = assert_type(post.tags, Many[Tag])
    assert_type(tags[0], Tag)
    assert_type(post.related[0], Post)
    assert_type(post.comments[0].subject, Post | Photo)
    assert_type(photo.comment, Comment | None)
    if isinstance(comment.subject, Post):
        assert_type(comment.subject.tags[0], Tag)


def assigned(post: Post, photo: Photo, comment: Comment) -> None:
    comment.subject = post
    comment.subject = photo
    comment.topic = None


async def awaited(post: Post, comment: Comment) -> None:
    assert_type(await post.tags, list[Tag])
    assert_type(await comment.async_load(Comment.subject), Post | Photo)
