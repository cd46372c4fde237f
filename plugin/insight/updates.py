"""What an update changed, from what history kept of the releases: of commands, and what became of each error."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from plugin.insight.releases import CommandFigures, ReleaseFigures, compare_releases, telling
from plugin.model import CommandDelta, ErrorHistory, Outcome, Place, StartSeen
from plugin.model.past import ErrorReview, ErrorState, ReleaseReview
from plugin.words import label

ALL = 10_000


class Update(NamedTuple):
    """The last change of the release that runs."""

    release: str
    since: float
    """Unix time in seconds of its first start after the one before."""
    before: str
    before_since: float
    """Unix time in seconds of a start of the one before."""


class Ran(NamedTuple):
    """What history kept of one release, or of one span of time."""

    judged: int
    """How many invocations ended `ok` or `error`."""
    commands: Sequence[CommandDelta]
    """Those that were invoked most."""
    errors: Sequence[ErrorHistory]


def last_update(starts: Sequence[StartSeen]) -> Update | None:
    """The last update among the starts of a bot, oldest first; None where all known starts are of one release.

    While instances are updated one after the other, a start of the old release in between ends nothing; going back to
    an old release is an update like any other.
    """
    if not starts:
        return None
    first: dict[str, float] = {}
    for start in starts:
        first.setdefault(start.release, start.at)
    release = starts[-1].release
    broken = max((at for at, _, other in starts if first[other] > first[release]), default=-math.inf)
    since = min(at for at, _, other in starts if other == release and at > broken)
    before = next((start for start in reversed(starts) if start.at < since and start.release != release), None)
    if before is None:
        return None
    return Update(release, since, before.release, min(before.at, first[before.release]))


def review_release(update: Update, before: Ran, after: Ran) -> ReleaseReview:
    """What an update changed in commands: only what holds up, worst first."""
    figures = [_figures(update.before, before), _figures(update.release, after)]
    return ReleaseReview(update.release, update.since, update.before, tuple(compare_releases(figures, ALL)))


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
    return ReleaseFigures(release, commands, {})


def _identity(group: ErrorHistory) -> tuple[str, Place | None]:
    """What stays the same where lines are moved."""
    return group.type, group.place and group.place._replace(line=0)
