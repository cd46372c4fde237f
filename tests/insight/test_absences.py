"""When an instance was away, and how it died."""

from __future__ import annotations

import pytest

from plugin.insight.absences import absences, last_death, running
from plugin.insight.last_words import last_words, memory_share
from plugin.insight.scales import Threshold
from plugin.model import BootSeen, CommandKey, CommandKind, ResourceSample, Sample, Severity

TOLD_S = 7 * 86_400
"""What is promised."""

HOUR, DAY = 3600.0, 86_400.0
MB = 1 << 20
NOW = 1_750_000_000.0
UPTIME = Threshold(99.9, 99, higher_is_better=True)
WORDS = "memory 254 MB (97.7 % of total), CPU 4 %, 0 alerts, running /report"


def boot(name: str, started_h: float, seen_h: float, *, left: bool = False, words: str = "") -> BootSeen:
    """A process that started and was last seen so many hours before now."""
    seen = NOW - seen_h * HOUR
    return BootSeen(name, "1.0", NOW - started_h * HOUR, seen, seen if left else None, words)


def test_a_process_that_said_no_goodbye_died() -> None:
    """What is told is its last sign of life, the start after it, and its last words with the memory in them."""
    death = last_death([boot("a", 5, 2, words=WORDS), boot("b", 1, 0)], (), NOW)
    assert death == (NOW - 2 * HOUR, NOW - HOUR, WORDS, pytest.approx(0.977), 1, 1)


@pytest.mark.parametrize(
    "boots",
    [
        [boot("a", 5, 2, left=True), boot("b", 1, 0)],
        [boot("a", 5, 0)],
        [boot("a", 5, 0.9), boot("b", 1, 0)],
        [boot("a", 5, 3), boot("b", 4, 2, left=True), boot("c", 1, 0)],
        [boot("own", 5, 2), boot("b", 1, 0)],
        [boot("a", 9 * 24, 8 * 24), boot("b", 7.5 * 24, 0)],
        [],
    ],
    ids=[
        "a goodbye",
        "a laptop that slept",
        "replaced while it ran",
        "one of two that ran side by side",
        "unloaded while history was away",
        "long ago",
        "nothing known",
    ],
)
def test_nothing_else_is_a_death(boots: list[BootSeen]) -> None:
    """A goodbye, a gap within one process, an overlap, an unload by this process, and what is over for a week."""
    assert last_death(boots, {"own"}, NOW) is None


def test_a_start_after_days_tells_of_the_death_before_it() -> None:
    """A bot that was dead for ten days and is back for an hour has just come back from it."""
    death = last_death([boot("a", 12 * 24, 10 * 24), boot("b", 1, 0)], (), NOW)
    assert death is not None and death.back - death.last_seen == 10 * DAY - HOUR


def test_a_bot_that_dies_again_and_again_is_counted() -> None:
    """Every death of the last days counts, also one before the first beat."""
    crashes = [boot(str(n), 10 - n, 10 - n) for n in range(5)]
    death = last_death([*crashes, boot("last", 1, 0)], (), NOW)
    assert death is not None and (death.number, death.last_seen) == (5, NOW - 6 * HOUR)


@pytest.mark.parametrize(("apart_min", "at_once"), [(19, 4), (20, 3), (29, 3), (30, 2), (61, 1)])
def test_those_within_an_hour_are_counted(apart_min: float, at_once: int) -> None:
    """From the start after the last one backwards."""
    apart_h = apart_min / 60
    crashes = [boot(str(n), (9 - n) * apart_h, (8.5 - n) * apart_h) for n in range(9)]
    death = last_death([*crashes, boot("last", 0, 0)], (), NOW)
    assert death is not None and (death.number, death.at_once) == (9, at_once)
    assert TOLD_S == 7 * DAY


def test_the_gaps_between_processes_are_absences() -> None:
    """In whatever order the processes come, of those that overlap the one that lived longest counts."""
    found = absences([boot("c", 1, 0), boot("a", 9, 3, left=True), boot("b", 8, 5)])
    assert [(gap.start, gap.end, gap.is_death) for gap in found] == [(NOW - 3 * HOUR, NOW - HOUR, False)]


@pytest.mark.parametrize(
    ("left", "percent", "severity"),
    [(False, 95, Severity.CRITICAL), (True, 95, Severity.UNKNOWN)],
    ids=["killed", "stopped"],
)
def test_time_away_counts_against_the_uptime(left: bool, percent: float, severity: Severity) -> None:
    """All of it is in the number; only what nobody can have wanted is in the verdict."""
    found = running([boot("a", 300, 3, left=left), boot("b", 2, 0)], NOW - 20 * HOUR, NOW, UPTIME, 0)
    assert found is not None
    assert (found.judged.value, found.judged.severity) == (pytest.approx(percent), severity)
    assert (found.away_s, found.deaths) == (HOUR, int(not left))


@pytest.mark.parametrize(("gap_s", "away_s"), [(10, 5), (60, 30), (600, 570)], ids=str)
def test_a_process_lived_half_the_way_to_its_next_sign(gap_s: float, away_s: float) -> None:
    """A restart within seconds of a kill is no minute of absence, only because signs come once a minute."""
    killed = BootSeen("a", "1.0", NOW - DAY, NOW - HOUR - gap_s, None, "")
    found = running([killed, boot("b", 1, 0)], NOW - DAY, NOW, UPTIME, 60)
    assert found is not None and found.away_s == pytest.approx(away_s)


def test_uptime_begins_with_the_first_start() -> None:
    """A bot that is four hours old was not away for the rest of the week; without a start nothing is known."""
    found = running([boot("a", 4, 3), boot("b", 1, 0)], NOW - 7 * DAY, NOW, UPTIME, 0)
    assert found is not None and found.judged.value == pytest.approx(50)
    assert running([], NOW - DAY, NOW, UPTIME, 0) is None


def test_the_last_words_tell_memory_cpu_alerts_and_what_ran() -> None:
    """Commands are named by what users call them; how much of the memory is used can be read back."""
    sample = Sample(NOW, ResourceSample(254 * MB, 0.977, 0.04, 1, None), None, None, None, (0, 0, 0, 0))
    keys = [CommandKey(CommandKind.SLASH, name, None) for name in ("report", "shop buy", "a", "b", "c")]
    words = last_words(sample, 0, [(keys[0], 1)])
    assert words == WORDS
    assert memory_share(words) == pytest.approx(0.977)
    roomy = sample._replace(resources=sample.resources._replace(memory_share=0.79))
    assert last_words(roomy, 0, []) == "memory 254 MB, CPU 4 %, 0 alerts"
    limitless = sample._replace(resources=sample.resources._replace(memory_share=None, cpu_share=None))
    assert last_words(limitless, 2, []) == "memory 254 MB, 2 alerts"
    many = last_words(sample, 1, [(key, 2) for key in keys])
    assert many.endswith("1 alert, running /report ×2 and /shop buy ×2 and /a ×2 and 2 more")


def test_words_of_an_older_version_are_understood() -> None:
    """They stand in the databases that it wrote."""
    assert memory_share("memory 254 MB (97.7 % of all there is), CPU 4 %") == pytest.approx(0.977)


@pytest.mark.parametrize("words", ["", "memory 81 MB, 0 alerts", "CPU 98 % of all there is"], ids=str)
def test_words_without_a_limit_tell_no_share(words: str) -> None:
    """Those of older releases and of platforms that do not tell."""
    assert memory_share(words) is None
    assert last_words(None, 0, []) == ""


def test_a_process_that_starts_just_when_another_ends_leaves_no_gap() -> None:
    """There is nothing to tell of no time at all."""
    assert absences([boot("a", 5, 2), boot("b", 2, 0)]) == []
    (gap,) = absences([boot("a", 5, 2), boot("b", 1.9, 0)])
    assert (gap.start, gap.end) == (NOW - 2 * HOUR, NOW - 1.9 * HOUR)
