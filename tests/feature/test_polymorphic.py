"""Polymorphic relations: one record of several models, loaded in one query for each model that is there."""

from pathlib import Path
from typing import Any

import pytest

from activerecord import (
    ActiveRecord,
    BelongsTo,
    Column,
    DataError,
    HasMany,
    HasOne,
    QueryError,
    RelationNotLoaded,
    Undeclared,
    UnknownRelation,
    UnknownType,
    UsageError,
    belongs_to,
    column,
    create_tables,
    has_many,
    has_one,
)
from activerecord.database import Database
from activerecord.runtime import backend
from activerecord.testing.queries import assert_queries
from activerecord.testing.runners import Runner
from tests.feature.cells import Cell
from tests.feature.sample import sample


class Author(ActiveRecord):
    __table_name__ = "pm_authors"
    id: Column[int] = column(primary_key=True)
    name: Column[str]


class Post(ActiveRecord):
    __table_name__ = "pm_posts"
    id: Column[int] = column(primary_key=True)
    author_id: Column[int]
    author: BelongsTo[Author] = belongs_to()
    comments: HasMany["Comment"] = has_many(as_="commentable", order="id desc")
    loud: HasMany["Comment"] = has_many(as_="commentable", where=lambda q: q.where(Comment.text.like("%!")))
    commenters: HasMany[Author] = has_many(through="comments.writer")


class Photo(ActiveRecord):
    __table_name__ = "pm_photos"
    __polymorphic_name__ = "picture"
    id: Column[int] = column(primary_key=True)
    author_id: Column[int]
    author: BelongsTo[Author] = belongs_to()
    place: HasOne["Place"] = has_one()
    remark: HasOne["Comment"] = has_one(as_="commentable")


class Place(ActiveRecord):
    __table_name__ = "pm_places"
    id: Column[int] = column(primary_key=True)
    photo_id: Column[int]


class Comment(ActiveRecord):
    __table_name__ = "pm_comments"
    id: Column[int] = column(primary_key=True)
    text: Column[str]
    commentable_type: Column[str | None] = column(length=20)
    commentable_id: Column[int | None]
    writer_id: Column[int | None]
    commentable: BelongsTo["Post | Photo | None"] = belongs_to(polymorphic=True)
    writer: BelongsTo["Author | None"] = belongs_to()


MODELS = (Author, Post, Photo, Place, Comment)


@pytest.fixture
def blog(configured: str) -> Database:
    """Authors 1 and 2; post n and photo n are author n's. Comments: of post 1, photo 1, post 2, post 1, of nothing."""
    create_tables(*MODELS)
    Author.insert_all({"name": name} for name in ("ann", "bob"))
    Post.insert_all({"author_id": n} for n in (1, 2))
    Photo.insert_all({"author_id": n} for n in (1, 2))
    Place.insert_all({"photo_id": n} for n in (1, 2))
    Comment.insert_all(
        {"text": text, "commentable_type": of, "commentable_id": key, "writer_id": writer}
        for text, of, key, writer in [
            ("a!", "Post", 1, 1),
            ("b", "picture", 1, 2),
            ("c", "Post", 2, None),
            ("d", "Post", 1, 1),
            ("e", None, None, 1),
        ]
    )
    return Post.__mapper__.database()


def what(comment: Comment) -> tuple[str, int] | None:
    found = comment.commentable
    return None if found is None else (type(found).__name__, found.id)


WANTED = [("Post", 1), ("Photo", 1), ("Post", 2), ("Post", 1), None]


def test_one_query_for_each_model_that_is_there(blog: Database, runner: Runner) -> None:
    async def main() -> None:
        with assert_queries(3, blog):
            comments = await Comment.query().with_("commentable").order_by("id").async_all()
            assert [what(comment) for comment in comments] == WANTED
            assert comments[0].commentable is comments[3].commentable
        # later, for all siblings
        with assert_queries(3, blog):
            comments = await Comment.query().order_by("id").async_all()
            for comment in comments:
                await comment.async_load(Comment.commentable)
            assert [what(comment) for comment in comments] == WANTED
        with assert_queries(2, blog):
            comments = await Comment.query().where(commentable_type="Post").with_("commentable").async_all()
        with assert_queries(1, blog):
            comment = await Comment.query().where(commentable_type=None).with_("commentable").async_one()
            assert comment.commentable is None

    runner.run(main)


def test_in_sync_code_and_not_loaded(blog: Database, runner: Runner) -> None:
    async def main() -> None:
        comments = await Comment.query().order_by("id").async_all()
        if backend() is None:
            with assert_queries(2, blog):
                assert [what(comment) for comment in comments] == WANTED
        else:
            assert comments[4].commentable is None
            with assert_queries(0, blog), pytest.raises(RelationNotLoaded, match=r"async_load\(Comment\.commentable\)"):
                _ = comments[0].commentable

    runner.run(main)


def test_from_the_other_side(blog: Database) -> None:
    with assert_queries(3, blog):
        posts = Post.query().with_("comments", "loud").order_by("id").all()
        assert [[comment.text for comment in post.comments] for post in posts] == [["d", "a!"], ["c"]]
        assert [[comment.text for comment in post.loud] for post in posts] == [["a!"], []]
        # each knows its own
        assert all(comment.commentable is post for post in posts for comment in [*post.comments, *post.loud])
    with assert_queries(2, blog):
        photos = Photo.query().with_("remark").order_by("id").all()
        assert [photo.remark and photo.remark.text for photo in photos] == ["b", None]
        assert photos[0].remark is not None and photos[0].remark.commentable is photos[0]
    with assert_queries(2, blog):
        comment = Comment.query().with_("commentable").where(commentable_type="picture").one()
        assert isinstance(comment.commentable, Photo) and comment.commentable.remark is comment
    assert [author.name for author in Post.query().with_("commenters").find(1).commenters] == ["ann"]
    assert posts[0].comments.query().pluck("text") == ["d", "a!"]
    assert Post.query().join("comments").where(Comment.text == "c").pluck("id") == [2]


def test_going_on(blog: Database) -> None:
    with assert_queries(5, blog):
        comments = Comment.query().with_("commentable.author").order_by("id").all()
        found = [comment.commentable and comment.commentable.author.name for comment in comments]
        assert found == ["ann", "ann", "bob", "ann", None]
    # only photos have a place, and only photos are there
    pictures = Comment.query().where(commentable_type="picture").with_("commentable.place").all()
    assert [isinstance(each.commentable, Photo) and each.commentable.place is not None for each in pictures] == [True]
    with pytest.raises(UnknownRelation, match=r"a record of Post is among .*Post has no relation 'place'"):
        Comment.query().with_("commentable.place").all()
    with assert_queries(0, blog), pytest.raises(UnknownRelation, match="'auhtor'; did you mean 'author'"):
        Comment.query().with_("commentable.auhtor").all()


def test_narrowing(blog: Database) -> None:
    comments = Comment.query().with_(("commentable", lambda query: query.where(author_id=2))).order_by("id").all()
    assert [what(comment) for comment in comments] == [None, None, ("Post", 2), None, None]


def test_what_a_narrowing_function_loads_along(blog: Database) -> None:
    with assert_queries(5, blog):
        found = Comment.query().with_(("commentable", lambda query: query.with_("author"))).order_by("id").all()
        names = [each.commentable and each.commentable.author.name for each in found]
    assert names == ["ann", "ann", "bob", "ann", None]
    assert found[0].commentable is found[3].commentable


def test_assigning(blog: Database) -> None:
    post, photo = Post.find(2), Photo.find(2)
    comment = Comment(text="new", commentable=photo)
    assert (comment.commentable_type, comment.commentable_id) == ("picture", 2)
    assert comment.commentable is photo
    comment.save()
    comment.commentable = post
    assert comment.changes == {"commentable_type": ("picture", "Post")}
    assert comment.commentable is post
    comment.save()
    assert what(Comment.find(comment.id)) == ("Post", 2)
    comment.commentable = None
    assert (comment.commentable_type, comment.commentable_id, comment.commentable) == (None, None, None)
    anything: Any = comment
    for wrong in (Author.find(1), 5, "Post"):
        with pytest.raises(UsageError, match=r"Comment.commentable takes a Post or Photo, got \w+"):
            anything.commentable = wrong
    assert comment.commentable_type is None
    # what was loaded is of another key
    comment.commentable_type, comment.commentable_id = "Post", 1
    assert what(comment) == ("Post", 1)


def test_a_name_that_no_model_has(blog: Database) -> None:
    Comment.create(text="x", commentable_type="Pots", commentable_id=1)
    with (
        assert_queries(1, blog),
        pytest.raises(UnknownType, match=r"names 'Pots' in its column 'commentable_type'.*'Post'"),
    ):
        Comment.query().with_("commentable").all()
    with pytest.raises(DataError):
        _ = Comment.query().where(text="x").one().commentable
    # the class's name is not what rows call it
    Comment.query().where(text="x").update_all(commentable_type="Photo")
    with pytest.raises(UnknownType, match="'Photo'"):
        Comment.query().with_("commentable").all()


def test_nothing_is_asked_along_it(blog: Database) -> None:
    comment = Comment.find(1)
    assert [each.id for each in comment.__mapper__.relation("commentable").query_of(comment).all()] == [1]  # type: ignore[attr-defined]
    with (
        assert_queries(0, blog),
        pytest.raises(QueryError, match=r"leads to records of several models.*join one model"),
    ):
        Comment.query().join("commentable").all()
    with assert_queries(0, blog), pytest.raises(QueryError, match="leads to records of several models"):
        Comment.query().where_has("commentable").all()
    condition = (Comment.commentable_id == Post.id) & (Comment.commentable_type == "Post")
    assert Comment.query().join(Post, condition).count() == 3


def test_declarations_that_cannot_work(configured: str) -> None:
    class Seat(ActiveRecord):
        __table_name__ = "pm_seats"
        row: Column[int] = column(primary_key=True)
        number: Column[int] = column(primary_key=True)
        notes: HasMany["Note"] = has_many(as_="about")
        others: HasMany["Note"] = has_many(as_="author")
        strays: HasMany["Note"] = has_many(as_="abuot")

    class Note(ActiveRecord):
        __table_name__ = "pm_notes"
        id: Column[int] = column(primary_key=True)
        about_id: Column[int]
        about_type: Column[str]
        author_id: Column[int]
        author: BelongsTo[Author] = belongs_to()
        about: BelongsTo["Seat | Author"] = belongs_to(polymorphic=True)
        untyped: BelongsTo["Seat | Author"] = belongs_to(
            polymorphic=True, foreign_key="about_id", type_column="abuot_type"
        )
        nobody: BelongsTo["Author | Authro"] = belongs_to(  # type: ignore[name-defined]  # noqa: F821
            polymorphic=True, foreign_key="about_id", type_column="about_type"
        )
        somebody: BelongsTo[Author] = belongs_to(polymorphic=True, foreign_key="about_id", type_column="about_type")

    class Twin(ActiveRecord):
        __table_name__ = "pm_twins"
        id: Column[int] = column(primary_key=True)
        notes: HasMany["Note"] = has_many(as_="somebody")

    create_tables(Author, Seat, Note, Twin)
    for model, name, message in (
        (Note, "about", "Note.about is polymorphic and goes by one column, and the key of Seat is of 2"),
        (Note, "untyped", "goes by the column 'abuot_type' of Note, which does not exist; did you mean 'about_type'"),
        (Note, "nobody", "no model is called so; did you mean 'Author'"),
        (Seat, "others", "Seat.others goes by Note.author, which is not polymorphic"),
        (Seat, "strays", "Note has no relation 'abuot'; did you mean 'about'"),
        (Twin, "notes", "Note.somebody leads to Author, not to Twin: name it in the annotation"),
    ):
        with pytest.raises(UnknownRelation, match=message):
            model.query().with_(name).all()
    author = Author.create(name="x")
    Note.create(about_id=author.id, about_type="Author", author_id=author.id)
    assert Note.query().with_("somebody").one().somebody == author
    with pytest.raises(UsageError, match=r"leads to Seat or Author: .*belongs_to\(polymorphic=True\)"):

        class Wrong(ActiveRecord):  # pyright: ignore[reportUnusedClass]
            id: Column[int] = column(primary_key=True)
            about: BelongsTo["Seat | Author"] = belongs_to()

    with pytest.raises(UsageError, match="leave references out"):
        belongs_to(references="id", polymorphic=True)
    with pytest.raises(UsageError, match="type_column is for polymorphic relations"):
        belongs_to(type_column="kind")
    with pytest.raises(UsageError, match="as_ names a relation that knows its columns"):
        has_many(as_="about", foreign_key="x")


class Album(Undeclared):
    __table_name__ = "Album"
    __connection__ = "chinook"


class Artist(Undeclared):
    __table_name__ = "Artist"
    __connection__ = "chinook"
    likes: HasMany["Like"] = has_many(as_="liked")


class Like(Undeclared):
    __table_name__ = "Likes"
    __connection__ = "chinook"
    liked: BelongsTo["Album | Artist"] = belongs_to(polymorphic=True, foreign_key="LikedId", type_column="Kind")


def test_of_undeclared_models(cell: Cell, tmp_path: Path, runner: Runner) -> None:
    sample("chinook").configure(cell, tmp_path)

    async def main() -> None:
        place = Like.__mapper__.database()
        quoted = "`Likes`" if cell.engine == "mysql" else '"Likes"'
        columns = "`LikedId` INTEGER, `Kind` VARCHAR(9)".replace("`", "`" if cell.engine == "mysql" else '"')
        await place.execute_text(f"CREATE TABLE {quoted} ({columns})", writes=True)
        await Like.async_insert_all([{"LikedId": 1, "Kind": "Album"}, {"LikedId": 1, "Kind": "Artist"}])
        likes = await Like.query().with_("liked").order_by("Kind").async_all()
        assert [each.liked.attributes.get("Name") or each.liked.Title for each in likes] == [
            "For Those About To Rock We Salute You",
            "AC/DC",
        ]
        artist = await Artist.query().with_("likes").async_find(1)
        assert artist.likes[0].liked is artist
        await place.execute_text(f"DROP TABLE {quoted}", writes=True)

    runner.run(main)
