"""The page of /health around one moment: what happened, in order, and what else moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo

from plugin.costs import MEGABYTE
from plugin.display import numbers, text
from plugin.display.book import Book, Chapter, Section
from plugin.display.marks import NO_SIGN, sign
from plugin.measures import title_of
from plugin.model import Finding, Health, Severity
from plugin.model.timeline import Mover, Timeline, TimelineEntry

ENTRY_CELLS = 160
STORY_CELLS = 300
PART = "↳"
SERIES_CELLS = 60
QUIET = "Nothing happened in {} that history knows of."
NOT_KEPT = "History was not kept at this time."
COARSE = "minutes of this time are no longer kept"
DATE = "%d %b %H:%M"
MINUTE_S, HOUR_S = 60, 3600


def timeline_pages(told: Timeline, zone: tzinfo, health: Health, at: float) -> Book:
    """Everything around a moment; times of day are of a zone, which the footer names."""
    return Book([timeline_chapter(told, zone)], health, at)


def timeline_chapter(told: Timeline, zone: tzinfo) -> Chapter:
    """The same without the bot's present status."""
    moment = told.window.moment
    happened = [row for entry in told.entries for row in _rows(entry, zone, moment)]
    if told.left_out:
        happened.append(f"… and {told.left_out:,} more")
    sections = [
        Section("What happened", happened, code=False),
        Section("Already going on", [_standing(finding, zone) for finding in told.standing], code=False),
        Section("What else moved", list(_movers(told)), code=False),
    ]
    title = f"Around {_clock(moment, zone)}, {_local(moment, zone):%d %b %Y}"
    return Chapter(title, _opening(told), sections, _footer(told, zone))


def _opening(told: Timeline) -> str:
    if not told.covered:
        return NOT_KEPT
    if not told.entries:
        return QUIET.format(_span(told))
    return "\n".join([*_story(told.story), *filter(None, [_counted(told)])])


def _story(story: Sequence[str]) -> Iterator[str]:
    for number, sentence in enumerate(story):
        said = f"{text.unbroken(text.escaped(sentence[:1].upper() + sentence[1:], STORY_CELLS))}."
        yield said if number else f"**{said}**"


def _counted(told: Timeline) -> str:
    found = [one for entry in told.entries for one in (entry, *entry.parts)]
    bad = sum(one.severity > Severity.WELL for one in found) + sum(entry.parts_left_out for entry in told.entries)
    least = "At least " if told.left_out else ""
    return f"{least}{numbers.plural(bad, 'problem')} in {_span(told)}." if bad else ""


def _span(told: Timeline) -> str:
    if told.step_s <= MINUTE_S:
        return "this quarter of an hour"
    return "this hour" if told.step_s <= HOUR_S else "this day"


def _footer(told: Timeline, zone: tzinfo) -> str:
    start, end = (_local(at, zone) for at in (told.window.start, told.window.end))
    changed = "" if start.tzname() == end.tzname() else f" {start:%Z}"
    span = f"{start:%H:%M}{changed} to {end:%H:%M} {end:%Z}"
    return span if told.step_s <= MINUTE_S else f"{span} · {COARSE}"


def _rows(entry: TimelineEntry, zone: tzinfo, moment: float) -> Iterator[str]:
    """An entry, and below it what belongs to it."""
    yield _entry(entry, zone, moment)
    yield from (f"{PART} {_entry(part._replace(instance=''), zone, moment)}" for part in entry.parts)
    if entry.parts_left_out:
        yield f"{PART} … and {entry.parts_left_out:,} more"


def _entry(entry: TimelineEntry, zone: tzinfo, moment: float) -> str:
    lasts = entry.until is not None and entry.until - entry.at >= MINUTE_S
    lasted = f" to {_when(entry.until, zone, moment)}" if entry.until is not None and lasts else ""
    who = f" {text.inline(entry.instance)}:" if entry.instance else ""
    said = text.unbroken(text.escaped(entry.text, ENTRY_CELLS))
    mark = sign(entry.severity) if entry.severity is not Severity.UNKNOWN else NO_SIGN
    return f"{mark} **{_when(entry.at, zone, moment)}**{lasted}{who} {said}"


def _standing(finding: Finding, zone: tzinfo) -> str:
    since = f"{_local(finding.since, zone):{DATE}}"
    said = text.unbroken(text.escaped(finding.sentence.removesuffix("."), ENTRY_CELLS))
    return f"{sign(finding.severity)} {said}, since {since}"


def _movers(told: Timeline) -> Iterator[str]:
    for mover in told.movers:
        before = [
            f"{_amount(value, mover)} {when}"
            for value, when in ((mover.hour_before, "the hour before"), (mover.day_before, "a day before"))
            if value is not None
        ]
        name = text.inline(title_of(mover.series), SERIES_CELLS)
        yield f"• {name} {_amount(mover.value, mover)}; {' and '.join(before)}"


def _amount(value: float, mover: Mover) -> str:
    shown = _in_unit(value, mover.unit)
    return f"{shown} a minute" if mover.counter else shown


def _in_unit(value: float, unit: str) -> str:
    if unit == "By":
        return numbers.megabytes(value / MEGABYTE)
    if unit == "s":
        return numbers.duration(value * 1e9)
    if unit == "1":
        return numbers.percent(100 * value)
    return f"{value:,.1f}".removesuffix(".0")


def _local(at: float, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(at, zone)


def _when(at: float, zone: tzinfo, moment: float) -> str:
    """The time of day, with the date where it is not that of the moment."""
    local = _local(at, zone)
    return f"{local:%H:%M}" if local.date() == _local(moment, zone).date() else f"{local:{DATE}}"


def _clock(at: float, zone: tzinfo) -> str:
    return f"{_local(at, zone):%H:%M}"
