"""Which findings stand: said once when they begin, and once when they end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.insight.findings import FindingBook
from plugin.insight.health import judge
from plugin.insight.reasons import RULES
from plugin.model import (
    PROCESS,
    BackgroundSnapshot,
    Death,
    ErrorGroup,
    Finding,
    HistoryState,
    MonitorState,
    Place,
    Severity,
    Snapshot,
    Subject,
    SubjectKind,
    TaskGroupSnapshot,
    TaskKind,
)
from plugin.own_rules import OwnThreshold
from plugin.settings import Settings
from tests.insight.snapshots import command, connection, sample, shard, snapshot

MOST_STANDING = 200
"""What is promised."""

SETTINGS = Settings()
AT = 1_700_000_000.0
STEP = 300.0


class Bot:
    """Hands one snapshot after the other to a book, five minutes apart."""

    def __init__(self, left_open: Sequence[Finding] = (), settings: Settings = SETTINGS) -> None:
        self.book, self.at, self.settings = FindingBook(), AT, settings
        self.book.adopt(left_open)

    def look(self, taken: Snapshot) -> list[Finding]:
        """Everything that changed with this snapshot."""
        self.at += STEP
        taken = replace(taken, at=self.at)
        return self.book.update(taken, judge(taken, self.settings), self.settings)


def shards(*connected: bool, away_since: float | None = None) -> Snapshot:
    """A bot with these shards."""
    known = [shard(40, connected=one)._replace(id=number) for number, one in enumerate(connected)]
    return snapshot(
        connection=connection(*[one._replace(away_since=None if one.connected else away_since) for one in known])
    )


def a_task(failed_at: float, stopped: str | None = None) -> Snapshot:
    """A bot whose task failed at some time."""
    error = ErrorGroup("KeyError", Place("cogs/shop.py", "restock", 40), 1, failed_at, failed_at)
    stopped_at = None if stopped is None else failed_at
    group = TaskGroupSnapshot("restock", TaskKind.SCHEDULED, None, 1, 5, 1, 0, error, stopped, stopped_at, ())
    return replace(snapshot(), background=BackgroundSnapshot(1, (group,), ()))


def test_a_shard_that_is_away_is_a_finding_from_its_loss_to_its_return() -> None:
    """It begins when the connection was lost, not when that was seen, and ends once."""
    bot = Bot()
    (began,) = bot.look(shards(True, False, away_since=AT + 200))
    assert (began.rule, began.subject) == ("shard_disconnected", Subject(SubjectKind.SHARD, "1"))
    assert (began.since, began.until, began.severity) == (AT + 200, None, Severity.CRITICAL)
    assert bot.look(shards(True, False, away_since=AT + 200)) == [] and bot.book.active == (began,)
    (ended,) = bot.look(shards(True, True))
    assert ended == began._replace(until=bot.at) and bot.book.active == ()


def back(since: float, until: float) -> Snapshot:
    """A bot whose only shard was away for a while."""
    return snapshot(connection=connection(shard(40)._replace(last_outage=(since, until))))


def test_an_outage_between_two_checks_is_a_finding_too() -> None:
    """With the exact times; it does not stand, no page warns of it, and one of a few seconds is none."""
    bot = Bot()
    (over,) = bot.look(back(AT + 10, AT + 70))
    assert (over.rule, over.since, over.until) == ("shard_disconnected", AT + 10, AT + 70)
    assert bot.book.active == () and judge(back(AT + 10, AT + 70), SETTINGS).reasons == ()
    assert bot.look(back(AT + 10, AT + 70)) == [] and bot.look(back(AT + 400, AT + 405)) == []
    (another,) = bot.look(back(AT + 700, AT + 800))
    assert (another.since, another.until) == (AT + 700, AT + 800)


def test_a_shard_that_is_back_ends_its_finding_when_it_came_back() -> None:
    """Not when that was seen."""
    bot = Bot()
    bot.look(shards(False, away_since=AT + 200))
    (ended,) = bot.look(back(AT + 200, AT + 350))
    assert (ended.since, ended.until) == (AT + 200, AT + 350)


def test_a_task_that_fails_again_and_again_is_one_finding() -> None:
    """From its first failure to its last; an hour after that it no longer stands."""
    bot, seen = Bot(), list[Finding]()
    for failed_at in (AT, AT, AT + 500, AT + 500):
        seen += bot.look(a_task(failed_at))
    assert [(found.since, found.until) for found in seen] == [(AT, AT), (AT, AT + 500)]
    for _ in range(12):
        assert bot.look(a_task(AT + 500)) == []
    assert bot.book.active == ()
    assert [(found.since, found.until) for found in bot.look(a_task(bot.at))] == [(bot.at - STEP, bot.at - STEP)]


def test_what_counts_since_the_start_happened_when_it_grew() -> None:
    """An error of the monitor itself does not stand until the next start."""
    bot = Bot()
    faulty = replace(snapshot(), monitor=MonitorState({"rest": 1}, {}, {}))
    (began,) = bot.look(faulty)
    assert (began.rule, began.since, began.until) == ("monitor_errors", bot.at, bot.at)
    for _ in range(13):
        bot.look(faulty)
    assert bot.book.active == ()
    (again,) = bot.look(replace(snapshot(), monitor=MonitorState({"rest": 2}, {}, {})))
    assert again.since == bot.at


def test_a_threshold_is_a_finding_with_its_value() -> None:
    """It has the bound, the unit and the sentence of the log."""
    bot = Bot()
    (began,) = bot.look(snapshot(samples=[sample(memory_mb=612)]))
    assert (began.rule, began.subject, began.value, began.threshold, began.unit) == ("memory", PROCESS, 612, 500, "MB")
    assert began.sentence == "memory 612 MB is over 500 MB (memory_threshold_mb)"
    (ended,) = bot.look(snapshot(samples=[sample(memory_mb=100)]))
    assert ended.until == bot.at and ended.sentence.startswith("resolved: memory")


def test_history_is_told_of_each_change_once_in_its_latest_state() -> None:
    """A finding that began and ended between two cuts is one record."""
    bot = Bot()
    bot.look(shards(False))
    bot.look(shards(True))
    bot.look(shards(False))
    told = bot.book.take()
    assert [(found.since, found.until) for found in told] == [(AT + STEP, AT + 2 * STEP), (AT + 3 * STEP, None)]
    assert bot.book.take() == ()


@pytest.mark.parametrize("memory_mb", [612, 100])
def test_a_restart_goes_on_with_findings_that_stood(memory_mb: float) -> None:
    """One that still holds is not said again; one that no longer does ends, with the begin that it had."""
    before = Bot()
    left_open = [*before.look(snapshot(samples=[sample(memory_mb=700)])), *before.look(shards(False))]
    after = Bot([found for found in left_open if found.until is None])
    connected = memory_mb < 500
    taken = replace(shards(connected, away_since=None), samples=(sample(memory_mb=memory_mb),))
    changes = {found.rule: found for found in after.look(taken)}
    if connected:
        assert {rule: found.until for rule, found in changes.items()} == {
            "memory": after.at,
            "shard_disconnected": after.at,
        }
        assert changes["memory"].since == AT + STEP
    else:
        assert changes == {} and len(after.book.active) == 2


def test_a_finding_of_a_command_that_is_gone_ends_at_the_start() -> None:
    """So does one whose rule this version does not have."""
    gone = Finding("slow_command", Subject(SubjectKind.COMMAND, "/gone"), Severity.CRITICAL, "", AT, threshold=1000.0)
    unknown = Finding("of_another_version", PROCESS, Severity.WARNING, "", AT)
    bot = Bot([gone, unknown])
    assert bot.look(snapshot(command("here"))) == [] and bot.book.active == ()
    assert {found.until for found in bot.book.take()} == {bot.at}


def test_an_own_threshold_ends_at_the_start_where_none_is_left() -> None:
    """Its table was removed, and without any nothing judges it."""
    stood = Finding("threshold", Subject(SubjectKind.MEASURE, "economy.supply > 5"), Severity.CRITICAL, "", AT)
    bot = Bot([stood])
    bot.look(snapshot())
    assert bot.book.active == () and bot.book.take() == (stood._replace(until=bot.at),)


def test_the_worst_find_room() -> None:
    """More than two hundred at once are counted, and those that are critical come first."""
    bot = Bot()
    bot.look(shards(*[False] * (MOST_STANDING + 7)))
    assert (len(bot.book.active), bot.book.dropped) == (MOST_STANDING, 7)


@given(st.lists(st.lists(st.booleans(), min_size=3, max_size=3), max_size=20))
def test_begin_and_end_alternate(looks: list[list[bool]]) -> None:
    """Whatever happens, each finding ends as often as it began, but for those that stand."""
    bot, balance = Bot(), Counter[Subject]()
    for look in looks:
        for found in bot.look(shards(*look)):
            balance[found.subject] += 1 if found.until is None else -1
            assert balance[found.subject] in (0, 1)
    assert {subject for subject, open_ in balance.items() if open_} == {found.subject for found in bot.book.active}


def test_every_rule_has_a_name_of_its_own() -> None:
    """History tells them apart by it."""
    assert len({rule.name for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", ["threshold", "changed_with_update"])
def test_findings_of_own_measures_go_on_after_a_restart(rule: str) -> None:
    """They stand as they were, until their own rule finds them no more."""
    subject = Subject(SubjectKind.MEASURE, "economy.transactions > 500")
    stood = Finding(rule, subject, Severity.CRITICAL, "612 per hour is above 500", AT - 3600, threshold=500.0)
    bot = Bot([stood], Settings(thresholds=(OwnThreshold("economy.transactions", 500),)))
    bot.look(snapshot())
    assert bot.book.active == (stood,)
    assert bot.book.hold((rule,), [stood._replace(since=AT)], AT) == []
    (ended,) = bot.book.hold((rule,), (), AT + 60)
    assert (ended.since, ended.until) == (AT - 3600, AT + 60)


def test_an_unclean_shutdown_is_a_finding_of_the_time_without_the_bot() -> None:
    """From the last sign of life to the start after it, with how long that was and how often it happened."""
    death = Death(AT - 1500, AT - 300, "memory 81 MB", None, 3)
    history = HistoryState("golem.db", "host", "1.0", None, None, 0, 0, death=death)
    taken = snapshot()
    found = Bot().look(replace(taken, monitor=replace(taken.monitor, history=history)))
    (down,) = [finding for finding in found if finding.rule == "unclean_shutdown"]
    assert (down.since, down.until, down.subject) == (AT - 1500, AT - 300, Subject(SubjectKind.INSTANCE, "host"))
    assert down.sentence == "unclean shutdown, down for up to 20 min"
    assert down.evidence == (("in 7 d", 3),)


LOST = Finding("shard_disconnected", Subject(SubjectKind.SHARD, "0"), Severity.CRITICAL, "", AT, AT + 50)
FAILED = Finding("task_failed", Subject(SubjectKind.TASK, "restock"), Severity.WARNING, "once", AT, AT)


@pytest.mark.parametrize(
    ("first", "since", "kept"),
    [
        (LOST, AT + 50, True),
        (LOST, AT + 51, False),
        (LOST._replace(until=None), AT + 51, True),
        (FAILED, AT + 51, True),
    ],
    ids=["at its end", "after its end", "still open", "an event"],
)
def test_a_state_that_begins_after_its_end_is_new(first: Finding, since: float, kept: bool) -> None:
    """Else the finding goes on from its first begin; an event always does while it stands."""
    book, again = FindingBook(), first._replace(since=since, until=AT + 90)
    assert book.hold((first.rule,), [first], AT + 60) == [first]
    assert book.hold((first.rule,), [again], AT + 100) == [again._replace(since=AT) if kept else again]


def test_only_begin_end_and_severity_are_changes() -> None:
    """Another sentence or value is shown, but told to nobody."""
    book, rules = FindingBook(), (FAILED.rule,)
    book.hold(rules, [FAILED], AT)
    again = FAILED._replace(sentence="twice", value=2)
    assert book.hold(rules, [again], AT + 1) == [] and book.active == (again,)
    worse = again._replace(severity=Severity.CRITICAL)
    assert book.hold(rules, [worse], AT + 2) == [worse]
    later = worse._replace(until=AT + 3)
    assert book.hold(rules, [later], AT + 3) == [later]


def test_what_is_gone_ends_unless_it_had_an_end() -> None:
    """Findings of other rules stay; those that ended come before those that begin, which come worst first."""
    book, away = FindingBook(), LOST._replace(until=None)
    book.hold((away.rule, FAILED.rule), [FAILED, away], AT)
    assert book.hold(("growth",), (), AT + 9) == []
    assert book.active == (away, FAILED)
    mild, grave = (FAILED._replace(rule=f"of {one}", severity=one) for one in (Severity.WARNING, Severity.CRITICAL))
    rules = (away.rule, FAILED.rule, mild.rule, grave.rule)
    assert book.hold(rules, [mild, grave], AT + 10) == [away._replace(until=AT + 10), grave, mild]
    assert book.active == (grave, mild)


@pytest.mark.parametrize(
    ("passed_s", "value", "until"),
    [(3600, 2, AT), (3601, 2, None), (3601, 3, AT + 3601), (60, 1, AT)],
    ids=["an hour", "longer", "grew again", "fell"],
)
def test_a_count_is_told_for_an_hour_after_it_grew(passed_s: float, value: float, until: float | None) -> None:
    """The finding ended when its value last grew, and began with the growth before that while it stands."""
    book = FindingBook()
    counted = Finding("monitor_errors", Subject(SubjectKind.MONITOR), Severity.WARNING, "", AT, value=2)
    assert book.hold(("monitor_errors",), [counted], AT) == [counted._replace(until=AT)]
    book.hold(("monitor_errors",), [counted._replace(value=value)], AT + passed_s)
    assert [(found.since, found.until) for found in book.active] == ([] if until is None else [(AT, until)])


def test_a_full_book_takes_what_it_knows_already() -> None:
    """Two hundred findings stand at most; each that finds no room is counted once at each check."""
    book = FindingBook()
    many = [FAILED._replace(subject=Subject(SubjectKind.TASK, str(n))) for n in range(MOST_STANDING + 2)]
    assert len(book.hold((FAILED.rule,), many[:MOST_STANDING], AT)) == MOST_STANDING and book.dropped == 0
    assert book.hold((FAILED.rule,), many, AT) == [] and book.dropped == 2
    assert book.hold((FAILED.rule,), many[1 : MOST_STANDING + 1], AT) == [many[MOST_STANDING]]
    assert book.dropped == 2
