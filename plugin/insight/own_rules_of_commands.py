"""Own rules about commands: which commands each is judged by, and what they count."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Sequence
from typing import NamedTuple

from plugin.insight.own_commands import CommandPatterns, CommandSource, is_pattern, names_of, stranger
from plugin.insight.own_watch import RuleWatch
from plugin.model import CommandDelta, CommandKey, CommandKind, SeriesDelta, SeriesKind
from plugin.own_rules import COMMAND_MEASURES, OwnThreshold

MOST_WATCHED = 5_000
"""Rules times the commands that each is judged by; a pattern finds no more."""
RULES_A_STEP = 25
COMMANDS_A_STEP = 50

_KINDS = {name: SeriesKind(measure.unit, measure.kind) for name, measure in COMMAND_MEASURES.items()}
_RUNS = (SeriesDelta(1, 1.0, 1.0, 1.0),)


class _Watched(NamedTuple):
    watch: RuleWatch
    source: CommandSource


class CommandRules:
    """Follows rules about one command, about each command of a pattern, about a cog, or about all."""

    def __init__(self, rules: Sequence[OwnThreshold]) -> None:
        self._rules = rules
        self._patterns = CommandPatterns(rule for rule in rules if rule.command)
        self._sources: dict[tuple[str, str], CommandSource] = {}
        self._of: dict[CommandKey, list[CommandSource]] = {}
        self._watched: list[_Watched] = []
        self._seen: set[tuple[object, str]] = set()
        self._strange: set[str] = set()
        self.left_out = 0
        """Pairs of rule and command beyond `MOST_WATCHED`."""
        for rule in rules:
            # A command that is never used has no counts that could make it known.
            if not rule.command or (rule.command.startswith("/") and not is_pattern(rule.command)):
                self._watch(rule)

    def __bool__(self) -> bool:
        return bool(self._rules)

    def problems(self) -> list[str]:
        """What is not judged, in one sentence."""
        most = f"patterns match too many commands: only the first {MOST_WATCHED:,} pairs of rule and command are judged"
        return [most] if self.left_out else []

    @property
    def watches(self) -> list[RuleWatch]:
        """All that is followed by now."""
        return [watched.watch for watched in self._watched]

    def strangers(self, keys: Sequence[CommandKey]) -> Generator[None, None, list[str]]:
        """Names and patterns of rules that no command of the bot has, with those that are like them.

        Each is told once. Yields so that other work can run in between.
        """
        names = {name: None for key in keys for name in names_of(key)}
        cogs = {key.cog: None for key in keys if key.cog}
        found: list[str] = []
        for rule in self._rules:
            mark = rule.command or rule.cog
            if not mark or mark in self._strange:
                continue
            problem = self._patterns.stranger(rule, names) if rule.command else stranger("cog", rule.cog, cogs)
            if problem:
                self._strange.add(mark)
                found.append(problem)
            yield
        return found

    def know(self, keys: Iterable[CommandKey]) -> Generator[None, None, None]:
        """The bot has these commands, used or not."""
        for number, key in enumerate(keys, 1):
            self._sources_of(key)
            if number % RULES_A_STEP == 0:
                yield

    def taking(
        self, at: int, commands: Sequence[CommandDelta], running: Collection[CommandKey], *, heard: bool
    ) -> Generator[None, None, None]:
        """Take the counts of a minute; commands that are `running` are not silent."""
        if not self._rules:
            return
        for source in self._sources.values():
            source.clear()
        for number, delta in enumerate(commands, 1):
            for source in self._sources_of(delta.key):
                source.added.append(delta)
            if number % COMMANDS_A_STEP == 0:
                yield
        busy = {id(source) for key in running for source in self._sources_of(key)}
        for number, (watch, source) in enumerate(self._watched, 1):
            values = source.series(watch.rule.measure)
            if watch.rule.absent and id(source) in busy:
                values = _RUNS
            watch.take(at, values, _KINDS[watch.rule.measure], heard=heard)
            if number % RULES_A_STEP == 0:
                yield

    def _sources_of(self, key: CommandKey) -> list[CommandSource]:
        known = self._of.get(key)
        if known is None:
            known = self._of[key] = [] if key.kind is CommandKind.BACKGROUND else self._find(key)
        return known

    def _find(self, key: CommandKey) -> list[CommandSource]:
        for rule in self._patterns.of(key):
            self._watch(rule)
        names = [("", ""), ("cog", key.cog or ""), ("command", names_of(key)[0])]
        return [self._sources[name] for name in names if name in self._sources]

    def _watch(self, rule: OwnThreshold) -> None:
        mark = rule.judged, rule.instance
        if mark in self._seen:
            return
        if len(self._watched) >= MOST_WATCHED:
            self.left_out += 1
            return
        self._seen.add(mark)
        name = ("command", rule.command) if rule.command else ("cog", rule.cog) if rule.cog else ("", "")
        source = self._sources.setdefault(name, CommandSource())
        self._watched.append(_Watched(RuleWatch(rule), source))
