"""What an operator may write as the address of history, and that no password of it is ever repeated."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from plugin.history import StoreAddressError, StoreError, shown_address
from plugin.history.address import parse

SECRET = "s3cr3tWord"

SHAPES = (
    "postgresql://u:{}@h/db",
    "postgresql://u:a@{}@h/db",
    "postgresql://u:a/{}@h/db",
    "postgresql://u:12/{}@h/db",
    "postgresql://u:12?{}@h/db",
    "postgresql://u:12#{}@h/db",
    "postgresql://u:{}",
    "postgresql://u:{}/db",
    "postgresql://u:{}@h:x/db",
    "postgresql://u:a@h:{}/db",
    "postgresql://u%3A{}@h/db",
    "postgresql:/u:{}@h/db",
    "postgresql:u:{}@h/db",
    "postgresql//u:{}@h/db",
    "postgres:u:{}",
    "u:{}@h/db",
    "u:{}@h",
    "//u:{}@h/db",
    "/u:{}@h/db",
    "@u:{}@h/db",
    "{}@h/db",
    "u:{}",
    "u:/{}@h/db",
    "h:5432/db?password={}",
    "h/db?user=u&password={}",
    "postgresql://h/db?user=u&password={}",
    "postgresql://h/db?passwd={}",
    "postgresql://h/db?password=a&{}=1",
    "postgresql://h/db?password=a&b{}",
    "postgresql://h/db?sslmode={}",
    "postgresql://h/db?port={}",
    "postgresql://h/db?prepared_statement_cache_size={}",
    "mysql://u:{}@h/db",
    "jdbc:postgresql://u:{}@h/db",
    "http://u:{}@h/db",
    "sqlite://u:{}@h/db",
    "sqlite:///u:{}@h/db",
    "file:u:{}@h/db",
    '"postgresql://u:{}@h/db"',
    " postgresql://u:{}@h/db",
    "postgresql://u:{}@h/db\n",
    "psql postgresql://u:{}@h/db",
    "DATABASE_URL=postgresql://u:{}@h/db",
    "host=h user=u password={} dbname=db",
    "h;PWD={};UID=u",
    "PGPASSWORD={}",
    "sslpassword={} host",
    "AccountKey={};x",
    "//{}@h/db",
    "//u%3A{}@h/db",
    "/u:{}%40h/db",
    "u\N{FULLWIDTH COLON}{}\N{FULLWIDTH COMMERCIAL AT}h/db",
    "postgresql ://{}@h/db",
    '"postgresql://{}"',
    "h/db?sslkey={}",
)
"""How an address with a password may look, right or wrong."""


def said(address: str) -> str:
    """All that could be read anywhere about an address: what is shown, an error, and what the error came from."""
    try:
        read = parse(address)
        return f"{read.shown} {read.path} {shown_address(address)}"
    except StoreError as error:
        found = [str(error), repr(error)]
        cause: BaseException | None = error
        while cause is not None:
            found += [str(cause), repr(cause.args)]
            cause = cause.__cause__ or cause.__context__
        return " ".join(found)


SIGNS = "aZ9 :/?#%&=+;,[]\\'\"~!$*()|^{}é"


@pytest.mark.parametrize("shape", SHAPES)
def test_no_password_is_repeated(shape: str) -> None:
    """Whatever is wrong with an address, no part of its password is shown."""
    assert SECRET not in said(shape.format(SECRET))


@given(
    st.sampled_from(SHAPES),
    st.text(st.sampled_from(SIGNS), max_size=4),
    st.text(st.sampled_from(SIGNS + "@"), max_size=4),
)
def test_no_password_with_signs_in_it_is_repeated(shape: str, before: str, after: str) -> None:
    """Nor where it has signs that mean something in an address, raw as they are."""
    assume(not shape.startswith("{}") or before[:1] not in tuple("/.~"))  # which begins the path of a file
    assert SECRET not in said(shape.format(before + SECRET + after))


@given(st.text(st.characters(codec="utf-8"), max_size=6), st.text(st.characters(codec="utf-8"), max_size=6))
def test_a_password_that_is_percent_encoded_is_taken_whole(before: str, after: str) -> None:
    """Whatever characters it has, it comes to the driver, and nowhere else."""
    address = f"postgresql://u:{quote(before + SECRET + after, safe='')}@h/db"
    assert parse(address).server["password"] == before + SECRET + after
    assert SECRET not in said(address)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://u:a@s3cr3t@host/db",
        "postgresql://u:a?b@host/db",
        "postgresql:/u:pw@h/db",
        "u:pw@h/db",
        "//u:pw@h/db",
        "pw@host/db",
        "postgresql://u:pw@h/db?password=p@ss",
    ],
)
def test_an_address_that_cannot_be_read_says_how_to_write_it(address: str) -> None:
    """It is no file's name either, and the sentence says how a password is written."""
    with pytest.raises(StoreAddressError, match="percent-encode the password") as caught:
        parse(address)
    assert caught.value.__cause__ is None and caught.value.__context__ is None
    with pytest.raises(StoreAddressError):
        shown_address(address)


@pytest.mark.parametrize(
    ("written", "password"),
    [("pa%40ss", "pa@ss"), ("pa%2Fss", "pa/ss"), ("pa/ss", "pa/ss"), ("a:b#c d", "a:b#c d"), ("100%", "100%")],
)
def test_a_password_is_read_as_it_was_meant(written: str, password: str) -> None:
    """Percent-encoded, or raw where nothing else can be meant, as it always could be."""
    read = parse(f"postgresql://u:{written}@h/db")
    assert (read.server["password"], read.server["host"]) == (password, "h")
    assert read.shown == "postgresql://u:***@h/db"


@pytest.mark.parametrize(
    "path",
    ["golem.db", "data dir/golem.db", "/srv/bot@1/golem.db", "./a@b/golem.db", "bot@1.db", "~/golem.db", "golem"],
)
def test_the_path_of_a_file_is_taken(path: str) -> None:
    """A path may have signs that an address has, too, as long as it can be nothing else."""
    assert parse(path).path == parse(f"sqlite:///{path}").path == path


@pytest.mark.parametrize("mode", ["nonsense", "", "REQUIRE"])
def test_an_sslmode_that_is_none_names_those_there_are(mode: str) -> None:
    """The driver is not asked first: the setting is named with what it may be."""
    with pytest.raises(
        StoreAddressError, match="sslmode must be one of disable, allow, prefer, require, verify-ca, verify"
    ):
        parse(f"postgresql://h/db?sslmode={mode}")


def test_a_path_is_shown_where_the_working_directory_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where history goes can still be told, if only as it was written."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert shown_address("golem.db") == "golem.db"
    os.chdir(tmp_path)
