"""What a release changed: commands slower or faster, failing more or less; errors new, back again or gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from plugin.histogram import Histogram
from plugin.insight.changes import LEVEL, compare_durations, compare_rates, together
from plugin.insight.scales import NS_PER_MS
from plugin.model import Change, CommandKey, Finding, FindingKind, Verdict
from plugin.words import amount, label

MINIMUM_RATIO = 1.3
"""The least change of a p95: two releases run at different times, under different load."""
MOST_FINDINGS = 10


class CommandFigures(NamedTuple):
    """One command while one release ran."""

    ok: int
    errors: int
    durations: Histogram
    """Of `ok` and `error` invocations."""


class ErrorFigures(NamedTuple):
    """One error group while one release ran."""

    text: str
    """How it is named to an operator, such as `KeyError in shop.py, buy`."""
    occurrences: int


class ReleaseFigures(NamedTuple):
    """What was kept of one release."""

    release: str
    commands: Mapping[CommandKey, CommandFigures]
    errors: Mapping[str, ErrorFigures]
    """By what identifies the group, the same in every release."""

    @property
    def judged(self) -> int:
        """How many invocations ended `ok` or `error`."""
        return sum(figures.ok + figures.errors for figures in self.commands.values())


class _Ranked(NamedTuple):
    finding: Finding
    size: float
    """How much of its kind it is; the greater the worse, or for good news the better."""


def compare_releases(releases: Sequence[ReleaseFigures], limit: int = MOST_FINDINGS) -> list[Finding]:
    """What the last of the releases, oldest first, changed against the one before it: worst first, at most `limit`.

    Of the commands only what holds up beside all others (`together`); a p95 also differs by 1.3 either way. Of the
    errors: new is what no earlier release knew, regressed what the one before did not see but an earlier one did, gone
    what only the one before saw. Such a silence counts where an error as frequent as that would be missed by luck in at
    most 1 % of cases, which takes the more occurrences the fewer invocations the silent release has had.
    """
    if len(releases) < 2:
        return []
    found = [*_commands(releases[-2], releases[-1]), *_errors(releases)]
    found.sort(key=lambda ranked: (ranked.finding.kind, -ranked.size, ranked.finding.subject))
    return [ranked.finding for ranked in found[:limit]]


def _commands(before: ReleaseFigures, after: ReleaseFigures) -> Iterator[_Ranked]:
    keys = sorted(before.commands.keys() & after.commands.keys(), key=label)
    pairs = [(before.commands[key], after.commands[key]) for key in keys]
    durations = [compare_durations(old.durations, new.durations, minimum_ratio=MINIMUM_RATIO) for old, new in pairs]
    rates = [compare_rates((old.errors, old.ok + old.errors), (new.errors, new.ok + new.errors)) for old, new in pairs]
    held = together(durations + rates)
    for key, duration, rate in zip(keys, held[: len(keys)], held[len(keys) :], strict=True):
        if rate.holds:
            yield _failing(label(key), rate, after.release)
        if duration.holds:
            yield _timing(label(key), duration, after.release)


def _failing(name: str, rate: Change, release: str) -> _Ranked:
    kind = FindingKind.FAILING_MORE if rate.verdict is Verdict.WORSE else FindingKind.FAILING_LESS
    was, now = 100 * (rate.before or 0), 100 * (rate.after or 0)
    sentence = f"{name}: fails {amount(was, '%', beside=now)} → {amount(now, '%', beside=was)} since {release}"
    return _Ranked(Finding(kind, name, sentence), abs(now - was))


def _timing(name: str, duration: Change, release: str) -> _Ranked:
    kind = FindingKind.SLOWER if duration.verdict is Verdict.WORSE else FindingKind.FASTER
    was, now = (duration.before or 0) / NS_PER_MS, (duration.after or 0) / NS_PER_MS
    sentence = f"{name}: p95 {amount(was, 'ms', beside=now)} → {amount(now, 'ms', beside=was)} since {release}"
    return _Ranked(Finding(kind, name, sentence), max(was, now) / (min(was, now) or 1))


def _errors(releases: Sequence[ReleaseFigures]) -> Iterator[_Ranked]:
    *older, before, after = releases
    for group, (text, count) in after.errors.items():
        if not _seen(before, group) and count and telling(count, after.judged, before.judged):
            last = next((release.release for release in reversed(older) if _seen(release, group)), None)
            yield _appeared(text, count, after.release, last)
    for group, (text, count) in before.errors.items():
        if not _seen(after, group) and count and telling(count, before.judged, after.judged):
            sentence = f"{text}: gone since {after.release} ({_times(count)} in {before.release})"
            yield _Ranked(Finding(FindingKind.GONE_ERROR, text, sentence), count)


def _appeared(text: str, count: int, release: str, last: str | None) -> _Ranked:
    if last is None:
        return _Ranked(Finding(FindingKind.NEW_ERROR, text, f"{text}: new in {release} ({_times(count)})"), count)
    sentence = f"{text}: back in {release} ({_times(count)}), last seen in {last}"
    return _Ranked(Finding(FindingKind.REGRESSED_ERROR, text, sentence), count)


def _seen(release: ReleaseFigures, group: str) -> bool:
    return group in release.errors and release.errors[group].occurrences > 0


def telling(count: int, exposed: int, silent: int) -> bool:
    """Whether a silence is more than luck: all occurrences would fall on one side by chance in at most 1 %."""
    return silent > 0 and (exposed / (exposed + silent)) ** count <= LEVEL


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
