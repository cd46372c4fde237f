"""Whether a number changed at a moment, from like hours only: the same hours of the week before and after.

A command has a rhythm: evenings and weekends may be slower, or fail more often. So calls are compared within strata of
like hours, by Mann and Whitney's U in each, summed (van Elteren, "On the combination of independent two-sample tests of
Wilcoxon", Bull. Int. Stat. Inst. 37, 1960); of what either happens or not this is the test of Cochran, Mantel and
Haenszel. Calls close in time are alike, so the variance is multiplied by what their sums over hours, quarters of a day
and days show beyond independence (quasi-likelihood: McCullagh and Nelder, "Generalized Linear Models", section 4.5).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from plugin.insight.chances import student_tail
from plugin.insight.fits import Fit, begins, fit
from plugin.insight.strata import DAY_S, HourCalls, Likeness, ScoredHour, Stratum, added, like_hours

LEVEL = 0.01
LAST_S = DAY_S, 2 * DAY_S, 4 * DAY_S
"""Lengths of what came last before the moment, in which a change may have begun already."""


class Shift(NamedTuple):
    """The change of values in like hours."""

    p_value: float
    """Two-sided, 0 to 1."""
    rises: bool
    likeness: Likeness
    begins: bool
    """Whether it begins where the blocks after begin, rather than at another time before or after that.

    Not asked where noise alone would make such a shift in more than 1 % of cases.
    """
    dispersion: float
    """How many times larger the variance is than that of independent calls, 1 or more."""
    before: Counter[int]
    """The values that were compared."""
    after: Counter[int]
    ratio: Callable[[Callable[[int], float]], float]
    """`after / before` of the geometric mean of what a value stands for, over like hours."""


def compare_blocks(before: Sequence[HourCalls], after: Sequence[HourCalls]) -> Shift | None:
    """The change between the blocks before and after, in like hours; None if too few calls can be compared."""
    matched = like_hours(before, after)
    if matched is None:
        return None
    likeness, strata = matched
    parts = sorted((part for stratum in strata for part in stratum.parts), key=lambda part: part.at)
    release = fit(parts, lambda part: part.is_after)
    if not release.variance:
        return None
    p_value, rises = _chance(release), release.score > 0
    return Shift(
        p_value,
        rises,
        likeness,
        p_value <= LEVEL
        and begins(parts, release)
        and (not _is_binary(parts) or _begins_at_all_hours(strata))
        and not _began_before(before, rises),
        release.dispersion,
        added(stratum.before for stratum in strata),
        added(stratum.after for stratum in strata),
        partial(_ratio, strata),
    )


def _chance(division: Fit) -> float:
    return min(1.0, 2 * student_tail(math.sqrt(division.explained / division.dispersion), division.freedom))


def _began_before(before: Sequence[HourCalls], rises: bool) -> bool:
    """Whether the last days before had changed in the same way already, by like hours of the weeks before them.

    These days have no like hours of the week after the moment yet, so the comparison across it does not see them.
    """
    end = max(block.at for block in before)
    for last_s in LAST_S:
        older, newer = ([block for block in before if (block.at > end - last_s) is late] for late in (False, True))
        matched = like_hours(older, newer)
        if matched is not None and matched[0] is Likeness.WEEK:
            parts = sorted((part for stratum in matched[1] for part in stratum.parts), key=lambda part: part.at)
            division = fit(parts, lambda part: part.is_after)
            if division.variance and (division.score > 0) is rises and _chance(division) <= LEVEL:
                return True
    return False


def _is_binary(parts: Sequence[ScoredHour]) -> bool:
    return all(len(part.stratum.scores) <= 2 for part in parts)


def _begins_at_all_hours(strata: Sequence[Stratum]) -> bool:
    """The same with all hours as one stratum: one in which nothing ever happens would not tell that nothing did."""
    before, after = ([block for stratum in strata for block in stratum.blocks[side]] for side in (0, 1))
    whole = Stratum(before, after)
    parts = sorted(whole.parts, key=lambda part: part.at)
    return begins(parts, fit(parts, lambda part: part.is_after))


def _ratio(strata: Sequence[Stratum], meaning: Callable[[int], float]) -> float:
    gained = sum(
        stratum.weight * (_mean_log(stratum.after, meaning) - _mean_log(stratum.before, meaning)) for stratum in strata
    )
    return math.exp(gained / sum(stratum.weight for stratum in strata))


def _mean_log(values: Counter[int], meaning: Callable[[int], float]) -> float:
    return sum(count * math.log(meaning(value)) for value, count in values.items()) / values.total()
