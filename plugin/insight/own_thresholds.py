"""The operator's own rules about measures, judged minute by minute."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from typing import NamedTuple

from plugin.insight.finishing import finish
from plugin.insight.own_rules_of_commands import CommandRules
from plugin.insight.own_sentences import OWN_THRESHOLD, misfit
from plugin.insight.own_watch import RuleState, RuleWatch
from plugin.measures import parsed_series
from plugin.model import CommandDelta, CommandKey, Finding, SeriesDelta, SeriesKind
from plugin.own_rules import COMMAND_MEASURES, OwnThreshold

RULES_A_STEP = 25

KindOf = Callable[[str], SeriesKind | None]
"""What the series of a measure are; None where no such measure is known."""

_NOTHING = SeriesKind()


class RuleMinute(NamedTuple):
    """What rules are judged by: all that was added in one minute."""

    at: int
    """The begin of the minute in seconds, of a clock that never jumps."""
    series: Mapping[str, SeriesDelta]
    commands: Sequence[CommandDelta] = ()
    running: Collection[CommandKey] = ()
    """Commands that have begun and not ended."""
    heard: bool = True
    """Whether the bot was connected, so that what happened could reach it."""
    by_name: bool = True
    """Whether every command was counted by its name."""


class OwnThresholds:
    """Judges all rules about measures."""

    def __init__(self, thresholds: Iterable[OwnThreshold], kind_of: KindOf) -> None:
        rules = list(thresholds)
        self.commands = CommandRules([rule for rule in rules if rule.measure in COMMAND_MEASURES])
        self._watches = [RuleWatch(rule) for rule in rules if rule.measure not in COMMAND_MEASURES]
        self._wanted = {watch.rule.measure for watch in self._watches}
        self._kind_of = kind_of

    def take(self, at: int, series: Mapping[str, SeriesDelta]) -> None:
        """Add the values of the minute that starts at `at`, in Unix seconds."""
        finish(self.taking(RuleMinute(at, series)))

    def taking(self, minute: RuleMinute) -> Generator[None, None, None]:
        """Add what was counted in a minute; yields so that other work can run in between."""
        found: dict[str, list[tuple[Mapping[str, str], SeriesDelta]]] = {}
        for name, values in minute.series.items():
            if name.partition("{")[0] in self._wanted:
                measure, attributes = parsed_series(name)
                found.setdefault(measure, []).append((attributes, values))
        for number, watch in enumerate(self._watches, 1):
            rule, kind = watch.rule, self._kind_of(watch.rule.measure)
            if kind is None and rule.absent:  # what is not even declared counts nothing
                kind = _NOTHING
            if kind is not None and not (kind.base and misfit(rule, kind)):
                mine = found.get(rule.measure, ())
                values = [values for attributes, values in mine if rule.takes(attributes)]
                watch.take(minute.at, values, kind, heard=minute.heard)
            if number % RULES_A_STEP == 0:
                yield
        heard = minute.heard and minute.by_name
        yield from self.commands.taking(minute.at, minute.commands, minute.running, heard=heard)

    def restart(self) -> None:
        """Some time was not seen at all."""
        for watch in self._all():
            watch.restart()

    def found(self, now: float, standing: Collection[Finding]) -> list[Finding]:
        """Every threshold that is crossed as of now (Unix seconds); one that stands does until the opposite is sure."""
        return finish(self.finding(now, standing))

    def finding(
        self, now: float, standing: Collection[Finding], instance: str = ""
    ) -> Generator[None, None, list[Finding]]:
        """The same for an instance, by its name; yields so that other work can run in between."""
        known = {finding.identity: finding for finding in standing if finding.rule == OWN_THRESHOLD}
        found: dict[object, Finding] = {}
        for number, watch in enumerate(self._all(), 1):
            if watch.rule.instance in ("", instance):
                finding = watch.finding(now, known.get(watch.identity) if known else None)
                if finding is not None and (watch.rule.instance or watch.identity not in found):
                    found[watch.identity] = finding
            if number % RULES_A_STEP == 0:
                yield
        return list(found.values())

    @property
    def states(self) -> list[tuple[OwnThreshold, RuleState]]:
        """Where each rule stands; a pattern has one for each command."""
        return [(watch.rule, watch.state) for watch in self._all()]

    def misfits(self) -> list[str]:
        """Problems of thresholds whose measures are known by now, one sentence each."""
        known = ((watch.rule, self._kind_of(watch.rule.measure)) for watch in self._watches)
        return [problem for rule, kind in known if kind is not None and (problem := misfit(rule, kind))]

    def unknown(self) -> list[str]:
        """Measures of thresholds that are still unknown."""
        return sorted(measure for measure in self._wanted if self._kind_of(measure) is None)

    def _all(self) -> list[RuleWatch]:
        return [*self._watches, *self.commands.watches]
