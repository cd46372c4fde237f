"""The message about an alert: what is wrong and since when, what else belongs to it, and where to look."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo

from plugin.display import text
from plugin.display.alert_people import people_fields
from plugin.display.marks import MARKS
from plugin.model import Alert, AlertState, Finding, Notice, Severity
from plugin.model.alert_actions import NOBODY, AlertPeople
from plugin.words import lasting

MOST_FINDINGS = 6
MOST_PLACES = 3
TITLE_CHARACTERS = 230
LINE_CHARACTERS = 350
PLACE_CHARACTERS = 100
"""So that all of it stays below Discord's limits: 256 of a title, 4,096 of a description."""
RESOLVED = MARKS[Severity.WELL]
TEST = "test"


def alert_notice(alert: Alert, instance: str, people: AlertPeople = NOBODY) -> Notice:
    """What is said of an alert. The same alert makes the same message, until something about it changes.

    `instance` is the name of this process, empty where it is not to be told; `people` what they did with it.
    """
    incident = alert.incident
    ends = alert.state is AlertState.RESOLVED
    mark = RESOLVED if ends else MARKS[incident.severity]
    title = _cut(incident.findings[0].sentence, TITLE_CHARACTERS)
    about = "all instances" if incident.everywhere else instance and text.name(instance)
    found_by = f"incident {incident.id}"
    return Notice(
        found_by,
        f"{mark.sign} {'Resolved: ' if ends else ''}{title}",
        "\n".join(_lines(alert)),
        int(mark.colour),
        f"{found_by} · {about}" if about else found_by,
        ends,
        fields=people_fields(people),
        incident=incident.id,
        people=people,
        critical=incident.severity is Severity.CRITICAL and not ends,
    )


def alert_test_notice(instance: str, at: float, zone: tzinfo) -> Notice:
    """What a test says, at any target; `at` is Unix time in seconds."""
    when = f"{datetime.fromtimestamp(at, zone):%d %b %H:%M %Z}"
    about = instance and f" · {text.name(instance)}"
    said = f"Asked for at {when}. Nothing is wrong: alerts come this way."
    return Notice(TEST, f"{RESOLVED.sign} Test alert{about}", said, int(RESOLVED.colour), f"{TEST}{about}")


def _lines(alert: Alert) -> Iterator[str]:
    incident = alert.incident
    yield _when(alert)
    if alert.returns:
        yield f"It came back {'once' if alert.returns == 1 else f'{alert.returns} times'}."
    others = incident.findings[1:]
    if others:
        yield ""
    for finding in others[:MOST_FINDINGS]:
        over = " (over)" if finding.until is not None and alert.state is AlertState.FIRING else ""
        yield f"{MARKS[finding.severity].sign} {_cut(finding.sentence, LINE_CHARACTERS)}{over}"
    left_out = len(others) - MOST_FINDINGS + incident.left_out
    if left_out > 0:
        yield f"… and {left_out:,} more"
    places = list(dict.fromkeys(_place(finding) for finding in incident.findings if finding.look_at))
    if places and alert.state is AlertState.FIRING:
        yield ""
        yield f"Look at: {', '.join(places[:MOST_PLACES])}"


def _when(alert: Alert) -> str:
    since, until = alert.incident.since, alert.incident.until
    begun = f"<t:{int(since)}:f>"
    if until is None:
        return f"Since {begun} (<t:{int(since)}:R>)"
    how = "Lasted" if alert.state is AlertState.RESOLVED else "Over for now; lasted"
    return f"{how} {lasting(max(0.0, until - since))}, from {begun}"


def _place(finding: Finding) -> str:
    return f"`{text.clean(finding.look_at)[:PLACE_CHARACTERS].replace('`', chr(39))}`"


def _cut(sentence: str, characters: int) -> str:
    """A sentence in which no markdown comes to life, in so many characters at most; each mark takes two of them."""
    width = characters
    while len((shown := text.escaped(sentence, width)).encode("utf-16-le")) > 2 * characters:
        width = width * 3 // 4
    return shown
