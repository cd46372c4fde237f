"""Which thresholds are crossed, and since when."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.insight.evidence import Evidence
from plugin.insight.intervals import RuleValue
from plugin.insight.thresholds import ThresholdBook, began, ended
from plugin.metrics import Registry
from plugin.model import (
    PROCESS,
    CommandKey,
    CommandKind,
    CommandSnapshot,
    Finding,
    Outcome,
    Severity,
    Snapshot,
    Subject,
    SubjectKind,
)
from plugin.settings import Settings
from tests.insight.snapshots import MS, command, sample, snapshot

FORGOTTEN_S, LARGEST_BOOK = 7 * 86_400.0, 50
"""What is promised."""

SETTINGS = Settings()
STEP = 300.0


def named(finding: Finding) -> str | None:
    """The command that it is about; None for the process."""
    return finding.subject.name or None


class Clock:
    """Hands one snapshot after the other to a book, an interval apart."""

    def __init__(self) -> None:
        self.book = ThresholdBook()
        self.now = 0.0

    def look(self, taken: Snapshot) -> list[Finding]:
        """The changes of the next interval."""
        self.now += STEP
        return self.book.update(self.now, taken, SETTINGS)

    def commands(self, *commands: CommandSnapshot) -> list[tuple[str, str | None, bool]]:
        """Rule, subject and direction of what changed with these commands."""
        return [(change.rule, named(change), change.until is None) for change in self.look(snapshot(*commands))]

    def memory(self, memory_mb: float) -> list[bool]:
        """Directions of what changed with this much memory."""
        return [change.until is None for change in self.look(snapshot(samples=[sample(self.now, memory_mb=memory_mb)]))]


def test_memory_is_judged_at_the_first_look() -> None:
    """Too much memory needs no earlier look to be seen."""
    clock = Clock()
    (change,) = clock.look(snapshot(samples=[sample(memory_mb=612)]))
    assert (change.rule, named(change), change.value, change.until is None) == ("memory", None, 612, True)
    assert clock.book.active == (change,)


def test_alert_is_said_once_and_its_end_once() -> None:
    """However long a threshold stays crossed, there is one change when it is crossed and one when it is over."""
    clock = Clock()
    assert [clock.memory(mb) for mb in (100, 600, 700, 600, 100, 100)] == [[], [True], [], [], [False], []]
    assert clock.book.active == ()


def test_value_beside_the_threshold_does_not_flap() -> None:
    """A value at the threshold raises nothing, and one above 95 % of it clears nothing."""
    clock = Clock()
    changes = [clock.memory(mb) for mb in (500, 501, 499, 501, 476, 475)]
    assert changes == [[], [True], [], [], [], [False]]


def test_active_alert_shows_the_present_value() -> None:
    """While an alert stands its value follows, and the time since when it stands does not."""
    clock = Clock()
    clock.memory(600)
    clock.memory(700)
    assert [(alert.value, alert.since) for alert in clock.book.active] == [(700, STEP)]


def test_cpu_is_the_mean_of_the_interval() -> None:
    """Only samples of the interval count, and not the ones that know no CPU."""
    samples = [sample(at, cpu_percent=cpu) for at, cpu in ((0, 900), (350, 70), (400, None), (500, 100))]
    (change,) = ThresholdBook().update(600, snapshot(samples=samples), SETTINGS)
    assert (change.rule, change.value) == ("cpu", 85)


class Bot:
    """Invokes commands, measured by the monitor's own registry, and looks every five minutes."""

    def __init__(self) -> None:
        self.book = ThresholdBook()
        self._registry = Registry(100, 5000)
        self._now_s = 0.0

    def ask(self, number: int = 1, ms: float = 10, *, error: bool = False, deferred: bool = False, name: str = "ask"):
        """So many invocations of a command that end now, each answered after so long."""
        metrics, now_ns = self._registry.command(CommandKey(CommandKind.SLASH, name, None)), int(self._now_s * 1e9)
        for _ in range(number):
            answered_ns = now_ns + int(ms * MS)
            metrics.record(Outcome.ERROR if error else Outcome.OK, now_ns, answered_ns, answered_ns, deferred)
            if deferred:
                metrics.answered_deferred(int(ms * MS))

    def look(self) -> list[tuple[str, str | None, bool]]:
        """Rule, subject and direction of what changed five minutes later."""
        return [(change.rule, named(change), change.until is None) for change in self.changes()]

    def changes(self) -> list[Finding]:
        """What changed five minutes later."""
        self._now_s += STEP
        self._registry.cut_recent(self._now_s)
        commands, recent = self._registry.snapshot((), 0), self._registry.recent(self._now_s, 0)
        return self.book.update(self._now_s, replace(snapshot(*commands), recent=recent), SETTINGS)


RAISED, OVER = ("slow_command", "/ask", True), ("slow_command", "/ask", False)


@pytest.mark.parametrize(
    ("answers_ms", "slow"),
    [
        ([1500] * 10, True),
        ([1500] * 9, False),
        ([900] * 100, False),
        ([100] * 8 + [9000] * 2, False),
        ([1100, 1900] * 10, True),
        ([10] * 40 + [1500] * 10, True),
        ([1500] * 40 + [10] * 10, False),
    ],
    ids=["all slow", "too few", "none slow", "two outliers", "spread", "slow by now", "slow until lately"],
)
def test_a_command_is_slow_where_its_latest_answers_prove_it(answers_ms: list[float], slow: bool) -> None:
    """Ten alike are enough; where they are spread more are needed, and what is newer decides."""
    bot = Bot()
    for ms in answers_ms:
        bot.ask(ms=ms)
    assert bot.look() == ([RAISED] if slow else [])


def test_a_slow_command_that_is_called_now_and_then_is_said_once() -> None:
    """One that takes 1.5 s every twenty minutes is one alert in three days, however many looks see no call."""
    bot, said = Bot(), list[object]()
    for number in range(3 * 24 * 12):
        if number % 4 == 0:
            bot.ask(ms=1500 + number % 7)
        said += bot.look()
    assert said == [RAISED]


def test_an_alert_is_over_when_newer_answers_prove_it() -> None:
    """Not while nobody calls, nor after a few quick ones; and then it is said once."""
    bot = Bot()
    bot.ask(20, 1500)
    assert bot.look() == [RAISED]
    assert [bot.look() for _ in range(100)] == [[]] * 100
    bot.ask(9, 10)
    assert bot.look() == []
    bot.ask(1, 10)
    assert [bot.look(), bot.look()] == [[OVER], []]


def test_an_alert_without_news_ends_after_a_week() -> None:
    """Of a command that nobody calls any more there is nothing left to say."""
    bot = Bot()
    bot.ask(20, 1500)
    bot.look()
    looks = [bot.changes() for _ in range(7 * 24 * 12)]
    assert [change.value for changes in looks for change in changes] == [None]
    assert looks[-1]


def test_slow_deferred_answers_are_an_alert_of_their_own() -> None:
    """They have a threshold of their own; what a command does after its answer is no matter."""
    bot = Bot()
    bot.ask(20, 12_000, deferred=True)
    (change,) = bot.changes()
    assert change.sentence == (
        "/ask: average answer time after deferring 12 s is over 10 s (deferred_answer_threshold_ms)"
    )
    assert Clock().commands(command(ok=100, mean_ms=40)._replace(total_ns=10**12)) == []


@pytest.mark.parametrize(
    ("ok", "failed", "raised"),
    [(10, 2, False), (60, 1, False), (0, 9, False), (0, 10, True), (3, 9, True), (180, 20, False), (140, 60, True)],
)
def test_an_error_rate_is_too_high_where_its_lower_bound_is(ok: int, failed: int, raised: bool) -> None:
    """2 of 12 are above 10 % and prove nothing; nor do nine failures of nine."""
    bot = Bot()
    bot.ask(ok)
    bot.ask(failed, error=True)
    assert bot.look() == ([("error_rate", None, True), ("error_rate", "/ask", True)] if raised else [])


def test_one_of_many_commands_needs_more_evidence() -> None:
    """Among a hundred commands one fails four times of twelve by chance."""
    bot = Bot()
    for number in range(100):
        bot.ask(50, name=f"other{number}")
    bot.ask(6)
    bot.ask(6, error=True)
    assert bot.look() == []


def test_an_error_rate_is_over_when_newer_invocations_prove_it() -> None:
    """Its alert stays while nobody calls, and ends within three looks that see what works again."""
    bot = Bot()
    bot.ask(20, error=True)
    assert len(bot.look()) == 2
    assert [bot.look() for _ in range(50)] == [[]] * 50
    said = list[object]()
    for _ in range(3):
        bot.ask(5)
        said += bot.look()
    assert said == [("error_rate", None, False), ("error_rate", "/ask", False)]


def test_command_that_vanished_clears_its_alert() -> None:
    """An alert about a command that is gone is over at the next look, without a value."""
    clock = Clock()
    clock.commands(command(ok=10, mean_ms=1500))
    (change,) = clock.look(snapshot())
    assert (change.until is None, change.value) == (False, None)


def test_book_is_bounded_and_keeps_the_worst() -> None:
    """No more than fifty alerts stand at once, the process before its commands and the worst first; others count."""
    clock = Clock()
    slow = [command(f"n{i}", ok=10, mean_ms=1001 + i) for i in range(60)]
    taken = snapshot(*slow, samples=[sample(memory_mb=501)])
    changes = clock.look(taken)
    assert [named(change) for change in changes[:3]] == [None, "/n59", "/n58"]
    assert (len(changes), len(clock.book.active), clock.book.dropped) == (LARGEST_BOOK, LARGEST_BOOK, 11)


def test_commands_of_one_name_are_told_apart() -> None:
    """Two commands that share a name in different cogs have an alert each."""
    clock = Clock()
    clock.commands(*[command(cog=cog, ok=10, mean_ms=1500) for cog in ("a", "b")])
    assert len(clock.book.active) == 2


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        (
            snapshot(samples=[sample(memory_mb=612)]),
            snapshot(samples=[sample(memory_mb=450)]),
            (
                "memory 612 MB is over 500 MB (memory_threshold_mb)",
                "resolved: memory 450 MB, was over 500 MB (memory_threshold_mb) for 5 min",
            ),
        ),
        (
            snapshot(command("shop buy", ok=10, mean_ms=1000.2)),
            snapshot(),
            (
                "/shop buy: average answer time 1.0002 s is over 1 s (slow_command_threshold_ms)",
                "resolved: /shop buy: average answer time was over 1 s (slow_command_threshold_ms) for 5 min; "
                "no recent data",
            ),
        ),
    ],
    ids=["memory", "vanished"],
)
def test_line_names_value_threshold_and_setting(before: Snapshot, after: Snapshot, lines: tuple[str, str]) -> None:
    """The log says what crossed which threshold, which setting holds it, and how long it lasted."""
    clock = Clock()
    assert tuple(change.sentence for taken in (before, after) for change in clock.look(taken)) == lines


counters = st.tuples(st.integers(0, 30), st.integers(0, 30), st.sampled_from([1, 900, 960, 1100, 5000]))


@given(st.lists(st.dictionaries(st.sampled_from("abc"), counters), max_size=12))
def test_changes_add_up_to_what_is_active(looks: list[dict[str, tuple[int, int, int]]]) -> None:
    """Raised and cleared alternate for each alert, whatever happens, and what is left is active."""
    bot, standing = Bot(), set[tuple[str, str | None]]()
    for look in looks:
        for name, (ok, error, ms) in look.items():
            bot.ask(ok, ms, name=name)
            bot.ask(error, ms, error=True, name=name)
        for rule, subject, raised in bot.look():
            assert ((rule, subject) in standing) is not raised
            standing ^= {(rule, subject)}
        assert {(alert.rule, named(alert)) for alert in bot.book.active} == standing


def test_a_finding_without_any_data_ends_after_a_week() -> None:
    """Of the process each value is news; a finding that was adopted counts from its adoption."""
    book, nothing = ThresholdBook(), snapshot(samples=[])
    stood = Finding("memory", PROCESS, Severity.CRITICAL, "", -STEP, value=612, threshold=500, unit="MB")
    assert book.adopt(stood, None, 0) == book.adopt(stood._replace(since=0), None, 0) == stood
    assert book.update(FORGOTTEN_S - 1, nothing, SETTINGS) == []
    known = snapshot(samples=[sample(FORGOTTEN_S - 1, memory_mb=490)])
    assert book.update(FORGOTTEN_S - 1, known, SETTINGS) == []
    assert book.active == (stood._replace(value=490),)
    assert book.update(2 * FORGOTTEN_S - 2, nothing, SETTINGS) == []
    (over,) = book.update(2 * FORGOTTEN_S - 1, nothing, SETTINGS)
    assert (over.value, over.until, over.since) == (None, 2 * FORGOTTEN_S - 1, -STEP)
    assert book.active == ()


def test_the_finding_of_a_command_names_where_to_look() -> None:
    """It has the value, the threshold and its unit; its end keeps everything but the sentence and the value."""
    key = CommandKey(CommandKind.SLASH, "shop buy", None)
    finding = began(RuleValue("slow_command", key, Evidence(1500.0, crossed=True), 1000.0, "ms"), 1500.0, 60)
    assert finding == Finding(
        "slow_command",
        Subject(SubjectKind.COMMAND, "/shop buy"),
        Severity.CRITICAL,
        "/shop buy: average answer time 1.5 s is over 1 s (slow_command_threshold_ms)",
        60,
        value=1500,
        threshold=1000,
        unit="ms",
        look_at="/commandstats command:/shop buy",
    )
    over = "resolved: /shop buy: average answer time 800 ms, was over 1 s (slow_command_threshold_ms) for 2 min"
    assert ended(finding, 180, 800) == finding._replace(sentence=over, until=180, value=800)


def test_the_finding_of_the_process_has_no_name() -> None:
    """Its page is that of the process."""
    finding = began(RuleValue("error_rate", None, Evidence(25.0, crossed=True), 10.0, "%"), 25.0, 60)
    assert (finding.subject, finding.look_at) == (PROCESS, "/performance")
    assert finding.sentence == "error rate 25 % is over 10 % (error_rate_threshold_percent)"
    assert ended(finding, 70, None).sentence == (
        "resolved: error rate was over 10 % (error_rate_threshold_percent) for 10 s; no recent data"
    )


def test_an_adopted_finding_takes_room() -> None:
    """With one that stands already, forty-nine new ones have room, those furthest beyond their threshold."""
    book = ThresholdBook()
    key = CommandKey(CommandKind.SLASH, "old", None)
    stood = Finding("slow_command", PROCESS, Severity.CRITICAL, "", 0, value=2000, threshold=1000, unit="ms")
    book.adopt(stood, key, 0)
    slow = [command(f"n{i}", ok=10, mean_ms=1001 + i) for i in range(LARGEST_BOOK)]
    changes = book.update(STEP, snapshot(command("old"), *slow), SETTINGS)
    assert (len(changes), len(book.active), book.dropped) == (LARGEST_BOOK - 1, LARGEST_BOOK, 1)
    assert book.active[0] == stood and named(changes[-1]) == "/n1"


def test_an_adopted_finding_of_the_process_needs_a_value_to_go_on() -> None:
    """A check that measures nothing is no news, the first after a restart included."""
    book, nothing = ThresholdBook(), snapshot(samples=[])
    book.adopt(Finding("memory", PROCESS, Severity.CRITICAL, "", 0, threshold=500, unit="MB"), None, 0)
    assert book.update(STEP, nothing, SETTINGS) == []
    assert [over.rule for over in book.update(FORGOTTEN_S, nothing, SETTINGS)] == ["memory"]


def test_an_adopted_finding_of_a_command_needs_an_invocation_to_go_on() -> None:
    """Without one since its adoption it ends after a week; with one it goes on."""
    key = CommandKey(CommandKind.SLASH, "ask", None)
    stood = Finding(
        "error_rate", Subject(SubjectKind.COMMAND, "/ask"), Severity.CRITICAL, "", 0, value=50, threshold=10
    )
    for ok, ends in ((0, True), (1, False)):
        book = ThresholdBook()
        book.adopt(stood, key, 0)
        idle = command("ask")._replace(recent=(0.0, 0, 0), outcomes=(ok, 0, 0, 0))
        assert book.update(STEP, snapshot(idle), SETTINGS) == []
        assert bool(book.update(FORGOTTEN_S, snapshot(idle), SETTINGS)) is ends
