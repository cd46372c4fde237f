"""What an update changed, from what history kept of the releases: of commands, and what became of each error."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from plugin.conclusions import ErrorReview, ErrorState, ReleaseReview
from plugin.insight.releases import CommandFigures, ErrorFigures, ReleaseFigures, compare_releases, telling
from plugin.model import CommandDelta, ErrorHistory, FindingKind, Outcome, Place, ReleaseSeen
from plugin.words import label

OF_ERRORS = (FindingKind.NEW_ERROR, FindingKind.REGRESSED_ERROR, FindingKind.GONE_ERROR)
ALL = 10_000


class Ran(NamedTuple):
    """What history kept of one release, or of one span of time."""

    commands: Sequence[CommandDelta]
    errors: Sequence[ErrorHistory]

    @property
    def judged(self) -> int:
        """How many invocations ended `ok` or `error`."""
        return sum(command.outcomes[Outcome.OK] + command.outcomes[Outcome.ERROR] for command in self.commands)


def review_release(before: tuple[ReleaseSeen, Ran], after: tuple[ReleaseSeen, Ran]) -> ReleaseReview:
    """What the later of two releases changed in commands: only what holds up, worst first."""
    figures = [_figures(seen.name, ran) for seen, ran in (before, after)]
    findings = tuple(finding for finding in compare_releases(figures, ALL) if finding.kind not in OF_ERRORS)
    return ReleaseReview(after[0].name, after[0].first_seen, before[0].name, findings)


def review_errors(before: Ran, after: Ran, is_new: Callable[[ErrorHistory], bool]) -> tuple[ErrorReview, ...]:
    """Every error group of two spans (or releases) with what has become of it, the worst and most frequent first.

    That one is back, or gone, takes a silence that is more than luck; one that was silent for too few invocations to
    tell is ongoing where it occurs, and left out where it does not.
    """
    reviews = sorted(_reviews(before, after, is_new), key=lambda review: (review.state, -review.occurrences))
    return tuple(reviews)


def _reviews(before: Ran, after: Ran, is_new: Callable[[ErrorHistory], bool]) -> Iterator[ErrorReview]:
    known, met = set(map(_identity, before.errors)), set(map(_identity, after.errors))
    for group in after.errors:
        if is_new(group):
            state = ErrorState.NEW
        elif _identity(group) not in known and telling(group.count, after.judged, before.judged):
            state = ErrorState.REGRESSED
        else:
            state = ErrorState.ONGOING
        yield _review(group, state)
    for group in before.errors:
        if _identity(group) not in met and telling(group.count, before.judged, after.judged):
            yield _review(group, ErrorState.GONE)


def _review(group: ErrorHistory, state: ErrorState) -> ErrorReview:
    commands = tuple(map(label, group.commands))
    return ErrorReview(state, group.type, group.place, group.count, group.first_seen, group.last_seen, commands)


def _figures(release: str, ran: Ran) -> ReleaseFigures:
    commands = {
        command.key: CommandFigures(command.outcomes[Outcome.OK], command.outcomes[Outcome.ERROR], command.durations)
        for command in ran.commands
    }
    errors = {str(_identity(group)): ErrorFigures(group.type, group.count) for group in ran.errors}
    return ReleaseFigures(release, commands, errors)


def _identity(group: ErrorHistory) -> tuple[str, Place | None]:
    """What stays the same where lines are moved."""
    return group.type, group.place and group.place._replace(line=0)
