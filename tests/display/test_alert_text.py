"""The message about an incident where Discord's markdown means nothing: plain text, and a page in a mail."""

from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

from plugin.display.alert_text import alert_text_notice
from plugin.model import Alert, AlertState
from tests.display.test_alert import AT, SHARD, SLOW, alert


def text_of(of: Alert, instance: str = "shards-0-15", zone: str = "Europe/Berlin") -> list[str]:
    """Subject and lines."""
    notice = alert_text_notice(of, instance, ZoneInfo(zone))
    return [notice.title, *notice.text.splitlines()]


def test_an_incident_that_goes_on() -> None:
    """The cause as the subject; then since when, in a zone that is named, what else, where to look, and whose it is."""
    assert text_of(alert(SHARD, SLOW._replace(until=AT + 99), returns=1, left_out=3)) == [
        "🔴 shard 3 is not connected · shards-0-15",
        "Since 21 Sep 16:13 CEST",
        "It came back once.",
        "",
        "🟡 /shop buy takes 3,050 ms, limit 1,000 ms (over)",
        "",
        "… and 3 more",
        "",
        "Look at:",
        "/health",
        "/commandstats command:/shop buy",
        "",
        "incident 3f2a1b9c · shards-0-15",
    ]


def test_an_incident_that_is_over() -> None:
    """How long it lasted; nowhere to look any more."""
    over = SHARD._replace(until=AT + 720)
    assert text_of(alert(over, state=AlertState.RESOLVED, until=AT + 720), "", "UTC") == [
        "🟢 Resolved: shard 3 is not connected",
        "Lasted 12 min, from 21 Sep 14:13 UTC",
        "",
        "incident 3f2a1b9c",
    ]


def test_what_is_over_for_now_and_about_all_instances() -> None:
    """The instance that tells it does not matter."""
    told = text_of(alert(SHARD._replace(until=AT + 60), until=AT + 60, everywhere=True))
    assert told[:2] == ["🔴 shard 3 is not connected", "Over for now; lasted 1 min, from 21 Sep 16:13 CEST"]
    assert told[-1] == "incident 3f2a1b9c · all instances"


def test_targets_that_tell_kinds_apart_are_told() -> None:
    """By the worst of it, and by its end."""
    assert [
        alert_text_notice(one, "", UTC).kind
        for one in (alert(SHARD), alert(SLOW), alert(SHARD, state=AlertState.RESOLVED, until=AT + 9))
    ] == ["failure", "warning", "success"]


def test_a_page_says_the_same_and_is_harmless() -> None:
    """Whatever is in a name, it is text: no markup, no line of its own in a header, no end of the subject."""
    hostile = SLOW._replace(sentence="<script>x</script>\r\nBcc: all@example.com " + "y" * 500, look_at="/a <b>")
    notice = alert_text_notice(alert(SHARD, hostile), "<i>one</i>", UTC)
    assert "<script>" not in notice.html and "<b>" not in notice.html and "<i>" not in notice.html
    assert "&lt;script&gt;x&lt;/script&gt; Bcc: all@example.com" in notice.html
    subject = alert_text_notice(alert(hostile), "one", UTC).title
    assert subject.isprintable() and len(subject) < 150
    assert all(said in notice.html for said in ("shard 3 is not connected", "Since 21 Sep 14:13 UTC", "Look at:"))


def test_what_is_said_of_the_same_alert_stays_the_same() -> None:
    """Or it would count as changed."""
    one, other = (alert_text_notice(alert(SHARD, SLOW), "one", UTC) for _ in range(2))
    assert one == other and one.mark == "incident 3f2a1b9c" and not one.ends
