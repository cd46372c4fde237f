"""What an update changed, out of what history kept."""

from __future__ import annotations

import pytest

from plugin.conclusions import ErrorState
from plugin.histogram import Histogram
from plugin.insight.updates import Ran, review_errors, review_release
from plugin.model import CommandDelta, CommandKey, CommandKind, ErrorHistory, FindingKind, Place, ReleaseSeen

MS = 1_000_000
BUY = CommandKey(CommandKind.SLASH, "shop buy", "shop")
OLD, NEW = ReleaseSeen("1.4.1", 0, 500), ReleaseSeen("1.4.2", 500, 1000)


def command(ok: int = 1000, error: int = 0, each_ms: int = 10) -> CommandDelta:
    """Invocations that took equally long."""
    durations = Histogram()
    for _ in range(ok + error):
        durations.record(each_ms * MS)
    return CommandDelta(BUY, (ok, 0, error, 0), (ok + error) * each_ms * MS, durations, Histogram())


def group(kind: str = "KeyError", count: int = 12, line: int = 7, first: float = 0) -> ErrorHistory:
    """Failures of one command."""
    return ErrorHistory(kind, Place("shop.py", "buy", line), count, first, 900, "1.4.1", "1.4.2", (BUY,))


def states(before: Ran, after: Ran) -> list[tuple[str, ErrorState]]:
    """Type and state of each review; new is what was first seen after the update."""
    return [(review.type, review.state) for review in review_errors(before, after, lambda seen: seen.first_seen >= 500)]


def test_commands_are_held_against_the_release_before() -> None:
    """A command that became slower is found, with both releases named."""
    review = review_release((OLD, Ran([command()], [])), (NEW, Ran([command(each_ms=400)], [])))
    assert (review.release, review.before, review.since) == ("1.4.2", "1.4.1", 500)
    (finding,) = review.findings
    assert finding.kind is FindingKind.SLOWER
    assert finding.sentence.startswith("/shop buy: p95 ")


def test_findings_are_about_commands_only() -> None:
    """Errors have reviews of their own."""
    assert review_release((OLD, Ran([command()], [])), (NEW, Ran([command()], [group()]))).findings == ()


def test_every_error_has_a_state_worst_first() -> None:
    """New, back again, ongoing and gone are told apart, whatever line they moved to."""
    before = Ran([command()], [group("Ongoing", line=3), group("Gone")])
    after = Ran([command()], [group("Ongoing"), group("Back", 20), group("New", first=600), group("Often", 90, 1, 700)])
    assert states(before, after) == [
        ("Often", ErrorState.NEW),
        ("New", ErrorState.NEW),
        ("Back", ErrorState.REGRESSED),
        ("Ongoing", ErrorState.ONGOING),
        ("Gone", ErrorState.GONE),
    ]


@pytest.mark.parametrize(("judged", "said"), [(1000, True), (5, False)], ids=["long", "short"])
def test_a_silence_counts_by_how_long_it_was(judged: int, said: bool) -> None:
    """With few invocations on the silent side, an error is neither back nor gone."""
    silent, loud = Ran([command(judged)], []), Ran([command()], [group()])
    assert states(silent, loud) == [("KeyError", ErrorState.REGRESSED if said else ErrorState.ONGOING)]
    assert states(loud, silent) == ([("KeyError", ErrorState.GONE)] if said else [])
