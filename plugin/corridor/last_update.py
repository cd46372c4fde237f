"""Query history for changes by the last update: commands in like hours before and after, and the errors of both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from plugin.corridor.periods import DAY_S, HOUR_S, MINUTE_S, WEEK_S
from plugin.history.store import Store
from plugin.insight.errors import Since, Span, judged, without_discords
from plugin.insight.releases import ReleaseFigures, candidates, compare_releases
from plugin.insight.updates import Update
from plugin.model import CommandKey, Finding, Outcome, Scope

BEFORE_S = 28 * DAY_S
"""An update is compared with this much time before it: each hour of the week four times."""
OFTEN_BEFORE_S = 14 * DAY_S
"""The same for commands that are called often enough that half the time is sufficient."""
OFTEN = 100
"""Calls of a command per day that count as often."""
AFTER_S = WEEK_S
"""It is judged by its first week, since later changes have other causes, and must still hold in the last one."""
HOURS_KEPT_S = 29 * DAY_S
"""Hours are kept a little longer than this by default."""
LEAST_BEFORE_S = WEEK_S
YOUNG_S = 6 * HOUR_S
"""A younger release is read in steps of five minutes, and so is the same time before it."""
FINE_S = 300
MOST_COMPARED = 40
"""Most commands that are compared, most invoked first; rarely invoked ones prove little."""


class Window(NamedTuple):
    """A span of time in which one release ran."""

    scope: Scope
    start: int
    end: int


async def update_findings(
    store: Store, bot: int, update: Update, now: int, keys: Sequence[CommandKey] | None = None
) -> list[Finding]:
    """Changes of commands (the most invoked, or the given ones) by an update, worst first.

    A change in its first week must still hold in its last.
    """
    since = int(update.since) // MINUTE_S * MINUTE_S
    new = Scope(bot, release=update.release)
    among = 0
    if keys is None:
        keys, among = await _candidates(store, bot, update, since, now)
    if not keys:
        return []
    before = await _before(store, bot, update, since, keys, now)
    step_s = FINE_S if now - since < YOUNG_S else before.step_s
    after = await _figures(store, Window(new, since, min(now + MINUTE_S, since + AFTER_S)), keys, step_s)
    found = compare_releases(before.figures, after, len(keys) * 3, among)
    if not found or now - since <= AFTER_S:
        return found
    lately = await _figures(store, Window(new, max(since, now - AFTER_S), now + MINUTE_S), keys, step_s)
    still = compare_releases(before.figures, lately, len(keys) * 3, among)
    true = {finding.identity for finding in still}
    return [finding for finding in found if finding.identity in true]


async def _candidates(store: Store, bot: int, update: Update, since: int, now: int) -> tuple[Sequence[CommandKey], int]:
    """The commands that may have changed, and among how many: read from few rows, whole days where there are some."""
    top = await store.reading.top(
        Scope(bot, release=update.release), *_cheap(since, min(now + MINUTE_S, since + AFTER_S)), limit=MOST_COMPARED
    )
    begin = max(int(update.before_since), since - OFTEN_BEFORE_S)
    keys = [command.key for command in top]
    old = await store.reading.several(Scope(bot, release=update.before), *_cheap(begin, since + MINUTE_S), keys)
    return candidates(old, top), len(keys)


class _Before(NamedTuple):
    figures: ReleaseFigures
    step_s: int
    """Seconds of the longest step: an hour, or a day where no hours are kept any more."""


async def _before(store: Store, bot: int, update: Update, since: int, keys: Sequence[CommandKey], now: int) -> _Before:
    totals = await store.reading.several(Scope(bot, release=update.before), since - DAY_S, since + MINUTE_S, keys)
    often = sum(sum(command.outcomes) for command in totals) > OFTEN * len(keys)
    begin, hours_from = since - (OFTEN_BEFORE_S if often else BEFORE_S), now - HOURS_KEPT_S
    if begin < hours_from <= since - LEAST_BEFORE_S:
        begin = hours_from
    begin = max(int(update.before_since), begin) // HOUR_S * HOUR_S
    scope = Scope(bot, release=update.before)
    fine = max(begin, (since - YOUNG_S) // HOUR_S * HOUR_S) if now - since < YOUNG_S else since + MINUTE_S
    coarse = await store.reading.courses(scope, begin, fine, keys, HOUR_S)
    step_s = max((course.step_s for course in coarse), default=HOUR_S)
    errors = await store.reading.error_courses(scope, begin, fine, step_s)
    figures = {key: without_discords(key, course, errors) for key, course in zip(keys, coarse, strict=True)}
    if fine < since:
        recent = await _figures(store, Window(scope, fine, since + MINUTE_S), keys, FINE_S)
        for key, points in recent.commands.items():
            figures[key] += points
    return _Before(ReleaseFigures(update.before, figures), step_s)


async def _figures(store: Store, window: Window, keys: Sequence[CommandKey], step_s: int) -> ReleaseFigures:
    scope, start, end = window
    courses = await store.reading.courses(scope, start, end, keys, step_s)
    errors = await store.reading.error_courses(scope, start, end, step_s)
    points = {key: without_discords(key, course, errors) for key, course in zip(keys, courses, strict=True)}
    return ReleaseFigures(scope.release or "", points, start)


async def update_errors(store: Store, bot: int, update: Update, now: int) -> tuple[Span, Span, Since]:
    """The errors of the release before an update, and of the one that runs (its last week)."""
    old, new = Scope(bot, release=update.before), Scope(bot, release=update.release)
    since = int(update.since) // MINUTE_S * MINUTE_S
    begin = max(int(update.before_since), since - BEFORE_S) // HOUR_S * HOUR_S
    before = await error_span(store, Window(old, begin, since + MINUTE_S))
    after = await error_span(store, Window(new, max(since, (now - AFTER_S) // HOUR_S * HOUR_S), now + MINUTE_S))
    activity = await store.reading.activity(new, since, now + MINUTE_S, MINUTE_S if now - since < YOUNG_S else HOUR_S)
    return before, after, Since(update.since, True, await _ran_ever(store, bot) - judged(activity), activity)


async def daily_errors(store: Store, bot: int, now: int) -> tuple[Span, Span, Since]:
    """The errors of the last week but its last day, and of that day, of a bot without an update."""
    everyone, day_ago = Scope(bot), (now - DAY_S) // HOUR_S * HOUR_S
    before = await error_span(store, Window(everyone, day_ago - AFTER_S, day_ago))
    after = await error_span(store, Window(everyone, day_ago, now + MINUTE_S))
    activity = await store.reading.activity(everyone, day_ago, now + MINUTE_S, HOUR_S)
    return before, after, Since(float(day_ago), False, await _ran_ever(store, bot) - judged(activity), activity)


async def error_span(store: Store, window: Window) -> Span:
    """Every error of a span by hours, with how many invocations ended `ok` or `error`."""
    totals = await store.reading.totals(*window)
    ran = sum(command.outcomes[Outcome.OK] + command.outcomes[Outcome.ERROR] for command in totals)
    return Span(ran, await store.reading.error_courses(*window, HOUR_S))


async def _ran_ever(store: Store, bot: int) -> int:
    totals = await store.reading.all_time(Scope(bot))
    return sum(command.outcomes[Outcome.OK] + command.outcomes[Outcome.ERROR] for command in totals)


def _cheap(start: int, end: int) -> tuple[int, int]:
    """A span within this one that is read from few rows: whole days of a long one, whole hours of a shorter one."""
    for unit_s in (DAY_S, HOUR_S):
        if end - start >= 3 * unit_s:
            return -(-start // unit_s) * unit_s, end // unit_s * unit_s
    return start // MINUTE_S * MINUTE_S, -(-end // MINUTE_S) * MINUTE_S
