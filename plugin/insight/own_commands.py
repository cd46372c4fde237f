"""What rules about commands are judged by: the counts of one command, of a cog, or of all, in one minute."""

from __future__ import annotations

import difflib
import fnmatch
import re
from collections.abc import Collection, Iterable, Sequence

from plugin.histogram import Histogram
from plugin.model import AnswerTimes, CommandDelta, CommandKey, CommandKind, SeriesDelta
from plugin.own_rules import OwnThreshold
from plugin.words import label

ANSWERS, DEFERRED, SHARE_OF_ERRORS = "answer_time_ms", "deferred_answer_time_ms", "error_rate_percent"
NS_PER_MS = 1e6
_PATTERN = re.compile(r"[*?\[]")


class CommandSource:
    """The counts of some commands in the present minute."""

    __slots__ = ("_deferred", "_distributions", "_outcomes", "_own", "_times", "wants")

    def __init__(self) -> None:
        self.wants: set[str] = set()
        """The measures that are read of it."""
        self._outcomes = [0, 0, 0, 0]
        self._times = {ANSWERS: [0, 0], DEFERRED: [0, 0]}
        self._distributions: dict[str, Histogram] = {}
        self._own: set[str] = set()

    def add(self, delta: CommandDelta) -> None:
        """Add what one command counted."""
        outcomes = self._outcomes
        ok, denied, error, cancelled = delta.outcomes
        outcomes[0] += ok
        outcomes[1] += denied
        outcomes[2] += error
        outcomes[3] += cancelled
        if ANSWERS in self.wants:
            self._merge(ANSWERS, delta.answers)
        if DEFERRED in self.wants:
            self._merge(DEFERRED, delta.deferred)

    def clear(self) -> None:
        """Begin a new minute."""
        if any(self._outcomes) or self._distributions:
            self._outcomes = [0, 0, 0, 0]
            self._times = {ANSWERS: [0, 0], DEFERRED: [0, 0]}
            self._distributions.clear()
            self._own.clear()

    def series(self, measure: str) -> tuple[SeriesDelta, ...]:
        """What was added to a measure, in its unit; of a share, how many were judged and failed. Empty for nothing."""
        if measure in self._times:
            number, total_ns = self._times[measure]
            values = self._distributions.get(measure)
            return (SeriesDelta(number, total_ns / NS_PER_MS, 0.0, 0.0, values),) if number else ()
        if measure == SHARE_OF_ERRORS:
            ok, _, errors, _ = self._outcomes
            return (SeriesDelta(ok + errors, errors, 0.0, 0.0),) if ok or errors else ()
        counted = sum(self._outcomes) if measure == "invocations" else self._outcomes[_OUTCOMES[measure]]
        return (SeriesDelta(1, counted, counted, counted),) if counted else ()

    def _merge(self, measure: str, answers: AnswerTimes) -> None:
        if not answers.number:
            return
        times = self._times[measure]
        times[0] += answers.number
        times[1] += answers.total_ns
        known = self._distributions.get(measure)
        if known is None:  # that of the first command is shared until there is a second
            self._distributions[measure] = answers.times
            return
        if measure not in self._own:
            known = self._distributions[measure] = known.copy()
            self._own.add(measure)
        known.merge(answers.times)


_OUTCOMES = {"denials": 1, "errors": 2}


def is_pattern(command: str) -> bool:
    """Whether it may mean several commands."""
    return bool(_PATTERN.search(command))


def names_of(key: CommandKey) -> Sequence[str]:
    """What a rule may call a command: as pages do, and without its kind where it is no slash command."""
    shown = label(key)
    return (shown,) if key.kind is CommandKind.SLASH else (shown, key.name)


class CommandPatterns:
    """Rules about commands by name, found by what a command is called."""

    def __init__(self, rules: Iterable[OwnThreshold]) -> None:
        self._exact: dict[str, list[OwnThreshold]] = {}
        self._patterns: list[tuple[re.Pattern[str], OwnThreshold]] = []
        for rule in rules:
            if is_pattern(rule.command):
                self._patterns.append((re.compile(fnmatch.translate(rule.command)), rule))
            else:
                self._exact.setdefault(rule.command, []).append(rule)

    def stranger(self, rule: OwnThreshold, names: Collection[str]) -> str:
        """A problem where no command is meant; empty where one is."""
        if is_pattern(rule.command):
            matches = re.compile(fnmatch.translate(rule.command)).match
            return "" if any(map(matches, names)) else f"no command is like {rule.command}: check the pattern"
        return "" if rule.command in names else like("command", rule.command, names)

    def of(self, key: CommandKey) -> list[OwnThreshold]:
        """The rules about a command, each with its name; exact ones first."""
        names = names_of(key)
        exact = [rule for name in names for rule in self._exact.get(name, ())]
        more = [rule for pattern, rule in self._patterns if any(map(pattern.match, names))]
        return [rule._replace(command=names[0]) for rule in (*exact, *more)]


def like(what: str, name: str, known: Iterable[str]) -> str:
    """`no command /dialy: did you mean /daily?`."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"no {what} {name}: {f'did you mean {near[0]}?' if near else 'check its name'}"
