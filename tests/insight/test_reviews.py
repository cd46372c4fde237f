"""Commands and cogs over a period: their order, their sums, and what they are set beside."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from plugin.histogram import Histogram
from plugin.insight.dispersion import Steps
from plugin.insight.reviews import CommandAsked, CommandsAsked, rank, review_cogs, review_command, review_commands
from plugin.insight.scales import Scales
from plugin.model import (
    NO_ANSWERS,
    AnswerSums,
    AnswerTimes,
    Change,
    ChangeVerdict,
    CommandCourse,
    CommandDelta,
    CommandKey,
    CommandKind,
    CommandTotals,
    ErrorHistory,
    Period,
    ReleaseSeen,
    Severity,
    Spans,
)
from plugin.model.command_reviews import CogsReview, CommandPast, CommandsReview
from plugin.settings import Settings
from tests.history.builders import answers

MS = 1_000_000
SCALES = Scales.of(Settings())
SPANS = Spans(Period.DAY, 86_400, 2 * 86_400, 0, 0, None)
DEFERS_MS = 12_000


def delta(
    name: str, outcomes: tuple[int, int, int, int], each_ms: int = 10, deferred: int = 0, cog: str | None = None
) -> CommandDelta:
    """A command of which so many deferred, and answered in 12 s, and the others that ran all answered alike."""
    ran = outcomes[0] + outcomes[2]
    return CommandDelta(
        CommandKey(CommandKind.SLASH, name, cog),
        outcomes,
        ran * each_ms * MS,
        Histogram(),
        Histogram(),
        answers([each_ms * MS] * (ran - deferred)),
        answers([DEFERS_MS * MS] * deferred),
    )


def sums(times: AnswerTimes) -> AnswerSums:
    """Without the histogram."""
    return AnswerSums(times.number, times.total_ns)


def totals(of: CommandDelta) -> CommandTotals:
    """The counts of a command."""
    return CommandTotals(of.key, of.outcomes, of.total_ns, sums(of.answers), sums(of.deferred))


def names(commands: Sequence[CommandTotals]) -> list[str]:
    """What they are called."""
    return [command.key.name for command in commands]


COMMANDS = [
    delta("busy", (900, 5, 0, 95), 20),
    delta("slow", (100, 0, 20, 0), 900),
    delta("late", (70, 1, 30, 0), 10, deferred=60),
    delta("refused", (10, 90, 0, 0), 30),
    delta("never", (0, 0, 0, 3)),
]


def test_the_foremost_of_each_list_come_first() -> None:
    """By invocations, mean of the answers that are judged, errors and refusals; who has none is in no list."""
    found = rank(map(totals, COMMANDS), 10, SCALES)
    assert names(found.most_used) == ["busy", "slow", "late", "refused", "never"]
    assert names(found.slowest) == ["late", "slow", "refused", "busy"]
    assert names(found.most_errors) == ["late", "slow"]
    assert names(found.most_denied) == ["refused", "busy", "late"]
    assert [len(each) for each in rank(map(totals, COMMANDS), 2, SCALES)] == [2] * 4


def test_of_those_alike_the_more_used_come_first_then_by_name() -> None:
    """The store gives them in no particular order, and a page must not jump."""
    alike = [delta("b", (9, 0, 1, 0)), delta("a", (9, 0, 1, 0)), delta("c", (19, 0, 1, 0))]
    for given in (alike, alike[::-1]):
        found = rank(map(totals, given), 10, SCALES)
        assert names(found.most_errors) == names(found.slowest) == names(found.most_used) == ["c", "a", "b"]


def asked(commands: Sequence[CommandDelta]) -> CommandsAsked:
    """What history answers about these."""
    return CommandsAsked({of.key: totals(of) for of in commands}, {of.key: of for of in commands})


def reviewed(
    commands: Sequence[CommandDelta], before: Sequence[CommandDelta] | None, errors: Sequence[ErrorHistory] = ()
) -> CommandsReview:
    """A day of these, set beside another."""
    now, earlier = asked(commands), None if before is None else asked(before)
    return review_commands(SPANS, rank(now.totals.values(), 10, SCALES), now, earlier, errors, SCALES, {})


def values(change: Change) -> tuple[float | None, float | None]:
    """Before and after."""
    return change.before, change.after


def failed(key: CommandKey, count: int) -> ErrorHistory:
    """So many failures of a command."""
    return ErrorHistory("KeyError", None, count, 0, 0, "1", "1", (key,))


def test_each_list_sets_its_number_beside_that_before() -> None:
    """Invocations, answers, shares of errors of what ran, and of refusals in all."""
    before = [delta(of.key.name, (80, 10, 20, 10), 100) for of in COMMANDS]
    found = reviewed(COMMANDS, before)
    assert {each.key.name: values(each.changes[0]) for each in found.most_used}["busy"] == (120, 1000)
    assert {each.key.name: values(each.changes[0]) for each in found.most_errors}["late"] == (0.2, 0.3)
    assert {each.key.name: values(each.changes[0]) for each in found.most_denied}["refused"] == (10 / 120, 0.9)
    slow = next(each for each in found.slowest if each.key.name == "slow")
    assert values(slow.changes[0]) == (100 * MS, 900 * MS)
    assert [change.verdict for change in slow.changes[:3]] == [ChangeVerdict.WORSE] * 3
    late = next(each for each in found.slowest if each.key.name == "late")
    assert late.deferred and values(late.changes[0]) == (None, DEFERS_MS * MS)


def test_what_was_not_invoked_before_is_set_beside_nothing() -> None:
    """Zero invocations, and no share of anything; without a span before, no value at all."""
    before = [delta("busy", (1, 0, 0, 0)), *(delta(of.key.name, (0, 0, 0, 0)) for of in COMMANDS[1:])]
    now, earlier = asked(COMMANDS), asked(before)._replace(totals={before[0].key: totals(before[0])})
    found = review_commands(SPANS, rank(now.totals.values(), 10, SCALES), now, earlier, (), SCALES, {})
    assert [values(each.changes[0]) for each in found.most_used[:2]] == [(1, 1000), (0, 120)]
    assert values(found.most_errors[0].changes[0])[0] is None
    alone = reviewed(COMMANDS, None)
    for commands in (alone.most_used, alone.slowest, alone.most_errors, alone.most_denied):
        assert all(change.before is None and not change.holds for each in commands for change in each.changes)


def test_all_commands_are_summed_and_those_not_well_counted() -> None:
    """Slow on average, or failing more than wanted; each by the answers and outcomes of the period."""
    found = reviewed(COMMANDS, None)
    assert (found.outcomes, found.commands) == ((1080, 96, 50, 98), 5)
    assert (found.slow, found.failing) == (2, 2)
    assert {each.key.name: each.severity for each in found.most_used} == {
        "busy": Severity.WELL,
        "slow": Severity.WARNING,
        "late": Severity.CRITICAL,
        "refused": Severity.WELL,
        "never": Severity.UNKNOWN,
    }


def test_a_failing_command_names_its_errors() -> None:
    """Its own only, most frequent first."""
    late, slow = COMMANDS[2].key, COMMANDS[1].key
    found = reviewed(COMMANDS, None, [failed(late, 10), failed(slow, 20), failed(late, 15)])
    assert [[group.count for group in each.errors] for each in found.most_errors] == [[15, 10], [20]]


COGS = [
    delta("buy", (500, 0, 0, 0), 20, cog="shop"),
    delta("sell", (300, 5, 100, 5), 40, cog="shop"),
    delta("ping", (2000, 0, 0, 0), 10, cog="admin"),
    delta("kick", (1, 0, 0, 0), 10, cog="admin"),
    delta("roll", (2001, 0, 0, 0), 10, cog=None),
    delta("idle", (0, 0, 0, 0), 10, cog="unused"),
    delta("wait", (50, 0, 0, 0), 10, deferred=40, cog="work"),
]


def cogs(before: Sequence[CommandDelta] | None) -> CogsReview:
    """A day of these cogs, set beside another."""
    earlier = None if before is None else {of.key: of for of in before}
    return review_cogs(SPANS, {of.key: of for of in COGS}, earlier, SCALES, {})


def test_cogs_are_the_sums_of_their_commands_worst_first() -> None:
    """Then by invocations, then by name; a cog of which nothing was invoked is not there."""
    found = cogs(None)
    assert [(cog.name, cog.commands) for cog in found.cogs] == [("work", 1), ("shop", 2), (None, 1), ("admin", 2)]
    assert [cog.severity for cog in found.cogs] == [Severity.CRITICAL, Severity.WARNING, Severity.WELL, Severity.WELL]
    shop = found.cogs[1]
    assert shop.outcomes == (800, 5, 100, 5)
    assert (shop.invocations.after, shop.error_rate.after) == (910, 100 / 900)
    assert shop.mean_ns.after == (500 * 20 + 400 * 40) / 900 * MS
    assert found.outcomes == (4852, 5, 100, 5)
    assert found.error_rate.value == 100 * 100 / 4952


def test_cogs_are_set_beside_themselves() -> None:
    """One that had no invocations before has none to be set beside; an arrow is beside all others that are shown."""
    found = cogs([delta("buy", (900, 0, 0, 0), 20, cog="shop"), delta("ping", (1990, 0, 0, 0), 5, cog="admin")])
    work, shop, _, admin = found.cogs
    assert (values(shop.invocations), values(shop.error_rate)) == ((900, 910), (0, 100 / 900))
    assert (shop.error_rate.verdict, shop.invocations.verdict) == (ChangeVerdict.WORSE, ChangeVerdict.SAME)
    assert (values(admin.mean_ns), admin.mean_ns.verdict) == ((5 * MS, 10 * MS), ChangeVerdict.WORSE)
    assert values(work.invocations) == (0, 50) and work.error_rate.before is None


def detail(now: CommandDelta, before: CommandDelta | None) -> CommandPast:
    """One command in detail, with what history says of others as well."""
    releases = [ReleaseSeen("old", 0, SPANS.start - 1), ReleaseSeen("new", 0, SPANS.start)]
    errors = [failed(now.key, 3), failed(COMMANDS[0].key, 9)]
    told = CommandAsked(now, before, now, CommandCourse(60, ()), errors, releases, [], Steps())
    return review_command(SPANS, told, SCALES)


def test_one_command_has_each_of_its_numbers_beside_that_before() -> None:
    """Its own errors, and the releases that ran in the period."""
    found = detail(COMMANDS[1], delta("slow", (500, 0, 0, 0), 100))
    assert (values(found.invocations), values(found.errors)) == ((500, 120), (0, 20 / 120))
    assert values(found.answers[0]) == (100 * MS, 900 * MS)
    assert (found.invocations.verdict, found.errors.verdict) == (ChangeVerdict.MOVED, ChangeVerdict.WORSE)
    assert ([group.count for group in found.groups], [each.name for each in found.releases]) == ([3], ["new"])
    assert (found.response.value, found.deferred) == (900, False)


@pytest.mark.parametrize("deferred", [0, 60])
def test_one_command_is_told_by_the_answers_that_are_judged(deferred: int) -> None:
    """Those after a defer where they are worse, also in the span before; there may be none."""
    now, before = delta("c", (100, 0, 0, 0), 10, deferred), delta("c", (50, 0, 0, 0), 20)
    found = detail(now, before)
    assert found.deferred == bool(deferred)
    assert values(found.answers[0]) == ((None, DEFERS_MS * MS) if deferred else (20 * MS, 10 * MS))
    assert detail(now._replace(answers=NO_ANSWERS, deferred=NO_ANSWERS), before).response.value is None


def test_cogs_that_are_alike_come_by_their_invocations_and_then_by_name() -> None:
    """The most used first; commands without a cog are named last or first as an empty name is."""
    uses = {"b": 10, "a": 10, "busy": 90, None: 5}
    commands = [delta(f"of {cog}", (number, 0, 0, 0), cog=cog) for cog, number in uses.items()]
    found = review_cogs(SPANS, {of.key: of for of in commands}, None, SCALES, {})
    assert [cog.name for cog in found.cogs] == ["busy", "a", "b", None]


def test_a_command_that_was_not_invoked_has_zeros() -> None:
    """Of everything."""
    key = CommandKey(CommandKind.SLASH, "never", None)
    assert CommandsAsked({}, {}).of(key) == CommandTotals(key, (0, 0, 0, 0), 0)
