"""Time zones by name."""

from __future__ import annotations

from datetime import UTC, tzinfo


def zone_named(name: str) -> tzinfo | None:
    """The time zone of an IANA name such as `Europe/Berlin`; None if this machine does not know it."""
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # here, since most bots stay with UTC

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
