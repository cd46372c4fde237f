"""The message about an alert for targets other than Discord: plain text, and a page for mail programs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo

from plugin.display import html, text
from plugin.display.alert import LINE_CHARACTERS, MOST_FINDINGS, MOST_PLACES, PLACE_CHARACTERS, RESOLVED
from plugin.display.marks import MARKS, sign
from plugin.model import Alert, AlertState, Finding, Notice, Severity
from plugin.words import lasting

SUBJECT_CELLS = 100
INSTANCE_CELLS = 30
DATE = "%d %b %H:%M"


def alert_text_notice(alert: Alert, instance: str, zone: tzinfo) -> Notice:
    """What is said of an alert; times are of a zone, which is named. `instance` is empty where it is not to be told."""
    incident, ends = alert.incident, alert.state is AlertState.RESOLVED
    about = "all instances" if incident.everywhere else instance and text.name(instance, INSTANCE_CELLS)
    mark = RESOLVED if ends else MARKS[incident.severity]
    sentence = text.name(incident.findings[0].sentence, SUBJECT_CELLS)
    subject = f"{mark.sign} {'Resolved: ' if ends else ''}{sentence}"
    found_by = f"incident {incident.id}"
    footer = f"{found_by} · {about}" if about else found_by
    return Notice(
        found_by,
        f"{subject} · {about}" if about and not incident.everywhere else subject,
        "\n\n".join(["\n".join(block) for block in _blocks(alert, zone) if block] + [footer]),
        int(mark.colour),
        footer,
        ends,
        html=_page(alert, subject, footer, zone),
        kind="success" if ends else "failure" if incident.severity is Severity.CRITICAL else "warning",
    )


def _blocks(alert: Alert, zone: tzinfo) -> Iterator[list[str]]:
    """Blocks of lines: since when, what else belongs to it, and where to look."""
    yield [*_when(alert, zone)]
    yield [f"{sign(one.severity)} {text.name(one.sentence, LINE_CHARACTERS)}{over}" for one, over in _others(alert)]
    yield [*_more(alert)]
    places = [text.name(place, PLACE_CHARACTERS) for place in _places(alert)]
    yield ["Look at:", *places] if places else []


def _page(alert: Alert, title: str, footer: str, zone: tzinfo) -> str:
    when = "<br>".join(html.plain(line) for line in _when(alert, zone))
    others = (_item(one, over) for one, over in _others(alert))
    places = "<br>".join(html.code(place) for place in _places(alert))
    parts = [
        f'<h1 style="font-size:20px;line-height:1.3;margin:0 0 12px;overflow-wrap:anywhere">{html.name(title)}</h1>',
        f"<p>{when}</p>",
        html.items([*others, *map(html.plain, _more(alert))]),
        f"<p>Look at:<br>{places}</p>" if places else "",
        f"<p>{html.faint(html.plain(footer))}</p>",
    ]
    return html.document(title, "\n".join(part for part in parts if part), in_mail=True)


def _item(finding: Finding, over: str) -> str:
    return f"{html.mark(finding.severity)} {html.name(finding.sentence, LINE_CHARACTERS)}{over}"


def _when(alert: Alert, zone: tzinfo) -> Iterator[str]:
    since, until = alert.incident.since, alert.incident.until
    if until is None:
        yield f"Since {_time(since, zone)}"
    else:
        how = "Lasted" if alert.state is AlertState.RESOLVED else "Over for now; lasted"
        yield f"{how} {lasting(max(0.0, until - since))}, from {_time(since, zone)}"
    if alert.returns:
        yield f"It came back {'once' if alert.returns == 1 else f'{alert.returns} times'}."


def _time(at: float, zone: tzinfo) -> str:
    return f"{datetime.fromtimestamp(at, zone):{DATE} %Z}"


def _others(alert: Alert) -> Iterator[tuple[Finding, str]]:
    for finding in alert.incident.findings[1 : MOST_FINDINGS + 1]:
        over = finding.until is not None and alert.state is AlertState.FIRING
        yield finding, " (over)" if over else ""


def _more(alert: Alert) -> Iterator[str]:
    left_out = max(0, len(alert.incident.findings) - 1 - MOST_FINDINGS) + alert.incident.left_out
    if left_out:
        yield f"… and {left_out:,} more"


def _places(alert: Alert) -> list[str]:
    if alert.state is AlertState.RESOLVED:
        return []
    return list(dict.fromkeys(one.look_at for one in alert.incident.findings if one.look_at))[:MOST_PLACES]
