"""Judges the operator's own rules with every cut, and says in the log when one begins and ends."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from plugin.corridor.cutting import MINUTE_S
from plugin.corridor.minutes import Minute
from plugin.corridor.own_series import OwnSeries
from plugin.corridor.steps import in_steps
from plugin.insight.own_sentences import OWN_THRESHOLD, resolved
from plugin.insight.own_thresholds import OwnThresholds, RuleMinute
from plugin.measures import measure_of
from plugin.metrics.registry import OVERFLOW
from plugin.model import CommandKey, Finding, SeriesDelta, SeriesKind
from plugin.own_rules import OwnThreshold

_logger = logging.getLogger(__name__)

PATIENCE_S = 3600.0
"""A measure that is not declared so long after the first cut is probably misspelt; a command that is not there, too."""
UNSEEN_S = 180.0
"""After so long without a cut, the time in between was not watched."""
INVENTORY_S = 900.0
"""How often the bot is asked for its commands, in seconds."""
MOST_WAITING = 100
"""Cuts that wait to be judged, while the loop has no time for it."""

Hold = Callable[[Collection[str], Iterable[Finding], float], Collection[Finding]]


class BotView:
    """What rules need to know of the bot beside what it counts; a test gives its own."""

    def __init__(
        self,
        instance: Callable[[], str],
        heard: Callable[[], bool],
        running: Callable[[], Iterable[CommandKey]],
        commands: Callable[[], Sequence[CommandKey]],
    ) -> None:
        """`heard`: whether the bot was connected in the last minute; `running`: commands that have not ended."""
        self.instance = instance
        self.heard = heard
        self.running = running
        self.commands = commands


class ThresholdWatch:
    """Takes every cut of one bot."""

    def __init__(
        self,
        thresholds: Iterable[OwnThreshold],
        own: OwnSeries,
        standing: Callable[[], Collection[Finding]],
        hold: Hold,
        bot: BotView,
        clock_s: Callable[[], float],
    ) -> None:
        """`standing` returns the findings that stand; `hold` takes those of a rule; `clock_s` never jumps."""
        self._own = own
        self._counted_before = own.counted()
        """Measures whose next increase is of an unknown time: that before this monitor is part of it."""
        self._standing = standing
        self._hold = hold
        self._bot = bot
        self._clock_s = clock_s
        self._declared: Mapping[str, SeriesKind] = {}
        self._rules = OwnThresholds(thresholds, self._kind_of)
        self._waiting = deque[tuple[RuleMinute, float, bool]](maxlen=MOST_WAITING)
        """Cuts to be judged, each with its Unix time, and whether some time before it was not seen."""
        self._cut_s: float | None = None
        """When the last cut was, by the clock that never jumps."""
        self._ahead_s = 0.0
        """How far the minutes of rules are ahead of it: at first they are those of history."""
        self._began: float | None = None
        self._asked: float | None = None
        self._said: set[str] = set()

    def take(self, minute: Minute) -> None:
        """Keep what was added since the cut before, to be judged."""
        now_s = self._clock_s()
        if self._cut_s is None:
            self._ahead_s, self._cut_s = minute.batch.start - now_s, now_s
        unseen = now_s - self._cut_s >= UNSEEN_S
        begun_s = now_s if unseen else self._cut_s
        at = int((begun_s + self._ahead_s) // MINUTE_S * MINUTE_S)
        self._cut_s = now_s
        batch = minute.batch
        by_name = all(delta.key != OVERFLOW for delta in batch.commands)
        series = self._since_last_cut(batch.series)
        running = frozenset(self._bot.running())
        added = RuleMinute(at, series, batch.commands, running, self._bot.heard(), by_name)
        self._waiting.append((added, minute.at, unseen))

    async def judge(self) -> None:
        """Judge what was taken, in short steps."""
        while self._waiting:
            added, now, unseen = self._waiting.popleft()
            if unseen:
                self._rules.restart()
            await self._ask_commands(now)
            await in_steps(self._rules.taking(added))
            found = await in_steps(self._rules.finding(now, self._standing(), self._bot.instance()))
            for finding in self._hold((OWN_THRESHOLD,), found, now):
                if finding.until is None:
                    _logger.warning("%s", finding.sentence)
                else:
                    _logger.info("%s", resolved(finding))
            self._complain(now)

    async def _ask_commands(self, now: float) -> None:
        if not self._rules.commands or (self._asked is not None and abs(now - self._asked) < INVENTORY_S):
            return
        self._asked, known = now, self._bot.commands()
        await in_steps(self._rules.commands.know(known))
        if known and self._began is not None and now - self._began >= PATIENCE_S:
            self._warn(await in_steps(self._rules.commands.strangers(known)))

    def _since_last_cut(self, series: Mapping[str, SeriesDelta]) -> Mapping[str, SeriesDelta]:
        """The series, without those that also have what was counted before the last cut."""
        if self._own.pending:
            self._counted_before = self._own.counted()
            return series
        self._declared = self._own.kinds()
        before, self._counted_before = self._counted_before, frozenset[str]()
        return {name: one for name, one in series.items() if name.partition("{")[0] not in before} if before else series

    def _kind_of(self, measure: str) -> SeriesKind | None:
        declared = self._declared.get(measure)
        if declared is not None:
            return declared
        of_bot = measure_of(measure)
        return None if of_bot is None else SeriesKind(of_bot.unit, of_bot.kind.value, of_bot.attribute)

    def _complain(self, now: float) -> None:
        if self._own.pending:
            return
        self._began = now if self._began is None else self._began
        wrong = self._rules.misfits() + self._rules.commands.problems()
        if now - self._began >= PATIENCE_S:
            wrong += [f"no measure {measure} is declared: check its name" for measure in self._rules.unknown()]
        self._warn(wrong)

    def _warn(self, problems: Iterable[str]) -> None:
        for problem in problems:
            if problem not in self._said:
                self._said.add(problem)
                _logger.warning("[[golem.rule]]: %s", problem)
