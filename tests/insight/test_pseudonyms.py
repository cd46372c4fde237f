"""Neutral names for many things."""

from __future__ import annotations

from plugin.insight.pseudonyms import Pseudonyms


def test_ten_thousand_of_a_kind_have_names() -> None:
    """All that come later have the same one; those that are known keep theirs, and other kinds have their own."""
    names = Pseudonyms()
    told = [names.of("error", number) for number in range(10_002)]
    assert told[:2] == ["error 1", "error 2"]
    assert told[9_999:] == ["error 10000", "another error", "another error"]
    assert names.of("error", 1) == "error 2" and names.of("release", "1.4") == "release 1"
