"""Verbs that read from a store."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.histogram import Histogram
from plugin.history import commands, error_groups, extent, findings, series
from plugin.history.ranking import Order
from plugin.history.verbs import VerbGroup, shielded
from plugin.model import (
    ActivityCourse,
    CommandCourse,
    CommandDelta,
    CommandKey,
    CommandTotals,
    ErrorCourse,
    ErrorHistory,
    FindingKept,
    Scope,
    SeriesCourse,
    SeriesDelta,
    SeriesKept,
)

MOST_FINDINGS_READ = 500
_ANY_END = 0
"""Ignored: all-time questions have no end."""


class ReadVerbs(VerbGroup):
    """Query commands, series, errors and findings."""

    @shielded
    async def totals(self, scope: Scope, start: int, end: int) -> tuple[CommandTotals, ...]:
        """Counts of every command that was invoked, in no particular order."""
        return await commands.totals(self._database, self._known, scope, start, end)

    @shielded
    async def all_time(self, scope: Scope) -> tuple[CommandTotals, ...]:
        """Counts of every command since the first batch, including deleted rows."""
        return await commands.totals(self._database, self._known, scope, None, _ANY_END)

    @shielded
    async def top(
        self, scope: Scope, start: int | None, end: int, by: Order = "invocations", limit: int = 10
    ) -> tuple[CommandDelta, ...]:
        """The top commands with their answers; since the first batch if `start` is None.

        Distributions of durations and first responses are left out.
        """
        return await commands.top(self._database, self._known, scope, start, end, by, limit)

    @shielded
    async def command(self, scope: Scope, start: int | None, end: int, key: CommandKey) -> CommandDelta:
        """One command with all distributions, zeros if not invoked; since the first batch if `start` is None."""
        (one,) = await commands.several(self._database, self._known, scope, start, end, [key], unread=())
        return one

    @shielded
    async def several(
        self, scope: Scope, start: int | None, end: int, keys: Sequence[CommandKey]
    ) -> tuple[CommandDelta, ...]:
        """Several commands in one query and in their order, in the form of `top`."""
        return await commands.several(self._database, self._known, scope, start, end, keys)

    @shielded
    async def courses(
        self, scope: Scope, start: int, end: int, keys: Sequence[CommandKey], step_s: int
    ) -> tuple[CommandCourse, ...]:
        """Several commands over time, in one query and in their order.

        Steps start at multiples of their length, the first at or before `start`.
        """
        return await commands.courses(self._database, self._known, scope, start, end, keys, step_s)

    @shielded
    async def activity(self, scope: Scope, start: int, end: int, step_s: int) -> ActivityCourse:
        """Counts of all commands together over time, in the steps of `courses`."""
        return await commands.activity(self._database, self._known, scope, start, end, step_s)

    @shielded
    async def activities(
        self, scope: Scope, start: int, end: int, keys: Sequence[CommandKey], step_s: int
    ) -> dict[CommandKey, ActivityCourse]:
        """Counts over time of those of the commands that were invoked, in the steps of `courses`."""
        return await commands.activities(self._database, self._known, scope, start, end, keys, step_s)

    @shielded
    async def answers(self, scope: Scope, start: int | None, end: int) -> Histogram:
        """Answer times of all commands together, except after a defer; of all time if `start` is None."""
        return await commands.answers(self._database, self._known, scope, start, end)

    @shielded
    async def series(
        self, scope: Scope, start: int, end: int, names: Sequence[str], step_s: int
    ) -> tuple[SeriesCourse, ...]:
        """Each series over time, with the values of all instances merged, in the steps of `courses`."""
        return await series.series(self._database, self._known, scope, start, end, names, step_s)

    @shielded
    async def added(
        self, scope: Scope, start: int, end: int, names: Sequence[str], step_s: int, each_s: int
    ) -> tuple[SeriesCourse, ...]:
        """Each series over time, summed over the fleet: per `each_s` seconds, the means of all instances are added."""
        return await series.added(self._database, self._known, scope, start, end, names, step_s, each_s)

    @shielded
    async def described(self, scope: Scope, prefix: str = "") -> tuple[SeriesKept, ...]:
        """Every series whose name starts with `prefix`, sorted by name, with its unit, kind and attribute.

        A series whose unit or kind changed occurs several times, the latest last.
        """
        return await series.described(self._database, self._known, scope.bot, prefix)

    @shielded
    async def values(self, scope: Scope, start: int, end: int, name: str) -> SeriesDelta | None:
        """All values of a series, merged into one record; None if there are none."""
        return await series.values(self._database, self._known, scope, start, end, name)

    @shielded
    async def errors(self, scope: Scope, start: int, end: int) -> tuple[ErrorHistory, ...]:
        """Error groups that occurred in the span, the latest first."""
        return await error_groups.errors(self._database, self._known, scope, start, end)

    @shielded
    async def error_courses(self, scope: Scope, start: int, end: int, step_s: int) -> tuple[ErrorCourse, ...]:
        """Error groups that occurred in the span, each over time, in the steps of `courses`."""
        return await error_groups.courses(self._database, self._known, scope, start, end, step_s)

    @shielded
    async def findings(
        self, scope: Scope, start: int, end: int, limit: int = MOST_FINDINGS_READ
    ) -> tuple[FindingKept, ...]:
        """Findings that were open at any time of the span, oldest first; of more than `limit`, the latest to begin.

        Findings about the bot as a program are in the scope of every instance. The release of the scope is ignored.
        """
        return await findings.between(self._database, scope, start, end, limit)

    @shielded
    async def span(self, scope: Scope) -> int | None:
        """The start of the first row, which may cover a whole day; None if there are no rows."""
        return await extent.first(self._database, self._known, scope)

    @shielded
    async def whole_from(self, scope: Scope) -> int | None:
        """Since when history is complete; None if there are no rows."""
        return await extent.whole_from(self._database, self._known, scope)
