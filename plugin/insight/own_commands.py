"""What rules about commands are judged by: the counts of one command, of a cog, or of all, in one minute."""

from __future__ import annotations

import difflib
import fnmatch
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from operator import attrgetter

from plugin.histogram import Histogram
from plugin.model import AnswerTimes, CommandDelta, CommandKey, CommandKind, SeriesDelta
from plugin.own_rules import OwnThreshold
from plugin.words import label

SHARE_OF_ERRORS = "error_rate_percent"
NS_PER_MS = 1e6
LENGTHS_APART, MOST_COMPARED = 3, 200
"""A name is compared with names of about its length, and with so many at most, since that holds the loop."""
_PATTERN = re.compile(r"[*?\[]")


class CommandSource:
    """The counts of some commands in the present minute."""

    __slots__ = ("_outcomes", "_series", "added")

    def __init__(self) -> None:
        self.added: list[CommandDelta] = []
        """What each of them counted."""
        self._outcomes: tuple[int, ...] | None = None
        self._series: dict[str, tuple[SeriesDelta, ...]] = {}

    def clear(self) -> None:
        """Begin a new minute."""
        self.added.clear()
        self._outcomes = None
        self._series.clear()

    def series(self, measure: str) -> tuple[SeriesDelta, ...]:
        """What was added to a measure, in its unit; of a share, how many were judged and failed. Empty for nothing."""
        if not self.added:
            return ()
        known = self._series.get(measure)
        if known is None:
            read = _ANSWERS.get(measure)
            known = self._series[measure] = self._counts(measure) if read is None else _times(map(read, self.added))
        return known

    def _counts(self, measure: str) -> tuple[SeriesDelta, ...]:
        if self._outcomes is None:
            first, *more = (delta.outcomes for delta in self.added)
            self._outcomes = tuple(map(sum, zip(first, *more, strict=True))) if more else first
        ok, denied, errors, cancelled = self._outcomes
        if measure == SHARE_OF_ERRORS:
            return (SeriesDelta(ok + errors, errors, 0.0, 0.0),) if ok or errors else ()
        counted = {"errors": errors, "denials": denied}.get(measure, ok + denied + errors + cancelled)
        return (SeriesDelta(1, counted, counted, counted),) if counted else ()


def _times(answers: Iterable[AnswerTimes]) -> tuple[SeriesDelta, ...]:
    found = [times for times in answers if times.number]
    if not found:
        return ()
    number, total_ns = sum(times.number for times in found), sum(times.total_ns for times in found)
    # That of a single command is read as it is; nobody changes it.
    values = found[0].times if len(found) == 1 else Histogram.of_number(sum(times.times.as_number() for times in found))
    return (SeriesDelta(number, total_ns / NS_PER_MS, 0.0, 0.0, values),)


_ANSWERS: Mapping[str, Callable[[CommandDelta], AnswerTimes]] = {
    "answer_time_ms": attrgetter("answers"),
    "deferred_answer_time_ms": attrgetter("deferred"),
}


def is_pattern(command: str) -> bool:
    """Whether it may mean several commands."""
    return bool(_PATTERN.search(command))


def fits(name: str, about: str) -> bool:
    """Whether a name is what a rule is about: that name, or a pattern that it fits."""
    wildcard = _PATTERN.search(about)
    if wildcard is None:
        return name == about
    # Its begin tells most names apart, and making an expression of a pattern takes a tenth of a millisecond.
    return name.startswith(about[: wildcard.start()]) and fnmatch.fnmatchcase(name, about)


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
        return stranger("command", rule.command, names)

    def of(self, key: CommandKey) -> list[OwnThreshold]:
        """The rules about a command, each with its name; exact ones first."""
        names = names_of(key)
        exact = [rule for name in names for rule in self._exact.get(name, ())]
        more = [rule for pattern, rule in self._patterns if any(map(pattern.match, names))]
        return [rule._replace(command=names[0]) for rule in (*exact, *more)]


def stranger(what: str, name: str, known: Collection[str]) -> str:
    """`no command /dialy: did you mean /daily?`; empty where it is known."""
    if name in known:
        return ""
    alike = [each for each in known if abs(len(each) - len(name)) <= LENGTHS_APART]
    near = difflib.get_close_matches(name, alike[:MOST_COMPARED], n=1)
    return f"no {what} {name}: {f'did you mean {near[0]}?' if near else 'check its name'}"
