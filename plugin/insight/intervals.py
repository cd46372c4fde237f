"""The values that each check compares with thresholds: the process now, commands by their latest invocations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from plugin.insight.evidence import NOTHING, Evidence, mean_evidence, share_evidence
from plugin.insight.outcomes import latest_slots
from plugin.insight.proportions import CLUMP, LEVEL
from plugin.insight.scales import NS_PER_MS, Scales, Threshold, memory_limit_bytes
from plugin.measures import JUDGED
from plugin.model import CommandKey, CommandSnapshot, Observation, Snapshot
from plugin.settings import Settings

CLEAR_SHARE = 0.95
"""A value of the process is back below its threshold at this share of it, so that alerts do not flap."""


class LastSaid(NamedTuple):
    """The last verdict on a command; only later invocations count for the next one."""

    at: float
    """Unix time in seconds."""
    judged: int
    """Its invocations that had ended `ok` or `error` by then."""
    value: float | None
    """What it surely was when it was raised; None where it was over."""


BEGINNING = LastSaid(float("-inf"), 0, None)
Said = Callable[[str, CommandKey | None], LastSaid]


class RuleValue(NamedTuple):
    """One value at a check."""

    rule: str
    key: CommandKey | None
    """The command; None for the whole process."""
    evidence: Evidence
    threshold: float
    unit: str
    judged: int = 0
    """Invocations that have ended `ok` or `error`; 0 for the process."""


def read(now: float, snapshot: Snapshot, settings: Settings, said: Said) -> Iterator[RuleValue]:
    """Every value that can cross a threshold, as of now in Unix seconds; `said` tells what is known already."""
    yield from _measured(now, snapshot, settings)
    active = [command for command in snapshot.commands if command.recent]
    yield _process_rate(snapshot, active, settings, said)
    for command in active:
        yield _error_rate(command, len(active), settings, said)
        yield from _answers(command, settings, said)


def _measured(now: float, snapshot: Snapshot, settings: Settings) -> Iterator[RuleValue]:
    scales = Scales.of(settings, memory_limit_bytes(snapshot))
    # If samples are as rare as checks, the newest may be a little older than the interval.
    since_check = [sample for sample in snapshot.samples if sample.at > now - settings.judge_interval_s]
    for measure, shown, limits in JUDGED:
        if limits.alert:
            newest = snapshot.samples[-1:]
            samples = (since_check or newest) if limits.alert_on_mean else newest
            values = [shown.scaled(measure.value(Observation(sample))) for sample in samples]
            known = [value for value in values if value is not None]
            value = round(sum(known) / len(known), 9) if known else None
            scale = scales.measured[measure.name]
            yield RuleValue(limits.alert, None, _plain(value, scale), scale.threshold, shown.unit)


def _plain(value: float | None, scale: Threshold) -> Evidence:
    if value is None:
        return NOTHING
    return Evidence(value, crossed=value > scale.threshold, over=value <= scale.threshold * CLEAR_SHARE)


def _process_rate(snapshot: Snapshot, commands: Sequence[CommandSnapshot], settings: Settings, said: Said) -> RuleValue:
    mark = said("error_rate", None)
    judged = sum(command.outcomes[0] + command.outcomes[2] for command in commands)
    return _rate(None, snapshot.recent, mark, LEVEL, judged, settings)


def _error_rate(command: CommandSnapshot, among: int, settings: Settings, said: Said) -> RuleValue:
    (ok, _, errors, _), mark = command.outcomes, said("error_rate", command.key)
    failed = sum(command.recent[2::3])
    if mark.value is None and (not failed or (failed < CLUMP and settings.error_rate_threshold_percent)):
        # Most commands: no evidence, and no alert that could end.
        return RuleValue("error_rate", command.key, NOTHING, settings.error_rate_threshold_percent, "%")
    return _rate(command.key, command.recent, mark, LEVEL / among, ok + errors, settings)


def _rate(
    key: CommandKey | None, recent: Sequence[float], mark: LastSaid, level: float, judged: int, settings: Settings
) -> RuleValue:
    threshold = settings.error_rate_threshold_percent
    was = None if mark.value is None else mark.value / 100
    slots = latest_slots(recent, mark.at)
    found = share_evidence(slots, settings.minimum_invocations, threshold / 100, level, was)
    value, least = (None if share is None else 100 * share for share in (found.value, found.least))
    return RuleValue("error_rate", key, found._replace(value=value, least=least), threshold, "%", judged)


def _answers(command: CommandSnapshot, settings: Settings, said: Said) -> Iterator[RuleValue]:
    for rule, answers, threshold_ms in (
        ("slow_command", command.answers, settings.slow_command_threshold_ms),
        ("slow_deferred_answer", command.deferred, settings.deferred_answer_threshold_ms),
    ):
        if answers.number:
            mark = said(rule, command.key)
            if mark.value is None and max(answers.window_ns, default=0) <= threshold_ms * NS_PER_MS:
                continue  # most commands
            later = answers.number - mark.judged
            latest_ms = [answer_ns / NS_PER_MS for answer_ns in islice(answers.window_ns, max(0, later))]
            found = mean_evidence(latest_ms, settings.minimum_invocations, threshold_ms)
            yield RuleValue(rule, command.key, found, threshold_ms, "ms", answers.number)
