"""What became of a test alert, target by target."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import hikari

from plugin.display import numbers, text
from plugin.display.marks import MARKS, sign
from plugin.model import AlertTest, Severity

TITLE = "Test alert"
PROBLEM_CELLS = 120


def alert_test_begun(targets: int) -> hikari.Embed:
    """Shown while the alert is sent."""
    said = f"Sending to {numbers.plural(targets, 'target')} …"
    return hikari.Embed(title=TITLE, description=said, colour=MARKS[Severity.UNKNOWN].colour)


def alert_test_result(tests: Sequence[AlertTest], details: bool, note: str) -> hikari.Embed:
    """A line for each target; without `details`, nothing says where it is or why it refused."""
    severity = Severity.WARNING if any(one.problem for one in tests) else Severity.WELL
    embed = hikari.Embed(title=TITLE, description="\n".join(_lines(tests, details)), colour=MARKS[severity].colour)
    return embed.set_footer(note) if note else embed


def _lines(tests: Sequence[AlertTest], details: bool) -> Iterator[str]:
    numbered = Counter[str]()
    for one in tests:
        numbered[one.setting] += 1
        target = one.target if details else f"{one.setting} {numbered[one.setting]}"
        problem = text.escaped(one.problem, PROBLEM_CELLS) if details else "not taken"
        mark = sign(Severity.WARNING if one.problem else Severity.WELL)
        yield f"{mark} {text.inline(target)}: {problem if one.problem else 'taken'}"
