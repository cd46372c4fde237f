"""How values and commands are named to an operator."""

from __future__ import annotations

from plugin.model import CommandKey, CommandKind


def label(key: CommandKey) -> str:
    """`/shop buy`, or the name and kind of a command that is not a slash command: `ping (prefix)`."""
    return f"/{key.name}" if key.kind is CommandKind.SLASH else f"{key.name} ({key.kind.value})"


def amount(value: float, unit: str, *, beside: float | None = None) -> str:
    """A value with its unit, with as many decimals as it takes to differ from the one beside it: `500.2 MB`."""
    if unit == "ms" and value >= 1000:
        value, unit, beside = value / 1000, "s", None if beside is None else beside / 1000
    digits = 0 if value >= 100 else 1
    if beside is not None and 0 < abs(value - beside) < 1:
        while digits < 6 and round(value, digits) == round(beside, digits):
            digits += 1
    text = f"{value:.{digits}f}"
    return f"{text.rstrip('0').rstrip('.') if digits else text} {unit}"


def lasting(seconds: float) -> str:
    """A length of time in its largest whole unit: `25 min`."""
    for length, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= length:
            return f"{seconds // length:.0f} {unit}"
    return f"{max(0.0, seconds):.0f} s"
