"""Colours for Discord's dark theme, distinguishable with colour blindness, at least 4.5:1 against the background."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.model import Severity

BACKGROUND = "#313338"
GRID = "#46484f"
AXIS = "#6d7078"
INK = "#f2f3f5"
FAINT = "#c4c9ce"
MARK = "#a8adb5"
FAILED = "#ff8f80"

LINES = ("#5dbbf0", "#ffc857", "#e79ac6", "#57d9a3", "#dbdee1")
"""Default colours of lines, in this order; a picture has at most this many lines."""

LIMITS = {
    Severity.UNKNOWN: FAINT,
    Severity.WELL: FAINT,
    Severity.WARNING: "#f7a440",
    Severity.CRITICAL: FAILED,
}

SHADE = 0.2
"""Opacity of a shaded span of time, faint enough for lines of every colour."""

MOST_SHADES = 255
"""Colours of a palette besides the background."""

FINEST = 16
"""Steps from the background to a colour; Pillow confuses shades that are closer."""

WRITABLE = frozenset("0123456789abcdef")


def rgb(colour: str) -> tuple[int, int, int]:
    """The three channels of `#rrggbb`; those of `INK` for anything else."""
    digits = colour.removeprefix("#").lower()
    if len(digits) != 6 or not WRITABLE.issuperset(digits):
        return rgb(INK)
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def mixed(colour: str, share: float, ground: str = BACKGROUND) -> str:
    """The colour over the ground with this opacity (0 to 1)."""
    pairs = zip(rgb(colour), rgb(ground), strict=True)
    return "#" + "".join(f"{round(over * share + under * (1 - share)):02x}" for over, under in pairs)


def shades(colours: Sequence[str]) -> list[str]:
    """The background, and the steps from it to each colour."""
    steps = max(1, min(FINEST, MOST_SHADES // max(1, len(colours))))
    found = (mixed(colour, (step + 1) / steps) for colour in colours for step in range(steps))
    return [BACKGROUND, *found][: MOST_SHADES + 1]
