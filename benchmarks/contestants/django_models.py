"""Django's models of the data's tables. It is imported once Django has been set up."""

from django.db import connections, models
from django.db.models import Avg, Prefetch
from django.db.transaction import atomic

__all__ = [
    "Account",
    "Actor",
    "Author",
    "Avg",
    "Book",
    "Direction",
    "Entry",
    "Event",
    "Fortune",
    "Journal",
    "Movie",
    "Page",
    "Person",
    "Prefetch",
    "Reading",
    "Review",
    "Sample",
    "User",
    "World",
    "atomic",
    "connections",
]


class Journal(models.Model):
    id = models.AutoField(primary_key=True)
    timestamp = models.DateTimeField()
    level = models.IntegerField(db_index=True)
    text = models.CharField(max_length=255, db_index=True)

    class Meta:
        app_label = "benchmarks"
        db_table = "journal"
        managed = False


class Entry(models.Model):
    id = models.AutoField(primary_key=True)
    timestamp = models.DateTimeField()
    level = models.IntegerField(db_index=True)
    text = models.CharField(max_length=255, db_index=True)

    class Meta:
        app_label = "benchmarks"
        db_table = "entry"
        managed = False


class World(models.Model):
    id = models.AutoField(primary_key=True)
    randomnumber = models.IntegerField()

    class Meta:
        app_label = "benchmarks"
        db_table = "world"
        managed = False


class Fortune(models.Model):
    id = models.AutoField(primary_key=True)
    message = models.CharField(max_length=2048)

    class Meta:
        app_label = "benchmarks"
        db_table = "fortune"
        managed = False


class Reading(models.Model):
    id = models.AutoField(primary_key=True)
    name = models.CharField(max_length=80)
    value = models.FloatField()
    number = models.IntegerField()
    label = models.CharField(max_length=80)
    note = models.CharField(max_length=200, null=True)

    class Meta:
        app_label = "benchmarks"
        db_table = "reading"
        managed = False


class Author(models.Model):
    id = models.AutoField(primary_key=True)
    name = models.CharField(max_length=80)

    class Meta:
        app_label = "benchmarks"
        db_table = "author"
        managed = False


class Book(models.Model):
    id = models.AutoField(primary_key=True)
    author = models.ForeignKey(Author, models.CASCADE, related_name="books")
    title = models.CharField(max_length=80)

    class Meta:
        app_label = "benchmarks"
        db_table = "book"
        managed = False


class Page(models.Model):
    id = models.AutoField(primary_key=True)
    book = models.ForeignKey(Book, models.CASCADE, related_name="pages")
    text = models.CharField(max_length=80)

    class Meta:
        app_label = "benchmarks"
        db_table = "page"
        managed = False


class Sample(models.Model):
    id = models.AutoField(primary_key=True)
    name = models.CharField(max_length=80)
    value = models.FloatField()
    number = models.IntegerField()

    class Meta:
        app_label = "benchmarks"
        db_table = "sample"
        managed = False


class Account(models.Model):
    id = models.AutoField(primary_key=True)
    balance = models.IntegerField()

    class Meta:
        app_label = "benchmarks"
        db_table = "account"
        managed = False


class Event(models.Model):
    id = models.AutoField(primary_key=True)
    name = models.CharField(max_length=80)
    value = models.FloatField()

    class Meta:
        app_label = "benchmarks"
        db_table = "event"
        managed = False


class Person(models.Model):
    id = models.AutoField(primary_key=True)
    first_name = models.CharField(max_length=80)
    middle_name = models.CharField(max_length=80)
    last_name = models.CharField(max_length=80)
    image = models.CharField(max_length=80)
    bio = models.TextField()

    class Meta:
        app_label = "benchmarks"
        db_table = "person"
        managed = False


class Movie(models.Model):
    id = models.AutoField(primary_key=True)
    image = models.CharField(max_length=80)
    title = models.CharField(max_length=120)
    year = models.IntegerField()
    description = models.TextField()

    class Meta:
        app_label = "benchmarks"
        db_table = "movie"
        managed = False


class Direction(models.Model):
    id = models.AutoField(primary_key=True)
    list_order = models.IntegerField(null=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="directed")
    movie = models.ForeignKey(Movie, models.CASCADE, related_name="directions")

    class Meta:
        app_label = "benchmarks"
        db_table = "directors"
        managed = False


class Actor(models.Model):
    id = models.AutoField(primary_key=True)
    list_order = models.IntegerField(null=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="acted_in")
    movie = models.ForeignKey(Movie, models.CASCADE, related_name="actors")

    class Meta:
        app_label = "benchmarks"
        db_table = "actors"
        managed = False


class User(models.Model):
    id = models.AutoField(primary_key=True)
    name = models.CharField(max_length=80)
    image = models.CharField(max_length=80)

    class Meta:
        app_label = "benchmarks"
        db_table = "users"
        managed = False


class Review(models.Model):
    id = models.AutoField(primary_key=True)
    body = models.TextField()
    rating = models.IntegerField()
    creation_time = models.DateTimeField()
    author = models.ForeignKey(User, models.CASCADE, related_name="reviews")
    movie = models.ForeignKey(Movie, models.CASCADE, related_name="reviews")

    class Meta:
        app_label = "benchmarks"
        db_table = "review"
        managed = False
