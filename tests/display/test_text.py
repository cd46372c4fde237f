"""Text measured in display cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.display import text


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("plain", "plain"),
        ("```", "'''"),
        ("a\nb\tc", "a b c"),
        ("\u202egnp.exe", "gnp.exe"),
        ("zero\u200bwidth\u200d", "zerowidth"),
        ("\x1b[31mred", "[31mred"),
        ("", text.UNNAMED),
        ("\u3164\u2800", text.UNNAMED),
        ("e\u0301", "é"),
        ("Z\u0351\u0352\u0353\u0354a", "Z\u0353\u0354a"),
        ("⚠\ufe0f", "⚠"),
    ],
    ids=ascii,
)
def test_a_name_is_cleaned(given_name: str, shown: str) -> None:
    """Nothing invisible, no line break, no backtick and no heap of marks is left of a name."""
    assert text.clean(given_name) == shown


@pytest.mark.parametrize(
    ("measured", "width"), [("abc", 3), ("漢字", 4), ("e\u0301", 1), ("🟢", 2), ("\u2066a\u2069", 1)], ids=ascii
)
def test_cells_are_what_a_terminal_shows(measured: str, width: int) -> None:
    """A wide character takes two cells, a mark none."""
    assert text.cells(measured) == width


@pytest.mark.parametrize(
    ("clipped", "width", "shown"),
    [("abcdef", 6, "abcdef"), ("abcdefg", 6, "abcde…"), ("漢字漢字", 6, "漢字…"), ("漢字漢", 6, "漢字漢")],
    ids=ascii,
)
def test_clipping_counts_cells(clipped: str, width: int, shown: str) -> None:
    """A text is cut to its width in cells; no wide character is halved."""
    assert text.clip(clipped, width) == shown


def test_a_path_keeps_its_end() -> None:
    """Of a long path the file and line stay."""
    assert text.clip_start("services/market/client.py:41", 15) == "…t/client.py:41"
    assert text.clip_start("ab漢", 2) == "…"


@given(st.text(max_size=80), st.integers(2, 40))
def test_a_name_is_never_wider_than_asked(given_name: str, width: int) -> None:
    """Whatever the name, it fits its column."""
    limit = max(width, len(text.UNNAMED))
    assert text.cells(text.name(given_name, limit)) <= limit
    assert text.cells(text.clip_start(text.clean(given_name), width)) <= width


def test_right_to_left_names_are_isolated() -> None:
    """A right-to-left name cannot turn the line that it stands in."""
    assert text.name("שלום") == "\u2066שלום\u2069"
    assert text.name("hello") == "hello"


@pytest.mark.parametrize("phrase", ["**a**", "<@1>", "@everyone", "[a](b)", "||a||", "https://x"])
def test_phrases_are_escaped(phrase: str) -> None:
    """No markdown, mention or link comes to life in running text."""
    shown = text.escaped(phrase, 40)
    assert shown.replace("\\", "") == phrase
    assert all(shown[index - 1] == "\\" for index, sign in enumerate(shown) if sign in "*<@[]|:")


def test_a_value_stands_at_the_right_edge() -> None:
    """Label and value fill the line; a long label gives way."""
    assert text.spread("ab", "cd", 8) == "ab    cd"
    assert text.spread("abcdefgh", "cd", 8) == "abcd… cd"


def test_a_phrase_is_broken_at_spaces() -> None:
    """Words stay whole and a number stays with its unit."""
    assert text.wrapped("trade offer averages 3 s", "  ", 3, 14) == ["  trade offer", "  averages 3 s"]
    assert text.wrapped("it takes some 999 ms", "", 3, 16) == ["it takes some", "999 ms"]


@pytest.mark.parametrize(
    ("phrase", "shown"),
    [
        ("/shop buy fails 12.5 % (2 of 16)", ["/shop buy fails 12.5 %", "(2 of 16)"]),
        ("/meme fails 30 % (3 of 10)", ["/meme fails 30 % (3 of 10)"]),
        ("a (bracket that is too long for any line) b", ["a (bracket that is too long", "for any line) b"]),
        ("one that (never closes but goes on", ["one that (never closes but", "goes on"]),
    ],
)
def test_a_bracket_stays_together(phrase: str, shown: list[str]) -> None:
    """A line breaks before a bracket, not inside of it, where the bracket fits a line."""
    assert text.wrapped(phrase, "", 3, 28) == shown


def test_running_text_keeps_a_number_with_its_unit() -> None:
    """Where Discord breaks the line, it parts neither a number and its unit nor a short bracket."""
    assert text.unbroken("a b fails 5 % (1 of 20)") == "a b fails 5\xa0% (1\xa0of\xa020)"


@pytest.mark.parametrize(
    ("rows", "shown"),
    [(["a", "b"], ["a", "b"]), (["a", "b", "c"], ["a", "b", "c"]), (list("abcd"), ["a", "b", "… and 2 more"])],
    ids=len,
)
def test_a_single_row_is_not_cut(rows: list[str], shown: list[str]) -> None:
    """What is left is counted from two rows on; one is shown, since it takes no more room."""
    assert text.cut(rows, 2) == shown


def test_rows_are_counted_that_are_not_given() -> None:
    """Of many rows only the first need be drawn."""
    assert text.cut(["a", "b", "c"], 2, number=9) == ["a", "b", "… and 7 more"]


def test_a_long_phrase_is_clipped() -> None:
    """No more than the lines asked for; a word longer than a line is broken."""
    assert text.wrapped("abcdefghij klm nop", "", 2, 6) == ["abcdef", "ghij…"]


@given(st.text(max_size=200), st.integers(1, 4))
def test_wrapped_lines_fit(phrase: str, lines: int) -> None:
    """However a phrase is written, its lines fit and are no more than asked for."""
    shown = text.wrapped(phrase, "   ", lines)
    assert 1 <= len(shown) <= lines
    assert max(map(text.cells, shown)) <= text.LINE_CELLS
