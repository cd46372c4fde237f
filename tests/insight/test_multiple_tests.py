"""Changes that are shown side by side."""

from __future__ import annotations

import pytest

from plugin.insight.changes import correct_for_multiple_tests
from plugin.model import Change, ChangeVerdict

WORSE, SAME = ChangeVerdict.WORSE, ChangeVerdict.SAME


@pytest.mark.parametrize(
    ("chances", "held"),
    [
        ([0.01], [True]),
        ([0.011], [False]),
        ([0.005, 0.5], [True, False]),
        ([0.006, 0.5], [False, False]),
        ([0.01, 0.01], [True, True]),
        ([0.5, 0.01, 0.005], [False, False, False]),
        ([0.004, 0.006, 0.01], [True, True, True]),
    ],
)
def test_a_change_holds_beside_others_as_benjamini_and_hochberg_say(chances: list[float], held: list[bool]) -> None:
    """The chance at rank k of n is at most k/n of one in a hundred, or a larger one is at its rank."""
    changes = [Change(1, 2, chance, WORSE) for chance in chances]
    assert [change.verdict for change in correct_for_multiple_tests(changes)] == [
        WORSE if one else SAME for one in held
    ]
