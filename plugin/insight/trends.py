"""Whether a series grows, when it will reach a limit, and what grew with it.

A series is a sequence of (Unix time in seconds, value), oldest first, of one process: never of several instances.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from statistics import correlation, fmean, median, stdev

from plugin.insight.changes import FALLING_IS_BETTER, differ, make_change
from plugin.insight.scales import WARM_UP_S
from plugin.model import Change, ChangeVerdict, Trend

Points = Sequence[tuple[float, float]]

MINIMUM_SPAN_S = 3 * 86_400.0
"""Caches fill within two days; a shorter span cannot tell one from a leak."""
MINIMUM_POINTS = 24
MINIMUM_GROWTH = 0.02
"""The least growth or decline over the whole span, as a share of the level."""
FALL_STEP_S = 3 * 3600.0
"""Falls are measured between medians of three hours, so that a single value has no effect."""
BLOCKS = 10
FEWEST_DAYS, MOST_DAYS = 7, 13
"""From seven days on blocks are whole days, at most thirteen of as many days each as that takes."""
MINIMUM_BLOCKS = 7
HOUR_S, DAY_S = 3600.0, 86_400.0
TREBLED = 3.0
STEADY = 0.5
"""The least slope of the second half, as a share of that of the first."""
HORIZON = 10
"""Do not extrapolate beyond this multiple of the observed span."""
LEAST_SHARE = 0.5
"""The least growth in proportion of a companion, as a share of that of the series."""
FOLLOWS = 0.7
"""Rank correlation from which one series is taken to follow another: about 3 % by chance with 9 steps."""
EIGHTHS = 8
STUDENT = (4.032, 3.707, 3.499, 3.355, 3.250, 3.169, 3.106)
"""Student's t, two-sided 1 %, for 5 to 11 degrees of freedom."""


def trend(points: Points, *, starts: Sequence[float] = (), minimum_span_s: float = MINIMUM_SPAN_S) -> Trend | None:
    """The line of a series that grows or declines steadily; None where the evidence is thin.

    Only the life of the process since the last of its `starts` (Unix seconds) counts, less the first half hour. It is
    cut into 10 blocks, or into whole days from a week on, so that the rhythm of the day cancels out; the slope is Theil
    and Sen's over the medians of the blocks (Sen, J. Am. Stat. Assoc. 63, 1968). It holds up where

    - the mean step from block to block differs from zero by Student's t at 1 %: the test of a random walk without
      drift, which memory resembles and which Mann and Kendall's test, corrected for autocorrelation or not, takes for
      a trend (here 2 or 3 such walks in 100 pass, and fewer than 1 where the noise fades); nor does a single jump;
    - the second half goes at least half as fast as the first: what nears a plateau is a longer warm-up;
    - the growth is larger than the largest fall on the way: what falls again is a saw-tooth;
    - it is at least 2 % of the level, over three days and 24 points or more; one day is enough where it trebles.

    The hours of the day are levelled first, so that less than a week shows a growth below the rhythm of the day.
    """
    kept = _last_life(points, starts)
    if len(kept) < MINIMUM_POINTS:
        return None
    span = kept[-1][0] - kept[0][0]
    if span < (DAY_S if kept[-1][1] >= TREBLED * kept[0][1] > 0 else minimum_span_s):
        return None
    kept = without_rhythm(kept)
    blocks = _blocks(kept, _edges(kept))
    if len(blocks) < MINIMUM_BLOCKS:
        return None
    slope = _slope(blocks)
    level = median(value + slope * (kept[-1][0] - at) for at, value in blocks)
    growth = abs(slope) * span
    least = max(MINIMUM_GROWTH * abs(median(value for _, value in blocks)), _largest_fall(kept, rising=slope > 0))
    if not growth or growth < least or not _drifts(blocks) or not _goes_on(blocks):
        return None
    return Trend(kept[0][0], kept[-1][0], level, slope)


def crossing(trend: Trend, limit: float, now: float) -> float | None:
    """Unix time in seconds at which a growing series reaches a limit if it goes on; `now` if it is there already.

    None for one that does not grow, and for a time further ahead than ten times the span that was seen.
    """
    if trend.slope <= 0:
        return None
    at = max(now, trend.at + (limit - trend.level) / trend.slope)
    return at if at - now <= HORIZON * (trend.at - trend.since) else None


def companions(points: Points, others: Mapping[str, Points], *, starts: Sequence[float] = ()) -> list[str]:
    """Names of the series (cache entries, tasks, guilds, threads) that grew with one that grows; often none.

    One that is named has a trend of its own, and grew at least half as much in proportion: memory has a base that does
    not grow, so what fills it grows faster than it does. Where the steps of some follow those of the series (Spearman's
    rank correlation over the blocks), those alone are named, the closest first; else by growth, the greatest first.
    """
    main = trend(points, starts=starts)
    if main is None or main.slope <= 0:
        return []
    edges = _edges(_last_life(points, starts))
    steps = _steps(_blocks(points, edges))
    grown: list[tuple[float, float, str]] = []
    for name, series in others.items():
        other = trend(series, starts=starts)
        if other is not None and _proportion(other) >= LEAST_SHARE * _proportion(main) > 0:
            grown.append((_likeness(steps, _steps(_blocks(series, edges))), _proportion(other), name))
    followers = [entry for entry in grown if entry[0] >= FOLLOWS]
    ranked = sorted(followers, reverse=True) or sorted(grown, key=lambda entry: -entry[1])
    return [name for _, _, name in ranked]


def compare_levels(
    before: Sequence[float],
    after: Sequence[float],
    *,
    verdicts: tuple[ChangeVerdict, ChangeVerdict] = FALLING_IS_BETTER,
) -> Change:
    """Medians of one series (memory, CPU, latency) over two spans, the values of each in the order of time.

    Each span is cut into eight, against autocorrelation; the change holds up where all eight medians of one lie above
    all of the other, which chance makes in 2 of 12,870 (the extreme of Mann and Whitney's exact test), and is at least
    1.2 either way. `verdicts` are those of a rise and a fall.
    """
    if not before or not after:
        return Change(None, None, None, ChangeVerdict.UNKNOWN)
    was, now = median(before), median(after)
    if min(len(before), len(after)) < EIGHTHS:
        return Change(was, now, None, ChangeVerdict.UNKNOWN)
    old, new = _eighths(before), _eighths(after)
    apart = min(new) > max(old) or max(new) < min(old)
    p_value = 2 / math.comb(2 * EIGHTHS, EIGHTHS) if apart else 1.0
    return make_change(was, now, p_value, matters=differ(was, now), enough=True, verdicts=verdicts)


def _eighths(values: Sequence[float]) -> list[float]:
    cuts = [len(values) * i // EIGHTHS for i in range(EIGHTHS + 1)]
    return [median(values[low:high]) for low, high in pairwise(cuts)]


def without_rhythm(points: Points) -> list[tuple[float, float]]:
    """The points less what each hour of the day adds to a straight line; the line is that of day over day."""
    hours = hourly(points)
    days = [hours[hour + 24] - value for hour, value in hours.items() if hour + 24 in hours]
    if not days:
        return list(points)
    slope = fmean(days) / DAY_S
    by_hour: dict[int, list[float]] = defaultdict(list)
    for hour, value in hours.items():
        by_hour[hour % 24].append(value - slope * hour * HOUR_S)
    rhythm = {hour: fmean(values) for hour, values in by_hour.items()}
    middle = fmean(rhythm.values())
    return [(at, value - rhythm[int(at // HOUR_S) % 24] + middle) for at, value in points]


def hourly(points: Points) -> dict[int, float]:
    """The mean of each hour that has points, by hours since Unix time began."""
    found: dict[int, list[float]] = defaultdict(list)
    for at, value in points:
        found[int(at // HOUR_S)].append(value)
    return {hour: fmean(values) for hour, values in found.items()}


def _largest_fall(points: Points, *, rising: bool) -> float:
    """The furthest that the series went against its direction."""
    first, last = points[0][0], math.nextafter(points[-1][0], math.inf)
    steps = max(1, int((last - first) / FALL_STEP_S))
    blocks = _blocks(points, [first + (last - first) * i / steps for i in range(steps)] + [last])
    sign, top, fall = (1 if rising else -1), -math.inf, 0.0
    for _, value in blocks:
        top = max(top, sign * value)
        fall = max(fall, top - sign * value)
    return fall


def _last_life(points: Points, starts: Sequence[float]) -> Points:
    if not points:
        return points
    begun = max((start for start in starts if start <= points[-1][0]), default=-math.inf)
    return points[bisect_left(points, (begun + WARM_UP_S, -math.inf)) :]


def _edges(points: Points) -> list[float]:
    """Where blocks begin and end; whole days are counted back from the last point."""
    first, last = points[0][0], math.nextafter(points[-1][0], math.inf)
    days = int((last - first) / DAY_S + 0.05)
    if days < FEWEST_DAYS:
        return [first + (last - first) * i / BLOCKS for i in range(BLOCKS)] + [last]
    width = -(-days // MOST_DAYS)
    return [last - DAY_S * width * i for i in range(days // width, -1, -1)]


def _blocks(points: Points, edges: Sequence[float]) -> list[tuple[float, float]]:
    """Middle time and median value of each block that has points."""
    cuts = [bisect_left(points, (edge, -math.inf)) for edge in edges]
    return [
        ((points[low][0] + points[high - 1][0]) / 2, median([value for _, value in points[low:high]]))
        for low, high in pairwise(cuts)
        if low < high
    ]


def _steps(blocks: Points) -> list[float]:
    """From block to block, in units per second."""
    return [(value - before) / (at - earlier) for (earlier, before), (at, value) in pairwise(blocks)]


def _slope(blocks: Points) -> float:
    return median([(y - x) / (at - earlier) for (earlier, x), (at, y) in combinations(blocks, 2)])


def _drifts(blocks: Points) -> bool:
    steps = _steps(blocks)
    return abs(fmean(steps)) * math.sqrt(len(steps)) >= STUDENT[len(steps) - MINIMUM_BLOCKS + 1] * stdev(steps)


def _goes_on(blocks: Points) -> bool:
    half = len(blocks) // 2
    first, second = _slope(blocks[: half + 1]), _slope(blocks[half:])
    return first * second > 0 and abs(second) >= STEADY * abs(first)


def _proportion(trend: Trend) -> float:
    """Growth over the span as a share of where it began."""
    growth = trend.slope * (trend.at - trend.since)
    begun = trend.level - growth
    return growth / begun if begun > 0 else math.inf


def _likeness(steps: Sequence[float], others: Sequence[float]) -> float:
    """Spearman's rank correlation, -1 to 1; 0 where one has gaps or never varies."""
    if len(steps) != len(others) or min(len(set(steps)), len(set(others))) < 2:
        return 0.0
    return correlation(_ranks(steps), _ranks(others))


def _ranks(values: Sequence[float]) -> list[float]:
    ordered = sorted(values)
    return [(bisect_left(ordered, value) + bisect_right(ordered, value)) / 2 for value in values]
