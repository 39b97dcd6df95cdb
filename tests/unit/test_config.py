"""A connection's configuration: read from dicts and URLs, refused by name, and silent about its password."""

import logging
import pickle
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activerecord import ConfigurationError
from activerecord.config import Configuration, count, one_of, positive_int, seconds, some_seconds, switch, text

SECRET = "hunter2-hunter2"


def test_a_dict() -> None:
    read = Configuration.read(
        "main",
        {
            "driver": "pgsql",
            "driver_type": "asyncpg",
            "host": "localhost",
            "port": "5432",
            "database": "myapp",
            "username": "user",
            "password": SECRET,
            "async_mode": True,
            "max_size": 3,
            "lock_timeout": "1.5",
            "application_name": "x",
        },
    )
    assert (read.name, read.engine, read.driver_type, read.host, read.port) == (
        "main",
        "pgsql",
        "asyncpg",
        "localhost",
        5432,
    )
    assert (read.database, read.username, read.password, read.async_mode) == ("myapp", "user", SECRET, True)
    assert (read.max_size, read.lock_timeout) == (3, 1.5)
    assert dict(read.options) == {"application_name": "x"}


def test_a_url() -> None:
    read = Configuration.read("main", "pgsql+asyncpg://us%40er:p%2Fw@db.example:5432/my%20app?max_size=3&x=1")
    assert (read.engine, read.driver_type, read.host, read.port) == ("pgsql", "asyncpg", "db.example", 5432)
    assert (read.username, read.password, read.database, read.max_size) == ("us@er", "p/w", "my app", 3)
    assert dict(read.options) == {"x": "1"}


@pytest.mark.parametrize(
    ("url", "database"),
    [
        ("sqlite:///shop.db", "shop.db"),
        ("sqlite:////var/shop.db", "/var/shop.db"),
        ("sqlite:///:memory:", ":memory:"),
        ("sqlite:///a%3Fb%23c.db", "a?b#c.db"),
        ("sqlite:///a%0Ab.db", "a\nb.db"),
    ],
)
def test_paths_in_urls(url: str, database: str) -> None:
    assert Configuration.read("main", url).database == database


def test_paths_may_be_paths() -> None:
    assert Configuration.read("main", {"driver": "sqlite", "database": Path("a.db")}).database == "a.db"


def test_none_means_not_given() -> None:
    assert Configuration.read("main", {"driver": "sqlite", "max_size": None, "user": None}).max_size == 10


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ("", "expected a URL"),
        ("shop.db", "expected a URL"),
        ("://x", "expected a URL"),
        ("sqlite://[::1/x", "cannot be read"),
        ("pgsql://h:port/x", "cannot be read"),
        ("pgsql://h:70000/x", "cannot be read"),
        ("sqlite:///a#b.db", "%23"),
        ("sqlite:///a?b.db", "%3F"),
        ("sqlite:///a\nb.db", "%0A"),
        ("sqlite:///a\tb.db", "%09"),
        ("sqlite:///x?database=y", "'database' is given twice"),
        ("sqlite:///x?a=1&a=2", "'a' is given twice"),
        ("sqlite:///x?max_size=0", "'max_size' takes a whole number above zero, got 0$"),
        ("sqlite:///x?max_size=-2", "'max_size' takes a whole number above zero, got -2$"),
        ("sqlite:///x?max_size=ten", "'max_size' takes a whole number above zero, got other text$"),
        ("sqlite:///x?max_size=-123456", "'max_size' takes a whole number above zero, got other text$"),
        ("sqlite:///x?acquire_timeout=-1.5", "'acquire_timeout' takes seconds, zero or more, got -1.5$"),
        ("sqlite:///x?max_size=" + "9" * 5000, "'max_size' takes a whole number above zero"),
        ("sqlite:///a%00b", "NUL"),
        ({"database": "x"}, "'driver' is missing"),
        ({"driver": "", "database": "x"}, "'driver' is missing"),
        ({"driver": 5}, "'driver' takes text, got 5"),
        ({"driver": "sqlite", 5: 1}, "keys are strings, got int"),
        ({"driver": "sqlite", "database": b"x"}, "'database' takes text, got bytes"),
        ({"driver": "sqlite", "database": "a\0b"}, "NUL"),
        ({"driver": "sqlite", "port": True}, "'port' takes a whole number above zero, got bool"),
        ({"driver": "sqlite", "port": -1}, "'port' takes a whole number above zero, got -1$"),
        ({"driver": "sqlite", "max_size": 1.5}, "'max_size' takes a whole number above zero, got 1.5$"),
        ({"driver": "sqlite", "acquire_timeout": -1}, "'acquire_timeout' takes seconds"),
        ({"driver": "sqlite", "acquire_timeout": float("nan")}, "'acquire_timeout' takes seconds"),
        ({"driver": "sqlite", "acquire_timeout": float("inf")}, "'acquire_timeout' takes seconds"),
        ({"driver": "sqlite", "acquire_timeout": 10**400}, "'acquire_timeout' takes seconds"),
        ({"driver": "sqlite", "acquire_timeout": True}, "'acquire_timeout' takes seconds"),
        ({"driver": "sqlite", "acquire_timeout": "soon"}, "'acquire_timeout' takes seconds"),
        ({"driver": "sqlite", "max_size": -(10**5000)}, "'max_size' takes a whole number above zero, got int$"),
        ({"driver": "sqlite", "async_mode": "maybe"}, "'async_mode' takes true or false"),
        ({"driver": "sqlite", "async_mode": 1}, "'async_mode' takes true or false"),
        (5, "expected a URL or a dict, got int"),
        (None, "expected a URL or a dict, got NoneType"),
        ([("driver", "sqlite")], "expected a URL or a dict, got list"),
    ],
)
def test_what_cannot_be_read(settings: Any, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told) as caught:
        Configuration.read("main", settings)
    assert "'main'" in str(caught.value)


def test_parsers() -> None:
    assert (positive_int("7"), seconds("0.5"), seconds(3), switch("ON"), switch("no"), text("a")) == (
        7,
        0.5,
        3.0,
        True,
        False,
        "a",
    )


def everything(error: BaseException) -> str:
    """All that an error, its context and its traceback may show."""
    chain: list[BaseException] = [error]
    while chain[-1].__context__ is not None:
        chain.append(chain[-1].__context__)
    return " ".join([*map(repr, chain), *("".join(traceback.format_exception(found)) for found in chain)])


BAD_URLS = [
    f"pgsql://user:{SECRET}@h:port/db",
    f"pgsql://user:{SECRET}/x@h/db",
    f"pgsql://user:12#{SECRET}@h/db",
    f"pgsql://user:12?{SECRET}@h/db",
    f"pgsql://user:{SECRET}@h/db?max_size=none",
    f"pgsql://user:{SECRET}@[h/db",
    f"pgsql://user:{SECRET}@h/db\n",
    f"user:{SECRET}@h/db",
]


@pytest.mark.parametrize("url", BAD_URLS)
def test_no_error_has_the_password(url: str) -> None:
    def read(given: str) -> None:
        Configuration.read("main", given)

    with pytest.raises(ConfigurationError) as caught:
        read(url)
    assert "hunter2" not in everything(caught.value)


def test_the_password_is_in_no_repr(caplog: pytest.LogCaptureFixture) -> None:
    read = Configuration.read("main", f"pgsql://user:{SECRET}@h/db?token={SECRET}")
    assert read.password == SECRET
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("x").debug("%s %r", read, [read])
    assert "hunter2" not in f"{read} {read!r} {caplog.text}"


def test_a_configuration_cannot_be_changed() -> None:
    read = Configuration.read("main", "sqlite:///x.db?journal_mode=wal")
    with pytest.raises(AttributeError):
        read.database = "y"  # type: ignore[misc]
    with pytest.raises(TypeError):
        read.options["x"] = 1  # type: ignore[index]
    with pytest.raises(TypeError):
        pickle.dumps(read.options)


@given(
    st.text() | st.dictionaries(st.text() | st.sampled_from(["driver", "database", "port"]), st.text() | st.integers())
)
def test_anything_is_read_or_refused(settings: Any) -> None:
    with suppress(ConfigurationError):
        Configuration.read("main", settings)


@given(st.text(), st.text(), st.text())
def test_what_is_quoted_in_a_url_comes_back(username: str, password: str, database: str) -> None:
    def quoted(part: str) -> str:
        return quote(part, safe="", errors="replace")

    url = f"pgsql://{quoted(username)}:{quoted(password)}@h/{quoted(database)}"
    try:
        read = Configuration.read("main", url)
    except ConfigurationError:
        assert "\0" in username + password + database
    else:
        plain = [part.encode(errors="replace").decode() for part in (username, password, database)]
        assert [read.username or "", read.password or "", read.database] == plain


MODES = one_of("verify-full", "OFF")


@pytest.mark.parametrize(
    ("parse", "value", "parsed"),
    [
        (count, 0, 0),
        (count, "0", 0),
        (count, "12", 12),
        (some_seconds, "0.5", 0.5),
        (MODES, "VERIFY_full", "verify-full"),
        (MODES, "off", "OFF"),
    ],
    ids=["zero", "its digit", "digits", "seconds", "a word", "a short word"],
)
def test_a_setting_is_read(parse: Any, value: Any, parsed: Any) -> None:
    assert parse(value) == parsed


@pytest.mark.parametrize(
    ("parse", "value", "takes"),
    [
        (count, -1, "zero or more"),
        (count, 0.0, "zero or more"),
        (count, False, "zero or more"),
        (count, "-1", "zero or more"),
        (count, "9" * 5000, "zero or more"),
        (some_seconds, 0, "more than zero"),
        (some_seconds, "soon", "more than zero"),
        (some_seconds, True, "more than zero"),
        (MODES, "verify", "one of verify-full, OFF"),
        (MODES, 1, "one of verify-full, OFF"),
    ],
    ids=["negative", "a float", "a bool", "minus", "long", "none", "a text", "true", "another word", "no word"],
)
def test_a_setting_is_refused(parse: Any, value: Any, takes: str) -> None:
    with pytest.raises(ValueError, match=takes):
        parse(value)


def test_a_secret_for_cursors() -> None:
    read = Configuration.read("main", {"driver": "sqlite", "cursor_secret": SECRET + "!"})
    assert read.cursor_secret == SECRET + "!"
    assert SECRET not in repr(read)
    assert Configuration.read("main", f"sqlite:///x.db?cursor_secret={SECRET}!").cursor_secret == SECRET + "!"
    assert Configuration.read("main", {"driver": "sqlite", "cursor_secret": None}).cursor_secret is None
    for wrong in SECRET, "", 5, b"0123456789abcdef":
        with pytest.raises(ConfigurationError, match="16 characters") as caught:
            Configuration.read("main", {"driver": "sqlite", "cursor_secret": wrong})
        assert SECRET not in "".join(traceback.format_exception(caught.value))
