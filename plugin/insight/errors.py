"""The state of each error: new with a release, first seen, regressed, ongoing, gone, Discord's."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from plugin.insight.changes import LEVEL
from plugin.model import (
    ActivityCourse,
    CommandCourse,
    CommandKey,
    CommandPoint,
    ErrorCourse,
    ErrorHistory,
    Origin,
    Outcome,
    Place,
)
from plugin.model.past import ErrorReview, ErrorState
from plugin.words import label

HOUR_S = 3600
DISCORDS = frozenset(
    {
        "hikari.errors.InternalServerError",
        "hikari.errors.HTTPError",
        "hikari.errors.HTTPResponseError",
        "hikari.errors.GatewayError",
        "hikari.errors.GatewayTransportError",
        "hikari.errors.GatewayConnectionError",
        "hikari.errors.GatewayServerClosedConnectionError",
    }
)
"""hikari's errors for Discord's 5xx, timeouts and lost connections (from its `errors` and `rest`)."""
OF_THE_NETWORK = frozenset(
    {"TimeoutError", "asyncio.exceptions.TimeoutError", "ConnectionError", "ConnectionResetError", "OSError"}
)
NETWORK_PACKAGES = ("aiohttp.", "hikari.errors.")
"""Further types that an outage of Discord causes, but other faults too."""
AN_OUTAGE = 3
"""Errors of Discord in one hour that count as an outage."""
IN_OUTAGES = 0.8
"""The share of an error's failures in hours of outages from which it counts as Discord's."""

TOO_LATE = 0.1
"""An error of a release comes later than this by its rate in one of ten cases; later ones are not called new."""


class Span(NamedTuple):
    """What history kept of the errors of one release, or of one span of time."""

    judged: int
    """How many invocations ended `ok` or `error`."""
    errors: Sequence[ErrorCourse]


class Since(NamedTuple):
    """The moment since which an error can be new, and how much ran around it."""

    at: float
    """Unix time in seconds: of an update, or of a day ago."""
    is_update: bool
    judged_before: int
    """Invocations that ended `ok` or `error` before it, since history began."""
    after: ActivityCourse
    """All commands since then."""


def origin(course: ErrorCourse) -> Origin:
    """The origin of an error group, by its type."""
    kind = course.group.type
    if course.origin is not None:
        return course.origin
    if kind in DISCORDS:
        return Origin.DISCORD
    return Origin.NETWORK if kind in OF_THE_NETWORK or kind.startswith(NETWORK_PACKAGES) else Origin.BOT


def review_errors(before: Span, after: Span, since: Since) -> tuple[ErrorReview, ...]:
    """Every error group of two spans (or releases) with what has become of it, the worst and most frequent first.

    That one is new, back, or gone takes a silence that is more than luck (see `telling`); failures of one hour count
    once, since they come in clumps. Of one that is met for the first time after an update the moment tells too: a fault
    of the release begins with it. Else it is `FIRST_SEEN`. Discord's errors are never the release's.
    """
    reviews = sorted(_reviews(before, after, since), key=lambda review: (review.state, -review.occurrences))
    return tuple(reviews)


def _reviews(before: Span, after: Span, since: Since) -> Iterator[ErrorReview]:
    known, met = ({_identity(course.group) for course in span.errors} for span in (before, after))
    outages = outage_hours(after.errors)
    for course in after.errors:
        group, hours = course.group, _hours(course)
        if of_discord(course, outages):
            state = ErrorState.DISCORDS
        elif group.first_seen >= since.at:
            state = ErrorState.NEW if _is_new(group, hours, after.judged, since) else ErrorState.FIRST_SEEN
        elif _identity(group) not in known and telling(hours, after.judged, before.judged):
            state = ErrorState.REGRESSED
        else:
            state = ErrorState.ONGOING
        yield _review(group, state)
    outages = outage_hours(before.errors)
    for course in before.errors:
        gone = _identity(course.group) not in met and not of_discord(course, outages)
        if gone and telling(_hours(course), before.judged, after.judged):
            yield _review(course.group, ErrorState.GONE)


def telling(clumps: int, exposed: int, silent: int) -> bool:
    """Whether a silence is significant: all clumps would fall on one side by chance in at most 1 % of cases."""
    return silent > 0 and (exposed / (exposed + silent)) ** clumps <= LEVEL


def _is_new(group: ErrorHistory, hours: int, ran: int, since: Since) -> bool:
    """Whether an error that was first seen after a moment began with it.

    Were it as old as history, its clumps would lie anywhere: the chance that all of them lie after the moment, and the
    first so near to it, is at most 1 %. After an update it must also have come as soon as its rate lets expect: `hours`
    with failures while `ran` invocations.
    """
    after = judged(since.after)
    if not since.judged_before or not after or not ran:
        return False
    if not since.is_update:
        return telling(hours, after, since.judged_before)
    whole = since.judged_before + after
    near = max(1, _judged_by(since.after, group.first_seen))
    chance = (after / whole) ** hours - ((after - near) / whole) ** hours
    return chance <= LEVEL and math.exp(-hours * near / ran) > TOO_LATE


def judged(course: ActivityCourse) -> int:
    """How many invocations ended `ok` or `error`."""
    return sum(point.outcomes[Outcome.OK] + point.outcomes[Outcome.ERROR] for point in course.points)


def _judged_by(course: ActivityCourse, moment: float) -> int:
    """The most invocations that can have ended by a moment.

    Where in its step one ended is not kept; what ended between two cuts is filed in the step of the first.
    """
    return judged(course._replace(points=tuple(point for point in course.points if point.at <= moment)))


def without_discords(key: CommandKey, course: CommandCourse, errors: Iterable[ErrorCourse]) -> list[CommandPoint]:
    """The steps of a command without Discord's errors; `errors` has the same steps."""
    errors = list(errors)
    outages, discords = outage_hours(errors), Counter[int]()
    for group in errors:
        if of_discord(group, outages):
            for point in group.points:
                if point.command == key:
                    discords[point.at] += point.count
    return [_less(point, discords[point.at]) if point.at in discords else point for point in course.points]


def _less(point: CommandPoint, errors: int) -> CommandPoint:
    ok, denied, error, cancelled = point.outcomes
    return point._replace(outcomes=(ok, denied, max(0, error - errors), cancelled))


def outage_hours(errors: Iterable[ErrorCourse]) -> Collection[int]:
    """Hours in which so many errors were Discord's that other failures of the network are taken for its, too."""
    counts: dict[int, int] = {}
    for course in errors:
        if origin(course) is Origin.DISCORD:
            for point in course.points:
                counts[point.at // HOUR_S] = counts.get(point.at // HOUR_S, 0) + point.count
    return {hour for hour, count in counts.items() if count >= AN_OUTAGE}


def of_discord(course: ErrorCourse, outages: Collection[int]) -> bool:
    """Whether an error group is Discord's: by its type, or of the network and nearly all in hours of its outages."""
    if origin(course) is Origin.DISCORD:
        return True
    if not outages or origin(course) is Origin.BOT:
        return False
    inside = sum(point.count for point in course.points if point.at // HOUR_S in outages)
    return inside >= IN_OUTAGES * sum(point.count for point in course.points)


def _hours(course: ErrorCourse) -> int:
    return len({point.at // HOUR_S for point in course.points})


def _review(group: ErrorHistory, state: ErrorState) -> ErrorReview:
    commands = tuple(map(label, group.commands))
    return ErrorReview(state, group.type, group.place, group.count, group.first_seen, group.last_seen, commands)


def _identity(group: ErrorHistory) -> tuple[str, Place | None]:
    """What stays the same when lines move."""
    return group.type, group.place and group.place._replace(line=0)
