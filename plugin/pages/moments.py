"""Parse typed times: `02:10`, `yesterday 2:10`, `-3h`, `2026-11-30 02:10`."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo

from plugin.corridor.zones import zone_named
from plugin.pages.page_request import BadQuestionError

EXAMPLES = "02:10, yesterday 2:10, -3h, -90m or 2026-11-30 02:10"

_CLOCK = re.compile(r"(?:(today|yesterday)\s+)?(\d{1,2})[:.](\d{2})", re.IGNORECASE | re.ASCII)
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})[ T]+(\d{1,2})[:.](\d{2})", re.ASCII)
_AGO = re.compile(r"-\s*(?:(\d{1,4})\s*d)?\s*(?:(\d{1,4})\s*h)?\s*(?:(\d{1,5})\s*m(?:in)?)?", re.IGNORECASE | re.ASCII)
_STAMP = re.compile(r"<t:(\d{1,12})(?::[a-z])?>", re.IGNORECASE | re.ASCII)


def zone_of(name: str) -> tzinfo:
    """The time zone of an IANA name such as `Europe/Berlin`; raises BadQuestionError if it is not installed."""
    zone = zone_named(name)
    if zone is None:
        raise BadQuestionError(
            f"The setting timezone is `{name}`, which this machine does not know: correct it, or install tzdata."
        )
    return zone


def moment_of(typed: str, now: float, zone: tzinfo) -> float:
    """The Unix time in seconds that is meant, now or earlier; raises BadQuestionError.

    A time of day without a date is the latest in the past. If clocks were set back, the first of the two is used.
    """
    words = " ".join(typed.split())
    moment = _read(words, now, zone)
    if moment is None:
        raise BadQuestionError(f"`when` must be a time such as {EXAMPLES}.")
    if moment > now:
        raise BadQuestionError("`when` is in the future.")
    return moment


def _read(words: str, now: float, zone: tzinfo) -> float | None:
    if words.lower() == "now":
        return now
    stamp = _STAMP.fullmatch(words)
    if stamp is not None:
        return float(stamp[1])
    ago = _AGO.fullmatch(words)
    if ago is not None and any(ago.groups()):
        days, hours, minutes = (int(group or 0) for group in ago.groups())
        return max(0.0, now - timedelta(days=days, hours=hours, minutes=minutes).total_seconds())
    dated = _on_date(words, zone)
    return _on_clock(words, now, zone) if dated is None else dated


def _on_date(words: str, zone: tzinfo) -> float | None:
    found = _DATE.fullmatch(words)
    if found is None:
        return None
    try:
        year, month, day, hour, minute = map(int, found.groups())
        moment = datetime(year, month, day, hour, minute, tzinfo=zone).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment >= 0 else None


def _on_clock(words: str, now: float, zone: tzinfo) -> float | None:
    found = _CLOCK.fullmatch(words)
    if found is None or int(found[2]) > 23 or int(found[3]) > 59:
        return None
    today = datetime.fromtimestamp(now, zone).replace(
        hour=int(found[2]), minute=int(found[3]), second=0, microsecond=0, fold=0
    )
    day = (found[1] or "").lower()
    if day == "yesterday" or (not day and today.timestamp() > now):
        today -= timedelta(days=1)
    return today.timestamp()
