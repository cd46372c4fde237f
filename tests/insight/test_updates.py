"""What an update changed, out of what history kept."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from plugin.histogram import Histogram
from plugin.insight.updates import Ran, Update, last_update, review_errors, review_release
from plugin.model import CommandDelta, CommandKey, CommandKind, ErrorHistory, FindingKind, Place, StartSeen
from plugin.model.past import ErrorState

MS = 1_000_000
BUY = CommandKey(CommandKind.SLASH, "shop buy", "shop")
UPDATE = Update("1.4.2", 500, "1.4.1", 0)


def command(ok: int = 1000, error: int = 0, each_ms: int = 10) -> CommandDelta:
    """Invocations that took equally long."""
    durations = Histogram()
    for _ in range(ok + error):
        durations.record(each_ms * MS)
    return CommandDelta(BUY, (ok, 0, error, 0), (ok + error) * each_ms * MS, durations, Histogram())


def ran(commands: Sequence[CommandDelta], errors: Sequence[ErrorHistory] = ()) -> Ran:
    """What was kept of a release that had these commands only."""
    return Ran(sum(delta.outcomes[0] + delta.outcomes[2] for delta in commands), commands, errors)


def group(kind: str = "KeyError", count: int = 12, line: int = 7, first: float = 0) -> ErrorHistory:
    """Failures of one command."""
    return ErrorHistory(kind, Place("shop.py", "buy", line), count, first, 900, "1.4.1", "1.4.2", (BUY,))


def states(before: Ran, after: Ran) -> list[tuple[str, ErrorState]]:
    """Type and state of each review; new is what was first seen after the update."""
    return [(review.type, review.state) for review in review_errors(before, after, lambda seen: seen.first_seen >= 500)]


def starts(story: str) -> list[StartSeen]:
    """Starts, one a second: `a1 a2` is release `a` on instance 1, then on instance 2."""
    return [StartSeen(at, word[1], word[0]) for at, word in enumerate(story.split())]


@pytest.mark.parametrize(
    ("story", "release", "since", "before"),
    [
        ("a1 a1 b1", "b", 2, "a"),
        ("a1 b1 b1 c1 c1", "c", 3, "b"),
        ("a1 b1 a1", "a", 2, "b"),
        ("a1 b1 b1 a1 a1", "a", 3, "b"),
        ("a1 a2 b1 a2 b2", "b", 2, "a"),
    ],
    ids=["an update", "the last of several", "back again", "back for a while", "one instance after the other"],
)
def test_the_last_update(story: str, release: str, since: float, before: str) -> None:
    """What runs now is held against what ran before it, since its first start after that."""
    found = last_update(starts(story))
    assert found is not None
    assert (found.release, found.since, found.before) == (release, since, before)


@pytest.mark.parametrize("story", ["", "a1", "a1 a2 a1"], ids=["nothing", "one start", "restarts"])
def test_without_another_release_there_is_no_update(story: str) -> None:
    """Restarts of the same release are no update."""
    assert last_update(starts(story)) is None


def test_commands_are_held_against_the_release_before() -> None:
    """A command that became slower is found, with both releases named."""
    review = review_release(UPDATE, ran([command()]), ran([command(each_ms=400)]))
    assert (review.release, review.before, review.since) == ("1.4.2", "1.4.1", 500)
    (finding,) = review.findings
    assert finding.kind is FindingKind.SLOWER
    assert finding.sentence.startswith("/shop buy: p95 ")


def test_every_error_has_a_state_worst_first() -> None:
    """New, back again, ongoing and gone are told apart, whatever line they moved to."""
    before = ran([command()], [group("Ongoing", line=3), group("Gone")])
    after = ran([command()], [group("Ongoing"), group("Back", 20), group("New", first=600), group("Often", 90, 1, 700)])
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
    silent, loud = ran([command(judged)]), ran([command()], [group()])
    assert states(silent, loud) == [("KeyError", ErrorState.REGRESSED if said else ErrorState.ONGOING)]
    assert states(loud, silent) == ([("KeyError", ErrorState.GONE)] if said else [])
