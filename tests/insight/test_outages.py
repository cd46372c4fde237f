"""When a bot was not there for its users."""

from __future__ import annotations

import pytest

from plugin.insight.availability import Downtime
from plugin.insight.outages import outages
from plugin.model import Finding, FindingKept, Period, Severity, Spans, Subject, SubjectKind

LONG_S = 300.0
"""What is promised."""

START, END = 1_700_000_000, 1_700_086_400
DAY = Spans(Period.DAY, START, END, None, None, None)
SHARD = Subject(SubjectKind.SHARD, "2")


def kept(since: float, until: float | None, rule: str = "shard_disconnected") -> FindingKept:
    """A finding of one instance."""
    return FindingKept(Finding(rule, SHARD, Severity.CRITICAL, "", since, until), "host-a")


def down(start: float, end: float | None, *, unclean: bool = True) -> Downtime:
    """A time without a process, in seconds of the period."""
    return Downtime("host-a", START + start, None if end is None else START + end, unclean, "")


@pytest.mark.parametrize(
    ("since", "until", "told"),
    [
        (START + 60, START + 120, (START + 60, START + 120)),
        (START - 60, START + 120, (START, START + 120)),
        (START + 60, None, (START + 60, None)),
        (END - 60, END + 60, (END - 60, None)),
        (START - 60, START, None),
        (END, None, None),
    ],
)
def test_an_outage_is_told_as_far_as_it_lies_in_the_period(
    since: float, until: float | None, told: tuple[float, float | None] | None
) -> None:
    """One that goes on beyond it has no end."""
    found = outages([kept(since, until)], [], DAY)
    assert [(one.start, one.end) for one in found] == ([] if told is None else [told])


def test_only_absences_are_outages() -> None:
    """A slow command is none, nor is a restart that takes less than a minute; the longest comes first."""
    found = outages(
        [kept(START + 60, START + 70), kept(START + 5, None, "memory")],
        [down(90, 400), down(500, 559, unclean=False), down(600, 660, unclean=False), down(END - START - 30, None)],
        DAY,
    )
    assert [(one.what, one.end is None) for one in found] == [
        ("down after an unclean shutdown", False),
        ("stopped", False),
        ("down after an unclean shutdown", True),
        ("shard 2 not connected", False),
    ]


@pytest.mark.parametrize(("instances", "named"), [(None, ""), (3, "host-a")])
def test_an_instance_is_named_in_a_fleet(instances: int | None, named: str) -> None:
    """Alone it needs no name."""
    (one,) = outages([kept(START + 60, None)], [], DAY._replace(instances=instances))
    assert one.instance == named
