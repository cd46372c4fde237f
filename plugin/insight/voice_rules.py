"""Rules about voice: temporary channels that were left behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plugin.insight.rule import Look, Rule
from plugin.insight.scales import WARNING
from plugin.model import ChannelLeft, Finding, Subject, SubjectKind
from plugin.words import lasting

RULE = "voice_channel_left"


def _left(look: Look) -> Iterator[Finding]:
    voice = look.snapshot.voice
    for channel in () if voice is None else voice.left:
        empty_s = look.snapshot.at - channel.empty_since
        yield Finding(
            RULE,
            Subject(SubjectKind.CHANNEL, channel.channel_id),
            WARNING,
            f"{_named(channel)} left behind, empty for {lasting(empty_s)}{_proof(channel)}",
            channel.empty_since,
            value=empty_s,
            unit="s",
            evidence=(("removed", channel.removed), ("seconds empty at most", channel.usual_s)),
            look_at="/performance system:voice",
        )


def _named(channel: ChannelLeft) -> str:
    """For readers without details, the neutral name says already that it is a channel."""
    return f"voice channel {channel.channel_id}" if channel.channel_id.isdecimal() else channel.channel_id


def _proof(channel: ChannelLeft) -> str:
    if not channel.removed:
        return ""
    return f"; {channel.removed:,} others were removed within {lasting(max(1.0, channel.usual_s))}"


def _summary(findings: Sequence[Finding], at: float) -> str:  # noqa: ARG001 # every summary gets both
    first, *more = findings
    if not more:
        return first.sentence
    return f"{len(findings):,} voice channels left behind, such as {first.subject.name}"


VOICE_RULES = (Rule(RULE, _left, _summary, state=True),)
