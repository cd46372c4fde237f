"""What a release changed."""

from __future__ import annotations

import random

import pytest

from plugin.histogram import Histogram
from plugin.insight.releases import CommandFigures, ErrorFigures, ReleaseFigures, compare_releases
from plugin.model import CommandKey, CommandKind, FindingKind

MS = 1_000_000
KEY_ERROR = "KeyError in shop.py, buy"


def key(name: str) -> CommandKey:
    """A slash command."""
    return CommandKey(CommandKind.SLASH, name, None)


def figures(ok: int = 1000, errors: int = 0, typical_ms: float = 100, seed: int = 0) -> CommandFigures:
    """A command whose durations lie within a third of the typical one."""
    chance, durations = random.Random(seed), Histogram()
    for _ in range(ok + errors):
        durations.record(int(typical_ms * MS * chance.uniform(2 / 3, 4 / 3)))
    return CommandFigures(ok, errors, durations)


def release(name: str, errors: int = 0, **commands: CommandFigures) -> ReleaseFigures:
    """A release with so many occurrences of one error."""
    by_key = {key(command): value for command, value in (commands or {"ping": figures()}).items()}
    return ReleaseFigures(name, by_key, {"k": ErrorFigures(KEY_ERROR, errors)} if errors else {})


def sentences(*releases: ReleaseFigures) -> list[str]:
    """What is said."""
    return [finding.sentence for finding in compare_releases(releases)]


@pytest.mark.parametrize("releases", [(), (release("1.0"),), (release("1.0"), release("1.1"))], ids=len)
def test_nothing_to_say(releases: tuple[ReleaseFigures, ...]) -> None:
    """A first release, and one that changed nothing, make no finding."""
    assert compare_releases(releases) == []


def test_slower_command_is_said() -> None:
    """A p95 that rose is a finding with both values."""
    (finding,) = compare_releases([release("1.4.1"), release("1.4.2", ping=figures(typical_ms=400))])
    assert (finding.kind, finding.subject) == (FindingKind.SLOWER, "/ping")
    assert finding.sentence == "/ping: p95 130 ms → 520 ms since 1.4.2"


def test_failing_command_is_said() -> None:
    """An error rate that rose is a finding with both rates in percent, and so is one that fell."""
    well, ill = release("1.4.1", ping=figures(996, 4)), release("1.4.2", ping=figures(875, 125))
    assert sentences(well, ill) == ["/ping: fails 0.4 % → 12.5 % since 1.4.2"]
    assert sentences(ill, well) == ["/ping: fails 12.5 % → 0.4 % since 1.4.1"]


def test_worst_comes_first_and_the_list_is_bounded() -> None:
    """Failures come before slowness and both before good news, the greater change first."""
    before = release("1", a=figures(), b=figures(), c=figures(), d=figures(900, 100))
    slow, slower, failing = figures(typical_ms=200), figures(typical_ms=300), figures(900, 100)
    after = release("2", a=slow, b=slower, c=failing, d=figures())
    found = compare_releases([before, after])
    assert [finding.subject for finding in found] == ["/c", "/b", "/a", "/d"]
    assert compare_releases([before, after], limit=2) == found[:2]


def test_command_of_one_release_is_not_compared() -> None:
    """A command that is new or gone has nothing to be held against."""
    assert sentences(release("1", old=figures(0, 1000)), release("2", new=figures(0, 1000))) == []


def test_many_commands_that_stay_make_no_finding() -> None:
    """Among 200 commands called a hundred times each, none of which changed, nothing is found."""
    before, after = (
        release(str(n), **{f"c{i}": figures(95, 5, seed=1000 * n + i) for i in range(200)}) for n in (1, 2)
    )
    assert sentences(before, after) == []


def test_new_error_is_said() -> None:
    """An error that no release before has seen is new."""
    assert sentences(release("1"), release("2", 12)) == [f"{KEY_ERROR}: new in 2 (12 times)"]


def test_error_that_is_back_is_said() -> None:
    """An error that was gone for a release names the one that saw it last."""
    story = [release("1", 5), release("2", 12), release("3"), release("4", 12)]
    assert sentences(*story) == [f"{KEY_ERROR}: back in 4 (12 times), last seen in 2"]


def test_error_that_is_gone_is_said() -> None:
    """An error that the release before saw, and this one did not, is gone."""
    assert sentences(release("1", 12), release("2")) == [f"{KEY_ERROR}: gone since 2 (12 times in 1)"]


@pytest.mark.parametrize(
    ("before", "after", "count", "said"),
    [(1000, 1000, 6, False), (1000, 1000, 7, True), (1000, 5, 1, True), (5, 1000, 50, False), (0, 1000, 500, False)],
)
def test_silence_counts_by_how_long_it_was(before: int, after: int, count: int, said: bool) -> None:
    """One occurrence is news after a long silence; many are not where the release before was hardly used."""
    releases = release("1", ping=figures(before)), release("2", count, ping=figures(after))
    assert bool(compare_releases(releases)) is said


def test_error_that_stays_is_not_said() -> None:
    """An error of both releases is neither new nor gone."""
    assert sentences(release("1", 12), release("2", 15)) == []
