"""Reading from a store."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.histogram import Histogram
from plugin.history import commands, findings, observations
from plugin.history.ranking import Order
from plugin.history.verbs import VerbGroup, whole
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
    """What a store knows of commands, series, errors and findings."""

    @whole
    async def totals(self, scope: Scope, start: int, end: int) -> tuple[CommandTotals, ...]:
        """Counts of every command that was invoked, in no particular order."""
        return await commands.totals(self._database, self._known, scope, start, end)

    @whole
    async def all_time(self, scope: Scope) -> tuple[CommandTotals, ...]:
        """Counts of every command since the first batch, those included whose rows are deleted."""
        return await commands.totals(self._database, self._known, scope, None, _ANY_END)

    @whole
    async def top(
        self, scope: Scope, start: int | None, end: int, by: Order = "invocations", limit: int = 10
    ) -> tuple[CommandDelta, ...]:
        """The foremost commands with their answers; since the first batch where `start` is None.

        Distributions of durations and first responses are left out.
        """
        return await commands.top(self._database, self._known, scope, start, end, by, limit)

    @whole
    async def command(self, scope: Scope, start: int | None, end: int, key: CommandKey) -> CommandDelta:
        """One command with all its distributions; since the first batch where `start` is None.

        Zeros where it was not invoked.
        """
        (one,) = await commands.several(self._database, self._known, scope, start, end, [key], unread=())
        return one

    @whole
    async def several(
        self, scope: Scope, start: int | None, end: int, keys: Sequence[CommandKey]
    ) -> tuple[CommandDelta, ...]:
        """Several commands in one question and in their order, with what `top` has of them."""
        return await commands.several(self._database, self._known, scope, start, end, keys)

    @whole
    async def courses(
        self, scope: Scope, start: int, end: int, keys: Sequence[CommandKey], step_s: int
    ) -> tuple[CommandCourse, ...]:
        """Several commands over time in one question and in their order.

        Steps begin at multiples of their length, the first at or before `start`.
        """
        return await commands.courses(self._database, self._known, scope, start, end, keys, step_s)

    @whole
    async def activity(self, scope: Scope, start: int, end: int, step_s: int) -> ActivityCourse:
        """Counts of all commands together over time, in steps like those of `courses`."""
        return await commands.activity(self._database, self._known, scope, start, end, step_s)

    @whole
    async def activities(
        self, scope: Scope, start: int, end: int, keys: Sequence[CommandKey], step_s: int
    ) -> dict[CommandKey, ActivityCourse]:
        """Counts of several commands over time, those that were invoked, in steps like those of `courses`."""
        return await commands.activities(self._database, self._known, scope, start, end, keys, step_s)

    @whole
    async def answers(self, scope: Scope, start: int | None, end: int) -> Histogram:
        """Answers of all commands together, but for those after a defer; all there were where `start` is None."""
        return await commands.answers(self._database, self._known, scope, start, end)

    @whole
    async def series(
        self, scope: Scope, start: int, end: int, names: Sequence[str], step_s: int
    ) -> tuple[SeriesCourse, ...]:
        """Each series over time: the values of all instances together, in steps like those of `courses`."""
        return await observations.series(self._database, self._known, scope, start, end, names, step_s)

    @whole
    async def added(
        self, scope: Scope, start: int, end: int, names: Sequence[str], step_s: int, each_s: int
    ) -> tuple[SeriesCourse, ...]:
        """Each series over time: the means of all instances in `each_s` seconds added up."""
        return await observations.added(self._database, self._known, scope, start, end, names, step_s, each_s)

    @whole
    async def described(self, scope: Scope, prefix: str = "") -> tuple[SeriesKept, ...]:
        """Every series that any instance ever wrote and whose name begins so, by name, with what its values are.

        One whose unit or kind changed is there several times, as it is now last.
        """
        return await observations.described(self._database, self._known, scope.bot, prefix)

    @whole
    async def values(self, scope: Scope, start: int, end: int, name: str) -> SeriesDelta | None:
        """All values that a series had, in one; None where it had none."""
        return await observations.values(self._database, self._known, scope, start, end, name)

    @whole
    async def errors(self, scope: Scope, start: int, end: int) -> tuple[ErrorHistory, ...]:
        """Error groups that were met in the span, the one seen last first."""
        return await observations.errors(self._database, self._known, scope, start, end)

    @whole
    async def error_courses(self, scope: Scope, start: int, end: int, step_s: int) -> tuple[ErrorCourse, ...]:
        """Error groups that were met in the span, each over time, in steps like those of `courses`."""
        return await observations.error_courses(self._database, self._known, scope, start, end, step_s)

    @whole
    async def findings(
        self, scope: Scope, start: int, end: int, limit: int = MOST_FINDINGS_READ
    ) -> tuple[FindingKept, ...]:
        """Findings that stood at any moment of the span, oldest first; of more than `limit` those that began last.

        Those about the bot as a program are in the scope of every instance, and no release has its own.
        """
        return await findings.between(self._database, scope, start, end, limit)

    @whole
    async def span(self, scope: Scope) -> int | None:
        """Since when rows are kept: the begin of the first, which may cover a whole day; None where there is none."""
        return await observations.first(self._database, self._known, scope)

    @whole
    async def whole_from(self, scope: Scope) -> int | None:
        """From when on history has seen every moment; None where there are no rows."""
        return await observations.whole_from(self._database, self._known, scope)
