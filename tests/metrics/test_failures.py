"""Failures of one command, grouped and bounded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from plugin.metrics.failures import OTHER_REASONS, DenialTable, ErrorTable
from plugin.model import ErrorGroup, Place

kinds = st.lists(st.integers(0, 20).map(str), max_size=100)


def group(kind: str, at: float) -> ErrorGroup:
    """One failure of a kind."""
    return ErrorGroup(kind, Place("bot.py", "fail", 1), 1, at, at)


def test_failures_of_one_type_and_place_are_one_group() -> None:
    """A group counts its failures and knows the first and the last of them."""
    table = ErrorTable()
    for at in (1.0, 2.0, 5.0):
        table.add(group("E", at))
    assert table.newest() == (ErrorGroup("E", Place("bot.py", "fail", 1), 3, 1.0, 5.0),)


def test_another_line_is_another_group() -> None:
    """The same exception from two lines is two groups, the newer first."""
    table = ErrorTable()
    table.add(group("E", 1.0))
    table.add(ErrorGroup("E", Place("bot.py", "fail", 2), 1, 2.0, 2.0))
    assert [found.place.line for found in table.newest()] == [2, 1]


@given(kinds)
def test_the_error_groups_seen_last_are_kept(seen: list[str]) -> None:
    """However many kinds of failure there are, those seen last are kept, newest first."""
    table = ErrorTable()
    for at, kind in enumerate(seen):
        table.add(group(kind, float(at)))
    assert [found.type for found in table.newest()] == list(dict.fromkeys(reversed(seen)))[:10]


@given(kinds)
def test_denials_are_counted_even_beyond_the_bound(seen: list[str]) -> None:
    """No denial is lost: what finds no room is counted under one name, and the table stays small."""
    table = DenialTable()
    for kind in seen:
        table.add(kind)
    found = table.most_frequent()
    assert sum(denials.count for denials in found) == len(seen)
    assert len(found) == min(len(set(seen)), 11)
    assert [denials.count for denials in found] == sorted((denials.count for denials in found), reverse=True)
    assert all(denials.count == seen.count(denials.reason) for denials in found if denials.reason != OTHER_REASONS)


def test_ten_reasons_of_denial_have_counts_of_their_own() -> None:
    """Further ones share one, also where one of them comes again; a known one never does."""
    table = DenialTable()
    for kind in (*map(str, range(12)), "11", "9"):
        table.add(kind)
    found = {denials.reason: denials.count for denials in table.most_frequent()}
    assert found == {**{str(kind): 1 for kind in range(9)}, "9": 2, OTHER_REASONS: 3}
