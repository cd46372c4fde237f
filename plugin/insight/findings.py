"""The open findings; each is reported once when it begins, and once when it ends."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Mapping

from plugin.insight.finishing import finish
from plugin.insight.reasons import RULES
from plugin.insight.scales import is_lately
from plugin.insight.thresholds import THRESHOLD_WORDS, ThresholdBook
from plugin.model import CommandKey, Finding, Health, Snapshot, Subject
from plugin.settings import Settings
from plugin.words import label

MOST_STANDING = 200
"""Most open findings at once of rules without a threshold; the worst come first."""

RULE_NAMES = frozenset(rule.name for rule in RULES)
STATES = frozenset(rule.name for rule in RULES if rule.state)
COUNTING = frozenset(rule.name for rule in RULES if rule.counts)

Identity = tuple[str, Subject]


class FindingBook:
    """Follows the findings of all rules from begin to end.

    A state, such as a shard that is away, ends when the rule says so or no longer finds it. An event, such as a failed
    task, ended when it last happened. A threshold has evidence of its own for both (`ThresholdBook`).
    """

    def __init__(self) -> None:
        self._thresholds = ThresholdBook()
        self._standing: dict[Identity, Finding] = {}
        self._changed: dict[tuple[Identity, float], Finding] = {}
        """By identity and begin, the latest state of findings that are not in history yet."""
        self._left_open: list[Finding] = []
        self._counts: dict[Identity, tuple[float, float]] = {}
        """The last value of findings that count, and when it last grew."""
        self._dropped = 0

    @property
    def active(self) -> tuple[Finding, ...]:
        """All open findings, those of thresholds first, each oldest first."""
        standing = (one for one in self._standing.values() if one.until is None or one.rule not in STATES)
        return (*self._thresholds.active, *standing)

    @property
    def dropped(self) -> int:
        """Findings that were dropped because the book was full."""
        return self._dropped + self._thresholds.dropped

    def adopt(self, left_open: Iterable[Finding]) -> None:
        """Continue findings that were open when the previous process ended."""
        self._left_open += left_open

    def update(self, snapshot: Snapshot, health: Health, settings: Settings) -> list[Finding]:
        """Judge a snapshot; returns ended findings first, then new ones, in their current state."""
        return finish(self.updating(snapshot, health, settings))

    def updating(self, snapshot: Snapshot, health: Health, settings: Settings) -> Generator[None, None, list[Finding]]:
        """The same as `update`, but yields so that other work can run in between."""
        if self._left_open:
            self._go_on(snapshot, _rules_that_go_on(settings))
        changes = yield from self._thresholds.updating(snapshot.at, snapshot, settings)
        self._note(changes)
        return changes + self.hold(RULE_NAMES, health.findings, snapshot.at)

    def hold(self, rules: Collection[str], found: Iterable[Finding], now: float) -> list[Finding]:
        """Set the current findings of these rules; `now` in Unix seconds. Returns the findings that changed."""
        dated = (self._dated(finding, now) if finding.rule in COUNTING else finding for finding in found)
        present = {finding.identity: finding for finding in dated if finding is not None}
        gone = [identity for identity in self._standing if identity[0] in rules and identity not in present]
        over = [self._standing.pop(identity) for identity in gone]
        changes = [finding._replace(until=now) for finding in over if finding.until is None] + self._follow(present)
        self._note(changes)
        return changes

    def take(self) -> tuple[Finding, ...]:
        """Every finding that began, changed or ended since the last call, in its latest state."""
        changed, self._changed = tuple(self._changed.values()), {}
        return changed

    def _dated(self, finding: Finding, now: float) -> Finding | None:
        """A finding whose value counts, with the time at which it last grew; None if that is not recent."""
        value, grown = self._counts.get(finding.identity, (0.0, 0.0))
        if finding.value is not None and finding.value > value:
            grown = now
            self._counts[finding.identity] = finding.value, now
        return finding._replace(since=grown, until=grown) if is_lately(grown, now) else None

    def _follow(self, present: Mapping[Identity, Finding]) -> list[Finding]:
        changes: list[Finding] = []
        for identity, finding in sorted(present.items(), key=lambda item: -item[1].severity):
            known = self._standing.get(identity)
            if known is None and len(self._standing) >= MOST_STANDING:
                self._dropped += 1
                continue
            if known is not None and _goes_on(known, finding):
                finding = finding._replace(since=known.since)
            self._standing[identity] = finding
            if known is None or _marks(known) != _marks(finding):
                changes.append(finding)
        return changes

    def _note(self, changes: Iterable[Finding]) -> None:
        for finding in changes:
            self._changed[finding.identity, finding.since] = finding

    def _go_on(self, snapshot: Snapshot, going_on: Collection[str]) -> None:
        keys: dict[str, CommandKey | None] = {label(command.key): command.key for command in snapshot.commands}
        keys[""] = None
        left_open, self._left_open = self._left_open, []
        for finding in left_open:
            name = finding.subject.name
            if finding.rule in going_on:
                known = self._standing.setdefault(finding.identity, finding)
            elif finding.rule in THRESHOLD_WORDS and name in keys:
                known = self._thresholds.adopt(finding, keys[name], snapshot.at)
            else:  # its command is gone, or another version had its rule
                known = None
            if known is None or known.since != finding.since:
                self._note([finding._replace(until=snapshot.at)])


def _rules_that_go_on(settings: Settings) -> Collection[str]:
    """The names of all rules that are judged, but thresholds of settings."""
    # Imported here, since few starts find anything open, and rules of history and systems take a megabyte.
    from plugin.insight.history_rules import HISTORY_RULES
    from plugin.insight.own_releases import OWN_CHANGE
    from plugin.insight.own_sentences import OWN_THRESHOLD
    from plugin.insight.systems import SYSTEM_RULES
    from plugin.insight.systems.supply_rules import SUPPLY_RULES

    of_systems = {OWN_CHANGE, *SUPPLY_RULES, *(rule.name for rule in SYSTEM_RULES)}
    own = {OWN_THRESHOLD} if settings.thresholds else set[str]()
    return RULE_NAMES | HISTORY_RULES | of_systems | own


def _goes_on(known: Finding, finding: Finding) -> bool:
    """Whether it continues the known finding; a state that began after the end of the last one is new."""
    return finding.rule not in STATES or known.until is None or finding.since <= known.until


def _marks(finding: Finding) -> tuple[object, ...]:
    """The fields whose change is written to history."""
    return finding.since, finding.until, finding.severity
