"""Whether the latest invocations prove that a value is beyond its threshold, or back below it."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Sequence
from operator import mul
from typing import NamedTuple

from plugin.insight.outcomes import Slot
from plugin.insight.proportions import exceeds, falls_short, independent, least_share

RAISED_BY = 1e-4
"""Probability that a mean counts as over its threshold although it only equals it."""

CLEARED_BY = 1e-3
"""Probability that a mean counts as below its threshold although it only equals it."""

RATE_CLEARED_BY = 1e-5
"""Probability that a rate counts as lower than before although it is the same."""

SURE = 0.01
"""The chance that a share is less than what it is said to be at least."""

MOST_FAILING = 0.9
"""A rate is never taken for more when it is asked whether it is less by now: where all fails, the first success is."""

CLEARING_SLOTS = 3
"""A quarter of an hour, or more where invocations are rare: a rate is looked at often, and is low now and then."""

GROWTH = 1.25
"""From one number of invocations that is tried to the next."""


class Evidence(NamedTuple):
    """The verdict of the latest invocations."""

    value: float | None
    """None with too few invocations."""
    crossed: bool = False
    """Whether the threshold is proven to be crossed."""
    over: bool = False
    """Whether it is proven not to be crossed."""
    least: float | None = None
    """What a share that crosses its threshold surely is: what raises an alert is higher by chance than what follows."""


NOTHING = Evidence(None)


def mean_evidence(values: Sequence[float], minimum: int, threshold: float) -> Evidence:
    """The mean of the latest values, newest first, by the bounds of Student's t.

    The fewest that decide it do, from `minimum` upwards: so a change is seen soon where it is great, and a value that
    is spread widely needs more of them.
    """
    total = squares = 0.0
    tried, decided = max(2, minimum), None
    for count, value in enumerate(values, 1):
        total += value
        squares += value * value
        if count < tried:
            continue
        tried = math.ceil(count * GROWTH)
        mean = total / count
        error = math.sqrt(max(0.0, squares - total * mean) / (count - 1) / count)
        decided = Evidence(mean)
        if mean - student_quantile(count - 1, RAISED_BY) * error > threshold:
            return Evidence(mean, crossed=True)
        if mean + student_quantile(count - 1, CLEARED_BY) * error < threshold:
            return Evidence(mean, over=True)
    return decided or NOTHING


def least_mean(values: Iterable[float], level: float) -> float:
    """The lower confidence bound of the mean of all values, by Student's t; minus infinity of fewer than two."""
    known = list(values)
    number = len(known)
    if number < 2:
        return -math.inf
    total, squares = sum(known), sum(map(mul, known, known))  # pages of many commands spend their time here
    mean = total / number
    error = math.sqrt(max(0.0, squares - total * mean) / (number - 1) / number)
    return mean - student_quantile(number - 1, level) * error


def share_evidence(
    slots: Iterable[Slot], minimum: int, bound: float, level: float, was: float | None = None
) -> Evidence:
    """The share of errors (0 to 1) in the latest slots, newest first; the fewest invocations that decide it do.

    `was` is what a share that was said to be beyond the bound surely was: that is over where it certainly is less by
    now, and not beyond the bound.
    """
    seen, judged, errors, tried = list[Slot](), 0, 0, minimum
    known = list(slots)
    for slot in known:
        seen.append(slot)
        judged, errors = judged + sum(slot), errors + slot[1]
        if judged < tried:
            continue
        tried = math.ceil(judged * GROWTH)
        if errors > judged * bound:
            if exceeds(*independent(seen), bound, level):
                return Evidence(errors / judged, crossed=True, least=least_share(*independent(seen), SURE))
        elif was is not None and len(seen) >= CLEARING_SLOTS:
            before = _before(known[len(seen) :], was, minimum, bound)
            if falls_short(errors, judged, min(before, MOST_FAILING), RATE_CLEARED_BY):
                return Evidence(errors / judged, over=True)
    return Evidence(errors / judged) if judged >= minimum else NOTHING


def _before(older: Sequence[Slot], was: float, minimum: int, bound: float) -> float:
    """The share that it had until then: at least what it surely was, and no more than it was since that was said."""
    judged, errors = sum(map(sum, older)), sum(failed for _, failed in older)
    if judged < minimum:
        return was
    return min(max(was, least_share(*independent(older), SURE)), max(2 * bound, errors / judged))


@functools.lru_cache(maxsize=1024)
def student_quantile(freedom: int, chance: float) -> float:
    """The upper quantile of Student's t (Abramowitz and Stegun 26.7.5: within 2 % from 9 degrees of freedom on)."""
    from statistics import NormalDist  # here, since a bot that starts has nothing to judge yet

    z = -NormalDist().inv_cdf(chance)
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    )
