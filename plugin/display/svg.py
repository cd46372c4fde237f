"""Small line charts as inline SVG: no font, no script, colours that hold on light and on dark ground."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

Points = Sequence[tuple[float, float | None]]
"""Unix time in seconds and value; None is a gap."""

WIDTH, HEIGHT, MARGIN = 600, 120, 6
LINE, LIMIT, MARK, WARNING = "#3b82f6", "#d9534f", "#8b949e", "#d9902f"
NARROWEST = 2.0
FEWEST_POINTS = 2
HEADROOM = 1.05
"""A limit is drawn if the highest value reaches this part of it."""
NEAR = 0.5


class Shade(NamedTuple):
    """A shaded span of time, in Unix seconds."""

    start: float
    end: float
    critical: bool


class Curve(NamedTuple):
    """One chart."""

    points: Points
    start: float
    """Unix time in seconds of the left edge."""
    end: float
    label: str
    """What it shows, for those who do not see it."""
    limit: float | None = None
    """Drawn as a dashed line where the values come near it."""
    marks: Sequence[float] = ()
    """Unix times in seconds of dashed vertical lines."""
    shades: Sequence[Shade] = ()


def drawable(points: Points) -> bool:
    """Whether there are enough values for a line."""
    return sum(value is not None for _, value in points) >= FEWEST_POINTS


def drawn(curve: Curve) -> str:
    """The chart as an element, from zero to the highest value."""
    top = _top(curve)
    lines = [_shaded(curve, one) for one in curve.shades if one.start <= curve.end and one.end >= curve.start]
    lines += [_vertical(curve, at) for at in curve.marks if curve.start <= at <= curve.end]
    if _has_limit(curve):
        lines.append(_stroke(f"M0 {_y(curve.limit or 0, top)}H{WIDTH}", LIMIT, dashed=True))
    lines += [_stroke(path, LINE) for path in _paths(curve, top)]
    label = escape(curve.label)
    return (
        f'<svg role="img" aria-label="{label}" viewBox="0 0 {WIDTH} {HEIGHT}" width="100%" '
        f'preserveAspectRatio="none" style="display:block;height:96px">'
        f"<title>{label}</title>{_stroke(f'M0 {_y(0, top)}H{WIDTH}', MARK)}{''.join(lines)}</svg>"
    )


def _known(curve: Curve) -> list[float]:
    return [value for _, value in curve.points if value is not None]


def _has_limit(curve: Curve) -> bool:
    return curve.limit is not None and max(_known(curve), default=0) >= NEAR * curve.limit > 0


def _top(curve: Curve) -> float:
    values = [*_known(curve), *([curve.limit] if curve.limit is not None and _has_limit(curve) else [])]
    return HEADROOM * max(values, default=0) or 1.0


def _paths(curve: Curve, top: float) -> Iterator[str]:
    """A path for each run of values without a gap; a single value is a short line."""
    run: list[str] = []
    for at, value in [*curve.points, (0.0, None)]:
        if value is not None:
            run.append(f"{_x(curve, at)} {_y(value, top)}")
        elif run:
            yield f"M{'L'.join(run)}" if len(run) > 1 else f"M{run[0]}h2"
            run = []


def _vertical(curve: Curve, at: float) -> str:
    return _stroke(f"M{_x(curve, at)} 0V{HEIGHT}", MARK, dashed=True)


def _shaded(curve: Curve, shade: Shade) -> str:
    left, right = float(_x(curve, max(shade.start, curve.start))), float(_x(curve, min(shade.end, curve.end)))
    colour, width = LIMIT if shade.critical else WARNING, max(NARROWEST, right - left)
    return f'<rect x="{left:.1f}" y="0" width="{width:.1f}" height="{HEIGHT}" fill="{colour}" fill-opacity="0.25"/>'


def _x(curve: Curve, at: float) -> str:
    return f"{WIDTH * (at - curve.start) / ((curve.end - curve.start) or 1):.1f}"


def _y(value: float, top: float) -> str:
    return f"{HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * value / top:.1f}"


def _stroke(path: str, colour: str, *, dashed: bool = False) -> str:
    dashes = ' stroke-dasharray="6 5"' if dashed else ""
    width = 1 if dashed or colour == MARK else 2
    return (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}"{dashes} '
        f'vector-effect="non-scaling-stroke"/>'
    )
