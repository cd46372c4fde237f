"""The operator's own rules about commands: what fires, when it ends, and what proves nothing."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from plugin.histogram import Histogram
from plugin.insight.finishing import finish
from plugin.insight.own_rules_of_commands import MOST_WATCHED
from plugin.insight.own_thresholds import OwnThresholds, RuleMinute
from plugin.insight.own_watch import FORGOTTEN_S, RuleState
from plugin.model import AnswerTimes, CommandDelta, CommandKey, CommandKind, Finding, SeriesDelta, SeriesKind, Severity
from plugin.own_rules import OwnThreshold

BEGIN = 1_790_000_000 // 86_400 * 86_400
BUY = CommandKey(CommandKind.SLASH, "shop buy", "Shop")
SELL = CommandKey(CommandKind.SLASH, "shop sell", "Shop")
PING = CommandKey(CommandKind.PREFIX, "ping", "Fun")
KINDS = {"jobs.queue": SeriesKind("{job}", "gauge"), "jobs.done": SeriesKind("{job}", "counter")}


def ran(key: CommandKey = BUY, ok: int = 0, errors: int = 0, denied: int = 0, answers: Iterable[float] = ()) -> Any:
    """What one command counted; answers in milliseconds."""
    times, values = Histogram(), list(answers)
    for value in values:
        times.record(int(value * 1e6))
    told = AnswerTimes(len(values), int(sum(values) * 1e6), times)
    return CommandDelta(key, (ok, denied, errors, 0), 0, Histogram(), Histogram(), told)


class Bot:
    """A bot with rules, minute by minute."""

    def __init__(self, *rules: OwnThreshold) -> None:
        self.rules = OwnThresholds(rules, KINDS.get)
        self.standing: list[Finding] = []
        self.heard = True
        self.minutes = 0

    def minute(
        self, *commands: CommandDelta, running: Iterable[CommandKey] = (), series: Mapping[str, float] | None = None
    ) -> bool:
        """One minute; whether anything stands."""
        at = BEGIN + 60 * self.minutes
        deltas = {name: SeriesDelta(1, value, value, value, last=value) for name, value in (series or {}).items()}
        finish(self.rules.taking(RuleMinute(at, deltas, commands, frozenset(running), self.heard)))
        self.standing = self.rules.found(at + 60.0, self.standing)
        self.minutes += 1
        return bool(self.standing)

    def until(self, stands: bool, *commands: CommandDelta, most: int = 24 * 60) -> int:
        """How many such minutes it takes until something stands, or nothing does."""
        return next(number for number in range(1, most) if self.minute(*commands) is stands)

    @property
    def states(self) -> list[RuleState]:
        """Where each rule stands."""
        return [state for _, state in self.rules.states]

    @property
    def sentences(self) -> list[str]:
        """What is said."""
        return sorted(finding.sentence for finding in self.standing)


RATE = OwnThreshold("error_rate_percent", 5, command="/shop buy", name="shop errors")


def test_an_error_rate_is_pending_then_fires_then_ends() -> None:
    """For as long as the rule says; it names the rule, the command and the rate."""
    bot = Bot(RATE._replace(for_s=180))
    assert not bot.minute(ran(ok=50))
    stands = [bot.minute(ran(ok=20, errors=20)) for _ in range(4)]
    assert stands == [False, False, False, True]
    (finding,) = bot.standing
    assert finding.sentence == "/shop buy: error rate 50 % is above 5 % (rule shop errors)"
    assert (finding.severity, finding.unit, finding.threshold) == (Severity.CRITICAL, "%", 5)
    assert finding.look_at == "/commandstats command:/shop buy"
    assert bot.until(False, ran(ok=10)) <= 15
    assert bot.states == [RuleState.OK]


def test_a_rule_that_waits_is_pending() -> None:
    """What is over before that was nothing, and begins anew."""
    bot = Bot(OwnThreshold("denials", 5, per="minute", for_s=120))
    assert not bot.minute(ran(denied=9)) and bot.states == [RuleState.PENDING]
    assert not bot.minute() and bot.states == [RuleState.OK]
    assert [bot.minute(ran(denied=9)) for _ in range(3)] == [False, False, True]
    assert bot.sentences == ["all commands: 9 denials per minute is above 5 denials (threshold)"]
    assert bot.states == [RuleState.FIRING]


@pytest.mark.parametrize(
    "minutes",
    [
        pytest.param([ran(errors=3)], id="three failures"),
        pytest.param([ran(ok=6, errors=4)], id="one user who tries four times"),
        pytest.param([ran(ok=8, errors=1)] * 4, id="one in nine"),
        pytest.param([ran(denied=500), ran(ok=4, errors=2)], id="denials are no proof of anything"),
        pytest.param([ran(SELL, errors=99)], id="another command"),
    ],
)
def test_few_failures_prove_no_rate(minutes: list[CommandDelta]) -> None:
    """Above five percent, but no more than chance makes of less; or of another command."""
    bot = Bot(RATE)
    assert not any(bot.minute(commands) for commands in minutes)


def test_chance_alone_fires_nothing() -> None:
    """A week of a command that fails in 4 % of cases, with a bound of 5 %."""
    dice, bot = random.Random(7), Bot(RATE)
    for _ in range(7 * 24 * 60):
        errors = sum(dice.random() < 0.04 for _ in range(2))
        assert not bot.minute(ran(ok=2 - errors, errors=errors))


def test_an_idle_command_changes_nothing_for_a_week() -> None:
    """What fired before a quiet week-end stands on Monday; after a week without any invocation nobody knows."""
    bot = Bot(RATE)
    assert bot.minute(ran(errors=40))
    assert bot.until(False, most=8 * 24 * 60) == FORGOTTEN_S // 60


def test_answer_times_are_judged_without_defers_and_failures_of_others() -> None:
    """A quantile of what users waited for, of a cog's commands together."""
    rule = OwnThreshold("answer_time_ms", 800, cog="Shop", value="p95")
    bot = Bot(rule)
    assert not bot.minute(ran(answers=[100] * 400), ran(PING, answers=[5000] * 400))
    assert bot.minute(ran(answers=[100] * 100), ran(SELL, answers=[3000] * 100))
    (sentence,) = bot.sentences
    assert sentence.startswith("cog Shop: answer time p95 3") and "is above 800 ms" in sentence
    assert bot.standing[0].look_at == "/commandstats"


def test_the_mean_of_answers_is_in_milliseconds() -> None:
    """Of one command, and of all."""
    bot = Bot(*(OwnThreshold("answer_time_ms", 300, command=command) for command in ("/shop buy", "")))
    assert bot.minute(ran(answers=[400, 410, 390] * 10), ran(SELL, answers=[100, 110] * 90))
    (sentence,) = bot.sentences
    assert sentence.startswith("/shop buy: answer time mean 400 ms is above 300 ms")


def test_a_pattern_judges_each_command_on_its_own() -> None:
    """Commands that come later, too; a prefix command is also found by its name alone."""
    bot = Bot(OwnThreshold("errors", 5, command="/shop *"), OwnThreshold("errors", 5, command="ping"))
    bot.minute(ran(errors=3), ran(SELL, errors=4))
    assert not bot.standing
    bot.minute(ran(errors=3), ran(PING, errors=6))
    assert bot.sentences == [
        "/shop buy: 6 errors per hour is above 5 errors (threshold)",
        "ping (prefix): 6 errors per hour is above 5 errors (threshold)",
    ]


def test_a_pattern_does_not_judge_what_a_name_does() -> None:
    """The same bound for the same command is judged once."""
    bot = Bot(OwnThreshold("errors", 5, command="/shop *"), OwnThreshold("errors", 5, command="/shop buy"))
    bot.minute(ran(errors=9))
    assert len(bot.standing) == len(bot.rules.commands.watches) == 1


def test_background_work_is_no_command() -> None:
    """A listener that fails is counted like a command, but nobody can invoke it, and its name is a detail."""
    bot = Bot(OwnThreshold("errors", 0, command="*"), OwnThreshold("errors", 0))
    assert not bot.minute(ran(CommandKey(CommandKind.BACKGROUND, "listener on_message", None), errors=9))


def test_few_invocations_are_said_only_of_a_whole_hour() -> None:
    """Of a command that is never used, too; a bot that has just started, or lost its connection, proves nothing."""
    bot = Bot(OwnThreshold("invocations", 10, below=True, command="/shop buy"))
    assert bot.until(True) in range(61, 65)
    assert bot.sentences == ["/shop buy: 0 invocations per hour is below 10 invocations (threshold)"]
    other = Bot(OwnThreshold("invocations", 10, below=True, command="/shop buy"))
    other.heard = False
    assert not any(other.minute() for _ in range(600))


SILENCE = OwnThreshold("invocations", command="/shop buy", absent=True, for_s=7200)


def test_a_silence_fires_once_all_of_it_was_watched() -> None:
    """Not right after a start; it says since when, and ends with the first invocation."""
    bot = Bot(SILENCE)
    assert bot.until(True) == 122
    (finding,) = bot.standing
    assert finding.sentence == "/shop buy: no invocations for 2 h (threshold)"
    assert finding.since <= BEGIN + 3 * 60 and finding.value == finding.threshold == 7200
    assert bot.minute() and not bot.minute(ran(denied=1))
    assert bot.until(True) == 121


def test_what_explains_a_silence_is_none() -> None:
    """A command that still waits for its user, a bot that is not connected, a machine that was asleep."""
    bot = Bot(SILENCE)
    assert not any(bot.minute(running=[BUY]) for _ in range(500))
    bot.heard = False
    assert not any(bot.minute() for _ in range(500))
    bot.heard = True
    assert not any(bot.minute() for _ in range(100))
    bot.rules.restart()
    assert bot.until(True) == 122


def test_a_measure_can_be_silent() -> None:
    """A gauge without a value, a counter that does not grow, and one that is not even declared."""
    rules = [OwnThreshold(name, absent=True, for_s=600) for name in ("jobs.queue", "jobs.done", "jobs.never")]
    bot = Bot(*rules)
    for _ in range(20):
        bot.minute(series={"jobs.queue": 0, "jobs.done": 0})
    assert bot.sentences == [
        "jobs.done: nothing counted for 10 min (threshold)",
        "jobs.never: nothing counted for 10 min (threshold)",
    ]
    for _ in range(20):
        bot.minute(series={"jobs.done": 1})
    assert bot.sentences[0] == "jobs.never: nothing counted for 10 min (threshold)"
    assert bot.sentences[1:] == ["jobs.queue: no value for 10 min (threshold)"]


def test_a_gauge_that_is_not_known_any_more_proves_nothing() -> None:
    """Its last level is no news for ever."""
    bot = Bot(OwnThreshold("jobs.queue", 10, for_s=60))
    assert [bot.minute(series={"jobs.queue": 11}) for _ in range(2)] == [False, True]
    fresh = Bot(OwnThreshold("jobs.queue", 10, for_s=24 * 3600))
    assert not any(fresh.minute(series={"jobs.queue": 11} if minute < 9 else {}) for minute in range(25 * 60))


def test_it_is_kept_firing_for_as_long_as_the_rule_says() -> None:
    """After the bound was crossed for the last time."""
    bot = Bot(OwnThreshold("errors", 5, per="minute", keep_s=600))
    assert bot.minute(ran(errors=9))
    assert bot.until(False) == 10


def test_what_flaps_has_to_be_over_for_longer_each_time() -> None:
    """Up to an hour; what stays away for an hour begins anew."""
    bot = Bot(OwnThreshold("errors", 5, per="minute"))
    bot.minute()
    bot.minute()
    lasted: list[int] = []
    for _ in range(9):
        assert bot.minute(ran(errors=9))
        lasted.append(bot.until(False))
    assert lasted == [1, 1, 2, 4, 8, 16, 32, 60, 60]
    for _ in range(60):
        bot.minute()
    assert bot.minute(ran(errors=9)) and bot.until(False) == 1


def test_a_finding_of_before_a_restart_goes_on() -> None:
    """Until the opposite is sure, by what came since."""
    bot = Bot(RATE)
    bot.minute(ran(errors=40))
    after = Bot(RATE)
    after.standing = bot.standing
    assert after.minute() and after.minute(ran(ok=3))
    assert after.until(False, ran(ok=3)) < 120


def test_the_rule_of_one_instance_is_judged_there() -> None:
    """And stands before the same rule of all instances."""
    loud = OwnThreshold("errors", 5, instance="a")
    bot = Bot(OwnThreshold("errors", 5, severity="warning"), loud)
    bot.minute(ran(errors=9))
    found = {name: finish(bot.rules.finding(0.0, (), name)) for name in ("a", "b")}
    assert [[finding.severity for finding in findings] for findings in found.values()] == [
        [Severity.CRITICAL],
        [Severity.WARNING],
    ]


def test_patterns_find_a_limited_number() -> None:
    """And what is left out is said."""
    keys = [CommandKey(CommandKind.SLASH, f"a{number}", None) for number in range(MOST_WATCHED + 5)]
    bot = Bot(OwnThreshold("errors", 5, command="*"))
    finish(bot.rules.commands.know(keys))
    assert len(bot.rules.commands.watches) == MOST_WATCHED and len(bot.rules.commands.problems()) == 1


def test_a_name_that_no_command_has_is_told_with_what_is_like_it() -> None:
    """Commands, patterns and cogs."""
    rules = [OwnThreshold("errors", 5, command=command) for command in ("/shop by", "/shop buy", "/pay *", "ping")]
    bot = Bot(*rules, OwnThreshold("errors", 5, cog="Shp"), OwnThreshold("errors", 5, cog="Fun"))
    assert finish(bot.rules.commands.strangers([BUY, SELL, PING])) == [
        "no command /shop by: did you mean /shop buy?",
        "no command is like /pay *: check the pattern",
        "no cog Shp: did you mean Shop?",
    ]
    assert finish(bot.rules.commands.strangers([BUY, SELL, PING])) == []
