"""Channels that were left behind, as findings."""

from __future__ import annotations

import dataclasses

import pytest

from plugin.insight.health import judge
from plugin.model import ChannelLeft, Finding, Severity, SubjectKind, VoiceSnapshot
from plugin.settings import Settings
from tests.insight.snapshots import snapshot

CHANNEL, NOW = "520000000000000001", 1_700_000_000.0


def found(*left: ChannelLeft) -> list[Finding]:
    """What is found in a snapshot with these channels."""
    seen = dataclasses.replace(snapshot(), at=NOW, voice=VoiceSnapshot(left))
    health = judge(seen, Settings())
    return [finding for finding in health.findings if finding.rule == "voice_channel_left"]


def test_a_channel_left_behind_is_a_warning_with_its_proof() -> None:
    """The finding names the channel, how long it has been empty, and what happened to others."""
    (finding,) = found(ChannelLeft(CHANNEL, NOW - 7_200, 14, 2.4))
    assert finding.sentence == (
        f"voice channel {CHANNEL} left behind, empty for 2 h; 14 others were removed within 2 s"
    )
    assert (finding.subject, finding.severity) == ((SubjectKind.CHANNEL, CHANNEL), Severity.WARNING)
    assert (finding.since, finding.value, finding.until) == (NOW - 7_200, 7_200, None)


def test_a_marked_channel_needs_no_others() -> None:
    """Of a channel that the bot's code said is temporary, only the time is told."""
    (finding,) = found(ChannelLeft(CHANNEL, NOW - 900, 0, 0))
    assert finding.sentence == f"voice channel {CHANNEL} left behind, empty for 15 min"


@pytest.mark.parametrize("number", [0, 3])
def test_each_channel_is_one_finding(number: int) -> None:
    """Several channels are several findings, and none is none."""
    assert len(found(*(ChannelLeft(f"{CHANNEL}{index}", NOW - 900, 0, 0) for index in range(number)))) == number
    assert judge(snapshot(), Settings()).findings == ()
