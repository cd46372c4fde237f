"""The message that shows how the bot is now."""

from __future__ import annotations

from collections.abc import Iterator

from plugin.display import numbers, text
from plugin.display.marks import MARKS
from plugin.display.pages.connection import connected
from plugin.measures import SHOWN as MEASURES
from plugin.measures import Shown, ShownIn
from plugin.model import Health, Notice, Snapshot

MOST_REASONS = 5
REASON_CHARACTERS = 150
OUTDATED_MIN = 5
"""The message is changed every minute."""
HEADLINES = (ShownIn.SYSTEM, ShownIn.CONNECTION)


def status_notice(snapshot: Snapshot, health: Health, mark: str, instance: str) -> Notice:
    """The verdict, its worst reasons, and the numbers that most look for first.

    `mark` is how the message is found again; `instance` is the name of this process, empty where it is not to be told.
    """
    severity = MARKS[health.severity]
    return Notice(
        mark,
        f"{severity.sign} {severity.verdict}",
        "\n".join(_lines(snapshot, health)),
        int(severity.colour),
        f"{mark} · {text.name(instance)}" if instance else mark,
    )


def _lines(snapshot: Snapshot, health: Health) -> Iterator[str]:
    reasons = [f"• {text.escaped(reason, REASON_CHARACTERS)}" for reason in health.reasons]
    if reasons:
        yield from text.cut(reasons, MOST_REASONS, "• … and {:,} more, see `/health`", number=len(reasons))
        yield ""
    yield f"Shards connected **{connected(snapshot.connection.shards)}**"
    for measure, shown in MEASURES:
        if shown.limits is not None and shown.section in HEADLINES:
            yield from _value(shown, health.measured[measure.name].value)
    answered = sum(health.latest)
    if answered:
        rate = numbers.percent(health.error_rate_percent.value)
        yield f"Error rate **{rate}** of the last {numbers.plural(answered, 'invocation')}"
    if health.response_ms.value is not None:
        yield f"Average answer time **{numbers.milliseconds(health.response_ms.value)}**"
    yield f"Running for **{numbers.span(snapshot.uptime_s)}**"
    yield ""
    outdated = f"if over {OUTDATED_MIN} minutes ago, the bot is down or cannot change this"
    yield f"Updated <t:{int(snapshot.at)}:R>; {outdated}."


def _value(shown: Shown, value: float | None) -> Iterator[str]:
    if value is not None:
        yield f"{shown.heading} **{numbers.in_unit(shown.unit, value)}**"
